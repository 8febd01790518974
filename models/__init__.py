"""The fact store: one file for each noun, its table first and its queries below it."""

from sqlmodel import SQLModel

from models import (
    alert,
    article,
    candidate,
    channel,
    conversation,
    count,
    digest,
    entity,
    fact,
    full_text,
    host,
    installation,
    load_state,
    mention,
    outbox,
    schedule,
    source,
    spend,
    spike,
    watch,
)

TABLES = (
    alert,
    article,
    candidate,
    channel,
    conversation,
    count,
    digest,
    entity,
    fact,
    host,
    installation,
    load_state,
    mention,
    outbox,
    schedule,
    source,
    spend,
    spike,
    full_text,
    watch,
)
metadata = SQLModel.metadata

__all__ = ["TABLES", "metadata"]
