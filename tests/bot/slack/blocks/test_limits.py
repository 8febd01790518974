"""Slack's limits as we hold them, against the table that another library keeps; and that ours lie below them."""

import pytest

from bot.slack.blocks import limits, render
from tests.loopback import slack_schema

PLACES = {
    "HEADER": ("header", "text", "max_length"),
    "SECTION": ("section", "text", "max_length"),
    "FIELDS": ("section", "fields", "max_items"),
    "FIELD": ("section", "fields", "item_max_length"),
    "CONTEXT": ("text", "max_length"),
    "BUTTONS": ("actions", "elements", "max_items"),
    "BUTTON_LABEL": ("button", "text", "max_length"),
    "BUTTON_VALUE": ("button", "value", "max_length"),
    "OPTIONS": ("select", "options", "max_items"),
    "OPTION_LABEL": ("option", "text", "max_length"),
    "OPTION_VALUE": ("option", "value", "max_length"),
    "VIEW_BLOCKS": ("view", "blocks", "max_items"),
    "VIEW_TITLE": ("view", "title", "max_length"),
    "METADATA": ("view", "private_metadata", "max_length"),
    "INPUT": ("plain_text_input", "max_length", "max"),
    "CONFIRM_TITLE": ("confirmation", "title", "max_length"),
    "CONFIRM_TEXT": ("confirmation", "text", "max_length"),
    "CONFIRM_BUTTON": ("confirmation", "confirm", "max_length"),
}


@pytest.mark.parametrize("name", PLACES)
def test_others_know_the_same_limits(name: str):
    if not slack_schema.HERE:
        pytest.skip("the other library's table is not at hand (shared/specs/slack)")
    found = slack_schema.limits()
    for key in PLACES[name]:
        found = found[key]
    assert getattr(limits, name) == found


def test_ours_lie_below_them():
    assert render.FIELD_NAME + render.FIELD_VALUE + len("**\n") <= limits.FIELD
    assert max(render.TITLE, render.LIST_TITLE + render.ITEM + render.NOTE) <= limits.SECTION
    assert max(render.FOOTER, render.MORE) <= limits.CONTEXT
    assert render.PAGED_LINE <= limits.BUTTON_VALUE
    assert render.NOTICE <= limits.TEXT
