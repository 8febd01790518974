"""How often a source is asked, from how often it really publishes. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)

HEAVY_WEIGHT = 2.0
"""Weight from which a source is asked at least every hour: who makes the news tells it seldom, and all wait for it."""

LONGEST_HEAVY = timedelta(hours=1)

DEFAULT_INTERVAL = timedelta(hours=1)
"""Until a rhythm is known."""

READS_PER_ITEM = 4.0
"""Looks between two items: news is then a quarter of the usual pause old at most."""

NEWEST = 30
"""Items from which a rhythm is read: what was long ago says little."""

MIN_SPAN = timedelta(hours=1)
"""Items of one moment are one telling, not a rhythm of thousands a day."""

JITTER = 0.1


def items_per_day(moments: Sequence[datetime], now: datetime) -> float:
    """Items a day, from when the newest ones came out; 0 when that can't be told."""
    newest = sorted((moment for moment in moments if moment <= now), reverse=True)[:NEWEST]
    if len(newest) < 2:
        return 0.0
    # Up to now: one that has fallen silent publishes more seldom than it did.
    span = max(now - newest[-1], MIN_SPAN)
    return (len(newest) - 1) / (span / timedelta(days=1))


def next_interval(rate: float, weight: float, max_age: float, chance: float) -> timedelta:
    """The time until a source is asked again.

    rate: items a day; fresh: seconds for which its server says that nothing changes; chance: from 0 to 1, for jitter.
    """
    longest = LONGEST_HEAVY if weight >= HEAVY_WEIGHT else LONGEST
    wanted = timedelta(days=1) / rate / READS_PER_ITEM if rate else DEFAULT_INTERVAL
    found = min(max(wanted, SHORTEST), longest)
    jittered = found * (1 + JITTER * (2 * chance - 1))
    return min(max(jittered, timedelta(seconds=max_age), SHORTEST), LONGEST)


def is_flood(new: int, rate: float, since: datetime | None, now: datetime) -> bool:
    """Whether a source told much more at once than it ever does; `since`: when it was last read."""
    if since is None or new < MIN_FLOOD:
        return False
    return new > FLOOD_FACTOR * (rate * ((now - since) / timedelta(days=1)) + 1)


MIN_FLOOD = 30
"""New items at once that are never a flood, if fewer."""

FLOOD_FACTOR = 5.0
"""How many times what was to be expected makes a flood."""
