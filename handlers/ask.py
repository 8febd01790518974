"""/ask QUESTION: an answer in a sentence or two, with the sentences that support it."""

import re
from collections.abc import Callable, Mapping, Sequence
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
from answers.strategies.dispatch import LONGEST, answer_question, refusal_text
from answers.strategies.single_fact import AnswerContext
from answers.strategies.spike import TrendMeasurement
from answers.understand.conversation import interpret
from answers.understand.intent import Intent
from answers.understand.interpretation import Interpretation, interpret_message
from answers.understand.question import Question, QuestionType, refused_type
from chat.reply import Action, ListItem, Mood, Reply, Section
from chat.request import Place, Request
from handlers.citation import page_label
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Window
from handlers.message import remembered, reply_to_message
from handlers.trend import measure_trend, verdict_words
from handlers.wording import day_words
from models.conversation import add_turn, conversation_turns
from models.count import hour_of, last_read, start_of, was_named_since
from models.database import transaction
from models.entity import alias_names, by_id
from models.fact import facts_about
from models.full_text import watermark
from models.predicate import PREDICATES
from signals.detector import Rules

STALE = timedelta(days=60)
"""If the newest source is older than this, the answer says so."""

DAY, WEEK = 24, 168
"""Hours of a day's and a week's window."""

SHOWN = 120
"""Most characters of the question in the title."""

SURE = 0.6
"""Probability from which the intent of a message is believed whatever its language."""

COMMANDS = frozenset(Intent) - {Intent.ASK, Intent.SMALLTALK, Intent.OUT_OF_SCOPE, Intent.CLARIFY}
"""Intents that a command answers."""

_QUESTION = re.compile(
    r"(?:and |so )?(?:which|who|whose|what|how much|how many|is|are|was|does|did|do)\b", re.IGNORECASE
)
"""The beginning of a whole question, which a sentence answers better than a table."""

_RELATIVE_TIME = re.compile(r"today|yesterday|(?:this|last|past) (?:week|month|quarter|year)", re.IGNORECASE)


def ask(
    request: Request,
    session: Session,
    now: datetime,
    rules: Rules,
    complete: Complete | None = None,
    commands: Mapping[str, Command] | None = None,
) -> Reply:
    """Answers `/ask What is the latest Claude Opus?`, and any other message by the command that it means."""
    text = " ".join(request.option("question").split())
    place = _key(request.place, request.author)
    before = conversation_turns(session, place, now)
    if not before and request.place.thread:
        # The thread may continue an answer given in the channel.
        before = conversation_turns(session, _key(replace(request.place, thread=""), request.author), now)
    meant = understand(session, text, now.date(), before) if commands is not None and len(text) <= LONGEST else None
    if meant is not None and commands is not None and _by_command(meant, text):
        other = reply_to_message(meant, request, session, now, commands)
        if other is not None:
            _keep(session, place, text, remembered(other), now)
            return other
    found, _, question = answer_text(session, text, now.date(), rules, before)
    if found.known or (question is not None and question.names):
        # Remember unanswered questions too: "who made it?" refers to the latest question's subject.
        _keep(session, place, text, found.text if found.known else "", now)
    newest = max((one.said_on for one in found.citations), default=None)
    footer = f"Newest source: {day_words(newest)}." if newest else ""
    if newest and now.date() - newest > STALE:
        footer = f"Newest source: {day_words(newest)}. I have read nothing newer about it."
        if question is not None and _named_since(session, question, newest):
            footer = f"Newest source for this answer: {day_words(newest)}."
    items = tuple(
        ListItem(
            f"“{one.quote}”" if one.quote else page_label(one.url), one.url, f"{one.outlet}, {day_words(one.said_on)}"
        )
        for one in found.citations
    )
    return Reply(
        shorten(text, SHOWN, placeholder="…"),
        f"{_unread_words(session, question, now)}{_rephrased(session, text, found, complete) or found.text}",
        sections=(Section("Sources", items),) if items else (),
        actions=(
            *(Action(shorten(one, 40, placeholder="…"), f"/ask {one}") for one in found.choices),
            *(
                _next_steps(session, question, now)
                if question is not None and not found.known and not found.asks
                else ()
            ),
        ),
        footer=footer,
        private=not found.known and not found.asks,
    )


def _by_command(meant: Interpretation, text: str) -> bool:
    """Whether another command answers a message, and not a sentence from the news.

    What names somebody whom no list holds, what asks for advice or about private life, and whole questions are for
    the answers; a message in another language is understood as far as its intent is sure.
    """
    if any(name.id is None for name in meant.names):
        return False
    if refused_type(text) is not None:
        return False
    if meant.intent is Intent.HELP or (meant.intent in COMMANDS and meant.probability >= SURE):
        return meant.intent is not Intent.COMPARE or not _QUESTION.match(text)
    return meant.intent is not Intent.COMPARE and refusal_text(text) is None


