"""Sentences that really answer a question, and the value in each: the gate before anything is quoted. Pure.

A sentence passes only if whom the question names is named in it (or in what it goes on about), if it tells of what
is asked, if it holds a value of the right kind, and if that value belongs to the one who is meant.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from answers.cues import Gives
from answers.question import Name, Question
from answers.search import Passage
from answers.sentences import Sentence, sentences, within
from answers.values import NAME, Value, values
from catalogue.spelling import fold
from catalogue.words import words

_COMPARED = re.compile(
    r"(?:\bthan|\bover|\bfrom|\bvs\.?|\bversus|\bagainst|\bcompar\w+ (?:to|with)|\brival\w*|\blike|\bsurpass\w*|\bbeat\w*|\boutperform\w*|"
    r"\bahead of|\bbehind|\bexceed\w*|\bmatch\w*|\bcompetitive with|\balongside|\bup on|\bon|\bin|\bsince|\bvia|\bwith|\bunder|\busing|\busers? of|\bincluding|\band|,)\s*(?:the |both |about )?$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?:than|vs\.?|versus|against|compar\w+ (?:to|with)|rival(?:ing|s)?|surpass\w*|beat(?:s|ing)?|outperform\w*|ahead of|behind|exceed\w*|match(?:es|ing)|competitive with|up from|over)\s+(?:the |both )?$",
    re.IGNORECASE,
)
"""Words behind which stands whom something is compared with: what is told there is not told of it."""

HEDGED = re.compile(
    r"\b(?:rumou?r\w*|speculat\w*|might|could be|may be|allegedly|unconfirmed|expected to|leak(?:ed|s)?|joked?|meme|hypothe\w+|wants? to|hop(?:e|es|ing)|if )\b",
    re.IGNORECASE,
)
FUTURE = re.compile(
    r"\b(?:will|would|expected|upcoming|soon|plans? to|planned|preparing|about to|next week|rumou?r\w*|tease[ds]?|teasing|anticipat\w+|waiting)\b",
    re.IGNORECASE,
)

_TITLES = re.compile(
    r"\b(?:CEO|CTO|CFO|COO|CPO|CSO|VP|SVP|EVP|Chief(?: \w+)? Officer|Chief Scientist|President|Chair(?:man)?|Head|Director)\b"
)

ORGANISATIONS = ("company", "lab", "cloud")

SYNONYMS = {
    word: group
    for group in (
        ("program", "programm", "project", "initi"),
        ("licenc", "licens"),
        ("buy", "bought", "acquir", "acquisit", "purchas"),
        ("additional", "extra", "addit", "more", "further"),
        ("pause", "halt", "suspend"),
        ("big", "larg"),
        ("chip", "asic", "processor", "silicon"),
        ("recapitalis", "recapit", "restructur", "reorgan"),
        ("built", "build", "develop", "made"),
        ("ceo", "chief"),
        ("execut", "ceo", "cto", "cfo", "coo", "chief", "presid", "vp"),
        ("rate", "er", "wer"),
        ("employe", "staff", "workforc", "headcount"),
        ("size", "larg", "paramet"),
        ("exist", "previous", "earlier", "origin"),
        ("launch", "releas", "announc", "introduc", "unveil", "debut", "ship"),
        ("gain", "allow", "enabl", "get"),
        ("loosen", "end", "lose", "eas"),
        ("variant", "version", "model"),
        ("open", "open"),
        ("sue", "lawsuit", "su", "legal"),
        ("hire", "join", "recruit"),
        ("cost", "price", "pric"),
        ("recapitalis", "recapit", "recapitaliz", "restructur"),
        ("creat", "author", "develop"),
        ("partner", "partnership", "collabor", "team"),
        ("invest", "investor", "investment", "back"),
        ("compani", "startup", "firm"),
        ("sell", "sold", "sale"),
        ("win", "won", "award"),
        ("ban", "block", "prohibit", "restrict"),
        ("leak", "leakag", "expos"),
        ("month", "mau"),
        ("week", "wau"),
        ("daili", "dau"),
    )
    for word in group
}


@dataclass(frozen=True)
class Evidence:
    """A sentence that may answer, with what it holds."""

    sentence: Sentence
    passage: Passage
    score: float
    cover: float
    """Share of what is asked that it holds, by rarity: names, words of the predicate, other words."""
    named: int
    """Names of the question in the sentence itself."""
    value: Value | None = None
    hedged: bool = False
    own: float = 1.0
    """The same share for the words alone that are neither a name nor the predicate's."""


