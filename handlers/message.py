"""A message in anybody's own words: understood, and answered by the command that it means.

text -> Interpretation -> a command's line -> that command's Reply, with its own buttons
                       -> an offer with a button, where something would change
                       -> None: a question, which /ask answers from the news
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from textwrap import shorten

from sqlmodel import Session

from answers.understand.intent import Intent
from answers.understand.interpretation import Interpretation
from chat.reply import Action, Reply
from chat.request import Request
from handlers.command import Command, parse_options, split_line
from handlers.message_line import line_of, offer

SAID = 300
"""Characters of a reply that are remembered for the next message of the conversation."""

EXAMPLES = (
    Action("What's hot today?", "/spikes"),
    Action("Trend of Meta", "/trend Meta"),
    Action("All commands", "/help"),
)


def reply_to_message(
    found: Interpretation, request: Request, session: Session, now: datetime, commands: Mapping[str, Command]
) -> Reply | None:
    """The reply to a message that is no question of fact; None for one that is.

    Raises UserError as the command does that the message means.
    """
    today = now.date()
    if (offered := offer(found, today)) is not None:
        return offered
    match found.intent:
        case Intent.SMALLTALK | Intent.OUT_OF_SCOPE:
            return None
        case Intent.CLARIFY:
            return _clarify(found)
    line = line_of(found, today)
    if not line:
        return None
    reply = _say(line, request, session, now, commands)
    return replace(reply, line=reply.line or line, actions=(*_further(found, today), *reply.actions))


def remembered(reply: Reply) -> str:
    """What is remembered of a reply: whom it spoke of, for "tell me more about it"."""
    lines = [reply.title, reply.text, *(item.text for section in reply.sections[:1] for item in section.items[:5])]
    return shorten(" ".join(filter(None, lines)), SAID, placeholder="…")


def _say(line: str, request: Request, session: Session, now: datetime, commands: Mapping[str, Command]) -> Reply:
    word, *rest = split_line(line)
    command = commands[word.removeprefix("/")]
    asked = Request(command.name, request.place, parse_options(command, rest), request.author, request.may_configure)
    return command.handler(asked, session, now)


def _further(found: Interpretation, today: date) -> tuple[Action, ...]:
    """Buttons for the other requests of one message."""
    lines = ((part.text, line_of(part, today) or f"/ask {part.text}") for part in found.parts[1:])
    return tuple(Action(shorten(text, 40, placeholder="…"), line) for text, line in lines)


def _clarify(found: Interpretation) -> Reply:
    """One question back, with what it could have meant."""
    if found.names:
        name = found.names[0].text
        return Reply(
            f"What would you like to know about {name}?",
            actions=(
                Action("Trend", f"/trend {name}"),
                Action("Why in the news", f"/why {name}"),
                Action("Facts", f"/facts {name}"),
                Action("Timeline", f"/timeline {name}"),
            ),
            private=True,
        )
    return Reply(
        "I'm not sure what you mean.",
        "Name a company, model or person and say what you want to know, or pick one of these.",
        actions=EXAMPLES,
        private=True,
    )
