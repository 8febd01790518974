"""Where something is available, what it is based on, and what is discontinued."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import COMPARED, PRONOUN, Statement, Topic, list_pattern, marks_in

_P = list_pattern("omxd", "p")
_IN = r"(?:in|on|via|through|at|inside|within|across|to|for|from)"
_DET = r"(?:the |its |their |all |both |select |our |any |paid |free )*"
_AVAILABLE = re.compile(
    rf"\b(?:available|live|accessible|usable|deployed|hosted|served|runnable|offered|listed)(?: now| today| immediately| for free| free| exclusively| globally| first| also| only| to (?:all |paid |pro )?users)* (?:{_IN}) {_DET}{_P}",
    re.IGNORECASE,
)
_AVAILABILITY = re.compile(
    rf"\bavailability of (?:the )?(?P<s>{list_pattern('mx')})(?: models?)? {_IN} {_DET}(?:<o\d+>'s )?{_P}",
    re.IGNORECASE,
)
_LAUNCHED = re.compile(
    rf"(?P<s>{list_pattern('mx')})(?: models?| family| series| weights| API| app)*(?:,[^<>]{{0,60}},)? (?:has |have |was |were |is |are |also |just |now )*(?:launch(?:ed|es)|releas(?:ed|es)|roll(?:ed|s|ing) out|debut(?:ed|s)|arriv(?:es|ed)|land(?:s|ed)|com(?:es|ing)|ship(?:s|ped|ping)|runs?|running|added|integrated|deployed|went live|goes live|lives) (?:now |natively |directly |first |exclusively |today )?(?:on|in|inside|into|to|via|as the (?:new )?default (?:for|in|model in)) {_DET}(?:<o\d+>'s )?{_P}",
    re.IGNORECASE,
)
_MADE = re.compile(
    rf"(?:releas|launch|roll|ship|bring|brought|introduc|add|deploy|mak|made|open|expand)\w*(?: out)? (?:the |its |a |an |new )*(?:[\w-]+ ){{0,4}}?(?P<s>{list_pattern('mx')})(?: models?| weights| family| API)?(?: (?!based|built|trained|running|focused|relying|using)[a-z]+)? (?:on|to|into|in|via|inside|as (?:the |its )?(?:new )?default (?:model )?(?:for|in)|available (?:on|in|via)) {_DET}(?:<o\d+>'s )?{_P}",
    re.IGNORECASE,
)
_SUPPORT = re.compile(
    rf"(?:\b(?:support|integrations?|availability|adoption|compatibility)(?: (?:on|in|from|by|via|across|such as|with|like|including|include[sd]?|came from|came|is|was|through|landed|arrived|for))*(?: (?:projects|platforms|tools|frameworks|partners|engines|providers|runtimes|stacks|the likes)(?: (?:like|such as|including))?)? (?:the )?{_P}(?P<tail>[^.;]{{0,40}}))",
    re.IGNORECASE,
)
_SUPPORTS = re.compile(
    rf"(?P<p>{list_pattern('omx')}) (?:has |have |also |both |now |immediately |quickly |already )*(?:ship(?:ped|s)|add(?:ed|s)|announc(?:ed|es)|provid(?:ed|es)|offer(?:ed|s)|support(?:s|ed)|landed|got|enabled?s?|gained|gains|brought) (?:also )?(?:immediate |initial |full |native |early |official |same-day |day-?\s?<?n?\d*>?-?\w* ?|day-zero |day-one )*(?:support|availability|inference|serving|integration)(?: for (?:the )?(?P<s><[mx]\d+>))?",
    re.IGNORECASE,
)
_POWERS = re.compile(
    rf"(?P<s><m\d+>)(?:, [^<>]{{0,60}}|[^<>.;]{{0,12}}| is)?,? (?:powering|powers|now powers|will power|to power|runs inside|running inside|built into|embedded in|integrated into) {_DET}(?:<o\d+>'s )?{_P}",
    re.IGNORECASE,
)
_IT_RUNS = re.compile(
    rf"\b(?:it's|it is|they are|is) (?:already |now |also |currently )*(?:running|live|shipping|deployed) (?:inside|in|on|across) {_DET}(?:<o\d+>'s )?{_P}",
    re.IGNORECASE,
)
_INTEGRATES = re.compile(
    rf"\b(?:integrat(?:es?|ed|ing|ions?)|connect(?:s|ed|ing|ors?)|interoperat\w+|plug(?:s|ged)? into|works?)(?: directly| natively| seamlessly| now| well| third-party| agents)* (?:with|into|to|for|such as|including|like)(?: [a-z-]+){{0,3}} (?:like |such as |including )?{_DET}{_P}(?! (?:to|training))",
    re.IGNORECASE,
)
_BASED = re.compile(
    rf"\b(?:powered by|based on|built on(?: top of)?|fine-?tuned (?:from|on)|finetuned (?:from|on)|derived from|distilled from|(?:using|is) a fine-?tuned version of|fine-?tuned version of|fine-?tune of|runs on|running on) (?:the |a |an |its |their |own |new |<o\d+>'s |<o\d+> )*(?P<o>{list_pattern('m')})",
    re.IGNORECASE,
)
_BUILT = re.compile(r"(<[mx]\d+>)[^.;<>]{0,90}$")
_ENDS = re.compile(
    r"\b(?:(?:is|are|was|were|be|being|been|gets?|getting|will be|to be|has been|have been) (?:now |also |officially |being |fully )*(?:sunset(?:ted)?|deprecat(?:ed|ing)|retired|retiring|discontinued|shut(?:ting)? down|phased out|removed|killed|decommissioned|sunsetting)|(?:officially )?shutting down|(?:sunsets?|deprecates?|retires?|discontinues?|shuts? down)\b)",
    re.IGNORECASE,
)
_ENDED = re.compile(
    rf"\b(?:deprecat(?:e[sd]?|ing|ion of)|retir(?:e[sd]?|ing|ement of)|discontinu(?:e[sd]?|ing|ation of)|sunset(?:s|ting)?|shut(?:s|ting)? down|shutdown of|phas(?:e[sd]?|ing) out) {_DET}(?:<o\d+>'s )?{list_pattern('m', 's')}",
    re.IGNORECASE,
)
_REPLACES = re.compile(
    rf"(?P<o><m\d+>)(?: models?)?(?:,)? (?:\w+ )?(?:replac(?:ing|es|ed)|supersed(?:es|ing)|will replace|to replace) (?:the |its |older )*(?P<s>{list_pattern('m')})|(?P<s2>{list_pattern('m')})[^<>.;]{{0,60}}\b(?:in favou?r of|replaced (?:by|with)|superseded by) (?P<o2><m\d+>)",
    re.IGNORECASE,
)
_NOWHERE = re.compile(r"(?:Twitter|Discord|Reddit|X|YouTube|April|GitHub Issues|LinkedIn|Europe)$")
_NOT_PLACE = re.compile(
    r" (?:users|customers|developers|tokens|benchmarks?|tasks|leaderboard|paper|team|researchers|community|subscribers|conference|hardware)\b",
    re.IGNORECASE,
)


def read_availability(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: available_on, integrates_with."""
    text = masked.text
    done: set[tuple[str, str]] = set()
    for pattern in (_AVAILABILITY, _LAUNCHED, _MADE, _POWERS):
        for match in pattern.finditer(text):
            if re.search(r"\bnot\b|n't\b", match[0]):
                continue
            yield from _pairs(masked, [masked.name(one) for one in marks_in(match["s"])], match, "available_on", done)
    for match in _AVAILABLE.finditer(text):
        if re.search(r"\b(?:not|n't|isn't|no longer|soon|yet)\b[^<>]{0,20}$", text[: match.start()]):
            continue
        things = _available_things(masked, topic, match.start())
        yield from _pairs(masked, things, match, "available_on", done)
    for match in _IT_RUNS.finditer(text):
        yield from _pairs(masked, _available_things(masked, topic, match.start())[:1], match, "available_on", done)
    for match in _SUPPORT.finditer(text):
        if (
            len(marks_in(match["p"])) < 2
            and "integration" not in match["tail"]
            and not re.search(r"day-?|immediate|from|by", match[0] + text[max(0, match.start() - 15) : match.start()])
        ):
            continue
        yield from _pairs(
            masked, _available_things(masked, topic, match.start(), far=True), match, "available_on", done
        )
    for match in _SUPPORTS.finditer(text):
        clause = max(text.rfind(stop, 0, match.start()) for stop in (";", ":", "."))
        here = [name for at, name in masked.names("m") if clause < at < match.start() and at >= 0]
        whom = here or ([topic.thing] if topic.thing else _available_things(masked, topic, match.start()))
        things = [masked.name(match["s"])] if match["s"] else whom[:1]
        yield from _pairs(masked, things, match, "available_on", done)
    for match in _INTEGRATES.finditer(text):
        if re.match(r"(?:integrations?|works?)\b", match[0], re.IGNORECASE):
            since = text[: match.start()].rfind(">")
            if (
                "," in text[since + 1 : match.start()]
                and not re.search(r"\bwith (?:[a-z-]+ )?$", text[: match.start()])
            ) or (re.match("work", match[0], re.IGNORECASE) and since < 0):
                continue
        things = _available_things(masked, topic, match.start())
        yield from _pairs(masked, things[-1:], match, "integrates_with", done)