def find(
    asked: Question,
    passages: Sequence[Passage],
    weights: Mapping[str, float],
    gives: Gives | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[Evidence]:
    """The sentences that answer, the best first. `kinds` tells which other names in them are companies."""
    found = []
    gives = asked.gives if gives is None else gives
    best = max((passage.score for passage in passages), default=1.0)
    for passage in passages:
        title = tuple(words(passage.title))
        whole = tuple(words(f"{passage.title} {passage.text}"))
        if not all(_held(name, whole) for name in asked.names):
            continue
        for sentence in sentences(passage.title, passage.text):
            one = _weigh(asked, sentence, passage, weights, title, whole, gives, kinds or {})
            if one is not None:
                found.append(replace(one, score=one.score + 1.2 * passage.score / best))
    return sorted(found, key=lambda one: (-one.score, one.passage.id))


def _held(name: Name, said: tuple[str, ...]) -> bool:
    return any(within(form, said) >= 0 for form in name.forms)


def places(name: Name, sentence: Sentence) -> list[tuple[int, int]]:
    """Where a name stands in a sentence: characters from and to. A version of it that is another does not count."""
    found = []
    for form in name.forms:
        at = within(form, sentence.words)
        while at >= 0:
            start, end = sentence.places[at][0], sentence.places[at + len(form) - 1][1]
            if not _other_version(form, sentence, end) and not _other_word(name, form, sentence.text[start:end]):
                found.append((start, end))
            at = within(form, sentence.words, at + 1)
    return sorted(set(found))


def _other_word(name: Name, form: tuple[str, ...], said: str) -> bool:
    """Whether an unlisted name of one word is only a word like it: "raised" for RAISE, "reflects" for Reflection."""
    typed = name.typed or name.text
    if name.id is not None or len(form) > 1 or typed.islower():
        return False
    return said.islower() or (len(typed) > 1 and typed.isupper() and not said.isupper())


def _other_version(form: tuple[str, ...], sentence: Sentence, end: int) -> bool:
    """Whether the name goes on as another's: "Opus 4" in "Opus 4.7", "GPT-5" in "GPT-5 mini"."""
    rest = sentence.text[end : end + 12]
    if form[-1][0].isdigit() and re.match(
        r"[-‑ ]?(?:mini|nano|pro|flash|lite|max|turbo|codex|air|plus|ultra|vl|v)\b", rest, re.IGNORECASE
    ):
        return True
    return bool(re.match(r"\.\d|[a-z]", rest)) if form[-1][0].isdigit() else False


def _weigh(
    asked: Question,
    sentence: Sentence,
    passage: Passage,
    weights: Mapping[str, float],
    title: tuple[str, ...],
    whole: tuple[str, ...],
    gives: Gives,
    kinds: Mapping[str, str],
) -> Evidence | None:
    text = sentence.text
    stands = {name: places(name, sentence) for name in asked.names}
    missing = [name for name, spots in stands.items() if not spots]
    carried = [name for name in missing if _held(name, sentence.before)]
    absent = [name for name in missing if name not in carried]
    if asked.names and len(missing) == len(stands) and not carried:
        return None
    cue = asked.cue
    cues = [match.span() for match in cue.told.finditer(text)] if cue and cue.told.pattern else []
    if cue and cue.told.pattern and not cues:
        return None
    if absent and (cue is None or cue.relation or not _may_be_absent(asked, absent, sentence, passage)):
        return None
    held = 6.0 * (len(stands) - len(missing)) + 4.0 * len(carried) + (4.0 if cues else 0.0)
    cover = covered(asked.content, sentence, title, whole, weights, held)
    own = covered(asked.content, sentence, title, whole, weights, 0.0)
    value = None
    if gives not in (Gives.TEXT, Gives.WHO, Gives.NAME, Gives.DATE):
        value = _value(asked, sentence, gives, cues, stands, carried, kinds)
        if value is None:
            return None
    if gives in (Gives.TEXT, Gives.WHO, Gives.NAME) and not _told_of(asked, sentence, cues, stands, carried, kinds):
        return None
    if cue and cue.relation and not _right_way_round(asked, text, stands):
        return None
    named = len(stands) - len(missing)
    score = cover + own + (named + 0.6 * len(carried)) / max(len(stands), 1) + 0.3 * min(len(cues), 2)
    hedged = bool(HEDGED.search(text))
    score += 3.0 * (passage.tier - 1.0) - 0.4 * hedged
    if asked.times.period.bounded:
        score += 0.8 if passage.said_on in asked.times.period else -0.8
    if text.endswith("?"):
        score -= 0.6
    return Evidence(sentence, passage, score, cover, named, value, hedged, own)


def _told_of(
    asked: Question,
    sentence: Sentence,
    cues: Sequence[tuple[int, int]],
    stands: Mapping[Name, list[tuple[int, int]]],
    carried: Sequence[Name],
    kinds: Mapping[str, str],
) -> bool:
    """Whether what is asked is told of whom is meant, and not of another organisation in the same sentence."""
    if asked.gives is Gives.WHO and not _someone(asked, sentence, stands, kinds):
        return False
    if asked.gives is Gives.WHO and cues and not carried:
        spots = [spot for some in stands.values() for spot in some]
        if all(max(a - end, start - b) > REACH for a, b in cues for start, end in spots):
            return False
    if len(asked.names) != 1 or asked.names[0].kind not in ORGANISATIONS:
        return True
    content = {word for one in asked.content for word in words(one)}
    spots = [*cues, *(spot for word, spot in zip(sentence.words, sentence.places, strict=True) if word in content)]
    if not spots:
        return True
    return any(_owned(Value(start, end, ""), asked, sentence, stands, carried, kinds) for start, end in spots)


def _someone(
    asked: Question, sentence: Sentence, stands: Mapping[Name, list[tuple[int, int]]], kinds: Mapping[str, str]
) -> bool:
    """Whether a sentence names somebody who is not in the question already: a person where one is asked for."""
    text = sentence.text
    for spots in stands.values():
        for start, end in spots:
            text = text[:start] + "," * (end - start) + text[end:]
    others = [match.group() for match in NAME.finditer(_TITLES.sub(lambda match: "," * len(match.group()), text))]
    if asked.cue is None or asked.cue.name not in ("role", "departed", "founded"):
        return bool(others)
    makers = ("person", *ORGANISATIONS) if re.search(r"\bcreat|\bbuilt|\bdevelop|\bdesign", asked.text) else ("person",)
    return any(
        kinds.get(fold(one), "person") in makers and " " in one and not re.search(r"\d", one)
        for one in (re.sub(r"['’]s$", "", other) for other in others)
    )


def _may_be_absent(asked: Question, absent: Sequence[Name], sentence: Sentence, passage: Passage) -> bool:
    """Who may go unnamed: a maker beside what it made, whom a model was ranked against, whom the passage begins with."""
    others = [name for name in asked.names if name not in absent]
    if asked.cue and asked.cue.name == "benchmark_rank":
        return asked.names[0] in others
    for name in absent:
        made_by = any(name.id in other.parents for other in others)
        beside = name.kind in ORGANISATIONS and any(
            other.kind in ("", "model", "product", "family") for other in others
        )
        begins = sentence.index <= 4 and _held(name, tuple(words(f"{passage.title} {passage.text[:160]}")))
        if not (made_by or beside or (begins and others)):
            return False
    return True


def covered(
    content: Sequence[str],
    sentence: Sentence,
    title: tuple[str, ...],
    whole: tuple[str, ...],
    weights: Mapping[str, float],
    held: float,
) -> float:
    """The share of what is asked that a sentence holds, by rarity; words elsewhere in the passage count half.

    `held` is what its names and the words of the predicate weigh, which are there.
    """
    total = got = held
    said, headed, anywhere = set(sentence.words), set(title), set(whole)
    for one in content:
        for word in words(one):
            weight = max(weights.get(word, 4.0), 0.5)
            total += weight
            group = set(SYNONYMS.get(word, (word,)))
            if group & said:
                got += weight
            elif group & headed or group & set(sentence.before):
                got += 0.7 * weight
            elif group & anywhere:
                got += 0.45 * weight
    return got / total if total else 1.0


def _value(
    asked: Question,
    sentence: Sentence,
    gives: Gives,
    cues: Sequence[tuple[int, int]],
    stands: Mapping[Name, list[tuple[int, int]]],
    carried: Sequence[Name],
    kinds: Mapping[str, str],
) -> Value | None:
    """The value that is asked for, if it is in the sentence and belongs to whom is meant."""
    text = sentence.text
    name = asked.cue.name if asked.cue else ""
    found = [value for value in values(text, gives) if _fits(value, sentence, gives, name, asked)]
    if not found:
        return None
    near = list(cues)
    for one, spots in stands.items():
        if one.kind == "benchmark" or (name == "benchmark_score" and one is not asked.names[0]):
            near = spots or near
    content = {word for one in asked.content for word in words(one)}
    beside = [spot for word, spot in zip(sentence.words, sentence.places, strict=True) if word in content]
    if gives is Gives.MONEY and not (asked.cue and asked.cue.name in OWN_NOUN):
        # "from NVIDIA": each giver's value stands beside it.
        beside += [spot for one in asked.names[1:] for spot in stands[one]]
    if gives is Gives.SIZE and name == "parameters":
        ranked = sorted(found, key=lambda value: -(value.number or 0))
    else:
        ranked = sorted(found, key=lambda value: _fit(value, text, gives, name, near, beside))
    spots = [spot for one, some in stands.items() if one.kind != "benchmark" for spot in some]
    for value in ranked[:1] if gives in (Gives.MONEY, Gives.SCORE, Gives.PERCENT) else ranked:
        if _owned(value, asked, sentence, stands, carried, kinds) and not _nearer(value, found, spots):
            return value
    return None


def _nearer(value: Value, found: Sequence[Value], spots: Sequence[tuple[int, int]]) -> bool:
    """Whether another value stands between one and the name behind it: "$3 a month, compared to the $20 Ostro plan"."""
    return bool(spots) and all(
        any(value.end <= other.start and other.end <= start for other in found) for start, _ in spots
    )


REACH = 70
"""Characters between somebody and what is told of him or her."""

OF_MODELS = (
    "active_parameters",
    "parameters",
    "context_window",
    "training_tokens",
    "price",
    "licence",
    "benchmark_score",
)
"""What is told of models, whose rivals in a sentence are other models and versions."""

OWN_NOUN = {
    "valuation": r"valuation|valued|post-money|pre-money",
    "revenue": r"revenue|ARR|run[- ]?rate|annuali[sz]ed|sales",
    "funding_round": r"Series|round|seed|raise|funding|financing",
    "capex": r"capex|capital expenditure",
}
"""Nouns that take the value beside them for themselves: a valuation is nobody's price."""


def _fit(
    value: Value,
    text: str,
    gives: Gives,
    name: str,
    near: Sequence[tuple[int, int]],
    beside: Sequence[tuple[int, int]],
) -> float:
    """How far a value is from what it should belong to, the nearest first."""
    how = _distance(value, near or beside, text if gives is Gives.SCORE else "")
    if near and beside:
        how += 0.3 * _distance(value, beside)
    if gives is Gives.MONEY:
        before, after = text[max(0, value.start - 30) : value.start], text[value.end : value.end + 22]
        for other, nouns in OWN_NOUN.items():
            if other != name and re.match(rf"[-\s]*(?:\w+[-\s]+)?(?:{nouns})\b", after):
                how += 80
            if other != name and re.search(rf"\b(?:{nouns})\s+(?:of|at|to|is|was)?\s*$", before):
                how += 80
        if name == "acquisition" and re.search(
            r"\b(?:for|worth|at|valued at|price of|deal of|totaling)\s+(?:an? )?(?:\w+ )?$", before
        ):
            how -= 30
    return how


def _distance(value: Value, spots: Sequence[tuple[int, int]], text: str = "") -> float:
    """How far a value is from the words it should belong to.

    With the text given (scores) a value before the benchmark counts only in "87.6% on SWE-bench" or "87.6% SWE-bench".
    """

    def to(start: int, end: int) -> float:
        if value.end <= start:
            between = text[value.end : start]
            return (
                start
                - value.end
                + (40 if text and not re.fullmatch(r"\s*(?:\w+ )?(?:on|in|for)?\s*(?:the )?", between) else 0)
            )
        return 1.15 * (value.start - end) + (0 if text else 2) if value.start >= end else 0

    return min((to(start, end) for start, end in spots), default=0)


_TO_MAKE = re.compile(r"\bto (?:pre-?)?train\b|\btraining cost|\bto (?:build|develop|make)\b", re.IGNORECASE)
"""What a model cost to make has no price per token."""


def _fits(value: Value, sentence: Sentence, gives: Gives, name: str, asked: Question) -> bool:
    text = sentence.text
    after, before = text[value.end : value.end + 45], text[max(0, value.start - 40) : value.start]
    if name == "active_parameters":
        return bool(
            re.match(r"[-\s]*(?:\w+[-\s]+){0,2}activ", after, re.IGNORECASE)
            or re.search(r"activ\w*[^.;]{0,18}$|[-‑]A$", before, re.IGNORECASE)
        )
    if gives is Gives.SIZE:
        if (
            re.match(
                r"[-\s]*(?:active|activated|tokens?|context|users|people|images?)\b|[-\s]*\d*[-\s]*token",
                after,
                re.IGNORECASE,
            )
            or (value.number or 0) < 1e6
        ):
            return False
        return bool(
            re.match(r"[-\s/]*(?:\(?total\b|param|dense|sparse|moe|mixture|model|open|multi|tot)", after, re.IGNORECASE)
            or re.search(
                r"\b(?:parameters?|params|size|total)(?: of| is|:)?(?: about| roughly| up to)?\s*$",
                before,
                re.IGNORECASE,
            )
            or re.match(r"[^.;]{0,12}\bparam", after, re.IGNORECASE)
        )
    if gives is Gives.TOKENS:
        training = name == "training_tokens"
        if (value.number or 0) < (1e9 if training else 1000):
            return False
        if training:
            return bool(re.match(r"[-\s]*(?:\w+\s){0,2}tokens?\b", after, re.IGNORECASE))
        return bool(
            re.match(
                r"[-\s]*(?:tokens?[-\s]*)?(?:\(?input[-\s]*)?(?:context|ctx)|[-\s]*token\b|[-\s]*tokens? (?:of )?context",
                after,
                re.IGNORECASE,
            )
            or re.search(
                r"context (?:window|length|size)?s?(?: of| is| to|:)?(?: about| up to| ~)?\s*$", before, re.IGNORECASE
            )
        )
    if gives is Gives.COUNT and asked.unit:
        head = words(asked.unit)[-1:]
        if name == "layoffs":
            head = [*head, "employe", "job", "peopl", "staff", "worker", "role", "layoff"]
        if name == "users":
            head = [*head, "mau", "wau", "dau"]
        if name == "headcount":
            head = [*head, "employe", "peopl", "staff"]
        near = words(after)[: 4 if name else 3]
        if any(word in near for word in head):
            return True
        return name in ("layoffs", "users") and bool(set(head) & set(words(before)[-3:]))
    if gives is Gives.COUNT and name in ("headcount",):
        return bool(set(words(after)[:3]) & {"employe", "peopl", "staff"})
    if gives is Gives.SCORE:
        if any(
            start <= value.start and value.end <= end for one in asked.names for start, end in places(one, sentence)
        ):
            return False
        return not re.match(r"\s?(?:[BTKM]\b|x\b|×|tokens?|days?|hours?|years?|months?|GB)", after) and not re.search(
            r"[-#]$", before[-1:]
        )
    if name == "price":
        per = re.compile(r"\b(?:month|seat|year|user|image|minute|hour|second)\b", re.IGNORECASE)
        if per.search(asked.text) or _TO_MAKE.search(asked.text):
            return True
        return bool(
            re.match(
                r"\s*(?:/\s*[$€]|/\s?1?\s?M\b|/\s?million|per (?:1M|million|M)\b|(?:per )?(?:million )?(?:input|output|in|out)\b)|[^.;]{0,25}\b(?:per|/)\s?(?:1?M|million)|[^.;]{0,30}tokens",
                after,
            )
            or re.search(r"\$[\d.]+\s*/\s*$|\b(?:input|output)\W*$", before)
        )
    return True


def _owned(
    value: Value,
    asked: Question,
    sentence: Sentence,
    stands: Mapping[Name, list[tuple[int, int]]],
    carried: Sequence[Name],
    kinds: Mapping[str, str],
) -> bool:
    """Whether a value belongs to one of the names: between the name and it, no other comes that could own it."""
    makers = [name for name in asked.names if name.kind != "benchmark"]
    if not makers:
        return True
    of_models = asked.cue is not None and asked.cue.name in OF_MODELS
    if (
        asked.unit
        and not of_models
        and set(words(asked.unit)) <= set(words(sentence.text[value.end : value.end + 60])[:5])
    ):
        return True
    versions = [
        name
        for name in makers
        if any(form[-1][:1].isdigit() or form[-1][-1:].isdigit() for form in name.forms)
        or name.kind in ("model", "product", "family")
        or (name.kind == "" and of_models)
    ]
    focus = versions or makers
    text = sentence.text
    own = sorted(spot for name in focus for spot in stands[name] if not _BESIDE.search(text[: spot[0]]))
    everything = sorted(spot for spots in stands.values() for spot in spots)
    others = [
        match.span()
        for match in NAME.finditer(text)
        if (_versioned(match.group()) if versions else kinds.get(fold(match.group())) in ORGANISATIONS)
        and not any(start < match.end() and match.start() < end for start, end in everything)
        and kinds.get(fold(match.group())) != "benchmark"
        and not re.match(r"(?:\.\d+)?\s?%", text[match.end() :])
    ]
    # Whom it is compared with owns nothing, once the one who is meant was named.
    rivals = [spot for spot in others if not _COMPARED.search(text[: spot[0]])]
    if not versions and len(makers) > 1 and all(stands[name] for name in makers):
        return True
    after = re.match(r"[^.;,]{0,45}?\b(?:for|on)\s+", text[value.end :])
    if versions and after:
        at = value.end + after.end()
        if any(start == at for start, _ in own):
            return True
        if any(start == at for start, _ in rivals):
            return False
    before = [spot for spot in own if spot[1] <= value.start]
    if before:
        last = before[-1][1]
        return not any(last <= start and end <= value.start for start, end in rivals)
    if any(name in carried for name in focus):
        return not any(end <= value.start for _, end in others)
    behind = [spot for spot in own if spot[0] >= value.end]
    if behind and not any(end <= value.start for _, end in others):
        return behind[0][0] - value.end < 60 and not any(value.end <= start < behind[0][0] for start, _ in rivals)
    return not versions


def _versioned(text: str) -> bool:
    return bool(re.search(r"[A-Za-z][\w.-]*[ -]?\d", text)) and not re.match(
        r"(?:H|A|B|GB|RTX|TPU|M|Q|FP|INT|MLX|T)[ -]?\d", text
    )


_BY = re.compile(r"\b(?:acquired|bought|purchased|acquisition|taken over|snapped up) by\b", re.IGNORECASE)
_OF = re.compile(r"\b(?:acquisition|purchase|takeover|buyout) of\b", re.IGNORECASE)
_PURPOSE = re.compile(r"^ to [a-z]")
_BUYS = re.compile(
    r"\b(?:acqui(?:re[sd]?|ring)|bought|buy(?:s|ing)?|purchas(?:e[sd]?|ing)|took over|pa(?:y|id|ys|ying)\b.{0,40}\bfor)\b",
    re.IGNORECASE,
)


def sides(text: str, spots: Mapping[Name, Sequence[tuple[int, int]]]) -> set[tuple[Name | None, Name | None]]:
    """Who buys whom in a text, as far as the names are known: (buyer, bought) by their sides of the words that tell it."""
    found: set[tuple[Name | None, Name | None]] = set()
    flat = sorted((spot, name) for name, some in spots.items() for spot in some)
    for pattern, turned in ((_BY, True), (_OF, False), (_BUYS, False)):
        for match in pattern.finditer(text):
            if pattern is _BUYS and _BY.match(text, match.start()):
                continue
            left = [name for (_, end), name in flat if end <= match.start() and _plain(text[end : match.start()], True)]
            right = [
                name
                for (start, _), name in flat
                if match.end() <= start <= match.end() + 90
                and _plain(text[match.end() : start], False)
                and not _PURPOSE.search(text[match.end() : start])
            ]
            before, behind = (left[-1] if left else None), (right[0] if right else None)
            found.add((behind, before) if turned else (before, behind))
    return found


def _plain(between: str, behind_name: bool) -> bool:
    """Whether no other name stands between a name and the words that tell it; what it goes on with is its own."""
    rest = re.sub(r"^ ?[A-Z][\w.]*(?: [A-Z][\w.]*)*", "", between) if behind_name else between
    rest = re.sub(r"(?:[A-Z][\w.'’]*[ ,-]+)+$", "", rest) if not behind_name else rest
    return not NAME.search(rest)


def _right_way_round(asked: Question, text: str, stands: Mapping[Name, list[tuple[int, int]]]) -> bool:
    """Whether the one who buys and the one who is bought are those of the question."""
    in_question = {
        name: [match.span() for match in re.finditer(re.escape(name.typed or name.text), asked.text)]
        for name in asked.names
    }
    wanted = sides(asked.text, in_question)
    if not any(pair != (None, None) for pair in wanted):
        return True
    told = sides(text, stands)
    for buyer, bought in wanted:
        if (
            buyer is None
            and bought is not None
            and re.search(rf"{re.escape(bought.typed or bought.text)}\W+(?:acqui|deal|purchase)", asked.text)
        ):
            continue
        if any((buyer is None or one == buyer) and (bought is None or other == bought) for one, other in told):
            return True
    return (
        bool(re.search(r"\bacquisition\b|\bdeal\b", text))
        and len(asked.names) > 1
        and all(stands.values())
        and not _BUYS.search(text)
    )


def when_told(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those that tell of something that has happened, the earliest first."""
    return sorted(
        (one for one in evidence if not FUTURE.search(one.sentence.text)),
        key=lambda one: (one.passage.said_on, -one.score),
    )


def day_of(one: Evidence) -> date:
    """The day on which it was said."""
    return one.passage.said_on
