"""Whatever is typed after the commands on facts is answered, and the answer fits every platform."""

import random

from sqlalchemy import Engine

from bot.discord.components import render as discord
from bot.router import Router
from bot.slack.blocks import render as slack
from bot.terminal.adapter import PLACE
from chat.reply import Mood
from handlers import commands
from signals.detector import Rules
from tests.conftest import NOON

LINES = (
    "/facts Meta", "/timeline Meta", "/compare OpenAI, Anthropic", "/fact show 12", "/fact retract 13", "/fact undo 13",
    "/fact dispute 14 source https://e.com/x", "/fact add Meta valuation $2T source https://e.com/x", "/fact changes",
    "/fact add",
)  # fmt: skip
WORDS = (
    "Meta", "OpenAI", "Muse Spark", "$21B", "21", "compute deal with", "price", "valuation", "released", "as-of",
    "2026-04-09", "known", "page", "2", "-1", "about", "source", "https://e.com/x", "quote", "“", '"', "=", "role=CEO",
    "x=", "=y", "starts", "2027", "ends", "2026-13", "status", "reported", "said", "yesterday", "(", "[x](y)",
    "<!channel>", "@everyone", "\x00", "\ud800", "émigré", "人工知能", "12", "#12", "99999999999", "reason", "+", "&",
    "vs", "and", ",", ";", "🔥" * 40, "a" * 3000, "'; DROP TABLE fact;--", "%s", "1e400", "nan", "5 GW", "new=yes",
)  # fmt: skip
TIMES = 120


async def test_any_line_is_answered(store: Engine):
    chance = random.Random(11)
    router = Router(store, commands(Rules()), lambda: NOON)
    answered = 0
    for _ in range(TIMES):
        line = " ".join([chance.choice(LINES), *(chance.choice(WORDS) for _ in range(chance.randint(0, 4)))])
        reply = await router.answer_line(line, PLACE, "tester")
        assert not reply.title.startswith(("Something went wrong", "The database is busy", "That took too long")), line
        assert discord.render(reply).components
        assert slack.blocks(reply)
        answered += reply.mood is not Mood.TROUBLE
    assert answered > TIMES / 10, "some of them must have made sense, or this shows nothing"
