"""`trendbot db` and `trendbot starter`: the store's tables, and the starter counts that ship with the program."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import DAY_FORMATS, DAY_METAVAR, console_settings

db = typer.Typer(help="Create or upgrade the store, and delete old articles.", no_args_is_help=True)
starter = typer.Typer(help="Make or remove the starter counts that ship with trendbot.", no_args_is_help=True)


@db.command()
def upgrade() -> None:
    """Create the store, or upgrade its tables to this version."""
    with console_settings() as settings:
        from bot.app import open_store

        open_store(settings)
        print("The store is up to date.")


@db.command()
def prune(days: Annotated[int, typer.Option(min=7, help="Age in days up to which articles are kept.")]) -> None:
    """Delete old articles. Their counts and the facts read from them stay."""
    with console_settings() as settings:
        from bot.app import clock, open_store
        from handlers.wording import counted
        from ingest.articles.retention import prune_articles

        number = prune_articles(open_store(settings), clock(settings)(), days)
        print(f"{counted(number, 'article')} deleted. Counts and facts are kept.")


@db.command()
def revision(message: Annotated[str, typer.Argument(help="What the migration changes, in a few words.")]) -> None:
    """Write a migration from the store's tables to the models (for developers)."""
    with console_settings() as settings:
        import migrations
        from models.database import connect

        migrations.revision(connect(settings.database_url), message)


@starter.command("make")
def starter_make(
    until: Annotated[datetime, typer.Option(formats=DAY_FORMATS, metavar=DAY_METAVAR, help="Last day, in UTC.")],
    days: Annotated[int, typer.Option(min=1, help="Number of days to include.")] = 240,
    out: Annotated[Path | None, typer.Option(help="File to write; default: the program's own file.")] = None,
) -> None:
    """Make starter counts from the articles in the store."""
    with console_settings() as settings:
        from bot.app import open_store
        from gazetteer.files import default_counts
        from ingest import starter_counts

        path = out or default_counts()
        made = starter_counts.make_starter_counts(open_store(settings), until.date(), path, days)
        print(f"Wrote {path}: {', '.join(f'{number:,} {what}' for what, number in made.items())}.")


@starter.command("drop")
def starter_drop() -> None:
    """Remove the starter counts, so that only stored articles count."""
    with console_settings() as settings:
        from bot.app import open_store
        from ingest import starter_counts

        print(
            "Starter counts removed. Run `trendbot recount` to count the stored articles of those days."
            if starter_counts.drop_starter_counts(open_store(settings))
            else "The store has no starter counts: there is nothing to remove."
        )
