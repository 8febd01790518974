"""Revenue, users, staff, capital expenditure, and stock-market listings."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.parties import MONEY, money_owner
from ingest.facts.extract.statement import Statement, Topic, make_statement

_REVENUE = re.compile(
    rf"(?P<n>{MONEY})(?: (?:in|of))?(?: (?P<per>annual(?:ized|ised)?|yearly|quarterly|monthly|recurring|consumer|run[- ]rate|total|quarter|paid))*[ -](?:(?:recurring |run[- ]rate )?revenues?|ARR|run[- ]rate|sales\b|MRR)"
    rf"|\b(?P<kind>(?:annual(?:ized|ised)? |recurring |run[- ]rate |quarterly |total )*(?:revenues?|ARR|run[- ]rate|sales))(?: run[- ]rate)? (?:of|at|to|reach(?:ed|es|ing)|hit(?:s|ting)?|surpass(?:ed|es|ing)|exceed(?:ed|s|ing)|topp(?:ed|ing)|tops?|pass(?:ed|es)|climb(?:ed|s) to|jump(?:ed|s) to|r(?:ose|ises) to|cross(?:ed|es|ing)|grew to|growing to|is|was|is now|has (?:reached|hit|surpassed))(?: [a-z]+){{0,2}}? (?P<n2>{MONEY})",
    re.IGNORECASE,
)
_CAPEX = re.compile(
    rf"\b(?:capex|capital expenditures?|capital spending|spending plans?)\b[^.;]{{0,60}}?(?P<n>{MONEY})|(?P<n2>{MONEY})[^.;<>]{{0,30}}\b(?:capex|capital expenditures?|capital spending)\b",
    re.IGNORECASE,
)
_USERS = re.compile(
    r"(?P<n><[kn]\d+>)(?: (?:million|billion))?(?: (?P<per>weekly|monthly|daily|active|paying|paid|unique|registered|total|enterprise|business|global|free|average|new|concurrent|monthly active|weekly active|daily active|chatgpt|worldwide|logged-in))*(?: (?P<whose><m\d+>))?[ -](?P<what>users?|MAUs?|WAUs?|DAUs?|subscribers?|customers|readers|downloads|developers|visitors|members|installs|sign-?ups|seats|viewers|players|listeners)\b",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"\b(?:reach|hit|surpass|pass|exceed|cross|grow|grew|has|have|with|serv|used by|over|record|gain|climb|attract|report|to|top|now|boast|amass|count|approach|claim|celebrat)\w*\b",
    re.IGNORECASE,
)
_LAYOFFS = re.compile(
    r"\b(?:lay(?:s|ing)? off|laid off|layoffs?|cut(?:s|ting)?|fir(?:ed|es|ing)|job cuts|eliminat\w+|let go|shed(?:s|ding)?|slash\w*)\b[^.;<]{0,40}?(?P<n><[nk%]\d+>)[^.;<]{0,30}?(?:\b(?:employees|workers|jobs|people|staff|roles|positions|workforce|layoffs)\b)"
    r"|(?P<n2><[nk]\d+>) (?:layoffs|job cuts|(?:employees|workers|people|staff|jobs) (?:laid off|let go|cut))",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"(?P<n><[nk]\d+>)(?: [a-z-]+){0,2} (?:employees|staff members|person team|people strong)|(?P<n3><[nk]\d+>)-(?:person|people|employee) (?:[\w.-]+ ){0,3}(?:startup|company|team|lab|firm|outfit)\b|\b(?:headcount|workforce) (?:of|to|at|reached) (?P<n2><[nk]\d+>)",
    re.IGNORECASE,
)
_NOT_ALL = re.compile(
    r"\b(?:reduc\w+|impact\w*|affect\w*|cut\w*|eliminat\w+|to all|to its|for all|across|train\w*|rolling out|rolled out|available to)\b[^.;]*$",
    re.IGNORECASE,
)
"""What says that the employees are those who leave, or are given something, rather than all there are."""
_IPO = re.compile(
    r"(?P<s><[oxm]\d+>)(?: \([^)]*\))?(?:'s)?(?: (?:upcoming|planned|blockbuster|long-awaited|potential|expected|IPO|recent|successful|\w+ed))* (?:IPO(?:'d|s)?|initial public offering|public (?:listing|offering|debut))\b"
    r"|(?P<s2><[oxm]\d+>)[^<>.;]{0,60}?\b(?:go(?:es|ing)? public|went public|fil(?:es|ed|ing) (?:confidentially )?(?:for )?(?:an? |its )?(?:IPO|S-1|listing)|with its IPO|(?:gear(?:s|ing)? up for|prepar(?:es|ing) for|confidentially fil(?:e|es|ed|ing) for|fil(?:e|es|ed|ing) confidentially for|rac(?:es|ing) (?:to|toward)|push(?:es|ing)? for) (?:an? |its |the )?(?:potential |possible |blockbuster |planned |long-awaited )?(?:IPO\b|initial public offering)|(?:plan|prepar|target|consider|eye|complet|pric)\w* (?:for )?(?:an? |its )?(?:US |U\.S\. )?IPO)\b"
    r"|\bIPO (?:of|for|by) (?P<s3><[ox]\d+>)",
    re.IGNORECASE,
)


def read_business(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: revenue, users, layoffs, headcount, capex, ipo."""
    text = masked.text
    for match in _REVENUE.finditer(text):
        subject = money_owner(masked, topic, match.start(), "om")
        if subject is None:
            continue
        if re.search(
            r"\b(?:loss(?:es)?|if|would|could|needed?|to break)\b", text[max(0, match.start() - 40) : match.end() + 8]
        ):
            continue
        words = match[0].casefold()
        basis = (
            "ARR"
            if "arr" in words.split() or "recurring" in words
            else "run-rate"
            if "run" in words
            else "annualized"
            if "annuali" in words
            else "quarter"
            if "quarter" in words
            else "month"
            if "month" in words
            else "year"
            if "annual" in words
            else ""
        )
        yield from make_statement(
            "revenue", subject, masked.number(match["n"] or match["n2"]), qualifiers={"basis": basis} if basis else {}
        )
    for match in _USERS.finditer(text):
        number = masked.number(match["n"])
        if number.value < 1000 or not _REACH.search(text[max(0, match.start() - 80) : match.start()] + number.op):
            continue
        subject = money_owner(masked, topic, match.start(), "om")
        if subject:
            if re.search(
                r"\b(?:expos|breach|leak|affect|hack|added|adding|adds|companies|businesses|organizations|firms)\w*\b[^.;]{0,50}$",
                text[: match.start()],
                re.IGNORECASE,
            ):
                continue
            owner = re.match(r" (?:for|of|across) (?:its |the )?(<m\d+>)", text[match.end() :])
            named = match["whose"] or (owner and owner[1])
            subject = masked.name(named) if named else subject
            where = re.match(r" on (?:the )?(<[omx]\d+>)", text[match.end() :])
            measure = f"{match['per'] or ''} {match['what']}".strip().casefold()
            more = {"measure": measure} | ({"platform": masked.name(where[1]).text} if where else {})
            yield from make_statement("users", subject, number, "users", qualifiers=more)
    for match in _LAYOFFS.finditer(text):
        number = masked.number(match["n"] or match["n2"])
        subject = money_owner(masked, topic, match.start())
        if subject and number.value > 1:
            yield from make_statement("layoffs", subject, number, "%" if number.kind == "percent" else "people")
    for match in _STAFF.finditer(text):
        subject = money_owner(masked, topic, match.start(), loose=False)
        number = masked.number(match["n"] or match["n2"] or match["n3"])
        if _NOT_ALL.search(text[max(0, match.start() - 60) : match.start()]):
            continue
        if subject and number.value >= 10 and not _LAYOFFS.search(text):
            yield from make_statement("headcount", subject, number, "people")
    for match in _CAPEX.finditer(text):
        subject = money_owner(masked, topic, match.start())
        if subject:
            yield from make_statement("capex", subject, masked.number(match["n"] or match["n2"]))
    for match in _IPO.finditer(text):
        subject = masked.name(match["s"] or match["s2"] or match["s3"])
        planned = re.search(
            r"\b(?:plan|prepar|consider|upcoming|potential|gear|confidential|file|filing|expected|could|may|toward|ahead|eye|race|racing)",
            text[max(0, match.start() - 20) : match.end() + 20],
            re.IGNORECASE,
        )
        status = "planned" if planned else "announced"
        yield Statement(subject, "ipo", NameMention("IPO", 0, 0, "x"), text="IPO", status=status, certainty=0.7)
        return
