"""Slack's documented limits, written down a second time and not taken from the bot: what it forgets is found here.

Lengths as https://docs.slack.dev/reference/block-kit states them, counted in UTF-16 units.
"""

import json
import re
from typing import Any

from tests.loopback.slack_schema import block_faults

Body = dict[str, Any]

PINGS = re.compile(r"<!(?:channel|here|everyone)|<@[UW]\w+|<!subteam")
PLAIN = frozenset({"plain_text"})
ANY_TEXT = frozenset({"plain_text", "mrkdwn"})

KEYS = {
    "header": {"text"},
    "section": {"text", "fields", "accessory", "expand"},
    "context": {"elements"},
    "actions": {"elements"},
    "divider": set(),
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "button": {"action_id", "text", "value", "url", "style", "accessibility_label", "confirm"},
}
INPUTS = {
    "plain_text_input": {"multiline", "min_length", "max_length", "initial_value"},
    "number_input": {"is_decimal_allowed", "min_value", "max_value", "initial_value"},
    "static_select": {"options", "initial_option"},
    "external_select": {"min_query_length", "initial_option"},
    "conversations_select": {
        "default_to_current_conversation",
        "filter",
        "initial_conversation",
        "response_url_enabled",
    },
    "multi_static_select": {"options", "initial_options"},
}
"""Elements that ask for something, and what each may hold besides `action_id` and `placeholder`."""


def faults(blocks: list[Body], most: int = 50) -> list[str]:
    """What Slack would mind about the blocks of a message."""
    wrong = [f"{len(blocks)} blocks"] if len(blocks) > most else []
    ids: set[str] = set()
    for block in blocks:
        wrong += [*_block(block, ids), *block_faults(block)]
    total = sum(map(length, blocks))
    return [*wrong, f"{total} characters in all"] if most == 50 and total > 13_000 else wrong


def view_faults(view: Body) -> list[str]:
    """What Slack would mind about a modal or an App Home."""
    wrong = [*faults(view.get("blocks", []), most=100), *block_faults(view)]
    if not view.get("blocks"):
        wrong.append("a view without blocks")
    if length(view.get("private_metadata", "")) > 3000 or length(view.get("callback_id", "")) > 255:
        wrong.append("private_metadata over 3000 or callback_id over 255")
    if view["type"] == "modal":
        for part in ("title", "submit", "close"):
            if part in view:
                wrong += text_faults(view[part], 24, PLAIN)
        if "title" not in view:
            wrong.append("a modal without a title")
        if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
            wrong.append("a modal with inputs and nothing to submit them")
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    if len(ids) != len(set(ids)):
        wrong.append("a block_id twice")
    return wrong


def option_faults(options: list[Body]) -> list[str]:
    """What Slack would mind about the options of a menu."""
    wrong = [] if len(options) <= 100 else [f"{len(options)} options"]
    for option in options:
        wrong += text_faults(option["text"], 75, PLAIN)
        if not 1 <= length(option["value"]) <= 150:
            wrong.append("a value that is not of 1 to 150")
        if set(option) - {"text", "value", "description"}:
            wrong.append(f"an option with {set(option)}")
    return wrong


def text_faults(text: Body, most: int, kinds: frozenset[str] = ANY_TEXT) -> list[str]:
    """What Slack would mind about a text object."""
    kind, said = text.get("type"), text.get("text", "")
    wrong = []
    if kind not in kinds:
        wrong.append(f"a text of type {kind}")
    if set(text) - {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}:
        wrong.append(f"a text with {set(text)}")
    if not said.strip() or length(said) > most:
        wrong.append(f"a text of {length(said)} where 1 to {most} are allowed")
    return wrong


