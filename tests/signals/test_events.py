"""Spikes into events: tables of small worlds.

META (1) is the parent of LAB (2), the lab of SPARK (3). ACME (8) and OTHER (9) have nothing to do with them.
"""

import random

import pytest

from signals.events import Risen, group_events

META, LAB, SPARK, ACME, OTHER = 1, 2, 3, 8, 9
ABOVE = {META: set(), LAB: {META}, SPARK: {LAB, META}, ACME: set(), OTHER: set()}


def risen(*ids, z=10.0, count=None, stories=()):
    above = frozenset().union(*(ABOVE[key] for key in ids))
    return Risen(tuple(ids), z, len(stories) if count is None else count, frozenset(stories), above)


def ids(groups):
    return [[one.ids for one in group] for group in groups]


LAUNCH = range(100, 120)


def test_nothing_is_no_event():
    assert group_events([]) == []


def test_a_launch_is_one_event_led_by_the_most_specific_name():
    spikes = [
        risen(META, z=9, stories=range(100, 124)),
        risen(LAB, z=12, stories=LAUNCH),
        risen(SPARK, z=11, stories=LAUNCH),
        risen(META, SPARK, z=10, stories=range(100, 115)),
    ]
    found = ids(group_events(spikes))
    assert len(found) == 1
    assert found[0][0] == (SPARK,)
    assert sorted(found[0]) == [(META,), (META, SPARK), (LAB,), (SPARK,)]


def test_two_that_share_nothing_stay_two_strongest_first():
    spikes = [risen(META, z=6, stories=range(10)), risen(ACME, z=20, stories=range(50, 60))]
    assert ids(group_events(spikes)) == [[(ACME,)], [(META,)]]


@pytest.mark.parametrize(
    ("shared", "number"),
    [pytest.param(5, 1, id="half of the smaller"), pytest.param(4, 2, id="less than half of the smaller")],
)
def test_half_of_the_smaller_ones_stories_make_one_event(shared, number):
    spikes = [risen(META, z=20, stories=range(100)), risen(ACME, stories=range(100 - shared, 110 - shared))]
    assert len(group_events(spikes)) == number


def test_the_weak_do_not_chain_the_strong():
    # ACME's stories overlap META's, OTHER's overlap ACME's, but not META's: OTHER stays alone.
    spikes = [
        risen(META, z=30, stories=range(20)),
        risen(ACME, z=20, stories=range(10, 30)),
        risen(OTHER, z=10, stories=range(20, 40)),
    ]
    assert ids(group_events(spikes)) == [[(META,), (ACME,)], [(OTHER,)]]


@pytest.mark.parametrize(
    ("z", "count", "leader"),
    [
        pytest.param(10, 10, SPARK, id="half of both"),
        pytest.param(9, 10, META, id="too little z"),
        pytest.param(10, 9, META, id="too few stories"),
    ],
)
def test_a_child_leads_only_with_half_of_the_strongest(z, count, leader):
    spikes = [risen(META, z=20, stories=range(20)), risen(SPARK, z=z, stories=range(count))]
    assert ids(group_events(spikes))[0][0] == (leader,)


def test_a_pair_leads_when_no_name_reaches_the_level():
    spikes = [
        risen(META, z=3.5, stories=range(20)),
        risen(ACME, z=3, stories=range(20)),
        risen(META, ACME, z=8, stories=range(15)),
    ]
    assert ids(group_events(spikes, level=5.0))[0][0] == (META, ACME)
    assert ids(group_events(spikes, level=3.5))[0][0] in ((META,), (ACME,))


def test_a_pair_alone_leads_itself():
    assert ids(group_events([risen(META, ACME, stories=range(9))], level=5.0)) == [[(META, ACME)]]


def test_the_strongest_z_of_an_event_decides_its_place():
    spikes = [
        risen(ACME, z=15, stories=range(50, 60)),
        risen(META, z=40, stories=range(20)),
        risen(SPARK, z=21, stories=range(20)),
    ]
    assert ids(group_events(spikes)) == [[(SPARK,), (META,)], [(ACME,)]]


class TestCountsOnly:
    """Ready-made counts bring no stories: kinship and the pair's own count have to do."""

    def test_a_child_belongs_to_its_parent(self):
        assert len(group_events([risen(META, z=20, count=20), risen(SPARK, z=15, count=18)])) == 1

    def test_a_small_child_of_a_large_parent_is_its_own_news(self):
        assert len(group_events([risen(META, z=20, count=100), risen(SPARK, z=15, count=20)])) == 2

    def test_a_pair_belongs_to_a_name_in_it(self):
        spikes = [risen(META, z=20, count=20), risen(META, ACME, z=15, count=15)]
        assert ids(group_events(spikes)) == [[(META,), (META, ACME)]]

    def test_a_pair_of_others_does_not(self):
        assert len(group_events([risen(META, z=20, count=20), risen(ACME, OTHER, z=15, count=15)])) == 2

    def test_two_names_belong_together_if_their_pair_says_so(self):
        names = [risen(META, z=20, count=20), risen(ACME, z=15, count=18)]
        assert len(group_events(names)) == 2
        assert len(group_events([*names, risen(META, ACME, z=14, count=9)])) == 1
        # Eight of eighteen: less than half of the smaller one.
        assert group_events([*names, risen(META, ACME, z=14, count=8)])[0][0].ids == (META,)
        assert [(ACME,)] in [group[:1] for group in ids(group_events([*names, risen(META, ACME, z=14, count=8)]))]

    def test_one_with_stories_and_one_without(self):
        spikes = [risen(META, z=20, stories=range(20)), risen(SPARK, z=15, count=18)]
        assert len(group_events(spikes)) == 1


def test_the_order_of_the_input_changes_nothing():
    rng = random.Random(3)
    keys = [(1,), (2,), (3,), (8,), (9,), (1, 3), (1, 8), (8, 9)]
    for _ in range(50):
        spikes = [
            risen(
                *key, z=rng.choice([5.0, 6.0, 6.0, 12.0]), stories=frozenset(rng.sample(range(30), rng.randint(5, 25)))
            )
            if rng.random() < 0.7
            else risen(*key, z=rng.choice([5.0, 6.0]), count=rng.randint(5, 25))
            for key in keys
        ]
        first = ids(group_events(spikes, 5.5))
        for _ in range(5):
            rng.shuffle(spikes)
            assert ids(group_events(spikes, 5.5)) == first


def test_every_spike_is_in_exactly_one_event():
    rng = random.Random(4)
    keys = [(key,) for key in ABOVE] + [(1, 3), (1, 8), (8, 9)]
    for _ in range(50):
        spikes = [risen(*key, z=rng.uniform(3, 30), stories=frozenset(rng.sample(range(40), 12))) for key in keys]
        found = [one.ids for group in group_events(spikes, 5.0) for one in group]
        assert sorted(found) == sorted(keys)
