"""The detector against numbers reasoned by hand, and against a slow telling of its own docstring.

The steady name of these tests has 4 stories a window: expected 4, variance of the past 0, so
sigma = sqrt(4 + 1.5^2) = 2.5 and a window of 14 stories has z = 4.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from signals.detector import Rules, score, widen
from signals.expectation.series import CountTable
from signals.false_discovery import common_cutoff, passes_cutoff

RULES = Rules()
LEVEL = 5.0
EVEN = replace(RULES, half_life=1e12)
"""Rules by which the past weighs the same at any age: a plain mean."""


def one(past, now, read=None, rules=RULES, chance=None):
    """The scores of one series; 100 stories were read in every window unless told otherwise."""
    counts = np.array([[*past, now]], dtype=float)
    exposure = np.full(counts.shape[1], 100.0) if read is None else np.array(read, dtype=float)
    return score(counts, exposure, rules, None if chance is None else np.array([chance], dtype=float))


def z(*args, **kwargs):
    return float(one(*args, **kwargs).z[0])


def test_a_steady_name_by_hand():
    found = one([4] * 30, 14)
    assert [float(part[0]) for part in (found.count, found.expected, found.sigma, found.z)] == pytest.approx(
        [14, 4, 2.5, 4]
    )
    assert found.windows == 30
    assert found.baseline(0) == pytest.approx([4] * 31)


@pytest.mark.parametrize("now", [100, 1000, 10**6])
def test_a_jump_is_not_part_of_its_own_baseline(now):
    # Were it, z could not exceed sqrt(n - 1) = 5.5 for 31 windows, however high the jump.
    assert z([4] * 30, now) == pytest.approx((now - 4) / 2.5)


def test_sigma_does_not_fall_below_what_counting_makes():
    found = one([4] * 30, 4)
    assert found.floored[0]
    assert found.sigma[0] == pytest.approx(math.sqrt(4 + 1.5**2))


def test_a_restless_past_has_a_larger_sigma():
    # 0 and 8 in turn: mean 4, variance 16; the clip at 4 + 3 x 2.5 = 11.5 is not reached.
    found = one([0, 8] * 15, 4, rules=EVEN)
    assert not found.floored[0]
    assert found.expected[0] == pytest.approx(4)
    assert found.sigma[0] == pytest.approx(math.sqrt(16 + 1.5**2))


@pytest.mark.parametrize(
    ("past", "read"),
    [
        pytest.param([], None, id="no windows before"),
        pytest.param([0] * 30, None, id="never named"),
        pytest.param([0] * 30, [0] * 30 + [100], id="nothing read before"),
    ],
)
def test_without_a_past_z_is_the_count_over_the_bias(past, read):
    assert z(past, 6, read) == pytest.approx(6 / 1.5)


def test_the_near_past_weighs_more_by_the_half_life():
    # Half-life of one window: 2 windows ago weighs 1/4, the last 1/2. (0 x 1/4 + 6 x 1/2) / (3/4) = 4.
    assert one([0, 6], 0, rules=replace(RULES, half_life=1.0)).expected[0] == pytest.approx(4)


WEEK = [100, 100, 100, 100, 100, 50, 50]


@pytest.mark.parametrize("windows", range(57, 64))
def test_weekends_are_neither_spikes_nor_quiet(windows):
    read = (WEEK * 9)[:windows]
    counts = [stories / 10 for stories in read]
    assert z(counts[:-1], counts[-1], read) == pytest.approx(0, abs=1e-9)


def test_a_source_outage_changes_the_expectation_not_the_news():
    assert z([10] * 30, 5, [100] * 30 + [50]) == pytest.approx(0, abs=1e-9)
    assert z([10] * 30, 5, [100] * 31) < -1


def test_a_source_that_was_added_is_no_spike():
    assert z([10] * 30, 20, [100] * 30 + [200]) == pytest.approx(0, abs=1e-9)


def test_yesterdays_spike_does_not_hide_todays():
    # Yesterday weighs 4.6 % of these 30 windows. Taken at 100 it would give the past a mean of 8.4 and a
    # sigma of 20: z = 4.6, below the level. Clipped to about 12 it moves both by a few hundredths.
    hidden = replace(RULES, clip=1e9)
    past = [4] * 29 + [100]
    assert z(past, 100, rules=hidden) < LEVEL
    assert z(past, 100) > 0.95 * z([4] * 30, 100)


@pytest.mark.parametrize("ago", [2, 7, 30, 60, 89])
def test_an_old_spike_does_not_dull(ago):
    past = [4.0] * 90
    past[-ago] = 200.0
    assert z(past, 30) > 0.95 * z([4] * 90, 30)


def test_a_spike_of_three_days_still_counts_on_the_third():
    assert z([4] * 28 + [60, 60], 60) > LEVEL


def test_a_new_habit_becomes_the_usual():
    # From 4 to 20 a window and staying there: alarming at first, no news two months later.
    assert z([4] * 60, 20) > LEVEL
    assert z([4] * 30 + [20] * 60, 20) < 1


def test_windows_in_which_nothing_was_read_are_left_out():
    read = [100, 0, 100, 0] * 8 + [100]
    past = [4 if stories else 10**6 for stories in read[:-1]]
    found = one(past, 14, read)
    assert found.windows == 16
    assert found.z[0] == pytest.approx(4)


def test_when_nothing_is_read_now_nothing_is_expected():
    found = one([4] * 30, 0, [100] * 30 + [0])
    assert (found.expected[0], found.z[0]) == (0, 0)


def test_chance_raises_the_expectation_of_a_pair():
    # Never together before, but both on everybody's lips: 9 stories would name both by chance.
    assert one([0] * 30, 9, chance=9).expected[0] == 9
    assert z([0] * 30, 9, chance=9) == pytest.approx(0)
    assert z([0] * 30, 16, chance=10) == pytest.approx(6 / math.sqrt(10 + 1.5**2))


def test_chance_never_lowers_it():
    assert one([4] * 30, 9, chance=1).expected[0] == pytest.approx(4)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -7.0], ids=["nan", "inf", "-inf", "negative"])
class TestUnusableNumbers:
    def test_in_the_past_count_as_0(self, bad):
        assert z([4] * 29 + [bad], 14) == pytest.approx(z([4] * 29 + [0], 14))

    def test_now_count_as_0(self, bad):
        assert z([4] * 30, bad) == pytest.approx(z([4] * 30, 0))

    def test_of_what_was_read_count_as_0(self, bad):
        assert z([4] * 30, 14, [100] * 29 + [bad, 100]) == pytest.approx(4)

    def test_of_chance_count_as_0(self, bad):
        assert z([4] * 30, 14, chance=bad) == pytest.approx(4)


@pytest.mark.parametrize(
    ("counts", "read", "chance"),
    [
        pytest.param((2, 5), (4,), None, id="other number of windows"),
        pytest.param((2, 5), (5, 1), None, id="read with two dimensions"),
        pytest.param((5,), (5,), None, id="counts with one dimension"),
        pytest.param((2, 3, 5), (5,), None, id="counts with three"),
        pytest.param((2, 0), (0,), None, id="no windows"),
        pytest.param((2, 5), (5,), (3,), id="chance for another number of series"),
        pytest.param((1, 5), (5,), (3,), id="chance for more than the one series"),
        pytest.param((2, 5), (5,), (1,), id="one chance for two series"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(counts, read, chance):
    with pytest.raises(ValueError, match=r"do not fit|does not fit"):
        score(np.zeros(counts), np.ones(read), RULES, None if chance is None else np.ones(chance))


def test_one_window_is_scored():
    found = score(np.array([[3.0], [0.0]]), np.array([50.0]), RULES)
    assert found.z.tolist() == pytest.approx([2, 0])
    assert (found.windows, found.baseline(0).shape) == (0, (1,))


def test_no_series_give_no_scores():
    found = score(np.zeros((0, 31)), np.full(31, 100.0), RULES, np.zeros(0))
    assert [len(part) for part in (found.count, found.expected, found.sigma, found.z, found.floored)] == [0] * 5


def test_all_zeros_are_no_news():
    found = score(np.zeros((3, 91)), np.full(91, 100.0), RULES)
    assert (found.z <= 0).all()
    assert np.isfinite([found.z, found.expected, found.sigma, found.variance]).all()
    assert not passes_cutoff(found, RULES, common_cutoff(found, RULES)).any()


def test_a_million_names_of_one_story_and_one_that_is_news():
    names = 1_000_000
    row, window = np.arange(names), np.arange(names) % 91
    table = CountTable(np.append(row, 7), np.append(window, 90), np.append(np.ones(names), 30.0), names, 91)
    found = score(table, np.full(91, 1e5), RULES)
    assert np.isfinite(found.z).all()
    assert np.flatnonzero(passes_cutoff(found, RULES, common_cutoff(found, RULES))).tolist() == [7]


def test_huge_counts():
    found = one([10**8] * 30, 3 * 10**8, [10**9] * 31)
    assert found.z[0] == pytest.approx(2e8 / math.sqrt(1e8 + 2.25))


def test_absurd_counts_are_taken_as_a_million_million():
    assert one([], 1e300).count[0] == 1e12


def test_the_inputs_are_left_as_they_were():
    counts, read = np.array([[4.0, math.nan, -1.0, 90.0]]), np.array([1.0, math.inf, 3.0, 4.0])
    before = counts.copy(), read.copy()
    score(counts, read, RULES)
    np.testing.assert_array_equal(counts, before[0])
    np.testing.assert_array_equal(read, before[1])


NUMBERS = st.one_of(
    st.just(0.0),
    st.integers(0, 10**12).map(float),
    st.floats(-1e15, 1e15),
    st.sampled_from([math.nan, math.inf, -math.inf]),
)
READ = st.one_of(st.just(0.0), st.integers(1, 10**9).map(float), st.sampled_from([math.nan, math.inf, -5.0]))


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.data(), st.integers(0, 3), st.integers(1, 20))
def test_scores_are_always_numbers(data, series, windows):
    counts = data.draw(arrays.arrays(float, (series, windows), elements=NUMBERS))
    read = data.draw(arrays.arrays(float, windows, elements=READ))
    chance = data.draw(st.none() | arrays.arrays(float, series, elements=NUMBERS))
    found = score(counts, read, RULES, chance)
    for part in (found.count, found.expected, found.sigma, found.z, found.variance):
        assert np.isfinite(part).all()
    assert (found.sigma >= RULES.bias).all()
    assert (found.expected >= 0).all()
    assert 0 <= found.windows < windows


def reference(past, now, read, rules, chance=0.0):
    """The docstring of signals.detector, told once more, slowly: (expected, sigma, z) of one series."""
    seen = [
        (0.5 ** (age / rules.half_life), count, stories)
        for age, count, stories in zip(range(len(past), 0, -1), past, read, strict=False)
        if stories > 0
    ]
    total = sum(weight for weight, _, _ in seen)

    def share_of(counts):
        return sum(weight * count for (weight, _, _), count in zip(seen, counts, strict=True)) / sum(
            weight * stories for weight, _, stories in seen
        )

    share = variance = 0.0
    if seen:
        counts = [count for _, count, _ in seen]
        for _ in range(rules.rounds):
            share = share_of(counts)
            counts = []
            for _, count, stories in seen:
                usual = share * stories
                counts.append(min(count, usual + rules.clip * math.sqrt(usual + rules.bias**2)))
        share = share_of(counts)
        variance = sum(w * (n - share * r) ** 2 for (w, _, r), n in zip(seen, counts, strict=True)) / total
    expected = max(share * read[-1], chance)
    sigma = math.sqrt(max(variance, expected) + rules.bias**2)
    return expected, sigma, (now - expected) / sigma


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(RULES, id="as shipped"),
        pytest.param(replace(RULES, half_life=5.0, bias=1.0, clip=2.0, rounds=1), id="others"),
        pytest.param(replace(RULES, rounds=8, bias=2.0), id="many rounds"),
    ],
)
def test_the_same_numbers_as_the_formula_told_slowly(rules):
    rng = np.random.default_rng(20260409)
    for _ in range(40):
        windows = int(rng.integers(1, 100))
        read = rng.poisson(rng.uniform(0, 200), windows) * (rng.random(windows) < 0.9)
        counts = rng.negative_binomial(1, 0.2, (5, windows)) * (1 + 20 * (rng.random((5, windows)) < 0.05))
        chance = rng.uniform(0, 5, 5)
        found = score(counts.astype(float), read.astype(float), rules, chance)
        for row in range(5):
            wanted = reference(counts[row, :-1].tolist(), int(counts[row, -1]), read.tolist(), rules, chance[row])
            assert (found.expected[row], found.sigma[row], found.z[row]) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_many_series_at_once_are_each_alone():
    rng = np.random.default_rng(5)
    counts, read = rng.poisson(3, (50, 91)).astype(float), rng.poisson(100, 91).astype(float)
    together = score(counts, read, RULES)
    for row in range(50):
        alone = score(counts[row : row + 1], read, RULES)
        for name in ("count", "expected", "sigma", "z", "variance"):
            np.testing.assert_allclose(getattr(together, name)[row], getattr(alone, name)[0], rtol=1e-12, atol=1e-12)


def test_pure_noise_is_not_called_a_spike():
    """Were the rate known, a window of Poisson(rate) would pass z >= 5 and 5 stories with the chance below.

    Sigma is at least sqrt(rate + bias^2), so the chance is the Poisson tail from rate + 5 sigma on. The rate
    is estimated from at least 30 windows; off by two standard errors downwards, 2 sqrt(rate / 20) with the
    weights counted in, the bar lies lower. Averaged over the rates even that pessimistic chance stays below
    4 in 100,000, so of 180,000 windows fewer than 8 may pass in expectation, and 20 would be four standard
    deviations more.
    """
    rng = np.random.default_rng(11)
    rates = np.geomspace(0.05, 20, 2000)
    counts = rng.poisson(rates[:, None], (2000, 120)).astype(float)
    read = np.full(120, 1000.0)
    pessimistic = [_tail(rate, max(0.0, rate - 2 * math.sqrt(rate / 20))) for rate in rates]
    assert np.mean(pessimistic) < 4e-5
    last = score(counts, read, RULES)
    # One window each: 2,000 x 4e-5 = 0.08 expected; more than one would be a wonder of 3 in 1,000.
    assert np.mean((last.z >= 5) & (last.count >= 5)) <= 1 / 2000
    alarms = 0
    for windows in range(31, 121):
        found = score(counts[:, :windows], read[:windows], RULES)
        alarms += int(((found.z >= 5) & (found.count >= 5)).sum())
    assert alarms <= 20


def _tail(rate, believed):
    """The chance that Poisson(rate) reaches the bar set by a believed rate."""
    bar = max(5, math.ceil(believed + 5 * math.sqrt(believed + RULES.bias**2)))
    below = sum(math.exp(-rate + n * math.log(rate) - math.lgamma(n + 1)) for n in range(bar))
    return max(0.0, 1 - below)


def test_ten_times_the_usual_is_found_in_the_same_noise():
    rng = np.random.default_rng(12)
    rates = np.geomspace(1, 20, 500)
    counts = rng.poisson(rates[:, None], (500, 120)).astype(float)
    counts[:, -1] = rng.poisson(10 * rates + 10)
    assert (score(counts, np.full(120, 1000.0), RULES).z >= LEVEL).mean() > 0.95


def test_longer_windows_end_at_the_same_moment():
    # Fifteen days: the oldest is left over, the others make two weeks.
    counts = np.arange(1.0, 16.0)[None, :]
    wide, read, rules = widen(counts, np.full(15, 10.0), RULES, 7)
    assert wide.tolist() == [[sum(range(2, 9)), sum(range(9, 16))]]
    assert read.tolist() == [70.0, 70.0]
    assert (rules.width, rules.history) == (168, 1)
    assert rules.half_life == pytest.approx(RULES.half_life / 7)


def test_longer_windows_of_one_are_the_same():
    counts = np.arange(6.0).reshape(2, 3)
    wide, read, rules = widen(counts, np.array([1.0, 2.0, 3.0]), RULES, 1)
    assert wide.tolist() == counts.tolist()
    assert read.tolist() == [1.0, 2.0, 3.0]
    assert rules == replace(RULES, history=2)


def test_a_past_too_short_for_a_longer_window_gives_none():
    wide, read, _ = widen(np.ones((2, 5)), np.ones(5), RULES, 7)
    assert wide.shape == (2, 0)
    assert read.shape == (0,)


def test_a_week_that_is_too_much_though_no_day_is():
    # 4 stories a day, then 7 a day for a week: no day is high, (49 - 28) / sqrt(28 + 1.5^2) is.
    counts = np.array([[4.0] * 84 + [7.0] * 7])
    read = np.full(91, 100.0)
    assert score(counts, read, RULES).z[0] < 1.5
    wide, told, rules = widen(counts, read, RULES, 7)
    assert score(wide, told, rules).z[0] == pytest.approx(21 / math.sqrt(28 + 1.5**2))