def _block(block: Body, ids: set[str]) -> list[str]:
    kind = block.get("type", "")
    unknown = set(block) - KEYS.get(kind, set()) - {"type", "block_id"}
    if kind not in KEYS or unknown:
        return [f"{kind}: {unknown or 'unknown block'}"]
    if kind == "header":
        return text_faults(block["text"], 150, PLAIN)
    if kind == "section":
        return _section(block, ids)
    if kind in ("context", "actions"):
        most = {"context": 10, "actions": 25}[kind]
        wrong = [] if 1 <= len(block["elements"]) <= most else [f"{kind}: {len(block['elements'])} elements"]
        for one in block["elements"]:
            wrong += text_faults(one, 3000) if kind == "context" else _element(one, ids)
        return wrong
    if kind == "input":
        wrong = text_faults(block["label"], 2000, PLAIN)
        wrong += text_faults(block["hint"], 2000, PLAIN) if "hint" in block else []
        return [*wrong, *_element(block["element"], ids)]
    if kind == "image" and not 1 <= length(block["alt_text"]) <= 2000:
        return ["an alt_text that is not of 1 to 2000"]
    return []


def _section(block: Body, ids: set[str]) -> list[str]:
    wrong = []
    if not block.get("text") and not block.get("fields"):
        wrong.append("section: neither text nor fields")
    if block.get("text"):
        wrong += text_faults(block["text"], 3000)
    if "fields" in block and not 1 <= len(block["fields"]) <= 10:
        wrong.append(f"section: {len(block['fields'])} fields")
    wrong += [fault for text in block.get("fields", []) for fault in text_faults(text, 2000)]
    return [*wrong, *(_element(block["accessory"], ids) if "accessory" in block else [])]


def _element(one: Body, ids: set[str]) -> list[str]:
    wrong = []
    if one["action_id"] in ids or length(one["action_id"]) > 255:
        wrong.append(f"action_id {one['action_id']}")
    ids.add(one["action_id"])
    kind = one.get("type", "")
    if kind == "button":
        return [*wrong, *_button(one)]
    if kind not in INPUTS or set(one) - INPUTS[kind] - {"type", "action_id", "placeholder"}:
        return [*wrong, f"{kind} with {set(one)}"]
    if "placeholder" in one:
        wrong += text_faults(one["placeholder"], 150, PLAIN)
    chosen = [one["initial_option"]] if "initial_option" in one else one.get("initial_options", [])
    if "options" in one and any(option not in one["options"] for option in chosen):
        wrong.append("chosen is what is not offered")
    if "options" in one and not one["options"]:
        wrong.append("nothing to choose from")
    if length(one.get("initial_value", "")) > int(one.get("max_length", 3000)):
        wrong.append("an initial value that is too long")
    return [*wrong, *option_faults([*one.get("options", []), *chosen][:101])]


def _button(one: Body) -> list[str]:
    wrong = text_faults(one["text"], 75, PLAIN)
    if set(one) - KEYS["button"] - {"type"}:
        wrong.append(f"a button with {set(one)}")
    if length(one.get("value", "")) > 2000:
        wrong.append("a value over 2000")
    if one.get("style", "primary") not in ("primary", "danger"):
        wrong.append(f"style {one['style']}")
    if "confirm" in one:
        for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            wrong += text_faults(one["confirm"][part], most)
    return wrong


def length(value: Any) -> int:
    """UTF-16 units of all words in a value."""
    if isinstance(value, dict):
        return sum(length(inner) for key, inner in value.items() if key not in ("type", "action_id"))
    if isinstance(value, list):
        return sum(map(length, value))
    return len(value.encode("utf-16-le", "surrogatepass")) // 2 if isinstance(value, str) else 0


def shown(value: Any) -> str:
    """All that blocks show, one text a line, entities read as a person reads them and links as "text (address)"."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(shown, value)))
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("text"), str):
        if value.get("type") == "plain_text":
            return value["text"]
        text = re.sub(r"<(https?://[^|>]+)\|([^>]*)>", r"\2 (\1)", value["text"])
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "\n".join(filter(None, (shown(inner) for inner in value.values())))


def pings(value: Any) -> list[str]:
    """Whom a message would ping."""
    if isinstance(value, dict):
        return [ping for key, inner in value.items() if key != "value" for ping in pings(inner)]
    if isinstance(value, list):
        return [ping for inner in value for ping in pings(inner)]
    return PINGS.findall(value) if isinstance(value, str) else []


def read(value: Any) -> Any:
    """An argument of a call as an object, also where the client sent it as JSON text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value
