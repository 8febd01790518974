"""`trendbot outbox`: messages that wait or could not be delivered, and what an operator can do about them."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import USAGE, console_settings, exit_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models.outbox import Outbox

app = typer.Typer(help="Messages on their way, and those that could not be delivered.", no_args_is_help=True)

Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers of messages, as `trendbot outbox list` shows them.")]
Failed = Annotated[bool, typer.Option("--all", help="Every message that could not be delivered.")]


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="due, sending, sent or failed; without it, all that was not sent.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
) -> None:
    """Show messages: number, state, kind, place, tries, when it is due and what went wrong."""
    with console_settings() as settings:
        from sqlmodel import col, select

        from bot import app as parts
        from models.channel import Channel, Workspace
        from models.database import transaction
        from models.outbox import DeliveryState, Outbox

        if state and state not in list(DeliveryState):
            raise exit_with(f"“{state}” is not a state: there are {', '.join(DeliveryState)}.", USAGE)
        query = (
            select(Outbox, Channel, Workspace)
            .join(Channel, col(Channel.id) == Outbox.channel_id)
            .join(Workspace, col(Workspace.id) == Channel.workspace_id)
            .where(Outbox.state == state if state else Outbox.state != DeliveryState.SENT)
            .order_by(col(Outbox.id).desc())
            .limit(limit)
        )
        with transaction(parts.open_store(settings)) as session:
            rows = session.exec(query).all()
        for row, channel, workspace in rows:
            place = ":".join(filter(None, [workspace.platform, workspace.external_id, channel.external_id]))
            error = f"  {row.error}" if row.error else ""
            print(
                f"{row.id}  {row.state}  {row.what}  {place}  tries {row.attempts}  {row.due_at:%Y-%m-%d %H:%M}{error}"
            )
        if not rows:
            print("No such messages.")


@app.command()
def retry(numbers: Numbers = None, every: Failed = False) -> None:
    """Try messages again that could not be delivered: a running bot sends them within half a minute."""
    with console_settings() as settings:
        from bot import app as parts
        from models.database import transaction
        from models.outbox import DeliveryState

        now = parts.clock(settings)()
        with transaction(parts.open_store(settings), writes=True) as session:
            rows = _failed(session, numbers or [], every)
            for row in rows:
                row.state, row.attempts, row.due_at, row.error = DeliveryState.DUE, 0, now, ""
                row.due_set_at, row.refused_at = now, None
        print(f"{len(rows)} {'message is' if len(rows) == 1 else 'messages are'} due again.")


@app.command()
def drop(numbers: Numbers = None, every: Failed = False) -> None:
    """Forget messages that could not be delivered."""
    with console_settings() as settings:
        from bot import app as parts
        from models.database import transaction

        with transaction(parts.open_store(settings), writes=True) as session:
            rows = _failed(session, numbers or [], every)
            for row in rows:
                session.delete(row)
        print(f"{len(rows)} {'message was' if len(rows) == 1 else 'messages were'} dropped.")


def _failed(session: "Session", numbers: "Sequence[int]", every: bool) -> "list[Outbox]":
    """The failed messages that are meant. Exits where none is named, or where one of the numbers is not among them."""
    from models.outbox import failed_messages

    if bool(numbers) == every:
        raise exit_with("Name the messages by their numbers, or take --all.", USAGE)
    rows = failed_messages(session)
    chosen = rows if every else [row for row in rows if row.id in numbers]
    if not every and len(chosen) < len(set(numbers)):
        lacking = sorted(set(numbers) - {row.id for row in chosen})
        raise exit_with(
            f"Not among the failed messages: {', '.join(map(str, lacking))}. See `trendbot outbox list`.", USAGE
        )
    return chosen
