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
    host,
    installation,
    loaded,
    mention,
    outbox,
    schedule,
    source,
    spend,
    spike,
    text,
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
    loaded,
    mention,
    outbox,
    schedule,
    source,
    spend,
    spike,
    text,
    watch,
)
metadata = SQLModel.metadata

__all__ = ["TABLES", "metadata"]
