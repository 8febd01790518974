"""A Reply on its way to Discord: with its picture, and in a plainer look where the richer one is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog
from discord import ui

from bot import charts
from bot.discord import api_errors
from bot.discord.components.render import plain_content, render
from chat.reply import Reply

Send = Callable[[dict[str, Any]], Awaitable[None]]
log = structlog.get_logger()


def message_arguments(reply: Reply, image: bytes | None, page: int = 1, files: bool = True) -> dict[str, Any]:
    """A rendered reply as the library's keyword arguments."""
    rendered = render(reply, image if files else None, page, files)
    view = ui.LayoutView(timeout=None)
    for component in rendered.components:
        view.add_item(component)
    # Presses find their way by what is registered; the library need not remember each view.
    view.stop()
    parts: dict[str, Any] = {"view": view, "files": list(rendered.files)}
    if rendered.role:
        parts["allowed_mentions"] = discord.AllowedMentions(
            everyone=False, users=False, replied_user=False, roles=[discord.Object(rendered.role)]
        )
    return parts


async def send_reply(send: Send, reply: Reply, image: bytes | None, page: int = 1) -> None:
    """Sends a reply; without files where those are refused, and as text where even that is: better than silence."""
    looks: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: message_arguments(reply, image, page),
        # Without Attach Files a channel may still take words.
        lambda: message_arguments(reply, None, page, files=False),
        lambda: {"content": plain_content(reply)},
    )
    for look in looks:
        try:
            await send(look())
            return
        except discord.HTTPException as error:
            refused = error.status in (400, 413) or error.code == api_errors.MISSING_PERMISSIONS
            if look is looks[-1] or not refused:
                raise
            log.error("discord_look_refused", title=reply.title, error=str(error))


async def chart_picture(reply: Reply) -> bytes | None:
    """The reply's chart as PNG; None where there is none to draw or drawing failed."""
    if reply.chart is None:
        return None
    try:
        return await asyncio.to_thread(charts.chart_png, reply.chart)
    except Exception:
        log.exception("discord_chart_failed", title=reply.title)
        return None
