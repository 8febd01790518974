"""Request in, Reply out, whatever happens: the one seam between async adapters and sync handlers."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from rapidfuzz import fuzz, process
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from answers.names import near_names
from chat.errors import UserError
from chat.reply import Action, Mood, Reply
from chat.request import Place, Request
from handlers.command import Command, check, options, split
from models.database import transaction

Clock = Callable[[], datetime]
log = structlog.get_logger()

DEADLINE = 25.0
"""Seconds after which a person is told that it takes too long; well inside the platforms' 15 and 30 minutes."""


LONGEST = 80
"""Characters of a line that is offered instead of a misspelt one."""


class Router:
    """Answers requests in threads and logs one line for each."""

    def __init__(self, engine: Engine, commands: Mapping[str, Command], clock: Clock) -> None:
        self.engine = engine
        self.commands = commands
        self.clock = clock

    async def answer(self, request: Request) -> Reply:
        """The reply to a request; never raises but for cancellation."""
        started = time.perf_counter()
        outcome = "ok"
        try:
            return await asyncio.wait_for(asyncio.to_thread(self.reply, request), DEADLINE)
        except UserError as error:
            outcome = "refused"
            return error.reply()
        except TimeoutError:
            outcome = "timeout"
            return Reply("That takes too long.", "Please try again in a minute.", mood=Mood.TROUBLE, private=True)
        except OperationalError:
            outcome = "store"
            log.exception("store", command=request.command)
            return Reply(
                "The store is busy or out of reach.", "Please try again in a minute.", mood=Mood.TROUBLE, private=True
            )
        except Exception:
            outcome = ticket = secrets.token_hex(2)
            log.exception("failed", ticket=ticket, command=request.command)
            return Reply("Something went wrong here.", f"It is logged as {ticket}.", mood=Mood.TROUBLE, private=True)
        finally:
            ms = round((time.perf_counter() - started) * 1000)
            log.info("answered", command=request.command, platform=request.place.platform, ms=ms, outcome=outcome)

    def reply(self, request: Request) -> Reply:
        """The same, sync and with its errors."""
        command = self._command(request.command)
        check(command, request.options)
        with transaction(self.engine, writes=command.configures) as session:
            return command.handler(request, session, self.clock())

    async def say(self, line: str, place: Place, author: str = "", may_configure: bool = True) -> Reply:
        """The reply to a typed line such as `/trend Meta as-of 2026-04-09`."""
        try:
            request = self.read(line, place, author, may_configure)
        except UserError as error:
            return error.reply()
        return await self.answer(request)

    def read(self, line: str, place: Place, author: str = "", may_configure: bool = True) -> Request:
        """A typed line as a request. Raises UserError for an empty line, an unknown command or wrong options."""
        words = split(line.strip())
        if not words:
            raise UserError("There is nothing to answer.", "Try: /trend Meta, or /help.")
        command = self._command(words[0].removeprefix("/").lower(), words[1:])
        return Request(command.name, place, options(command, words[1:]), author, may_configure)

    async def suggest(self, text: str, limit: int = 25) -> list[str]:
        """Names for what somebody has typed so far, best first."""
        return await asyncio.to_thread(self._suggest, text, limit)

    def _suggest(self, text: str, limit: int) -> list[str]:
        with transaction(self.engine) as session:
            return near_names(session, text, limit)

    def _command(self, name: str, rest: Sequence[str] = ()) -> Command:
        command = self.commands.get(name)
        if command is None:
            near = [
                word
                for word, _, _ in process.extract(
                    name, list(self.commands), scorer=fuzz.ratio, limit=2, score_cutoff=50
                )
            ]
            lines = [*(" ".join([f"/{word}", *rest])[:LONGEST] for word in near), "/help"]
            actions = tuple(Action(line, line) for line in dict.fromkeys(lines))
            raise UserError(f"There is no command “{name[:40]}”.", "See /help for what I know.", actions)
        return command
