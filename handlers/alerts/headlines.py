"""What leads the news in a window: spikes and headlines, and what belongs together.

    panel (stories counted) ---------> spikes above the level ----> events
    stories weighed by prominence ---> names that lead a page --/
                                  \\-> headlines of the window, strongest first

A name is told of when its stories are too many, or when those of a page that lead it are about it (signals.prominence).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlmodel import Session

from handlers.measurement.panel import Ids, Panel, Reading, spiking_readings
from models.article import on_pages, outlet_counts
from models.entity import Entity, by_id, parents_by_child
from models.mention import mentions
from signals.events import Risen, group_events
from signals.false_discovery import episode_rate
from signals.prominence import placements, prominence_z, story_weights, voice_factor

NEARLY = 0.6
"""Share of a level from which a name may lead an event that another brought above it."""

DEPTH = 60
"""Names of a ranking: more are no front page."""

BESIDE = 0.5
"""Part of the leading name's z from which a second one stands beside it in the headline."""


@dataclass(frozen=True)
class Headline:
    """One or two names that lead, and who else rises for the same stories."""

    ids: Ids
    z: float
    """How unusual its weight on the page is: the detector's z, with stories weighed by prominence."""
    inside: tuple[Risen, ...] = ()
    stories: frozenset[int] = frozenset()
    """Those that name who leads."""


@dataclass(frozen=True)
class NamedEntity:
    """A name that is told of in a window in so many words."""

    key: int
    stories: frozenset[int]
    weight: float
    """Of its stories together, in stories."""
    z: float
    """How unusual that is."""


@dataclass(frozen=True)
class Coverage:
    """How some stories are told: what each weighs, who tells it (a remark tells none), what an introduction has."""

    weights: dict[int, float]
    outlets: dict[int, set[int]]
    opening: frozenset[int]
    mean: float
    """What an item weighs on average."""

    def weight(self, stories: Iterable[int]) -> float:
        """Of some of them together, in stories."""
        return sum(self.weights.get(story, 1.0) for story in sorted(stories))

    def tellers(self, stories: Iterable[int]) -> int:
        """How many outlets tell any of them."""
        return len(set().union(*(self.outlets.get(story, set()) for story in stories)))

    def borne(self, lead: Iterable[int], event: Iterable[int]) -> float:
        """What counts of an event's z: less for a single voice. Given are the stories of the leading name, and all."""
        told = set(event)
        return voice_factor(self.tellers(lead), len(told & self.opening), len(told))

    def leads(self, stories: frozenset[int], outlets: int) -> bool:
        """Whether so many outlets tell of it, or an editor stands for them, who puts it first.

        Then its stories weigh more than they are many, or an introduction tells of them.
        """
        led = self.weight(stories) > len(stories) or bool(stories & self.opening)
        return led or self.tellers(stories) >= outlets


@dataclass(frozen=True)
class FrontPage:
    """What a window tells, as a front page: who is named, and how the stories are told."""

    names: dict[int, NamedEntity]
    telling: Coverage

    def borne(self, event: Sequence[Risen]) -> float:
        """What counts of an event's z. The leading name goes first."""
        most = max(one.z for one in event)
        told = frozenset().union(*(one.stories for one in event if one.z >= BESIDE * most))
        return self.telling.borne(event[0].stories, told)


def top_headlines(session: Session, seen: Panel) -> list[Headline]:
    """The headlines of a window, strongest first."""
    page = front_page(session, seen)
    return sorted((_headline(event, page) for event in _events(session, page)), key=lambda one: -one.z)


def _events(session: Session, page: FrontPage) -> list[list[Risen]]:
    """What belongs together on the page, each z as it counts; in each event the leading name first."""
    found = sorted((one for one in page.names.values() if one.z > 0), key=lambda one: (-one.z, one.key))[:DEPTH]
    up = parents_by_child(session)
    names = by_id(session, (one.key for one in found))
    rows = [Risen((one.key,), one.z, len(one.stories), one.stories, _above((one.key,), up)) for one in found]
    together = []
    for event in group_events(_with_variants(rows, names)):
        own = [replace(one, stories=page.names[one.ids[0]].stories) for one in event]
        part = page.borne(own)
        together.append([replace(one, z=part * one.z) for one in own])
    return together


def spiking_events(session: Session, seen: Panel, level: float) -> list[list[Reading]]:
    """The events in which a name or pair is above a level, strongest first; in each, the leading one first.

    A name nearly at the level is looked at too: when a lab rises for the stories of its new model, the
    model is the news, even if it is one story short itself.
    """
    least = level * NEARLY
    found = {one.ids: one for one in spiking_readings(session, seen, least)}
    for one in _leading(session, seen, least):
        # What leads a page is often counted as well, and then stands out less.
        if one.ids not in found or one.z > found[one.ids].z:
            found[one.ids] = one
    bar = seen.at_level(level)
    up = parents_by_child(session)
    names = by_id(session, (key for ids in found for key in ids))
    rows = [Risen(one.ids, one.z, one.count, one.stories, _above(one.ids, up)) for one in found.values()]
    groups = group_events(_with_variants(rows, names), level)
    return [
        [found[one.ids] for one in group]
        for group in groups
        if any(found[one.ids].z >= level and found[one.ids].episodes <= bar.episodes for one in group)
    ]


