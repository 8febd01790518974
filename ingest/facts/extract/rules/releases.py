"""Who released what."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import Statement, Topic, list_pattern, marks_in

_VERB = (
    r"(?:launch(?:e[sd]|ing)?|releas(?:e[sd]?|ing)|introduc(?:e[sd]?|ing)|unveil(?:s|ed|ing)?|announc(?:e[sd]?|ing)"
    r"|debut(?:s|ed|ing)?|open[- ]sourc(?:e[sd]?|ing)|ship(?:s|ped|ping)?|roll(?:s|ed|ing)? out|publish(?:e[sd]|ing)?"
    r"|drop(?:s|ped)|previe(?:ws|wed)|unleash(?:e[sd])|rebrand(?:s|ed))"
)
_ADVERB = (
    r"(?:(?:has|have|had|is|are|was|also|just|recently|officially|now|today|finally|quietly|jointly|then|both|"
    r"soft-launched|later|separately|simultaneously|surprisingly|newly|subsequently|already|being|reportedly|rumou?red to be|said to be)(?: |, ))*"
)
_LATER = (
    r"(?:(?:will|to|may|might|plans to|plan to|is expected to|is set to|is preparing to|could|about to) (?:soon )?)?"
)
_WORDS = r"(?:(?!of\b|for\b|with\b|in\b|on\b|to\b|that\b|by\b|from\b|at\b|as\b|and\b|but\b|after\b|how\b|(?:support|featur|includ|us|enabl|allow|combin|integrat|power|target|show|runn|offer|outperform|surpass|emphasiz|focus|leverag|achiev|claim)ing\b|support\b|which\b|about\b)[\w'’\"“+%-]+,? |<[nky%$]\d+>(?:-\w+)? ){0,7}?"
_OF = r"(?:(?:the|a|an|new|turbo|preview|beta|latest|first|\w+) (?:versions?|generation|release|family|series|suite|set|preview|weights|update) (?:of|to|called|named|for) (?:the |its )?)?"
_QUOTE = r"[\"“'‘*]?"
_SUBJECT = rf"{list_pattern('opxm', 's')}(?:'s (?:team|researchers)| team| researchers| AI| Labs?)?(?: \([^)]{{1,60}}\))?,? {_ADVERB}{_LATER}"
_OBJECT = rf"{_OF}{_WORDS}(?:<o\d+>(?:'s)? (?:new |latest |open )?)?{_QUOTE}{list_pattern('mxdbo', 'o')}"

_ACTIVE = re.compile(rf"{_SUBJECT}(?P<verb>{_VERB}),? {_OBJECT}", re.IGNORECASE)
_SHARED = re.compile(
    rf"(?:(?:,|;|,? and|,? while also|,? as well as)(?: also| then| later| newly| recently)?|\b(?:It|They|The (?:company|team|startup|lab|firm|group|organization))"
    rf"(?: also| has| have| recently| just| then)*) (?P<verb>{_VERB}) {_OBJECT}",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    rf"{list_pattern('mxd', 'o')}(?: \([^)]{{1,40}}\))?(?: (?:models?|series|family|suite|dataset|framework|tool|benchmark|API|app))?(?:, [^.;]{{3,200}}?,)?"
    rf" (?:has |have |had )?(?:been |was |were |is |are |being )?{_ADVERB}(?:released|launched|introduced|announced|unveiled|open-sourced|published|debuted|shipped)"
    rf"(?: (?:today|this week|recently))? by (?:the )?{list_pattern('opx', 's')}",
    re.IGNORECASE,
)
_BY = re.compile(
    rf"{list_pattern('mx', 'o')}(?: (?:models?|series|family|suite|dataset|framework|tool|benchmark))? (?:by|from) (?P<s><o\d+>)(?:,[^<>.;]{{0,60}},)? (?:has |have |was |were |is |are |been |just |also |being )*(?:released|launched|introduced|announced|unveiled|open-sourced)",
    re.IGNORECASE,
)
_OWN = re.compile(
    rf"(?P<s><[opx]\d+>)'s? (?:new |latest |open |open-source |upcoming |first |own |[\w-]+ )?(?P<o>{list_pattern('mx')})"
    r"(?: (?:models?|series|family|app|open[- ]weights?(?: release)?|tool|agent|API))*,?"
    r" (?:(?:has |have |was |were |is |are |also |just |now |officially |recently |finally )*"
    r"(?:(?:launch(?:es|ed)|released|releases|unveiled|announced|introduced)(?! (?:the|an?|its|their|new|<))|debut(?:s|ed)|dropped|drops|arriv(?:es|ed)|out\b|live\b|shipped|rolled out|open[- ]sourced"
    r"|open weights release|stood out as [\w ]*releases?))",
    re.IGNORECASE,
)
_INTRODUCING = re.compile(
    r"(?:Introducing|Meet|Announcing|Say hello to) (?:the )?(?P<o><[mx]\d+>)(?:,|:| [—–-]) (?P<s><o\d+>)'s (?:new|latest|first|next|most|newest|open|flagship|\w+est)\b"
)
_HERE = re.compile(r"(?P<o><m\d+>) (?:is|are) (?:finally |now )?(?:here|out|live)\b(?! of| from)", re.IGNORECASE)
_NOUN = re.compile(
    rf"(?:(?:releases?|launch(?:es)?|introduction|debut|unveiling|announcement|open-sourcing|rollout) of {_WORDS}(?:(?P<s1><[op]\d+>)'s )?{_WORDS}(?P<o1>{list_pattern('mx')})(?: by (?P<s2><[opx]\d+>))?)"
    rf"|(?:(?P<s3><[op]\d+>)'s (?:recent |new |upcoming |surprise |official )?(?:release|launch|introduction|debut|unveiling|announcement|open-sourcing|rollout) of {_WORDS}(?P<o3>{list_pattern('mxbd')}))"
    rf"|(?:\b(?:releases|launches|debuts|releases this week|model releases)(?: \w+){{0,4}} (?:includ(?:e|ed|ing)|like|such as|were|featur(?:e|ing)) (?P<list>[^.;]+))",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"(?P<s><[op]\d+>)'s {_WORDS}(?P<o>{list_pattern('mx')})", re.IGNORECASE)
_LOWER = re.compile(
    rf"{_SUBJECT}(?P<verb>{_VERB}) (?P<q>[\"“'‘]?)(?P<o>[a-z][\w.-]{{2,30}}(?:[ -][\w.-]+)?)(?P=q), (?:an?|the|its) ",
    re.IGNORECASE,
)
_ALONG = re.compile(rf"(?:alongside|along with|as well as|together with|plus|followed by) {_OBJECT}", re.IGNORECASE)

_NOT_OUT = re.compile(
    r" (?:entering|response|competitor|rival|alternative|clone|killer|integrations?|support|partnerships?|pricing|plans?|deals?|discounts?|results?|users|customers|performance|investment|"
    r"funding|acquisition|lawsuit|layoffs|reaching|leads?|hitting|surpassing|competitors?|capacity|outage|training|availability|"
    r"will (?:be )?(?:retired|deprecated|shut)|is shutting|shutdown|compatibility|seats|shares|stock|revenue|earnings)\b",
    re.IGNORECASE,
)
_NOT_WHAT = re.compile(
    r"\b(?:partnership|deal|agreement|funding|round|acquisition|lawsuit|collaboration|investment|integration|support|plans?|layoffs|"
    r"competitors?|upgraded|updated|improved|expanded|results?|benchmarks?|pricing|discounts?|hiring|departure|raise|that|paper|research|study|report|blog|survey|analysis|thread)\b",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(
    r"\b(?:not|never|n't|without|denied|delays?|delayed|yet to|before|rumou?rs?)\b[^,;.]{0,40}$", re.IGNORECASE
)


def read_releases(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: released, from an organisation or person to a model, product, data set or unit."""
    text = masked.text
    taken: set[int] = set()
    makers: list[tuple[int, list[str]]] = []
    for match in _ACTIVE.finditer(text):
        if _NOT_SAID.search(text, max(0, match.start() - 50), match.start("verb")):
            continue
        subjects = marks_in(match["s"])
        if (
            re.search(r"\b(?:by|with|from|for|of|to)\s$", text[: match.start()])
            and len(subjects) == 1
            and subjects[0][1] not in "o"
        ):
            continue
        makers.append((match.end(), subjects))
        yield from _releases(masked, match, subjects, taken, topic)
    for match in _PASSIVE.finditer(text):
        yield from _releases(masked, match, marks_in(match["s"]), taken, topic)
    for match in _BY.finditer(text):
        yield from _releases(masked, match, [match["s"]], taken, topic)
    for match in _INTRODUCING.finditer(text):
        yield from _releases(masked, match, [match["s"]], taken, topic)
    for match in _OWN.finditer(text):
        yield from _releases(masked, match, [match["s"]], taken, topic)
    for match in _LOWER.finditer(text):
        makers.append((match.end(), marks_in(match["s"])))
        thing = NameMention(match["o"], 0, 0, "x")
        for mark in marks_in(match["s"]):
            yield Statement(masked.name(mark), "released", thing, status="announced", certainty=0.75)
    for match in _SHARED.finditer(text):
        shared = _before(masked, match.start(), makers, topic)
        if shared:
            yield from _releases(masked, match, shared, taken, topic)
    for match in _ALONG.finditer(text):
        earlier = [subjects for end, subjects in makers if end <= match.start()]
        if earlier:
            yield from _releases(masked, match, earlier[-1], taken, topic)
    for match in _HERE.finditer(text):
        if topic.maker and not makers:
            yield from _releases(masked, match, [topic.maker], taken, topic)
    for match in _NOUN.finditer(text):
        if match["list"]:
            for one in _LISTED.finditer(match["list"]):
                yield from _pairs(masked, [one["s"]], marks_in(one["o"]), taken, topic, "")
            continue
        maker = match["s1"] or match["s2"] or match["s3"]
        if maker:
            yield from _pairs(masked, [maker], marks_in(match["o1"] or match["o3"]), taken, topic, match[0])


