"""Sources in trouble, through the real ingest and the real look at the news: no false alert, and a true one is found.

Twelve outlets tell of 24 companies for five weeks, each with a mix and a pace of its own; counts come by chance, seeds
are fixed. Then one of the troubles begins. A channel that watches everything is looked for twice a day; it must be
told of what was planted, when it was, and of nothing else. The base is built once; each trouble works on a copy.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest
from sqlalchemy import Engine

from evaluation.replay import add_replay_channel, replay_step
from ingest.articles.item import Item
from ingest.pipeline import Ingest
from ingest.relinking import gazetteer_changes
from migrations import upgrade
from models.database import transaction
from signals.detector import Rules
from tests.conftest import Stores

pytestmark = pytest.mark.long

NAMES = [
    "Databricks",
    "Snowflake",
    "Cohere",
    "Perplexity",
    "Hugging Face",
    "CoreWeave",
    "Replit",
    "ElevenLabs",
    "Runway",
    "Scale AI",
    "Figure AI",
    "Palantir",
    "Salesforce",
    "Adobe",
    "Oracle",
    "Qualcomm",
    "Broadcom",
    "Samsung",
    "Baidu",
    "Tencent",
    "Stripe",
    "Shopify",
    "Duolingo",
    "Spotify",
]
OUTLETS = [f"Outlet {letter}" for letter in "ABCDEFGHIJKL"]
NEWCOMER = "Outlet M"
DAY, STEP = timedelta(days=1), timedelta(hours=12)
START = datetime(2026, 3, 2, tzinfo=UTC)
"""When the trouble begins: a Monday."""
BASE, DAYS = 35, 5
EVENTS = {1: "Duolingo", 4: "Shopify"}
"""What is planted, amid the trouble and later: sixteen stories from four outlets before noon of these days."""


@dataclass
class World:
    """What is told on each day; `items[n]` is what came out on day n from START on, those before it are negative."""

    rng: np.random.Generator
    items: dict[int, list[Item]]
    numbers: Iterator[int]
    mix: dict[str, np.ndarray]

    def story(self, outlet: str, name: str, at: datetime) -> Item:
        number = next(self.numbers)
        where = outlet.lower().replace(" ", "-")
        return Item(
            outlet, str(number), f"https://{where}.example/{number}", f"{name} in brief, report {number}", "", at
        )

    def usual(self, outlet: str, day: int, stories: float) -> list[Item]:
        """A day of an outlet: as many stories as chance gives, of companies in its own mix, at any time."""
        names = self.rng.choice(NAMES, self.rng.poisson(stories), p=self.mix[outlet])
        minutes = self.rng.integers(0, 24 * 60, len(names))
        at = START + day * DAY
        return [
            self.story(outlet, name, at + timedelta(minutes=int(one))) for name, one in zip(names, minutes, strict=True)
        ]

    def plant(self, day: int, name: str, outlets: list[str]) -> None:
        at = START + day * DAY + timedelta(hours=11)
        self.items[day] += [self.story(outlet, name, at) for outlet in outlets for _ in range(4)]


def world() -> World:
    """The same at every call: five quiet weeks, and the days from then on with what is planted."""
    rng = np.random.default_rng(20260302)
    mix = {outlet: rng.dirichlet(np.full(len(NAMES), 0.5)) for outlet in [*OUTLETS, NEWCOMER]}
    pace = dict(zip(OUTLETS, rng.uniform(2, 6, len(OUTLETS)), strict=True))
    made = World(rng, {}, count(1000), mix)
    for day in range(-BASE, DAYS):
        # Weekends are quiet.
        part = 1.0 if (START + day * DAY).weekday() < 5 else 0.5
        made.items[day] = [item for outlet in OUTLETS for item in made.usual(outlet, day, pace[outlet] * part)]
    for day, name in EVENTS.items():
        made.plant(day, name, OUTLETS[-4:])
    return made


def nothing(_: World) -> None:
    """No trouble: the test of the test."""


def outage(told: World) -> None:
    """Half of the outlets, and with them about half of the stories, are gone for three days and back on the fourth."""
    for day in range(3):
        told.items[day] = [item for item in told.items[day] if item.source not in OUTLETS[:6]]


def newcomer(told: World) -> None:
    """An outlet more, which brings half as much as all others together."""
    for day in range(DAYS):
        told.items[day] += told.usual(NEWCOMER, day, len(told.items[day]) / 2)


def backfill(told: World) -> None:
    """Three months of an outlet that was never read come in at once, and from then on it is read."""
    old = [item for day in range(-90, 0) for item in told.usual(NEWCOMER, day, 6)]
    for day in range(DAYS):
        told.items[day] += told.usual(NEWCOMER, day, 6)
    told.items[0] += old


def repeats(told: World) -> None:
    """A feed tells a hundred of its old items again as new ones, a third of them on one company."""
    outlet = max(OUTLETS, key=lambda one: sum(item.source == one for day in told.items.values() for item in day))
    old = [item for day in range(-BASE, -7) for item in told.items[day] if item.source == outlet][:67]
    one = [item._replace(title=item.title.replace(item.title.split(" in brief")[0], "Spotify")) for item in old[:33]]
    assert len(old) == 67
    at = START + timedelta(hours=9)
    told.items[0] += [
        item._replace(external_id=f"again-{number}", published_at=at) for number, item in enumerate([*old, *one])
    ]


@pytest.fixture(scope="module")
def base(stores: Stores) -> Callable[[], Engine]:
    """Copies of a store that has read the five quiet weeks."""

    def build(engine: Engine) -> None:
        upgrade(engine)
        gazetteer_changes.load_gazetteer(engine)
        told = world()
        quiet = [item for day in range(-BASE, 0) for item in told.items[day]]
        Ingest(engine).add(sorted(quiet, key=lambda item: item.published_at))

    return lambda: stores.sqlite("troubles", build)


def alerts(engine: Engine, told: World) -> list[tuple[int, str]]:
    """What the channel is told from START on: the day, and the name that leads."""
    found = []
    ingest = Ingest(engine)
    with transaction(engine, writes=True) as session:
        add_replay_channel(session, [()], START)
    now, waiting = (
        START,
        sorted((item for day in range(DAYS) for item in told.items[day]), key=lambda item: item.published_at),
    )
    while now < START + DAYS * DAY:
        now += STEP
        due = [item for item in waiting if item.published_at < now]
        waiting = waiting[len(due) :]
        ingest.add(due, now)
        with transaction(engine, writes=True) as session:
            found += [((now - START - STEP).days, one.names) for one in replay_step(session, now, Rules())]
    return found


@pytest.mark.parametrize("trouble", [nothing, outage, newcomer, backfill, repeats])
def test_only_what_is_planted_is_told(base: Callable[[], Engine], trouble: Callable[[World], None]):
    told = world()
    trouble(told)
    engine = base()
    assert alerts(engine, told) == list(EVENTS.items())
    engine.dispose()
