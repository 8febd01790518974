"""What all commands share: common options, settings, errors as sentences with an exit status, and writing files."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

FAILURE, USAGE = 1, 2
"""Exit status: the command failed, with a sentence that says why; the settings or arguments are wrong."""
INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells report it."""

DAY_FORMATS = ["%Y-%m-%d"]
DAY_METAVAR = "YYYY-MM-DD"

FirstDay = Annotated[
    datetime, typer.Option("--from", formats=DAY_FORMATS, metavar=DAY_METAVAR, help="First day, in UTC.")
]
LastDay = Annotated[datetime, typer.Option("--to", formats=DAY_FORMATS, metavar=DAY_METAVAR, help="Last day, in UTC.")]
Rejects = Annotated[Path, typer.Option(help="Where to write rejected items, each with its reason.")]
Out = Annotated[Path | None, typer.Option(help="File to write; default: standard output.")]


def exit_with(sentence: str, status: int = FAILURE) -> typer.Exit:
    """Prints an error to standard error and returns the exception to raise."""
    print(sentence, file=sys.stderr)
    return typer.Exit(status)


@contextmanager
def console_settings() -> "Iterator[Settings]":
    """Yields the settings, and turns every error that a person can fix into sentences and an exit status."""
    from pydantic import ValidationError

    from bot.log import configure_log
    from bot.settings import Settings

    try:
        settings = Settings()
        # Someone who types a single command wants the answer, not the log; an operator of a bot wants both.
        serving = settings.discord or settings.slack
        configure_log(
            settings.log_level if serving or "log_level" in settings.model_fields_set else "WARNING", settings.keys
        )
    except ValidationError as error:
        for mistake in error.errors(include_url=False, include_input=False):
            name = f"{_variable(mistake)}: " if mistake["loc"] else ""
            exit_with(f"{name}{mistake['msg'].removeprefix('Value error, ')}.")
        raise typer.Exit(USAGE) from None
    except ValueError as error:
        raise exit_with(str(error), USAGE) from None
    try:
        yield settings
    except Exception as error:
        fixable = _sentence(error)
        if fixable is None:
            raise
        raise exit_with(*fixable) from None
    except KeyboardInterrupt:
        raise exit_with(
            "Stopped. Everything read so far is stored; run the same command again to continue.", INTERRUPTED
        ) from None


def _sentence(error: Exception) -> tuple[str, int] | None:
    """The sentence and exit status for an error that a person can fix; None for any other error."""
    from sqlalchemy.exc import DBAPIError

    from bot.platform import StartRefused
    from chat.errors import UserError
    from gazetteer.reader import GazetteerError
    from ingest.formats.files import FileError
    from models.database import AddressError, StoreError, store_trouble

    match error:
        case GazetteerError():
            return "The catalogue has errors:\n" + "\n".join(error.mistakes[:20]), USAGE
        case AddressError():
            return str(error), USAGE
        case StoreError() | StartRefused() | FileError():
            return str(error), FAILURE
        case UserError():
            return f"{error.sentence} {error.step}".strip(), FAILURE
        case DBAPIError():
            return store_trouble(error), FAILURE
    return None


def _variable(error: Any) -> str:
    from bot.settings import Settings

    name = str(error["loc"][0])
    # Pydantic reports a field by its own name if it has our prefix, else by its alias.
    field = Settings.model_fields.get(name)
    return f"TRENDBOT_{name.upper()}" if field is not None and field.validation_alias is None else name.upper()


def write_output(out: Path | None, write: Callable[[TextIO], object]) -> None:
    """Writes to a file, all of it or nothing, or to standard output."""
    if out is None:
        write(sys.stdout)
        return
    text = StringIO()
    write(text)
    write_file(out, text.getvalue().encode())


def write_file(path: Path, data: bytes) -> None:
    """Writes a file. Exits with a sentence if that fails."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise cannot_write(path, error) from None


def cannot_write(target: Path | str, error: OSError) -> typer.Exit:
    """Prints why an output can't be written, and returns the exception to raise."""
    return exit_with(f"Can't write {target}: {error.strerror or error}. Check the folder and its permissions.")


def cannot_read(path: Path, error: OSError | UnicodeDecodeError) -> typer.Exit:
    """Prints why a file named on the command line can't be read, and returns the exception to raise."""
    reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or error
    return exit_with(f"Can't read {path}: {reason}. Check the path and its permissions.", USAGE)