_GENERIC = re.compile(
    r"(?:Now|Also|Hosted|Access|API|Weights?|Open|Model|Early|Immediate|Day|Broad|Ecosystem|Community|Both|These|Support|Avail\w+)\b"
)


def _available_things(masked: MaskedSentence, topic: Topic, place: int, far: bool = False) -> list[NameMention]:
    """What becomes available: the last series of models or products before the position."""
    rows = [
        match
        for match in re.finditer(list_pattern("mx"), masked.text[:place])
        if not COMPARED.search(masked.text[: match.start()])
    ]
    if rows:
        return [masked.name(one) for one in marks_in(rows[-1][0])]
    spoken = place == 0 or PRONOUN.search(masked.text[:place]) or _GENERIC.match(masked.text)
    return [topic.thing] if topic.thing and (spoken or far) else []


def _pairs(
    masked: MaskedSentence, things: list[NameMention], match: re.Match[str], predicate: str, done: set[tuple[str, str]]
) -> Iterator[Statement]:
    if _NOT_PLACE.match(masked.text, match.end("p")) and len(marks_in(match["p"])) < 2:
        return
    for mark in marks_in(match["p"]):
        place = masked.name(mark)
        for thing in things:
            if thing.text == place.text or _NOWHERE.fullmatch(place.text) or (thing.text, place.text) in done:
                continue
            done.add((thing.text, place.text))
            yield Statement(thing, predicate, place, certainty=0.75)


