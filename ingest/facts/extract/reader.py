"""Reads a text sentence by sentence and returns its statements."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from ahocorasick_rs import AhoCorasick
from sqlalchemy import Connection, select

from ingest.articles.item import joined_text
from ingest.entities.annotate import load_linker
from ingest.facts.extract.dates import StatedDate, stated_dates
from ingest.facts.extract.mask import MaskedSentence, mask_sentence
from ingest.facts.extract.modality import DENIED, REPORTED, modality
from ingest.facts.extract.names import NameFinder
from ingest.facts.extract.parties import in_order
from ingest.facts.extract.rules.availability import read_availability, read_bases, read_deprecations
from ingest.facts.extract.rules.benchmarks import read_prices, read_ranks, read_scores, read_speeds
from ingest.facts.extract.rules.business import read_business
from ingest.facts.extract.rules.deals import read_deals
from ingest.facts.extract.rules.funding import read_funding
from ingest.facts.extract.rules.model_card import (
    read_context_windows,
    read_data_sizes,
    read_licences,
    read_memory,
    read_sizes,
)
from ingest.facts.extract.rules.people import read_legal_cases, read_people
from ingest.facts.extract.rules.regulation import read_regulation
from ingest.facts.extract.rules.releases import read_releases
from ingest.facts.extract.sentences import MAX_LENGTH, sentence_spans
from ingest.facts.extract.statement import RIVAL, Statement, Topic, only_describes
from models.database import table
from models.entity import Entity
from models.fact import UNREALISED

Rule = Callable[[MaskedSentence, Topic], Iterator[Statement]]

_RULES: tuple[tuple[Rule, bool, str], ...] = (
    (
        read_releases,
        False,
        "launch|releas|introduc|unveil|announc|debut|open-sourc|open sourc|opensourc|shipp|ships|rolled|"
        "rolling|rolls|publish|dropped|drops|previe|unleash|rebrand|arriv|is out|are out|out now|is live|"
        "is here|stood out",
    ),
    (read_sizes, True, "b-a|param|model|llm|vlm|moe|variant|version|size|active|activat|dense|checkpoint|total"),
    (read_context_windows, True, "context|token"),
    (read_memory, True, "ram|gpu|memory"),
    (
        read_data_sizes,
        True,
        "train|token|dataset|corpus|benchmark|sample|example|task|hour|image|video|question|problem|collection|suite",
    ),
    (read_licences, False, "licen|apache|mit|gpl|bsd|cc-by|cc by|openrail"),
    (read_scores, True, "%|percent|score|scor|elo|achiev|reach|hit|bench|accuracy|arena|eval|index|record|solv"),
    (read_ranks, False, "#|no.|number|place|rank|spot|position"),
    (read_prices, True, "$|cent|€|¥|£|price|usd|discount|pricing"),
    (read_speeds, True, "tok|tps|t/s"),
    (
        read_availability,
        False,
        "availab|support|launch|releas|power|integrat|deploy|hosted|host|accessible|running|runs|live on|"
        "rolled|rolling|coming to|comes to|ships|shipp|added|add|default|served|serving|connect|"
        "works with|offer|listed|usable|arriv|land",
    ),
    (read_bases, False, "based on|built on|powered by|tuned|derived|distilled|runs on|running on"),
    (
        read_deprecations,
        False,
        "deprecat|sunset|retir|discontinu|shut|phas|remov|kill|replac|supersed|in favor|in favour",
    ),
    (read_funding, False, "$|€|£|¥|₹|₩|crore|illion|亿|万|invest|backed|led by"),
    (
        read_business,
        False,
        "revenue|arr|run-rate|run rate|sales|users|mau|dau|wau|subscrib|customers|readers|download|"
        "developers|visitors|members|install|laid off|lay off|laying off|layoff|job cut|jobs|employees|"
        "staff|headcount|workforce|-person|spending|capex|capital|ipo|public|s-1",
    ),
    (
        read_deals,
        False,
        "acqui|buys|buying|bought|takeover|purchas|merg|partner|collaborat|pact|ties|teaming|teams up|team up|"
        "alliance|joint|deal|contract|commit|agreement|gigawatt|gw|gpu|mw|developed with|built with|"
        "sold to|snapp|absorb|compute",
    ),
    (
        read_people,
        False,
        "join|left|leav|depart|resign|quit|exit|step|founded|founder|cofound|co-found|hire|hiring|hires|"
        "appoint|named|names|recruit|poach|promot|led by|headed|helm|ceo|cto|cfo|coo|chief|president|"
        "became|becom|return|fired|oust|moves to|moved to|welcom|tapped|director|startup|launches|"
        "launched|head of|takes over",
    ),
    (
        read_regulation,
        False,
        "open-source|opensource|open-sourc|open source|open-weight|open weight|proprietary|closed-|closed source|suspend|pauses|paused|pausing|"
        "offline| unit| division|subsidiary|reorg|restructur|recapital|reshuffle|data cent|datacent|campus|bans |banned|"
        "banning|blocks|blocked|restricts|restricted|investigat| fines| fined|probes|probing|blacklist",
    ),
    (read_legal_cases, False, "sues|sued|suing|suit|lawsuit|legal|complaint|settle|fined|antitrust|litigat"),
)
"""Each rule, whether it needs a digit, and the lower-case words of which the sentence must contain one."""


class RuleTriggers:
    """Decides which rules to try on a sentence, with one pass of one automaton."""

    def __init__(self, rules: Sequence[tuple[Rule, bool, str]]) -> None:
        by_word: dict[str, set[int]] = {}
        for number, (_, _, words) in enumerate(rules):
            for word in words.split("|"):
                by_word.setdefault(word, set()).add(number)
        self._rules = [(rule, digit) for rule, digit, _ in rules]
        self._which = [tuple(numbers) for numbers in by_word.values()]
        self._automaton = AhoCorasick(list(by_word))

    def rules(self, sentence: str) -> list[Rule]:
        """The rules whose words occur in a sentence, in the order of _RULES."""
        hits = self._automaton.find_matches_as_indexes(sentence.lower(), overlapping=True)
        if not hits:
            return []
        digit = _FIGURE.search(sentence) is not None
        numbers = {number for hit in hits for number in self._which[hit[0]]}
        return [self._rules[number][0] for number in sorted(numbers) if digit or not self._rules[number][1]]


DATED_PREDICATES = frozenset(
    [
        "released",
        "available_on",
        "deprecated",
        "suspended",
        "funding_round",
        "revenue",
        "users",
        "headcount",
        "layoffs",
        "capex",
        "acquisition",
        "ipo",
        "compute_deal",
        "compute_capacity",
        "partnership",
        "appointed",
        "departed",
        "founded",
        "legal_action",
        "legal_settlement",
        "price_change",
    ]
)
"""Predicates of something that happens or holds at a time its sentence may state."""


def _set_dates(statement: Statement, times: list[StatedDate]) -> None:
    """Sets a statement's dates to the first time stated after it, or else the last one before it."""
    place = statement.at if statement.at >= 0 else (statement.object or statement.subject).start
    after = [time for time in times if time.start > place]
    chosen = after[0] if after else times[-1]
    statement.valid_from, statement.valid_to = chosen.valid_from, chosen.valid_to


