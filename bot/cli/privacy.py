"""`trendbot forget` and `trendbot export`: what the store holds of a person or a workspace."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.console import USAGE, Out, console_settings, exit_with, write_output

if TYPE_CHECKING:
    from sqlmodel import Session

    from handlers.personal_data import Person
    from models.channel import Workspace

app = typer.Typer()

OfWorkspace = Annotated[str, typer.Option("--workspace", help="slack:TEAM or discord:SERVER, by the platform's ids.")]
OfPerson = Annotated[str, typer.Option("--person", help="slack:TEAM:USER or discord:USER, by the platform's ids.")]


@app.command("export")
def export_(workspace: OfWorkspace = "", person: OfPerson = "", out: Out = None) -> None:
    """Write everything that is stored of a workspace or a person, as JSON."""
    with console_settings() as settings:
        from bot import app as parts
        from handlers.personal_data import person_data, workspace_data
        from models.database import transaction

        with transaction(parts.open_store(settings)) as session:
            home, somebody = _meant(session, workspace, person)
            found: dict[str, Any] = workspace_data(session, home) if home else person_data(session, somebody)
        write_output(out, lambda file: json.dump(found, file, indent=2, ensure_ascii=False, default=str))


@app.command()
def forget(
    workspace: OfWorkspace = "",
    person: OfPerson = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Delete what is stored of a workspace, or of a person. It can't be undone."""
    with console_settings() as settings:
        from bot import app as parts
        from handlers.personal_data import forget_person, forget_workspace
        from models.database import transaction

        engine = parts.open_store(settings)
        with transaction(engine) as session:
            _meant(session, workspace, person)
        if not yes and not (sys.stdin.isatty() and typer.confirm(f"Forget {workspace or person} for good?")):
            raise exit_with("Nothing was deleted: take --yes to delete without being asked.", USAGE)
        with transaction(engine, writes=True) as session:
            home, somebody = _meant(session, workspace, person)
            if home:
                forget_workspace(session, home)
                print(f"{workspace} is forgotten.")
            else:
                number = forget_person(session, somebody)
                print(f"{person} is forgotten: {number} {'row' if number == 1 else 'rows'} named this person.")


def _meant(session: "Session", workspace: str, person: str) -> "tuple[Workspace | None, Person]":
    from handlers.personal_data import Person
    from models.channel import find_workspace

    if bool(workspace) == bool(person):
        raise exit_with("Name one: --workspace slack:TEAM or --person slack:TEAM:USER.", USAGE)
    parts = (workspace or person).split(":")
    if workspace:
        if len(parts) != 2 or not all(parts):
            raise exit_with(f"“{workspace}” is not a workspace: write slack:TEAM or discord:SERVER.", USAGE)
        home = find_workspace(session, *parts)
        if home is None:
            raise exit_with(f"Nothing is stored of {workspace}.")
        return home, Person(parts[0], parts[1], "")
    if len(parts) != (3 if parts[0] == "slack" else 2) or not all(parts):
        raise exit_with(f"“{person}” is not a person: write slack:TEAM:USER or discord:USER.", USAGE)
    return None, Person(parts[0], parts[1] if len(parts) == 3 else "", parts[-1])
