"""Funding rounds, valuations and investors."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.parties import MONEY, money_owner
from ingest.facts.extract.statement import Statement, Topic, list_pattern, make_statement, marks_in

_RAISED = re.compile(
    rf"\b(?:rais(?:e[sd]?|ing)|secur(?:e[sd]|ing)|clos(?:e[sd]|ing)|announc(?:e[sd]|ing)|land(?:s|ed)|nab(?:s|bed)|bag(?:s|ged)|pick(?:s|ed) up|complet(?:e[sd]|ing)|with|and|emerg\w+ (?:from stealth )?with|seeking|in talks to raise|hauls in|gets|received|pulls in)(?: [a-z-]+){{0,4}}? (?P<n>{MONEY})",
    re.IGNORECASE,
)
_ROUND = re.compile(
    rf"(?P<n>{MONEY})[ -](?:[a-z-]+ ){{0,2}}?(?P<round>Series [A-K]\d?|(?:pre-)?seed|strategic|growth|funding|financing|equity|investment|fundraise?|venture|(?:mega-?)?round|raise\b)(?: round| funding| investment| financing| raise)?",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"\b(Series [A-K]\d?\+?|(?:pre-)?seed|angel|growth|bridge)\b(?: round| funding| extension)?", re.IGNORECASE
)
_RAISED_ELSE = re.compile(
    r"\brais\w+ (?:[\w-]+ )*(?:plans?|forecasts?|guidance|outlook|targets?|prices?|spending|capex|dividend|stakes?|offer|bid|fees?|rates?|limit|estimates?)\b",
    re.IGNORECASE,
)
_NO_ROUND = re.compile(
    r"[ -](?:(?!from\b|by\b|led\b|with\b|in\b|at\b|to\b|round\b)[\w-]+ ){0,4}?(?:funds?\b(?!-?rais)|fund of funds)"
    r"| to (?:back|invest in|fund|seed)\b"
    r"|(?: in| of| worth of)?[ -](?:[a-z-]+ ){0,2}?(?:debt|loans?|credit|bonds?|notes|facility|mortgage|leases?)\b",
    re.IGNORECASE,
)
"""What follows money that is no round: an investor's fund, and debt."""
_TOTAL = re.compile(
    r"\b(?:total(?:l?ing)?(?: (?:funding|raised|financing|capital|amount|investment|equity))?(?: (?:raised|funding))?(?: to date| so far)?(?: (?:of|to|is|at|now|stands|reaches|reached|is now|comes))*"
    r"|(?:funding|raised) to date (?:to|of|is|at)|has now raised(?: more than| over| about)?) (?:an? |about |over |more than |nearly |around |some )*$",
    re.IGNORECASE,
)
_TOTAL_AFTER = re.compile(
    r"(?: [a-z-]+){0,3}? (?:in total|to date|so far|since (?:its|it was|the company|<y|\d)|altogether|all told|overall|across (?:all|[a-z]+) rounds)\b"
    r"| (?:in )?(?:total|cumulative|lifetime) (?:funding|financing|capital|investment)\b",
    re.IGNORECASE,
)
"""What makes money the total to date, which is no round."""
_FUNDED = re.compile(
    r"\b(?:rais(?:e[sd]?|ing)|funding|round|series [a-k]|seed|financing|venture|fundrais)", re.IGNORECASE
)
_VALUED = re.compile(
    rf"(?P<n>{MONEY})(?: (?P<basis>(?:pre|post)-money))? valuation|\bvaluation (?P<n4>{MONEY})|\bvalu(?:ed at|ing (?:the company|it|them|the startup)? ?at|ation (?:of|at|to|reaching|near|around)|ation (?:[a-z]+ ){{1,2}}(?:to|at)|ation (?:has )?(?:hit|reached|rose to|jumped to|doubled to|tripled to|surpassed))(?: [a-z]+){{0,2}}? (?P<n2>{MONEY})(?P<b2> (?:pre|post)-money)?|worth (?P<n3>{MONEY})|\bvalu(?:es?|ed|ing) (?P<whose><[omx]\d+>) at (?:[a-z]+ ){{0,2}}?(?P<n5>{MONEY})(?P<b5> (?:pre|post)-money)?|\bnew value of (?P<n6>{MONEY})",
    re.IGNORECASE,
)
_INVESTS = re.compile(
    rf"(?P<s>{list_pattern('ox')})(?: (?:is|are|was|were|has|have|will|would|could|may|also|reportedly|to|plans? to|planning to|in talks to|agreed to|expected to|set to|considering|weighing|looking to))* (?:invest(?:s|ed|ing)?|back(?:s|ed|ing)|pour(?:s|ed)|put(?:s|ting)?|commit(?:s|ted)?)(?: [a-z]+){{0,3}}? ?(?P<n>{MONEY})?(?: (?:more|progressively|additional|in (?:cash|equity|funding)))*(?: (?:in|into|to)) (?:<o\d+>'s )?(?P<o><[ox]\d+>)",
    re.IGNORECASE,
)
_PUTS = re.compile(
    rf"(?P<s><o\d+>) (?:will |to |is )?invest(?:ing|s|ed)? (?P<n>{MONEY})(?! (?:in|into)\b)", re.IGNORECASE
)
_BACKERS = re.compile(
    rf"\b(?:led by|investors? (?:include|including|such as|like|are)|backed by|backing from|investment from|participation (?:from|by)|co-led by|with (?:participation|support|backing) from|funding from) (?:investors |notable |the )*(?:like |including |such as )?(?P<s>{list_pattern('opx')})",
    re.IGNORECASE,
)


