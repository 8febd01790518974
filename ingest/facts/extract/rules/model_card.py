"""What a model card states: parameters, context window, memory, training data, licence."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import Statement, Topic, list_pattern, make_statement, marks_in, statement_subject
from models.measure import Quantity

K = r"<k\d+>"
_PARAMS = re.compile(
    rf"(?P<list>{K}(?:(?:,? (?:and|or|to) |, |/| / |–|-)(?:a |an )?{K})*)(?:[ -](?:total|dense|sparse|MoE|A\d+B))*"
    r"(?:[ -](?P<what>param(?:eter)?s?\b|-?parameter|(?:total|active|activated)\b|dense\b|MoE\b|(?:(?:open|dense|sparse|hybrid|reasoning|language|vision|"
    r"multimodal|coding|generative|video|image|base|scale|sized?|open-source|open-weights?|small|large|diffusion|vision-language|text-to-\w+|reasoning-focused|[a-z]+-[a-z]+)[ -]){0,4}(?:models?|LLMs?|VLMs?|variants?|versions?|sizes?|checkpoints?|transformer|MoE|mixture)\b))",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    rf"(?P<n>{K})(?:[ -]param(?:eter)?s?)?[ -](?:active|activated)\b|\b(?:activat(?:es|ing)|active param(?:eter)?s?(?: of| at|:)?|with only) (?:only )?(?P<n2>{K})",
    re.IGNORECASE,
)
_IS_SIZE = re.compile(
    rf"(?P<s>{list_pattern('mx')})(?: [a-z-]+){{0,2}} \((?:an? )?(?P<list>{K}(?:(?:,? (?:and|or|to) |, |/| / |–|-){K})*)(?: [\w-]+){{0,3}}\)",
    re.IGNORECASE,
)
_SPARSE = re.compile(rf"(?P<s><m\d+>) \((?P<n>{K})-A(?P<active>\d+(?:\.\d+)?)B\b")
"""“Umbra 4 (300B-A20B)”: all parameters, and those active."""
_CONTEXT = re.compile(
    rf"(?P<n>{K}|<n\d+>)(?:[ -](?:\w+[ -])?(?:tokens?))?[ -](?:\w+[ -]){{0,2}}?context(?:[ -](?:window|length|size|limit))?\b"
    rf"|context(?:[ -](?:windows?|lengths?|size|limit|support))?(?: (?:extended|expanded|increased|now|up|that|which|is|was|reaching|ranging|spanning|from [^<]{{0,12}}<k\d+>))*(?: of| to| at| up to|:)? (?:up to )?(?P<n2>{K})(?!/)",
    re.IGNORECASE,
)
_SUPPORTS = re.compile(rf"\bsupport(?:s|ing|ed)?(?: for)?(?: up to)? (?P<n>{K})[ -]tokens?\b(?P<n2>)", re.IGNORECASE)
_MEMORY = re.compile(
    r"(?P<n><g\d+>)(?: of)?(?: (?:unified|system|GPU|total|shared|or more))*[ -](?:V?RAM|memory|GPUs?|unified memory|RAM/VRAM)\b(?P<after>.{0,12})",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"\b(?:with|on|in|only|needs?|requir\w+|using|uses|fits?|runs?|under|within|just|from|as little as|minimum)\b[^<>;]{0,30}$",
    re.IGNORECASE,
)
_TRAINED = re.compile(
    rf"\b(?:(?:pre-?|post-|mid-)?train(?:ed|ing)|pretraining)(?: [\w-]+){{0,3}}? (?:on|over|with|using|for) (?:[\w-]+ ){{0,4}}?(?P<n>{K})(?: \w+){{0,2}}?[ -]tokens"
    rf"|(?P<n2>{K})[ -]tokens? (?:of (?:pre-?)?training|in its (?:mix|training|pretraining)|pre-?training(?! (?:subset|dataset|corpus|data|mix)))|trained on (?P<n3>{K}) tokens",
    re.IGNORECASE,
)
_COUNTED = (
    r"(?:tokens|samples|examples|tasks|hours|images|videos|rows|problems|questions|prompts|pairs|conversations|documents|"
    r"trajectories|instances|pages|entries|records|annotations|files|puzzles|environments|clips|traces|datapoints|data points)"
)
_DATA = re.compile(
    rf"(?P<s>{list_pattern('mxb')})(?:,? (?:an?|the) [^<>,;]{{0,60}})?(?: dataset| corpus| benchmark| collection| suite)?,? (?:\w+ )?(?:with|of|contain(?:s|ing)|featur(?:es|ing)|compris(?:es|ing)|includ(?:es|ing)|has|totaling|consist(?:s|ing) of|span(?:s|ning)|cover(?:s|ing)|provid(?:es|ing)|offer(?:s|ing))(?: [a-z-]+){{0,3}}? (?P<n><[kng]\d+>)(?: [a-z-]+){{0,3}}?(?:[ -](?P<of>{_COUNTED}))",
    re.IGNORECASE,
)
_DATA2 = re.compile(
    r"(?P<n><[kng]\d+>)(?:[ -](?P<of>tokens?|samples?|examples?|tasks?|hours?|images?|videos?|rows?|questions?|problems?|instances?))?[ -](?:[a-z-]+ ){0,3}?(?:dataset|corpus|benchmark|training set)(?:,)? (?:called |named |for |\()?(?P<s><[mxb]\d+>)",
    re.IGNORECASE,
)
_LICENSED = re.compile(
    r"(?:under|with|has|carries|uses|via|in|,|\ban?|\(|is|are|now|and|weights|to|full|fully) (?:an? |the |its |permissive |open |new |more permissive |fully |commercially? )*(?P<l><l\d+>)(?:[ -](?P<word>licen[sc]e[ds]?|licen[sc]ing|style))?|(?P<l2><l\d+>)[ -]licen[sc]ed?",
    re.IGNORECASE,
)
_OPENLY = re.compile(r"\bunder (?:an?|the) (?P<l>[\w-]+(?: [\w-]+){0,2}?) licen[sc]e", re.IGNORECASE)


def read_sizes(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: parameters, active_parameters, each of the variant it belongs to."""
    text = masked.text
    active: set[str] = set()
    for match in _ACTIVE.finditer(text):
        mark = match["n"] or match["n2"]
        subject = statement_subject(masked, topic, match.start(), "m")
        if subject and _counts(masked.number(mark)):
            active.add(mark)
            yield from make_statement("active_parameters", subject, masked.number(mark), "parameters", certainty=0.85)
    done: set[str] = set()
    for match in _SPARSE.finditer(text):
        name, total = masked.name(match["s"]), masked.number(match["n"])
        if _counts(total):
            done.add(match["n"])
            yield from make_statement("parameters", name, total, "parameters")
            share = float(match["active"]) * 1e9
            yield from make_statement("active_parameters", name, total, "parameters", value=share)
    for match in _IS_SIZE.finditer(text):
        yield from _each(masked, masked.name(marks_in(match["s"])[-1]), marks_in(match["list"]), active, done)
    for match in _PARAMS.finditer(text):
        numbers = marks_in(match["list"])
        what = match["what"].casefold()
        if what.startswith("active"):
            numbers = [mark for mark in numbers if mark not in active]
            if len(marks_in(match["list"])) == 1:
                continue
        if re.match(r"(?:-|\s)*(?:access|tokens?|context|users|images|hours)", text[match.end() :], re.IGNORECASE):
            continue
        subject = _sized(masked, topic, match)
        if subject is not None:
            yield from _each(masked, subject, numbers, active, done)


