"""/sources: where the news comes from, and how each is doing; for those who may: adding, pausing, taking out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, Field, Item, Reply, Section
from chat.request import Request
from gazetteer.addresses import readable
from gazetteer.spelling import tidy
from handlers.arguments.subject import SHOWN, minute
from handlers.command import Command, Kind, Option
from models.source import Source, State, add_source, feeds, named, near, resume, state_of, take_out

LIST, SHOW, TEST, ADD, REMOVE, PAUSE, RESUME = "list", "show", "test", "add", "remove", "pause", "resume"
READING = (LIST, SHOW, TEST)
LISTED = 15
"""Sources of a state that are listed."""

FOUND = 8
"""Items that a look at an address shows."""

NAME = 200
TROUBLE = (State.FAILING, State.GONE, State.FLOODING, State.QUIET, State.MOVED)
"""States that want a person, the worst first."""

TERMINAL = "terminal"
"""Whoever types here runs the bot, and may point it into his own network."""


@dataclass(frozen=True)
class Sight:
    """What a look at an address saw."""

    kind: str
    url: str
    name: str = ""
    items: tuple[Item, ...] = ()
    refused: int = 0
    problem: str = ""


Look = Callable[[str, datetime, bool], Sight]
"""Looks at an address; the flag keeps it to the open internet."""


def sources(request: Request, session: Session, now: datetime, look: Look | None = None) -> Reply:
    """Answers `/sources`, `/sources list failing`, `/sources test https://…`, `/sources add https://…` and the like."""
    action = request.option("action").lower() or LIST
    what = request.option("what")
    if action not in (LIST, SHOW) and not request.may_configure:
        raise UserError(
            f"/sources {action} changes what everybody is told.",
            "Ask someone who may manage this place; /sources list is for all.",
        )
    if action == LIST:
        return _list(session, now, what.lower())
    if not what:
        raise UserError(f"/sources {action} needs a source.", "For example: /sources show TechCrunch")
    if action == TEST:
        return _test(request, session, now, look)
    if action == ADD:
        return _add(request, session)
    found = _named(session, what)
    if action == SHOW:
        return _show(found, now)
    if action == REMOVE:
        take_out(found, _by(request))
        return Reply(f"{found.name} is read no more", "What it told stays, and is still counted.")
    if action == PAUSE:
        found.state = State.PAUSED
        return Reply(f"{found.name} is paused", actions=(Action("Resume", f"/sources resume {found.name}"),))
    resume(found)
    return Reply(f"{found.name} is read again", "From the next round on.")


def _list(session: Session, now: datetime, wanted: str) -> Reply:
    rows = [(one, state_of(one, now)) for one in feeds(session, paused=True)]
    if not rows:
        return Reply("No sources are read here", "Those who may can add some: /sources add https://…")
    if wanted and wanted not in list(State):
        raise UserError(f"“{wanted[:SHOWN]}” is no state.", f"There are {', '.join(State)}.")
    many = Counter(state for _, state in rows)
    shown = [State(wanted)] if wanted else [one for one in TROUBLE if many[one]]
    sections = tuple(_section(state, [one for one, how in rows if how == state], now) for state in shown)
    said = ", ".join(f"{many[state]} {state}" for state in State if many[state])
    actions = tuple(Action(state.capitalize(), f"/sources list {state}") for state in TROUBLE if many[state])
    return Reply(
        f"{len(rows)} sources", f"{said[0].upper()}{said[1:]}.", sections=sections, actions=actions, private=True
    )


def _section(state: State, some: Sequence[Source], now: datetime) -> Section:
    items = [Item(one.name, one.home, _note(one, now)) for one in some[:LISTED]]
    if len(some) > LISTED:
        items.append(Item(f"…and {len(some) - LISTED} more"))
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


def _show(one: Source, now: datetime) -> Reply:
    state = state_of(one, now)
    fields = (
        Field("State", state),
        Field("Trouble", f"{one.error} ({one.failures} times in a row)" if one.failures else ""),
        Field("Kind", one.kind),
        Field("Counts for", one.outlet),
        Field("Language", one.language),
        Field("Weight", f"{one.weight:g}"),
        Field("Tells", f"{one.per_day:.2g} items a day" if one.per_day else ""),
        Field("Newest item", minute(one.newest_at) if one.newest_at else ""),
        Field("Last read", minute(one.read_at) if one.read_at else ""),
        Field("Read again", minute(one.due_at) if one.due_at and one.due_at > now else "with the next round"),
        Field("Moved", minute(one.moved_at) if one.moved_at else ""),
        Field("Added by", one.added_by or "the list"),
    )
    other = Action("Resume", f"/sources resume {one.name}")
    if state not in (State.PAUSED, State.FAILING, State.GONE):
        other = Action("Pause", f"/sources pause {one.name}")
    return Reply(
        one.name,
        fields=tuple(field for field in fields if field.value),
        sections=(Section("Address", (Item(one.url, one.url if one.url.startswith("http") else ""),)),),
        actions=(other,),
        private=True,
    )


def _test(request: Request, session: Session, now: datetime, look: Look | None) -> Reply:
    what = request.option("what")
    known = named(session, what)
    address = known.url if known else what
    if look is None:
        raise UserError("Nothing can be looked at here.", "On the machine where the bot runs: trendbot sources test")
    found = look(address, now, request.place.platform != TERMINAL)
    if found.problem:
        raise UserError(f"{address[:SHOWN]} {found.problem}.", "See that the address opens, and that it is a feed's.")
    more = len(found.items) - FOUND
    items = (*found.items[:FOUND], *((Item(f"…and {more} more"),) if more > 0 else ()))
    text = f"{len(found.items)} articles would be taken in"
    text += f", {found.refused} can't be used." if found.refused else "."
    actions = () if known else (Action("Add it", f"/sources add {found.url}"),)
    return Reply(
        f"{found.name or 'No name'}: {found.kind}",
        text,
        sections=(Section("What it tells", items), Section("Address", (Item(found.url, found.url),))),
        actions=actions,
        private=True,
    )


def _add(request: Request, session: Session) -> Reply:
    """Adds an address as it is: it is looked at with the next round, for nothing is fetched while the store is held."""
    kind, url = readable(request.option("what"))
    if not url:
        raise UserError(f"“{request.option('what')[:SHOWN]}” is no address.", "It begins with https://")
    if kind == "folder" and request.place.platform != TERMINAL:
        raise UserError("A folder can be added by whoever runs the bot.", "There: trendbot sources add file:///…")
    name = tidy(request.option("name"))[:NAME] or _called(url)
    known = named(session, url) or named(session, name)
    if known is not None:
        raise UserError(f"{known.name} is read already.", "", (Action("Show it", f"/sources show {known.name}"),))
    source = add_source(session, name, url, kind, _by(request))
    source.outlet, source.language = tidy(request.option("outlet"))[:NAME], request.option("language").lower()[:12]
    return Reply(
        f"{name} is read from now on",
        f"As {kind}, within minutes. What it tells at first is history, and no occasion for an alert.",
        actions=(Action("How it goes", f"/sources show {name}"), Action("Take it out", f"/sources remove {name}")),
    )


def _called(url: str) -> str:
    """What a source is called that nobody gave a name: its server, and the part of it that is meant."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    words = [word for word in parts.path.split("/") if word and "." not in word and word not in ("feed", "rss", "api")]
    return tidy(" ".join([host, *words[:3]]) or parts.path)[:NAME]


