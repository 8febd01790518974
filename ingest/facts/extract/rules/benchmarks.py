"""Benchmark scores and ranks, speed, prices."""

import re
from collections.abc import Iterator

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.names import NameMention
from ingest.facts.extract.statement import (
    COMPARED,
    PRONOUN,
    RIVAL,
    Statement,
    Topic,
    make_statement,
    marks_in,
    statement_subject,
)

_N = r"<[%n]\d+>"
_KIND = r"(?:[ -]?(?:accuracy|pass rate|success(?: rate)?|score|pass@\d+|correctness|win rate|points?|Elo|resolve rate|solve rate|F1|WER|average|correct|recall|precision|mIoU))?"
_TEST = r"(?:(?:the |its |both |a |AA |our |new |full |overall |public |recent |challenging |popular |internal )*(?P<b><[bmx]\d+>(?:[ -](?:Intelligence|Coding|Agentic)? ?(?:Index|leaderboard|benchmark|Verified|Diamond|Pro|Lite|Hard|test|eval))?))"
_BEFORE = re.compile(rf"(?P<n>{_N}) (?P<b><b\d+>)(?=[,.;)]| and |$| \()", re.IGNORECASE)
_ON = re.compile(
    rf"(?P<n>{_N}){_KIND}(?: \([^)]*\))?(?: accuracy| score| overall| average| correctness| success)?(?: on| in| at| for| across| against) {_TEST}",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"(?P<b><b\d+>)(?: \([^)]*\))?(?: leaderboard| benchmarks?| score| accuracy| test| eval| index| rating| ranking)*(?:,? (?:with|at|scoring|achieving|reaching|hitting|solving|getting|of|score of|with an?|to|from|by solving|where it (?:scores|scored|achieves))|:| \(| =| Elo(?: of| at)?|(?= <%)) ?(?:a |an |the |score of |accuracy of |up to |about |nearly |new |record |state-of-the-art |SOTA |pass rate of |success rate of |an Elo of |high |of )*(?P<n>{_N})(?! ?(?:x|times|tasks|questions|problems|points (?:higher|above|over|ahead|lower|behind)|faster|billion))",
    re.IGNORECASE,
)
_SCORED = re.compile(
    rf"\b(?:scor(?:ed|es|ing|e)|achiev(?:ed|es|ing)|reach(?:ed|es|ing)|hit(?:s|ting)?|got|record(?:ed|s)|gets|earn(?:ed|s)|obtain(?:ed|s)|attain(?:ed|s)|post(?:ed|s)|solv(?:ed|es|ing)|reports?|notch(?:ed|es)|rated) (?:an? |the |up to |about |Elo |score of |accuracy of |average of |overall |impressive |record |\w+ )*?(?P<n>{_N}){_KIND}(?P<rest>[^<.;]{{0,50}}(?: on| in| at| for) {_TEST})?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:improv|increas|gain|drop|reduc|fewer|faster|cheaper|better|lower|higher|cost|boost|uplift|speed|less|more|saving|discount|of users|of developers|of companies|of tasks were|market|revenue|share)\w*",
    re.IGNORECASE,
)
_BENCHMARK_WORDS = re.compile(
    r"benchmark|index|leaderboard|bench|arena|eval|exam|AIME|MMLU|GPQA|IMO|olympiad|math|SWE", re.IGNORECASE
)
_RANKED = re.compile(
    r"(?P<n><#\d+>)(?: spot| position| place| rank| ranking)?(?:(?: overall| globally| worldwide| model| open(?:-source|-weights?)? model| lab| app| trending)*,? ?(?:on|in|among|at|across|for|of|globally|worldwide|on both) ?(?:the |both |all |top |overall |global |its )*(?P<b>(?:<[bmxo]\d+>|[\w-]+)(?:(?: |'s )(?:<[bmxo]\d+>|[A-Za-z][\w-]*)){0,3}))?",
    re.IGNORECASE,
)
_PER = r"(?:/| per | a | for | for every |/ ?)(?:<k\d+> |<n\d+> |1?)?(?P<per>M\b|mtok|(?:million|thousand|1?[MK])?[ -]?(?:input |output )?tokens?|million|min(?:ute)?|hours?|hr|month|mo\b|seat|user|year|image|seconds?|sec|call|request|page|query|task|1k|song|video)"
_PRICED = re.compile(
    rf"(?P<n><\$\d+>)(?:(?:{_PER})(?:[ -](?P<of>\w+))?(?P<more>(?: (?:tokens?|for|the|and))*)|[ -](?P<kind>input|output)\b)?(?:(?: \(?)(?P<side>input|output|in|out|cached?)\b)?",
    re.IGNORECASE,
)
_COSTS = re.compile(
    r"\b(?:pric(?:ed?|es|ing)|costs?|costing|at|for|tier|plan|subscription|charg(?:es?|ed|ing)|starting|starts?|and|/)\b[^<>]{0,25}$|[(,/] ?$",
    re.IGNORECASE,
)
_SPEED = re.compile(
    r"(?P<n><[nk]\d+>)[ -]?(?:output )?(?:tok(?:en)?s?(?:/| per | a )(?:s\b|sec\b|second\b)|TPS\b|t/s\b|tokens/s)(?P<rest>[^.;]{0,60})",
    re.IGNORECASE,
)
_RISE = re.compile(
    r"(?P<n><%\d+>) (?:price (?:increase|hike|rise)|more expensive)|price (?:increase|hike|rise) of (?P<n2><%\d+>)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\b(?:pric(?:e|es|ing)|cost)s?\b[^.;<]{0,30}\b(?:cut|drop(?:ped)?|reduc\w+|slash\w+|lower\w+|decreas\w+|fell|down)\b[^.;<]{0,20}(?P<n><%\d+>)"
    r"|\b(?:cut|drop(?:ped|s)?|slash(?:ed|es|ing)?|reduc(?:ed|es|ing)|lower(?:ed|s|ing))\b[^.;<]{0,20}\b(?:API )?(?:pric(?:e|es|ing))\b[^.;]{0,50}?\b(?:by|of)\b[^.;<]{0,12}(?P<n2><%\d+>)"
    r"|(?P<n3><%\d+>) (?:price (?:cut|drop|reduction|decrease)|(?:API )?discount)",
    re.IGNORECASE,
)


