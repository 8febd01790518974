"""Request in, Reply out, whatever happens: the one seam between async adapters and sync handlers."""

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import structlog
from rapidfuzz import fuzz, process
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from answers.understand.name_matching import suggest_names
from bot import metrics
from chat.errors import UserError
from chat.reply import Action, Mood, Reply
from chat.request import Place, Request
from handlers.alerts.matching import WatchInfo, watches_of
from handlers.alerts.quiet_hours import similar_zones
from handlers.command import Command, OptionKind, check_options, command_line, parse_options, split_line
from models.channel import find_workspace
from models.database import transaction

Clock = Callable[[], datetime]
log = structlog.get_logger()

DEADLINE = 25.0
"""Seconds after which a person is told that it takes too long; well inside the platforms' 15 and 30 minutes."""


_BEFORE = re.compile(r".*(?:[,;]|\s(?:\+|and|vs\.?)\s)\s*", re.IGNORECASE)
"""Names that are typed already, in a pair or a list: the one behind them is suggested."""

THREADS = 64
"""For answers alone; more than needed, as a thread whose request has timed out is lost until its work ends."""

AT_ONCE_PERSON, AT_ONCE_WORKSPACE = 4, 48
"""Requests of one person and of one workspace that are answered at once."""

T = TypeVar("T")

OUTCOMES = ("ok", "refused", "timeout", "store")
"""How a request can end, besides by a failure with a ticket of its own."""

TERMINAL = "terminal"
"""The platform of whoever can start the program, and so could change its store without asking."""

LONGEST = 80
"""Characters of a line that is offered instead of a misspelt one."""


