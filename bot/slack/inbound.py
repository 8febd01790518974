"""What Slack delivers, read: who asked what, where, and where the answer goes. Pure; nothing is asked of Slack here.

A question needs no command: after a mention, and in a conversation with the bot, plain words are `/ask`.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.slack.blocks.mrkdwn import unescape
from chat.request import Place

Body = dict[str, Any]

NAME = "slack"
ALL_COMMANDS = "trendbot"
"""`/trendbot <any line>`: Slack keeps /help for itself, and another app may own /watch."""
HELP = "/help"

MENTION = re.compile(r"<@[UW]\w+(?:\|[^>]*)?>")
WRAPPED = re.compile(r"<((?:https?|mailto|tel):[^|>]+)(?:\|[^>]*)?>")
PERSON = re.compile(r"<@[UW]\w+\|([^>]*)>")
LINKED = re.compile(r"<((?:https?|mailto|tel):[^|>]+)(?:\|([^>]*))?>|<[#!][^|>]+\|([^>]*)>")


@dataclass(frozen=True)
class Occasion:
    """Something that asks for an answer."""

    key: str
    """The same each time that Slack delivers it; "" where it never repeats."""
    place: Place
    author: str
    line: str
    url: str = ""
    """The response_url, if there is one: it works where the bot is no member, too."""
    thread: str = ""
    """The thread that the answer goes to, where it is not the place's own."""
    page: int = 1
    shared: bool = False
    """For everybody, whatever the reply says."""
    replaces: bool = False
    """The answer takes the place of the message whose button was pressed."""
    view: str = ""
    """The modal that shows the answer."""
    alone: bool = False
    """For the asker alone, whatever the reply says."""

    @property
    def channel(self) -> str:
        """Where the answer goes."""
        return self.place.channel


def place(team: object, channel: object, thread: object = "") -> Place:
    """A conversation between two belongs to its workspace too: with the workspace, its watches go."""
    return Place(NAME, str(team or ""), str(channel or ""), str(thread or ""))


def private(channel: str) -> bool:
    """Whether it is a conversation with the bot alone: their ids begin with D."""
    return channel.startswith("D")


def command_occasion(body: Body) -> Occasion:
    """A slash command."""
    line = typed_text(str(body.get("text") or ""))
    name = str(body["command"]).removeprefix("/").lower()
    return Occasion(
        str(body.get("trigger_id") or ""),
        place(body.get("team_id"), body.get("channel_id")),
        str(body.get("user_id", "")),
        (line or HELP) if name == ALL_COMMANDS else f"/{name} {line}".rstrip(),
        str(body.get("response_url") or ""),
    )


def button_occasion(body: Body) -> Occasion:
    """A button of a message or a modal: `say:0`, `more:2` for a page, `share:1` for everybody to see.

    Or a name that was chosen: the menu's block is called after the command that it is for, `pick:trend`.
    """
    container: Body = body.get("container") or {}
    message: Body = body.get("message") or {}
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    # The first message of a thread carries the thread's number too, but stands in the channel.
    if thread == str(message.get("ts") or container.get("message_ts") or ""):
        thread = ""
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    view: Body = body.get("view") or {}
    action: Body = body["actions"][0]
    verb, _, number = str(action.get("action_id", "")).partition(":")
    line = unescape(str(action.get("value", "")))
    if chosen := action.get("selected_option"):
        line = f"/{str(action.get('block_id', '')).partition(':')[2]} {unescape(str(chosen.get('value', '')))}"
    return Occasion(
        str(body.get("trigger_id") or ""),
        place(team(body), channel, thread),
        user(body),
        line,
        str(body.get("response_url") or ""),
        page=int(number) if verb != "say" and number.isdigit() else 1,
        shared=verb == "share",
        replaces=verb == "more" and bool(container.get("is_ephemeral")),
        view=str(view.get("id", "")),
    )


def message_occasion(body: Body) -> Occasion | None:
    """A mention in a channel, or a message to the bot; None for what nobody said to it: edits, joins, other bots."""
    event: Body = body["event"]
    if event.get("subtype") not in (None, "thread_broadcast", "file_share") or event.get("bot_id"):
        return None
    if event["type"] == "message" and event.get("channel_type") != "im":
        return None
    line = line_from_message(str(event.get("text") or ""))
    thread = str(event.get("thread_ts") or "")
    channel = str(event.get("channel", ""))
    # A question in a channel opens a thread, and what follows in it belongs to it. What a command sets,
    # such as a watch, is meant for the channel.
    opened = thread or ("" if private(channel) else str(event.get("ts") or ""))
    where = opened if line.startswith("/ask ") else thread
    return Occasion(
        str(body.get("event_id") or event.get("client_msg_id") or event.get("ts") or ""),
        place(body.get("team_id") or event.get("team"), channel, where),
        str(event.get("user", "")),
        line,
        thread=opened,
    )


def line_from_message(text: str) -> str:
    """The line that a message to the bot means: a command with its slash, a single word, else a question."""
    words = plain_words(text).split()
    if not words:
        return HELP
    if words[0].startswith("/"):
        return " ".join(typed_text(MENTION.sub(" ", text)).split())
    if len(words) == 1 and words[0].isalpha():
        return f"/{words[0].lower()}"
    return f"/ask {' '.join(words)}"


def typed_text(text: str) -> str:
    """A command as it was typed: addresses bare, people by name; channels and groups keep Slack's marks and ids."""
    return unescape(PERSON.sub(r"@\1", WRAPPED.sub(r"\1", text))).strip()


def plain_words(text: str) -> str:
    """A message without Slack's marks: links by their words, mentions of people left out."""
    text = LINKED.sub(lambda found: found[2] or found[1] or found[3], MENTION.sub(" ", text))
    return unescape(text).strip()


def team(body: Body) -> str:
    """The workspace of an interaction."""
    return str((body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or "")


def user(body: Body) -> str:
    """Who is behind an interaction."""
    return str((body.get("user") or {}).get("id", ""))
