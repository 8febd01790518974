"""Workspaces and their channels: where replies and alerts go."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select


class Workspace(SQLModel, table=True):
    """A Slack team or Discord guild; an empty `external_id` is a private conversation."""

    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    external_id: str
    left_at: datetime | None = None
    """When the bot was removed from it: nothing is sent there any more, and its settings are deleted after a while."""


class Channel(SQLModel, table=True):
    """A channel, or a thread in one."""

    __table_args__ = (UniqueConstraint("workspace_id", "external_id", "thread"),)

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: int = Field(foreign_key="workspace.id")
    external_id: str
    thread: str = ""


def find_workspace(session: Session, platform: str, workspace: str) -> Workspace | None:
    """The workspace, or None if it is unknown."""
    return session.exec(
        select(Workspace).where(Workspace.platform == platform, Workspace.external_id == workspace)
    ).first()


def known_workspaces(session: Session, platform: str) -> list[Workspace]:
    """The workspaces of a platform that the bot has not been removed from, private conversations apart."""
    query = select(Workspace).where(
        Workspace.platform == platform, Workspace.external_id != "", col(Workspace.left_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Workspace.id))))


def channels(session: Session, workspace: Workspace) -> list[Channel]:
    """The known channels of a workspace, in the order in which they became known."""
    return list(session.exec(select(Channel).where(Channel.workspace_id == workspace.id).order_by(col(Channel.id))))


def find_channel(session: Session, platform: str, workspace: str, channel: str, thread: str = "") -> Channel | None:
    """The channel at a place, or None if it is unknown."""
    query = (
        select(Channel)
        .join(Workspace)
        .where(
            Workspace.platform == platform,
            Workspace.external_id == workspace,
            Channel.external_id == channel,
            Channel.thread == thread,
        )
    )
    return session.exec(query).first()


def get_channel(session: Session, platform: str, workspace: str, channel: str, thread: str = "") -> Channel:
    """The channel at a place; created if it is new."""
    found = find_channel(session, platform, workspace, channel, thread)
    if found:
        return found
    home = find_workspace(session, platform, workspace)
    if home is None:
        home = Workspace(platform=platform, external_id=workspace)
        session.add(home)
        session.flush()
    found = Channel(workspace_id=home.id or 0, external_id=channel, thread=thread)
    session.add(found)
    session.flush()
    return found
