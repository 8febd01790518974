"""What Discord refuses beyond what its description says: each rule with where it is told.

Lengths are counted in UTF-16 units, the strictest count.
"""

import re
from collections.abc import Iterator
from typing import Any

Body = dict[str, Any]

COMPONENTS_V2 = 1 << 15
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""

ROW, BUTTON, SELECT, INPUT, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 1, 2, 3, 4, 10, 12, 13, 14, 17, 18
SELECTS = (3, 5, 6, 7, 8)
LINK_STYLE = 5

CONTENT = 2000  # https://docs.discord.com/developers/resources/message#create-message-jsonform-params
MOST_COMPONENTS = 40  # https://docs.discord.com/developers/components/reference#component-reference
ALL_TEXT = 4000  # https://docs.discord.com/developers/components/reference#text-display
NONCE = 25
ALT = 1024
UPLOAD = 10 * 1024 * 1024  # https://docs.discord.com/developers/reference#uploading-files
FILES = 10
COMMANDS = 100  # https://docs.discord.com/developers/interactions/application-commands#registering-a-command
COMMAND_SIZE = 8000
OPTIONS = CHOICES = 25
MODAL_TITLE = 45  # https://docs.discord.com/developers/interactions/receiving-and-responding#modal
MODAL_ROWS = 5


def units(text: str | None) -> int:
    """Length in UTF-16 units."""
    return len((text or "").encode("utf-16-le", "surrogatepass")) // 2


def within(name: str, text: str | None, most: int, least: int = 0) -> Iterator[str]:
    size = units((text or "").strip())
    if not least <= size or units(text) > most:
        yield f"{name}: {size} is not {least} to {most}"
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        yield f"{name}: half a character"


def parts(components: list[Body]) -> Iterator[Body]:
    """Every component, those in others too."""
    for part in components:
        yield part
        yield from parts(part.get("components") or [])
        yield from parts([part[key] for key in ("accessory", "component") if part.get(key)])


def message_faults(body: Body, files: dict[str, bytes]) -> list[str]:
    """What Discord would refuse in a message."""
    return list(_message(body, files))


def _message(body: Body, files: dict[str, bytes]) -> Iterator[str]:
    top = body.get("components") or []
    every = list(parts(top))
    new_style = bool((body.get("flags") or 0) & COMPONENTS_V2)
    if new_style:
        if body.get("content") or body.get("embeds") or body.get("poll") or body.get("sticker_ids"):
            yield "components of the new style stand beside content or embeds"
        if not top:
            yield "empty message"
        yield from _layout(top, every, files)
    else:
        yield from within("content", body.get("content"), CONTENT)
        if not ((body.get("content") or "").strip() or body.get("embeds") or files):
            yield "empty message"
        if any(part["type"] not in (ROW, BUTTON, *SELECTS) for part in every):
            yield "components of the new style without their flag"
        if len(top) > 5:
            yield "more than 5 rows"
    yield from _controls(every)
    yield from _attachments(body.get("attachments") or [], files)
    yield from _mentions(body.get("allowed_mentions"))
    if body.get("nonce") is not None:
        yield from within("nonce", str(body["nonce"]), NONCE)


def _layout(top: list[Body], every: list[Body], files: dict[str, bytes]) -> Iterator[str]:
    """The rules of components of the new style: https://docs.discord.com/developers/components/reference."""
    if len(every) > MOST_COMPONENTS:
        yield f"{len(every)} components"
    if any(part["type"] in (BUTTON, *SELECTS) for part in top):
        yield "a button or list outside a row"
    texts = [part["content"] for part in every if part["type"] == TEXT]
    for text in texts:
        yield from within("text", text, ALL_TEXT, least=1)
    if (total := sum(map(units, texts))) > ALL_TEXT:
        yield f"texts hold {total} of {ALL_TEXT}"
    shown = []
    for part in every:
        if part["type"] == CONTAINER:
            if not 1 <= len(part["components"]) <= MOST_COMPONENTS:
                yield "an empty container"
            if any(inner["type"] == CONTAINER for inner in part["components"]):
                yield "a container in a container"
        elif part["type"] == GALLERY:
            shown += [item["media"]["url"] for item in part["items"]]
            for item in part["items"]:
                if item.get("description") is not None:
                    yield from within("description", item["description"], ALT, least=1)
        elif part["type"] == FILE:
            shown.append(part["file"]["url"])
    attached = {f"attachment://{name}" for name in files}
    for url in shown:
        if url.startswith("attachment://") and url not in attached:
            yield f"{url} is not attached"
    for url in attached - set(shown):
        yield f"{url} is attached and not shown"


