"""What a command is, and how a typed line becomes its options."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Reply
from chat.request import Request

Handler = Callable[[Request, Session, datetime], Reply]


class OptionKind(StrEnum):
    """What an option holds, so that a platform can offer the right control."""

    NAME = "name"
    """A name of the catalogue: offered with autocomplete."""
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    WORDS = "words"
    """A keyword's value of several words, up to the next keyword."""
    ZONE = "zone"
    """A time zone by its IANA name: offered with autocomplete."""
    CHANNEL = "channel"
    """A channel, thread or forum of the platform: by its id, a mention or a link."""
    ROLE = "role"
    """A role or user group of the platform that may be pinged."""
    LINK = "link"
    """An address; without one the keyword is a word like others: "open source source https://…"."""


@dataclass(frozen=True)
class Option:
    """One option of a command.

    In a typed line an option is positional unless `keyword`: then it is written `as-of 2026-04-09`.
    The last positional option takes all the words that are left. Behind them a date, a name, or a keyword of kind
    WORDS, may be several words: `as-of 9 Apr 2026`.
    """

    name: str
    description: str
    kind: OptionKind = OptionKind.TEXT
    required: bool = False
    keyword: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """One command: its word, what it is for, an example that runs, and the handler."""

    name: str
    summary: str
    example: str
    handler: Handler
    options: tuple[Option, ...] = ()
    configures: bool = False
    """May change what a channel gets: its handler writes, and asks for the right to."""
    for_operators: tuple[str, ...] = ()
    """Values of its first option that change what every workspace sees (names, sources, facts), or that make the bot
    ask servers: only the bot's operators may."""
    reading: tuple[str, ...] = ()
    """Values of its first option with which it only looks: then nobody's writing has to wait for it."""

    def action(self, given: Mapping[str, str]) -> str:
        """What was asked for, by the first option: "add" of `/watch add Meta`; "" for nothing."""
        return given.get(self.options[0].name, "").strip().lower() if self.options else ""

    def sets_channel(self, given: Mapping[str, str]) -> bool:
        """Whether what was asked for changes what a channel gets."""
        return self.writes(given) and self.action(given) not in self.for_operators

    def writes(self, given: Mapping[str, str]) -> bool:
        """Whether what was asked for may write."""
        return self.configures and (self.action(given) or (self.reading[0] if self.reading else "")) not in self.reading


def split_line(line: str) -> list[str]:
    """The words of a typed line; quotes hold words together, a stray quote is a letter like others."""
    try:
        lexer = shlex.shlex(line.translate(QUOTES), posix=True, punctuation_chars=False)
        lexer.whitespace_split = True
        lexer.whitespace += SPACES
        lexer.commenters = ""
        lexer.quotes = '"'
        lexer.escape = ""
        return list(lexer)
    except ValueError:
        return line.split()


QUOTES = str.maketrans("“”„«»", '"""""')
SPACES = "\u00a0\u202f\u3000"
"""Spaces that phones and other scripts' keyboards write."""


def parse_options(command: Command, words: list[str]) -> Mapping[str, str]:
    """The options of a typed line.

    Raises UserError when a required option is missing or a keyword has no value.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    keywords = {option.name: option for option in command.options if option.keyword}
    positional = [option for option in command.options if not option.keyword]
    # Words that can only be a choice end a keyword's value: "/spikes as-of 9 Apr 2026 week".
    free = [option for option in positional if not option.choices]
    chosen = {choice for option in positional for choice in option.choices}
    queue = list(words)
    while queue:
        word = queue.pop(0)
        name, given, value = word.partition("=")
        name = name.lstrip("-").lower()
        if name not in keywords:
            rest.append(word)
            continue
        link = value if given else (queue[0] if queue else "")
        if keywords[name].kind is OptionKind.LINK and not link.lower().startswith(("http:", "https:")):
            rest.append(word)
            continue
        if not given and queue:
            value = queue.pop(0)
        if not value:
            raise UserError(f"“{word}” needs a value.", f"For example: {command.example}")
        if name in found:
            raise UserError(f"“{name}” stands there twice.", f"For example: {command.example}")
        if keywords[name].kind in (OptionKind.DATE, OptionKind.WORDS, OptionKind.NAME) and (rest or not free):
            while queue and queue[0].partition("=")[0].lstrip("-").lower() not in {*keywords, *chosen}:
                value += f" {queue.pop(0)}"
        found[name] = value
    for index, option in enumerate(positional):
        if not rest:
            break
        last = index == len(positional) - 1
        found[option.name] = " ".join(rest) if last else rest.pop(0)
        if last:
            rest = []
    if rest:
        raise UserError(f"/{command.name} does not take “{' '.join(rest)}”.", f"For example: {command.example}")
    check_options(command, found)
    return found


def command_line(command: Command, found: Mapping[str, str]) -> str:
    """The typed line that says the same."""
    positional = [option for option in command.options if not option.keyword]
    words = [f"/{command.name}"]
    for option in command.options:
        value = found.get(option.name, "").replace('"', "").strip()
        if not value:
            continue
        last = bool(positional) and option is positional[-1]
        held = f'"{value}"' if " " in value and not last else value
        words.append(f"{option.name} {held}" if option.keyword else held)
    return " ".join(words)


def check_options(command: Command, found: Mapping[str, str]) -> None:
    """Raises UserError when a required option is missing or a choice is none of those offered."""
    for option in command.options:
        value = found.get(option.name, "").strip()
        if option.required and not value:
            raise UserError(
                f"/{command.name} needs {_a(option.name)}: {option.description}.", f"For example: {command.example}"
            )
        if value and option.choices and value.lower() not in option.choices:
            raise UserError(
                f"“{value[:80]}” is none of {', '.join(option.choices)}.",
                f"For example: {command.example}",
            )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"
