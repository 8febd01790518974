"""How often to read a source, derived from how often it publishes. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)

HEAVY_WEIGHT = 2.0
"""From this weight on a source is read at least hourly: makers publish rarely, but everyone waits for it."""

LONGEST_HEAVY = timedelta(hours=1)

DEFAULT_INTERVAL = timedelta(hours=1)
"""The interval while the publication rate is unknown."""

READS_PER_ITEM = 4.0
"""Reads per expected item: news is then at most a quarter of the usual interval old."""

NEWEST = 30
"""Newest items from which the rate is estimated; older ones say little."""

MIN_SPAN = timedelta(hours=1)
"""Minimum span: items published at one moment are one batch, not a rate of thousands a day."""

JITTER = 0.1


def items_per_day(moments: Sequence[datetime], now: datetime) -> float:
    """The publication rate in items per day, from the times of the newest items; 0 if it can't be estimated."""
    newest = sorted((moment for moment in moments if moment <= now), reverse=True)[:NEWEST]
    if len(newest) < 2:
        return 0.0
    # Up to now, since a source that has fallen silent publishes less often than it used to.
    span = max(now - newest[-1], MIN_SPAN)
    return (len(newest) - 1) / (span / timedelta(days=1))


def next_interval(rate: float, weight: float, max_age: float, chance: float) -> timedelta:
    """The time until a source is read again.

    `rate`: items per day, 0 if unknown. `weight`: see models.source.Source. `max_age`: seconds for which the server
    says the feed stays fresh. `chance`: 0 to 1, for jitter.
    """
    longest = LONGEST_HEAVY if weight >= HEAVY_WEIGHT else LONGEST
    wanted = timedelta(days=1) / rate / READS_PER_ITEM if rate else DEFAULT_INTERVAL
    found = min(max(wanted, SHORTEST), longest)
    jittered = found * (1 + JITTER * (2 * chance - 1))
    return min(max(jittered, timedelta(seconds=max_age), SHORTEST), LONGEST)


def is_flood(new: int, rate: float, since: datetime | None, now: datetime) -> bool:
    """Whether a source published far more at once than it ever does; `since` is when it was last read."""
    if since is None or new < MIN_FLOOD:
        return False
    return new > FLOOD_FACTOR * (rate * ((now - since) / timedelta(days=1)) + 1)


MIN_FLOOD = 30
"""Fewer new items than this are never a flood."""

FLOOD_FACTOR = 5.0
"""A flood has more than this many times the expected number of new items."""
