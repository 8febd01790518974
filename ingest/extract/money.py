"""Rounds, valuations, investors, revenue, deals, compute, users and staff."""

import re
from collections.abc import Iterator

from ingest.extract.mask import Masked
from ingest.extract.names import Name
from ingest.extract.statement import RIVAL, Statement, Topic, listed, marks, statement

M = r"<\$\d+>"
_RAISED = re.compile(
    rf"\b(?:rais(?:e[sd]?|ing)|secur(?:e[sd]|ing)|clos(?:e[sd]|ing)|announc(?:e[sd]|ing)|land(?:s|ed)|nab(?:s|bed)|bag(?:s|ged)|pick(?:s|ed) up|complet(?:e[sd]|ing)|with|and|emerg\w+ (?:from stealth )?with|seeking|in talks to raise|hauls in|gets|received|pulls in)(?: [a-z-]+){{0,4}}? (?P<n>{M})",
    re.IGNORECASE,
)
_ROUND = re.compile(
    rf"(?P<n>{M})[ -](?:[a-z-]+ ){{0,2}}?(?P<round>Series [A-K]\d?|(?:pre-)?seed|strategic|growth|funding|financing|equity|investment|fundraise?|venture)(?: round| funding| investment| financing| raise)?",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"\b(Series [A-K]\d?\+?|(?:pre-)?seed|angel|growth|bridge)\b(?: round| funding| extension)?", re.IGNORECASE
)
_FUNDED = re.compile(
    r"\b(?:rais(?:e[sd]?|ing)|funding|round|series [a-k]|seed|financing|venture|fundrais)", re.IGNORECASE
)
_NOT_ROUND = re.compile(
    r"\b(?:valuation|revenue|ARR|run[- ]rate|price|budget|prize|fine|grant|bill|debt|contract|deal with|commitment|capex|market|spend|invest(?:s|ed|ing)? |per |lawsuit|settlement|bounty)",
    re.IGNORECASE,
)
_VALUED = re.compile(
    rf"(?P<n>{M})(?: (?P<basis>(?:pre|post)-money))? valuation|\bvaluation (?P<n4>{M})|\bvalu(?:ed at|ing (?:the company|it|them|the startup)? ?at|ation (?:of|at|to|reaching|near|around)|ation (?:has )?(?:hit|reached|rose to|jumped to|doubled to|tripled to|surpassed))(?: [a-z]+){{0,2}}? (?P<n2>{M})(?P<b2> (?:pre|post)-money)?|worth (?P<n3>{M})",
    re.IGNORECASE,
)
_INVESTS = re.compile(
    rf"(?P<s>{listed('ox')})(?: (?:is|are|was|were|has|have|will|also|reportedly|to|plans to|in talks to|agreed to))* (?:invest(?:s|ed|ing)?|back(?:s|ed|ing)|pour(?:s|ed)|put(?:s|ting)?|commit(?:s|ted)?)(?: [a-z]+){{0,3}}? ?(?P<n>{M})?(?: (?:more|progressively|additional|in (?:cash|equity|funding)))*(?: (?:in|into|to)) (?:<o\d+>'s )?(?P<o><[ox]\d+>)",
    re.IGNORECASE,
)
_PUTS = re.compile(rf"(?P<s><o\d+>) (?:will |to |is )?invest(?:ing|s|ed)? (?P<n>{M})(?! (?:in|into)\b)", re.IGNORECASE)
_BACKERS = re.compile(
    rf"\b(?:led by|investors? (?:include|including|such as|like|are)|backed by|backing from|investment from|participation (?:from|by)|co-led by|with (?:participation|support|backing) from|funding from) (?:investors |notable |the )*(?:like |including |such as )?(?P<s>{listed('opx')})",
    re.IGNORECASE,
)
_REVENUE = re.compile(
    rf"(?P<n>{M})(?: (?:in|of))?(?: (?P<per>annual(?:ized|ised)?|yearly|quarterly|monthly|recurring|consumer|run[- ]rate|total|quarter|paid))*[ -](?:(?:recurring |run[- ]rate )?revenues?|ARR|run[- ]rate|sales\b|MRR)"
    rf"|\b(?P<kind>(?:annual(?:ized|ised)? |recurring |run[- ]rate |quarterly |total )*(?:revenues?|ARR|run[- ]rate|sales))(?: run[- ]rate)? (?:of|at|to|reach(?:ed|es|ing)|hit(?:s|ting)?|surpass(?:ed|es|ing)|exceed(?:ed|s|ing)|topp(?:ed|ing)|cross(?:ed|es|ing)|grew to|growing to|is|was|is now|has (?:reached|hit|surpassed))(?: [a-z]+){{0,2}}? (?P<n2>{M})",
    re.IGNORECASE,
)
_BUYS = re.compile(
    rf"(?P<s><[oxm]\d+>)(?:'s)?(?: (?:has|have|is|was|will|also|just|reportedly|recently|officially|in talks|to|agreed|set|close|plans|announced|completed|announces|announced it|its|the|considering|looking|an?|looks|said|confirmed|all-stock|all-cash|proposed|planned|\w+-billion-dollar|(?:{M})))* (?P<v>acquir(?:e[sd]?|ing)|b(?:uys?|ought|uying)|acquisition of|takeover of|purchas(?:e[sd]?|ing)(?: of)?|acqui-?hir(?:e[sd]?|ing)|merg(?:es?|ed|ing) with|closing a deal with|snapp(?:ed|ing) up) (?:[a-z-]+ ){{0,4}}?(?P<o>{listed('oxm')})",
    re.IGNORECASE,
)
_BOUGHT = re.compile(
    r"(?P<o><[oxm]\d+>)(?:'s)?,?[^<>.;]{0,60}?\b(?:(?:was|were|is|been|being|to be|gets?|got) )?(?:acquired by|bought by|acquisition by|joins|(?:is )?joining(?: forces with)?|sold to|purchased by|acqui-?hired by|absorbed by) (?P<s><[ox]\d+>)(?P<after>[^.;]{0,60})",
    re.IGNORECASE,
)
_ALSO = re.compile(
    rf"(?:,|\band)(?: also| has| recently)* (?:acquired|acquires|bought|buys|is acquiring) (?:the |startup |[a-z-]+ ){{0,3}}?(?P<o>{listed('oxm')})",
    re.IGNORECASE,
)
_BEING = re.compile(
    r"\b(?:before being|and was|and is being|after being|, was|which was|and being) (?:acquired|bought|purchased) by (?P<s><[ox]\d+>)",
    re.IGNORECASE,
)
_PARTNERS = re.compile(
    rf"(?P<s>{listed('omx')})(?:'s)?,?(?: (?:is|are|has|have|was|also|recently|announces?|announced|enters?|entered|signs?|signed|expands?|expanded|extends?|extended|forms?|formed|unveils?|unveiled|strikes?|struck|inks?|inked|reportedly|a|an|the|new|major|landmark|multi-year|strategic|into|its|their|developed|research|global|exclusive))*"
    rf" (?:partner(?:s|ed|ing)?(?: up)?|collaborat(?:es?|ed|ing|ions?)|team(?:s|ed|ing)? up|partnerships?|alliance|joint venture|work(?:s|ed|ing)? (?:closely |together )?)(?: [a-z]+)? (?:with|between) (?:[a-z-]+ ){{0,3}}?(?:like |such as |including )?(?P<o>{listed('omx')})(?! (?:users|developers|employees|community))",
    re.IGNORECASE,
)
_JOINTLY = re.compile(
    rf"(?:,|,? and|;)(?: also| has| recently)* (?:partner(?:s|ed|ing)|collaborat(?:es?|ed|ing)|teams? up|teamed up|teaming up) with (?:the )?(?P<o>{listed('omx')})"
    rf"|(?:partnerships?|collaborations?) with (?:the )?(?:[a-z]+ ){{0,2}}?(?:like |such as |including )?(?P<o2>{listed('ox')})",
    re.IGNORECASE,
)
_PAIRED = re.compile(
    r"\b(?:partnerships|collaborations)(?: \w+)? (?:include|including|such as|like|between|are)\b", re.IGNORECASE
)
_PAIR = re.compile(r"(<[omx]\d+>) (?:with|and|collaborating with|partnering with) (<[omx]\d+>)")
_TOGETHER = re.compile(
    r"(?P<s><[ox]\d+>)(?: and|,| &) (?P<o><[ox]\d+>) (?:have |has |are |also |just |recently |jointly )*(?:announc\w+ |form\w* |enter\w* |unveil\w* |sign\w* |expand\w* |extend\w* )?(?:an? |the |their |new |landmark |major |strategic |multi-year |expanded |historic |global |into )*(?:partner(?:ship|ed|ing)?|collaborat(?:ion|e|ed|ing)|alliance|team(?:ed|ing)? up|joint venture|agreement)\b"
    r"|(?P<v>develop(?:ed|ing)|built|created|made|released|launched|trained) (?:jointly |together |in (?:partnership|collaboration) )?with (?P<o2><o\d+>|<x\d+>)(?! (?:models?|tools?|APIs?|technology|chips?|GPUs?)|'s)",
    re.IGNORECASE,
)
_COMPUTE = re.compile(
    r"\b(?:compute|cloud|capacity|gpus?|chips?|data ?cent(?:er|re)s?|infrastructure|gigawatts?|tpus?|processors|supercomputer|servers?|commit\w*|power)\b|<w\d+>|<h\d+>",
    re.IGNORECASE,
)
_DEAL = re.compile(
    rf"(?P<n>{M}|<w\d+>)(?P<mid>[^.;<>]{{0,60}}?)\b(?:deal|contract|agreement|commitment|order|partnership|pact|purchase|lease|in AI cloud|cloud)\b"
    rf"|\b(?:deal|contract|agreement|commit(?:ted|s|ment|ting)?|deploy|partnership|pay(?:s|ing)?|spend(?:s|ing)?|purchas(?:e|ed|ing)|sign(?:s|ed)|worth|buy(?:s|ing)?)\b(?P<mid2>[^.;]{{0,80}}?)(?P<n2>{M}|<w\d+>)",
    re.IGNORECASE,
)
_CAPEX = re.compile(
    rf"\b(?:capex|capital expenditures?|capital spending)\b[^.;]{{0,60}}?(?P<n>{M})|(?P<n2>{M})[^.;<>]{{0,30}}\b(?:capex|capital expenditures?|capital spending)\b",
    re.IGNORECASE,
)
_USERS = re.compile(
    r"(?P<n><[kn]\d+>)(?: (?:million|billion))?(?: (?P<per>weekly|monthly|daily|active|paying|paid|unique|registered|total|enterprise|business|global|free|average|new|concurrent|monthly active|weekly active|daily active|chatgpt|worldwide|logged-in))*[ -](?P<what>users?|MAUs?|WAUs?|DAUs?|subscribers?|customers|readers|downloads|developers|visitors|members|installs|sign-?ups|seats|viewers|players|listeners)\b",
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
    r"(?P<n><[nk]\d+>)(?: [a-z-]+){0,2} (?:employees|staff members|person team|people strong)|\b(?:headcount|workforce) (?:of|to|at|reached) (?P<n2><[nk]\d+>)",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"(?P<n><w\d+>|<[kn]\d+>(?= (?:<[h]\d+>|[A-Z\w ]{0,12}(?:GPUs?|TPUs?|accelerators|chips)\b)))",
    re.IGNORECASE,
)
_IPO = re.compile(
    r"(?P<s><[oxm]\d+>)(?: \([^)]*\))?(?:'s)?(?: (?:upcoming|planned|blockbuster|long-awaited|potential|expected|IPO|recent|successful|\w+ed))* (?:IPO(?:'d|s)?|initial public offering|public (?:listing|offering|debut))\b"
    r"|(?P<s2><[oxm]\d+>)[^<>.;]{0,60}?\b(?:go(?:es|ing)? public|went public|fil(?:es|ed|ing) (?:confidentially )?(?:for )?(?:an? |its )?(?:IPO|S-1|listing)|with its IPO|(?:plan|prepar|target|consider|eye|complet|pric)\w* (?:for )?(?:an? |its )?(?:US |U\.S\. )?IPO)\b"
    r"|\bIPO (?:of|for|by) (?P<s3><[ox]\d+>)",
    re.IGNORECASE,
)


