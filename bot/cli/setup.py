"""`trendbot setup`: what a platform needs before the bot can run there, and what is missing."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import REFUSED, console_settings, exit_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.platform import Finding

app = typer.Typer(help="What Slack or Discord need, and whether all of it is there.", no_args_is_help=True)


@app.command()
def slack(
    channel: Annotated[
        list[str] | None, typer.Option(help="A channel's id, C…: whether the bot is in it. May be given again.")
    ] = None,
    manifest: Annotated[Path, typer.Option(help="Where the app's manifest is written.")] = Path("slack-manifest.json"),
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a value for SLACK_TOKEN_KEY, and do no more.")
    ] = False,
) -> None:
    """Write the Slack app's manifest, and check tokens, permissions and channels."""
    if new_key:
        from cryptography.fernet import Fernet

        print(Fernet.generate_key().decode())
        return
    with console_settings() as settings:
        from bot.app import detector_rules
        from bot.slack.app import setup
        from bot.slack.app.manifest import manifest as described
        from handlers import commands

        mode = setup.connection_mode(settings)
        if not mode.socket and not mode.public:
            raise exit_with(
                "Set SLACK_PUBLIC_URL, the address that Slack sends to; or SLACK_APP_TOKEN for Socket Mode."
            )
        text = json.dumps(described(commands(detector_rules(settings)).values(), mode), indent=2)
        try:
            manifest.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise exit_with(f"{manifest} can't be written ({error}).") from None
        how = "Socket Mode" if mode.socket else f"signed HTTP at {mode.public}"
        print(f"{manifest} describes the app for {how}: paste it at {setup.PAGE}, Create New App, From a manifest.")

        _tell(setup.findings(settings, channel or []))


@app.command()
def discord(
    channel: Annotated[
        list[str] | None,
        typer.Option(help="A channel's id: whether the bot may do there what it has to. Again for more."),
    ] = None,
) -> None:
    """Check the token, the application and the permissions in channels, and print the link that invites the bot."""
    with console_settings() as settings:
        from bot.discord import setup

        _tell(setup.findings(settings, channel or []))


def _tell(findings: "AsyncIterator[Finding]") -> None:
    """Prints what was found as it is found; exits with a status where something is missing."""

    async def look() -> bool:
        good = True
        async for finding in findings:
            print(f"{'ok     ' if finding.good else 'missing'}  {finding.text}")
            good = good and finding.good
        return good

    if not asyncio.run(look()):
        raise typer.Exit(REFUSED)
