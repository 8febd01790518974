"""`trendbot backup`, `restore` and `check`: the whole store in one file."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import console_settings

app = typer.Typer()

Copy = Annotated[Path, typer.Argument(help="The file of the copy.")]


@app.command()
def backup(file: Copy) -> None:
    """Copy the whole store into a file, while the bot runs, and check the copy."""
    with console_settings() as settings:
        from bot import backup as copies
        from models.database import connect

        print(f"{file} holds {copies.backup(connect(settings.database_url), file)}.")


@app.command()
def restore(
    file: Copy, replace: Annotated[bool, typer.Option("--replace", help="Replace a store that holds articles.")] = False
) -> None:
    """Put a copy in the place of the store. Stop the bot first."""
    with console_settings() as settings:
        from bot import backup as copies
        from bot.leadership import sole_process
        from models.database import connect

        engine = connect(settings.database_url)
        with sole_process(engine):
            print(f"Restored {copies.restore(engine, file, replace)}.")


@app.command()
def check(file: Copy) -> None:
    """Read a copy wholly, and say what it holds or what is wrong with it."""
    with console_settings():
        from bot import backup as copies

        print(f"{file} is whole: {copies.check(file)}.")
