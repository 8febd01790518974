"""Made-up news in a few words, and how to talk about it.

A usual day has 20 stories, 2 of them on the name a test is about. A busy day adds 20 more on top, told by
four outlets. The name is always told of by the first two of them, in 1 of their 6 stories a day each; the other
two tell 4 stories a day and never name it. With 30 usual days before it (weight 21.3), a busy day has by hand:

    read 11, 11, 9, 9; the first two name it more than all do: factor (21.3 + 2) / (0.1 x 6 x 21.3 + 2) = 1.57
                       the others less:                               2 / (0.1 x 4 x 21.3 + 2) = 0.19
    exposure 1.57 x 22 + 0.19 x 18 = 38.1, in the past 1.57 x 12 + 0.19 x 8 = 20.4
    expected 2 / 20.4 x 38.1 = 3.7, sigma = sqrt(3.7 + 1.5^2) = 2.4, count 22, z = (22 - 3.7) / 2.4 = 7.5
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count, cycle

from sqlalchemy import Engine
from sqlmodel import select

from bot.router import Router
from bot.terminal.adapter import PLACE
from chat.plain import plain
from chat.request import Place
from handlers import commands
from ingest.articles.item import Item
from ingest.pipeline import BatchReport, Ingest
from models.database import transaction
from models.entity import Entity
from signals.detector import Rules

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OUTLETS = ("Reuters", "The Verge", "Ars Technica", "Wired")
OTHERS = "Databricks"
"""Whom the rest of the news is about."""

_numbers = count(1000)


def story(title: str, at: datetime, outlet: str = "Reuters", summary: str = "", url: str | None = None) -> Item:
    """One article, a story of its own if its title has a number of its own."""
    number = next(_numbers)
    address = f"https://{outlet.lower().replace(' ', '')}.example/{number}" if url is None else url
    return Item(outlet, str(number), address, title, summary, at)


def stories(title: str, number: int, at: datetime, outlets: Iterable[str] = OUTLETS) -> list[Item]:
    """Some different stories under nearly one title, told in turn by some outlets."""
    turns = cycle(outlets)
    return [story(f"{title}, report {next(_numbers)}", at, next(turns)) for _ in range(number)]


def newsletter(day: datetime, texts: Iterable[str]) -> list[Item]:
    """A newsletter's items, in order, three hours before a moment."""
    at = day - 3 * HOUR
    return [
        Item("Letter", f"{at:%m%d}#{n}", f"https://letter.example/{at:%m%d}#{n}", "", f"{text} ({n * 37} {at:%d})", at)
        for n, text in enumerate(texts)
    ]


def letter(lead: str, rest: str) -> list[str]:
    """The texts of a newsletter that leads with one name and ends with another."""
    filler = [f"{OTHERS} and sport", f"A recipe of {OTHERS}", f"Notes on {OTHERS}", f"Chess at {OTHERS}"]
    return [
        *[f"{lead} is out, part {n}" for n in range(3)],
        *(filler * 6),
        *[f"{rest} was seen, {n}" for n in range(3)],
    ]


def usual_day(name: str, at: datetime) -> list[Item]:
    """What is told about a name on any day: 2 of 20 stories."""
    return [*stories(f"{name} in brief", 2, at), *stories(f"{OTHERS} in brief", 18, at)]


def quiet_month(name: str, until: datetime, days: int = 30) -> list[Item]:
    """Usual days up to a moment; the last 24 hours before it are left to the test."""
    return [item for ago in range(1, days + 1) for item in usual_day(name, until - ago * DAY - HOUR)]


def busy_day(name: str, headline: str, at: datetime, outlets: Iterable[str] = OUTLETS) -> list[Item]:
    """A usual day and 20 stories more under one headline."""
    return [*usual_day(name, at), *stories(headline, 20, at, outlets)]


def tell(engine: Engine, *items: Item | list[Item]) -> BatchReport:
    """Takes news into a store."""
    flat = [item for some in items for item in (some if isinstance(some, list) else [some])]
    return Ingest(engine).add(flat)


def who(engine: Engine, name: str) -> int:
    """The id of an entity by its displayed name."""
    with transaction(engine) as session:
        return session.exec(select(Entity.id).where(Entity.name == name)).one() or 0


class Talk:
    """A person in one channel of one store."""

    def __init__(
        self, engine: Engine, now: datetime, place: Place = PLACE, may_configure: bool = True, operates: bool = False
    ) -> None:
        self.engine = engine
        self.now = now
        self.place = place
        self.may_configure = may_configure
        self.operators = [f"{place.platform}:tester"] if operates else []
        self.rules = Rules()

    async def __call__(self, line: str) -> str:
        """What a terminal would show for a typed line."""
        router = Router(self.engine, commands(self.rules), lambda: self.now, self.operators)
        return plain(await router.answer_line(line, self.place, "tester", self.may_configure))
