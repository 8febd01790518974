"""Discord's own description of its interface, to hold request bodies against.

By its README, and by what its clients send and Discord takes, four things are read otherwise than JSON Schema has them:
"oneOf" means at least one; whole numbers may come as words; snowflakes may be numbers; and a union is the member whose
`type` the body has.
"""

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

DESCRIPTION = Path(__file__).parents[3] / "shared" / "specs" / "discord" / "openapi.json"


class Description:
    """The description, its validators made when they are first needed."""

    def __init__(self, path: Path = DESCRIPTION) -> None:
        self.path = path
        self._validators: dict[str, Any] = {}

    @property
    def there(self) -> bool:
        """Whether there is one on this machine."""
        return self.path.is_file()

    def faults(self, method: str, path: str, body: Any) -> list[str]:
        """What the description says against the body of a request, "" where it says nothing of such a request."""
        for pattern, operations in self._operations:
            content = operations.get(method.lower(), {}).get("requestBody", {}).get("content", {})
            if "application/json" in content and pattern.fullmatch(path):
                return self._against(content["application/json"]["schema"], body)
        return [f"{method} {path} takes no body"] if body is not None else []

    def message_faults(self, body: Any) -> list[str]:
        """The same for what is posted into a channel."""
        return self._against({"$ref": "#/components/schemas/MessageCreateRequest"}, body)

    @cached_property
    def _document(self) -> Any:
        document = json.loads(self.path.read_text(encoding="utf-8"))
        schemas = document["components"]["schemas"]
        schemas["SnowflakeType"] = {"type": ["string", "integer"]}
        return _adapted(document, schemas)

    @cached_property
    def _operations(self) -> list[tuple[re.Pattern[str], Any]]:
        paths = sorted(self._document["paths"].items(), key=lambda found: found[0].count("{"))
        return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operations) for path, operations in paths]

    def _against(self, schema: Any, body: Any) -> list[str]:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole)
        validator = self._validators[key]
        if validator.is_valid(body):
            return []
        return [f"{list(error.instance_path)}: {error.message[:300]}" for error in validator.iter_errors(body)]


def _adapted(node: Any, schemas: Any) -> Any:
    if isinstance(node, list):
        return [_adapted(one, schemas) for one in node]
    if not isinstance(node, dict):
        return node
    found = {("anyOf" if key == "oneOf" else key): _adapted(value, schemas) for key, value in node.items()}
    kinds = found.get("type")
    names = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if "integer" in names and "string" not in names and "enum" not in found:
        # A pattern binds words alone, as least and most bind numbers alone.
        found |= {"type": [*names, "string"], "pattern": r"^-?\d+$"}
    if isinstance(found.get("anyOf"), list) and (chosen := _by_type(found["anyOf"], schemas)):
        del found["anyOf"]
        found["allOf"] = chosen
    return found


def _by_type(members: list[Any], schemas: Any) -> list[Any]:
    """A union as a choice by `type`, or nothing where its members have none."""
    chosen: list[Any] = []
    every = []
    for member in members:
        name = str(member.get("$ref", "")).rpartition("/")[2]
        kinds = schemas.get(name, {}).get("properties", {}).get("type", {}).get("enum")
        if not kinds:
            return []
        every += kinds
        chosen.append({"if": {"properties": {"type": {"enum": kinds}}}, "then": member})
    return [{"required": ["type"], "properties": {"type": {"enum": every}}}, *chosen]
