"""`trendbot setup`: checks what a platform needs before the bot can run there."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import FAILURE, console_settings, exit_with, write_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.platform import Finding

app = typer.Typer(
    help="Check tokens, permissions and channels on Slack or Discord, and prepare the app.", no_args_is_help=True
)


@app.command()
def slack(
    channel: Annotated[list[str] | None, typer.Option(help="Channel ID (C…) to check; may be repeated.")] = None,
    manifest: Annotated[Path, typer.Option(help="File to write the app's manifest to.")] = Path("slack-manifest.json"),
    new_key: Annotated[bool, typer.Option("--new-key", help="Print a new value for SLACK_TOKEN_KEY and exit.")] = False,
) -> None:
    """Write the Slack app's manifest, and check the tokens, scopes and channels."""
    if new_key:
        from cryptography.fernet import Fernet

        print(Fernet.generate_key().decode())
        return
    with console_settings() as settings:
        from bot.app import detector_rules
        from bot.slack.app import setup
        from bot.slack.app.manifest import manifest as app_manifest
        from handlers import commands

        mode = setup.connection_mode(settings)
        if not mode.socket and not mode.public:
            raise exit_with(
                "Slack has no way to reach the bot: set SLACK_APP_TOKEN for Socket Mode, or SLACK_PUBLIC_URL, the "
                "address that Slack sends events to."
            )
        text = json.dumps(app_manifest(commands(detector_rules(settings)).values(), mode), indent=2)
        write_file(manifest, f"{text}\n".encode())
        transport = "Socket Mode" if mode.socket else f"signed HTTP at {mode.public}"
        print(f"Wrote {manifest} for {transport}. Open {setup.PAGE}, choose Create New App, From a manifest, paste it.")

        _print_findings(setup.findings(settings, channel or []))


@app.command()
def discord(
    channel: Annotated[
        list[str] | None,
        typer.Option(help="Channel ID whose permissions to check; may be repeated."),
    ] = None,
) -> None:
    """Check the token, the application and channel permissions, and print the invite link."""
    with console_settings() as settings:
        from bot.discord import setup

        _print_findings(setup.findings(settings, channel or []))


def _print_findings(findings: "AsyncIterator[Finding]") -> None:
    """Prints each finding as soon as it is known. Exits with status 1 if anything is missing."""

    async def print_all() -> bool:
        good = True
        async for finding in findings:
            print(f"{'ok     ' if finding.good else 'missing'}  {finding.text}")
            good = good and finding.good
        return good

    if not asyncio.run(print_all()):
        raise typer.Exit(FAILURE)
