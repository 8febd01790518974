"""What reaches us: an occasion to answer, and where it happened. No platform's own types."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """Where people talk: the address an answer or an alert goes to.

    `platform` is the adapter's name ("slack"); `workspace` the Slack team or Discord guild, "" in a
    private conversation; `channel` and `thread` are the platform's own ids.
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""


@dataclass(frozen=True)
class Request:
    """One command as somebody gave it: the options are still the words that were typed."""

    command: str
    place: Place
    options: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    may_configure: bool = True
    """Whether the platform lets this person change what the channel gets (Manage Server and the like)."""

    def option(self, name: str) -> str:
        """The words given for an option, "" when it was left out."""
        return self.options.get(name, "").strip()
