"""What reaches the handlers: a command and the place it was given. Free of platform types."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """The address of a conversation, to which an answer or an alert goes.

    `platform` is the adapter's name ("slack"); `workspace` is the Slack team or Discord guild, "" in a
    private conversation; `channel` and `thread` are the platform's own ids.
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""


@dataclass(frozen=True)
class Request:
    """One command with its options, which are still the text that was typed."""

    command: str
    place: Place
    options: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    may_configure: bool = True
    """Whether the platform lets this person change the channel's settings (Manage Server and the like)."""

    def option(self, name: str) -> str:
        """Returns the text given for an option, "" if it was left out."""
        return self.options.get(name, "").strip()
