"""Who joined, left, founded or leads what, and lawsuits."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import Statement, Topic, list_pattern, marks_in

_ROLE = r"(?P<role>(?:interim |co-|vice |deputy |new |global |first )*(?:CEO|CTO|CFO|COO|CPO|CRO|CMO|CSO|CISO|chief [\w ]{2,30}?(?:officer|scientist|executive|economist|architect)|president|chair(?:man|woman|person)?|head of [\w &-]{2,40}|VP of [\w &-]{2,30}|director of [\w &-]{2,30}|general manager|board member|lead|leader|managing director|chief scientist|partner|advisor|adviser))"
_P = r"(?P<p><p\d+>(?:(?:,? and |, )<p\d+>)*|<x\d+>(?: and <x\d+>)?)"
_ORG = r"(?P<o><[ox]\d+>)"
_JOINS = re.compile(
    rf"{_P}(?:, [^<>;.]{{0,60}},)?(?: (?:has|have|is|was|will|reportedly|officially|recently|also|just|to))* (?:join(?:s|ed|ing)|moved? to|moves to|hired by|recruited by|(?:appointed|named|hired|promoted|tapped)(?: as| to)?|becom(?:es|ing)|became|return(?:s|ed|ing) to|takes? over(?: as)?)(?: (?:the|as|new|its))*(?: {_ROLE}(?: (?:of|at|for))?)?(?: (?:the|of|at))* ?{_ORG}?(?:,? (?:as|in an?|to be|becoming) (?:its |the |a |an |new |their )*(?P<role2>[^.,;<>]{{3,50}}))?",
    re.IGNORECASE,
)
_HIRES = re.compile(
    rf"{_ORG} (?:has |have |also |just |recently |reportedly |announced )*(?:hir(?:es|ed|ing)|appoint(?:s|ed|ing)|nam(?:es|ed|ing)|recruit(?:s|ed|ing)|poach(?:es|ed|ing)|promot(?:es|ed|ing)|tapp?(?:s|ed)|onboarded|brings? on|brought on|welcom(?:es|ed))(?: [a-z-]+){{0,4}}?(?: <[ox]\d+>(?:'s)?(?: (?:co-)?[a-z-]+){{1,3}})? {_P}(?: as (?:its |the |a |new )*(?P<role2>[^.,;<>]{{3,50}}))?",
    re.IGNORECASE,
)
_LED = re.compile(
    rf"{_ORG}(?:,| with|[^<>.;]{{0,20}}?,?)? (?:led by|headed by|with (?=[^.;]*at the helm)|to be led by|run by) (?:the )?(?:former )?{_P}(?: (?:in|as) an? (?:new )?(?P<role2>[^.,;<>]{{3,50}}?)(?: role)?(?=[,.;(]|$))?",
    re.IGNORECASE,
)
_HIRED_FROM = re.compile(r" (?:away )?from (?:rival )?(?P<o><[ox]\d+>)(?!'s)")
_RESIGNS = re.compile(
    r"(?P<p><p\d+>), (?:the )?(?P<o><o\d+>)'s (?:[\w-]+ ){1,6}?[\w-]+, (?:(?:has|have|is|was|will|be|announced|said|posted|confirmed|on|that|s?he|they|had|would|[A-Z]\w+day) )*"
    r"(?:resign(?:s|ed|ing)?|le(?:ft|aves|aving|ave)|depart(?:s|ed|ing)?|quit(?:s|ting)?|step(?:s|ped|ping)? down)\b"
)
_REPLACES = re.compile(
    rf"(?P<p><p\d+>),? (?:who )?(?:(?:will|is|to|has) )*(?:replac(?:e[sd]?|ing)|succeed(?:s|ed|ing)?|tak(?:es|ing) over from) (?P<p2><p\d+>) as (?:the |its )?{_ROLE} (?:of|at) (?P<o><[ox]\d+>)",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    rf"{_P}(?:'s)?(?:, [^<>;.]{{0,60}},)?(?: (?:has|have|is|was|will|reportedly|officially|recently|also|just|to|being|been|who))* (?:le(?:ft|aves|aving|ave)|depart(?:s|ed|ing|ure)?(?: from)?|resign(?:s|ed|ing|ation)?(?: from)?|quit(?:s|ting)?|exit(?:s|ed|ing)?(?: from)?|step(?:s|ped|ping)? down(?: (?:as [^<>.;]{{2,30}})?(?:from|at|of))?|fired (?:from|by)|ousted (?:from|by)|part(?:s|ed) ways with)(?: (?:as [\w ]{{2,20}} (?:of|at)|from|the|his|her|role|at|of))* {_ORG}",
    re.IGNORECASE,
)
_ONWARDS = re.compile(
    r"(?: [^<>.;]{0,30})?,? (?:to join|for|and joined|and is joining|joining|to lead) (?:rival |the )?(?P<o><[ox]\d+>)(?: as (?:its |the |an? )?(?P<role>[^.,;<>]{3,40}))?",
    re.IGNORECASE,
)
_WELCOMES = re.compile(
    rf"(?:,|\band)(?: also| has| recently)* (?:hired|welcomed|appointed|named|recruited|poached) {_P}(?: as (?:its |the |an? )?(?P<role>[^.,;<>]{{3,40}}))?",
    re.IGNORECASE,
)
_AS_ROLE = re.compile(
    rf"{_P} (?:confirmed (?:his|her|their) role|serves|served|is serving|continues|remains|was confirmed) as (?:the |its |interim )?{_ROLE} (?:of|at) (?:the )?{_ORG}",
    re.IGNORECASE,
)
_PARTS = re.compile(
    rf"\b(?:departures?|resignations?|exit|ouster|firing) of {_P}(?:,? (?:and|from|at) [^<>.;]{{0,30}})? ?(?:from )?{_ORG}|{_ORG.replace('?P<o>', '?P<o2>')}'s? (?:[\w-]+ ){{0,4}}?{_P.replace('?P<p>', '?P<p2>')} (?:has |have |is |announced )*(?:left|departed|departs|leaves|leaving|resigned|resigns|departure|stepped down|steps down)",
    re.IGNORECASE,
)
_FOUNDS = re.compile(
    rf"{_P}(?: (?:has|have|also|recently|who|just))* (?:co-?)?found(?:ed|s|ing)(?: (?:a|the|new|startup|company|called|named|his|her|lab|AI|[a-z-]+))* (?P<o><[oxm]\d+>)"
    rf"|{_P.replace('?P<p>', '?P<p2>')}(?:'s)? (?:launch(?:es|ed)|unveil(?:s|ed)|start(?:s|ed)|announc(?:es|ed)|debut(?:s|ed)) (?:his |her |their |a |an |the |new |own |AI )*(?:startup|company|lab|venture)?,?(?: called| named)? ?(?:<x\d+> \()?(?P<o2><o\d+>|(?<=startup )<x\d+>|(?<=company )<x\d+>|(?<=startup, )<x\d+>)",
    re.IGNORECASE,
)
_FOUNDER = re.compile(
    rf"(?:the )?(?P<o><[ox]\d+>)(?:'s)? (?:co-?)?founders? (?:and (?:CEO|chief executive) )?(?P<p><[px]\d+>(?:(?:,? and |, )<[px]\d+>)*)|(?P<p2><p\d+>),? (?:the )?(?:co-?)?founder (?:and CEO )?of (?P<o2><[ox]\d+>)|founding team(?: \w+)* (?:including|of|with) (?P<team>{list_pattern('px')})",
    re.IGNORECASE,
)
_COFOUND = re.compile(
    rf"{_P} (?:has |have )?co-?founded [^<>.;]{{0,40}}(?:<x\d+> \()?(?P<o><[ox]\d+>)[^<>.;]{{0,20}},? (?:together |along )?with (?P<more><[px]\d+>)",
    re.IGNORECASE,
)
_IS_ROLE = re.compile(
    rf"(?P<o><[ox]\d+>)(?:'s)? {_ROLE},? (?P<p><p\d+>)|(?P<p2><p\d+>),? (?:the |who is |is |currently )*(?:now )?{_ROLE.replace('role>', 'role2>')} (?:of|at) (?:the )?(?P<o2><[ox]\d+>)"
)
_SUES = re.compile(
    rf"(?P<s>{list_pattern('oprx')})(?:'s)?(?: (?:has|have|is|was|are|will|also|reportedly|officially|formally))* (?:su(?:es|ed|ing)|fil(?:es|ed|ing) (?:an? |the )?(?:[\w-]+ )*?(?:lawsuits?|suits?|complaint|antitrust)(?: [a-z]+){{0,3}}? (?:against|over)|lawsuits? against|(?:launch|start|brought|bring)\w* (?:a )?(?:legal action|lawsuit) against|taking) (?P<o>{list_pattern('oprmx')})",
    re.IGNORECASE,
)
_SUIT = re.compile(
    rf"(?P<s><[opr]\d+>)[^<>.;]{{0,40}}?\b(?:due to|over|after|amid|in|its|a|the|their) (?:a |an |the |its |copyright |ongoing )*(?:lawsuit|suit|legal action|legal battle|litigation) (?:against|with) (?P<o><[oprm]\d+>)|(?P<o2><[opm]\d+>) (?:is |was |are |being |been |also |now )*(?:facing|faces|hit with|sued|being sued)(?: [\w-]+){{0,4}}? (?:from|by) (?P<s2>{list_pattern('oprx')})",
    re.IGNORECASE,
)
_FILED = re.compile(
    r"(?P<s><[opr]\d+>) (?:\w+ )?(?:filed|files|filing) (?:[\w-]+ )*?(?:lawsuits?|suit|complaint)\b(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_SETTLES = re.compile(
    r"(?P<s><[o]\d+>)[^<>.;]{0,60}\b(?:settle[sd]?|settlement|agreed to pay|pay(?:s|ing)?|fined)\b[^.;]{0,40}?(?P<n><\$\d+>)(?P<rest>[^.;]*)",
    re.IGNORECASE,
)


def read_people(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: appointed, departed, founded, role; the person is the subject."""
    text = masked.text
    done: set[tuple[str, str, str]] = set()
    for pattern in (_JOINS, _HIRES, _LED):
        for match in pattern.finditer(text):
            role = match.groupdict().get("role") or match["role2"] or ""
            where = masked.name(match["o"]) if match["o"] else None
            if where is None or (
                pattern is _JOINS
                and re.search(r"\bjoin\w* (?:the |this )?(?:call|discussion|forces|waitlist)", match[0])
            ):
                continue
            if "at the helm" in text and pattern is _LED:
                role = role or "head"
            yield from _person_statements(masked, "appointed", match["p"], where, role, done)
            origin = _HIRED_FROM.match(text, match.end()) if pattern is _HIRES else None
            if origin:
                yield from _person_statements(masked, "departed", match["p"], masked.name(origin["o"]), "", done)
    for match in _RESIGNS.finditer(text):
        yield from _person_statements(masked, "departed", match["p"], masked.name(match["o"]), "", done)
    for match in _REPLACES.finditer(text):
        for predicate, who in (("appointed", match["p"]), ("departed", match["p2"])):
            yield from _person_statements(masked, predicate, who, masked.name(match["o"]), match["role"], done)
    for match in _LEAVES.finditer(text):
        yield from _person_statements(masked, "departed", match["p"], masked.name(match["o"]), "", done)
        onwards = _ONWARDS.match(text, match.end())
        if onwards:
            yield from _person_statements(
                masked, "appointed", match["p"], masked.name(onwards["o"]), onwards["role"] or "", done
            )
    for match in _WELCOMES.finditer(text):
        acting = [name for at, name in masked.names("om") if at < match.start()]
        if acting:
            yield from _person_statements(masked, "appointed", match["p"], acting[0], match["role"] or "", done)
    for match in _AS_ROLE.finditer(text):
        yield from _person_statements(masked, "role", match["p"], masked.name(match["o"]), match["role"], done)
    for match in _PARTS.finditer(text):
        yield from _person_statements(
            masked, "departed", match["p"] or match["p2"], masked.name(match["o"] or match["o2"]), "", done
        )
    for match in _FOUNDS.finditer(text):
        yield from _person_statements(
            masked, "founded", match["p"] or match["p2"], masked.name(match["o"] or match["o2"]), "", done
        )
    for match in _FOUNDER.finditer(text):
        if match["team"]:
            company = topic.maker
            if company:
                yield from _person_statements(masked, "founded", match["team"], company, "", done)
        else:
            yield from _person_statements(
                masked, "founded", match["p"] or match["p2"], masked.name(match["o"] or match["o2"]), "", done
            )
    for match in _COFOUND.finditer(text):
        yield from _person_statements(masked, "founded", match["more"], masked.name(match["o"]), "", done)
    for match in _IS_ROLE.finditer(text):
        role = match["role"] or match["role2"]
        yield from _person_statements(
            masked, "role", match["p"] or match["p2"], masked.name(match["o"] or match["o2"]), role, done
        )


