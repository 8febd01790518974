"""Posts and edits unprompted messages: alerts and digests in channels, threads and forums.

channel or thread -> a message     forum -> a post of its own     `under` -> the thread of an earlier message
"""

import asyncio
import hashlib
from datetime import datetime, timedelta
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
"""Seconds that one post may take, including the library's own retries."""
ANSWER_SECONDS = 0.5
"""Time for the HTTP response after the gateway has announced a forum post; the library retries after a second."""
SKEW = timedelta(minutes=1)
"""Difference allowed between our clock and Discord's."""
NONCE = 25
"""https://docs.discord.com/developers/resources/message#create-message"""
NAME = 100
"""Length of a thread's name: https://docs.discord.com/developers/resources/channel#start-thread-from-message"""
ARCHIVED_AFTER: Literal[1440] = 1440
"""Minutes of silence after which a thread is archived; the next message brings it back."""


async def post(
    client: Client | None, place: Place, reply: Reply, key: str, under: str = "", since: datetime | None = None
) -> str:
    """Posts a message and returns its id as "channel/message". Raises PostDelayed, PostBlocked or PostRefused.

    `since` is the time of the first attempt, if there was one before: the message may have arrived.
    """
    ready, channel = _ready(client), _channel(place)
    image = await chart_picture(reply)
    try:
        async with asyncio.timeout(PATIENCE):
            found = await _own_channel(ready, place, channel)
            if under:
                return await _post_in_thread_of(ready, place, under, reply, image, key)
            if isinstance(found, discord.ForumChannel):
                return await _post_in_forum(ready, found, reply, image, since)
            return await _post_message(ready, channel, reply, image, key)
    except api_errors.UNREACHABLE as error:
        raise api_errors.post_error(error, str(channel)) from error


async def edit(client: Client | None, place: Place, message: str, reply: Reply) -> None:
    """Replaces the content of a message of ours. Raises PostDelayed or PostRefused."""
    ready = _ready(client)
    channel, number = _ids(message, place)
    target = ready.get_partial_messageable(channel).get_partial_message(number)
    image = await chart_picture(reply)

    async def send(message: dict[str, Any]) -> None:
        files = message.pop("files", ())
        await target.edit(attachments=files, **message)

    try:
        async with asyncio.timeout(PATIENCE):
            await send_reply(send, reply, image)
    except api_errors.UNREACHABLE as error:
        raise api_errors.post_error(error, str(channel)) from error


async def _own_channel(client: Client, place: Place, channel: int) -> object:
    """Returns the channel, if it is known or in a server.

    Raises PostRefused for a channel of another server, as a watch can be given any number as its channel.
    """
    found = client.get_channel(channel)
    if not place.workspace:
        return found
    # Just after the start the servers' channels are not known yet.
    found = found or await client.fetch_channel(channel)
    home = getattr(found, "guild", None)
    if home is None or str(home.id) != place.workspace:
        raise PostRefused("This channel is in another server: set up the watch there.")
    return found


async def _post_message(
    client: Client, channel: int, reply: Reply, image: bytes | None, key: str, reply_to: int | None = None
) -> str:
    """Posts in a channel or thread; for some minutes Discord drops repeats with the same key."""
    target = client.get_partial_messageable(channel)
    nonce = hashlib.sha256(key.encode()).hexdigest()[:NONCE]
    sent = ""

    async def send(message: dict[str, Any]) -> None:
        nonlocal sent
        if reply_to:
            message["reference"] = target.get_partial_message(reply_to).to_reference(fail_if_not_exists=False)
        # discord.py sends `enforce_nonce` with every nonce.
        sent = f"{channel}/{(await target.send(nonce=nonce, **message)).id}"

    await send_reply(send, reply, image)
    return sent


async def _post_in_forum(
    client: Client, forum: discord.ForumChannel, reply: Reply, image: bytes | None, since: datetime | None
) -> str:
    """Opens a forum post, with a tag if the forum requires one.

    Discord does not drop repeats here, and the library repeats a request whose response was lost. So the gateway's
    announcement of the new post counts as a response.
    """
    name = _name(reply)

    def ours(thread: discord.Thread) -> bool:
        author = client.user.id if client.user else None
        return (thread.parent_id, thread.owner_id, thread.name) == (forum.id, author, name)

    if since is not None:
        before = [one for one in await forum.guild.active_threads() if ours(one) and one.id >= _oldest(since)]
        if before:
            return _post_id(before[0])
    tags = forum.available_tags[:1] if forum.flags.require_tag else []
    sent = ""

    async def send(message: dict[str, Any]) -> None:
        nonlocal sent
        opening = asyncio.create_task(forum.create_thread(name=name, applied_tags=tags, **message))
        seen = asyncio.create_task(asyncio.wait_for(client.wait_for("thread_create", check=ours), PATIENCE))
        try:
            await asyncio.wait({opening, seen}, return_when=asyncio.FIRST_COMPLETED)
            if not opening.done() or not _is_definite(opening.exception()):
                await asyncio.wait({opening, seen}, timeout=ANSWER_SECONDS, return_when=asyncio.ALL_COMPLETED)
            if seen.done() and (not opening.done() or opening.exception()):
                sent = _post_id(seen.result())
            else:
                opened = await opening
                sent = f"{opened.thread.id}/{opened.message.id}"
        finally:
            opening.cancel()
            seen.cancel()
            await asyncio.gather(opening, seen, return_exceptions=True)

    await send_reply(send, reply, image)
    return sent


def _is_definite(error: BaseException | None) -> bool:
    """Whether a request has succeeded or was refused by Discord itself."""
    return error is None or (isinstance(error, discord.HTTPException) and error.status < 500)


def _post_id(thread: discord.Thread) -> str:
    # The first message of a forum post has the id of its thread.
    return f"{thread.id}/{thread.id}"


def _oldest(since: datetime) -> int:
    """Lowest id that anything created since then can have."""
    return discord.utils.time_snowflake(since - SKEW)


async def _post_in_thread_of(
    client: Client, place: Place, under: str, reply: Reply, image: bytes | None, key: str
) -> str:
    """Posts in the thread of a message, created if needed, or as a reply to it where there can't be a thread."""
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
            # A message's thread has the message's id.
            return await _post_message(client, number, reply, image, key)
    return await _post_message(client, channel, reply, image, key, reply_to=number)


def _ready(client: Client | None) -> Client:
    if client is None or not client.connected.is_set():
        raise PostDelayed("Discord is not connected.")
    return client


def _channel(place: Place) -> int:
    channel = place.thread or place.channel
    if not (channel.isdecimal() and channel.isascii()):
        raise PostRefused(f"“{channel}” is not the ID of a Discord channel: set up the watch again in its channel.")
    return int(channel)


def _ids(message: str, place: Place) -> tuple[int, int]:
    """The channel and message ids of a message of ours; older ones were stored without the channel."""
    channel, _, number = message.rpartition("/")
    try:
        return int(channel) if channel else _channel(place), int(number)
    except ValueError:
        raise PostRefused(f"“{message}” is not the ID of a Discord message.") from None


def _name(reply: Reply) -> str:
    return cut(one_line(reply.title), NAME) or "News"
