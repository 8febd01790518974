"""Every table of the store at once, for migrations; others import the nouns that they need."""

from sqlmodel import SQLModel

from models import (  # noqa: F401 - each adds its tables
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

metadata = SQLModel.metadata
