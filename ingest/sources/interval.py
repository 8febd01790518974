"""How often a source is asked, from how often it really publishes. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)

HEAVY = 2.0
"""Weight from which a source is asked at least every hour: who makes the news tells it seldom, and all wait for it."""

LONGEST_HEAVY = timedelta(hours=1)

FIRST = timedelta(hours=1)
"""Until a rhythm is known."""

LOOKS = 4.0
"""Looks between two items: news is then a quarter of the usual pause old at most."""

NEWEST = 30
"""Items from which a rhythm is read: what was long ago says little."""

LEAST = timedelta(hours=1)
"""Items of one moment are one telling, not a rhythm of thousands a day."""

JITTER = 0.1


def items_per_day(moments: Sequence[datetime], now: datetime) -> float:
    """Items a day, from when the newest ones came out; 0 when that can't be told."""
    newest = sorted((one for one in moments if one <= now), reverse=True)[:NEWEST]
    if len(newest) < 2:
        return 0.0
    # Up to now: one that has fallen silent publishes more seldom than it did.
    span = max(now - newest[-1], LEAST)
    return (len(newest) - 1) / (span / timedelta(days=1))


def next_interval(rate: float, weight: float, fresh: float, chance: float) -> timedelta:
    """The time until a source is asked again.

    rate: items a day; fresh: seconds for which its server says that nothing changes; chance: from 0 to 1, for jitter.
    """
    most = LONGEST_HEAVY if weight >= HEAVY else LONGEST
    wanted = timedelta(days=1) / rate / LOOKS if rate else FIRST
    found = min(max(wanted, SHORTEST), most)
    jittered = found * (1 + JITTER * (2 * chance - 1))
    return min(max(jittered, timedelta(seconds=fresh), SHORTEST), LONGEST)


def is_flood(new: int, rate: float, since: datetime | None, now: datetime) -> bool:
    """Whether a source told much more at once than it ever does; `since`: when it was last read."""
    if since is None or new < FLOOD:
        return False
    return new > FLOOD_TIMES * (rate * ((now - since) / timedelta(days=1)) + 1)


FLOOD = 30
"""New items at once that are never a flood, if fewer."""

FLOOD_TIMES = 5.0
"""How many times what was to be expected makes a flood."""
