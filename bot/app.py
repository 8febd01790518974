"""Assembles the bot from the settings; `bot.serving` runs it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from bot.clock import Clock
from bot.router import Router
from bot.settings import Settings
from gazetteer.files import default_facts, default_tables
from handlers import commands
from ingest import starter_counts
from ingest.facts import starter_facts, starter_tables
from ingest.http.source_keys import hide_keys
from ingest.relinking import gazetteer_changes
from ingest.sources import registry
from migrations import upgrade
from models.database import connect
from signals.detector import Rules
from signals.false_discovery import LEVELS

if TYPE_CHECKING:
    from bot.language_model import Endpoint
    from handlers.sources import Look, SourcePreview
    from ingest.sources.reading import PollSettings

log = logging.getLogger(__name__)


@dataclass
class App:
    """The bot, assembled but not started."""

    settings: Settings
    engine: Engine
    router: Router
    rules: Rules
    clock: Clock
    model: "Endpoint | None" = None
    """The language model, if one is configured."""


def detector_rules(settings: Settings) -> Rules:
    """The detector's rules as configured."""
    level = LEVELS[settings.sensitivity] if settings.alert_level is None else settings.alert_level
    return Rules(level=level, min_stories=settings.min_stories, min_outlets=settings.min_outlets)


def poll_settings(settings: Settings) -> "PollSettings":
    """How sources are polled, as configured."""
    from ingest.sources.reading import PollSettings

    return PollSettings(
        settings.contact,
        settings.requests_per_day,
        0 if settings.keep_text else settings.summary_length,
        settings.keys,
        settings.keep_days,
    )


def clock(settings: Settings) -> Clock:
    """The clock, in UTC: fixed at `settings.now` if that is set."""
    fixed = settings.now
    return (lambda: fixed.astimezone(UTC)) if fixed else lambda: datetime.now(UTC)


def open_store(settings: Settings) -> Engine:
    """Opens the store, created or upgraded, with the catalogue in it. Raises StoreError or GazetteerError."""
    engine = connect(settings.database_url)
    upgrade(engine)
    if gazetteer_changes.load_gazetteer(engine, settings.catalogue) and starter_counts.has_articles(engine):
        log.warning("the catalogue has changed: run `trendbot recount` to link the stored articles again")
    return engine


def build(settings: Settings) -> App:
    """Assembles everything except the platforms: the store with starter data, and the router.

    Raises StoreError or GazetteerError.
    """
    engine = open_store(settings)
    now = clock(settings)
    starter_facts.load_starter_facts(engine, default_facts(), now())
    starter_tables.load_starter_tables(engine, default_tables(), now())
    registry.configure_sources(engine, settings.sources)
    starter_counts.load_starter_counts(engine)
    rules = detector_rules(settings)
    model = None
    if settings.llm_url:
        from bot.language_model import Endpoint

        model = Endpoint(settings, engine, now)
    router = Router(
        engine, commands(rules, model, address_preview(settings), key_hider(settings)), now, settings.operator_ids
    )
    return App(settings, engine, router, rules, now, model)


def address_preview(settings: Settings) -> "Look":
    """The function that previews an address before it becomes a source."""

    def look(address: str, now: datetime, public: bool) -> "SourcePreview":
        from chat.reply import ListItem
        from handlers.sources import SourcePreview
        from ingest.sources.probe import probe_address
        from models.article import MAX_LABEL

        found = probe_address(address, now, poll_settings(settings), public=public)
        items = tuple(
            ListItem(item.title or item.summary[:MAX_LABEL], item.url, f"{item.published_at:%Y-%m-%d %H:%M} UTC")
            for item in found.items
        )
        return SourcePreview(found.kind, found.url, found.name, items, len(found.refused), found.problem)

    return look


def key_hider(settings: Settings) -> Callable[[str], str]:
    """The function that puts {key:NAME} back in place of the keys in an address."""
    return lambda text: hide_keys(text, settings.keys)
