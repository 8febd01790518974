"""The checks of `trendbot setup discord`: the token, the application, and the permissions in channels."""

from collections.abc import AsyncIterator, Sequence

import discord

from bot.discord import api_errors
from bot.discord.access.permissions import NAMES, NEEDED, invitation_url, missing_permissions
from bot.discord.client import apply_addresses
from bot.platform import Finding
from bot.settings import Settings

PORTAL = "https://discord.com/developers/applications"
NO_TOKEN = (
    f"DISCORD_TOKEN is not set: create an application at {PORTAL} and copy the token from Bot, Reset Token. It is "
    "shown only once."
)
INTENTS = ("gateway_presence", "gateway_guild_members", "gateway_message_content")


async def findings(settings: Settings, channels: Sequence[str]) -> AsyncIterator[Finding]:
    """Runs the checks in the order in which people set things up, and yields each result as it is known."""
    token = settings.discord_token.get_secret_value()
    if not token:
        yield Finding(False, NO_TOKEN)
        return
    apply_addresses(settings)
    async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0) as client:
        try:
            await client.login(token)
            application = await client.application_info()
        except discord.LoginFailure:
            yield Finding(False, api_errors.LOGIN_REFUSED)
            return
        except api_errors.UNREACHABLE as error:
            yield Finding(False, f"Discord can't be reached ({error}): check the network and DISCORD_API_BASE_URL.")
            return
        yield Finding(True, f"DISCORD_TOKEN belongs to the application {application.name} ({application.id}).")
        for finding in _application(application):
            yield finding
        async for finding in _guild(client, settings.discord_test_guild.strip(), application.id):
            yield finding
        for channel in channels:
            yield await _channel(client, channel.strip().strip("<#>"), application.id)
        yield Finding(True, f"To invite the bot to a server, open {invitation_url(application.id)}")


def _application(application: discord.AppInfo) -> list[Finding]:
    if application.bot_require_code_grant:
        return [
            Finding(
                False,
                "“Requires OAuth2 Code Grant” is on, so the invite link does not work: switch it off under Bot at "
                f"{PORTAL}.",
            )
        ]
    granted = [
        name for name in INTENTS if getattr(application.flags, name) or getattr(application.flags, f"{name}_limited")
    ]
    unneeded = f" {len(granted)} of 3 are on: you can switch them off under Bot." if granted else ""
    inviters = "Anyone" if application.bot_public else "Only its owner"
    return [Finding(True, f"The bot needs no privileged intents.{unneeded} {inviters} can invite it.")]


async def _guild(client: discord.Client, guild: str, application: int) -> AsyncIterator[Finding]:
    if not guild:
        return
    if not guild.isdecimal():
        yield Finding(False, f"DISCORD_TEST_GUILD is “{guild}”, which is not a server ID: set it to the long number.")
        return
    try:
        found = await client.fetch_guild(int(guild))
        yield Finding(True, f"DISCORD_TEST_GUILD is {found.name}: commands are registered only there.")
    except discord.HTTPException:
        yield Finding(
            False,
            f"The bot is not in server {guild} (DISCORD_TEST_GUILD): invite it with {invitation_url(application)}",
        )


async def _channel(client: discord.Client, channel: str, application: int) -> Finding:
    """Whether the bot has all its permissions in a channel."""
    if not (channel.isdecimal() and channel.isascii()):
        return Finding(
            False,
            f"“{channel}” is not a channel ID. Switch on Developer Mode (User Settings, Advanced), then choose Copy "
            "Channel ID in the channel's menu.",
        )
    try:
        stub = await client.fetch_channel(int(channel))
        if not isinstance(stub, (discord.abc.GuildChannel, discord.Thread)):
            return Finding(True, f"Channel {channel} is a direct message: the bot needs no permissions there.")
        guild = await client.fetch_guild(stub.guild.id)
        holder = stub.parent_id if isinstance(stub, discord.Thread) else stub.id
        place = await guild.fetch_channel(holder)
        ours = await guild.fetch_member(application)
    except discord.NotFound:
        return Finding(
            False,
            f"There is no channel {channel}, or the bot is not in its server: "
            f"invite it with {invitation_url(application)}",
        )
    except discord.Forbidden:
        return Finding(
            False, f"The bot can't see channel {channel}: give it View Channel in the channel's permissions."
        )
    except api_errors.UNREACHABLE as error:
        return Finding(False, f"Channel {channel} can't be checked ({error}): try again in a minute.")
    if lacking := missing_permissions(place.permissions_for(ours)):
        listed = "; ".join(f"{NAMES[name]} ({NEEDED[name]})" for name in lacking)
        return Finding(
            False,
            f"In #{place.name} of {guild.name} the bot lacks {listed}. Allow this in the channel's permissions.",
        )
    return Finding(True, f"In #{place.name} of {guild.name} the bot has all permissions it needs.")
