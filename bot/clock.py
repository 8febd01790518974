"""The clock, and whether it was set a moment ago."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

JUMP = timedelta(hours=6)
"""A clock that moves ahead by more than this at once was set, rightly or wrongly."""

SETTLE_SECONDS = 3600.0
"""For this long after a jump nothing is deleted or given up for its age: the clock may be corrected."""


def boot_seconds() -> float:
    """Returns the seconds since the machine started, including sleep; unaffected by changes of the clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ClockWatch:
    """Compares the clock with the time that has passed."""

    def __init__(self, elapsed: Callable[[], float] = boot_seconds) -> None:
        self.elapsed = elapsed
        self._last: tuple[datetime, float] | None = None
        self._jumped_at: float | None = None

    def jumped(self, now: datetime) -> bool:
        """Returns whether the clock jumped ahead within SETTLE_SECONDS. To be called regularly."""
        elapsed = self.elapsed()
        if self._last is not None:
            before, elapsed_before = self._last
            if now - before > timedelta(seconds=elapsed - elapsed_before) + JUMP:
                self._jumped_at = elapsed
        self._last = now, elapsed
        return self._jumped_at is not None and elapsed - self._jumped_at < SETTLE_SECONDS
