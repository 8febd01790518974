"""Deletes the settings of workspaces that removed the bot, after a grace period."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from handlers.personal_data import forget_workspace
from models.channel import Workspace

KEPT = timedelta(days=30)
"""How long a workspace keeps its watches and digests after removing the bot, in case it invites the bot back."""


def forget_left_workspaces(session: Session, now: datetime) -> int:
    """Deletes everything set by workspaces that removed the bot more than KEPT ago; returns their number."""
    query = select(Workspace).where(col(Workspace.left_at).is_not(None), col(Workspace.left_at) < now - KEPT)
    gone = list(session.exec(query))
    for home in gone:
        forget_workspace(session, home)
    return len(gone)