def _controls(every: list[Body]) -> Iterator[str]:
    """Rows, buttons and lists."""
    ids = [part["custom_id"] for part in every if part.get("custom_id")]
    if len(ids) != len(set(ids)):
        yield "a custom_id stands twice"
    for custom_id in ids:
        yield from within("custom_id", custom_id, 100, least=1)
    for part in every:
        if part["type"] == ROW:
            kinds = [inner["type"] for inner in part["components"]]
            if not (set(kinds) == {BUTTON} and len(kinds) <= 5) and not (len(kinds) == 1 and kinds[0] in SELECTS):
                yield f"a row of {kinds}"
        elif part["type"] == BUTTON:
            linked = part["style"] == LINK_STYLE
            if linked != bool(part.get("url")) or linked == bool(part.get("custom_id")):
                yield "a button needs an address if it is a link, and a custom_id if it is none"
            if not part.get("emoji"):
                yield from within("label", part.get("label"), 80, least=1)
        elif part["type"] == SELECT:
            values = [option["value"] for option in part["options"]]
            if not 1 <= len(values) <= OPTIONS or len(values) != len(set(values)):
                yield "a list of no options, of more than 25, or of one twice"
            for option in part["options"]:
                yield from within("option", option["label"], 100, least=1)
                yield from within("value", option["value"], 100, least=1)
                yield from within("description", option.get("description"), 100)


def _attachments(described: list[Body], files: dict[str, bytes]) -> Iterator[str]:
    for attachment in described:
        yield from within("description", attachment.get("description"), ALT)
    if len(files) > FILES:
        yield "more than 10 files"
    if any(len(body) > UPLOAD for body in files.values()):
        yield "a file is larger than 10 MiB"


def _mentions(allowed: Body | None) -> Iterator[str]:
    """https://docs.discord.com/developers/resources/message#allowed-mentions-object"""
    for kind in ("roles", "users"):
        if allowed and kind in (allowed.get("parse") or []) and allowed.get(kind):
            yield f"{kind} are both parsed and listed"


def pinged(body: Body) -> list[str]:
    """Whom a message notifies, by its texts and what it allows."""
    texts = [
        body.get("content") or "",
        *(part["content"] for part in parts(body.get("components") or []) if "content" in part),
    ]
    said = "\n".join(texts)
    allowed = body.get("allowed_mentions")
    found = []
    if allowed is None or "everyone" in (allowed.get("parse") or []):
        found += re.findall(r"@(?:everyone|here)", said)
    for kind, pattern in (("roles", r"<@&(\d+)>"), ("users", r"<@!?(\d+)>")):
        for who in re.findall(pattern, said):
            if allowed is None or kind in (allowed.get("parse") or []) or who in map(str, allowed.get(kind) or []):
                found.append(f"{kind} {who}")
    return found


def modal_faults(body: Body) -> list[str]:
    """What Discord would refuse in a modal."""
    faults = list(within("title", body.get("title"), MODAL_TITLE, least=1))
    faults += within("custom_id", body.get("custom_id"), 100, least=1)
    rows = body.get("components") or []
    if not 1 <= len(rows) <= MODAL_ROWS or any(row["type"] not in (ROW, TEXT, LABEL) for row in rows):
        faults.append("a modal of none or of more than 5 rows")
    for row in rows:
        if row["type"] == LABEL:
            faults += within("label", row["label"], 45, least=1)
            faults += within("description", row.get("description"), 100)
    every = list(parts(rows))
    ids = [part["custom_id"] for part in every if part.get("custom_id")]
    if len(ids) != len(set(ids)):
        faults.append("a custom_id stands twice")
    for part in every:
        if part["type"] == INPUT:
            faults += within("placeholder", part.get("placeholder"), 100)
            faults += within("value", part.get("value"), 4000)
    return faults


def command_faults(commands: list[Body]) -> list[str]:
    """What Discord would refuse in a list of commands."""
    faults = []
    if len(commands) > COMMANDS or len({command["name"] for command in commands}) < len(commands):
        faults.append("more than 100 commands, or a name twice")
    for command in commands:
        options = command.get("options") or []
        for named in [command, *options]:
            if not re.fullmatch(r"[-_\w]{1,32}", named["name"]) or named["name"] != named["name"].lower():
                faults.append(f"name {named['name']}")
            if not 1 <= units(named["description"]) <= 100:
                faults.append(f"description of {named['name']}")
        required = [option.get("required", False) for option in options]
        names = [option["name"] for option in options]
        if required != sorted(required, reverse=True) or len(options) > OPTIONS or len(set(names)) < len(names):
            faults.append(f"options of {command['name']}")
        if _size(command) > COMMAND_SIZE:
            faults.append(f"{command['name']} is larger than {COMMAND_SIZE}")
        for option in options:
            if option.get("choices") and option.get("autocomplete"):
                faults.append(f"{option['name']} has choices and autocomplete")
            faults += choice_faults(option.get("choices") or [])
    return faults


def _size(command: Body) -> int:
    """Of names, descriptions and values together."""
    told = [command, *(command.get("options") or [])]
    told += [choice for option in command.get("options") or [] for choice in option.get("choices") or []]
    return sum(units(str(one.get(key) or "")) for one in told for key in ("name", "description", "value"))


def choice_faults(choices: list[Body]) -> list[str]:
    """What Discord would refuse in a list of choices."""
    wrong = [item for item in choices if not 1 <= units(item["name"]) <= 100 or not 1 <= units(item["value"]) <= 100]
    return [f"choice {item['name'][:20]}" for item in wrong] + (
        ["more than 25 choices"] if len(choices) > CHOICES else []
    )
