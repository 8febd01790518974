"""What series take from their kind: nothing where counts come by chance, what was put in where they do not."""

import numpy as np
import pytest

from signals.detector import Rules, score
from signals.expectation.baseline import fit_baseline
from signals.expectation.series import CountTable
from signals.expectation.shrinkage import MIN_SERIES, NO_PRIOR, SHARE_STRENGTH, fit_prior

RULES = Rules()
WINDOWS = RULES.history + 1
READ = np.full(WINDOWS, 100.0)


def kin(counts, group=None, read=READ):
    """What is usual for the kinds of some series: all of one kind unless told otherwise."""
    past = fit_baseline(CountTable.dense(counts), read, RULES.half_life, RULES.bias, RULES.clip, RULES.rounds)
    kinds = np.zeros(len(counts), dtype=np.int64) if group is None else np.asarray(group)
    return fit_prior(past, read, kinds, RULES.width)


def test_counts_by_chance_have_no_clump_and_no_spread():
    rng = np.random.default_rng(1)
    found = kin(rng.poisson(rng.uniform(0.1, 8, (600, 1)), (600, WINDOWS)).astype(float))
    assert found.clump[0] == pytest.approx(0, abs=0.03)
    assert found.spread[0] == pytest.approx(0, abs=0.03)
    assert found.seasonality[0] == pytest.approx(0, abs=0.01)
    assert found.heterogeneity[0] == pytest.approx(0, abs=0.03)


def test_stories_that_come_in_twos_have_a_clump_of_one():
    # Each event makes two stories: the variance is twice the mean, so variance / mean - 1 = 1.
    rng = np.random.default_rng(2)
    found = kin(2.0 * rng.poisson(rng.uniform(1, 4, (600, 1)), (600, WINDOWS)))
    assert found.clump[0] + 4 * found.spread[0] == pytest.approx(1, abs=0.15)
    assert found.clump[0] > 0.7


def test_shares_that_drift_have_a_spread():
    # A gamma factor of mean 1 and variance 0.05 a day: variance = mean + 0.05 mean^2.
    rng = np.random.default_rng(3)
    drift = rng.gamma(1 / 0.05, 0.05, (600, WINDOWS))
    found = kin(rng.poisson(drift * rng.uniform(2, 30, (600, 1))).astype(float))
    assert found.spread[0] == pytest.approx(0.05, abs=0.015)
    assert found.clump[0] == pytest.approx(0, abs=0.1)


def test_the_share_of_a_kind_is_its_mean():
    # Two kinds of 3,000 names, told of once in a hundred and once in ten windows.
    rng = np.random.default_rng(4)
    group = np.repeat([0, 1], 3000)
    found = kin(rng.poisson(np.where(group, 0.1, 0.01)[:, None], (6000, WINDOWS)).astype(float), group)
    assert found.share[0] * 100 == pytest.approx(0.01, rel=0.1)
    assert found.share[-1] * 100 == pytest.approx(0.1, rel=0.1)


def test_a_small_kind_leans_on_all():
    # Three series of kind 1 among 27 of kind 0: as one kind with fewer than MIN_SERIES series, all weigh fully in each.
    assert MIN_SERIES == 30
    counts = np.ones((30, WINDOWS))
    counts[27:] = 4.0
    found = kin(counts, [0] * 27 + [1] * 3)
    # Stories of all, and of the kind once more, over as much reading: (27·1 + 3·4 + 3·4) / (30 + 3) a window.
    assert found.share[-1] * 100 == pytest.approx((27 + 12 + 12) / 33)
    assert found.share[0] * 100 == pytest.approx((27 + 12 + 27) / 57)


def test_a_name_without_a_past_expects_what_its_kind_has():
    rng = np.random.default_rng(5)
    counts = rng.poisson(0.2, (500, WINDOWS)).astype(float)
    counts[0] = 0.0
    found = score(counts, READ, RULES, prior=kin(counts))
    weight = (0.5 ** (np.arange(1, WINDOWS) / RULES.half_life)).sum()
    # 0.13 stories among its own windows and as many more as the kind needs for them: 0.13 / (weight + 0.13/0.2).
    assert found.expected[0] == pytest.approx(SHARE_STRENGTH / (weight + SHARE_STRENGTH / 0.2), rel=0.05)
    assert score(counts, READ, RULES).expected[0] == 0.0


def test_variance_is_never_below_that_of_counting():
    rng = np.random.default_rng(6)
    counts = rng.poisson(2.0, (200, WINDOWS)).astype(float)
    counts[0] = 2.0
    found = score(counts, READ, RULES, prior=kin(counts))
    assert (found.variance >= found.expected).all()


def test_alone_is_pure_chance():
    mean = np.array([0.0, 0.5, 20.0])
    assert NO_PRIOR.variance(mean, np.array([9.0, 9.0, 9.0]), np.zeros(3)).tolist() == mean.tolist()


def test_who_varies_much_among_others_that_differ_is_believed():
    # Half of the kind comes by chance, the other half in fives: its own variance tells which is which.
    rng = np.random.default_rng(7)
    calm = rng.poisson(5.0, (200, WINDOWS)).astype(float)
    wild = 5.0 * rng.poisson(1.0, (200, WINDOWS))
    found = kin(np.vstack([calm, wild]))
    assert found.heterogeneity[0] > 0.1
    mean, doubt = np.full(2, 5.0), np.full(2, 0.02)
    low, high = found.take(np.array([0, 1])).variance(mean, np.array([5.0, 25.0]), doubt)
    assert low < 10 < 15 < high


@pytest.mark.parametrize("counts", [np.zeros((40, WINDOWS)), np.zeros((0, WINDOWS))])
def test_nothing_told_gives_nothing_and_no_nan(counts):
    found = kin(counts)
    for part in (found.share, found.clump, found.spread, found.heterogeneity, found.seasonality):
        assert len(part) == len(counts)
        assert not np.any(part)


def test_nothing_read_gives_nothing():
    found = kin(np.ones((3, WINDOWS)), read=np.zeros(WINDOWS))
    assert not np.any(found.share)


def test_parts_are_taken_and_put_side_by_side():
    one = kin(np.ones((40, WINDOWS)))
    both = one.concat(kin(3 * np.ones((2, WINDOWS))))
    assert both.share.shape == (42,)
    assert both.take(np.array([41, 0])).share * 100 == pytest.approx([3, 1])
