"""The lifecycle of a spike: when it begins, when it has cooled, and when the same name may begin a new one. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

COOLED = 0.5
"""Share of the level below which a spike has ended: hysteresis, so that it does not flicker."""

QUIET = timedelta(days=7)
"""Time in which the same name starts no new spike unless it reaches AGAIN times its last peak."""

AGAIN = 2.0
"""Multiple of the last peak, in stories, that is a new spike within QUIET."""

GROWTH = 2.0
"""Multiple of the stories of its last step from which a spike has grown by a step."""


@dataclass(frozen=True)
class SpikeState:
    """What is stored about a spike."""

    seen_at: datetime
    """When it was last above its level."""
    peak: int
    """Its highest number of stories."""
    cooled: bool = False

    def seen(self, now: datetime, stories: int) -> "SpikeState":
        """The state after a look that found it above its level: the same spike, even if it had cooled."""
        return SpikeState(now, max(self.peak, stories))

    def below(self, z: float, stories: int, level: float, least: int) -> "SpikeState":
        """The state after a look that found it below its level; it cools only when clearly below."""
        return replace(self, cooled=self.cooled or has_cooled(z, stories, level, least))


def has_cooled(z: float, stories: int, level: float, least: int) -> bool:
    """Whether a spike has ended; z: its z-score, least: the fewest stories of a spike."""
    return z < level * COOLED or stories < least


def begins_new_spike(life: SpikeState | None, now: datetime, stories: int) -> bool:
    """Whether a name that is above its level now begins a new spike, given the last one."""
    if life is None or (life.cooled and life.seen_at < now - QUIET):
        return True
    return life.cooled and stories >= AGAIN * life.peak
