"""/sources: where the news comes from and how each source is doing; with permission: test, add, pause, remove."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, Field, ListItem, Reply, Section
from chat.request import Request
from gazetteer.addresses import source_kind_and_address
from gazetteer.spelling import tidy
from handlers.arguments.subject import SHOWN
from handlers.command import Command, Option, OptionKind
from handlers.wording import counted, time_words
from models.source import (
    Source,
    SourceState,
    add_source,
    find_source,
    polled_sources,
    remove_source,
    resume_source,
    similar_sources,
    source_state,
)

LIST, SHOW, TEST, ADD, REMOVE, PAUSE, RESUME = "list", "show", "test", "add", "remove", "pause", "resume"
READING = (LIST, SHOW, TEST)
LISTED = 15
"""Most sources listed per state."""

FOUND = 8
"""Most items shown by a test."""

NAME = 200
"""Most characters of a name or outlet."""
TROUBLE = (SourceState.FAILING, SourceState.GONE, SourceState.FLOODING, SourceState.QUIET, SourceState.MOVED)
"""States that need a person's attention, the worst first."""

TERMINAL = "terminal"
"""The platform of the person who runs the bot, who may use addresses of the local network and folders."""


@dataclass(frozen=True)
class SourcePreview:
    """What a test of an address found: its items, how many can't be used, or its problem as the end of a sentence."""

    kind: str
    url: str
    name: str = ""
    items: tuple[ListItem, ...] = ()
    refused: int = 0
    problem: str = ""


Look = Callable[[str, datetime, bool], SourcePreview]
"""Fetches (address, now, public_only) once; `public_only` forbids addresses of the local network."""


Hide = Callable[[str], str]
"""Puts {key:NAME} in place of the keys in an address."""


def sources(request: Request, session: Session, now: datetime, look: Look | None = None, hide: Hide = str) -> Reply:
    """Answers `/sources`, `/sources list failing`, `/sources test https://…`, `/sources add https://…` and the like."""
    action = request.option("action").lower() or LIST
    what = request.option("what")
    if action == LIST:
        return _list(session, now, what.lower())
    if not what:
        raise UserError("Which source do you mean?", f"For example: /sources {action} TechCrunch")
    if action == TEST:
        return _test(request, session, now, look, hide)
    if action == ADD:
        return _add(request, session, hide)
    found = _named(session, what)
    if action == SHOW:
        return _show(found, now, hide)
    if action == REMOVE:
        remove_source(found, _by(request))
        return Reply(f"{found.name} is removed", "Its stories stay and still count.")
    if action == PAUSE:
        found.state = SourceState.PAUSED
        return Reply(f"{found.name} is paused", actions=(Action("Resume", f"/sources resume {found.name}"),))
    resume_source(found)
    return Reply(f"{found.name} is resumed", "I'll read it again in the next poll.")


def _list(session: Session, now: datetime, wanted: str) -> Reply:
    rows = [(one, source_state(one, now)) for one in polled_sources(session, paused=True)]
    if not rows:
        return Reply("No sources yet", "Add one: /sources add https://…")
    if wanted and wanted not in list(SourceState):
        raise UserError(f"“{wanted[:SHOWN]}” is not a state of a source.", f"Choose one of: {', '.join(SourceState)}.")
    many = Counter(state for _, state in rows)
    shown = [SourceState(wanted)] if wanted else [one for one in TROUBLE if many[one]]
    sections = tuple(_section(state, [one for one, how in rows if how == state], now) for state in shown)
    summary = ", ".join(f"{many[state]} {state}" for state in SourceState if many[state])
    actions = tuple(Action(state.capitalize(), f"/sources list {state}") for state in TROUBLE if many[state])
    return Reply(counted(len(rows), "source"), f"{summary}.", sections=sections, actions=actions, private=True)


def _section(state: SourceState, found: Sequence[Source], now: datetime) -> Section:
    items = [ListItem(one.name, one.home, _note(one, now)) for one in found[:LISTED]]
    if len(found) > LISTED:
        items.append(ListItem(f"…and {len(found) - LISTED} more"))
    return Section(state.capitalize(), tuple(items))


def _note(one: Source, now: datetime) -> str:
    parts = [one.error, f"{one.per_day:.2g} a day" if one.per_day else "", _ago(one.read_at, now)]
    return ", ".join(filter(None, parts))


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "not read yet"
    passed = max(now - moment, timedelta(0))
    if passed < timedelta(hours=2):
        return f"read {passed.seconds // 60} min ago"
    return f"read {passed.days} days ago" if passed.days > 2 else f"read {passed // timedelta(hours=1)} h ago"