_OTHER = re.compile(
    r"\b(?:using|any|smaller|other|larger|local|typical|for|than|running|run|of|on|to)(?: an?)?(?: [a-z-]+){0,2} $",
    re.IGNORECASE,
)
_SOME = re.compile(r"\b(?:an?|with)(?: [\w-]+){0,3} $", re.IGNORECASE)
_NAMED = re.compile(
    r"<[mx]\d+>(?:'s)?(?: \([^)]*\))?(?:,| is| was| are| as|, which is|:|[^<>.;:]{0,70}? (?:is|was|features?|has|with|as|offers?|boasts?|includ(?:es|ing)|introduc\w+|launche[sd]|emerges?|uses|released|debuts))? ?(?:(?:[^<>.;:]|<[lknyg%]\d+>){0,80})$|"
    r"\bas (?:an? |the )(?:[\w-]+ ){0,3}$",
    re.IGNORECASE,
)
_AS = re.compile(
    r"\bas (?:an? |the )(?:[\w-]+ ){0,3}$|\b(?:ranging|scaling|sizes?|parameters?|versions?|up) (?:of|from|to)\b[^.;]{0,12}$|is an? [^.;<>]*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:It|The|This|A|An)\b")


def _sized(masked: MaskedSentence, topic: Topic, match: re.Match[str]) -> NameMention | None:
    text = masked.text
    after = re.match(r"(?: (?:called|named|dubbed|,))? ?(<m\d+>)", text[match.end() :])
    if after and not re.search(r"<m\d+>(?:,| is| was| as)[^<>]{0,40}$", text[: match.start()]):
        return masked.name(after[1])
    before = text[: match.start()]
    # "using a 7B LLM", "than a 70B model" refer to an unnamed model; "X is a 7B model" names it.
    if _OTHER.search(before) and not _AS.search(before):
        return None
    if _SOME.search(before) and not _NAMED.search(before) and not _GOES_ON.match(before or "-"):
        return None
    return statement_subject(masked, topic, match.start(), "m")


