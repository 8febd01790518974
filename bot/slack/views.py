"""Slack's modals and the App Home, as data. Pure.

A form has one block for each option of its command, with the option's name as its id.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from answers.strategies.dispatch import LONGEST
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
from bot.slack.blocks.mrkdwn import clip, cut, one_line, plain_label, utf16_length
from bot.slack.blocks.render import Block, blocks, button, context, plain_text_object, section
from bot.slack.inbound import NAME, private
from chat.reply import Mood, Reply
from chat.request import Place
from handlers.command import Option, OptionKind
from signals.false_discovery import LEVELS

CHANNEL = "where"
"""The block of a form that asks for the channel."""
QUESTION = "question"
INTRO = 1000
LISTED = 30
"""Watches on one page of the App Home: two blocks each."""
CHOICES = {"level": tuple(LEVELS)}
"""What a form offers where a typed line may say more."""
SUGGESTED = {"name": OptionKind.NAME, "zone": OptionKind.ZONE}
"""Fields that offer what begins like the letters typed so far."""
GROUP = "mention"
LOOK = "look"
PICK = "pick"
PREVIEW = "preview"
"""The button of a form that shows what would come of it, before anything is saved."""


@dataclass(frozen=True)
class Memo:
    """What a view remembers for us while it is open."""

    place: Place
    action: str = ""
    """What the form does: `add`, `edit`, `set`."""
    name: str = ""
    """The watch that is edited."""
    url: str = ""
    """The response_url of the message that is asked about."""
    home: str = ""
    """The conversation with whoever has the App Home open, if the form was opened there."""

    def text(self) -> str:
        """For private_metadata."""
        place = self.place
        kept = [place.workspace, place.channel, place.thread, self.action, self.name, self.url, self.home]
        return clip(json.dumps(kept, ensure_ascii=False), METADATA, str)


def memo(view: Mapping[str, Any], team: str = "") -> Memo:
    """What a view remembers; nothing but the workspace where it is not ours."""
    try:
        workspace, channel, thread, *more = json.loads(str(view.get("private_metadata") or ""))
    except (ValueError, TypeError):
        return Memo(Place(NAME, team, ""))
    return Memo(Place(NAME, workspace, channel, thread), *more)


def modal(title: str, parts: Sequence[Block], kept: Memo, callback: str = "", submit: str = "") -> Block:
    """A modal; with `submit` it is a form, whose submission comes back under `callback`."""
    view: Block = {
        "type": "modal",
        "title": plain_text_object(clip(one_line(title), VIEW_TITLE, plain_label) or "trendbot"),
        "close": plain_text_object("Cancel" if submit else "Close"),
        "blocks": list(parts[:VIEW_BLOCKS]),
        "private_metadata": kept.text(),
    }
    if submit:
        view |= {"callback_id": callback, "submit": plain_text_object(submit)}
    return view


def result_modal(reply: Reply, kept: Memo, page: int = 1) -> Block:
    """A reply in a modal."""
    title = "That did not work" if reply.mood is Mood.TROUBLE else "trendbot"
    return modal(title, blocks(reply, page), kept)


def waiting_modal(kept: Memo) -> Block:
    """What stands in a modal until the answer is there: it must be opened within three seconds."""
    return modal("trendbot", [section("One moment…")], kept)


def options_form(title: str, options: Sequence[Option], kept: Memo, callback: str, intro: str = "") -> Block:
    """A form for the options of a command, and for the channel where it is not settled."""
    parts = [section(cut(one_line(intro), INTRO))] if one_line(intro) else []
    if not kept.place.channel:
        parts.append(_input(CHANNEL, "Channel", _conversations(), "Where to post. Invite me there first.", False))
    parts += [_field(one) for one in options]
    parts.append({"type": "actions", "elements": [button("Preview", PREVIEW, callback)]})
    return modal(title, parts, kept, callback, "Save")


def question_form(text: str, kept: Memo, callback: str) -> Block:
    """A form for a question, begun with a message's words."""
    element = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": LONGEST,
        "initial_value": clip(text.strip(), LONGEST, str),
    }
    return modal("Ask trendbot", [_input(QUESTION, "Question", element, "", False)], kept, callback, "Ask")


