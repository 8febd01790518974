"""Every kind of reply, made by handlers from the starter data, and from a made-up launch for alerts."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from bot import app
from bot.router import Router
from bot.settings import Settings
from chat.reply import Action, Chart, Field, ListItem, Mood, Reply, Section
from chat.request import Place
from handlers import commands, composition
from handlers.alerts import detect
from models.database import transaction
from models.outbox import DeliveryState, Outbox
from signals.detector import Rules
from tests.news import DAY, HOUR, quiet_month, stories, tell, usual_day

NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)
HERE = Place("discord", "200000000000000001", "300000000000000001")
ROLES = {"discord": "600000000000000001", "slack": "S0123ABCD"}

LINES = (
    ("A name that spikes", "/trend Meta as-of 2026-04-09"),
    ("A pair", "/trend Meta + Muse Spark as-of 2026-04-09"),
    ("A name as usual", "/trend NVIDIA"),
    ("All spikes", "/spikes as-of 2026-04-09"),
    ("A question", "/ask How much will Meta spend on compute from CoreWeave?"),
    ("A question without an answer", "/ask What is the capital of France?"),
    ("Facts", "/facts Meta"),
    ("A timeline", "/timeline Muse Spark"),
    ("A comparison", "/compare OpenAI, Anthropic, Meta"),
    ("Why", "/why Meta as-of 2026-04-09"),
    ("A preview", "/watch preview Meta level many"),
    ("A watch is set", "/watch add Meta level few quiet 22-7 zone Europe/Berlin"),
    ("The watches of a channel", "/watch list"),
    ("A digest is set", "/digest set hour 9 days mon-fri zone Europe/Berlin"),
    ("A digest", "/digest preview"),
    ("Help", "/help"),
    ("Help on a command", "/help watch"),
    ("Sources", "/sources"),
    ("Status", "/status"),
    ("A misspelt name", "/trend Antropic"),
    ("An ambiguous name", "/trend mta"),
    ("An unknown name", "/trend Xyzzyx"),
    ("An unknown command", "/treend Meta"),
    ("An impossible date", "/trend Meta as-of 2026-02-31"),
    ("An impossible level", "/watch add OpenAI level -1"),
)

FAMILY = "👩‍👩‍👧‍👦"


def kinds(folder: Path) -> Iterator[tuple[str, str, Reply]]:
    """Yields what a reply is, the line that asked for it, and the reply."""
    built = app.build(Settings(_env_file=None, database_url=f"sqlite:///{folder / 'starter.db'}", now=NOON))
    for what, line in LINES:
        yield what, line, asyncio.run(built.router.answer_line(line, HERE, "1"))
    built.engine.dispose()
    yield from _alerts(folder)
    yield from made_up()


def _alerts(folder: Path) -> Iterator[tuple[str, str, Reply]]:
    """Yields the messages about one spike, from its start to its end, as a channel that watches it gets them."""
    settings = Settings(_env_file=None, database_url=f"sqlite:///{folder / 'launch.db'}", now=NOON - 2 * DAY)
    engine = app.open_store(settings)
    router = Router(engine, commands(Rules()), lambda: NOON - 2 * DAY)
    tell(engine, quiet_month("Meta", NOON), stories("Meta opens Muse Spark", 20, NOON - HOUR))
    asyncio.run(router.answer_line("/watch add Muse Spark", HERE, "1"))
    yield "An alert, at the start", "", _told(engine, NOON)
    _sent(engine, NOON)
    tell(engine, stories("Muse Spark is here: hands on", 25, NOON + HOUR))
    grown = NOON + 2 * HOUR
    found = [_told(engine, grown, what) for what in ("edit", "update")]
    yield "The same alert, edited as it grows", "", found[0]
    yield "The update in its thread", "", found[1]
    _sent(engine, grown)
    for day in range(1, 5):
        tell(engine, usual_day("Meta", NOON + day * DAY - HOUR))
        _notice(engine, NOON + day * DAY)
    yield "The same alert, cooled", "", _told(engine, NOON + timedelta(days=4), "edit")


def _notice(engine: Engine, now: datetime) -> None:
    with transaction(engine, writes=True) as session:
        detect.detect_spikes(session, now, Rules())


def _told(engine: Engine, now: datetime, what: str = "alert") -> Reply:
    """Returns the newest message of a kind, as it would be sent now."""
    _notice(engine, now)
    with transaction(engine) as session:
        row = session.exec(select(Outbox).where(Outbox.what == what).order_by(col(Outbox.id).desc())).first()
        composed = composition.compose(session, row, now, Rules()) if row else None
        assert composed is not None
        return composed.reply


def _sent(engine: Engine, when: datetime) -> None:
    """As delivery would mark it."""
    with transaction(engine, writes=True) as session:
        for row in session.exec(select(Outbox).where(Outbox.state == DeliveryState.DUE)):
            row.state, row.sent_at, row.message_id = DeliveryState.SENT, when, f"m{row.id}"


MARKUP = "**bold** _it_ `code` @everyone <!channel> <@123> [x](https://evil.example) <https://evil.example|x> &amp;"
MONTH = tuple(NOON.date() - timedelta(day) for day in range(27, -1, -1))


def made_up() -> Iterator[tuple[str, str, Reply]]:
    """Yields replies that no handler writes, but that text from outside may produce."""
    many = tuple(ListItem(f"Story number {n} on a launch", "https://a.example/story", "The Paper") for n in range(150))
    yield "A reply of many pages", "", Reply("Meta", sections=(Section("Stories", many),), line="/facts Meta")
    yield (
        "Hostile markup",
        "",
        Reply(
            MARKUP,
            f"{MARKUP}\n# Head\n> quote\n- list",
            (Field(MARKUP, MARKUP),),
            (
                Section(
                    MARKUP,
                    (ListItem(MARKUP, "https://a.example/_b_(c)", MARKUP), ListItem(MARKUP, "javascript:alert(1)")),
                ),
            ),
            actions=(Action("**Watch**", "/watch add Meta"),),
            footer=MARKUP,
        ),
    )
    reports = (
        ListItem("百度发布新一代大模型文心一言", "https://a.example/1", "新浪科技"),
        ListItem("ميتا تطلق نموذجا", "https://a.example/2", "الجزيرة"),
    )
    yield (
        "Other scripts",
        "",
        Reply(
            "百度发布文心大模型 · 소식 · ข่าว",
            "مرحبا بالعالم: نموذج جديد من ميتا. שלום עולם, דגם חדש.",
            (Field("物語", "四十一件"), Field("भाषा", "हिन्दी"), Field(FAMILY, "🇩🇪🚀")),
            (Section("報道", reports),),
            Chart("百度 Baidu", MONTH, (2.0,) * 27 + (41.0,), (2.0,) * 28, "毎日二件、九日は四十一件。"),
            mood=Mood.SPIKE,
        ),
    )
    near = tuple(Action(f"Model {number}", f"/trend Model {number}") for number in range(16))
    yield "Many near names", "", Reply("Which of these?", actions=near, private=True)


def pinging(reply: Reply, platform: str) -> Reply:
    """The reply as to a watch with a role or user group."""
    return replace(reply, mention=ROLES[platform])
