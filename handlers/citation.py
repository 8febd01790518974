"""Turns facts into lines that a reader can check: the statement, its source and date, its age, and its number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session

from answers.fact_wording import fact_detail, fact_phrase
from chat.reply import ListItem
from handlers.wording import day_words
from models.entity import Entity, by_id
from models.fact import Fact, FactSource, fact_sources, facts_by_key
from models.predicate import PREDICATES, Succession
from models.supersession import DISAGREEMENT_SPAN, separation_key, standings

STALE = 365
"""Days after which a value that may have changed is marked with its age: in this industry most change within a year."""

BACKGROUND_IS_NEWS = timedelta(days=60)
"""How long after it began a role, a founding or a seat is still news: announcements come some weeks apart."""

MONTH = 30.4
"""Days of an average month."""


@dataclass(frozen=True)
class CitedFacts:
    """Facts with everything needed to show them: their entities, their sources, and the facts they add to."""

    entities: Mapping[int, Entity]
    sources: Mapping[int, Sequence[FactSource]]
    base: Mapping[str, Fact]
    """By key: the facts to which others add (`Fact.additional_to`)."""

    def first(self, fact: Fact) -> FactSource | None:
        """Returns the source that is shown first, None if there is none."""
        found = self.sources.get(fact.id or 0, ())
        return found[0] if found else None

    def url(self, fact: Fact) -> str:
        """Returns the URL of that source, "" if it has none."""
        source = self.first(fact)
        return source.url if source else ""

    def quote(self, fact: Fact) -> str:
        """Returns the first verbatim sentence among the sources, "" if there is none."""
        return next((source.quote for source in self.sources.get(fact.id or 0, ()) if source.quote), "")

    def words(self, fact: Fact, seen_from: int) -> str:
        """Returns the fact as a phrase of its own, as seen from one of its entities (by id)."""
        return _capital(fact_phrase(fact, self.entities, seen_from, self.base.get(fact.additional_to)))

    def detail(self, fact: Fact, seen_from: int, heading: Collection[str] = ()) -> str:
        """Returns the fact as a line below a heading that names its predicate and the qualifiers in `heading`."""
        return _capital(fact_detail(fact, self.entities, seen_from, self.base.get(fact.additional_to), heading))

    def outlets(self, facts: Sequence[Fact]) -> str:
        """Returns who made these matching statements: "cnbc.com and 1 more"; "" without a source."""
        urls = list(dict.fromkeys(source.url for fact in facts for source in self.sources.get(fact.id or 0, ())))
        if not urls:
            return ""
        more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
        return f"{outlet_of(urls[0])}{more}".strip()

    def attribution(self, facts: Sequence[Fact], on: date) -> str:
        """Returns who said so and when: "cnbc.com and 1 more, 9 Apr 2026", with its age on day `on` once it is old."""
        fact = facts[0]
        parts = [
            self.outlets(facts),
            "extracted by a language model" if fact.origin.startswith("llm:") else "",
            day_words(fact.last_said),
            f"{age_words(fact.last_said, on)} old" if is_stale(fact, on) else "",
        ]
        return ", ".join(filter(None, parts))


def cite_facts(session: Session, facts: Sequence[Fact]) -> CitedFacts:
    """Loads everything needed to show some facts, in three queries."""
    entities = by_id(session, (key for fact in facts for key in (fact.subject_id, fact.object_id) if key is not None))
    base = facts_by_key(session, [fact.additional_to for fact in facts if fact.additional_to])
    return CitedFacts(entities, fact_sources(session, facts), {fact.key: fact for fact in base})


def fact_item(
    cited: CitedFacts,
    facts: Sequence[Fact],
    seen_from: int,
    on: date,
    *notes: str,
    heading: Collection[str] = (),
) -> ListItem:
    """Returns matching statements as one line under their predicate's heading: the first one's words and number."""
    fact = facts[0]
    note = "; ".join(filter(None, [cited.attribution(facts, on), *notes, f"#{fact.id}"]))
    return ListItem(cited.detail(fact, seen_from, heading), cited.url(fact), note)


def group_same_events(facts: Iterable[Fact]) -> list[tuple[Fact, ...]]:
    """Groups statements about the same event, in each group the most certain and most precise one first.

    A release is reported on many days but happens once. Statements with an amount are one event if the amounts match
    and the reports lie within RIVALS of each other. A report and its denial are two groups.
    """
    found: dict[tuple[object, ...], list[list[Fact]]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.said_on, fact.id or 0)):
        ends: tuple[int, ...] = (fact.subject_id, fact.object_id or 0)
        ends = tuple(sorted(ends)) if PREDICATES[fact.predicate].symmetric else ends
        sure = fact.status if fact.status in ("denied", "disputed") else ""
        groups = found.setdefault((fact.predicate, ends, fact.value, fact.unit, sure), [])
        group = next((group for group in groups if _same_event(group[-1], fact)), None)
        if group is None:
            groups.append([fact])
        else:
            group.append(fact)
    return [tuple(sorted(group, key=_precision)) for groups in found.values() for group in groups]


def _precision(fact: Fact) -> tuple[float, int, int, date, int]:
    """Sort key: the most certain statement first, then the most precise, then the earliest."""
    return -fact.certainty, -len(fact.valid_from), -len(fact.qualifiers), fact.said_on, fact.id or 0


def _same_event(one: Fact, other: Fact) -> bool:
    """Whether two statements with the same parties and amount describe one event; an unstated detail matches any."""
    if any(
        mine != theirs and mine and theirs
        for mine, theirs in zip(separation_key(one), separation_key(other), strict=True)
    ):
        return False
    if one.text and other.text and one.text.casefold() != other.text.casefold():
        return False
    if one.object_id is not None and one.value is None:
        return True
    same_day = one.valid_from != "" and one.valid_from == other.valid_from
    return same_day or abs(other.said_on - one.said_on) <= DISAGREEMENT_SPAN


@dataclass(frozen=True)
class CurrentFact:
    """The current statement on one thing, with the statements that agree, contradict it, or were superseded by it."""

    facts: tuple[Fact, ...]
    rivals: tuple[Fact, ...] = ()
    older: tuple[Fact, ...] = ()

    @property
    def newest(self) -> tuple[str, str, int]:
        """Sort key: when it was last stated, when it began to hold, then the lower number."""
        fact = self.facts[0]
        return max(one.last_said for one in self.facts).isoformat(), fact.valid_from, -(fact.id or 0)


def is_news(fact: Fact) -> bool:
    """Whether a fact tells of something new: that somebody leads a company is no news years after they began to."""
    if not PREDICATES[fact.predicate].background:
        return True
    recent = (fact.said_on - BACKGROUND_IS_NEWS).isoformat()
    began = fact.valid_from
    return len(began) >= len("2026-04") and began >= recent[: len(began)]


def current_facts(facts: Iterable[Fact], on: date) -> list[CurrentFact]:
    """Reduces facts to what is current on a day: the valid values, and every event once."""
    events: list[Fact] = []
    states: list[Fact] = []
    for fact in facts:
        (events if PREDICATES[fact.predicate].holds is Succession.EVENT else states).append(fact)
    return [
        *_with_contradictions(group_same_events(events)),
        *(CurrentFact((one.current,), one.rivals, one.older) for one in standings(states, on)),
    ]


def _with_contradictions(events: Sequence[tuple[Fact, ...]]) -> list[CurrentFact]:
    """Attaches to each event the statements that contradict it, which are then not events of their own."""
    own = {fact.key: event for event in events for fact in event}
    against: dict[str, list[Fact]] = {}
    for event in events:
        other = own.get(event[0].disagrees_with)
        # If two contradict each other, the first one stays and the other becomes its contradiction.
        if other and other is not event and {event[0].key, other[0].key} <= own.keys():
            del own[event[0].key]
            against.setdefault(other[0].key, []).append(event[0])
    return [CurrentFact(event, tuple(against.get(event[0].key, ()))) for event in events if event[0].key in own]


def contradictions(cited: CitedFacts, current: CurrentFact, seen_from: int, on: date) -> list[ListItem]:
    """Returns the contradicting statements, each with its source and date."""
    items = [fact_item(cited, [fact], seen_from, on) for fact in current.rivals]
    return [ListItem(f"Contradicted by: {item.text}", item.url, item.note) for item in items]


def is_stale(fact: Fact, on: date) -> bool:
    """Whether a value that may have changed was last stated at least STALE days before a day. Events never go stale."""
    changes = PREDICATES[fact.predicate].holds in (Succession.ONE, Succession.SERIES)
    return changes and (on - fact.last_said).days >= STALE


def age_words(said: date, on: date) -> str:
    """Returns an age in words: "3 weeks", "14 months", "3 years"."""
    days = (on - said).days
    if days < 14:
        return "1 day" if days == 1 else f"{days} days"
    if days < 60:
        return f"{days // 7} weeks"
    months = round(days / MONTH)
    return f"{months} months" if months < 24 else f"{months // 12} years"


def outlet_of(url: str) -> str:
    """Returns the site of a page: "cnbc.com"; "" for an invalid URL."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def page_label(url: str) -> str:
    """Returns a page's address as a label, for pages without a title: "cnbc.com/2026/04/09/…"."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return url
    return f"{outlet_of(url)}{path}".rstrip("/")


def _capital(words: str) -> str:
    # Keep the spelling of "xAI" and "iPhone".
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]