_OWNED = frozenset(
    [
        "released",
        "funding_round",
        "valuation",
        "revenue",
        "users",
        "headcount",
        "layoffs",
        "capex",
        "acquisition",
        "ipo",
        "compute_deal",
        "compute_capacity",
        "data_center",
        "unit_formed",
    ]
)
"""Predicates of a company's own acts and figures, which are never those of one that only describes somebody else."""


def _held(masked: MaskedSentence, statement: Statement) -> bool:
    """Sets a statement's status from the wording of its sentence; False where the sentence doesn't say it at all.

    A denied relation is kept, since it disputes the same relation elsewhere. A denied number is not: it leaves open
    what the number is.
    """
    if statement.predicate in _OWNED and only_describes(masked, statement.subject, statement.at):
        return False
    status = modality(masked, statement)
    if status is None or (status == DENIED and statement.object is None):
        return False
    if status and not (status == REPORTED and statement.status in UNREALISED):
        statement.status = status
    if statement.status in UNREALISED or status:
        statement.qualifiers = {**statement.qualifiers, "status": statement.status}
    return True


def _once(found: list[Statement]) -> list[Statement]:
    """The statements without those that a second rule has read from the same names and number."""
    seen: dict[tuple[object, ...], Statement] = {}
    for one in found:
        target = one.object.text if one.object else one.text
        seen.setdefault((one.subject.text, one.predicate, target, one.value, one.unit, str(one.qualifiers)), one)
    return list(seen.values())