def read_bases(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: based_on, from a product or model to the model behind it."""
    for match in _BASED.finditer(masked.text):
        built = _BUILT.search(masked.text, max(0, match.start() - 110), match.start())
        if re.search(
            r"\b(?:reports?|papers?|stud(?:y|ies)|surveys?|blog|articles?|talks?|posts?)\b", built[0] if built else ""
        ):
            continue
        if built is None or COMPARED.search(masked.text[: built.start()]):
            continue
        things = masked.name(built[1])
        for mark in marks_in(match["o"])[:1]:
            base = masked.name(mark)
            if base.kind == "m" and base.text != things.text:
                yield Statement(things, "based_on", base, certainty=0.7)


def read_deprecations(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: deprecated, replaced_by."""
    text = masked.text
    where = re.search(r"\b(?:in|from|on) (?:the )?(<m\d+>)", text)
    done: set[str] = set()
    for match in _ENDS.finditer(text):
        rows = list(re.finditer(list_pattern("m"), text[: match.start()]))
        if (
            rows
            and not re.search(r"[.;:]", text[rows[-1].end() : match.start()])
            and match.start() - rows[-1].end() < 60
        ):
            yield from _ended(masked, marks_in(rows[-1][0]), where, done)
    for match in _ENDED.finditer(text):
        yield from _ended(masked, marks_in(match["s"]), where, done)
    for match in _REPLACES.finditer(text):
        newer = masked.name(match["o"] or match["o2"])
        for mark in marks_in(match["s"] or match["s2"]):
            yield Statement(masked.name(mark), "replaced_by", newer, certainty=0.75)


def _ended(
    masked: MaskedSentence, things: list[str], where: re.Match[str] | None, done: set[str]
) -> Iterator[Statement]:
    for mark in things:
        name = masked.name(mark)
        if name.text in done:
            continue
        done.add(name.text)
        more = {"in": masked.name(where[1]).text} if where and masked.name(where[1]).text != name.text else {}
        yield Statement(name, "deprecated", name, qualifiers=more, text="deprecated", certainty=0.75)
