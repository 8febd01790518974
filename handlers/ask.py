"""/ask QUESTION: an answer in a sentence or two, and the sentences that it stands on."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from textwrap import shorten

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from answers.answer import Answer
from answers.language.predicates import predicates_named
from answers.language.time_range import Period
from answers.language_model.rephrase import Complete, rephrase
from answers.retrieve.search import Passage
from answers.strategies.dispatch import answer_question, refusal_text
from answers.strategies.single_fact import AnswerContext
from answers.strategies.spike import TrendMeasurement
from answers.understand.conversation import interpret
from answers.understand.question import Question, QuestionType
from chat.reply import Action, ListItem, Mood, Reply, Section
from chat.request import Place, Request
from handlers.citation import page_label
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Window
from handlers.trend import measure_trend, verdict_words
from models.conversation import add_turn, conversation_turns
from models.count import hour_of, last_read, start_of, was_named_since
from models.database import transaction
from models.entity import alias_names, by_id
from models.fact import facts_about
from models.full_text import watermark
from models.predicate import PREDICATES
from signals.detector import Rules

STALE = timedelta(days=60)
"""Age of the newest source from which an answer about now says that nothing newer was read."""

DAY, WEEK = 24, 168
"""Hours of the windows that the detector knows."""

SHOWN = 120

_COUNTED_BACK = re.compile(r"today|yesterday|(?:this|last|past) (?:week|month|quarter|year)", re.IGNORECASE)


def ask(request: Request, session: Session, now: datetime, rules: Rules, complete: Complete | None = None) -> Reply:
    """Answers `/ask What is the latest Claude Opus?`."""
    text = " ".join(request.option("question").split())
    place = _key(request.place, request.author)
    before = conversation_turns(session, place, now)
    if not before and request.place.thread:
        # The thread may have been opened below an answer in the channel.
        before = conversation_turns(session, _key(replace(request.place, thread=""), request.author), now)
    found, _, question = answer_text(session, text, now.date(), rules, before)
    if found.known or (question is not None and question.names):
        # What was not known is remembered too: "who made it?" asks of the newest question's subject.
        _keep(session, place, text, found.text if found.known else "", now)
    newest = max((one.said_on for one in found.citations), default=None)
    footer = f"As of {day_label(newest)}." if newest else ""
    if newest and now.date() - newest > STALE:
        footer = f"The newest source is of {day_label(newest)}; I have read nothing newer on it."
        if question is not None and _named_since(session, question, newest):
            footer = f"The newest source that I found for this is of {day_label(newest)}."
    items = tuple(
        ListItem(
            f"“{one.quote}”" if one.quote else page_label(one.url), one.url, f"{one.outlet}, {day_label(one.said_on)}"
        )
        for one in found.citations
    )
    return Reply(
        shorten(text, SHOWN, placeholder="…"),
        f"{_unread(session, question, now)}{_worded(session, text, found, complete) or found.text}",
        sections=(Section("Said by", items),) if items else (),
        actions=(
            *(Action(shorten(one, 40, placeholder="…"), f"/ask {one}") for one in found.choices),
            *(_ways(session, question, now) if question is not None and not found.known and not found.asks else ()),
        ),
        footer=footer,
        private=not found.known and not found.asks,
    )


def answer_text(
    session: Session, text: str, today: date, rules: Rules, context: list[tuple[str, str]]
) -> tuple[Answer, list[Passage], Question | None]:
    """The answer to a question asked on a day after others, the passages looked at, and the question as understood."""
    refused = refusal_text(text)
    if refused is not None:
        return refused, [], None
    _, total = watermark(session.connection())
    question = interpret(session, text, today, total, context)
    found, passages = answer_question(
        AnswerContext(session, total, today), question, lambda key, period: _measured(session, key, period, rules)
    )
    return found, passages, question


def _ways(session: Session, asked: Question, now: datetime) -> list[Action]:
    """Where else what was not known may be found: the counts of a spike, the facts on whom was meant."""
    found = []
    listed = [(name.text, name.id) for name in asked.names if name.id is not None]
    if asked.type is QuestionType.SPIKE_WHO and not asked.names:
        found.append(Action("Spikes", "/spikes"))
    if asked.type in (QuestionType.SPIKE_WHY, QuestionType.SPIKE_IF, QuestionType.WHY):
        day = _newest(session, now)
        last = asked.times.period.last
        past = asked.times.period.bounded and day is not None and last <= day
        found += [Action(f"Why {text}"[:40], f"/why {text}" + (f" as-of {last}" if past else "")) for text, _ in listed]
    wanted = [asked.cue.name] if asked.cue is not None and asked.cue.name in PREDICATES else []
    if asked.type is not QuestionType.FACT or wanted == ["role"]:
        # "Who is …ing X?" has the form of a question for a post, and may ask for anything.
        wanted = []
    topics = [PREDICATES[one].topic for one in wanted] + [
        one.topic for word in asked.content for one in predicates_named(word)[:1]
    ]
    for text, key in dict.fromkeys(listed):
        known = {
            PREDICATES[one.predicate].topic
            for one in facts_about(session, key, now.date())
            if one.predicate in PREDICATES
        }
        topic = next((one for one in topics if one in known), "")
        if known:
            found.append(Action(f"Facts: {text}"[:40], f"/facts {text}" + (f" about {topic}" if topic else "")))
    return found[:5]


def _newest(session: Session, now: datetime) -> date | None:
    """The newest day of which anything was read."""
    hour = last_read(session, hour_of(now))
    return start_of(hour).date() if hour is not None else None


def _unread(session: Session, asked: Question | None, now: datetime) -> str:
    """That nothing was read of the days that a question counts back from today, where that is so."""
    if asked is None or not asked.names or not _COUNTED_BACK.fullmatch(asked.times.words):
        return ""
    day = _newest(session, now)
    if day is None or day >= asked.times.period.first:
        return ""
    return f"Of “{asked.times.words}” I have read nothing; my newest news are of {day_label(day)}. "


def _named_since(session: Session, asked: Question, day: date) -> bool:
    """Whether somebody whom a question names was told of after a day."""
    keys = [name.id for name in asked.names if name.id is not None]
    return bool(keys) and was_named_since(
        session, keys, hour_of(datetime.combine(day, datetime.min.time(), tzinfo=UTC)) + DAY
    )


def _worded(session: Session, text: str, found: Answer, complete: Complete | None) -> str | None:
    """The answer in a language model's words, where there is one and its words hold against what is cited."""
    if complete is None or not found.citations:
        return None
    evidence = [f"{one.quote} ({one.outlet}, {day_label(one.said_on)})" for one in found.citations]
    return rephrase(complete, text, evidence, found.text, {folded for folded, _, _ in alias_names(session)})


