"""Workspaces that have installed the Slack app, in the tables of slack_sdk's stores; tokens are encrypted.

The columns are those of slack_sdk's SQLAlchemy stores, which read and write these tables. Only the token columns are
wider, because encrypted tokens are longer.
"""

from datetime import datetime

from sqlalchemy import DateTime, Index, Text
from sqlmodel import Field, SQLModel


class SlackBot(SQLModel, table=True):
    """The bot's token for a workspace; the newest installation counts."""

    __tablename__ = "slack_bots"
    __table_args__ = (Index("slack_bots_idx", "client_id", "enterprise_id", "team_id", "installed_at"),)

    id: int | None = Field(default=None, primary_key=True)
    client_id: str
    app_id: str
    enterprise_id: str | None = None
    enterprise_name: str | None = None
    team_id: str | None = None
    team_name: str | None = None
    bot_token: str | None = Field(default=None, sa_type=Text)
    bot_id: str | None = None
    bot_user_id: str | None = None
    bot_scopes: str | None = None
    bot_refresh_token: str | None = Field(default=None, sa_type=Text)
    bot_token_expires_at: datetime | None = Field(default=None, sa_type=DateTime)
    is_enterprise_install: bool = False
    installed_at: datetime = Field(sa_type=DateTime)


class SlackInstallation(SQLModel, table=True):
    """Who installed the app in a workspace, and when."""

    __tablename__ = "slack_installations"
    __table_args__ = (
        Index("slack_installations_idx", "client_id", "enterprise_id", "team_id", "user_id", "installed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    client_id: str
    app_id: str
    enterprise_id: str | None = None
    enterprise_name: str | None = None
    enterprise_url: str | None = None
    team_id: str | None = None
    team_name: str | None = None
    bot_token: str | None = Field(default=None, sa_type=Text)
    bot_id: str | None = None
    bot_user_id: str | None = None
    bot_scopes: str | None = None
    bot_refresh_token: str | None = Field(default=None, sa_type=Text)
    bot_token_expires_at: datetime | None = Field(default=None, sa_type=DateTime)
    user_id: str
    user_token: str | None = Field(default=None, sa_type=Text)
    user_scopes: str | None = None
    user_refresh_token: str | None = Field(default=None, sa_type=Text)
    user_token_expires_at: datetime | None = Field(default=None, sa_type=DateTime)
    incoming_webhook_url: str | None = None
    incoming_webhook_channel: str | None = None
    incoming_webhook_channel_id: str | None = None
    incoming_webhook_configuration_url: str | None = None
    is_enterprise_install: bool = False
    token_type: str | None = None
    installed_at: datetime = Field(sa_type=DateTime)


class SlackState(SQLModel, table=True):
    """An installation that was started in a browser and may still be finished."""

    __tablename__ = "slack_oauth_states"

    id: int | None = Field(default=None, primary_key=True)
    state: str
    expire_at: datetime = Field(sa_type=DateTime)
