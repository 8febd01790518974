"""An occasion becomes a Reply. Handlers are sync, know no platform, and get their session and the time."""

from answers.language_model.rephrase import Complete
from handlers import ask, compare, digest, fact, facts, help, names, spikes, status, timeline, trend, watch, why
from handlers import sources as feeds
from handlers.command import Command
from signals.detector import Rules


def commands(rules: Rules, complete: Complete | None = None, look: feeds.Look | None = None) -> dict[str, Command]:
    """Every command by its word, in the order in which /help lists them.

    `complete` is the optional language model, `look` fetches an address that may become a source.
    """
    every = [
        trend.command(rules),
        why.command(rules),
        ask.command(rules, complete),
        spikes.command(rules),
        facts.command(),
        timeline.command(),
        compare.command(rules),
        fact.command(),
        watch.command(rules),
        digest.command(rules),
        names.command(),
        feeds.command(look),
        status.command(),
        help.command(lambda: found),
    ]
    found = {command.name: command for command in every}
    return found