_SPOKEN = re.compile(
    r"\b(?:it|its|they|their|the (?:[\w-]+ )?(?:company|startup|start-up|firm|lab|deal|round|team|maker|giant|unit))\b|^(?:That|This)\b",
    re.IGNORECASE,
)


def _who(masked: Masked, topic: Topic, place: int, kinds: str = "o", loose: bool = True) -> Name | None:
    """The organisation that a sum of money belongs to: the nearest one before it that is not another's party."""
    text = masked.text
    own = re.search(r"(<[omx]\d+>)'s (?:[\w-]+ ){0,4}(?:<[#y]\d+> )?$", text[:place])
    if own:
        return masked.name(own[1])
    for wanted in (kinds, "x", *("m" if loose else "")):
        found = [
            (at, name)
            for at, name in masked.names(wanted)
            if at < place
            and not RIVAL.search(text[:at])
            and not re.search(
                r"\b(?:by|from|with|than|like|including|at|over|of|to|into|against|for|vs\.?|led by)(?: <[a-z]\d+>,?(?: and)?)* ?(?:investors? )?$",
                text[:at],
                re.IGNORECASE,
            )
        ]
        if found:
            return found[-1][1]
    return (
        topic.maker if _SPOKEN.search(text[:place]) or (not masked.names("omxp") and not text.startswith("A")) else None
    )