def _person_statements(
    masked: MaskedSentence,
    predicate: str,
    people: str,
    organisation: NameMention,
    role: str,
    done: set[tuple[str, str, str]],
) -> Iterator[Statement]:
    for mark in marks_in(people):
        person = masked.name(mark)
        if person.kind == "x" and (" " not in person.text or person.text.isupper()) and predicate != "departed":
            continue
        key = (predicate, person.text, organisation.text)
        if key in done or person.text == organisation.text:
            continue
        done.add(key)
        role = re.sub(r"^(?:its|the|an?|new|their) ", "", role.strip())
        role = re.sub(r" (?:and|to|after|overseeing|where|while|who|with|from)\b.*$| role$", "", role)
        yield Statement(person, predicate, organisation, qualifiers={"role": role} if role else {}, status="announced")


def read_legal_cases(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: legal_action, legal_settlement."""
    text = masked.text
    done: set[tuple[str, str]] = set()
    for pattern in (_SUES, _SUIT):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            for mark in marks_in(match["s"] or groups.get("s2") or ""):
                for other in marks_in(match["o"] or groups.get("o2") or ""):
                    yield from _lawsuit(masked.name(mark), masked.name(other), done)
    for match in _FILED.finditer(text):
        against = re.search(r"\b(?:against|by) (?:the )?(<[oprx]\d+>)", match["rest"])
        if against:
            yield from _lawsuit(masked.name(match["s"]), masked.name(against[1]), done)
    for match in _SETTLES.finditer(text):
        if not re.search(r"settle|fine", match[0], re.IGNORECASE):
            continue
        party = re.search(r"\b(?:with|to|by) (<[opr]\d+>)", match["rest"])
        yield Statement(
            masked.name(match["s"]),
            "legal_settlement",
            masked.name(party[1]) if party else None,
            *masked.amount(match["n"]),
        )


def _lawsuit(plaintiff: NameMention, defendant: NameMention, done: set[tuple[str, str]]) -> Iterator[Statement]:
    if plaintiff.text != defendant.text and (plaintiff.text, defendant.text) not in done:
        done.add((plaintiff.text, defendant.text))
        yield Statement(plaintiff, "legal_action", defendant, qualifiers={"type": "lawsuit"}, status="reported")