_TRIGGERS = RuleTriggers(_RULES)
_FIGURE = re.compile(r"\d|illion")


class StatementReader:
    """Reads statements from texts with one set of names."""

    def __init__(self, names: NameFinder) -> None:
        self._names = names

    def read(self, title: str, text: str, said_on: date, headings: Sequence[str] = ()) -> list[Statement]:
        """The statements of a tidied title and text; spans refer to "title, line break, text"."""
        whole = joined_text(title, text)
        topic = Topic(said_on)
        if headings:
            # A heading is the topic of its lines until they name another.
            _update_topic(self._masked(headings[-1], 0), topic)
        found: list[Statement] = []
        pending: list[str] = []
        for start, end in sentence_spans(whole):
            if end - start > MAX_LENGTH:
                continue
            sentence = whole[start:end]
            rules = _TRIGGERS.rules(sentence)
            if not rules:
                pending.append(sentence)
                continue
            for earlier in pending[-2:]:
                # Evaluated only now that a statement may need it: the topics of preceding sentences without statements.
                _update_topic(self._masked(earlier, 0), topic)
            pending.clear()
            found += self._sentence(sentence, start, rules, topic)
        return found

    def _masked(self, sentence: str, start: int) -> MaskedSentence:
        return mask_sentence(sentence, start, self._names.find(sentence))

    def _sentence(self, sentence: str, start: int, rules: list[Rule], topic: Topic) -> list[Statement]:
        masked = self._masked(sentence, start)
        read = [statement for rule in rules for statement in rule(masked, topic)]
        found = _once([statement for statement in in_order(masked, read) if _held(masked, statement)])
        released = [
            statement.object
            for statement in found
            if statement.predicate == "released" and statement.object is not None
        ]
        times = stated_dates(sentence, topic.said_on) if found else []
        for statement in found:
            statement.start, statement.end = start, start + len(sentence)
            if times and statement.predicate in DATED_PREDICATES:
                _set_dates(statement, times)
        _update_topic(masked, topic)
        if released and released[-1].kind == "m":
            topic.thing = released[-1]
        return found


def statement_reader(connection: Connection) -> StatementReader:
    """A reader with the names in the store."""
    entity = table(Entity)
    kinds = dict(connection.execute(select(entity.c.id, entity.c.kind).where(entity.c.active)).all())
    return StatementReader(NameFinder(load_linker(connection), kinds))


def _update_topic(masked: MaskedSentence, topic: Topic) -> None:
    """Updates the topic of the text with the names of a sentence."""
    makers = [(place, name) for place, name in masked.names("o") if not only_describes(masked, name)]
    if makers:
        topic.maker = makers[0][1]
    if _CONTINUES.match(masked.text):
        return
    for place, name in masked.names("m"):
        if not RIVAL.search(masked.text[:place]) and not _INCIDENTAL.search(masked.text, 0, place):
            topic.thing = name
            break


_CONTINUES = re.compile(
    r"(?:It|Its|They|The (?:[\w-]+ ){0,2}?(?:model|models|family|series|release|system|version|variant)s?|This|These)\b"
)
"""A sentence that continues the topic of the one before."""
_INCIDENTAL = re.compile(
    r"\b(?:using|via|utiliz\w+|based on|like|by|nearing|with|to|in|on|for)(?: (?:the|an?|its))? $", re.IGNORECASE
)