def _show(one: Source, now: datetime, hide: Hide) -> Reply:
    state, url = source_state(one, now), hide(one.url)
    fields = (
        Field("State", state),
        Field("Problem", f"{one.error} ({counted(one.failures, 'time')} in a row)" if one.failures else ""),
        Field("Kind", one.kind),
        Field("Outlet", one.outlet),
        Field("Language", one.language),
        Field("Weight", f"{one.weight:g}"),
        Field("Volume", f"{one.per_day:.2g} items a day" if one.per_day else ""),
        Field("Newest item", time_words(one.newest_at) if one.newest_at else ""),
        Field("Last read", time_words(one.read_at) if one.read_at else ""),
        Field("Next read", time_words(one.due_at) if one.due_at and one.due_at > now else "in the next poll"),
        Field("Moved", time_words(one.moved_at) if one.moved_at else ""),
        Field("Added by", one.added_by or "the default list"),
    )
    other = Action("Resume", f"/sources resume {one.name}")
    if state not in (SourceState.PAUSED, SourceState.FAILING, SourceState.GONE):
        other = Action("Pause", f"/sources pause {one.name}")
    return Reply(
        one.name,
        fields=tuple(field for field in fields if field.value),
        sections=(Section("Address", (ListItem(url, url if url.startswith("http") else ""),)),),
        actions=(other,),
        private=True,
    )


def _test(request: Request, session: Session, now: datetime, look: Look | None, hide: Hide) -> Reply:
    what = request.option("what")
    known = find_source(session, what)
    address = known.url if known else what
    if look is None:
        raise UserError("I can't test addresses here.", "On the bot's machine, run: trendbot sources test")
    found = look(address, now, request.place.platform != TERMINAL)
    if found.problem:
        raise UserError(f"{hide(address)[:SHOWN]} {found.problem}.", "Check that the address opens and is a feed.")
    more = len(found.items) - FOUND
    items = (*found.items[:FOUND], *((ListItem(f"…and {more} more"),) if more > 0 else ()))
    text = f"I would read {counted(len(found.items), 'article')} from it"
    text += f"; {found.refused} can't be used." if found.refused else "."
    actions = () if known else (Action("Add", f"/sources add {found.url}"),)
    return Reply(
        f"{found.name or 'Unnamed source'}: {found.kind}",
        text,
        sections=(Section("Newest items", items), Section("Address", (ListItem(found.url, found.url),))),
        actions=actions,
        private=True,
    )


def _add(request: Request, session: Session, hide: Hide) -> Reply:
    """Adds an address unread: the next poll fetches it, because nothing is fetched while the store is locked."""
    kind, url = source_kind_and_address(request.option("what"))
    if not url:
        raise UserError(
            f"“{request.option('what')[:SHOWN]}” is not a web address.", "Write it like https://example.com/feed"
        )
    if kind == "folder" and request.place.platform != TERMINAL:
        raise UserError(
            "Only the person who runs the bot can add a folder.", "On its machine: trendbot sources add file:///…"
        )
    if hide(url) != url:
        raise UserError(
            "That address contains a key of this bot, which belongs in its settings only.",
            f"On the bot's machine, run: trendbot sources add '{hide(url)[:SHOWN]}'",
        )
    name = tidy(request.option("name"))[:NAME] or _called(url)
    known = find_source(session, url) or find_source(session, name)
    if known is not None:
        raise UserError(
            f"{known.name} is already a source.",
            f"See /sources show {known.name}",
            (Action("Show", f"/sources show {known.name}"),),
        )
    source = add_source(session, name, url, kind, _by(request))
    source.outlet, source.language = tidy(request.option("outlet"))[:NAME], request.option("language").lower()[:12]
    return Reply(
        f"{name} is added",
        f"Kind: {kind}. I'll read it within minutes. "
        "Its first items trigger no alert unless the feed shows a week of its past.",
        actions=(Action("Show", f"/sources show {name}"), Action("Remove", f"/sources remove {name}")),
    )


def _called(url: str) -> str:
    """Returns a name for a source that was given none: its server and the first parts of its path."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    words = [word for word in parts.path.split("/") if word and "." not in word and word not in ("feed", "rss", "api")]
    return tidy(" ".join([host, *words[:3]]) or parts.path)[:NAME]


def _named(session: Session, what: str) -> Source:
    found = find_source(session, what)
    if found is None:
        similar = similar_sources(session, what)
        actions = tuple(Action(name, f"/sources show {name}") for name in similar)
        raise UserError(f"I don't know the source “{what[:SHOWN]}”.", "See /sources list.", actions)
    return found


def _by(request: Request) -> str:
    if request.place.platform == TERMINAL:
        return "operator"
    return f"chat:{request.place.platform}:{request.author or 'someone'}"


def command(look: Look | None = None, hide: Hide = str) -> Command:
    """Returns the command. `look` fetches an address for `/sources test`; without it, testing is unavailable."""
    return Command(
        "sources",
        "Where the news comes from, and how each source is doing.",
        "/sources list",
        lambda request, session, now: sources(request, session, now, look, hide),
        (
            Option(
                "action",
                "list, show, test, add, remove, pause or resume",
                OptionKind.CHOICE,
                choices=(LIST, SHOW, TEST, ADD, REMOVE, PAUSE, RESUME),
            ),
            Option("what", "a source's name or address; for list, a state such as failing", OptionKind.TEXT),
            Option("name", "for add: its name", OptionKind.WORDS, keyword=True),
            Option("outlet", "for add: the outlet that its articles belong to", OptionKind.WORDS, keyword=True),
            Option("language", "for add: its language, such as en", OptionKind.TEXT, keyword=True),
        ),
        configures=True,
        for_operators=(TEST, ADD, REMOVE, PAUSE, RESUME),
        reading=READING,
    )