def _each(
    masked: MaskedSentence, subject: NameMention, numbers: list[str], active: set[str], done: set[str]
) -> Iterator[Statement]:
    for mark in numbers:
        number = masked.number(mark)
        if mark in active or mark in done or not _counts(number) or number.op == "<":
            continue
        done.add(mark)
        for value in (number.low, number.value):
            if value is not None:
                several = number.low is not None or len(numbers) > 1
                extra = {"variant": f"{value / 1e9:g}B"} if several else {}
                yield from make_statement("parameters", subject, number, "parameters", value=value, qualifiers=extra)


def _counts(number: Quantity) -> bool:
    return number.unit in "BTM" and bool(number.unit)


def read_context_windows(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: context_window, in tokens."""
    for match in (*_CONTEXT.finditer(masked.text), *_SUPPORTS.finditer(masked.text)):
        number = masked.number(match["n"] or match["n2"])
        if number.value < 1000 or (number.unit in "BT" and number.unit):
            continue
        onto = re.match(
            rf"(?: (?:is|are) (?:now )?(?:generally )?available| comes)? (?:on|for|to) (?:the |its )?(?P<s>{list_pattern('m')})",
            masked.text[match.end() :],
        )
        one = None if onto else statement_subject(masked, topic, match.start(), "m")
        for subject in [masked.name(mark) for mark in marks_in(onto["s"])] if onto else [one] if one else []:
            for value in (number.low, number.value):
                if value is not None:
                    yield from make_statement("context_window", subject, number, "tokens", value=value, certainty=0.85)


def read_memory(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: memory_required, in GB."""
    for match in _MEMORY.finditer(masked.text):
        before = masked.text[: match.start()]
        if not _NEEDS.search(before) or re.search(r"\b(?:has|have|with my|on my|bought|my)\b[^<>]{0,20}$", before):
            continue
        subject = statement_subject(masked, topic, match.start(), "m")
        if subject:
            yield from make_statement("memory_required", subject, masked.number(match["n"]), "GB", certainty=0.7)


def read_data_sizes(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: training_tokens of models, dataset_size of data sets and benchmarks."""
    for match in _TRAINED.finditer(masked.text):
        number = masked.number(match["n"] or match["n2"] or match["n3"])
        subject = statement_subject(masked, topic, match.start(), "mx")
        if subject and number.value >= 1e9:
            yield from make_statement("training_tokens", subject, number, "tokens")
    for pattern in (_DATA, _DATA2):
        for match in pattern.finditer(masked.text):
            subject = masked.name(marks_in(match["s"])[-1])
            number = masked.number(match["n"])
            about = re.search(
                r"dataset|corpus|benchmark|collection|training set|\bdata\b|bench|eval", match[0], re.IGNORECASE
            )
            if (about or subject.kind == "b") and number.value > 1:
                of = (match["of"] or number.unit).casefold().rstrip("s") + "s"
                yield from make_statement("dataset_size", subject, number, of, qualifiers={"of": of})


def read_licences(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: licence, as it is named."""
    found = [(match, masked.name(match["l"] or match["l2"])) for match in _LICENSED.finditer(masked.text)]
    found += [
        (match, NameMention(match["l"], 0, 0, "l"))
        for match in _OPENLY.finditer(masked.text)
        if re.search(r"open|permissive|proprietary|commercial|research|custom|community", match["l"], re.IGNORECASE)
    ]
    for match, licence in found:
        subject = statement_subject(masked, topic, match.start(), "mx") or statement_subject(
            masked, topic, match.start(), "o"
        )
        after = re.match(r"[ \w-]{0,20}?(<m\d+>)", masked.text[match.end() :])
        if after and not subject:
            subject = masked.name(after[1])
        if subject:
            yield Statement(subject, "licence", licence, text=licence.text, certainty=0.85)