_ROUND_OF = re.compile(
    r"[ -](?:[\w-]+ ){0,3}?(?:round|investment|funding|financing|deal)(?: round)?(?:,? (?:that |which )?(?:would |will )?valu(?:es?|ed|ing) (?P<valued><[omx]\d+>) at"
    r"| (?:in|for|into) (?:[a-z-]+ |AI ){0,4}?(?P<whose><[omx]\d+>))"
)
_RAISE_OF = re.compile(
    r"\b[Ww]ith (?:its|their) (?:[\w-]+ )*\$ (?:[\w-]+ ){0,2}?(?:raise|round|funding), (?P<whose><o\d+>)"
)
"""Whose round it is where the company follows the amount."""
_CONTRIBUTES = re.compile(
    rf"(?P<s>{list_pattern('ox')}) (?:each |both |also |will |is |are )*(?:contribut(?:es?|ed|ing)|chipp(?:ed|ing) in|kick(?:s|ed|ing) in|put(?:s|ting)? in) (?:about |up to |another )?(?P<n>{MONEY})",
    re.IGNORECASE,
)
_BACKED = re.compile(r"(?P<s><[ox]\d+>)-(?:backed|funded) (?:[\w-]+ ){0,5}?(?:[\w-]+, )?(?P<o><[ox]\d+>)")


