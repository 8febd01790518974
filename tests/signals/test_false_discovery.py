"""False alarms: probabilities against exact sums, and the number of alarms against what is stated."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from evaluation.noise import evaluate_noise
from signals.detector import Rules, score
from signals.expectation.shrinkage import Prior
from signals.false_discovery import (
    LEVELS,
    Sensitivity,
    alarms_per_day,
    common_cutoff,
    count_probability,
    episode_rate,
    expected_false_alarms,
    log_gamma,
    passes_cutoff,
    required_counts,
    tail_probability,
)

RULES = Rules()


def one(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def poisson(count: int, mean: float) -> float:
    return math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1))


def gamma_poisson(count: int, mean: float, variance: float) -> float:
    size = mean**2 / (variance - mean)
    part = mean / variance
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return math.exp(ways + size * math.log(part) + count * math.log(1 - part))


@pytest.mark.parametrize("x", [1e-9, 0.01, 0.5, 1.0, 2.5, 30.0, 1e4, 1e9])
def test_log_gamma(x):
    assert log_gamma(one(x))[0] == pytest.approx(math.lgamma(x), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 40.0])
@pytest.mark.parametrize("count", [0, 1, 5, 60])
def test_a_count_that_comes_by_chance_is_poisson(mean, count):
    # A hundredth of a percent of variance more keeps the logarithms exact; it shows far out.
    assert count_probability(one(count), one(mean), one(mean))[0] == pytest.approx(poisson(count, mean), rel=0.05)


@pytest.mark.parametrize(("mean", "variance"), [(0.05, 0.2), (3.0, 12.0), (40.0, 400.0)])
@pytest.mark.parametrize("count", [0, 1, 5, 60])
def test_a_count_that_varies_more_is_gamma_poisson(mean, variance, count):
    expected = gamma_poisson(count, mean, variance)
    assert count_probability(one(count), one(mean), one(variance))[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("mean", "variance"), [(0.05, 0.2), (3.0, 3.0001), (3.0, 12.0), (40.0, 400.0)])
@pytest.mark.parametrize("count", [0, 1, 3, 10, 80])
def test_p_is_the_sum_of_what_is_as_high(mean, variance, count):
    above = math.fsum(gamma_poisson(n, mean, variance) for n in range(count, count + 1500))
    found = tail_probability(one(count), one(mean), one(variance))[0]
    assert found == pytest.approx(above, rel=2e-3, abs=1e-30)


def test_p_of_very_many_is_that_of_a_normal_count():
    # Four sigma above a mean of ten million.
    assert tail_probability(one(1e7 + 4e4), one(1e7), one(1e8))[0] == pytest.approx(3.17e-5, rel=0.01)


@pytest.mark.parametrize(("mean", "count"), [(1.0, 6), (3.0, 10), (10.0, 21), (20.0, 36)])
def test_episodes_are_as_many_as_are_seen_in_simulated_counts(mean, count):
    rng = np.random.default_rng(7)
    hours = rng.poisson(mean / 24, 4_000_000)
    sums = np.cumsum(np.append(0, hours))
    high = np.flatnonzero(sums[24:] - sums[:-24] >= count)
    seen = 1 + int((np.diff(high) > 7 * 24).sum())
    wanted = episode_rate(one(count), one(mean), one(mean))[0] * len(hours) / 24
    # Four standard deviations of counting, and the three hundredths that the fit is off by.
    assert abs(seen - wanted) < 4 * math.sqrt(wanted) + 0.05 * wanted


def test_more_stories_are_rarer():
    counts = np.arange(6.0, 60.0)
    found = episode_rate(counts, np.full(54, 4.0), np.full(54, 9.0))
    assert (found[:2] == 1).all()
    assert (np.diff(found) <= 0).all()
    assert (np.diff(found[4:]) < 0).all()


def test_what_is_usual_is_no_episode_to_speak_of():
    assert episode_rate(one(3), one(4), one(4))[0] == 1


@pytest.mark.parametrize(("level", "stated"), [(3.5, 1), (4, 0.2), (4.5, 0.04), (5, 0.008)])
def test_what_is_stated(level, stated):
    assert alarms_per_day(level) == pytest.approx(stated)


def noisy(rates: np.ndarray, seed: int = 3):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rates[:, None], (len(rates), 91)).astype(float)
    return score(counts, counts.sum(axis=0), RULES)


@pytest.mark.parametrize("level", LEVELS.values())
def test_all_bars_together_let_through_what_is_stated(level):
    found = noisy(np.geomspace(0.05, 20, 3000))
    at = common_cutoff(found, RULES, level)
    needed = np.array(required_counts(found, RULES, at), dtype=float)
    let = episode_rate(needed, found.expected, found.variance).sum()
    assert 0.95 * alarms_per_day(level) < let <= alarms_per_day(level) * 1.001
    assert (needed >= found.expected + level * found.sigma).all()
    assert (needed >= RULES.min_stories).all()


def test_more_series_have_higher_bars():
    few, many = noisy(np.full(50, 5.0)), noisy(np.full(5000, 5.0))
    assert common_cutoff(few, RULES).episodes > 10 * common_cutoff(many, RULES).episodes


def test_where_fewest_stories_rule_out_chance_nothing_more_is_asked():
    found = noisy(np.full(20, 0.01))
    assert set(required_counts(found, RULES, common_cutoff(found, RULES))) <= {5, 6, 7}


def test_a_bar_is_the_first_count_that_passes():
    counts = np.zeros((40, 91))
    counts[:, :-1] = 4.0
    counts[:, -1] = np.arange(40)
    found = score(counts, np.full(91, 100.0), RULES, prior=Prior(clump=0.8, spread=0.1))
    at = common_cutoff(found, RULES)
    needed = required_counts(found, RULES, at)[0]
    assert passes_cutoff(found, RULES, at).tolist() == [count >= needed for count in range(40)]


def test_bunches_need_more():
    counts = np.full((1, 91), 4.0)
    read = np.full(91, 100.0)
    even = score(counts, read, RULES)
    bunched = score(counts, read, RULES, prior=Prior(clump=1.0, spread=0.2))
    at = common_cutoff(noisy(np.full(2000, 4.0)), RULES)
    assert required_counts(bunched, RULES, at)[0] > required_counts(even, RULES, at)[0]


def test_what_a_source_explains_is_no_evidence():
    counts = np.full((2, 91), 4.0)
    counts[:, -1] = 30
    found = score(counts, np.full(91, 100.0), RULES, extra=np.array([0.0, 24.0]))
    assert found.z[1] < 1
    assert expected_false_alarms(found)[0] < 1e-9
    assert expected_false_alarms(found)[1] > 0.01


def test_no_series_at_all():
    found = score(np.zeros((0, 91)), np.full(91, 10.0), RULES)
    at = common_cutoff(found, RULES)
    assert (at.series, required_counts(found, RULES, at), passes_cutoff(found, RULES, at).tolist()) == (0, [], [])


@pytest.mark.long
def test_alarms_on_chance_are_those_stated():
    """3,000 series for 30 days: at `many` 30 alarms are stated, so three standard deviations are 16."""
    found = {one.setting: one for one in evaluate_noise(3000, 30, seed=5)}
    assert abs(found[Sensitivity.MANY].alarms - 30) <= 16
    assert found[Sensitivity.FEW].alarms <= found[Sensitivity.BALANCED].alarms <= found[Sensitivity.MANY].alarms


NUMBERS = st.one_of(st.just(0.0), st.floats(0, 1e12), st.integers(0, 300).map(float))


@pytest.mark.long
@settings(derandomize=True, max_examples=200, deadline=None)
@given(arrays.arrays(float, (3, 4), elements=NUMBERS))
def test_probabilities_are_always_between_0_and_1(values):
    count, expected, more = values[0], values[1], values[2]
    variance = expected + more
    for part in (tail_probability(count, expected, variance), episode_rate(count, expected, variance)):
        assert ((part >= 0) & (part <= 1)).all()