def _first(masked: Masked, place: int) -> Name | None:
    """The name that begins the sentence, if it is an organisation or a product: who does what follows."""
    found = [(at, name) for at, name in masked.names("omx") if at < place]
    return found[0][1] if found and found[0][0] < 40 else None


def rounds(masked: Masked, topic: Topic) -> Iterator[Statement]:
    """funding_round, valuation and investor."""
    text = masked.text
    valued = {match["n"] or match["n2"] or match["n3"] or match["n4"] for match in _VALUED.finditer(text)}
    done: set[str] = set()
    raiser: Name | None = None
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
            who = _who(masked, topic, match.start("n"))
            if who is None or re.search(r"for (?:AI )?(?:agent )?startups", after):
                continue
            done.add(mark)
            raiser = who
            kind = _SERIES.search(after) or _SERIES.search(text[max(0, match.start() - 25) : match.start("n")])
            more = {"round": kind[1]} if kind else {}
            status = (
                "rumoured"
                if re.search(
                    r"\b(?:in talks|seeking|reportedly|rumou?red|considering|looking to|aims to|plans? to)\b",
                    text[max(0, match.start() - 40) : match.end("n")],
                    re.IGNORECASE,
                )
                else "announced"
            )
            yield from statement("funding_round", who, masked.number(mark), qualifiers=more, status=status)
    for match in _VALUED.finditer(text):
        mark = match["n"] or match["n2"] or match["n3"] or match["n4"]
        if match["n3"] and not re.search(r"compan|startup|now", text[match.start() - 30 : match.start()]):
            continue
        sold = re.search(
            r"\b(?:acquisition of|acquir\w+|buy(?:s|ing)?) (<[omx]\d+>)[^<>]{0,25}$", text[: match.start()]
        )
        who = masked.name(sold[1]) if sold else raiser or _who(masked, topic, match.start())
        basis = (match["basis"] or match["b2"] or "").strip()
        if who:
            yield from statement("valuation", who, masked.number(mark), qualifiers={"basis": basis} if basis else {})
    for match in _INVESTS.finditer(text):
        target = masked.name(match["o"])
        for mark in marks(match["s"]):
            who = masked.name(mark)
            if who.text != target.text and (match["n"] or (who.kind == "o" and target.kind == "o")):
                number = masked.number(match["n"]) if match["n"] else None
                yield Statement(
                    who,
                    "investor",
                    target,
                    number.value if number else None,
                    number.unit if number else "",
                    number.op if number else "",
                )
    for match in _PUTS.finditer(text):
        who = masked.name(match["s"])
        others = [name for _, name in masked.names("o") if name.text != who.text]
        if others and not any(one["s"] == match["s"] for one in _INVESTS.finditer(text)):
            number = masked.number(match["n"])
            yield Statement(who, "investor", others[0], number.value, number.unit, number.op, certainty=0.65)
    receiver = raiser or (topic.maker if done or _FUNDED.search(text) else None) or topic.maker
    for match in _BACKERS.finditer(text):
        if not (_FUNDED.search(text) or "investor" in match[0].casefold()):
            continue
        whom = raiser or receiver
        for mark in marks(match["s"]):
            who = masked.name(mark)
            if whom is not None and who.text != whom.text:
                yield Statement(who, "investor", whom, certainty=0.7)


