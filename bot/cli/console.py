"""What every command of the command line shares: settings, errors as sentences, and where to write."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from pydantic import ValidationError

if TYPE_CHECKING:
    from bot.settings import Settings

REFUSED, USAGE = 1, 2
"""Exit status: something went wrong that a sentence tells; the settings or the words of the call are wrong."""

Rejects = Annotated[Path, typer.Option(help="Where items that can't be used are written, with the reason.")]
Out = Annotated[Path | None, typer.Option(help="Where to write; without it, standard output.")]


def exit_with(sentence: str, status: int = REFUSED) -> typer.Exit:
    """Says on standard error what is wrong; the exit to raise."""
    print(sentence, file=sys.stderr)
    return typer.Exit(status)


@contextmanager
def console_settings() -> "Iterator[Settings]":
    """The settings; and every error that a person can mend as sentences on standard error, with a status."""
    from bot.log import configure_log
    from bot.settings import Settings

    try:
        settings = Settings()
        # Who types one command wants the answer, not the log; a bot's operator wants both.
        serving = settings.discord or settings.slack
        configure_log(settings.log_level if serving or "log_level" in settings.model_fields_set else "WARNING")
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            name = f"{_variable(one)}: " if one["loc"] else ""
            exit_with(f"{name}{one['msg'].removeprefix('Value error, ')}.")
        raise typer.Exit(USAGE) from None
    except ValueError as error:
        raise exit_with(str(error), USAGE) from None
    from sqlalchemy.exc import DBAPIError

    from bot.platform import StartRefused
    from chat.errors import UserError
    from gazetteer.reader import GazetteerError
    from ingest.formats.files import FileError
    from models.database import AddressError, StoreError, store_trouble

    try:
        yield settings
    except GazetteerError as error:
        raise exit_with("The catalogue has mistakes:\n" + "\n".join(error.mistakes[:20]), USAGE) from None
    except AddressError as error:
        raise exit_with(str(error), USAGE) from None
    except (StoreError, StartRefused, FileError) as error:
        raise exit_with(str(error)) from None
    except UserError as error:
        raise exit_with(f"{error.sentence} {error.step}".strip()) from None
    except DBAPIError as error:
        raise exit_with(store_trouble(error)) from None
    except KeyboardInterrupt:
        raise exit_with("Stopped. What was taken in so far is stored; run the same again to go on.", 130) from None


def _variable(error: Any) -> str:
    from bot.settings import Settings

    name = str(error["loc"][0])
    # A field is told of by its own name only where it has our prefix; others are told of by their alias.
    field = Settings.model_fields.get(name)
    return f"TRENDBOT_{name.upper()}" if field is not None and field.validation_alias is None else name.upper()


def write_output(out: Path | None, write: Callable[[TextIO], object]) -> None:
    """Writes to a file, all of it or nothing, or to standard output."""
    if out is None:
        write(sys.stdout)
        return
    text = StringIO()
    write(text)
    try:
        out.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise exit_with(f"{out} can't be written ({error}).") from None
