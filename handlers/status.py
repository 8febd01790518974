"""/status: whether the bot is well, its sources, its jobs, how new its news is. And what an operator is told, once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from chat.reply import Action, Field, ListItem, Mood, Reply, Section
from chat.request import Place, Request
from handlers.command import Command
from handlers.sources import TROUBLE
from handlers.wording import time_words
from models.channel import get_channel
from models.count import hour_of, last_read, start_of
from models.outbox import DeliveryState as Way
from models.outbox import MessageKind, Outbox, enqueue
from models.schedule import last_runs
from models.source import Source, SourceState, polled_sources, source_state

LONG = 1.5
"""Days without any article from which something is wrong: the quietest Sunday has some."""

SHOWN = 10
"""Sources that are named at once."""

SAID = {
    SourceState.FAILING: "can't be read",
    SourceState.GONE: "is gone",
    SourceState.FLOODING: "tells far more than it ever does",
    SourceState.QUIET: "has fallen silent",
    SourceState.MOVED: "has moved",
}


def status(request: Request, session: Session, now: datetime) -> Reply:  # noqa: ARG001 - every handler has this shape
    """Answers `/status`."""
    rows = [(one, source_state(one, now)) for one in polled_sources(session, paused=True)]
    many = Counter(state for _, state in rows)
    newest = last_read(session, hour_of(now))
    read = [one.read_at for one, _ in rows if one.read_at]
    ran = last_runs(session)
    looked = next((run.finished_at for run in ran if run.name == "notice"), None)
    waiting = session.exec(select(func.count()).where(col(Outbox.state).in_((Way.DUE, Way.SENDING)))).one()
    failed = session.exec(select(func.count()).where(Outbox.state == Way.FAILED)).one()
    fields = (
        Field("Sources", ", ".join(f"{many[state]} {state}" for state in SourceState if many[state]) or "none"),
        Field("Newest article", time_words(min(now, start_of(newest + 1))) if newest is not None else "none yet"),
        Field("Last source read", time_words(max(read)) if read else "none yet"),
        Field("Last look at the counts", time_words(looked) if looked else "none yet"),
        Field("Messages", f"{waiting} on their way" + (f", {failed} given up" if failed else "")),
    )
    jobs = [ListItem(f"{run.name} failed", note=run.error) for run in ran if run.error]
    bad = [(one, state) for state in TROUBLE for one, how in rows if how == state]
    sections = (
        Section("Jobs in trouble", tuple(jobs)),
        Section("Sources in trouble", tuple(_line(one, state) for one, state in bad[:SHOWN])),
    )
    # A few of many always fail; half of them is trouble of ours.
    stale = "" if newest is None else _stale(start_of(newest + 1), now)
    ill = bool(jobs) or bool(stale) or sum(one.failures > 0 for one, _ in rows) * 2 > len(rows) > 0
    text = "All is well." if not bad else "All is well but for a few sources."
    if ill:
        text = stale or "Something is wrong."
    return Reply(
        "Status",
        text,
        fields,
        tuple(section for section in sections if section.items),
        actions=(Action("All sources", "/sources list"),),
        mood=Mood.TROUBLE if ill else Mood.CALM,
        private=True,
    )


def _stale(newest: datetime, now: datetime) -> str:
    """What to do when no news came in for long; "" when some did."""
    days = (now - newest) / timedelta(days=1)
    if days < LONG:
        return ""
    return f"No news for {days:.0f} days: a running bot reads its sources by itself, `trendbot poll` does it once."


def tell_operator(session: Session, now: datetime, place: Place | None) -> int:
    """Stores a note for the operator's channel on the sources that have come into trouble; gives their number.

    Each trouble of each source is told once, all of a round in one message. Without a channel nothing is kept back
    for later: whoever names one wants to hear of what happens from then on.
    """
    fresh = []
    listed = polled_sources(session)
    for one in listed:
        state = source_state(one, now)
        trouble = state if state in TROUBLE else ""
        if trouble and trouble != one.told:
            fresh.append((one, state))
        one.told = trouble
    if not fresh or place is None:
        return 0
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    enqueue(
        session, MessageKind.NOTE, channel.id or 0, now, f"sources:{now.isoformat()}", text=_note(fresh, len(listed))
    )
    return len(fresh)


def _note(fresh: Sequence[tuple[Source, SourceState]], many: int) -> str:
    """A title, and below it a line for each source; where most fail at once, only that."""
    one, state = fresh[0]
    failing = sum(how == SourceState.FAILING for _, how in fresh)
    if failing > 1 and failing * 2 > many:
        return (
            f"{failing} of {many} sources can't be read\n"
            f"So many at once are hardly to blame: see whether the network is in order here. {one.name} {one.error}."
        )
    title = f"{one.name} {SAID[state]}" if len(fresh) == 1 else f"{len(fresh)} sources are in trouble"
    lines = [f"{one.name} {SAID[state]}{_why(one, state)}." for one, state in fresh[:SHOWN]]
    if len(fresh) > SHOWN:
        lines.append(f"And {len(fresh) - SHOWN} more: /sources list.")
    return "\n".join([title, *lines])


def _why(one: Source, state: SourceState) -> str:
    if state in (SourceState.FAILING, SourceState.GONE):
        return f": it {one.error}" if one.error else ""
    return f": now {one.url}" if state == SourceState.MOVED else ""


def _line(one: Source, state: SourceState) -> ListItem:
    return ListItem(f"{one.name} {SAID[state]}", one.home, one.error)


def command() -> Command:
    """The command."""
    return Command("status", "Whether the bot is well, and how new its news is.", "/status", status)
