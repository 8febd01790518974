"""Groups spikes into events: those that rise because of the same stories. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

SHARED = 0.5
"""Share of the smaller spike's stories that two spikes must have in common to be one event."""


@dataclass(frozen=True)
class Risen:
    """A spiking name (one id) or pair (two ids), with its stories.

    `stories` is empty where only counts are known. `above` are its ancestors: a model has more of them than its
    maker, and makes the more specific headline.
    """

    ids: tuple[int, ...]
    z: float
    count: int
    stories: frozenset[int] = frozenset()
    above: frozenset[int] = frozenset()


def group_events(risen: Sequence[Risen], level: float = 0.0) -> list[list[Risen]]:
    """Spikes grouped into events, the lead of each first, the strongest event first.

    Names lead before pairs. Each spike joins the first event whose strongest spike shares its stories; it is compared
    with no other, since chains of spikes would merge unrelated events. The most specific name of an event leads, if
    it has at least half of the strongest one's z-score and stories: the news is Muse Spark, not its lab. Where no name
    reaches `level` by itself, the strongest pair leads: the news is that the two are mentioned together.
    """
    together: dict[tuple[int, ...], int] = {spike.ids: spike.count for spike in risen if len(spike.ids) == 2}
    groups: list[list[Risen]] = []
    for spike in sorted(risen, key=lambda one: (len(one.ids), -one.z, -len(one.above), one.ids)):
        for group in groups:
            # A pair whose names are in an event belongs there, however few stories it has.
            if _same(spike, group[0], together) or set(spike.ids) <= {key for one in group for key in one.ids}:
                group.append(spike)
                break
        else:
            groups.append([spike])
    for group in groups:
        leader = _leader(group, level)
        group.remove(leader)
        group.insert(0, leader)
    return sorted(groups, key=lambda group: (-max(one.z for one in group), group[0].ids))


def _leader(group: list[Risen], level: float) -> Risen:
    names = [one for one in group if len(one.ids) == 1]
    if not any(one.z >= level for one in names):
        return max(group, key=lambda one: one.z)
    strongest = max(names, key=lambda one: one.z)
    specific = [one for one in names if one.z >= strongest.z * SHARED and one.count >= strongest.count * SHARED]
    return max(specific, key=lambda one: (len(one.above), one.z))


def _same(one: Risen, other: Risen, together: dict[tuple[int, ...], int]) -> bool:
    least = SHARED * min(one.count, other.count)
    if one.stories and other.stories:
        return len(one.stories & other.stories) >= SHARED * min(len(one.stories), len(other.stories))
    # With counts alone: a pair belongs to a name in it, the stories of a child are also its parent's, and two other
    # names belong together if their pair has enough stories.
    mine, yours = set(one.ids) | one.above, set(other.ids) | other.above
    related = bool(one.above & set(other.ids) or other.above & set(one.ids))
    if len(one.ids) == 2 or related:
        return bool(mine & yours) and min(one.count, other.count) >= SHARED * max(one.count, other.count)
    return together.get((min(one.ids + other.ids), max(one.ids + other.ids)), 0) >= least
