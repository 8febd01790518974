"""Sends a rendered reply to Discord, with its picture, or in a plainer form if Discord refuses the richer one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot import charts
from bot.discord import api_errors
from bot.discord.components.render import plain_content, render
from chat.reply import Reply

Send = Callable[[dict[str, Any]], Awaitable[None]]
log = logging.getLogger(__name__)


def message_arguments(reply: Reply, image: bytes | None, page: int = 1, files: bool = True) -> dict[str, Any]:
    """A page of a reply as keyword arguments for the library's send and edit methods."""
    rendered = render(reply, image if files else None, page, files)
    view = ui.LayoutView(timeout=None)
    for component in rendered.components:
        view.add_item(component)
    # Buttons are recognised by their ids, so the library need not remember each view.
    view.stop()
    arguments: dict[str, Any] = {"view": view, "files": list(rendered.files)}
    if rendered.role:
        arguments["allowed_mentions"] = discord.AllowedMentions(
            everyone=False, users=False, replied_user=False, roles=[discord.Object(rendered.role)]
        )
    return arguments


async def send_reply(send: Send, reply: Reply, image: bytes | None, page: int = 1) -> None:
    """Sends a reply: with files, else without, else as plain text. Raises what the last attempt raised."""
    forms: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: message_arguments(reply, image, page),
        # A channel without Attach Files may still accept text.
        lambda: message_arguments(reply, None, page, files=False),
        lambda: {"content": plain_content(reply)},
    )
    for form in forms:
        try:
            await send(form())
            return
        except discord.HTTPException as error:
            refused = error.status in (400, 413) or error.code == api_errors.MISSING_PERMISSIONS
            if form is forms[-1] or not refused:
                raise
            log.error("discord_message_refused", extra={"title": reply.title, "error": str(error)})


async def chart_picture(reply: Reply) -> bytes | None:
    """The reply's chart as PNG; None if it has none or drawing failed."""
    if reply.chart is None:
        return None
    try:
        return await asyncio.to_thread(charts.chart_png, reply.chart)
    except Exception:
        log.exception("discord_chart_failed", extra={"title": reply.title})
        return None