def business(masked: Masked, topic: Topic) -> Iterator[Statement]:
    """revenue, users, layoffs, headcount, capex and ipo."""
    text = masked.text
    for match in _REVENUE.finditer(text):
        who = _who(masked, topic, match.start(), "om")
        if who is None:
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
        yield from statement(
            "revenue", who, masked.number(match["n"] or match["n2"]), qualifiers={"basis": basis} if basis else {}
        )
    for match in _USERS.finditer(text):
        number = masked.number(match["n"])
        if number.value < 1000 or not _REACH.search(text[max(0, match.start() - 80) : match.start()] + number.op):
            continue
        who = _who(masked, topic, match.start(), "om")
        if who:
            if re.search(
                r"\b(?:aim|target|goal|plan|hop|expand|if|would|companies|businesses|organizations|firms)\w*\b[^.;]{0,50}$",
                text[: match.start()],
                re.IGNORECASE,
            ):
                continue
            whose = re.match(r" (?:for|of|across) (?:its |the )?(<m\d+>)", text[match.end() :])
            who = masked.name(whose[1]) if whose else who
            where = re.match(r" on (?:the )?(<[omx]\d+>)", text[match.end() :])
            measure = f"{match['per'] or ''} {match['what']}".strip().casefold()
            more = {"measure": measure} | ({"platform": masked.name(where[1]).text} if where else {})
            yield from statement("users", who, number, "users", qualifiers=more)
    for match in _LAYOFFS.finditer(text):
        number = masked.number(match["n"] or match["n2"])
        who = _who(masked, topic, match.start())
        if who and number.value > 1:
            yield from statement("layoffs", who, number, "%" if number.kind == "percent" else "people")
    for match in _STAFF.finditer(text):
        who = _who(masked, topic, match.start())
        number = masked.number(match["n"] or match["n2"])
        if who and number.value >= 10 and not _LAYOFFS.search(text):
            yield from statement("headcount", who, number, "people")
    for match in _CAPEX.finditer(text):
        who = _who(masked, topic, match.start())
        if who:
            yield from statement("capex", who, masked.number(match["n"] or match["n2"]))
    for match in _IPO.finditer(text):
        who = masked.name(match["s"] or match["s2"] or match["s3"])
        planned = re.search(
            r"\b(?:plan|prepar|consider|upcoming|file|filing|expected|could|may|toward|ahead|eye|race|racing)",
            text[max(0, match.start() - 20) : match.end() + 20],
            re.IGNORECASE,
        )
        status = "planned" if planned else "announced"
        yield Statement(who, "ipo", Name("IPO", 0, 0, "x"), text="IPO", status=status, certainty=0.7)
        return