class Router:
    """Answers requests in threads and logs one line for each."""

    def __init__(
        self,
        engine: Engine,
        commands: Mapping[str, Command],
        clock: Clock,
        operators: Collection[str] = (),
    ) -> None:
        """`operators`: who runs the bot, as `discord:USER` or `slack:TEAM:USER`."""
        self.engine = engine
        self.commands = commands
        self.clock = clock
        self.operators = frozenset(operators)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="answer")
        self._under_way: Counter[tuple[str, str, str]] = Counter()

    async def answer(self, request: Request) -> Reply:
        """The reply to a request; never raises but for cancellation."""
        started = time.perf_counter()
        outcome = "ok"
        try:
            with self._turn(request):
                return await asyncio.wait_for(self._in_thread(self.reply, request), DEADLINE)
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
            kind = outcome if outcome in OUTCOMES else "failed"
            metrics.REQUESTS.labels(request.command, request.place.platform, kind).inc()
            metrics.REQUEST_SECONDS.labels(request.command).observe(ms / 1000)
            log.info("answered", command=request.command, platform=request.place.platform, ms=ms, outcome=outcome)

    async def _in_thread(self, work: Callable[..., T], *given: object) -> T:
        """Runs sync work beside the others, in threads that reading and delivering news do not use."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    @contextmanager
    def _turn(self, request: Request) -> Iterator[None]:
        """Counts a request while it is answered. Raises UserError for whoever has too many under way.

        A request that takes too long gives its turn back with the sentence that says so, though its thread may go on.
        """
        place = request.place
        if place.platform == TERMINAL:
            yield
            return
        workspace = (place.platform, place.workspace or place.channel, "")
        person = (place.platform, place.workspace, request.author)
        if request.author and self._under_way[person] >= AT_ONCE_PERSON:
            raise UserError(
                f"You have {AT_ONCE_PERSON} requests that I am still answering.", "Wait for those, then ask again."
            )
        if self._under_way[workspace] >= AT_ONCE_WORKSPACE:
            raise UserError(
                f"This workspace has {AT_ONCE_WORKSPACE} requests that I am still answering.",
                "Wait a moment, then ask again.",
            )
        for key in (person, workspace):
            self._under_way[key] += 1
        try:
            yield
        finally:
            for key in (person, workspace):
                self._under_way[key] -= 1
                if not self._under_way[key]:
                    del self._under_way[key]

    def reply(self, request: Request) -> Reply:
        """The same, sync and with its errors."""
        command = self._command(request.command)
        check_options(command, request.options)
        writes = command.writes(request.options)
        action = command.action(request.options)
        if action in command.for_operators and not self._operates(request):
            raise UserError(
                f"/{command.name} {action} is for the operators of this bot: it concerns every workspace.",
                "Ask whoever runs the bot; the setting TRENDBOT_OPERATORS lists its operators.",
            )
        with transaction(self.engine, writes=writes) as session:
            answer = command.handler(request, session, self.clock())
        # What changes something must not be done again to see or to share the rest of its answer.
        return answer if answer.line or writes else replace(answer, line=command_line(command, request.options))

    def _operates(self, request: Request) -> bool:
        """Whether a request comes from an operator: somebody listed, or whoever sits at the bot's own terminal."""
        place = request.place
        listed = {f"{place.platform}:{request.author}", f"{place.platform}:{place.workspace}:{request.author}"}
        return place.platform == TERMINAL or bool(request.author and listed & self.operators)

    async def say(self, typed: str, place: Place, author: str = "", may_configure: bool = True) -> Reply:
        """The reply to a typed line such as `/trend Meta as-of 2026-04-09`."""
        try:
            request = self.read(typed, place, author, may_configure)
        except UserError as error:
            return error.reply()
        return await self.answer(request)

    def read(self, typed: str, place: Place, author: str = "", may_configure: bool = True) -> Request:
        """A typed line as a request. Raises UserError for an empty line, an unknown command or wrong options."""
        words = split_line(typed.strip())
        if not words:
            raise UserError("There is nothing to answer.", "Try: /trend Meta, or /help.")
        command = self._command(words[0].removeprefix("/").lower(), words[1:])
        return Request(command.name, place, parse_options(command, words[1:]), author, may_configure)

    async def suggest(self, typed: str, kind: OptionKind = OptionKind.NAME, limit: int = 25) -> list[str]:
        """Names, or time zones, for what somebody has typed so far, best first."""
        return await self._in_thread(self._suggest, typed, kind, limit)

    def _suggest(self, typed: str, kind: OptionKind, limit: int) -> list[str]:
        if kind is OptionKind.ZONE:
            return similar_zones(typed, limit)
        before = _BEFORE.match(typed)
        head = before[0].rstrip() + " " if before else ""
        with transaction(self.engine) as session:
            return [head + name for name in suggest_names(session, typed[len(before[0]) if before else 0 :], limit)]

    async def joined(self, platform: str, workspace: str) -> None:
        """The bot was invited to a workspace, for the first time or again."""
        await self._in_thread(self._stays, platform, workspace, None)

    async def left(self, platform: str, workspace: str) -> None:
        """The bot was removed from a workspace: nothing is posted there, and what it set is kept for a while."""
        await self._in_thread(self._stays, platform, workspace, self.clock())

    def _stays(self, platform: str, workspace: str, left_at: datetime | None) -> None:
        with transaction(self.engine, writes=True) as session:
            found = find_workspace(session, platform, workspace)
            if found is not None and (found.left_at is None) != (left_at is None):
                found.left_at = left_at
                log.info("workspace", platform=platform, workspace=workspace, left=left_at is not None)

    async def watched(self, platform: str, workspace: str) -> list[WatchInfo]:
        """Every watch of a workspace, with the channel that it is for."""
        return await self._in_thread(self._watched, platform, workspace)

    def _watched(self, platform: str, workspace: str) -> list[WatchInfo]:
        with transaction(self.engine) as session:
            return watches_of(session, platform, workspace)

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
            actions = tuple(Action(one, one) for one in dict.fromkeys(lines))
            raise UserError(f"There is no command “{name[:40]}”.", "See /help for what I know.", actions)
        return command
