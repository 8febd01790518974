"""Slack's limits, each with the page that states it. Lengths are in UTF-16 units, the strictest reading.

BLOCKS_PAGE = https://docs.slack.dev/reference/block-kit/blocks
ELEMENTS_PAGE = https://docs.slack.dev/reference/block-kit/block-elements
OBJECTS_PAGE = https://docs.slack.dev/reference/block-kit/composition-objects
VIEWS_PAGE = https://docs.slack.dev/reference/views
"""

BLOCKS = 50
"""In a message: BLOCKS_PAGE."""
VIEW_BLOCKS = 100
"""In a modal or an App Home: VIEWS_PAGE."""
HEADER = 150
"""Text of a header: BLOCKS_PAGE/header-block."""
SECTION = 3000
"""Text of a section: BLOCKS_PAGE/section-block."""
FIELDS = 10
"""Fields of a section: BLOCKS_PAGE/section-block."""
FIELD = 2000
"""Text of one field: BLOCKS_PAGE/section-block."""
CONTEXT = 3000
"""Text of a context block's element, of which it takes ten: BLOCKS_PAGE/context-block and OBJECTS_PAGE/text-object."""
BUTTONS = 25
"""Elements of an actions block: BLOCKS_PAGE/actions-block."""
BUTTON_LABEL = 75
"""ELEMENTS_PAGE/button-element."""
BUTTON_VALUE = 2000
"""ELEMENTS_PAGE/button-element."""
OPTIONS = 100
"""Of a select menu: ELEMENTS_PAGE/select-menu-element."""
OPTION_LABEL = 75
"""OBJECTS_PAGE/option-object."""
OPTION_VALUE = 150
"""OBJECTS_PAGE/option-object."""
VIEW_TITLE = 24
"""Of a modal, and of its two buttons: VIEWS_PAGE."""
METADATA = 3000
"""A view's private_metadata: VIEWS_PAGE."""
INPUT = 3000
"""Characters in a text field: ELEMENTS_PAGE/plain-text-input-element."""
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
"""OBJECTS_PAGE/confirmation-dialog-object."""
TEXT = 4000
"""Of a message's plain text: https://docs.slack.dev/reference/methods/chat.postMessage/#truncating"""
TOTAL = 12_000
"""Over all blocks. Slack documents none, but refused about 13,200 with msg_blocks_too_long (slackapi/bolt-js#2509)."""
ALT = 1000
"""A picture's alternative text: https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""
