"""Random input through every door of the program: `make fuzz`, or `make fuzz COUNT=10000 SEED=7`.

Each input ends in a value or in a sentence of ours, within two seconds of computing; anything else is printed with the
number that repeats it: `python -m tests.fuzz.run 1 SEED NUMBER`.
Needs no network and writes nothing but a temporary folder. Exits with 1 if anything was found.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import astuple, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp.test_utils import make_mocked_request
from pydantic import SecretStr

from bot.router import Router
from bot.settings import Settings
from bot.slack.adapter import Slack
from chat.errors import UserError
from chat.request import Place
from gazetteer.addresses import source_kind_and_address
from gazetteer.opml import ListError, read_opml
from handlers import commands
from handlers.arguments.subject import parse_moment
from ingest.articles.canonical_url import canonicalize
from ingest.articles.item import ItemError, parse_date
from ingest.facts.tables import epoch, litellm, mapped, models_dev
from ingest.facts.tables.statement import RowError
from ingest.formats.feed_parser import FeedError, parse_feed
from ingest.formats.files import FileError, Reject, read_file
from models.database import connect
from signals.detector import Rules
from tests.ugly import FORMS

COUNT, SECONDS = 1_000_000, 2.0
NOW = datetime(2026, 4, 9, 12, tzinfo=UTC)
SENTENCES = (FeedError, ItemError, UserError, FileError, RowError, ListError)
"""What may be raised: each is a sentence for a person."""

ODD = (
    "\0", "\ud800", "\udfff\ud83d", "\u202e", "\ufdfa" * 20, "\u0301" * 300, "²", "٣", "𝟗", "9" * 5000, "-1", "1e999",
    "NaN", "∞", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e9999999:00", "12:00:00." + "1" * 50,
    "+99999999", "&#" + "9" * 5000 + ";", "&#xd800;", "&#0;", "<![CDATA[", "]]>", "<!--", "<a '", '"', "'", "“",
    "\\u0000", "\\ud800", "[" * 2000, '{"a":' * 1200, "http://[::1", "https://a.example:99999/", "https://user:@/",
    "file:///etc", " " * 3000, "as-of", "as-of=", "name", "%s%n", "{0}", "{key:x}", "\r\n", "\x85", "\x1b[0m",
)  # fmt: skip
LINES = (
    "/trend Meta as-of 2026-04-09", "/ask who released Muse Spark?", "/watch add Meta level high", "/spikes week",
    "/compare GPT-5 vs Claude", "/fact add Meta released Muse Spark source https://a.example/1", "/timeline OpenAI",
    "/help", "/sources add https://a.example/feed name Wire", "/digest daily 09:00", "/names add Muse Spark",
)  # fmt: skip
DATES = ("2026-04-09T12:00:00Z", "Thu, 09 Apr 2026 11:00:00 GMT", "9 April 2026 12:00 PDT", "20260409", "2026-W15-4")


def damaged(text: str, chance: random.Random) -> str:
    """The text after up to six random changes."""
    for _ in range(chance.randrange(7)):
        at, until = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        match chance.randrange(6):
            case 0:
                text = text[:at] + chance.choice(ODD) + text[at:]
            case 1:
                text = text[:at] + text[min(until, at + 20) :]
            case 2:
                text = text[:until] + text[at : at + 200] * chance.choice((1, 1, 2, 50)) + text[until:]
            case 3:
                text = text[:at] + chr(chance.randrange(chance.choice((128, 0x11000)))) + text[at + 1 :]
            case 4:
                text = text[:at]
            case _:
                text = text[:at] + str(chance.randrange(10 ** chance.randrange(1, 40))) + text[at:]
    return text


def stored(value: Any) -> Iterator[str]:
    """All texts inside a value that may reach the store; what is rejected goes to a file, made fit for it there."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from (*stored(name), *stored(one))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from stored(one)
    elif is_dataclass(value) and not isinstance(value, type | Reject):
        yield from stored(astuple(value))


