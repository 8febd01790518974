"""Workspaces that the bot was removed from: what they set is kept for a while, then forgotten."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from handlers.personal_data import forget_workspace
from models.channel import Workspace

KEPT = timedelta(days=30)
"""How long a workspace that removed the bot finds its watches and digests again when it invites it back."""


def forget_left_workspaces(session: Session, now: datetime) -> int:
    """Deletes what workspaces set that were left more than KEPT ago; gives how many those are."""
    query = select(Workspace).where(col(Workspace.left_at).is_not(None), col(Workspace.left_at) < now - KEPT)
    gone = list(session.exec(query))
    for home in gone:
        forget_workspace(session, home)
    return len(gone)
