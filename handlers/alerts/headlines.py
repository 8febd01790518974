"""Finds what leads the news in a window, and which names belong to the same event.

    panel (stories counted) ------------> spikes above the level ----> events
    stories weighted by prominence -----> names that lead a page --/
                                    \\--> headlines of the window, strongest first

A name makes an event if it has unusually many stories, or if the prominent stories of a page are about it
(signals.prominence).
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
"""Share of the level from which a name may lead an event that another name raised above it."""

DEPTH = 60
"""Most names ranked for the front page."""

BESIDE = 0.5
"""Share of the leading name's z from which a second name joins it in the headline."""


@dataclass(frozen=True)
class Headline:
    """One or two leading names, and the other names that rise for the same stories."""

    ids: Ids
    z: float
    """The detector's z, with stories weighted by prominence."""
    inside: tuple[Risen, ...] = ()
    stories: frozenset[int] = frozenset()
    """Ids of the stories that mention the leading name."""


@dataclass(frozen=True)
class NamedEntity:
    """A name that the stories of a window mention explicitly."""

    key: int
    stories: frozenset[int]
    weight: float
    """Total weight of its stories, in stories."""
    z: float
    """How unusual that weight is."""


@dataclass(frozen=True)
class Coverage:
    """How stories are covered: their weights, their outlets (passing remarks excluded), and which open a page."""

    weights: dict[int, float]
    outlets: dict[int, set[int]]
    opening: frozenset[int]
    mean: float
    """Average weight of an item."""

    def weight(self, stories: Iterable[int]) -> float:
        """Returns the total weight of some stories, in stories."""
        return sum(self.weights.get(story, 1.0) for story in sorted(stories))

    def outlet_count(self, stories: Iterable[int]) -> int:
        """Returns how many outlets carry any of these stories."""
        return len(set().union(*(self.outlets.get(story, set()) for story in stories)))

    def credit(self, lead: Iterable[int], event: Iterable[int]) -> float:
        """Returns the share of an event's z that counts, less for a single outlet.

        `lead` are the stories of the leading name, `event` those of the whole event.
        """
        stories = set(event)
        return voice_factor(self.outlet_count(lead), len(stories & self.opening), len(stories))

    def leads(self, stories: frozenset[int], outlets: int) -> bool:
        """Whether enough outlets carry the stories, or an editor put them first instead.

        An editor did so if the stories weigh more than their number, or if an introduction mentions them.
        """
        prominent = self.weight(stories) > len(stories) or bool(stories & self.opening)
        return prominent or self.outlet_count(stories) >= outlets


@dataclass(frozen=True)
class FrontPage:
    """A window as a front page: its names, and how their stories are covered."""

    names: dict[int, NamedEntity]
    coverage: Coverage

    def credit(self, event: Sequence[Risen]) -> float:
        """Returns the share of an event's z that counts. The leading name must come first."""
        highest = max(one.z for one in event)
        stories = frozenset().union(*(one.stories for one in event if one.z >= BESIDE * highest))
        return self.coverage.credit(event[0].stories, stories)


def top_headlines(session: Session, measured: Panel) -> list[Headline]:
    """Returns the headlines of a window, strongest first."""
    page = front_page(session, measured)
    return sorted((_headline(event, page) for event in _events(session, page)), key=lambda one: -one.z)


def _events(session: Session, page: FrontPage) -> list[list[Risen]]:
    """Groups the names of the page into events, the leading name first, each z reduced to its credited share."""
    found = sorted((one for one in page.names.values() if one.z > 0), key=lambda one: (-one.z, one.key))[:DEPTH]
    parents = parents_by_child(session)
    names = by_id(session, (one.key for one in found))
    rows = [Risen((one.key,), one.z, len(one.stories), one.stories, _ancestors((one.key,), parents)) for one in found]
    together = []
    for event in group_events(_with_variants(rows, names)):
        own = [replace(one, stories=page.names[one.ids[0]].stories) for one in event]
        share = page.credit(own)
        together.append([replace(one, z=share * one.z) for one in own])
    return together