def front_page(session: Session, seen: Panel) -> FrontPage:
    """The names of a window, their stories weighed by how prominently they are told."""
    at = seen.at
    stories: dict[int, set[int]] = {}
    for entity, story, direct in mentions(session, at.first, at.last):
        if direct is not None and direct <= at.last and (entity,) in seen.places:
            stories.setdefault(entity, set()).add(story)
    found = story_coverage(session, sorted(set().union(*stories.values())), at.first, at.last)
    keys = sorted(stories)
    weight = np.array([found.weight(stories[key]) for key in keys])
    rows = np.array([seen.places[(key,)] for key in keys], dtype=np.int64)
    scores = seen.scores.take(rows)
    before = seen.table.take(rows).array()[:, -2]
    z = prominence_z(weight, found.mean, scores.expected, scores.sigma, before, seen.rules.bias)
    return FrontPage(
        {
            key: NamedEntity(key, frozenset(stories[key]), float(much), float(one))
            for key, much, one in zip(keys, weight.tolist(), z.tolist(), strict=True)
        },
        found,
    )


def story_coverage(session: Session, stories: list[int], first: int, last: int) -> Coverage:
    """How stories are told in the hours first..last, by their places on pages."""
    placed = on_pages(session.connection(), stories, first, last)
    place = placements([one.page for one in placed], [one.source for one in placed])
    outlets: dict[int, set[int]] = {}
    for one, remark in zip(placed, place.remark.tolist(), strict=True):
        if not remark:
            outlets.setdefault(one.story, set()).add(one.source)
    return Coverage(
        story_weights([one.story for one in placed], place.weight),
        outlets,
        frozenset(one.story for one, opens in zip(placed, place.opening.tolist(), strict=True) if opens),
        float(place.weight.mean()) if len(placed) else 1.0,
    )


def _leading(session: Session, seen: Panel, level: float) -> list[Reading]:
    """Names that are above a level by the weight of their stories, held to the same bar of chance as others."""
    if seen.scores.windows < seen.rules.least_history:
        return []
    page = front_page(session, seen)
    some = [
        (one, weight)
        for event in _events(session, page)
        for one in event
        if one.z >= level
        and (weight := page.names[one.ids[0]].weight) >= seen.rules.min_stories
        and page.telling.leads(one.stories, seen.rules.min_outlets)
    ]
    rows = np.array([seen.places[one.ids] for one, _ in some], dtype=np.int64)
    scores = seen.scores.take(rows)
    rates = episode_rate(np.round([weight for _, weight in some]), scores.expected, scores.variance) if some else ()
    bar = seen.at_level(level)
    return [
        replace(
            reading,
            z=one.z,
            episodes=float(rate),
            outlets=outlet_counts(session, sorted(one.stories), seen.at.last)[0],
            stories=one.stories,
        )
        for (one, _), reading, rate in zip(some, seen.readings(rows), rates, strict=True)
        if rate <= bar.episodes
    ]


def _headline(event: Sequence[Risen], page: FrontPage) -> Headline:
    """The leading name, and beside it the strongest that is nearly as strong and not merely its maker.

    Where there is none, its maker stands beside it, if named for these stories.
    """
    lead, *others = event
    near = [one for one in others if one.z >= BESIDE * lead.z and not set(one.ids) & lead.above]
    second = max(near, key=lambda one: one.z, default=None)
    ids = lead.ids if second is None else (*lead.ids, *second.ids)
    if second is None:
        makers = {key: len(page.names[key].stories & lead.stories) for key in sorted(lead.above & page.names.keys())}
        maker = max(makers, key=lambda key: makers[key], default=None)
        if maker is not None and makers[maker]:
            ids = (*lead.ids, maker)
    inside = tuple(one for one in others if not set(one.ids) & set(ids))
    return Headline(ids, max(one.z for one in event), inside, lead.stories)


def _with_variants(rows: Sequence[Risen], names: dict[int, Entity]) -> list[Risen]:
    """The same, each name with the stories of its variants: one on GPT-4.1 nano is one on GPT-4.1.

    A variant's name goes on where the other's ends; then both are one event, also if no story names both.
    """
    singles = {one.ids[0]: one for one in rows if len(one.ids) == 1}
    found = []
    for one in rows:
        if len(one.ids) == 1 and one.stories:
            start = names[one.ids[0]].name
            more = [singles[key].stories for key in singles if names[key].name.startswith((f"{start} ", f"{start}-"))]
            found.append(replace(one, stories=one.stories.union(*more)))
        else:
            found.append(one)
    return found


def _above(ids: Ids, up: dict[int, list[int]]) -> frozenset[int]:
    """The ancestors of a name or pair."""
    found: set[int] = set()
    queue = list(ids)
    while queue:
        new = set(up.get(queue.pop(), ())) - found
        found |= new
        queue += new
    return frozenset(found - set(ids))
