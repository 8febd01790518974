"""The life of a spike: when it begins, when it has cooled, and when the same name may begin a new one. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

COOLED = 0.5
"""Share of the level below which a spike has ended; lower than its start, so that it does not flicker."""

QUIET = timedelta(days=7)
"""For how long the same name does not start a new spike unless it reaches AGAIN times its last peak."""

AGAIN = 2.0

GROWTH = 2.0
"""From how many times the stories of its last step a spike has grown by a step."""


@dataclass(frozen=True)
class SpikeState:
    """What is remembered of a spike."""

    seen_at: datetime
    """When it was last above its level."""
    peak: int
    """The most stories it had."""
    cooled: bool = False

    def seen(self, now: datetime, stories: int) -> "SpikeState":
        """After it was above its level again: the same spike, also if it had cooled shortly before."""
        return SpikeState(now, max(self.peak, stories))

    def below(self, z: float, stories: int, level: float, least: int) -> "SpikeState":
        """After a look that found it below its level; it has cooled only when it is clearly below."""
        return replace(self, cooled=self.cooled or has_cooled(z, stories, level, least))


def has_cooled(z: float, stories: int, level: float, least: int) -> bool:
    """Whether a spike has ended."""
    return z < level * COOLED or stories < least


def begins_new_spike(life: SpikeState | None, now: datetime, stories: int) -> bool:
    """Whether a name that is above its level now begins a new spike, given the last one."""
    if life is None or (life.cooled and life.seen_at < now - QUIET):
        return True
    return life.cooled and stories >= AGAIN * life.peak
