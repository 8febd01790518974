"""/status: the health of the bot, its sources and its jobs. Also the operator's notes about sources in trouble."""

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
"""Days without an article that mean something is wrong: even the quietest Sunday has some."""

SHOWN = 10
"""Most sources named in one message."""

STATE_WORDS = {
    SourceState.FAILING: "can't be read",
    SourceState.GONE: "is gone",
    SourceState.FLOODING: "publishes far more than usual",
    SourceState.QUIET: "has gone quiet",
    SourceState.MOVED: "has moved",
}


def status(request: Request, session: Session, now: datetime) -> Reply:  # noqa: ARG001 - every handler has this shape
    """Answers `/status`."""
    rows = [(one, source_state(one, now)) for one in polled_sources(session, paused=True)]
    many = Counter(state for _, state in rows)
    newest = last_read(session, hour_of(now))
    read = [one.read_at for one, _ in rows if one.read_at]
    ran = last_runs(session)
    checked = next((run.finished_at for run in ran if run.name == "notice"), None)
    waiting = session.exec(select(func.count()).where(col(Outbox.state).in_((Way.DUE, Way.SENDING)))).one()
    failed = session.exec(select(func.count()).where(Outbox.state == Way.FAILED)).one()
    fields = (
        Field("Sources", ", ".join(f"{many[state]} {state}" for state in SourceState if many[state]) or "none"),
        Field("Newest article", time_words(min(now, start_of(newest + 1))) if newest is not None else "none yet"),
        Field("Last source read", time_words(max(read)) if read else "none yet"),
        Field("Last spike check", time_words(checked) if checked else "none yet"),
        Field("Messages", f"{waiting} waiting" + (f", {failed} not delivered" if failed else "")),
    )
    jobs = [ListItem(f"{run.name} failed", note=run.error) for run in ran if run.error]
    bad = [(one, state) for state in TROUBLE for one, how in rows if how == state]
    sections = (
        Section("Failed jobs", tuple(jobs)),
        Section("Sources with problems", tuple(_line(one, state) for one, state in bad[:SHOWN])),
    )
    # A few sources always fail; if half of them do, the problem is ours.
    stale = "" if newest is None else _stale(start_of(newest + 1), now)
    trouble = bool(jobs) or bool(stale) or sum(one.failures > 0 for one, _ in rows) * 2 > len(rows) > 0
    text = "Everything is working, except some sources." if bad else "Everything is working."
    if trouble:
        text = stale or ("A job has failed." if jobs else "Most sources can't be read: check the network.")
    return Reply(
        "Status",
        text,
        fields,
        tuple(section for section in sections if section.items),
        actions=(Action("All sources", "/sources list"),),
        mood=Mood.TROUBLE if trouble else Mood.CALM,
        private=True,
    )


def _stale(newest: datetime, now: datetime) -> str:
    """Returns what to do if no news has come in for LONG days, else ""."""
    days = (now - newest) / timedelta(days=1)
    if days < LONG:
        return ""
    return (
        f"No news for {days:.0f} days. Check that `trendbot run` is running, or read the sources once: `trendbot poll`."
    )


def tell_operator(session: Session, now: datetime, place: Place | None) -> int:
    """Queues a note for the operator's channel about sources with a new problem; returns their number.

    Each problem of each source is reported once, all of one round in one message. Problems that arise while no
    channel is set are not reported later.
    """
    fresh = []
    listed = polled_sources(session)
    for one in listed:
        state = source_state(one, now)
        problem = state if state in TROUBLE else ""
        if problem and problem != one.told:
            fresh.append((one, state))
        one.told = problem
    if not fresh or place is None:
        return 0
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    enqueue(
        session, MessageKind.NOTE, channel.id or 0, now, f"sources:{now.isoformat()}", text=_note(fresh, len(listed))
    )
    return len(fresh)


def _note(fresh: Sequence[tuple[Source, SourceState]], total: int) -> str:
    """Returns a title and a line per source; if most sources fail at once, only that."""
    one, state = fresh[0]
    failing = sum(how == SourceState.FAILING for _, how in fresh)
    if failing > 1 and failing * 2 > total:
        return (
            f"{failing} of {total} sources can't be read\n"
            f"So many at once point to the network here: check it first. For example, {one.name} {one.error}."
        )
    title = f"{one.name} {STATE_WORDS[state]}" if len(fresh) == 1 else f"{len(fresh)} sources have problems"
    lines = [f"{one.name} {STATE_WORDS[state]}{_why(one, state)}." for one, state in fresh[:SHOWN]]
    if len(fresh) > SHOWN:
        lines.append(f"…and {len(fresh) - SHOWN} more: /sources list")
    return "\n".join([title, *lines])


def _why(one: Source, state: SourceState) -> str:
    if state in (SourceState.FAILING, SourceState.GONE):
        return f": it {one.error}" if one.error else ""
    return f": now {one.url}" if state == SourceState.MOVED else ""


def _line(one: Source, state: SourceState) -> ListItem:
    return ListItem(f"{one.name} {STATE_WORDS[state]}", one.home, one.error)


def command() -> Command:
    """Returns the command."""
    return Command("status", "Is the bot working, and how recent is its news?", "/status", status)
