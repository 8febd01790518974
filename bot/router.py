"""Turns every request into a reply, whatever happens: the one seam between async adapters and sync handlers."""

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot.clock import Clock
from bot.tickets import log_failure
from chat.errors import UserError
from chat.reply import Action, Mood, Reply
from chat.request import Place, Request
from gazetteer.spelling import well_formed
from handlers.command import Command, OptionKind, check_options, command_line, parse_options, split_line
from handlers.shorthand import spelled_out
from models.database import transaction

if TYPE_CHECKING:
    from handlers.alerts.matching import WatchInfo

log = logging.getLogger(__name__)

DEADLINE = 25.0
"""Seconds until a request is answered with an apology; far below the 15 and 30 minutes that platforms allow."""

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
"""Characters of a line that is offered in place of a misspelt one."""

_FINISHED_NAMES = re.compile(r".*(?:[,;]|\s(?:\+|and|vs\.?)\s)\s*", re.IGNORECASE)
"""The names already typed in a pair or list; suggestions are for the one after them."""


class Router:
    """Answers requests in worker threads, and logs one line for each."""

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
        """Answers a request. Raises nothing except on cancellation."""
        started = time.perf_counter()
        outcome = "ok"
        request = replace(request, options={name: well_formed(value) for name, value in request.options.items()})
        try:
            with self._turn(request):
                return await asyncio.wait_for(self._in_thread(self._handle, request), DEADLINE)
        except UserError as error:
            outcome = "refused"
            return error.reply()
        except TimeoutError:
            outcome = "timeout"
            return Reply("That took too long.", "Please try again in a minute.", mood=Mood.TROUBLE, private=True)
        except OperationalError:
            outcome = "store"
            log.exception("store", extra={"command": request.command})
            return Reply(
                "The database is busy or can't be reached.",
                "Please try again in a minute.",
                mood=Mood.TROUBLE,
                private=True,
            )
        except Exception:
            outcome = "failed"
            return log_failure("failed", command=request.command)
        finally:
            ms = round((time.perf_counter() - started) * 1000)
            kind = outcome if outcome in OUTCOMES else "failed"
            if request.place.platform != TERMINAL:
                from bot import metrics  # nobody scrapes a terminal

                metrics.REQUESTS.labels(request.command, request.place.platform, kind).inc()
                metrics.REQUEST_SECONDS.labels(request.command).observe(ms / 1000)
            log.info(
                "answered",
                extra={"command": request.command, "platform": request.place.platform, "ms": ms, "outcome": outcome},
            )

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

    def _handle(self, request: Request) -> Reply:
        """Runs the handler of a request in one transaction. Raises UserError, and whatever the handler raises."""
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
        # A command that changes something must not run again only to show another page of its answer or share it.
        return answer if answer.line or writes else replace(answer, line=command_line(command, request.options))

    def _operates(self, request: Request) -> bool:
        """Whether a request comes from an operator: somebody listed, or whoever sits at the bot's own terminal."""
        place = request.place
        listed = {f"{place.platform}:{request.author}", f"{place.platform}:{place.workspace}:{request.author}"}
        return place.platform == TERMINAL or bool(request.author and listed & self.operators)

    async def answer_line(self, typed: str, place: Place, author: str = "", may_configure: bool = True) -> Reply:
        """Answers a typed line such as `/trend Meta as-of 2026-04-09`."""
        try:
            request = self.parse_line(typed, place, author, may_configure)
        except UserError as error:
            return error.reply()
        return await self.answer(request)

    def parse_line(self, typed: str, place: Place, author: str = "", may_configure: bool = True) -> Request:
        """Parses a typed line. Raises UserError for an empty line, an unknown command or wrong options."""
        typed = well_formed(typed).strip()
        words = split_line(typed)
        if not words:
            raise UserError("The message is empty.", "Try /trend Meta, or /help for all commands.")
        name = words[0].removeprefix("/").lower()
        if not words[0].startswith("/") and not self._is_command(name, words[1:]):
            # A message in somebody's own words: /ask finds out what it means.
            return Request("ask", place, {"question": typed}, author, may_configure)
        command = self._command(name, words[1:])
        rest = spelled_out(command.name, words[1:])
        return Request(command.name, place, parse_options(command, rest), author, may_configure)

    def _is_command(self, name: str, rest: Sequence[str]) -> bool:
        """Whether words without a slash are a command all the same: its word alone, or with one of its actions."""
        command = self.commands.get(name)
        if command is None:
            return False
        if not rest:
            return not any(option.required for option in command.options)
        actions = command.options[0].choices if command.options else ()
        return name == "ask" or (command.configures and rest[0].lower() in actions)

    async def suggest(self, typed: str, kind: OptionKind = OptionKind.NAME, limit: int = 25) -> list[str]:
        """Suggests names or time zones for what has been typed so far, best first, at most `limit`."""
        return await self._in_thread(self._suggest, typed, kind, limit)

    def _suggest(self, typed: str, kind: OptionKind, limit: int) -> list[str]:
        from answers.understand.name_matching import suggest_names
        from handlers.alerts.quiet_hours import similar_zones

        if kind is OptionKind.ZONE:
            return similar_zones(typed, limit)
        finished = _FINISHED_NAMES.match(typed)
        head = finished[0].rstrip() + " " if finished else ""
        with transaction(self.engine) as session:
            return [head + name for name in suggest_names(session, typed[len(finished[0]) if finished else 0 :], limit)]

    async def joined(self, platform: str, workspace: str) -> None:
        """Notes that the bot was added to a workspace, for the first time or again."""
        await self._in_thread(self._set_left_at, platform, workspace, None)

    async def left(self, platform: str, workspace: str) -> None:
        """Notes that the bot was removed from a workspace: it posts nothing there, but keeps watches for a while."""
        await self._in_thread(self._set_left_at, platform, workspace, self.clock())

    async def invited(self, platform: str, workspace: str, channel: str = "") -> None:
        """Retries what was refused in a channel that the bot was added to, or in a workspace that lets it do more."""
        await self._in_thread(self._retry_refused, platform, workspace, channel)

    async def workspaces(self, platform: str) -> list[str]:
        """External ids of the workspaces that the bot is in, as far as is known."""
        return await self._in_thread(self._workspaces, platform)

    def _set_left_at(self, platform: str, workspace: str, left_at: datetime | None) -> None:
        from models.channel import find_workspace
        from models.outbox import hold_back, retry_refused

        with transaction(self.engine, writes=True) as session:
            found = find_workspace(session, platform, workspace)
            if found is None:
                return
            if (found.left_at is None) != (left_at is None):
                found.left_at = left_at
                log.info("workspace", extra={"platform": platform, "workspace": workspace, "left": left_at is not None})
            if left_at is None:
                retry_refused(session, found, self.clock())
            else:
                hold_back(session, found, left_at)

    def _retry_refused(self, platform: str, workspace: str, channel: str) -> None:
        from models.channel import find_workspace
        from models.outbox import retry_refused

        with transaction(self.engine, writes=True) as session:
            found = find_workspace(session, platform, workspace)
            if found is not None and (number := retry_refused(session, found, self.clock(), channel)):
                log.info(
                    "refused messages are tried again",
                    extra={"platform": platform, "workspace": workspace, "number": number},
                )

    def _workspaces(self, platform: str) -> list[str]:
        from models.channel import known_workspaces

        with transaction(self.engine) as session:
            return [one.external_id for one in known_workspaces(session, platform)]

    async def workspace_watches(self, platform: str, workspace: str) -> "list[WatchInfo]":
        """All watches of a workspace, each with its channel."""
        return await self._in_thread(self._read_watches, platform, workspace)

    def _read_watches(self, platform: str, workspace: str) -> "list[WatchInfo]":
        from handlers.alerts.matching import watches_of

        with transaction(self.engine) as session:
            return watches_of(session, platform, workspace)

    def _command(self, name: str, rest: Sequence[str] = ()) -> Command:
        command = self.commands.get(name)
        if command is None:
            from rapidfuzz import fuzz, process

            near = [
                word
                for word, _, _ in process.extract(
                    name, list(self.commands), scorer=fuzz.ratio, limit=2, score_cutoff=50
                )
            ]
            lines = [*(" ".join([f"/{word}", *rest])[:LONGEST] for word in near), "/help"]
            actions = tuple(Action(line, line) for line in dict.fromkeys(lines))
            raise UserError(f"There is no command “{name[:40]}”.", "Type /help to see all commands.", actions)
        return command
