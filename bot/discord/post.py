"""Messages that nobody asked for: alerts and digests, into channels, threads and forums, and written anew later.

channel, thread -> a message     forum -> a post of its own     under -> a thread from a message of ours
"""

import asyncio
import hashlib
from typing import Any, Literal

import discord

from bot.discord import api_errors
from bot.discord.client import Client
from bot.discord.components.markdown import cut, one_line
from bot.discord.components.payload import chart_picture, send_reply
from bot.platform import PostDelayed, PostRefused
from chat.reply import Reply
from chat.request import Place

PATIENCE = 60.0
"""Seconds for one post with the library's own retries."""
NONCE = 25
"""https://docs.discord.com/developers/resources/message#create-message"""
NAME = 100
"""Of a thread: https://docs.discord.com/developers/resources/channel#start-thread-from-message"""
ARCHIVED_AFTER: Literal[1440] = 1440
"""Minutes without a word after which a thread is put away; the next word brings it back."""


async def post(client: Client | None, place: Place, reply: Reply, key: str, under: str = "") -> str:
    """Posts, and gives the message's id with its channel's. Raises PostDelayed or PostRefused."""
    ready, channel = _ready(client), _channel(place)
    image = await chart_picture(reply)
    try:
        async with asyncio.timeout(PATIENCE):
            await _belongs(ready, place, channel)
            if under:
                return await _under(ready, place, under, reply, image, key)
            if isinstance(forum := ready.get_channel(channel), discord.ForumChannel):
                return await _forum(forum, reply, image)
            return await _into(ready, channel, reply, image, key)
    except api_errors.UNREACHABLE as error:
        raise api_errors.post_error(error, str(channel)) from error


async def edit(client: Client | None, place: Place, message: str, reply: Reply) -> None:
    """Writes a message of ours anew. Raises PostDelayed or PostRefused."""
    ready = _ready(client)
    channel, number = _ids(message, place)
    target = ready.get_partial_messageable(channel).get_partial_message(number)
    image = await chart_picture(reply)

    async def send(parts: dict[str, Any]) -> None:
        files = parts.pop("files", ())
        await target.edit(attachments=files, **parts)

    try:
        async with asyncio.timeout(PATIENCE):
            await send_reply(send, reply, image)
    except api_errors.UNREACHABLE as error:
        raise api_errors.post_error(error, str(channel)) from error


async def _belongs(client: Client, place: Place, channel: int) -> None:
    """Raises PostRefused for a channel of another server: a watch may name any number as its channel."""
    if not place.workspace:
        return
    found = client.get_channel(channel) or await client.fetch_channel(channel)
    home = getattr(found, "guild", None)
    if home is None or str(home.id) != place.workspace:
        raise PostRefused("This channel is in another server: set the watch there.")


async def _into(
    client: Client, channel: int, reply: Reply, image: bytes | None, key: str, answers: int | None = None
) -> str:
    """A message in a channel or thread; Discord drops a repeat of the same key for some minutes."""
    target = client.get_partial_messageable(channel)
    nonce = hashlib.sha256(key.encode()).hexdigest()[:NONCE]
    sent = ""

    async def send(message: dict[str, Any]) -> None:
        nonlocal sent
        if answers:
            message["reference"] = target.get_partial_message(answers).to_reference(fail_if_not_exists=False)
        # discord.py sends `enforce_nonce` with every nonce.
        sent = f"{channel}/{(await target.send(nonce=nonce, **message)).id}"

    await send_reply(send, reply, image)
    return sent


async def _forum(forum: discord.ForumChannel, reply: Reply, image: bytes | None) -> str:
    """A post of its own, with a tag where the forum asks for one."""
    tags = forum.available_tags[:1] if forum.flags.require_tag else []
    sent = ""

    async def send(message: dict[str, Any]) -> None:
        nonlocal sent
        opened = await forum.create_thread(name=_name(reply), applied_tags=tags, **message)
        sent = f"{opened.thread.id}/{opened.message.id}"

    await send_reply(send, reply, image)
    return sent


async def _under(client: Client, place: Place, under: str, reply: Reply, image: bytes | None, key: str) -> str:
    """Into the thread of a message, which is begun if need be; as an answer to it where there can be none."""
    channel, number = _ids(under, place)
    if place.workspace and not isinstance(client.get_channel(channel), discord.Thread):
        holder = client.get_partial_messageable(channel, guild_id=int(place.workspace))
        try:
            await holder.get_partial_message(number).create_thread(
                name=_name(reply), auto_archive_duration=ARCHIVED_AFTER
            )
        except discord.HTTPException as error:
            if error.code not in api_errors.NO_THREAD:
                raise
            threaded = error.code == api_errors.THREAD_EXISTS
        else:
            threaded = True
        if threaded:
            # A thread from a message has the message's id.
            return await _into(client, number, reply, image, key)
    return await _into(client, channel, reply, image, key, answers=number)


def _ready(client: Client | None) -> Client:
    if client is None or not client.connected.is_set():
        raise PostDelayed("Discord is not connected.")
    return client


def _channel(place: Place) -> int:
    channel = place.thread or place.channel
    if not (channel.isdecimal() and channel.isascii()):
        raise PostRefused(f"“{channel}” is not the id of a Discord channel: set the watch again in its channel.")
    return int(channel)


def _ids(message: str, place: Place) -> tuple[int, int]:
    """The channel and the number of a message of ours; older ones were noted without their channel."""
    channel, _, number = message.rpartition("/")
    try:
        return int(channel) if channel else _channel(place), int(number)
    except ValueError:
        raise PostRefused(f"“{message}” is not the id of a Discord message.") from None


def _name(reply: Reply) -> str:
    return cut(one_line(reply.title), NAME) or "News"