def _measured(session: Session, key: int, period: Period, rules: Rules) -> TrendMeasurement | None:
    """How much an entity was told of in some days, as `/trend` measures it."""
    width = DAY if period.first == period.last else WEEK
    at = Window(hour_of(datetime.combine(period.last, datetime.min.time(), tzinfo=UTC)) + DAY, width)
    seen = measure_trend(session, [by_id(session, [key])[key]], at, replace(rules, width=width))
    reading = seen.reading
    verdict, mood = verdict_words(seen)
    if verdict.startswith("too little"):
        return None
    return TrendMeasurement(reading.count, reading.expected, reading.z, mood is Mood.SPIKE)


def _key(place: Place, author: str) -> str:
    """Where a conversation goes on: a thread is everybody's, a channel is each person's own."""
    return "\x1f".join((place.platform, place.workspace, place.channel, place.thread or f"@{author}"))


def _keep(session: Session, place: str, text: str, told: str, now: datetime) -> None:
    # In a transaction of its own: the answer was read in one that must not wait for a writer.
    try:
        with transaction(session.get_bind().engine, writes=True) as writing:
            add_turn(writing, place, text, told, now)
    except OperationalError:
        # A store that an import holds: the answer matters more than that the next question may be short.
        return


def day_label(when: date) -> str:
    """A day as people read it."""
    return f"{when.day} {when:%b %Y}"


OPTIONS = (
    Option("question", "a question on companies, models, people, deals or prices", OptionKind.TEXT, required=True),
)


def command(rules: Rules, complete: Complete | None = None) -> Command:
    """The command, bound to the detector's rules and to the language model, if there is one."""
    return Command(
        "ask",
        "A question, answered from what was read, with its sources.",
        "/ask What did Meta release in April 2026?",
        lambda request, session, now: ask(request, session, now, rules, complete),
        OPTIONS,
    )
