"""Deletes the settings of workspaces that removed the bot, after a grace period."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from models.alert import Alert, Feedback
from models.channel import Channel, Workspace
from models.digest import Digest
from models.outbox import Outbox
from models.watch import Mute, Watch

KEPT = timedelta(days=30)
"""How long a workspace keeps its watches and digests after removing the bot, in case it invites the bot back."""


def forget_left_workspaces(session: Session, now: datetime) -> int:
    """Deletes everything set by workspaces that removed the bot more than KEPT ago; returns their number."""
    query = select(Workspace).where(col(Workspace.left_at).is_not(None), col(Workspace.left_at) < now - KEPT)
    gone = list(session.exec(query))
    for home in gone:
        channels = select(Channel.id).where(Channel.workspace_id == home.id)
        alerts = select(Alert.id).where(col(Alert.channel_id).in_(channels))
        session.exec(delete(Outbox).where(col(Outbox.channel_id).in_(channels)))
        session.exec(delete(Feedback).where(col(Feedback.alert_id).in_(alerts)))
        for table in (Alert, Watch, Mute, Digest):
            session.exec(delete(table).where(col(table.channel_id).in_(channels)))
        session.exec(delete(Channel).where(col(Channel.workspace_id) == home.id))
        session.delete(home)
        session.flush()
    return len(gone)
