"""Any reply becomes messages that Discord accepts, and all of it can be read."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.components.markdown import one_line
from bot.discord.components.render import RenderedMessage, fits, plain_content, render_page
from chat.page import split_pages
from chat.reply import Reply
from tests.loopback.discord_rules import (
    BUTTON,
    COMPONENTS_V2,
    GALLERY,
    SELECT,
    TEXT,
    message_faults,
    parts,
    pinged,
    units,
)
from tests.loopback.openapi import Description
from tests.replies import quick, replies, thorough

DESCRIPTION = Description()
"""Discord's own description of its API; messages are checked against it where it is available, and always against our
rules."""
PNG = b"\x89PNG..."


def payload(message: RenderedMessage) -> dict[str, Any]:
    """A message as the adapter sends it."""
    return {
        "flags": COMPONENTS_V2,
        "components": [item.to_component_dict() for item in message.components],
        "attachments": [
            {"id": at, "filename": file.filename, "description": file.description}
            for at, file in enumerate(message.files)
        ],
        "allowed_mentions": {"parse": [], "roles": [str(message.role)] if message.role else []},
    }


def shown(text: str) -> str:
    """Markdown as people see it, without white space."""
    return "".join(re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text.replace("@\u200b", "@")).split())


def said(reply: Reply) -> Iterator[str]:
    """All that a reply says, piece by piece; of a text not the words so long that they may be broken."""
    yield reply.title
    yield from (word for word in reply.text.split() if len(word) < 200)
    for field in reply.fields:
        yield from (field.name, field.value)
    if reply.chart:
        yield reply.chart.alt
    for section in reply.lists():
        yield section.title
        for item in section.items:
            yield from (item.text, item.note)
    yield from (action.line for action in reply.actions)
    yield reply.footer


def read(reply: Reply, picture: bytes | None) -> tuple[str, bytes]:
    """All that people can read of a reply who press More to its end, and the text file that came with it."""
    texts, whole = [], b""
    found = split_pages(reply, fits)
    for number in count(1):
        message = render_page(reply, found, number, picture)
        assert message.role is None or number == 1
        files = {file.filename: file.fp.read() for file in message.files}
        body = payload(message)
        assert message_faults(body, files) == []
        if DESCRIPTION.there:
            assert DESCRIPTION.message_faults(body) == []
        assert pinged(body) == ([f"roles {reply.mention}"] if message.role else [])
        whole = whole or files.get("whole.txt", b"")
        every = list(parts(body["components"]))
        texts += [shown(part["content"]) for part in every if part["type"] == TEXT]
        texts += [part["custom_id"] for part in every if part["type"] == BUTTON]
        texts += [option["value"] for part in every if part["type"] == SELECT for option in part["options"]]
        texts += [item.get("description") or "" for part in every if part["type"] == GALLERY for item in part["items"]]
        if not any(part.get("custom_id", "").startswith(f"more:{number + 1}:") for part in every):
            return "".join("\n".join(texts).split()), whole
    raise AssertionError


def check(reply: Reply, picture: bytes | None) -> None:
    """Discord accepts every message of a reply, and all of it can be read."""
    text, whole = read(reply, picture)
    filed = "".join(whole.decode().split())
    for piece in set(said(reply)):
        bare = "".join(one_line(piece).split())
        assert bare in text or bare in filed
    assert 0 < units(plain_content(reply)) <= 2000


any_reply = given(replies, st.sampled_from((None, PNG)))


@any_reply
@quick
def test_any_reply(reply: Reply, picture: bytes | None) -> None:
    check(reply, picture)


@pytest.mark.long
@any_reply
@thorough
def test_two_thousand_replies(reply: Reply, picture: bytes | None) -> None:
    check(reply, picture)