def name_picker(command: str) -> Block:
    """A menu of names, for a command that was typed without one: Slack offers none while a command is typed."""
    return {"type": "actions", "block_id": f"{PICK}:{command}", "elements": [_menu(PICK, "Type a name", 1)]}


def view_values(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled into a form, by block; what was left empty is not there."""
    found = {}
    for block, elements in view["state"]["values"].items():
        for element in elements.values():
            chosen = element.get("selected_option") or {}
            value = element.get("value") or chosen.get("value") or element.get("selected_conversation") or ""
            if value.strip():
                found[block] = value.strip()
    return found


def menu_choices(found: Sequence[tuple[str, str]]) -> list[Block]:
    """Options of a menu, from values and their labels; what is too long to come back whole is left out."""
    return [
        {"text": plain_text_object(clip(one_line(text), OPTION_LABEL, plain_label)), "value": value}
        for value, text in found
        if value.strip() and one_line(text) and utf16_length(value) <= OPTION_VALUE
    ][:OPTIONS]


@dataclass(frozen=True)
class HomeWatch:
    """A watch as the App Home shows it."""

    place: Place
    name: str
    words: str


def home_view(watches: Sequence[HomeWatch], dm: str, page: int = 1) -> Block:
    """The App Home: what this workspace watches, with buttons to change it."""
    page = min(page, max(-(-len(watches) // LISTED), 1))
    first = (page - 1) * LISTED
    shown = watches[first : first + LISTED]
    buttons = [button("Watch a name", "home_add", dm), button("Set a digest", "home_digest", dm)]
    buttons[0]["style"] = "primary"
    parts: list[Block] = [
        {"type": "header", "text": plain_text_object("What this workspace watches")},
        {"type": "actions", "elements": [*buttons, _menu(LOOK, "Look up a name", 1)]},
    ]
    if not watches:
        parts.append(section("Nothing yet. Watch a name, and I tell a channel when something unusual happens."))
    for number, one in enumerate(shown):
        text = f"*{clip(one_line(one.name), 300)}* in {_where(one.place)}"
        detail = clip(one_line(one.words), 1000)
        parts.append(section(f"{text}\n{detail}" if detail else text))
        value = Memo(one.place, name=one.name, home=dm).text()
        if utf16_length(value) > BUTTON_VALUE:
            # A set of very many names: /watch in its channel can change it.
            continue
        remove = button("Remove", f"home_remove:{number}", value) | {"style": "danger", "confirm": _confirm(one.name)}
        parts.append({"type": "actions", "elements": [button("Edit", f"home_edit:{number}", value), remove]})
    turns = []
    if page > 1:
        turns.append(button("Back", f"home_page:{page - 1}", dm))
    if len(watches) > first + LISTED:
        turns.append(button("More", f"home_page:{page + 1}", dm))
    if turns:
        parts.append(context(f"{first + 1} to {first + len(shown)} of {len(watches)}"))
        parts.append({"type": "actions", "elements": turns})
    return {"type": "home", "blocks": parts}


def _where(place: Place) -> str:
    if private(place.channel):
        return "our conversation"
    return f"a thread of <#{place.channel}>" if place.thread else f"<#{place.channel}>"


def _confirm(name: str) -> Block:
    return {
        "title": plain_text_object(clip("Remove this watch?", CONFIRM_TITLE, plain_label)),
        "text": plain_text_object(clip(f"{one_line(name)} is not told of there any more.", CONFIRM_TEXT, plain_label)),
        "confirm": plain_text_object(clip("Remove", CONFIRM_BUTTON, plain_label)),
        "deny": plain_text_object(clip("Keep", CONFIRM_BUTTON, plain_label)),
    }


def _field(one: Option) -> Block:
    offered = one.choices or CHOICES.get(one.name, ())
    if one.name in SUGGESTED or one.name == GROUP:
        element = _menu(one.name, "Type to search", 0 if one.name == GROUP else 1)
    elif offered:
        pairs = [(value, value) for value in offered]
        element = {"type": "static_select", "options": menu_choices(pairs), "placeholder": plain_text_object("Usual")}
    else:
        element = {"type": "plain_text_input", "max_length": min(INPUT, LONGEST)}
    return _input(one.name, one.name.capitalize(), element, one.description, not one.required)


def _menu(action: str, placeholder: str, letters: int) -> Block:
    """A menu that asks us for its options while somebody types."""
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
