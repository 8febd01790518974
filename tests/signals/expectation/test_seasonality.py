"""The rhythm of a series: a week of its own is followed, one that is not there is not made up."""

import numpy as np
import pytest

from signals.detector import Rules, score
from signals.expectation.baseline import fit_baseline
from signals.expectation.seasonality import season_phases, seasonal_factor
from signals.expectation.series import CountTable
from signals.expectation.shrinkage import Prior, fit_prior

RULES = Rules()
WINDOWS = RULES.history + 1
READ = np.full(WINDOWS, 100.0)


def factors(counts, tau, read=READ, width=24):
    past = fit_baseline(CountTable.dense(counts), read, RULES.half_life, RULES.bias, RULES.clip, RULES.rounds)
    return seasonal_factor(past.clipped, past.share, read, past.weight, past.variance, width, tau)


def weekly(day, other, windows=WINDOWS):
    """A series with so many stories on each seventh day back from the last window, and so many on all others."""
    back = np.arange(windows - 1, -1, -1)
    return np.where(back % 7 == 0, float(day), float(other))[None, :]


@pytest.mark.parametrize(
    ("width", "found"),
    [
        (24, [([3, 2, 1, 0, 6, 5, 4, 3, 2, 1, 0], 7)]),
        (12, [([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0], 2), ([5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0], 7)]),
        (168, []),
        (10, []),
    ],
    ids=["days have a weekday", "halves of days have both", "weeks have none", "what does not part a day has none"],
)
def test_phases(width, found):
    assert [(phase.tolist(), number) for phase, number in season_phases(11, width)] == found


def test_no_rhythm_in_the_kind_means_none():
    factor, doubt = factors(weekly(7, 0), 0.0)
    assert factor.tolist() == [1.0]
    assert doubt.tolist() == [0.0]


def test_a_week_of_its_own_is_followed():
    # Told of on one day of the week only: 7 stories then. The mean is about 1, the factor goes towards 7.
    factor, doubt = factors(weekly(7, 0), 4.0)
    assert 4 < factor[0] < 7
    assert 0 < doubt[0] < 4


def test_a_day_off_goes_towards_nothing():
    factor, _ = factors(weekly(0, 7), 4.0)
    assert 0 <= factor[0] < 0.3


def test_a_thin_series_is_drawn_to_one():
    strong, _ = factors(weekly(20, 10), 0.1)
    counts = np.zeros((1, WINDOWS))
    counts[0, -8] = 1.0
    thin, doubt = factors(counts, 0.1)
    assert strong[0] == pytest.approx(20 / (80 / 7), rel=0.25)
    assert abs(thin[0] - 1) < 0.5
    assert doubt[0] == pytest.approx(0.1, rel=0.15)


def test_the_tested_window_is_no_part_of_it():
    counts = weekly(5, 5)
    spiked = counts.copy()
    spiked[0, -1] = 500.0
    assert factors(spiked, 1.0)[0].tolist() == factors(counts, 1.0)[0].tolist()


def test_what_is_read_follows_the_week_already():
    # On each seventh day three times as much is read and three times as much is told: nothing is left over.
    read = weekly(300, 100)[0]
    factor, _ = factors(weekly(6, 2), 1.0, read)
    assert factor[0] == pytest.approx(1.0)


def test_how_much_weekdays_differ_is_found_in_the_kind():
    rng = np.random.default_rng(1)
    names = 400
    drawn = rng.gamma(1 / 0.3, 0.3, (names, 7))
    back = np.arange(WINDOWS - 1, -1, -1)
    counts = rng.poisson(4.0 * drawn[:, back % 7]).astype(float)
    past = fit_baseline(CountTable.dense(counts), READ, RULES.half_life, RULES.bias, RULES.clip, RULES.rounds)
    found = fit_prior(past, READ, np.zeros(names, dtype=np.int64), RULES.width)
    # A series' own variance, which is taken for noise, holds its rhythm too: so less is found than was put in.
    assert 0.1 < found.seasonality[0] < 0.3
    scores = score(counts, READ, RULES, prior=found)
    # Today is phase 0: names are expected at their own weekday, not at their mean.
    assert np.corrcoef(scores.season, drawn[:, 0])[0, 1] > 0.8


def test_a_series_in_its_rhythm_is_no_spike():
    counts = np.vstack([weekly(9, 3), np.full((40, WINDOWS), 3.0)])
    plain = score(counts, READ, RULES)
    followed = score(counts, READ, RULES, prior=Prior(seasonality=4.0))
    assert plain.z[0] > 1.5
    assert followed.z[0] < 0.7
    assert followed.z[1:] == pytest.approx(plain.z[1:])


@pytest.mark.parametrize("counts", [np.zeros((2, WINDOWS)), np.zeros((2, 1))], ids=["no stories", "no past"])
def test_without_stories_there_is_no_rhythm(counts):
    read = READ[: counts.shape[1]]
    factor, doubt = factors(counts, 0.5, read)
    assert factor == pytest.approx([1.0, 1.0])
    assert np.isfinite(doubt).all()
