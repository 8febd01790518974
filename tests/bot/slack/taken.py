"""What must hold for any message that we render for Slack."""

import re

from bot.slack import views
from bot.slack.blocks import render
from bot.slack.inbound import place
from chat.page import split_pages
from chat.reply import Reply
from tests.loopback.slack_rules import Body, faults, length, pings, view_faults

TOTAL = 12_000
"""https://github.com/slackapi/bolt-js/issues/2509: 13,200 were refused."""
GROUP = re.compile(r"S[A-Z0-9]{2,}")
"""The id of a user group; a reply's mention that is none must ping nobody."""


def taken(reply: Reply) -> list[list[Body]]:
    """The blocks of each page, checked to be within Slack's limits, to ping only the mention, and to be complete."""
    found = split_pages(reply, render.fits)
    written = [render.page_blocks(reply, found, page, share=reply.private) for page in range(1, len(found) + 1)]
    for blocks in written:
        assert faults(blocks) == []
        assert length(blocks) <= TOTAL
        assert blocks
    text, plain = render.notification(reply), render.fallback(reply)
    assert text.strip()
    assert plain.strip()
    assert length(text) <= 1000
    assert length(plain) <= 4000
    assert view_faults(views.result_modal(reply, views.Memo(place("T1", "C1")))) == []
    assert pings([written, text, plain]) == (["<!subteam"] * 2 if GROUP.fullmatch(reply.mention) else [])
    return written
