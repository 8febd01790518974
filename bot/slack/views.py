"""Slack's modals and the App Home as data. Pure.

A form has one block per option of its command; the block's id is the option's name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from answers.strategies.dispatch import LONGEST
from bot.outside_text import utf16_length
from bot.slack.blocks.limits import (
    BUTTON_VALUE,
    CONFIRM_BUTTON,
    CONFIRM_TEXT,
    CONFIRM_TITLE,
    INPUT,
    METADATA,
    OPTION_LABEL,
    OPTION_VALUE,
    OPTIONS,
    VIEW_BLOCKS,
    VIEW_TITLE,
)
from bot.slack.blocks.mrkdwn import clip, cut, one_line, plain_label
from bot.slack.blocks.render import Block, blocks, button, context, plain_text_object, section
from bot.slack.inbound import NAME, private
from chat.reply import Mood, Reply
from chat.request import Place
from handlers.command import Option, OptionKind
from signals.false_discovery import LEVELS

CHANNEL = "where"
"""The block of a form that asks for the channel."""
QUESTION = "question"
"""The block of a form that asks for the question."""
INTRO = 1000
"""Longest introduction of a form, in UTF-16 units."""
LISTED = 30
"""Watches on one page of the App Home, at two blocks each."""
CHOICES = {"level": tuple(LEVELS)}
"""Choices that a form offers for options that accept more when typed."""
SUGGESTED = {"name": OptionKind.NAME, "zone": OptionKind.ZONE}
"""Fields with suggestions for what has been typed so far."""
GROUP = "mention"
"""The field whose suggestions are user groups."""
LOOK = "look"
"""The App Home's menu to look up a name."""
PICK = "pick"
"""The menu of names below a command that was typed without one."""
PREVIEW = "preview"
"""A form's button that shows what it would post, before anything is saved."""


@dataclass(frozen=True)
class Memo:
    """What a view remembers for us while it is open."""

    place: Place
    action: str = ""
    """What the form does: `add`, `edit` or `set`."""
    name: str = ""
    """The watch being edited."""
    url: str = ""
    """The response_url of the message that the question is about."""
    home: str = ""
    """The channel of the person's direct messages, if the form was opened from their App Home."""

    def text(self) -> str:
        """The memo as text for a view's private_metadata."""
        place = self.place
        values = [place.workspace, place.channel, place.thread, self.action, self.name, self.url, self.home]
        return clip(json.dumps(values, ensure_ascii=False), METADATA, str)


def read_memo(view: Mapping[str, Any], team: str = "") -> Memo:
    """The memo of a view; only the workspace if the view has none of ours."""
    try:
        workspace, channel, thread, *more = json.loads(str(view.get("private_metadata") or ""))
    except (ValueError, TypeError):
        return Memo(Place(NAME, team, ""))
    return Memo(Place(NAME, workspace, channel, thread), *more)


def modal(title: str, parts: Sequence[Block], memo: Memo, callback: str = "", submit: str = "") -> Block:
    """A modal. With `submit`, the label of its button, it is a form whose submission comes back under `callback`."""
    view: Block = {
        "type": "modal",
        "title": plain_text_object(clip(one_line(title), VIEW_TITLE, plain_label) or "trendbot"),
        "close": plain_text_object("Cancel" if submit else "Close"),
        "blocks": list(parts[:VIEW_BLOCKS]),
        "private_metadata": memo.text(),
    }
    if submit:
        view |= {"callback_id": callback, "submit": plain_text_object(submit)}
    return view


def result_modal(reply: Reply, memo: Memo, page: int = 1) -> Block:
    """A reply in a modal."""
    title = "That didn't work" if reply.mood is Mood.TROUBLE else "trendbot"
    return modal(title, blocks(reply, page), memo)


def waiting_modal(memo: Memo) -> Block:
    """The modal shown until the answer is ready, as Slack wants it opened within three seconds."""
    return modal("trendbot", [section("One moment…")], memo)


def options_form(title: str, options: Sequence[Option], memo: Memo, callback: str, intro: str = "") -> Block:
    """A form for the options of a command, and for the channel if the memo has none."""
    parts = [section(cut(one_line(intro), INTRO))] if one_line(intro) else []
    if not memo.place.channel:
        parts.append(_input(CHANNEL, "Channel", _conversations(), "Where to post. Invite me there first.", False))
    parts += [_field(option) for option in options]
    parts.append({"type": "actions", "elements": [button("Preview", PREVIEW, callback)]})
    return modal(title, parts, memo, callback, "Save")


def question_form(text: str, memo: Memo, callback: str) -> Block:
    """A form for a question, prefilled with a message's text."""
    element = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": LONGEST,
        "initial_value": clip(text.strip(), LONGEST, str),
    }
    return modal("Ask trendbot", [_input(QUESTION, "Question", element, "", False)], memo, callback, "Ask")


def name_picker(command: str) -> Block:
    """A menu of names for a command that was typed without one, as Slack has no suggestions while typing."""
    return {"type": "actions", "block_id": f"{PICK}:{command}", "elements": [_menu(PICK, "Type a name", 1)]}