def deals(masked: Masked, topic: Topic) -> Iterator[Statement]:
    """acquisition, partnership, compute_deal and compute_capacity."""
    text = masked.text
    for pattern in (_BUYS, _BOUGHT):
        for match in pattern.finditer(text):
            buyer = masked.name(match["s"])
            around = text[max(0, match.start() - 40) : match.end("o")]
            if re.search(r"\b(?:acquir\w+|buys?|bought|purchas\w+)\b", match[0]) and re.match(
                r" (?:stake|GPUs?|chips?|licen[sc]e|shares|capacity|users|customers|data)\b", text[match.end("o") :]
            ):
                continue
            price = re.search(
                rf"\bfor (?:an? )?(?:about |around |estimated |reported )*({M})", text[match.end() : match.end() + 60]
            )
            number = masked.number(price[1]) if price else None
            status = (
                "denied"
                if re.search(r"\bden(?:y|ied|ies)\b", text)
                else "rumoured"
                if re.search(
                    r"\b(?:reportedly|in talks|close to|rumou?r\w*|considering|may|could|plans? to|looking to)\b",
                    around,
                    re.IGNORECASE,
                )
                else "announced"
            )
            for mark in marks(match["o"]):
                target = masked.name(mark)
                if target.text == buyer.text or (
                    target.kind == "m" and target.entity is None and re.search(r"\d", target.text)
                ):
                    continue
                yield Statement(
                    buyer,
                    "acquisition",
                    target,
                    number.value if number else None,
                    number.unit if number else "",
                    number.op if number else "",
                    status=status,
                    qualifiers={"status": "reported"} if status == "rumoured" else {},
                )
    for match in _ALSO.finditer(text):
        actor = _first(masked, match.start())
        for mark in marks(match["o"]):
            if actor and actor.kind == "o" and actor.text != masked.name(mark).text:
                yield Statement(actor, "acquisition", masked.name(mark))
    for match in _BEING.finditer(text):
        sold, taker = _first(masked, match.start()), masked.name(match["s"])
        if (
            sold
            and sold.text != taker.text
            and not any(one.end("s") == match.end("s") for one in _BOUGHT.finditer(text))
        ):
            price = re.match(rf" for (?:an? )?(?:about |around |estimated |reported )*({M})", text[match.end() :])
            number = masked.number(price[1]) if price else None
            yield Statement(
                taker,
                "acquisition",
                sold,
                number.value if number else None,
                number.unit if number else "",
                number.op if number else "",
            )
    for match in _PARTNERS.finditer(text):
        others = [masked.name(mark) for mark in marks(match["o"])]
        for mark in marks(match["s"]):
            who = masked.name(mark)
            for other in others:
                if who.text != other.text:
                    yield Statement(who, "partnership", other, certainty=0.75)
    for match in _JOINTLY.finditer(text):
        doer = _first(masked, match.start())
        for mark in marks(match["o"] or match["o2"]):
            if doer and doer.text != masked.name(mark).text:
                yield Statement(doer, "partnership", masked.name(mark), certainty=0.7)
    for match in _PAIRED.finditer(text):
        for pair in _PAIR.finditer(text[match.end() :]):
            yield Statement(masked.name(pair[1]), "partnership", masked.name(pair[2]), certainty=0.7)
    for match in _TOGETHER.finditer(text):
        if match["s"]:
            yield Statement(masked.name(match["s"]), "partnership", masked.name(match["o"]), certainty=0.75)
        else:
            builder = _who(masked, topic, match.start())
            if builder and builder.text != masked.name(match["o2"]).text:
                yield Statement(builder, "partnership", masked.name(match["o2"]), certainty=0.65)
    yield from _compute(masked, topic)


