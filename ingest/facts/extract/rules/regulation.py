"""Openness, suspensions, new units and reorganisations, data centres, and the acts of authorities."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import Statement, Topic, list_pattern, marks_in

_ANY = r"(?:[\w’'.+/-]+|<[kn%$#ygl]\d+>(?:[-+][\w-]+)*)"
_HOW = r"(?P<how>(?:fully )?open[- ](?:source|weights?|weighted)|closed[- ](?:source|weights?)|proprietary)"
_KIND = (
    r"(?:model|LLM|VLM|MoE|family|series|framework|agent|assistant|system|toolkit|library|tool|platform|engine|dataset|"
    r"benchmark|runtime|stack|SDK)s?\b"
)
_IS_OPEN = re.compile(
    rf"(?P<s><m\d+>)(?: models?)? (?:is|are|stays?|remains?) (?:now |also |still |fully |currently )*{_HOW}\b"
    r"(?! (?:alternative|competitor|rival|community|equivalent|counterpart|clone|version))",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    rf"(?P<s><m\d+>)(?: \([^()]{{1,40}}\))?(?:, | ?[—–-] ?)(?:an?|the|its|their)(?:,? {_ANY}){{0,6}}?,? {_HOW}(?:,? {_ANY}){{0,5}}? {_KIND}",
    re.IGNORECASE,
)
_CALLED = re.compile(
    rf"(?:\ban?|\bthe|\bits|\btheir|'s)(?: (?:new|newest|latest|own|first|leading|top))* {_HOW}(?: [a-z-]+){{0,2}} {_KIND}(?:,|:| with| like| such as| including)? (?:called |named )?(?P<s><m\d+>)(?P<more> and <m\d+>)?",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\bopen[- ]sourc(?:es|ed|ing) (?:its |the |an? |new |own |[a-z]+ ){0,3}?(?P<s><m\d+>)", re.IGNORECASE
)
_NOT_YET = re.compile(
    r"\b(?:will|would|could|may|might|not|n't|if|plans?|rumou?r\w*|expected|eventually|soon)\b", re.IGNORECASE
)

_WHAT = r"(?:(?:all|its|their|the|public|foreign|general|global|access to|availability of|(?:the )?(?:roll-?out|deployment|sales?|launch) of) )*(?:<o\d+>(?:'s)? )?"
_WHOLE = r"(?=[.,;:)]|$| (?:in|on|for|after|due|over|following|because|as|amid|while|and|from|until|indefinitely|temporarily|globally)\b)"
"""What may follow a suspended product: not a part of it ("video generations", "ads")."""
_SUSPENDS = re.compile(
    rf"\b(?:suspend(?:s|ed|ing)?|paus(?:es|ed|ing)) {_WHAT}{list_pattern('m', 's')}{_WHOLE}",
    re.IGNORECASE,
)
_SUSPENDED = re.compile(
    rf"(?:^|[.:;,] |\band |\bthat ){list_pattern('m', 's')} (?:has been|have been|was|were|is|are) (?:now |also |temporarily |indefinitely |briefly )*"
    r"(?:suspended|paused|taken offline|pulled (?:offline|from))",
    re.IGNORECASE,
)

_MAKES = (
    r"(?:(?:has|have|also|just|recently|officially|formally) )*"
    r"(?:form(?:s|ed|ing)|creat(?:es|ed|ing)|establish(?:es|ed|ing)|set(?:s|ting)? up|launch(?:es|ed|ing)|announc(?:es|ed|ing)|unveil(?:s|ed))"
)
_UNIT = r"(?:unit|division|subsidiary|business unit|research lab|superintelligence lab|group|arm)"
_FORMS = re.compile(
    rf"(?P<s><o\d+>) {_MAKES} (?:an? |its |the )?(?:new )?(?:[\w-]+ ){{0,4}}?{_UNIT},? (?:called |named |dubbed )?(?P<o><[ox]\d+>)"
    rf"|(?P<s2><o\d+>) {_MAKES} (?:the )?(?P<o2><[omx]\d+>), an? (?:new |majority-owned |separate )*(?:[\w-]+ ){{0,3}}?{_UNIT}\b",
    re.IGNORECASE,
)
_REORGANISED = re.compile(
    rf"(?P<s><o\d+>) (?:(?:has|have|is|also|again|just) )*(?:(?P<t>reorgani[sz](?:es|ed|ing)|restructur(?:es|ed|ing))\b(?! (?:code|its code|data))"
    rf"|(?:undergo(?:es|ing)|underwent|complet(?:es|ed)|announc(?:es|ed)|fac(?:es|ing)) (?:an? |the |its )?(?P<t2>(?:{_ANY} ){{0,4}}?"
    r"(?:reorgani[sz]ation|restructuring|recapitali[sz]ation|reshuffle|reorg))\b)",
    re.IGNORECASE,
)

_CENTRE = r"(?:data ?cent(?:er|re)s?|datacenters?|campus(?:es)?)"
_BUILDS = re.compile(
    rf"(?P<s><o\d+>) (?:(?:has|have|is|also|will|plans to|to|announced|announces|announcing|plans|revealed) )*"
    rf"(?:build(?:s|ing)?|built|open(?:s|ed|ing)|construct(?:s|ed|ing)|invest(?:s|ed|ing)?|spend(?:s|ing)?|develop(?:s|ed|ing)?|(?<=announced )|(?<=plans ))"
    rf" ?(?:an? |the |in |its |about |up to )*(?:{_ANY} ){{0,2}}?(?P<n><[w$]\d+>)(?:[ -](?:in|on|to build|for|worth of|an?|the|new|its|AI|{_ANY}))* ?{_CENTRE}",
    re.IGNORECASE,
)
_SITE = re.compile(
    rf"(?P<s><o\d+>)'s (?P<site>(?:[A-Z][\w.]+ ){{1,2}}){_CENTRE}[^<>.;]{{0,30}}(?P<n><w\d+>)",
)

_AUTHORITIES = re.compile(
    r"(?:the )?(?:EU|European (?:Commission|Union)|FTC|DOJ|Department of \w+|Commerce Department|Pentagon|White House|"
    r"(?:Trump|Biden) administration|US|U\.S\.|UK|Italy|China|Japan|India|South Korea|Australia|Taiwan|Germany|France|Ireland|Brazil|Canada|"
    r"[\w ]+ (?:regulators?|watchdog|authority|government))",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"(?P<s><[roxp]\d+>|\b(?:the )?(?:EU|European Commission|US|U\.S\.|UK|FTC|DOJ|Italy|China|Japan|India|South Korea|Australia|Taiwan|Germany|"
    r"France|Ireland|Pentagon|White House|Trump administration)\b)(?:'s (?:[\w-]+ ){1,5}?| (?:government|regulators?|watchdog))? ?"
    r"(?:(?:has|have|is|also|officially|formally|temporarily) )*"
    r"(?P<v>ban(?:s|ned|ning)|block(?:s|ed|ing)|restrict(?:s|ed|ing)|investigat(?:es|ed|ing)|fin(?:es|ed)|prob(?:es|ed|ing)|blacklist(?:s|ed))"
    r" (?:the |use of |access to |sales? of |exports? of |all )*(?P<o><[om]\d+>)"
    r"(?!(?:'s)? (?:owner|subsidiary|parent|maker|acquisition|deal|takeover|merger)s?\b)",
    re.IGNORECASE,
)
_TYPES = {"inv": "investigation", "pro": "investigation", "fin": "fine"}
"""The type of an act by the first letters of its verb; all others are restrictions."""


def read_regulation(masked: MaskedSentence, _topic: Topic) -> Iterator[Statement]:
    """Predicates: openness, suspended, unit_formed, reorganised, data_center, regulation."""
    text = masked.text
    yield from _openness(masked)
    done: set[str] = set()
    for pattern in (_SUSPENDS, _SUSPENDED):
        for match in pattern.finditer(text):
            if _NOT_YET.search(text[max(0, match.start() - 30) : match.start()]):
                continue
            for mark in marks_in(match["s"]):
                name = masked.name(mark)
                if name.text not in done:
                    done.add(name.text)
                    yield Statement(name, "suspended", text="suspended", certainty=0.75)
    for match in _FORMS.finditer(text):
        who, unit = masked.name(match["s"] or match["s2"]), masked.name(match["o"] or match["o2"])
        if who.text != unit.text:
            yield Statement(who, "unit_formed", unit, status="announced")
    for match in _REORGANISED.finditer(text):
        yield Statement(
            masked.name(match["s"]), "reorganised", text=(match["t2"] or "reorganised").lower(), certainty=0.75
        )
    for match in (*_BUILDS.finditer(text), *_SITE.finditer(text)):
        site = match.groupdict().get("site")
        yield Statement(
            masked.name(match["s"]),
            "data_center",
            None,
            *masked.amount(match["n"]),
            qualifiers={"site": site.strip()} if site else {},
            at=match.start("n"),
        )
    for match in _ACTS.finditer(text):
        authority = masked.name(match["s"]) if match["s"][0] == "<" else None
        if authority is not None and not _AUTHORITIES.fullmatch(authority.text):
            continue
        said = authority or NameMention(match["s"].removeprefix("the "), 0, 0, "r")
        kind = _TYPES.get(match["v"][:3].lower(), "restriction")
        yield Statement(said, "regulation", masked.name(match["o"]), qualifiers={"type": kind}, certainty=0.75)


def _openness(masked: MaskedSentence) -> Iterator[Statement]:
    text = masked.text
    done: set[str] = set()
    for match in _OPENS.finditer(text):
        name = masked.name(match["s"])
        if name.text not in done and not _NOT_YET.search(text[max(0, match.start() - 20) : match.start()]):
            done.add(name.text)
            yield Statement(name, "openness", text="open source", status="announced")
    for pattern in (_IS_OPEN, _APPOSED, _CALLED):
        for match in pattern.finditer(text):
            more = match.groupdict().get("more") or ""
            for name in map(masked.name, marks_in(match["s"] + more)):
                if name.text in done or _NOT_YET.search(match[0]):
                    continue
                done.add(name.text)
                yield Statement(name, "openness", text=_plain(match["how"]), status="announced")


def _plain(how: str) -> str:
    """One form for all spellings: "open-weight" becomes "open weights"."""
    low = how.lower().replace("-", " ").removeprefix("fully ")
    low = low.replace("weighted", "weights")
    return f"{low}s" if low.endswith("weight") else low