_ACTING = re.compile(
    r"(<[op]\d+>)(?: AI| Labs?)?,?(?: \([^)]*\))? (?:has |have |also |recently |reportedly |is |are )*[a-z]+(?:ed|es|s)\b"
)


def _before(
    masked: MaskedSentence, place: int, makers: list[tuple[int, list[str]]], topic: Topic
) -> list[str] | list[NameMention]:
    """The subject of a verb that has none: the last one to act in this sentence, or in the text before."""
    earlier = [subjects for end, subjects in makers if end <= place]
    if earlier:
        return earlier[-1]
    acting: list[str] = _ACTING.findall(masked.text[:place])
    if acting:
        return [acting[-1]]
    if re.match(r"\s*(?:It|They|The)\b", masked.text[place:]) and topic.maker and not masked.names("o")[:1]:
        return [topic.maker]
    if place == 0 and topic.maker:
        return [topic.maker]
    return []


def _releases(
    masked: MaskedSentence, match: re.Match[str], subjects: list[str] | list[NameMention], taken: set[int], topic: Topic
) -> Iterator[Statement]:
    start = match.start("o")
    between = masked.text[match.start() : start]
    between = between[between.rfind(">") + 1 :] if match.re not in (_PASSIVE, _BY) else ""
    if _NOT_WHAT.search(between) or _NOT_OUT.match(masked.text, match.end("o")):
        return
    yield from _pairs(
        masked, subjects, marks_in(match["o"]), taken, topic, masked.text[max(0, match.start() - 30) : match.end("o")]
    )


_HOUSED = re.compile(r"\b(?:Labs?|Institute|Foundation|Fund|Division|Initiative|Research|Group|Team|Ventures)$")
_FORMS = re.compile(r"\b(?:launch|announc|unveil|introduc|form|creat|establish)", re.IGNORECASE)


def _pairs(
    masked: MaskedSentence,
    subjects: list[str] | list[NameMention],
    what: list[str],
    taken: set[int],
    topic: Topic,
    around: str,
) -> Iterator[Statement]:
    makers = [masked.name(one) if isinstance(one, str) else one for one in subjects]
    for mark in what:
        thing = masked.name(mark)
        if thing.start in taken or any(thing.text == maker.text for maker in makers):
            continue
        if thing.kind == "o" and not (_HOUSED.search(thing.text) and _FORMS.search(around)):
            continue
        if thing.kind == "x" and len(thing.text) < 2:
            continue
        taken.add(thing.start)
        if makers:
            topic.thing = thing
        for maker in makers:
            if maker.kind == "m" and thing.kind == "m" and maker.entity is None:
                continue
            yield Statement(maker, "released", thing, status="announced", certainty=0.85 if maker.entity else 0.75)
