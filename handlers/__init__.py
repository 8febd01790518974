"""Turns commands and alerts into replies. Handlers are sync and know no platform; session and time are passed in.

In: a Request (or an outbox row), a Session and the current time. Out: a Reply, or a UserError that says what to do.

Reading order:

- command.py (what a command is), wording.py (how names, moments and numbers are written), citation.py (facts as
  lines), name_buttons.py (buttons that review names);
- measurement/ (counts -> scores), arguments/ (typed text -> values), alerts/ (scores -> alerts);
- one file per command: trend.py and why.py, spikes.py, ask.py, facts.py, timeline.py, compare.py, fact.py, watch.py,
  digest.py, names.py, sources.py, status.py, help.py;
- message.py (a message in people's own words -> the command that it means), message_line.py (its line), shorthand.py
  (short ways to write a command);
- composition.py (outbox row -> message), operator_notes.py (what the operator hears), personal_data.py and
  workspace_removal.py (showing and deleting what is stored).
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from handlers.command import Command
from signals.detector import Rules

if TYPE_CHECKING:
    from answers.language_model.rephrase import Complete
    from handlers.sources import Hide, Look


class _Commands(Mapping[str, Command]):
    """Commands by name. A command's module is imported when it is first looked up: most answers need only one."""

    def __init__(self, arguments: Mapping[str, tuple[Any, ...]]) -> None:
        self._arguments = arguments
        self._made: dict[str, Command] = {}

    def __getitem__(self, name: str) -> Command:
        if name not in self._made:
            arguments = self._arguments[name]
            self._made[name] = import_module(f"handlers.{name}").command(*arguments)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arguments)

    def __len__(self) -> int:
        return len(self._arguments)


def commands(
    rules: Rules, complete: "Complete | None" = None, look: "Look | None" = None, hide: "Hide" = str
) -> Mapping[str, Command]:
    """Returns every command by name, which is also its module's name, in the order of /help.

    `complete` is the optional language model; `look` fetches the address of a possible source; `hide` removes
    the keys of sources from a text.
    """
    found: Mapping[str, Command] = _Commands(
        {
            "trend": (rules,),
            "why": (rules,),
            "ask": (rules, complete, lambda: found),
            "spikes": (rules,),
            "facts": (),
            "timeline": (),
            "compare": (rules,),
            "fact": (),
            "watch": (rules,),
            "digest": (rules,),
            "names": (),
            "sources": (look, hide),
            "status": (),
            "help": (lambda: found,),
        }
    )
    return found