class Doors:
    """The doors, each a function of an input; and an input for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        url = f"sqlite:///{folder}/empty.db"
        settings = Settings(
            _env_file=None, database_url=url, slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr("s")
        )  # type: ignore[call-arg]
        self.router = Router(connect(url), commands(Rules()), lambda: NOW)
        self.slack = Slack(settings, self.router)
        self.loop = asyncio.new_event_loop()
        self.all: dict[str, Callable[[random.Random], Any]] = {
            "feed": self.feed, "line": self.line, "date": self.date, "command": self.command, "http": self.http,
            "table": self.table, "opml": self.opml,
        }  # fmt: skip

    def feed(self, chance: random.Random) -> Any:
        text = damaged(chance.choice(list(FORMS.values())), chance)
        return [
            one for one in parse_feed(_bytes(text), "Wire", NOW, "https://a.example/feed") if isinstance(one, tuple)
        ]

    def line(self, chance: random.Random) -> Any:
        row = {name: damaged("Meta opens", chance) for name in ("source", "id", "title", "summary", "url")}
        row |= {"published_at": damaged(chance.choice(DATES), chance)}
        row |= {chance.choice(list(row)): chance.choice((None, 10**300, 1e308, True, [[]], {"a": 1}, -0.0))}
        text = damaged(json.dumps(row, ensure_ascii=chance.random() < 0.5), chance)
        path = self.folder / "lines.jsonl"
        path.write_bytes(_bytes(text) + b"\n")
        return [one for one in read_file(str(path), NOW) if isinstance(one, tuple)]

    def date(self, chance: random.Random) -> Any:
        text = damaged(chance.choice(DATES), chance)
        if chance.random() < 0.5:
            return str(parse_moment(text, NOW))
        return str(parse_date(text, NOW))

    def command(self, chance: random.Random) -> Any:
        text = damaged(chance.choice(LINES), chance)
        words = self.router.parse_line(text, Place("terminal", "", "")).options
        for word in words.values():
            source_kind_and_address(word)
            canonicalize(word)
        return dict(words)

    def http(self, chance: random.Random) -> Any:
        payload = json.dumps({"type": "event_callback", "event": {"type": "odd", "text": "Meta"}})
        body, now = _bytes(damaged(payload, chance)), str(int(time.time()))
        signature = "v0=" + hmac.new(b"s", b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
        if chance.random() < 0.5:
            now, signature = _header(damaged(now, chance)), _header(damaged(signature, chance))
        headers = {
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signature,
            "Content-Type": chance.choice(("application/json", "application/x-www-form-urlencoded", "text/odd")),
        }
        request = make_mocked_request("POST", "/slack/events", headers=headers)
        request._read_bytes = body
        status = self.loop.run_until_complete(self.slack._on_http(request)).status
        if status >= 500:
            raise AssertionError(f"the endpoint answers {status}")
        return None

    def table(self, chance: random.Random) -> Any:
        match chance.randrange(4):
            case 0:
                entry = {
                    "litellm_provider": "openai",
                    "mode": "chat",
                    "input_cost_per_token": 1e-6,
                    "max_input_tokens": 9,
                }
                text = json.dumps({"gpt-1": entry, "gpt-2": {**entry, "deprecation_date": "2026-04-09"}})
                return list(litellm.read(_bytes(damaged(text, chance)), "t"))
            case 1:
                model = {"name": "GPT-1", "release_date": "2026-04-09", "cost": {"input": 1}, "limit": {"context": 9}}
                text = json.dumps({"openai": {"models": {"gpt-1": model, "gpt-2": model}}})
                return list(models_dev.read(_bytes(damaged(text, chance)), "t"))
            case 2:
                text = (
                    "Model,Organization,Publication date,Parameters,Domain,Parameters notes\n"
                    'GPT-1,"OpenAI, Meta",2026-04-09,1e12,Language,2B active\n'
                )
                return list(epoch.read(_bytes(damaged(text, chance)), "t"))
            case _:
                name = chance.choice(("t.csv", "t.json"))
                rows = [{"m": "GPT-1", "p": "1.6e12", "d": "2026-04-09", "s": "https://a.example/1"}] * 2
                lines = ["m,p,d,s", *(",".join(row.values()) for row in rows)]
                text = json.dumps(rows) if name == "t.json" else "\n".join(lines)
                path = self.folder / name
                path.write_bytes(_bytes(damaged(text, chance)))
                return list(mapped.read(path, mapped.parse_mapping(["subject=m,parameters=p,said=d,source=s"])))

    def opml(self, chance: random.Random) -> Any:
        outline = '<outline text="Wire" xmlUrl="https://a.example/feed" weight="2" options=\'{"a": 1}\'/>'
        text = f'<opml version="2.0"><body><outline text="News">{outline}</outline>{outline}</body></opml>'
        return read_opml(_bytes(damaged(text, chance)))[0]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _header(text: str) -> str:
    """A header's value as a server sees it: any bytes but line breaks."""
    return _bytes(text.replace("\r", "").replace("\n", "")).decode("latin-1")


def found_in(doors: Doors, name: str, number: int, seed: int) -> str:
    """What is wrong with one input; "" if nothing is."""
    started = time.process_time()
    try:
        value = doors.all[name](random.Random(f"{seed}:{number}"))
        if odd := next((text for text in stored(value) if "\0" in text or _is_broken(text)), None):
            return f"a text that can't be stored: {odd[:60]!r}"
    except SENTENCES as error:
        if not str(error).strip() and not getattr(error, "sentence", ""):
            return "an empty sentence"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    seconds = time.process_time() - started
    return f"{seconds:.1f} seconds" if seconds > SECONDS else ""


def _is_broken(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def main(count: int, seed: int, first: int = 0) -> int:
    """Runs `count` inputs from number `first`; returns how many were wrong."""
    wrong: Counter[str] = Counter()
    run: Counter[str] = Counter()
    logged: Counter[str] = Counter()

    class Counting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged[record.msg] += 1

    logging.getLogger().handlers[:] = [Counting()]
    print(f"seed {seed}, {count:,} inputs from number {first}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(Path(folder))
        names = list(doors.all)
        for number in range(first, first + count):
            name = names[number % len(names)]
            run[name] += 1
            if problem := found_in(doors, name, number, seed):
                wrong[name] += 1
                if wrong[name] <= 20:
                    print(f"{name} {number}: {problem}", flush=True)
            if (number + 1 - first) % 50_000 == 0:
                print(f"{number + 1 - first:,} inputs, {wrong.total()} wrong", flush=True)
    print(f"{run.total():,} inputs, {wrong.total()} wrong; {dict(run)}; rejected by the last resort: {dict(logged)}")
    return wrong.total()


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(1 if main(*[*arguments, *[COUNT, random.SystemRandom().randrange(10**6)][len(arguments) :]]) else 0)
