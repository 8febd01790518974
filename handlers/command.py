"""What a command is, and how a typed line is parsed into its options."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Reply
from chat.request import Request
from handlers.wording import alternatives

Handler = Callable[[Request, Session, datetime], Reply]


class OptionKind(StrEnum):
    """What an option contains, so that a platform can offer the right control."""

    NAME = "name"
    """A name of the catalogue, with autocomplete."""
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    WORDS = "words"
    """Several words, up to the next keyword."""
    ZONE = "zone"
    """A time zone by its IANA name, with autocomplete."""
    CHANNEL = "channel"
    """A channel, thread or forum of the platform, given as an id, a mention or a link."""
    ROLE = "role"
    """A role or user group to ping."""
    LINK = "link"
    """A URL. Without one the keyword is an ordinary word: "open source source https://…"."""


@dataclass(frozen=True)
class Option:
    """One option of a command.

    In a typed line an option is positional, unless `keyword` is set: then it is written `as-of 2026-04-09`. The last
    positional option takes all remaining words. After them, a DATE, NAME or WORDS keyword may have several words:
    `as-of 9 Apr 2026`.
    """

    name: str
    description: str
    kind: OptionKind = OptionKind.TEXT
    required: bool = False
    keyword: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """One command: its name, a one-line summary, an example that runs, and the handler."""

    name: str
    summary: str
    example: str
    handler: Handler
    options: tuple[Option, ...] = ()
    configures: bool = False
    """Whether it may change settings or data. Its handler checks the permission."""
    for_operators: tuple[str, ...] = ()
    """Values of its first option that change what every workspace sees (names, sources, facts), or that make the bot
    ask servers: only the bot's operators may."""
    reading: tuple[str, ...] = ()
    """Values of its first option that only read, so that they take no write lock; the first one is the default."""

    def action(self, given: Mapping[str, str]) -> str:
        """What was asked for, by the first option: "add" of `/watch add Meta`; "" for nothing."""
        return given.get(self.options[0].name, "").strip().lower() if self.options else ""

    def sets_channel(self, given: Mapping[str, str]) -> bool:
        """Whether what was asked for changes what a channel gets."""
        return self.writes(given) and self.action(given) not in self.for_operators

    def writes(self, given: Mapping[str, str]) -> bool:
        """Whether the command may write with these options."""
        return self.configures and (self.action(given) or (self.reading[0] if self.reading else "")) not in self.reading


def split_line(line: str) -> list[str]:
    """Splits a typed line into words. Double quotes group words; an unpaired quote is an ordinary character."""
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
"""Non-ASCII spaces that phones and East Asian keyboards insert."""


def parse_options(command: Command, words: list[str]) -> Mapping[str, str]:
    """Parses the words of a typed line into options.

    Raises UserError for a missing, repeated or invalid option, a keyword without a value, and surplus words.
    """
    options: dict[str, str] = {}
    rest: list[str] = []
    keywords = {option.name: option for option in command.options if option.keyword}
    positional = [option for option in command.options if not option.keyword]
    # A word that is one of the choices ends a keyword's value: "/spikes as-of 9 Apr 2026 week".
    free = [option for option in positional if not option.choices]
    chosen = {choice for option in positional for choice in option.choices}
    queue = list(words)
    while queue:
        word = queue.pop(0)
        name, separator, value = word.partition("=")
        name = name.lstrip("-").lower()
        if name not in keywords:
            rest.append(word)
            continue
        link = value if separator else (queue[0] if queue else "")
        if keywords[name].kind is OptionKind.LINK and not link.lower().startswith(("http:", "https:")):
            rest.append(word)
            continue
        if not separator and queue:
            value = queue.pop(0)
        if not value:
            raise UserError(f"“{word}” needs a value.", f"For example: {command.example}")
        if name in options:
            raise UserError(f"“{name}” is given twice.", f"For example: {command.example}")
        if keywords[name].kind in (OptionKind.DATE, OptionKind.WORDS, OptionKind.NAME) and (rest or not free):
            while queue and queue[0].partition("=")[0].lstrip("-").lower() not in {*keywords, *chosen}:
                value += f" {queue.pop(0)}"
        options[name] = value
    for index, option in enumerate(positional):
        if not rest:
            break
        last = index == len(positional) - 1
        options[option.name] = " ".join(rest) if last else rest.pop(0)
        if last:
            rest = []
    if rest:
        raise UserError(f"/{command.name} does not take “{' '.join(rest)}”.", f"For example: {command.example}")
    check_options(command, options)
    return options


def command_line(command: Command, options: Mapping[str, str]) -> str:
    """Returns the typed line that parses into these options."""
    positional = [option for option in command.options if not option.keyword]
    words = [f"/{command.name}"]
    for option in command.options:
        value = options.get(option.name, "").replace('"', "").strip()
        if not value:
            continue
        last = bool(positional) and option is positional[-1]
        quoted = f'"{value}"' if " " in value and not last else value
        words.append(f"{option.name} {quoted}" if option.keyword else quoted)
    return " ".join(words)


def check_options(command: Command, options: Mapping[str, str]) -> None:
    """Raises UserError if a required option is missing, or a value is not one of the choices."""
    for option in command.options:
        value = options.get(option.name, "").strip()
        if option.required and not value:
            raise UserError(
                f"/{command.name} needs {_with_article(option.name)}: {option.description}.",
                f"For example: {command.example}",
            )
        if value and option.choices and value.lower() not in option.choices:
            raise UserError(
                f"“{value[:80]}” is not a valid {option.name}.",
                f"Choose {alternatives(option.choices)}. For example: {command.example}",
            )


def _with_article(noun: str) -> str:
    if noun.endswith("s"):
        return noun
    return f"an {noun}" if noun[:1] in "aeiou" else f"a {noun}"