def read_scores(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: benchmark_score, with the benchmark as a qualifier; a score without a benchmark is not a fact."""
    text = masked.text
    taken: dict[str, str] = {}
    places: dict[str, int] = {}
    for pattern in (_BEFORE, _WITH, _ON, _SCORED):
        for match in pattern.finditer(text):
            test = match["b"]
            mark = match["n"]
            if mark in taken or not test:
                continue
            name = _test_name(masked, test)
            if not name or (
                name[1] not in "b" and not _BENCHMARK_WORDS.search(name[0] + text[match.end("b") : match.end("b") + 20])
            ):
                continue
            if pattern in (_ON, _SCORED) and _RELATIVE.search(
                text[max(0, match.start() - 25) : match.start("b")].replace("scores", "")
            ):
                continue
            if re.match(r" ?(?:-|to )<", text[match.end("n") :]):
                continue
            taken[mark] = name[0]
            places[mark] = min(match.start("n"), match.start("b"))
    yield from _rival_scores(masked, taken)
    for pattern in (_LOOSE, _LOOSE2):
        for match in pattern.finditer(text):
            if match["n"] in taken or _RELATIVE.search(match[0]):
                continue
            taken[match["n"]] = re.sub(r"<[a-z]\d+>", lambda one: masked.name(one[0]).text, match["b"])
            places[match["n"]] = match.start()
    for mark, test in taken.items():
        number = masked.number(mark)
        if number.kind == "plain" and number.value < 1:
            continue
        subject = _scored(masked, topic, min(places[mark], text.index(mark)), test)
        if subject is None:
            continue
        unit = (
            "%"
            if number.kind == "percent"
            else "Elo"
            if re.search(r"\bElo\b", text[text.index(mark) - 15 : text.index(mark) + 15])
            else "index"
            if re.search("index", test, re.IGNORECASE)
            else "points"
        )
        yield from make_statement("benchmark_score", subject, number, unit, qualifiers={"benchmark": test})


_OTHER = re.compile(
    r"(?P<s><m\d+>)(?:'s)?(?: (?!and|while|on|with)[\w-]+){0,2},? ?(?:\(|at |with |scor\w+ |reach\w+ |achiev\w+ |got |gets |'s |(?=<%))(?:only |just )?(?P<n><[%n]\d+>)(?=[),.;]| |$)",
    re.IGNORECASE,
)


_KINDS = r"(?:benchmarks?|tasks?|tests?|problems|evaluations?|reasoning|exams?|puzzles|questions|competition|coding)"
_LOOSE = re.compile(
    rf"(?P<n><%\d+>) (?:accuracy|success(?: rate)?|pass rate|correctness|score|win rate)(?: rate)? (?:on|in|for|at) (?:the |a |an )?(?P<b>(?:<[bx]\d+> )?(?:[A-Za-z][\w-]* ){{0,3}}{_KINDS})\b",
    re.IGNORECASE,
)
_LOOSE2 = re.compile(
    rf"\b(?:on|in) (?:the |a )?(?P<b>(?:[A-Za-z][\w-]* ){{0,3}}{_KINDS}) with (?:an? )?(?:[a-z]+ )?(?P<n><%\d+>) (?:accuracy|success|pass rate|score)",
    re.IGNORECASE,
)


def _rival_scores(masked: MaskedSentence, taken: dict[str, str]) -> Iterator[Statement]:
    """Scores of rivals on the same benchmark: "surpassing GPT-4 at 67%"."""
    tests = list(dict.fromkeys(taken.values()))
    if len(tests) != 1:
        return
    kinds = {masked.number(mark).kind for mark in taken}
    for match in _OTHER.finditer(masked.text):
        number = masked.number(match["n"])
        if match["n"] not in taken and number.kind in kinds:
            unit = "%" if number.kind == "percent" else "points"
            yield from make_statement(
                "benchmark_score", masked.name(match["s"]), number, unit, qualifiers={"benchmark": tests[0]}
            )


def _test_name(masked: MaskedSentence, test: str) -> tuple[str, str] | None:
    mark = marks_in(test)[0]
    name = masked.name(mark)
    rest = test[test.index(mark) + len(mark) :].strip()
    return (
        f"{name.text} {rest}".strip() if rest not in ("leaderboard", "benchmark", "test", "eval") else name.text,
        name.kind,
    )


_REPORTS = re.compile(
    r"<[a-z@]\d+>,? (?:also )?(?:report(?:s|ed)|not(?:es|ed)|says|said|cit(?:es|ed)|show(?:s|ed)|highlight(?:s|ed)|claim(?:s|ed)|described|shared|argued|summarized)\b",
    re.IGNORECASE,
)
_SCORES = re.compile(
    r"<[mx]\d+>(?: \([^)]*\))? (?:also |now )?(?:scor|achiev|reach|hits?\b|gets?\b|got\b|record|post|earn|attain)\w*",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"<[mx]\d+>(?: \([^)]*\))?(?: [\w-]+){0,5},? (?:achiev|scor|reach|hit|gets?\b|got\b|solv|lead|top|record|post|earn|attain|at\b|surpass)\w*",
    re.IGNORECASE,
)


def _scored(masked: MaskedSentence, topic: Topic, place: int, test: str) -> NameMention | None:
    """Whose score it is: a model or product, not the benchmark itself, nor what it is compared with."""
    text = masked.text
    acting = [
        name
        for at, name in masked.names("mx")
        if at < place
        and name.text not in test
        and (_SCORES.match(text, at) or (not RIVAL.search(text[:at]) and _ACTS.match(text, at)))
    ]
    if acting:
        return acting[-1]
    subject = statement_subject(masked, topic, place, "m")
    if subject is not None and subject.text != test:
        return subject
    found = [
        name
        for at, name in masked.names("mxo")
        if at < min(place, 60)
        and name.text not in test
        and not COMPARED.search(text[:at])
        and not _REPORTS.match(text, at)
    ]
    return found[0] if found else topic.thing if PRONOUN.search(text[:place]) else None


def read_ranks(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: benchmark_rank, with the leaderboard as a qualifier."""
    text = masked.text
    for match in _RANKED.finditer(text):
        number = masked.number(match["n"])
        if re.search(
            r"(?:issue|PR|pull|episode|part|section|day|theme|step|item|top|rule|chapter|lesson|bug|ticket|question|thread)s? ?$",
            text[: match.start()],
            re.IGNORECASE,
        ):
            continue
        subject = statement_subject(masked, topic, match.start(), "m") or statement_subject(
            masked, topic, match.start(), "xo"
        )
        if subject is None:
            continue
        board = match["b"] or ("global" if re.search(r"globally|worldwide", match[0]) else "")
        if not board:
            before = re.findall(r"<b\d+>", text[: match.start()]) or re.findall(r"<b\d+>", text[match.end() :])
            board = before[-1] if before else ""
        if not board and not re.search(
            r"\b(?:rank|place|spot|leaderboard|position|top|climb|hit|reach|debut)", text, re.IGNORECASE
        ):
            continue
        shown = re.sub(r"<[a-z$%#@]\d+>", lambda mark: masked.name(mark[0]).text, board)
        shown = re.sub(
            r" (?:with|and|by|after|for|while|as|surpassing|behind|ahead|leaderboard|in|on|at|over)\b.*$", "", shown
        )
        yield from make_statement(
            "benchmark_rank", subject, number, "rank", qualifiers={"leaderboard": shown} if shown else {}
        )


def read_prices(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicates: price, price_change."""
    text = masked.text
    for match in _PRICED.finditer(text):
        number = masked.number(match["n"])
        per = (match["per"] or "").casefold().strip()
        if number.value > 20_000 or (not per and not match["kind"]):
            continue
        if (
            per
            and not _COSTS.search(text[: match.start()])
            and "token" not in per
            and per not in ("m", "mtok", "million")
        ):
            continue
        named = re.match(r" ?[\"“']?(<[mx]\d+>)[\"”']? (?:tier|plan|subscription)", text[match.end() :])
        subject = (
            masked.name(named[1]) if named else statement_subject(masked, topic, match.start(), "m") or topic.thing
        )
        if subject is None:
            continue
        window = text[match.start() : match.end() + 12]
        side = (
            match["side"]
            or match["kind"]
            or (match["of"] if (match["of"] or "").casefold() in ("input", "output") else "")
            or ""
        )
        if not side and (found := re.search(r"\b(input|output|cached?)\b", window, re.IGNORECASE)):
            side = found[1]
        side = {"in": "input", "out": "output", "cached": "cache"}.get(side.casefold(), side.casefold())
        unit = _unit(per, bool(match["kind"]), number.unit)
        more = {"token_type": side} if side else {}
        yield from make_statement("price", subject, number, unit, qualifiers=more)
    for match in _CUT.finditer(text):
        mark = match["n"] or match["n2"] or match["n3"]
        subject = statement_subject(masked, topic, match.start(), "m") or (
            statement_subject(masked, topic, match.end(), "m")
        )
        if subject:
            yield from make_statement(
                "price_change", subject, masked.number(mark), "%", value=-masked.number(mark).value
            )

    for match in _RISE.finditer(text):
        mark = match["n"] or match["n2"]
        subject = statement_subject(masked, topic, match.start(), "m")
        if subject:
            yield from make_statement("price_change", subject, masked.number(mark), "%")


def _unit(per: str, token: bool, currency: str) -> str:
    if token or "tok" in per or per in ("m", "million", "1m"):
        small = re.search(r"\b1?k\b|thousand", per)
        return f"{currency}/1K tokens" if small else f"{currency}/1M tokens"
    names = {"min": "minute", "mo": "month", "hr": "hour", "sec": "second"}
    return f"{currency}/{names.get(per, per.rstrip('s'))}"


def read_speeds(masked: MaskedSentence, topic: Topic) -> Iterator[Statement]:
    """Predicate: speed, in tokens per second."""
    for match in _SPEED.finditer(masked.text):
        subject = statement_subject(masked, topic, match.start(), "m") or topic.thing
        if subject is None:
            continue
        device = re.search(r"\bon (?:an? |the |single |one )*(<[hmxo]\d+>)", match["rest"])
        more = {"device": masked.name(device[1]).text} if device else {}
        yield from make_statement("speed", subject, masked.number(match["n"]), "tokens/s", qualifiers=more)