def _named(session: Session, what: str) -> Source:
    found = named(session, what)
    if found is None:
        like = near(session, what)
        actions = tuple(Action(name, f"/sources show {name}") for name in like)
        raise UserError(f"No source is called “{what[:SHOWN]}”.", "See /sources list.", actions)
    return found


def _by(request: Request) -> str:
    if request.place.platform == TERMINAL:
        return "operator"
    return f"chat:{request.place.platform}:{request.author or 'somebody'}"


def command(look: Look | None = None) -> Command:
    """The command. `look` fetches; without it nothing can be tested."""
    return Command(
        "sources",
        "Where the news comes from, and how each source is doing.",
        "/sources list",
        lambda request, session, now: sources(request, session, now, look),
        (
            Option(
                "action",
                "list, show, test, add, remove, pause or resume",
                Kind.CHOICE,
                choices=(LIST, SHOW, TEST, ADD, REMOVE, PAUSE, RESUME),
            ),
            Option("what", "a source's name or address; with list, a state such as failing", Kind.TEXT),
            Option("name", "for add: what to call it", Kind.WORDS, keyword=True),
            Option("outlet", "for add: the outlet that its articles count for", Kind.WORDS, keyword=True),
            Option("language", "for add: its language, such as en", Kind.TEXT, keyword=True),
        ),
        configures=True,
        reading=READING,
    )
