"""/help: what the bot can do, with examples that run."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Request
from handlers.arguments.subject import SHOWN
from handlers.command import Command, Option
from handlers.wording import time_words
from models.count import hour_of, last_read, start_of
from models.schedule import last_runs
from models.source import polled_sources


def guide(request: Request, session: Session, now: datetime, commands: Mapping[str, Command]) -> Reply:
    """Answers `/help` and `/help trend`."""
    word = request.option("command").removeprefix("/").lower()
    if word:
        return _one(word, commands)
    items = tuple(ListItem(command.example, note=command.summary) for command in commands.values())
    newest = last_read(session, hour_of(now))
    read = (
        f"Newest article: {time_words(start_of(newest + 1))}."
        if newest is not None
        else "I have not read any news yet."
    )
    failing = [f"{run.name} failed: {run.error}" for run in last_runs(session) if run.error]
    listed = polled_sources(session)
    silent = [source for source in listed if source.failures]
    # A few sources always fail; if half of them do, the problem is ours.
    if len(silent) * 2 > len(listed):
        failing.append(f"{len(silent)} of {len(listed)} sources can't be read; {silent[0].name}: {silent[0].error}")
    return Reply(
        "trendbot",
        "I follow the news about AI: I answer questions with sources, and alert you when a name spikes.",
        sections=(
            Section("Commands", items),
            *((Section("Problems", tuple(map(ListItem, failing))),) if failing else ()),
        ),
        actions=tuple(
            Action(command.example, command.example) for command in commands.values() if not command.configures
        ),
        footer=read,
        private=True,
    )


def _one(word: str, commands: Mapping[str, Command]) -> Reply:
    command = commands.get(word)
    if command is None:
        raise UserError(f"There is no command “{word[:SHOWN]}”.", "See /help.", (Action("/help", "/help"),))
    items = []
    for option in command.options:
        written = f"{option.name} …" if option.keyword else option.name
        items.append(ListItem(written, note=option.description + ("" if option.required else "; optional")))
    sections = (Section("Options", tuple(items)),) if items else ()
    return Reply(
        f"/{command.name}",
        command.summary,
        sections=sections,
        actions=(Action("Try it", command.example),),
        private=True,
    )


def command(all_commands: Callable[[], Mapping[str, Command]]) -> Command:
    """Returns the command. `all_commands` gives every command, this one included, when it runs."""
    return Command(
        "help",
        "What I can do.",
        "/help",
        lambda request, session, now: guide(request, session, now, all_commands()),
        (Option("command", "a command to explain"),),
    )
