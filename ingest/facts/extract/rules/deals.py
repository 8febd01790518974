"""Acquisitions, partnerships, and who buys compute from whom."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.parties import MONEY, money_owner, opening_name
from ingest.facts.extract.statement import Statement, Topic, list_pattern, make_statement, marks_in, only_describes

_AUXILIARY = (
    r"has|have|had|is|was|be|been|being|will|would|could|may|might|also|just|now|again|reportedly|recently|officially|quietly|finally|formally"
    r"|in|advanced|early|talks|on|for|over|about|potential|possible|deal|offer|bid|negotiating|negotiations|discussed|discussing|held|rumou?red|said|it|that|they"
    r"|to|agreed|agrees|agreement|set|close|nears|nearing|closing|plans?|planning|announced|announces|completed|completes|completing|finali[sz](?:es|ed|ing)"
    r"|its|the|an?|considering|considers|considered|weighs|weighing|exploring|explores|mulls|mulling|eyes|eyeing|seeks|seeking|looks?|looking|wants|aims|hopes"
    r"|expects|expected|prepares|preparing|confirmed|confirms|reveals|revealed|all-stock|all-cash|all stock|proposed|planned|strategic|first|latest|second|third|next|biggest|largest"
    r"|not|no|never|yet|denie[sd]|denying|rejects?|rejected|abandons?|abandoned|cancels?|cancell?ed|scraps|scrapped|drops|dropped|failed|did|does|didn['’]t|hasn['’]t|won['’]t|isn['’]t"
)
"""What may stand between a buyer and the verb; the modality of the sentence is decided later."""
_NOT_BOUGHT = r"(?:by|from|in|into|with|to|for|of|at|on|as|behind|using|stakes?|shares?|rights?|capacity|compute|chips?|power|access|ads?|licen\w+|minority)\b"
"""Words after which a name is not what is bought: "buys chips from Ostro", "acquires a stake in Tarn"."""
_BUYS = re.compile(
    rf"(?P<s><[oxm]\d+>)(?:'s)?(?: (?:{_AUXILIARY}|\w+-billion-dollar|(?:{MONEY})))* (?P<v>acquir(?:e[sd]?|ing)|b(?:uys?|ought|uying)|acquisition of|takeover of|purchas(?:e[sd]?|ing)(?: of)?|acqui-?hir(?:e[sd]?|ing)|merg(?:es?|ed|ing) with|closing a deal with|snapp(?:ed|ing) up)(?! by\b) (?:(?!{_NOT_BOUGHT})[a-z-]+ ){{0,4}}?(?:<[ox]\d+>-[a-z]+ (?:[a-z-]+ ){{0,2}}?)?(?P<o>{list_pattern('oxm')})",
    re.IGNORECASE,
)
_BOUGHT = re.compile(
    r"(?P<o><[oxm]\d+>)(?:'s)?,?[^<>.;]{0,60}?\b(?:(?:was|were|is|been|being|to be|gets?|got) )?(?:acquired by|bought by|acquisition by|sold to|purchased by|acqui-?hired by|absorbed by) (?P<s><[ox]\d+>)(?P<after>[^.;]{0,60})",
    re.IGNORECASE,
)
_ALSO = re.compile(
    rf"(?:,|\band)(?: also| has| recently)* (?:acquired|acquires|bought|buys|is acquiring) (?:the |startup |[a-z-]+ ){{0,3}}?(?P<o>{list_pattern('oxm')})",
    re.IGNORECASE,
)
_BEING = re.compile(
    r"\b(?:before being|and was|and is being|after being|, was|which was|and being) (?:acquired|bought|purchased) by (?P<s><[ox]\d+>)",
    re.IGNORECASE,
)
_PARTNERS = re.compile(
    rf"(?P<s>{list_pattern('omx')})(?:'s)?,?(?: (?:is|are|has|have|was|also|recently|announces?|announced|enters?|entered|signs?|signed|expands?|expanded|extends?|extended|forms?|formed|unveils?|unveiled|strikes?|struck|inks?|inked|reportedly|a|an|the|new|major|landmark|multi-year|strategic|into|its|their|developed|research|global|exclusive))*"
    rf" (?:partner(?:s|ed|ing)?(?: up)?|collaborat(?:es?|ed|ing|ions?)|team(?:s|ed|ing)? up|partnerships?|alliance|joint venture|work(?:s|ed|ing)? (?:closely |together )?)(?: [a-z]+)? (?:with|between) (?:[A-Z]\w+'s )?(?:[a-z-]+ ){{0,3}}?(?:like |such as |including )?(?P<o>{list_pattern('omx')})(?! (?:users|developers|employees|community))",
    re.IGNORECASE,
)
_JOINTLY = re.compile(
    rf"(?:,|,? and|;)(?: also| has| recently)* (?:partner(?:s|ed|ing)|collaborat(?:es?|ed|ing)|teams? up|teamed up|teaming up) with (?:the )?(?P<o>{list_pattern('omx')})"
    rf"|(?:partnerships?|collaborations?) with (?:the )?(?:[a-z]+ ){{0,2}}?(?:like |such as |including )?(?P<o2>{list_pattern('ox')})",
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
_STRIKES = re.compile(
    rf"(?P<s>{list_pattern('omxr')}) (?:has |have |to |just |also |recently |reportedly )*(?:strik(?:es?|ing)|struck|sign(?:s|ed|ing)?|ink(?:s|ed|ing)?|announc(?:es?|ed)|reach(?:es|ed)?|enter(?:s|ed)?"
    r"|forg(?:es?|ed)|expand(?:s|ed)?|deepen(?:s|ed)?)(?: (?!with\b)[a-z-]+){0,5} (?:deals?|agreements?|pacts?|partnerships?|alliances?) with (?:[a-z-]+ ){0,2}?"
    rf"(?P<o>{list_pattern('omxr')})(?!'s)",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"(?P<s><[oxr]\d+>)(?:,? and | & )(?P<o><[oxr]\d+>) (?:(?:to|have|has|are|also|in|talks|plan|agree|agreed|will|jointly|today|both) )*"
    r"(?:(?:collaborate|partner|team(?:ed)? up|join(?:ed)? forces)\w*\b"
    r"|(?:strike|struck|sign|ink|forge|reach|announce|form|deepen|expand|enter)\w*(?: [a-z-]+){0,4}? (?:partnership|collaboration|alliance|pact|joint venture)\b)",
    re.IGNORECASE,
)
_IT_BOUGHT = re.compile(
    rf"(?:It|The (?:company|startup|lab|firm))(?: has| also| recently| previously)* (?:acquired|acquires|bought|buys) (?P<o>{list_pattern('ox')})(?=[.,;]| for\b| in\b| last\b|$)"
)
_WHICH_BOUGHT = re.compile(
    rf"(?P<o><[omx]\d+>), (?:an?|the) (?:[\w-]+ ){{1,6}}?(?:that |which )?(?P<s><o\d+>) (?:has |had |recently |just )*(?:acquired|bought)(?: last \w+| in <y\d+>)?(?: for (?:about |around |over )?(?P<n>{MONEY}))?(?=[.,;]| |$)"
)
_COMPUTE = re.compile(
    r"\b(?:compute|cloud|capacity|gpus?|chips?|data ?cent(?:er|re)s?|infrastructure|gigawatts?|tpus?|processors|supercomputer|servers?|commit\w*|power)\b|<w\d+>|<h\d+>",
    re.IGNORECASE,
)
_DEAL = re.compile(
    rf"(?P<n>{MONEY}|<w\d+>)(?P<mid>[^.;<>]{{0,60}}?)\b(?:deal|contract|agreement|commitment|order|partnership|pact|purchase|lease|in AI cloud|cloud)\b"
    rf"|\b(?:deal|contract|agreement|commit(?:ted|s|ment|ting)?|deploy|partnership|pay(?:s|ing)?|spend(?:s|ing)?|purchas(?:e|ed|ing)|sign(?:s|ed)|worth|buy(?:s|ing)?)\b(?P<mid2>[^.;]{{0,80}}?)(?P<n2>{MONEY}|<w\d+>)",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"(?P<n><w\d+>|<[kn]\d+>(?= (?:<[h]\d+>|[A-Z\w ]{0,12}(?:GPUs?|TPUs?|accelerators|chips)\b)))",
    re.IGNORECASE,
)
_ON_TOP = re.compile(r"\b(?:on top of|in addition to|existing|earlier|previous|already)\b", re.IGNORECASE)
_BUILDS = re.compile(
    r"(<o\d+>)[^<>;.]{0,80}\b(?:deploy|build|built|operat|install|own|buy|bought|secur|ha[sd]|have|bring|add|plan|expand|reach)\w*[^<>;.]{0,60}$",
    re.IGNORECASE,
)


def read_deals(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: acquisition, partnership, compute_deal, compute_capacity."""
    text = masked.text
    for pattern in (_BUYS, _BOUGHT):
        for match in pattern.finditer(text):
            buyer = masked.name(match["s"])
            if re.search(r"\b(?:acquir\w+|buys?|bought|purchas\w+)\b", match[0]) and re.match(
                r" (?:stake|GPUs?|chips?|licen[sc]e|shares|capacity|users|customers|data)\b", text[match.end("o") :]
            ):
                continue
            price = re.search(
                rf"\bfor (?:an? )?(?:about |around |estimated |reported )*({MONEY})",
                text[match.end() : match.end() + 60],
            )
            for mark in marks_in(match["o"]):
                target = masked.name(mark)
                if (
                    target.text == buyer.text
                    or only_describes(masked, target)
                    or (target.kind == "m" and target.entity is None and re.search(r"\d", target.text))
                ):
                    continue
                yield Statement(
                    buyer,
                    "acquisition",
                    target,
                    *masked.amount(price and price[1]),
                    status="announced",
                )
    for match in _ALSO.finditer(text):
        actor = opening_name(masked, match.start())
        for mark in marks_in(match["o"]):
            if actor and actor.kind == "o" and actor.text != masked.name(mark).text:
                yield Statement(actor, "acquisition", masked.name(mark))
    for match in _BEING.finditer(text):
        sold, taker = opening_name(masked, match.start()), masked.name(match["s"])
        if (
            sold
            and sold.text != taker.text
            and not any(one.end("s") == match.end("s") for one in _BOUGHT.finditer(text))
        ):
            price = re.match(rf" for (?:an? )?(?:about |around |estimated |reported )*({MONEY})", text[match.end() :])
            yield Statement(taker, "acquisition", sold, *masked.amount(price and price[1]))
    for match in _PARTNERS.finditer(text):
        others = [masked.name(mark) for mark in marks_in(match["o"])]
        for mark in marks_in(match["s"]):
            who = masked.name(mark)
            for other in others:
                if who.text != other.text:
                    yield Statement(who, "partnership", other, certainty=0.75)
    for match in _IT_BOUGHT.finditer(text):
        for mark in marks_in(match["o"]):
            if topic.maker and match.start() == 0 and topic.maker.text != masked.name(mark).text:
                yield Statement(topic.maker, "acquisition", masked.name(mark), status="announced")
    for match in _WHICH_BOUGHT.finditer(text):
        yield Statement(
            masked.name(match["s"]),
            "acquisition",
            masked.name(match["o"]),
            *masked.amount(match["n"]),
            status="announced",
        )
    for pattern in (_STRIKES, _BOTH):
        for match in pattern.finditer(text):
            compute = _COMPUTE.search(match[0]) is not None
            for mark in marks_in(match["s"]):
                for ally in marks_in(match["o"]):
                    if masked.name(mark).text == masked.name(ally).text:
                        continue
                    predicate = "compute_deal" if compute else "partnership"
                    yield Statement(masked.name(mark), predicate, masked.name(ally), certainty=0.75)
    for match in _JOINTLY.finditer(text):
        doer = opening_name(masked, match.start())
        for mark in marks_in(match["o"] or match["o2"]):
            if doer and doer.text != masked.name(mark).text:
                yield Statement(doer, "partnership", masked.name(mark), certainty=0.7)
    for match in _PAIRED.finditer(text):
        for pair in _PAIR.finditer(text[match.end() :]):
            yield Statement(masked.name(pair[1]), "partnership", masked.name(pair[2]), certainty=0.7)
    for match in _TOGETHER.finditer(text):
        if match["s"]:
            yield Statement(masked.name(match["s"]), "partnership", masked.name(match["o"]), certainty=0.75)
        else:
            builder = money_owner(masked, topic, match.start())
            if builder and builder.text != masked.name(match["o2"]).text:
                yield Statement(builder, "partnership", masked.name(match["o2"]), certainty=0.65)
    yield from _compute(masked, topic)


def _compute(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
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
        ) and not re.search(r"(?<!funding )(?<!equity )(?<!investment )(?<!financing )\bcommit", match[0]):
            continue
        near = [name for place, name in masked.names("o") if place < match.end()]
        buyer: NameMention | None = near[0] if near else topic.maker
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
            make_statement("compute_deal", buyer, number, object=seller, qualifiers=more)
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
            yield from make_statement(
                "compute_capacity", who, number, "GW" if number.kind == "power" else "GPUs", certainty=0.65
            )