_ON_TOP = re.compile(r"\b(?:on top of|in addition to|existing|earlier|previous|already)\b", re.IGNORECASE)


_BUILDS = re.compile(
    r"(<o\d+>)[^<>;.]{0,80}\b(?:deploy|build|built|operat|install|own|buy|bought|secur|ha[sd]|have|bring|add|plan|expand|reach)\w*[^<>;.]{0,60}$",
    re.IGNORECASE,
)


def _compute(masked: Masked, topic: Topic) -> Iterator[Statement]:
    text = masked.text
    if not _COMPUTE.search(text) and not (topic.deal and _ON_TOP.search(text)):
        return
    done: set[str] = set()
    for match in _DEAL.finditer(text):
        mark = match["n"] or match["n2"]
        number = masked.number(mark)
        if mark in done or (number.kind == "money" and number.value < 1e8):
            continue
        if re.search(
            r"\b(?:valuation|revenue|rais(?:e|ed|ing)|market cap|invest(?:s|ed|ing) (?:up to )?(?:<|\$)|capex|fund(?:ing)?)\b",
            text[max(0, match.start() - 30) : match.end()],
            re.IGNORECASE,
        ) and not re.search(r"\bcommit", match[0]):
            continue
        near = [name for place, name in masked.names("o") if place < match.end()]
        buyer: Name | None = near[0] if near else topic.maker
        others = [one for _, one in masked.names("o") if buyer is None or one.text != buyer.text]
        with_ = re.search(r"\b(?:with|to|from) (<o\d+>)", text[match.start() :])
        possessive = re.search(r"(<o\d+>)'s [^<>]{0,20}$", text[: text.index(mark)])
        bound = re.search(r"\bcommit\w* (<o\d+>) to", text)
        if bound:
            buyer = masked.name(bound[1])
            others = [one for _, one in masked.names("o") if one.text != buyer.text]
        elif not near and topic.deal and _ON_TOP.search(text):
            buyer, others = topic.deal[0], [topic.deal[1]]
        if possessive:
            buyer = masked.name(possessive[1])
            others = [name for name in others if name.text != buyer.text]
        seller = (
            masked.name(with_[1])
            if with_ and (buyer is None or masked.name(with_[1]).text != buyer.text)
            else (others[0] if others else None)
        )
        if buyer is None or seller is None:
            continue
        done.add(mark)
        topic.deal = (buyer, seller)
        more = {"counterparty": seller.text}
        if re.search(
            r"\b(?:additional|on top of|in addition|extra|another)\b",
            text[max(0, text.index(mark) - 30) : text.index(mark)],
            re.IGNORECASE,
        ):
            more["additional"] = "1"
        yield from (
            statement("compute_deal", buyer, number, object=seller, qualifiers=more)
            if number.kind == "money"
            else iter(
                [
                    Statement(
                        buyer,
                        "compute_deal",
                        seller,
                        number.value,
                        "GW",
                        number.op,
                        qualifiers={"counterparty": seller.text, "power": f"{number.value:g} GW"},
                    )
                ]
            )
        )
    for match in _POWER.finditer(text):
        number = masked.number(match["n"])
        if number.kind != "power" and (
            number.value < 1000
            or not re.search(r"cluster|data ?cent|supercomputer|deploy|fleet|capacity|install", text, re.IGNORECASE)
        ):
            continue
        acting = _BUILDS.search(text[: match.start()])
        who = masked.name(acting[1]) if acting else None
        if who:
            yield from statement(
                "compute_capacity", who, number, "GW" if number.kind == "power" else "GPUs", certainty=0.65
            )
