"""Facts as lines that can be checked: what is said, by whom and when, how old it is, and its number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from sqlmodel import Session

from answers.fact_wording import fact_detail, fact_phrase
from chat.reply import ListItem
from handlers.wording import day_words
from models.entity import Entity, by_id
from models.fact import Fact, FactSource, fact_sources, facts_by_key
from models.predicate import PREDICATES, Succession
from models.supersession import RIVALS, separation_key, standings

STALE = 365
"""Days after which a figure or state that may have changed is called old: most of what is told of this industry
has changed within a year."""

MONTH = 30.4


@dataclass(frozen=True)
class CitedFacts:
    """Some facts with all that is needed to tell them: who is in them, where they stand, what they come on top of."""

    entities: Mapping[int, Entity]
    sources: Mapping[int, Sequence[FactSource]]
    beneath: Mapping[str, Fact]
    """By key: the facts that others come in addition to."""

    def first(self, fact: Fact) -> FactSource | None:
        """The source that is shown first."""
        found = self.sources.get(fact.id or 0, ())
        return found[0] if found else None

    def url(self, fact: Fact) -> str:
        """The address of that source, "" where it has none."""
        source = self.first(fact)
        return source.url if source else ""

    def quote(self, fact: Fact) -> str:
        """The first sentence kept word for word."""
        return next((source.quote for source in self.sources.get(fact.id or 0, ()) if source.quote), "")

    def words(self, fact: Fact, seen_from: int) -> str:
        """The fact as a sentence of its own."""
        return _capital(fact_phrase(fact, self.entities, seen_from, self.beneath.get(fact.additional_to)))

    def detail(self, fact: Fact, seen_from: int, told: Collection[str] = ()) -> str:
        """The fact under a heading that names its predicate, and the qualifiers in `told`."""
        return _capital(fact_detail(fact, self.entities, seen_from, self.beneath.get(fact.additional_to), told))

    def where(self, facts: Sequence[Fact]) -> str:
        """By whom statements that say the same were made: "cnbc.com and 1 more"."""
        urls = list(dict.fromkeys(source.url for fact in facts for source in self.sources.get(fact.id or 0, ())))
        return (
            f"{outlet_of(urls[0])} and {len(urls) - 1} more".strip()
            if len(urls) > 1
            else outlet_of(*urls)
            if urls
            else ""
        )

    def said(self, facts: Sequence[Fact], on: date) -> str:
        """By whom and when: "cnbc.com and 1 more, 9 Apr 2026"; with its age once it is old."""
        fact = facts[0]
        where = self.where(facts)
        if fact.origin.startswith("llm:"):
            where = f"{where}, read by a language model".lstrip(", ")
        parts = [where, day_words(fact.last_said)]
        return ", ".join(filter(None, parts)) + (
            f", said {age_words(fact.last_said, on)} ago" if is_stale(fact, on) else ""
        )


def cite_facts(session: Session, facts: Sequence[Fact]) -> CitedFacts:
    """Everything needed to tell some facts, in three queries."""
    entities = by_id(session, (key for fact in facts for key in (fact.subject_id, fact.object_id) if key is not None))
    beneath = facts_by_key(session, [fact.additional_to for fact in facts if fact.additional_to])
    return CitedFacts(entities, fact_sources(session, facts), {fact.key: fact for fact in beneath})


def fact_item(
    cited: CitedFacts,
    facts: Sequence[Fact],
    seen_from: int,
    on: date,
    *notes: str,
    told: Collection[str] = (),
) -> ListItem:
    """Statements that say the same as one line under their predicate's heading: the first one's words and number."""
    fact = facts[0]
    note = "; ".join(filter(None, [cited.said(facts, on), *notes, f"#{fact.id}"]))
    return ListItem(cited.detail(fact, seen_from, told), cited.url(fact), note)


def group_same_events(facts: Iterable[Fact]) -> list[tuple[Fact, ...]]:
    """Events that are told several times, each once: the surest and most exact statement first.

    A release is told on many days, but happens once; of what has a sum, the same sum within a week is one event. What
    was reported and what was then denied are two.
    """
    found: dict[tuple[object, ...], list[list[Fact]]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.said_on, fact.id or 0)):
        ends: tuple[int, ...] = (fact.subject_id, fact.object_id or 0)
        ends = tuple(sorted(ends)) if PREDICATES[fact.predicate].symmetric else ends
        sure = fact.status if fact.status in ("denied", "disputed") else ""
        groups = found.setdefault((fact.predicate, ends, fact.value, fact.unit, sure), [])
        group = next((some for some in groups if _one_event(some[-1], fact)), None)
        if group is None:
            groups.append([fact])
        else:
            group.append(fact)
    return [tuple(sorted(some, key=_telling)) for groups in found.values() for some in groups]


def _telling(fact: Fact) -> tuple[float, int, int, date, int]:
    """Sorts the statement first that tells most: the surest, the most exact, the one that was first."""
    return -fact.certainty, -len(fact.valid_from), -len(fact.qualifiers), fact.said_on, fact.id or 0


def _one_event(one: Fact, other: Fact) -> bool:
    """Whether two statements with the same parties and the same sum tell of one event; what one leaves open fits."""
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
    return same_day or abs(other.said_on - one.said_on) <= RIVALS


@dataclass(frozen=True)
class CurrentFact:
    """What stands of one thing: the statements that say so, those that say otherwise, and those superseded."""

    facts: tuple[Fact, ...]
    rivals: tuple[Fact, ...] = ()
    older: tuple[Fact, ...] = ()

    @property
    def newest(self) -> tuple[str, str, int]:
        """By what lists are sorted, newest first: when it was last said, when it began to hold, as it was noted."""
        fact = self.facts[0]
        return max(one.last_said for one in self.facts).isoformat(), fact.valid_from, -(fact.id or 0)


def current_facts(facts: Iterable[Fact], on: date) -> list[CurrentFact]:
    """What stands on a day of some facts: the current values, and every event once."""
    happened: list[Fact] = []
    lasting: list[Fact] = []
    for fact in facts:
        (happened if PREDICATES[fact.predicate].holds is Succession.EVENT else lasting).append(fact)
    return [
        *_events(group_same_events(happened)),
        *(CurrentFact((one.current,), one.rivals, one.older) for one in standings(lasting, on)),
    ]


def _events(events: Sequence[tuple[Fact, ...]]) -> list[CurrentFact]:
    """Events with those beside them that say otherwise, which are then no events of their own."""
    own = {fact.key: some for some in events for fact in some}
    against: dict[str, list[Fact]] = {}
    for some in events:
        other = own.get(some[0].disagrees_with)
        # Two that disagree with each other: the later one stands beside the other, which stays.
        if other and other is not some and {some[0].key, other[0].key} <= own.keys():
            del own[some[0].key]
            against.setdefault(other[0].key, []).append(some[0])
    return [CurrentFact(some, tuple(against.get(some[0].key, ()))) for some in events if some[0].key in own]


def contradictions(cited: CitedFacts, told: CurrentFact, seen_from: int, on: date) -> list[ListItem]:
    """The statements that say otherwise, each with who says so and when."""
    found = []
    for fact in told.rivals:
        one = fact_item(cited, [fact], seen_from, on)
        found.append(ListItem(f"Otherwise: {one.text}", one.url, one.note))
    return found


def is_stale(fact: Fact, on: date) -> bool:
    """Whether a statement that may have changed since was last made long before a day. What happened stays so."""
    changes = PREDICATES[fact.predicate].holds in (Succession.ONE, Succession.SERIES)
    return changes and (on - fact.last_said).days >= STALE


def age_words(said: date, on: date) -> str:
    """How long ago, in words: "3 weeks", "14 months", "3 years"."""
    days = (on - said).days
    if days < 14:
        return "1 day" if days == 1 else f"{days} days"
    if days < 60:
        return f"{days // 7} weeks"
    months = round(days / MONTH)
    return f"{months} months" if months < 24 else f"{months // 12} years"


def outlet_of(url: str) -> str:
    """Whose page it is: "cnbc.com"."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def page_label(url: str) -> str:
    """A page by its address, where we have no words of it: "cnbc.com/2026/04/09/…"."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return url
    return f"{outlet_of(url)}{path}".rstrip("/")


def date_words(said: str) -> str:
    """A date as far as it is known, in words: "2027", "Apr 2026", "9 Apr 2026"."""
    if len(said) == 7:
        return f"{date.fromisoformat(said + '-01'):%b %Y}"
    return day_words(date.fromisoformat(said)) if len(said) == 10 else said


def _capital(words: str) -> str:
    # "xAI" and "iPhone" are written so.
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]
