"""`trendbot db` and `trendbot starter`: the store's tables, and the counts that come with the program."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import console_settings

db = typer.Typer(help="The store's tables.", no_args_is_help=True)
starter = typer.Typer(help="The counts that come with the program.", no_args_is_help=True)


@db.command()
def upgrade() -> None:
    """Make the store, or bring it up to date."""
    with console_settings() as settings:
        from bot import app as parts

        parts.open_store(settings)
        print("The store is up to date.")


@db.command()
def prune(days: Annotated[int, typer.Option(min=7, help="Days that are kept.")]) -> None:
    """Delete articles that are older. Their counts, and the facts read from them, stay."""
    with console_settings() as settings:
        from bot import app as parts
        from ingest.articles.retention import prune_articles as cut

        gone = cut(parts.open_store(settings), parts.clock(settings)(), days)
        print(f"{gone:,} articles were deleted. Their counts stay.")


@db.command()
def revision(message: str) -> None:
    """For developers: write the step from the store as it is to the models as they are."""
    with console_settings() as settings:
        import migrations
        from models.database import connect

        migrations.revision(connect(settings.database_url), message)


@starter.command("make")
def starter_make(
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day.")],
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 240,
    out: Annotated[Path | None, typer.Option(help="Where to write; without it, the program's own file.")] = None,
) -> None:
    """Make starter data from the articles in the store."""
    with console_settings() as settings:
        from bot import app as parts
        from ingest import starter_counts as data

        made = data.make_starter_counts(parts.open_store(settings), until.date(), out or data.default_counts(), days)
        print(", ".join(f"{number:,} {what}" for what, number in made.items()))


@starter.command("drop")
def starter_drop() -> None:
    """Remove the starter data's counts and count the stored articles instead."""
    with console_settings() as settings:
        from bot import app as parts
        from ingest import starter_counts as data

        engine = parts.open_store(settings)
        print(
            "Removed. Now run `trendbot recount`."
            if data.drop_starter_counts(engine)
            else "There are no starter data in the store."
        )
