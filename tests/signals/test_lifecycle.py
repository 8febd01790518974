"""When a spike begins, cools, and may begin anew."""

from datetime import UTC, datetime, timedelta

import pytest

from signals.lifecycle import QUIET, SpikeState, begins_new_spike, has_cooled

NOW = datetime(2026, 4, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("life", "stories", "new"),
    [
        (None, 5, True),
        (SpikeState(NOW - HOUR, 10), 40, False),  # it lasts, however it grows
        (SpikeState(NOW - 30 * QUIET, 10), 5, False),  # it never cooled
        (SpikeState(NOW - HOUR, 10, cooled=True), 19, False),
        (SpikeState(NOW - HOUR, 10, cooled=True), 20, True),  # twice its peak
        (SpikeState(NOW - QUIET, 10, cooled=True), 5, False),
        (SpikeState(NOW - QUIET - HOUR, 10, cooled=True), 5, True),
        (SpikeState(NOW + 9 * QUIET, 10, cooled=True), 9, False),  # the clock went backwards
    ],
)
def test_begins(life: SpikeState | None, stories: int, new: bool) -> None:
    assert begins_new_spike(life, NOW, stories) is new


def test_it_cools_clearly_below_its_level_and_warms_up_as_the_same() -> None:
    assert not has_cooled(2.0, 5, 4.0, 5)
    assert has_cooled(1.9, 5, 4.0, 5)
    assert has_cooled(9.0, 4, 4.0, 5)
    life = SpikeState(NOW, 10).below(3.0, 8, 4.0, 5)
    assert not life.cooled
    assert life.below(0.0, 8, 4.0, 5).cooled
    assert life.below(0.0, 8, 4.0, 5).seen(NOW + HOUR, 12) == SpikeState(NOW + HOUR, 12)
