"""What Discord's errors mean: to be tried again later, or for a person to fix. Pure."""

import aiohttp
import discord

from bot.platform import PostBlocked, PostDelayed, PostRefused

LOGIN_REFUSED = (
    "Discord does not accept DISCORD_TOKEN. Copy the token from the developer portal "
    "(https://discord.com/developers/applications, your application, Bot, Reset Token) and restart the bot."
)

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
MISSING_ACCESS = 50001
MISSING_PERMISSIONS = 50013
NO_DIRECT_MESSAGES = 50007
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
WRONG_KIND_OF_CHANNEL = 50024
THREAD_EXISTS = 160004
NO_THREAD = (MISSING_ACCESS, MISSING_PERMISSIONS, WRONG_KIND_OF_CHANNEL, 50035, 40068, 160004, 160006, 160007)
"""Why a message can't have a thread: no permission, wrong kind of channel, one exists already, too many are open."""

UNREACHABLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a call to Discord can raise, from the library or from the network."""

REFUSED = {
    MISSING_ACCESS: "The bot can't see channel {channel}: give it View Channel there, or choose another channel.",
    MISSING_PERMISSIONS: (
        "The bot may not post in channel {channel}: give it View Channel, Send Messages and Attach Files there (in "
        "threads and forums also Send Messages in Threads)."
    ),
    NO_DIRECT_MESSAGES: (
        "This person does not accept direct messages from the bot: they can allow them in the privacy settings of a "
        "server they share with it."
    ),
    UNKNOWN_CHANNEL: (
        "Channel {channel} no longer exists, or the bot was removed from its server: choose another channel, or "
        "invite the bot again."
    ),
    UNKNOWN_MESSAGE: "The message in channel {channel} has been deleted: there is nothing to do.",
}

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
LOST = {
    4004: LOGIN_REFUSED,
    4010: "Discord refuses the connection's shard. This is a bug in trendbot: please report it.",
    4011: "The bot is in more servers than one connection may serve (2,500): run a second bot for the others.",
    4012: "Discord no longer supports this version of its gateway: upgrade discord.py.",
    4013: "Discord does not know an intent that the bot requests: upgrade discord.py.",
    4014: (
        "Discord denies the bot a privileged intent, although it requests none. Check in the developer portal "
        "(https://discord.com/developers/applications, Bot) whether the application is restricted."
    ),
}


def post_error(error: Exception, channel: str) -> PostRefused | PostDelayed:
    """Why a message in a channel was not posted, and whether another try can help."""
    if isinstance(error, discord.RateLimited):
        return PostDelayed("Discord limits how often the bot may post.", error.retry_after)
    if not isinstance(error, discord.HTTPException):
        return PostDelayed("Discord can't be reached.")
    if error.status == 429:
        return PostDelayed("Discord limits how often the bot may post.", _retry_after(error))
    if error.status >= 500 or (error.status == 403 and not error.code):
        # A 403 without a code comes from the proxy in front of Discord's API.
        return PostDelayed(f"Discord is having problems (status {error.status}).")
    if error.status == 401:
        return PostBlocked(LOGIN_REFUSED)
    sentence = REFUSED.get(error.code) or (
        "Discord refuses messages in channel {channel} "
        f"(status {error.status}, code {error.code}): "
        "look up the code at https://docs.discord.com/developers/topics/opcodes-and-status-codes."
    )
    # Somebody can grant a permission or invite the bot again, but nobody can repair a message.
    removable = error.status in (403, 404) and error.code != UNKNOWN_MESSAGE
    return (PostBlocked if removable else PostRefused)(sentence.format(channel=channel))


def connection_error(code: int) -> str:
    """Why the gateway closed the connection for good, from its close code."""
    return LOST.get(code, f"Discord ended the connection for good (code {code}): start the bot again.")


def is_temporary(error: Exception) -> bool:
    """Whether another try can help."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return True


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None
