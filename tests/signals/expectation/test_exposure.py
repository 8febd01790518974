"""Sources that come, go, are filled up backwards or flood: no false spike, and a true one is found all the same.

A world of 20 sources and 80 names. Each source has a mix of its own, so that a source more or less shifts what all
of them tell together. Every story names one name. Counts come by chance; seeds are fixed.
"""

import numpy as np
import pytest

from signals.detector import Rules, score
from signals.expectation.baseline import fit_baseline
from signals.expectation.exposure import NEW, SourceCounts, exposure_shares, match_exposure
from signals.expectation.series import CountTable
from signals.expectation.shrinkage import fit_prior
from signals.false_discovery import common_cutoff, passes_cutoff

RULES = Rules()
NAMES, SOURCES, DAYS = 80, 20, 140
SEEDS = [1, 2, 3]


class World:
    """Counts of every name from every source on every day: shape (names, sources, days)."""

    def __init__(self, seed: int, sources: int = SOURCES) -> None:
        self.rng = np.random.default_rng(seed)
        self.mix = np.array([self.rng.dirichlet(np.full(NAMES, 0.3)) for _ in range(sources)]).T
        self.volume = self.rng.uniform(4, 30, sources)
        week = np.where(np.arange(DAYS) % 7 < 5, 1.0, 0.5)
        self.counts = self.rng.poisson(self.mix[:, :, None] * self.volume[None, :, None] * week)

    def plant(self, name: int, day: int, sources: range, stories: int) -> None:
        """A true event: some sources tell a few stories each."""
        for source in sources:
            self.counts[name, source, day] += stories

    def spikes(self, day: int) -> set[int]:
        """The names that are spikes on a day, as the bot reckons them."""
        window = self.counts[:, :, day - RULES.history : day + 1].astype(float)
        read = window.sum(axis=0)
        name, source, at = np.nonzero(window)
        told = SourceCounts(name, source, at, window[name, source, at], NAMES)
        own = match_exposure(told, read, exposure_shares(read), RULES.half_life)
        table = CountTable.dense(window.sum(axis=1))
        past = fit_baseline(table, read.sum(axis=0), RULES.half_life, RULES.bias, RULES.clip, RULES.rounds)
        kin = fit_prior(past, read.sum(axis=0), np.zeros(NAMES, dtype=int), RULES.width)
        scores = score(own.counts, own.exposure, RULES, prior=kin, extra=own.extra)
        return set(np.flatnonzero(passes_cutoff(scores, RULES, common_cutoff(scores, RULES))).tolist())

    def plain(self, day: int) -> set[int]:
        """The same with all sources taken as one, to show that a test is a test."""
        counts = self.counts[:, :, day - RULES.history : day + 1].sum(axis=1).astype(float)
        read = counts.sum(axis=0)
        past = fit_baseline(CountTable.dense(counts), read, RULES.half_life, RULES.bias, RULES.clip, RULES.rounds)
        kin = fit_prior(past, read, np.zeros(NAMES, dtype=int), RULES.width)
        scores = score(counts, read, RULES, prior=kin)
        return set(np.flatnonzero(passes_cutoff(scores, RULES, common_cutoff(scores, RULES))).tolist())


def outage(world: World) -> None:
    """Half of the sources, and with them half of the stories, are gone on days 110 to 112."""
    world.counts[:, : SOURCES // 2, 110:113] = 0


def newcomer(world: World) -> None:
    """From day 110 on one source more, with a mix of its own, brings half as much as all before."""
    world.counts[:, -1, :110] = 0
    busy = world.counts[:, :-1, :110].sum() / 110 / 2
    world.counts[:, -1, 110:] = world.rng.poisson(world.mix[:, -1, None] * busy, (NAMES, DAYS - 110))


def backfill(world: World) -> None:
    """On day 110 three months of a source that was never read are taken in; from then on it is read."""
    world.counts[:, -1, 20:] = world.rng.poisson(world.mix[:, -1, None] * 120.0, (NAMES, DAYS - 20))


def backfill_once(world: World) -> None:
    """The same of a source that says nothing more after that."""
    backfill(world)
    world.counts[:, -1, 110:] = 0


def flood(world: World) -> None:
    """On day 110 a source that tells ten stories a day repeats a hundred old ones, a third of them on one name."""
    world.counts[:, 3, :] = world.rng.poisson(world.mix[:, 3, None] * 10.0, (NAMES, DAYS))
    world.counts[7, 3, 110] += 33
    world.counts[:, 3, 110] += world.rng.poisson(world.mix[:, 3] * 67.0)


TROUBLES = [outage, newcomer, backfill, backfill_once, flood]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_false_spike(trouble, seed):
    world = World(seed)
    trouble(world)
    assert [world.spikes(day) for day in range(109, 125)] == [set()] * 16


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("day", [110, 111, 113])
def test_a_true_spike_is_found_in_it(trouble, seed, day):
    world = World(seed)
    trouble(world)
    rare = int(np.argmin(np.abs(world.counts[:, :-1, :109].sum(axis=(1, 2)) / 109 - 1)))
    world.plant(rare, day, range(10, 18), 3)
    assert world.spikes(day) == {rare}


@pytest.mark.parametrize("trouble", [newcomer, flood])
def test_taken_as_one_source_they_would_be_spikes(trouble):
    world = World(1)
    trouble(world)
    assert any(world.plain(day) for day in range(110, 118))


def test_what_counts_of_a_source():
    read = np.full((5, 91), 10.0)
    read[1, -1] = 100.0  # floods: at most twice its usual counts
    read[2, :-3] = 0.0  # two days old: three stories, of ten
    read[3, ::2] = 0.0  # tells on every second day
    read[4, -1] = 0.0  # is down
    found = exposure_shares(read)
    assert found[:, -1].tolist() == pytest.approx([1, 22.49 / 100, 0.3, 1, 1], abs=1e-3)
    assert (found[:, :-1] == 1).all()


def test_where_all_sources_are_new_all_of_them_count():
    read = np.zeros((4, 91))
    read[:, -NEW:] = 50.0
    assert (exposure_shares(read) == 1).all()


def test_where_most_of_those_known_are_silent_new_ones_count():
    read = np.zeros((3, 91))
    read[0, :-1] = 40.0
    read[1:, -1] = 20.0
    assert (exposure_shares(read) == 1).all()


def test_a_source_has_its_own_share_of_a_name():
    # The first of two sources tells of it in every story, the second never. Today only the first is read.
    read = np.array([[10.0] * 91, [10.0] * 90 + [0.0]])
    told = SourceCounts(np.zeros(91, int), np.zeros(91, int), np.arange(91), np.full(91, 10.0), 1)
    own = match_exposure(told, read, exposure_shares(read), RULES.half_life)
    found = score(own.counts, own.exposure, RULES)
    assert found.expected[0] == pytest.approx(10, rel=0.01)
    assert abs(found.z[0]) < 0.1


def test_nothing_told_by_anybody():
    own = match_exposure(
        SourceCounts(*(np.zeros(0, int),) * 3, np.zeros(0), 2), np.zeros((3, 8)), np.ones((3, 8)), RULES.half_life
    )
    found = score(own.counts, own.exposure, RULES)
    assert found.z.tolist() == [0, 0]
