"""The one reader of the environment and of the settings file. Every field is told in docs/settings.md."""

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from signals.false_discovery import Sensitivity


class WhoConfigures(StrEnum):
    """Who may change what a Slack channel gets: Slack's payloads do not say who manages a channel."""

    MEMBERS = "members"
    """Whoever is in that channel."""
    ADMINS = "admins"


_OPERATOR = re.compile(r"discord:\d+|slack:[TE][A-Z0-9]+:[UW][A-Z0-9]+")

PLACEHOLDERS = ("changeme", "your-", "xoxb-your", "xapp-your", "xoxb-...", "xapp-...", "<", "...")


class Settings(BaseSettings):
    """What an operator can set, by environment or in the file `.env` of the folder it runs in."""

    model_config = SettingsConfigDict(
        env_prefix="TRENDBOT_", env_file=".env", extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: str = "sqlite:///trendbot.db"
    catalogue: Path | None = None
    """An operator's own catalogue file, added to ours or overriding it."""
    sources: Path | None = None
    """An operator's own list of sources (OPML), instead of ours."""
    now: datetime | None = None
    """A standing clock, for tests and for looking at the past."""
    log_level: str = "INFO"
    poll_minutes: float | None = Field(default=None, gt=0)
    """All sources at this step, instead of each in its own rhythm."""
    contact: str = ""
    """How the operator can be reached, told to every server that is asked."""
    requests_per_day: int = Field(default=2000, ge=1)
    """To one server."""
    operator_channel: str = ""
    """Where the operator is told of sources in trouble: platform:workspace:channel."""
    operators: str = ""
    """Who may change names, sources and facts for every workspace: discord:USER and slack:TEAM:USER, with commas."""
    health_port: int | None = Field(default=None, ge=1, le=65535)
    """Where /healthz, /readyz and /metrics are answered; empty for nowhere."""
    health_host: str = "127.0.0.1"
    source_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """What stands for {key:NAME} in a source's address."""
    summary_length: int = Field(default=2000, ge=100)
    """Characters kept of what a source tells of an article."""
    keep_days: int | None = Field(default=None, ge=7)
    """Days after which articles are deleted; their counts stay."""
    keep_text: bool = False
    """Keeps all of it."""
    sensitivity: Sensitivity = Sensitivity.BALANCED
    """How readily a spike is told where a watch has no level of its own."""
    alert_level: float | None = Field(default=None, ge=1)
    """A z of the operator's own instead of that word's."""
    min_stories: int = Field(default=5, ge=1)
    min_outlets: int = Field(default=3, ge=1)

    llm_url: str = ""
    """Base address of an OpenAI-compatible server, up to and with "/v1": switches the language model on."""
    llm_model: str = ""
    llm_key: SecretStr = Field(default=SecretStr(""))
    llm_tokens_per_day: int = Field(default=200_000, ge=0)
    llm_facts: bool = False
    """Whether it may also propose facts from articles."""

    discord_token: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("discord_token"))
    discord_api_base_url: str = Field(default="", validation_alias=AliasChoices("discord_api_base_url"))
    discord_gateway_url: str = Field(default="", validation_alias=AliasChoices("discord_gateway_url"))
    discord_test_guild: str = Field(default="", validation_alias=AliasChoices("discord_test_guild"))
    slack_bot_token: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("slack_bot_token"))
    slack_app_token: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("slack_app_token"))
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("slack_signing_secret")
    )
    slack_client_id: str = Field(default="", validation_alias=AliasChoices("slack_client_id"))
    """With the secret: an OAuth app that many workspaces add, instead of one bot token."""
    slack_client_secret: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("slack_client_secret"))
    slack_token_key: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("slack_token_key"))
    """What the tokens of an OAuth app are encrypted with."""
    slack_public_url: str = Field(default="", validation_alias=AliasChoices("slack_public_url"))
    """Where Slack and browsers reach the bot, such as https://trendbot.example.org."""
    slack_configure: WhoConfigures = WhoConfigures.MEMBERS
    slack_api_base_url: str = Field(default="", validation_alias=AliasChoices("slack_api_base_url"))
    slack_http_host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("slack_http_host"))
    slack_http_port: int = Field(default=3000, validation_alias=AliasChoices("slack_http_port"))

    @field_validator(
        "discord_token", "slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret", "llm_key"
    )
    @classmethod
    def real(cls, secret: SecretStr) -> SecretStr:
        """Refuses a placeholder that was copied from an example."""
        value = secret.get_secret_value().strip()
        if any(value.lower().startswith(placeholder) for placeholder in PLACEHOLDERS):
            raise ValueError("holds a placeholder, not a token: put the real one there, or leave it empty")
        return SecretStr(value)

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def unswapped(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """Refuses the one of Slack's tokens in the place of the other: Slack would only say "not allowed"."""
        wrong = {"slack_bot_token": "xapp-", "slack_app_token": "xoxb-"}[info.field_name or ""]
        if secret.get_secret_value().startswith(wrong):
            raise ValueError("holds the other token: SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-")
        return secret

    @field_validator("discord_api_base_url", "discord_gateway_url", "slack_api_base_url", "slack_public_url")
    @classmethod
    def address(cls, url: str) -> str:
        """Refuses what is no address: a client would try it for ever."""
        if url and not url.startswith(("http://", "https://", "ws://", "wss://")):
            raise ValueError("is no address: it begins with http:// or https:// (the gateway's with ws:// or wss://)")
        return url

    @field_validator("operator_channel")
    @classmethod
    def whole_place(cls, said: str) -> str:
        """Refuses half of a place."""
        parts = said.split(":")
        if said and (len(parts) != 3 or parts[0] not in ("slack", "discord", "terminal") or not all(parts)):
            raise ValueError("is written platform:workspace:channel, such as slack:T0123ABCD:C0123ABCD")
        return said

    @field_validator("slack_configure", mode="before")
    @classmethod
    def renamed(cls, said: object) -> object:
        """Reads the earlier word for the default."""
        return WhoConfigures.MEMBERS if said == "everyone" else said

    @field_validator("operators")
    @classmethod
    def identities(cls, said: str) -> str:
        """Refuses what names nobody: an operator who is not recognised finds out when it matters."""
        for one in filter(None, map(str.strip, said.split(","))):
            if not _OPERATOR.fullmatch(one):
                raise ValueError(
                    f"{one!r} names no person: write discord:123456789012345678 or slack:T0123ABCD:U0123ABCD, "
                    "several with commas"
                )
        return said

    @field_validator("contact")
    @classmethod
    def sayable(cls, contact: str) -> str:
        """Refuses what can't stand in a header."""
        if not contact.isascii() or not contact.isprintable() or len(contact) > 200:
            raise ValueError("is said to servers: a mail address or a page, in plain letters")
        return contact

    @field_validator("now")
    @classmethod
    def zoned(cls, now: datetime | None) -> datetime | None:
        """A clock without a zone could mean any hour."""
        if now is not None and now.tzinfo is None:
            raise ValueError("needs a time zone, for example 2026-04-09T12:00:00Z")
        return now

    @model_validator(mode="after")
    def whole(self) -> "Settings":
        """Refuses half of what Slack needs: a bot that silently leaves a platform out looks dead there."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.slack_client_secret)
        bot, app, signing, secret = (bool(token.get_secret_value()) for token in tokens)
        if bool(self.slack_client_id) != secret:
            raise ValueError(
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET need each other: Basic Information, App Credentials"
            )
        if secret and bot:
            raise ValueError(
                "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many: leave one out"
            )
        if (bot or secret) and not (app or signing):
            named = "SLACK_BOT_TOKEN" if bot else "SLACK_CLIENT_ID"
            raise ValueError(f"{named} needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside it")
        if (app or signing) and not (bot or secret):
            raise ValueError("SLACK_APP_TOKEN and SLACK_SIGNING_SECRET need SLACK_BOT_TOKEN beside them")
        return self

    @model_validator(mode="after")
    def sealed(self) -> "Settings":
        """Refuses an OAuth app whose tokens would lie open in the store, or that browsers can't come back to."""
        if not self.slack_client_id:
            return self
        from cryptography.fernet import Fernet  # noqa: PLC0415 - only such an app needs it

        try:
            Fernet(self.slack_token_key.get_secret_value())
        except ValueError:
            raise ValueError(
                "SLACK_TOKEN_KEY must be a key for the stored tokens, 32 bytes in base64: "
                "`trendbot setup slack --new-key` makes one. Keep it: without it all workspaces must add the app again"
            ) from None
        if not self.slack_public_url:
            raise ValueError("SLACK_CLIENT_ID needs SLACK_PUBLIC_URL beside it: the address that browsers come back to")
        return self

    @model_validator(mode="after")
    def model_named(self) -> "Settings":
        """Refuses half of what a language model needs."""
        if self.llm_url and not self.llm_url.startswith(("http://", "https://")):
            raise ValueError("TRENDBOT_LLM_URL is no address: write it like http://localhost:11434/v1")
        if self.llm_url and not self.llm_model:
            raise ValueError("TRENDBOT_LLM_URL needs TRENDBOT_LLM_MODEL beside it: the model's name at that server")
        if self.llm_facts and not self.llm_url:
            raise ValueError("TRENDBOT_LLM_FACTS needs TRENDBOT_LLM_URL and TRENDBOT_LLM_MODEL beside it")
        return self

    @property
    def operator_ids(self) -> frozenset[str]:
        """The operators, each as `discord:USER` or `slack:TEAM:USER`."""
        return frozenset(filter(None, map(str.strip, self.operators.split(","))))

    @property
    def discord(self) -> bool:
        """Whether the Discord adapter is switched on."""
        return bool(self.discord_token.get_secret_value())

    @property
    def slack(self) -> bool:
        """Whether the Slack adapter is switched on: Socket Mode with an app token, else signed HTTP."""
        other = self.slack_app_token.get_secret_value() or self.slack_signing_secret.get_secret_value()
        return bool((self.slack_bot_token.get_secret_value() or self.slack_oauth) and other)

    @property
    def slack_oauth(self) -> bool:
        """Whether many workspaces may add the app, instead of one that has its token here."""
        return bool(self.slack_client_id)
