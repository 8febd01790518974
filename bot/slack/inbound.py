"""Reads what Slack delivers: who asked what, where, and where the answer goes. Pure; calls nothing.

A question needs no command: plain words after a mention, or in direct messages with the bot, mean `/ask`.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.slack.blocks.mrkdwn import unescape
from chat.request import Place

Body = dict[str, Any]

NAME = "slack"
ALL_COMMANDS = "trendbot"
"""`/trendbot LINE` runs any command: Slack reserves /help, and another app may own /watch."""
HELP = "/help"

MENTION = re.compile(r"<@[UW]\w+(?:\|[^>]*)?>")
WRAPPED = re.compile(r"<((?:https?|mailto|tel):[^|>]+)(?:\|[^>]*)?>")
PERSON = re.compile(r"<@[UW]\w+\|([^>]*)>")
LINKED = re.compile(r"<((?:https?|mailto|tel):[^|>]+)(?:\|([^>]*))?>|<[#!][^|>]+\|([^>]*)>")


@dataclass(frozen=True)
class Occasion:
    """Something that expects an answer: a command, a button, a mention or a message."""

    key: str
    """The same whenever Slack repeats the delivery; "" if it never does."""
    place: Place
    author: str
    line: str
    url: str = ""
    """The response_url, if there is one; it also works in channels that the bot is not in."""
    thread: str = ""
    """The thread that the answer goes to, if it is not the place's own."""
    page: int = 1
    shared: bool = False
    """Show the answer to everyone, even if the reply is private."""
    replaces: bool = False
    """Replace the message whose button was pressed."""
    view: str = ""
    """The modal that shows the answer."""
    alone: bool = False
    """Show the answer to the author only, even if the reply is public."""

    @property
    def channel(self) -> str:
        """The channel that the answer goes to."""
        return self.place.channel


def place(team: object, channel: object, thread: object = "") -> Place:
    """A place on Slack. Direct messages have a workspace too, so that their watches go when it removes the app."""
    return Place(NAME, str(team or ""), str(channel or ""), str(thread or ""))


def private(channel: str) -> bool:
    """Whether a channel is someone's direct messages with the bot; their ids begin with D."""
    return channel.startswith("D")


def command_occasion(body: Body) -> Occasion:
    """The occasion of a slash command."""
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
    """The occasion of a button or menu in a message or modal.

    Buttons' action ids: `say:0` runs a line, `more:2` shows a page, `share:1` shows a page to everyone. The block id
    of a menu of names says which command the name is for: `pick:trend`.
    """
    container: Body = body.get("container") or {}
    message: Body = body.get("message") or {}
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    # The first message of a thread has the thread's timestamp too, but is in the channel.
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
    """The occasion of a mention or a direct message; None for what is not addressed to the bot (edits, joins, bots)."""
    event: Body = body["event"]
    if event.get("subtype") not in (None, "thread_broadcast", "file_share") or event.get("bot_id"):
        return None
    if event["type"] == "message" and event.get("channel_type") != "im":
        return None
    line = line_from_message(str(event.get("text") or ""))
    thread = str(event.get("thread_ts") or "")
    channel = str(event.get("channel", ""))
    # A question in a channel opens a thread, so that follow-ups in it belong to it. What another command sets, such
    # as a watch, is for the channel.
    answer_thread = thread or ("" if private(channel) else str(event.get("ts") or ""))
    place_thread = answer_thread if line.startswith("/ask ") else thread
    return Occasion(
        str(body.get("event_id") or event.get("client_msg_id") or event.get("ts") or ""),
        place(body.get("team_id") or event.get("team"), channel, place_thread),
        str(event.get("user", "")),
        line,
        thread=answer_thread,
    )


def line_from_message(text: str) -> str:
    """A message to the bot as a command line: one with a slash or a single word is a command, others are questions."""
    words = plain_words(text).split()
    if not words:
        return HELP
    if words[0].startswith("/"):
        return " ".join(typed_text(MENTION.sub(" ", text)).split())
    if len(words) == 1 and words[0].isalpha():
        return f"/{words[0].lower()}"
    return f"/ask {' '.join(words)}"


def typed_text(text: str) -> str:
    """A command as typed, with bare addresses and people's names; channels and groups keep Slack's markup and ids."""
    return unescape(PERSON.sub(r"@\1", WRAPPED.sub(r"\1", text))).strip()


def plain_words(text: str) -> str:
    """A message without Slack's markup: links as their text, without mentions of people."""
    text = LINKED.sub(lambda found: found[2] or found[1] or found[3], MENTION.sub(" ", text))
    return unescape(text).strip()


def team(body: Body) -> str:
    """The workspace of an interaction."""
    return str((body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or "")


def user(body: Body) -> str:
    """The user behind an interaction."""
    return str((body.get("user") or {}).get("id", ""))