def read_funding(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: funding_round, valuation, investor."""
    text = masked.text
    valued = {_valued_at(match) for match in _VALUED.finditer(text)}
    done: set[str] = set()
    raiser: NameMention | None = None
    for pattern in (_ROUND, _RAISED):
        for match in pattern.finditer(text):
            mark = match["n"]
            after = text[match.end("n") : match.end("n") + 70]
            near = text[max(0, match.start() - 20) : match.end("n") + 40]
            if mark in done or mark in valued or not _FUNDED.search(near):
                continue
            if re.match(
                r"[ -](?:valuation|ARR|in (?:annual|revenue|ARR|sales)|(?:annual(?:ized)? )?(?:recurring )?revenue|run[- ]rate|price|market|per\b|bill|grant|prize|debt|capex)",
                after,
                re.IGNORECASE,
            ):
                continue
            if pattern is _RAISED and not re.match(
                r"(?i)rais|secur|clos|announc|land|emerg|seek|in talks|with|and|complet|nab|bag|get|pull|haul|pick|receiv",
                match[0],
            ):
                continue
            if (
                pattern is _RAISED
                and re.match(r"(?i)with|and|announc|get|receiv|clos|land|complet", match[0])
                and not re.match(r"[^<]{0,30}(?:series|seed|round|funding|financing|raise)", after, re.IGNORECASE)
            ):
                continue
            if (
                _RAISED_ELSE.search(match[0])
                or _NO_ROUND.match(after)
                or _TOTAL.search(text[: match.start("n")])
                or _TOTAL_AFTER.match(after)
            ):
                continue
            told = _ROUND_OF.match(after) or _RAISE_OF.search(text[: match.start("n")] + "$" + after)
            subject = (
                masked.name(told.groupdict().get("valued") or told["whose"])
                if told
                else money_owner(masked, topic, match.start("n"))
            )
            if subject is None or re.search(r"for (?:AI )?(?:agent )?startups", after):
                continue
            done.add(mark)
            raiser = subject
            kind = _SERIES.search(after) or _SERIES.search(text[max(0, match.start() - 25) : match.start("n")])
            more = {"round": kind[1]} if kind else {}
            yield from make_statement(
                "funding_round", subject, masked.number(mark), qualifiers=more, status="announced"
            )
    for match in _VALUED.finditer(text):
        mark = _valued_at(match)
        if match["n3"] and not re.search(r"compan|startup|now", text[match.start() - 30 : match.start()]):
            continue
        sold = re.search(
            r"\b(?:acquisition of|acquir\w+|buy(?:s|ing)?) (<[omx]\d+>)[^<>]{0,25}$", text[: match.start()]
        )
        named = match["whose"] or (sold and sold[1])
        subject = masked.name(named) if named else raiser or money_owner(masked, topic, match.start())
        basis = (match["basis"] or match["b2"] or match["b5"] or "").strip()
        if subject:
            yield from make_statement(
                "valuation", subject, masked.number(mark), qualifiers={"basis": basis} if basis else {}
            )
    yield from _investors(masked, topic, raiser, bool(done))


def _investors(masked: MaskedSentence, topic: Topic, raiser: NameMention | None, funded: bool) -> Iterator[Statement]:
    text = masked.text
    for match in _INVESTS.finditer(text):
        target = masked.name(match["o"])
        for mark in marks_in(match["s"]):
            subject = masked.name(mark)
            if subject.text != target.text and (match["n"] or (subject.kind == "o" and target.kind == "o")):
                yield Statement(subject, "investor", target, *masked.amount(match["n"]))
    for match in _PUTS.finditer(text):
        subject = masked.name(match["s"])
        others = [name for _, name in masked.names("o") if name.text != subject.text]
        if others and not any(one["s"] == match["s"] for one in _INVESTS.finditer(text)):
            yield Statement(subject, "investor", others[0], *masked.amount(match["n"]), certainty=0.65)
    for match in _CONTRIBUTES.finditer(text):
        for mark in marks_in(match["s"]):
            if raiser is not None and masked.name(mark).text != raiser.text:
                yield Statement(masked.name(mark), "investor", raiser, *masked.amount(match["n"]), certainty=0.7)
    for match in _BACKED.finditer(text):
        yield Statement(masked.name(match["s"]), "investor", masked.name(match["o"]), certainty=0.7)
    receiver = raiser or (topic.maker if funded or _FUNDED.search(text) else None) or topic.maker
    for match in _BACKERS.finditer(text):
        if not (_FUNDED.search(text) or "investor" in match[0].casefold()):
            continue
        company = raiser or receiver
        for mark in marks_in(match["s"]):
            subject = masked.name(mark)
            if company is not None and company.text not in subject.text:
                yield Statement(subject, "investor", company, certainty=0.7)


def _valued_at(match: re.Match[str]) -> str:
    return next(match[name] for name in ("n", "n2", "n3", "n4", "n5", "n6") if match[name])
