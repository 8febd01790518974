"""The reply to an unexpected error: an apology with a ticket, under which the log has the cause."""

import logging
import secrets

from chat.reply import Mood, Reply

log = logging.getLogger(__name__)


def log_failure(event: str, **details: str) -> Reply:
    """Logs the exception being handled under a new ticket, and returns the apology. Call it in an `except` block."""
    ticket = secrets.token_hex(2)
    log.exception(event, extra={"ticket": ticket, **details})
    return Reply(
        "Something went wrong here.",
        f"Please try again. If it keeps failing, tell whoever runs the bot: it is logged as {ticket}.",
        mood=Mood.TROUBLE,
        private=True,
    )