def answer_text(
    session: Session, text: str, today: date, rules: Rules, context: list[tuple[str, str]]
) -> tuple[Answer, list[Passage], Question | None]:
    """Answers a question asked on `today`; `context` holds earlier questions and answers.

    Returns the answer, the passages considered, and the question as understood (None if it was refused).
    """
    refused = refusal_text(text)
    if refused is not None:
        return refused, [], None
    _, total = watermark(session.connection())
    if context and not understand(session, text, today, context).inherited:
        # A question that names its subject stands alone, whatever was said before.
        context = []
    question = interpret(session, text, today, total, context)
    found, passages = answer_question(
        AnswerContext(session, total, today), question, lambda key, period: _measured(session, key, period, rules)
    )
    return found, passages, question


def understand(session: Session, text: str, today: date, context: Sequence[tuple[str, str]] = ()) -> Interpretation:
    """What a message means after earlier ones, each (message, reply), oldest first."""
    _, total = watermark(session.connection())
    return interpret_message(session, text, today, total, context)


def _next_steps(session: Session, question: Question, now: datetime) -> list[Action]:
    """Suggests where else to look if there is no answer: spikes, their reasons, and facts about the names."""
    found = []
    listed = [(name.text, name.id) for name in question.names if name.id is not None]
    if question.type is QuestionType.SPIKE_WHO and not question.names:
        found.append(Action("Spikes", "/spikes"))
    if question.type in (QuestionType.SPIKE_WHY, QuestionType.SPIKE_IF, QuestionType.WHY):
        day = _newest(session, now)
        last = question.times.period.last
        past = question.times.period.bounded and day is not None and last <= day
        found += [Action(f"Why {text}"[:40], f"/why {text}" + (f" as-of {last}" if past else "")) for text, _ in listed]
    wanted = [question.cue.name] if question.cue is not None and question.cue.name in PREDICATES else []
    if question.type is not QuestionType.FACT or wanted == ["role"]:
        # "Who is …ing X?" parses as a question about a role, but may ask for anything.
        wanted = []
    topics = [PREDICATES[one].topic for one in wanted] + [
        one.topic for word in question.content for one in predicates_named(word)[:1]
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
    """Returns the newest day with any news, None for an empty store."""
    hour = last_read(session, hour_of(now))
    return start_of(hour).date() if hour is not None else None


def _unread_words(session: Session, question: Question | None, now: datetime) -> str:
    """Returns a sentence if a question asks about recent days from which no news was read, else ""."""
    if question is None or not question.names or not _RELATIVE_TIME.fullmatch(question.times.words):
        return ""
    day = _newest(session, now)
    if day is None or day >= question.times.period.first:
        return ""
    return f"I have no news from “{question.times.words}”; the latest is from {day_words(day)}. "


def _named_since(session: Session, question: Question, day: date) -> bool:
    """Whether a name of the question was mentioned after a day."""
    keys = [name.id for name in question.names if name.id is not None]
    return bool(keys) and was_named_since(
        session, keys, hour_of(datetime.combine(day, datetime.min.time(), tzinfo=UTC)) + DAY
    )


def _rephrased(session: Session, text: str, found: Answer, complete: Complete | None) -> str | None:
    """Returns the answer in a language model's words; None without a model, or if they fail the check."""
    if complete is None or not found.citations:
        return None
    evidence = [f"{one.quote} ({one.outlet}, {day_words(one.said_on)})" for one in found.citations]
    return rephrase(complete, text, evidence, found.text, {folded for folded, _, _ in alias_names(session)})


def _measured(session: Session, key: int, period: Period, rules: Rules) -> TrendMeasurement | None:
    """Measures an entity in a period as `/trend` does; None with too little history."""
    width = DAY if period.first == period.last else WEEK
    at = Window(hour_of(datetime.combine(period.last, datetime.min.time(), tzinfo=UTC)) + DAY, width)
    view = measure_trend(session, [by_id(session, [key])[key]], at, replace(rules, width=width))
    reading = view.reading
    verdict, mood = verdict_words(view)
    if verdict.startswith("too little"):
        return None
    return TrendMeasurement(reading.count, reading.expected, reading.z, mood is Mood.SPIKE)


def _key(place: Place, author: str) -> str:
    """Returns the key of a conversation: shared in a thread, per person in a channel."""
    return "\x1f".join((place.platform, place.workspace, place.channel, place.thread or f"@{author}"))


def _keep(session: Session, place: str, text: str, answer: str, now: datetime) -> None:
    # A separate transaction: the one that read the answer must not wait for a writer.
    try:
        with transaction(session.get_bind().engine, writes=True) as writing:
            add_turn(writing, place, text, answer, now)
    except OperationalError:
        # The store is locked, for example by an import: answering matters more than follow-ups.
        return


OPTIONS = (
    Option("question", "a question about companies, models, people, deals or prices", OptionKind.TEXT, required=True),
)


def command(
    rules: Rules, complete: Complete | None = None, all_commands: Callable[[], Mapping[str, Command]] | None = None
) -> Command:
    """Returns the command, bound to the detector's rules and the optional language model.

    `all_commands` gives every command, for messages that mean another one; without it every message is a question.
    """
    return Command(
        "ask",
        "Ask a question; I answer from the news I have read, with sources.",
        "/ask What did Meta release in April 2026?",
        lambda request, session, now: ask(
            request, session, now, rules, complete, all_commands() if all_commands else None
        ),
        OPTIONS,
    )
