"""Short ways to write a command, spelled out: `/watch deepseek`, `/digest set 9am`, `/trend anthropic week`. Pure."""

import re
from collections.abc import Sequence

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|yesterday|today")
_WATCH = frozenset(
    [
        "add",
        "preview",
        "list",
        "edit",
        "remove",
        "pause",
        "resume",
        "mute",
        "unmute",
        "test",
        "not-useful",
    ]  # the actions of /watch
)
_DIGEST = frozenset(("show", "set", "preview", "off"))
MOST_TOPIC = 3
"""Words of the longest topic that is written behind a name: "context window size"."""


def spelled_out(command: str, words: Sequence[str]) -> list[str]:
    """The words behind a command as its options are written in full; the same words where nothing is short."""
    found = list(words)
    match command:
        case "watch" if found and found[0].lower() not in _WATCH and "=" not in found[0]:
            return ["add", *found]
        case "digest" if found and (found[0].lower() not in _DIGEST or found[0].lower() == "set"):
            rest = found[1:] if found[0].lower() == "set" else found
            if rest and not {"hour", "days", "zone"} & {word.partition("=")[0].lower() for word in rest}:
                from handlers.message_line import digest_options

                return digest_options(" ".join(rest))
        case "spikes" | "trend" | "why" if found and "as-of" not in found:
            return _timed(command, found)
        case "facts" if len(found) > 1 and "about" not in found:
            from answers.language.predicates import predicates_named

            for size in range(min(MOST_TOPIC, len(found) - 1), 0, -1):
                if predicates_named(" ".join(found[-size:])):
                    return [*found[:-size], "about", *found[-size:]]
    return found


def _timed(command: str, found: list[str]) -> list[str]:
    """A day or a week at the end, as an option; `/spikes` takes "week" as it stands."""
    last = found[-1].lower()
    if _DAY.fullmatch(last) and (command == "spikes" or len(found) > 1):
        return found[:-1] if last == "today" else [*found[:-1], "as-of", last]
    if command == "trend" and last in ("week", "day") and len(found) > 1 and "window" not in found:
        rest = found[:-2] if found[-2].lower() == "this" else found[:-1]
        return [*rest, "window", last] if rest else found
    return found
