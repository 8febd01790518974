"""Which spikes are one event: those that rise for the same stories. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

SHARED = 0.5
"""Share of the smaller one's stories that two spikes must have in common to be one event."""


@dataclass(frozen=True)
class Risen:
    """A name (one id) or a pair (two) above its threshold, and the stories that made it so."""

    ids: tuple[int, ...]
    z: float
    stories: frozenset[int]
    depth: int = 0
    """How many ancestors it has: a model has more than its maker, and is the more telling headline."""


def same(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two sets of stories belong to one event."""
    if not one or not other:
        return False
    return len(one & other) >= SHARED * min(len(one), len(other))


def events(risen: Sequence[Risen]) -> list[list[Risen]]:
    """Spikes grouped into events, the leading spike first in each, the strongest event first.

    Names lead before pairs. Strong ones gather the weaker that share their stories, and only with the
    leader: through a third they could chain into one event that means nothing. Within an event the most
    specific name leads if its own z is at least half of the strongest.
    """
    groups: list[list[Risen]] = []
    for spike in sorted(risen, key=lambda one: (len(one.ids), -one.z, -one.depth, one.ids)):
        for group in groups:
            if same(spike.stories, group[0].stories):
                group.append(spike)
                break
        else:
            groups.append([spike])
    for group in groups:
        strongest = group[0].z
        names = [one for one in group if len(one.ids) == len(group[0].ids) and one.z >= strongest / 2]
        leader = max(names, key=lambda one: (one.depth, one.z))
        group.remove(leader)
        group.insert(0, leader)
    return sorted(groups, key=lambda group: (-max(one.z for one in group), group[0].ids))
