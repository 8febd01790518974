"""Slack's own descriptions, where they lie beside the project: what they say of blocks, views, manifests and calls.

Without them nothing is checked here; the limits written down in slack_rules.py hold all the same.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specs" / "slack"
HERE = FOLDER.is_dir()

Body = dict[str, Any]

KINDS = {
    "header": "HeaderBlock",
    "section": "SectionBlock",
    "context": "ContextBlock",
    "actions": "ActionsBlock",
    "divider": "DividerBlock",
    "image": "ImageBlock",
    "input": "InputBlock",
    "home": "HomeView",
    "modal": "ModalView",
}
"""Slack's name for a block or view of a type: against one, an error can be read; against all of them, it can't."""

TOLD = {"files.getUploadURLExternal": {"alt_txt"}}
"""Arguments that the documentation has (https://docs.slack.dev/reference/methods/files.getUploadURLExternal), where
Slack's own client spells them in another way."""

_FREE = frozenset({"text", "value", "action_id", "block_id", "alt_text", "url", "private_metadata", "initial_value"})


def block_faults(block: Body) -> list[str]:
    """What Slack's types mind about a block or a view."""
    return list(_faults(json.dumps(_shape(block)))) if HERE else []


@cache
def _faults(shape: str) -> tuple[str, ...]:
    block = json.loads(shape)
    kind = KINDS.get(block.get("type", ""))
    if kind is None:
        return (f"a block of type {block.get('type')}",)
    return tuple(f"{kind}: {error.json_path}: {error.message}" for error in _types(kind).iter_errors(block))


@cache
def _types(kind: str) -> Any:
    definitions = json.loads((FOLDER / "types.schema.json").read_text())["definitions"]
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{kind}", "definitions": definitions})


def _shape(value: Any, key: str = "") -> Any:
    """The same with its words taken out: to the types one text is like another, so each shape is looked at once."""
    if isinstance(value, dict):
        return {name: _shape(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        # Slack's types say nothing of how many there are.
        shapes = [_shape(inner, key) for inner in value]
        return [one for at, one in enumerate(shapes) if one not in shapes[:at]]
    return "" if isinstance(value, str) and key in _FREE else value


def call_faults(method: str, sent: Body) -> Iterator[str]:
    """What Slack's own client minds about a call: arguments that it does not know, or that are missing."""
    if not HERE:
        return
    known = _methods().get(method)
    if known is None:
        yield f"{method} is no method"
        return
    for name in sent.keys() - set(known["args"]) - TOLD.get(method, set()) - {"token"}:
        yield f"{method} takes no {name}"
    for name in known["required"]:
        if sent.get(name) in (None, ""):
            yield f"{method} needs {name}"


@cache
def _methods() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "web-methods.json").read_text())["methods"]
    return found


def limits() -> Body:
    """The table of limits that another library keeps."""
    (path,) = (FOLDER / "slackblocks-spec").rglob("limits.json")
    found: Body = json.loads(path.read_text())
    return found


def manifest_faults(manifest: Body) -> list[str]:
    """What Slack minds about an app's manifest."""
    path = FOLDER / f"manifest.schema.{manifest['_metadata']['major_version']}.0.0.json"
    return [f"{error.json_path}: {error.message}" for error in _manifests(path).iter_errors(manifest)]


@cache
def _manifests(path: Path) -> Any:
    return jsonschema.Draft7Validator(json.loads(path.read_text()))
