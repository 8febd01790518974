"""Turns commands and alerts into replies. Handlers are sync and know no platform; session and time are passed in.

In: a Request (or an outbox row), a Session and the current time. Out: a Reply, or a UserError that says what to do.

Reading order:

- command.py (what a command is), wording.py (how names, moments and numbers are written), citation.py (facts as lines);
- measurement/ (counts -> scores), arguments/ (typed text -> values), alerts/ (scores -> alerts);
- one file per command: trend.py and why.py, spikes.py, ask.py, facts.py, timeline.py, compare.py, fact.py, watch.py,
  digest.py, names.py, sources.py, status.py, help.py;
- message.py (a message in people's own words -> the command that it means), message_line.py (its line), shorthand.py
  (short ways to write a command);
- composition.py (outbox row -> message), operator_notes.py (what the operator hears), personal_data.py and
  workspace_removal.py (showing and deleting what is stored).
"""

from answers.language_model.rephrase import Complete
from handlers import ask, compare, digest, fact, facts, help, names, spikes, status, timeline, trend, watch, why
from handlers import sources as feeds
from handlers.command import Command
from signals.detector import Rules


def commands(
    rules: Rules, complete: Complete | None = None, look: feeds.Look | None = None, hide: feeds.Hide = str
) -> dict[str, Command]:
    """Returns every command by name, in the order of /help.

    `complete` is the optional language model; `look` fetches the address of a possible source; `hide` removes
    the keys of sources from a text.
    """
    every = [
        trend.command(rules),
        why.command(rules),
        ask.command(rules, complete, lambda: found),
        spikes.command(rules),
        facts.command(),
        timeline.command(),
        compare.command(rules),
        fact.command(),
        watch.command(rules),
        digest.command(rules),
        names.command(),
        feeds.command(look, hide),
        status.command(),
        help.command(lambda: found),
    ]
    found = {command.name: command for command in every}
    return found
