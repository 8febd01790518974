"""The settings, read from the environment and `.env`; nothing else reads either. docs/settings.md explains each."""

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from signals.false_discovery import Sensitivity


class WhoConfigures(StrEnum):
    """Who may configure watches and digests on Slack, whose payloads do not say who manages a channel."""

    MEMBERS = "members"
    """Whoever is in that channel."""
    ADMINS = "admins"


_OPERATOR = re.compile(r"discord:\d+|slack:[TE][A-Z0-9]+:[UW][A-Z0-9]+")

PLACEHOLDERS = ("changeme", "your-", "xoxb-your", "xapp-your", "xoxb-...", "xapp-...", "<", "...")
"""Beginnings of values that were copied from an example."""


class Settings(BaseSettings):
    """What an operator can set, in the environment or in `.env` in the working folder.

    Raises ValidationError for values that can't work, so that the bot does not start half-configured.
    """

    model_config = SettingsConfigDict(
        env_prefix="TRENDBOT_", env_file=".env", extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: str = "sqlite:///trendbot.db"
    catalogue: Path | None = None
    """The operator's own catalogue file, which extends or overrides the built-in one."""
    sources: Path | None = None
    """The operator's own list of sources (OPML), instead of the built-in one."""
    now: datetime | None = None
    """A fixed clock, for tests and for looking at the past."""
    log_level: str = "INFO"
    poll_minutes: float | None = Field(default=None, gt=0)
    """Interval at which all sources are polled, instead of each at its own."""
    contact: str = ""
    """How to reach the operator, sent to every server in the user agent."""
    requests_per_day: int = Field(default=2000, ge=1)
    """Most requests a day to one server."""
    operator_channel: str = ""
    """Channel for warnings about failing sources: platform:workspace:channel."""
    operators: str = ""
    """Who may change names, sources and facts for every workspace: discord:USER, slack:TEAM:USER, with commas."""
    health_port: int | None = Field(default=None, ge=1, le=65535)
    """Port of /healthz, /readyz and /metrics; none by default."""
    health_host: str = "127.0.0.1"
    source_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """Values for {key:NAME} in sources' addresses."""
    summary_length: int = Field(default=2000, ge=100)
    """Characters kept of an article's text."""
    keep_days: int | None = Field(default=None, ge=7)
    """Days after which articles are deleted; their counts stay."""
    keep_text: bool = False
    """Whether to keep articles' whole text."""
    sensitivity: Sensitivity = Sensitivity.BALANCED
    """Sensitivity of watches that have no level of their own."""
    alert_level: float | None = Field(default=None, ge=1)
    """Lowest z of an alert, instead of the one that the sensitivity implies."""
    min_stories: int = Field(default=5, ge=1)
    min_outlets: int = Field(default=3, ge=1)

    llm_url: str = ""
    """Base address of an OpenAI-compatible server, including "/v1". Switches the language model on."""
    llm_model: str = ""
    llm_key: SecretStr = Field(default=SecretStr(""))
    llm_tokens_per_day: int = Field(default=200_000, ge=0)
    llm_facts: bool = False
    """Whether the language model may also propose facts from articles."""

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
    """With the secret: an OAuth app that many workspaces can add, instead of one with a single bot token."""
    slack_client_secret: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("slack_client_secret"))
    slack_token_key: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("slack_token_key"))
    """Key that encrypts the stored tokens of an OAuth app."""
    slack_public_url: str = Field(default="", validation_alias=AliasChoices("slack_public_url"))
    """Address at which Slack and browsers reach the bot, such as https://trendbot.example.org."""
    slack_configure: WhoConfigures = WhoConfigures.MEMBERS
    slack_api_base_url: str = Field(default="", validation_alias=AliasChoices("slack_api_base_url"))
    slack_http_host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("slack_http_host"))
    slack_http_port: int = Field(default=3000, validation_alias=AliasChoices("slack_http_port"))

    @field_validator(
        "discord_token", "slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret", "llm_key"
    )
    @classmethod
    def not_a_placeholder(cls, secret: SecretStr) -> SecretStr:
        """Refuses a placeholder that was copied from an example."""
        value = secret.get_secret_value().strip()
        if any(value.lower().startswith(placeholder) for placeholder in PLACEHOLDERS):
            raise ValueError("this is a placeholder, not a token. Set the real one, or leave the setting empty")
        return SecretStr(value)

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def not_swapped(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """Refuses Slack tokens in each other's place, to which Slack itself only says "not allowed"."""
        wrong = {"slack_bot_token": "xapp-", "slack_app_token": "xoxb-"}[info.field_name or ""]
        if secret.get_secret_value().startswith(wrong):
            raise ValueError(
                "this is the other token. SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-: swap them"
            )
        return secret

    @field_validator("discord_api_base_url", "discord_gateway_url", "slack_api_base_url", "slack_public_url")
    @classmethod
    def address(cls, url: str) -> str:
        """Refuses a value that is not an address: clients would retry it for ever."""
        if url and not url.startswith(("http://", "https://", "ws://", "wss://")):
            raise ValueError("this is not an address. Begin it with http:// or https:// (a gateway with wss://)")
        return url

    @field_validator("operator_channel")
    @classmethod
    def complete_place(cls, place: str) -> str:
        """Refuses an incomplete channel address."""
        parts = place.split(":")
        if place and (len(parts) != 3 or parts[0] not in ("slack", "discord", "terminal") or not all(parts)):
            raise ValueError("write it as platform:workspace:channel, such as slack:T0123ABCD:C0123ABCD")
        return place

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
    def valid_in_header(cls, contact: str) -> str:
        """Refuses a contact that can't be part of an HTTP header."""
        if not contact.isascii() or not contact.isprintable() or len(contact) > 200:
            raise ValueError("use a mail or web address in ASCII characters, at most 200 of them")
        return contact

    @field_validator("now")
    @classmethod
    def with_time_zone(cls, now: datetime | None) -> datetime | None:
        """Refuses a time without a zone, which could mean any hour."""
        if now is not None and now.tzinfo is None:
            raise ValueError("the time needs a time zone, for example 2026-04-09T12:00:00Z")
        return now

    @model_validator(mode="after")
    def complete_slack(self) -> "Settings":
        """Refuses incomplete Slack settings: a bot that silently skips a platform looks dead there."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.slack_client_secret)
        bot, app, signing, secret = (bool(token.get_secret_value()) for token in tokens)
        if bool(self.slack_client_id) != secret:
            raise ValueError(
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET need each other. Copy both from the app's page: Basic "
                "Information, App Credentials"
            )
        if secret and bot:
            raise ValueError(
                "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are for many. "
                "Set only one of the two"
            )
        if (bot or secret) and not (app or signing):
            given = "SLACK_BOT_TOKEN" if bot else "SLACK_CLIENT_ID"
            raise ValueError(f"{given} also needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")
        if (app or signing) and not (bot or secret):
            raise ValueError("SLACK_APP_TOKEN and SLACK_SIGNING_SECRET also need SLACK_BOT_TOKEN")
        return self

    @model_validator(mode="after")
    def complete_oauth(self) -> "Settings":
        """Refuses an OAuth app whose tokens would be stored unencrypted, or that browsers can't return to."""
        if not self.slack_client_id:
            return self
        from cryptography.fernet import Fernet  # noqa: PLC0415 - only such an app needs it

        try:
            Fernet(self.slack_token_key.get_secret_value())
        except ValueError:
            raise ValueError(
                "SLACK_TOKEN_KEY must be a key that encrypts the stored tokens (32 bytes in base64). "
                "`trendbot setup slack --new-key` makes one. Keep it safe: if it is lost, every workspace must add the "
                "app again"
            ) from None
        if not self.slack_public_url:
            raise ValueError("SLACK_CLIENT_ID also needs SLACK_PUBLIC_URL, the address that browsers return to")
        return self

    @model_validator(mode="after")
    def complete_language_model(self) -> "Settings":
        """Refuses incomplete settings of the language model."""
        if self.llm_url and not self.llm_url.startswith(("http://", "https://")):
            raise ValueError("TRENDBOT_LLM_URL is not an address. Write it like http://localhost:11434/v1")
        if self.llm_url and not self.llm_model:
            raise ValueError("TRENDBOT_LLM_URL also needs TRENDBOT_LLM_MODEL, the model's name on that server")
        if self.llm_facts and not self.llm_url:
            raise ValueError("TRENDBOT_LLM_FACTS also needs TRENDBOT_LLM_URL and TRENDBOT_LLM_MODEL")
        return self

    @property
    def operator_ids(self) -> frozenset[str]:
        """The operators, each as `discord:USER` or `slack:TEAM:USER`."""
        return frozenset(filter(None, map(str.strip, self.operators.split(","))))

    @property
    def keys(self) -> dict[str, str]:
        """The keys of sources, by name."""
        return {name: key.get_secret_value() for name, key in self.source_keys.items()}

    @property
    def discord(self) -> bool:
        """Whether Discord is switched on."""
        return bool(self.discord_token.get_secret_value())

    @property
    def slack(self) -> bool:
        """Whether Slack is switched on: over Socket Mode with an app token, else over signed HTTP."""
        transport = self.slack_app_token.get_secret_value() or self.slack_signing_secret.get_secret_value()
        return bool((self.slack_bot_token.get_secret_value() or self.slack_oauth) and transport)

    @property
    def slack_oauth(self) -> bool:
        """Whether many workspaces can add the app, instead of the single one whose token is set."""
        return bool(self.slack_client_id)