def view_values(view: Mapping[str, Any]) -> dict[str, str]:
    """The values filled into a form, by block; empty fields are left out."""
    values = {}
    for block, elements in view["state"]["values"].items():
        for element in elements.values():
            chosen = element.get("selected_option") or {}
            value = element.get("value") or chosen.get("value") or element.get("selected_conversation") or ""
            if value.strip():
                values[block] = value.strip()
    return values


def menu_choices(choices: Sequence[tuple[str, str]]) -> list[Block]:
    """Options of a menu, from pairs of value and label; values too long for Slack are left out."""
    return [
        {"text": plain_text_object(clip(one_line(text), OPTION_LABEL, plain_label)), "value": value}
        for value, text in choices
        if value.strip() and one_line(text) and utf16_length(value) <= OPTION_VALUE
    ][:OPTIONS]


@dataclass(frozen=True)
class HomeWatch:
    """A watch as the App Home shows it."""

    place: Place
    name: str
    words: str
    """Its settings as a sentence."""


def home_view(watches: Sequence[HomeWatch], dm: str, page: int = 1) -> Block:
    """The App Home: a page of the workspace's watches, with buttons to change them.

    `dm` is the channel of the person's direct messages, which the buttons carry.
    """
    page = min(page, max(-(-len(watches) // LISTED), 1))
    first = (page - 1) * LISTED
    shown = watches[first : first + LISTED]
    buttons = [button("Watch a name", "home_add", dm), button("Set up a digest", "home_digest", dm)]
    buttons[0]["style"] = "primary"
    parts: list[Block] = [
        {"type": "header", "text": plain_text_object("Watched in this workspace")},
        {"type": "actions", "elements": [*buttons, _menu(LOOK, "Look up a name", 1)]},
    ]
    if not watches:
        parts.append(section("Nothing yet. Watch a name, and I'll alert a channel when it spikes."))
    for number, watch in enumerate(shown):
        text = f"*{clip(one_line(watch.name), 300)}* in {_where(watch.place)}"
        detail = clip(one_line(watch.words), 1000)
        parts.append(section(f"{text}\n{detail}" if detail else text))
        value = Memo(watch.place, name=watch.name, home=dm).text()
        if utf16_length(value) > BUTTON_VALUE:
            # A set of too many names for a button's value: /watch in its channel can still change it.
            continue
        remove = button("Remove", f"home_remove:{number}", value) | {"style": "danger", "confirm": _confirm(watch.name)}
        parts.append({"type": "actions", "elements": [button("Edit", f"home_edit:{number}", value), remove]})
    page_buttons = []
    if page > 1:
        page_buttons.append(button("Back", f"home_page:{page - 1}", dm))
    if len(watches) > first + LISTED:
        page_buttons.append(button("More", f"home_page:{page + 1}", dm))
    if page_buttons:
        parts.append(context(f"{first + 1}–{first + len(shown)} of {len(watches)}"))
        parts.append({"type": "actions", "elements": page_buttons})
    return {"type": "home", "blocks": parts}


def _where(place: Place) -> str:
    if private(place.channel):
        return "our direct messages"
    return f"a thread of <#{place.channel}>" if place.thread else f"<#{place.channel}>"


def _confirm(name: str) -> Block:
    return {
        "title": plain_text_object(clip("Remove this watch?", CONFIRM_TITLE, plain_label)),
        "text": plain_text_object(clip(f"Alerts about {one_line(name)} will stop there.", CONFIRM_TEXT, plain_label)),
        "confirm": plain_text_object(clip("Remove", CONFIRM_BUTTON, plain_label)),
        "deny": plain_text_object(clip("Keep", CONFIRM_BUTTON, plain_label)),
    }


def _field(option: Option) -> Block:
    choices = option.choices or CHOICES.get(option.name, ())
    if option.name in SUGGESTED or option.name == GROUP:
        element = _menu(option.name, "Type to search", 0 if option.name == GROUP else 1)
    elif choices:
        pairs = [(value, value) for value in choices]
        element = {"type": "static_select", "options": menu_choices(pairs), "placeholder": plain_text_object("Default")}
    else:
        element = {"type": "plain_text_input", "max_length": min(INPUT, LONGEST)}
    return _input(option.name, option.name.capitalize(), element, option.description, not option.required)


def _menu(action: str, placeholder: str, letters: int) -> Block:
    """A menu whose options we suggest once `letters` letters have been typed."""
    return {
        "type": "external_select",
        "action_id": action,
        "placeholder": plain_text_object(placeholder),
        "min_query_length": letters,
    }


def _conversations() -> Block:
    return {
        "type": "conversations_select",
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
    }


def _input(block: str, title: str, element: Block, hint: str, optional: bool) -> Block:
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": plain_text_object(title),
        "element": {"action_id": block, **element},
        "optional": optional,
    }
    return made | {"hint": plain_text_object(clip(plain_label(hint), 2000, str))} if hint else made
