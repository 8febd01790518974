"""What must hold of any message that we write for Slack."""

from bot.slack import views
from bot.slack.blocks import render
from bot.slack.inbound import place
from chat.page import split_pages
from chat.reply import Reply
from tests.loopback.slack_rules import Body, faults, length, pings, view_faults

TOTAL = 12_000
"""https://github.com/slackapi/bolt-js/issues/2509: 13,200 were refused."""


def taken(reply: Reply) -> list[list[Body]]:
    """The blocks of each page, once found to be within Slack's limits, without a ping, and with all texts filled."""
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
    assert pings([written, text, plain]) == ([] if not reply.mention else ["<!subteam"] * 2)
    return written
