"""/ask QUESTION: an answer in a sentence or two, and the sentences that it stands on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from textwrap import shorten

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from answers.answer import Answer
from answers.plan import Sources
from answers.rephrase import Complete, rephrase
from answers.search import Passage
from answers.thread import understood
from answers.times import Period
from answers.trending import Measured
from answers.ways import answer, unanswerable
from chat.reply import Action, Item, Mood, Reply, Section
from chat.request import Place, Request
from handlers.citation import page
from handlers.command import Command, Kind, Option
from handlers.measure import Window
from handlers.trend import judge, look
from models.conversation import remember, turns
from models.count import hour_of
from models.database import transaction
from models.entity import by_id, names
from models.text import watermark
from signals.detector import Rules

STALE = timedelta(days=60)
"""Age of the newest source from which an answer about now says that nothing newer was read."""

DAY, WEEK = 24, 168
"""Hours of the windows that the detector knows."""

SHOWN = 120


def ask(request: Request, session: Session, now: datetime, rules: Rules, complete: Complete | None = None) -> Reply:
    """Answers `/ask What is the latest Claude Opus?`."""
    text = " ".join(request.option("question").split())
    place = _key(request.place, request.author)
    before = turns(session, place, now)
    if not before and request.place.thread:
        # The thread may have been opened below an answer in the channel.
        before = turns(session, _key(replace(request.place, thread=""), request.author), now)
    found, _ = answered(session, text, now.date(), rules, before)
    if found.known:
        _keep(session, place, text, found.text, now)
    newest = max((one.said_on for one in found.citations), default=None)
    footer = f"As of {day_of(newest)}." if newest else ""
    if newest and now.date() - newest > STALE:
        footer = f"The newest source is of {day_of(newest)}; I have read nothing newer on it."
    items = tuple(
        Item(f"“{one.quote}”" if one.quote else page(one.url), one.url, f"{one.outlet}, {day_of(one.said_on)}")
        for one in found.citations
    )
    return Reply(
        shorten(text, SHOWN, placeholder="…"),
        _worded(session, text, found, complete) or found.text,
        sections=(Section("Said by", items),) if items else (),
        actions=tuple(Action(shorten(one, 40, placeholder="…"), f"/ask {one}") for one in found.choices),
        footer=footer,
        private=not found.known and not found.asks,
    )


def answered(
    session: Session, text: str, today: date, rules: Rules, context: list[tuple[str, str]]
) -> tuple[Answer, list[Passage]]:
    """The answer to a question asked on a day after others, and the passages that were looked at."""
    refused = unanswerable(text)
    if refused is not None:
        return refused, []
    _, total = watermark(session.connection())
    question = understood(session, text, today, total, context)
    return answer(Sources(session, total, today), question, lambda key, period: _measured(session, key, period, rules))


def _worded(session: Session, text: str, found: Answer, complete: Complete | None) -> str | None:
    """The answer in a language model's words, where there is one and its words hold against what is cited."""
    if complete is None or not found.citations:
        return None
    evidence = [f"{one.quote} ({one.outlet}, {day_of(one.said_on)})" for one in found.citations]
    return rephrase(complete, text, evidence, found.text, {folded for folded, _, _ in names(session)})


def _measured(session: Session, key: int, period: Period, rules: Rules) -> Measured | None:
    """How much an entity was told of in some days, as `/trend` measures it."""
    width = DAY if period.first == period.last else WEEK
    at = Window(hour_of(datetime.combine(period.last, datetime.min.time(), tzinfo=UTC)) + DAY, width)
    seen = look(session, [by_id(session, [key])[key]], at, replace(rules, width=width))
    reading = seen.reading
    verdict, mood = judge(seen)
    if verdict.startswith("too little"):
        return None
    return Measured(reading.count, reading.expected, reading.z, mood is Mood.SPIKE)


def _key(place: Place, author: str) -> str:
    """Where a conversation goes on: a thread is everybody's, a channel is each person's own."""
    return "\x1f".join((place.platform, place.workspace, place.channel, place.thread or f"@{author}"))


def _keep(session: Session, place: str, text: str, told: str, now: datetime) -> None:
    # In a transaction of its own: the answer was read in one that must not wait for a writer.
    try:
        with transaction(session.get_bind().engine, writes=True) as writing:
            remember(writing, place, text, told, now)
    except OperationalError:
        # A store that an import holds: the answer matters more than that the next question may be short.
        return


def day_of(when: date) -> str:
    """A day as people read it."""
    return f"{when.day} {when:%b %Y}"


OPTIONS = (Option("question", "a question on companies, models, people, deals or prices", Kind.TEXT, required=True),)


def command(rules: Rules, complete: Complete | None = None) -> Command:
    """The command, bound to the detector's rules and to the language model, if there is one."""
    return Command(
        "ask",
        "A question, answered from what was read, with its sources.",
        "/ask What did Meta release in April 2026?",
        lambda request, session, now: ask(request, session, now, rules, complete),
        OPTIONS,
    )