def spiking_events(session: Session, measured: Panel, level: float) -> list[list[Reading]]:
    """Returns the events with a name or pair above a level, strongest first; in each, the leading one first.

    Names nearly at the level are considered too: if a lab rises for the stories of its new model, the model is the
    news, even if it is one story short of the level itself.
    """
    least = level * NEARLY
    found = {one.ids: one for one in spiking_readings(session, measured, least)}
    for one in _leading(session, measured, least):
        # Keep the higher of the two scores: a name that leads a page is often counted as well.
        if one.ids not in found or one.z > found[one.ids].z:
            found[one.ids] = one
    cutoff = measured.at_level(level)
    parents = parents_by_child(session)
    names = by_id(session, (key for ids in found for key in ids))
    rows = [Risen(one.ids, one.z, one.count, one.stories, _ancestors(one.ids, parents)) for one in found.values()]
    groups = group_events(_with_variants(rows, names), level)
    return [
        [found[one.ids] for one in group]
        for group in groups
        if any(found[one.ids].z >= level and found[one.ids].episodes <= cutoff.episodes for one in group)
    ]


def front_page(session: Session, measured: Panel) -> FrontPage:
    """Returns the names of a window, with their stories weighted by prominence."""
    at = measured.at
    stories: dict[int, set[int]] = {}
    for entity, story, direct in mentions(session, at.first, at.last):
        if direct is not None and direct <= at.last and (entity,) in measured.places:
            stories.setdefault(entity, set()).add(story)
    coverage = story_coverage(session, sorted(set().union(*stories.values())), at.first, at.last)
    keys = sorted(stories)
    weight = np.array([coverage.weight(stories[key]) for key in keys])
    rows = np.array([measured.places[(key,)] for key in keys], dtype=np.int64)
    scores = measured.scores.take(rows)
    before = measured.table.take(rows).array()[:, -2]
    z = prominence_z(weight, coverage.mean, scores.expected, scores.sigma, before, measured.rules.bias)
    return FrontPage(
        {
            key: NamedEntity(key, frozenset(stories[key]), float(much), float(one))
            for key, much, one in zip(keys, weight.tolist(), z.tolist(), strict=True)
        },
        coverage,
    )


def story_coverage(session: Session, stories: list[int], first: int, last: int) -> Coverage:
    """Returns how stories are covered in the hours first..last, by their places on pages."""
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


def _leading(session: Session, measured: Panel, level: float) -> list[Reading]:
    """Returns names above a level by the weight of their stories, which must pass the same cutoff as others."""
    if measured.scores.windows < measured.rules.least_history:
        return []
    page = front_page(session, measured)
    heavy = [
        (one, weight)
        for event in _events(session, page)
        for one in event
        if one.z >= level
        and (weight := page.names[one.ids[0]].weight) >= measured.rules.min_stories
        and page.coverage.leads(one.stories, measured.rules.min_outlets)
    ]
    rows = np.array([measured.places[one.ids] for one, _ in heavy], dtype=np.int64)
    scores = measured.scores.take(rows)
    rates = episode_rate(np.round([weight for _, weight in heavy]), scores.expected, scores.variance) if heavy else ()
    cutoff = measured.at_level(level)
    return [
        replace(
            reading,
            z=one.z,
            episodes=float(rate),
            outlets=outlet_counts(session, sorted(one.stories), measured.at.last)[0],
            stories=one.stories,
        )
        for (one, _), reading, rate in zip(heavy, measured.readings(rows), rates, strict=True)
        if rate <= cutoff.episodes
    ]


def _headline(event: Sequence[Risen], page: FrontPage) -> Headline:
    """Returns the leading name, with the strongest other one if it is nearly as strong and not an ancestor.

    If there is none, the ancestor that these stories mention most, such as its maker, takes its place.
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
    """Adds to each name the stories of its variants: one about GPT-4.1 nano is one about GPT-4.1.

    A variant's name extends the other one. Thus both become one event even if no story mentions both.
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


def _ancestors(ids: Ids, parents: dict[int, list[int]]) -> frozenset[int]:
    """Returns the ancestors of a name or pair."""
    found: set[int] = set()
    queue = list(ids)
    while queue:
        new = set(parents.get(queue.pop(), ())) - found
        found |= new
        queue += new
    return frozenset(found - set(ids))
