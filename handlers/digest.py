"""/digest: the summary that a channel gets at an hour of its own, and what it says.

every minute: due(now) -> outbox rows, one for each channel and local day -> summary() when it is sent
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section, Style
from chat.request import Request
from handlers.alerts.headlines import Headline, spiking_events, top_headlines
from handlers.alerts.matching import target_title
from handlers.alerts.quiet_hours import parse_zone
from handlers.arguments.subject import parse_moment
from handlers.citation import cite_facts, current_facts
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Panel, Reading, Window, panel, window
from handlers.spikes import event_item, ids_label
from handlers.wording import counted, day_words, decimals, time_words
from models.article import stories_naming
from models.candidate import provisional_names
from models.channel import Channel, find_channel, get_channel
from models.count import snapshots
from models.digest import DAYS, Digest, digests, find_digest
from models.entity import Entity, by_id
from models.fact import facts_about
from models.outbox import MessageKind, enqueue
from models.predicate import PREDICATES
from models.spike import ids_of, recent_spikes
from models.watch import parse_watch_target, watches
from signals.detector import Rules

SHOW, SET, PREVIEW, OFF = "show", "set", "preview", "off"
LATE = timedelta(hours=6)
"""How late a digest is still sent when the bot was off at its hour; a morning's summary in the evening is no use."""
SPIKES, HEADLINES, WATCHED, NEW, FACTS = 5, 5, 10, 5, 4
WORDS = {
    "daily": DAYS,
    "every day": DAYS,
    "weekdays": DAYS[:5],
    "weekends": DAYS[5:],
}


def digest(request: Request, session: Session, now: datetime, rules: Rules) -> Reply:
    """Answers `/digest`, `/digest set hour 9 days mon-fri zone Europe/Berlin`, `/digest preview` and `/digest off`."""
    action = request.option("action").lower() or SHOW
    place = request.place
    channel = find_channel(session, place.platform, place.workspace, place.channel, place.thread)
    if action == PREVIEW:
        when = parse_moment(request.option("as-of"), now)
        at = window(session, when, rules)
        # Of the newest news there are, so that something can be seen; the digest itself says when nothing came in.
        return replace(digest_reply(session, channel, min(when, at.until) if at else when, rules), private=True)
    if action == SHOW:
        return _show(find_digest(session, channel), now)
    if not request.may_configure:
        raise UserError(
            f"/digest {action} changes what this channel gets.",
            "Ask someone who may manage it; /digest show is for all.",
        )
    return _set(request, session, now) if action == SET else _off(session, channel)


def _show(found: Digest | None, now: datetime) -> Reply:
    actions = (Action("Preview", "/digest preview"), Action("Weekdays at 9:00", "/digest set hour 9 days mon-fri"))
    if found is None:
        return Reply(
            "This channel gets no digest", "It can have one at any hour of any days.", actions=actions, private=True
        )
    return Reply(
        "This channel's digest",
        digest_words(found, now),
        actions=(actions[0], Action("Off", "/digest off")),
        private=True,
    )


def _set(request: Request, session: Session, now: datetime) -> Reply:
    place = request.place
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    found = find_digest(session, channel)
    hour, days, where = request.option("hour"), request.option("days"), request.option("zone")
    if found is None and not hour:
        raise UserError("At which hour?", "For example: /digest set hour 9 days mon-fri zone Europe/Berlin")
    if found is None:
        found = Digest(
            channel_id=channel.id or 0, hour=0, days=",".join(DAYS), created_by=request.author, created_at=now
        )
    found.hour = _hour(hour) if hour else found.hour
    found.days = ",".join(_days(days)) if days else found.days
    found.zone = parse_zone(where) if where else found.zone
    local = now.astimezone(ZoneInfo(found.zone))
    # Set at three in the afternoon for nine in the morning, it begins tomorrow.
    found.last_on = local.date() if local.hour >= found.hour else None
    session.add(found)
    session.flush()
    return Reply(
        "Digest set",
        digest_words(found, now),
        actions=(Action("Preview", "/digest preview"), Action("Off", "/digest off")),
    )


def _off(session: Session, channel: Channel | None) -> Reply:
    found = find_digest(session, channel)
    if found is None:
        raise UserError("This channel gets no digest.", "Set one: /digest set hour 9 days mon-fri")
    again = f"/digest set hour {found.hour} days {found.days} zone {found.zone}"
    session.delete(found)
    return Reply("No digest any more", actions=(Action("Undo", again),))


def _hour(words: str) -> int:
    said = words.lower().replace(" ", "").removesuffix(":00")
    for end, add in (("am", 0), ("pm", 12)):
        if said.endswith(end) and said.removesuffix(end).isdecimal() and 1 <= int(said.removesuffix(end)) <= 12:
            return int(said.removesuffix(end)) % 12 + add
    if said.isdecimal() and int(said) <= 24:
        return int(said) % 24
    raise UserError(f"“{words[:40]}” is no full hour.", "Write it like 9 or 17, from 0 to 23.")


def _days(words: str) -> tuple[str, ...]:
    """Days such as mon-fri or mon,thu, in the order of the week. Raises UserError for what is none."""
    said = " ".join(words.lower().replace("–", "-").split())
    if said in WORDS:
        return WORDS[said]
    found: set[str] = set()
    for part in said.replace(" - ", "-").replace(",", " ").split():
        ends = [end[:3] for end in part.split("-")]
        if len(ends) > 2 or any(end not in DAYS for end in ends):
            raise UserError(f"“{part[:40]}” is no day.", "Write days like mon-fri, mon,thu or daily.")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found |= {DAYS[at % 7] for at in range(first, (last if last >= first else last + 7) + 1)}
    return tuple(one for one in DAYS if one in found)


def digest_words(found: Digest, now: datetime) -> str:
    """When a digest comes, in words, its zone beside its hour."""
    days = found.days.split(",")
    which = {DAYS: "every day", DAYS[:5]: "Monday to Friday"}.get(tuple(days), ", ".join(one.title() for one in days))
    then = next_digest(found, now)
    return (
        f"It comes {which} at {found.hour}:00 {found.zone}. Next: {then:%A}, {day_words(then)}, {then:%H:%M} {then:%Z}."
    )


def next_digest(found: Digest, now: datetime) -> datetime:
    """The next moment of a digest, in its own zone."""
    where = ZoneInfo(found.zone)
    local = now.astimezone(where)
    days = found.days.split(",")
    for ahead in range(8):
        one = local.date() + timedelta(days=ahead)
        if DAYS[one.weekday()] not in days or one == found.last_on:
            continue
        # By way of UTC: an hour that the clocks skip is the one after it.
        then = datetime(one.year, one.month, one.day, found.hour, tzinfo=where).astimezone(UTC).astimezone(where)
        if then > local:
            return then
    raise AssertionError("a digest has a day")


def enqueue_due_digests(session: Session, now: datetime) -> int:
    """Stores the digests whose hour has come; gives how many."""
    number = 0
    for found in digests(session):
        local = now.astimezone(ZoneInfo(found.zone))
        then = datetime(local.year, local.month, local.day, found.hour, tzinfo=local.tzinfo).astimezone(UTC)
        if DAYS[local.weekday()] not in found.days.split(",") or found.last_on == local.date() or now < then:
            continue
        found.last_on = local.date()
        session.add(found)
        # By local day: the hour that comes twice in autumn brings one digest.
        if now - then <= LATE:
            number += (
                enqueue(session, MessageKind.DIGEST, found.channel_id, now, f"{found.channel_id}:{local.date()}")
                is not None
            )
    return number


def digest_reply(session: Session, channel: Channel | None, now: datetime, rules: Rules) -> Reply:
    """The digest as a Reply: what spikes, what leads the news, what this channel watches, and what is new."""
    at = window(session, now, rules)
    found = find_digest(session, channel)
    footer = f"Next digest: {_stamp(next_digest(found, now))}. /digest off ends it." if found else ""
    if at is None or now - at.until > timedelta(hours=at.width):
        since = f" since {time_words(at.until)}" if at else ""
        text = f"Nothing was read{since}: see /status for the state of the sources."
        return Reply("AI news: nothing to tell", text, footer=footer, line="/digest preview")
    mine = watches(session, channel) if channel else []
    seen = panel(session, at, rules, sorted({ids for one in mine if (ids := _single(one.target))}))
    events = spiking_events(session, seen, rules.level)
    shown = {key for event in events[:SPIKES] for key in event[0].ids}
    # Days that came ready-made have a few links at most: what leads their news is not known.
    made = any(span.first <= at.last and span.last >= at.first for span in snapshots(session))
    leading = [] if made else [one for one in top_headlines(session, seen) if not set(one.ids) <= shown][:HEADLINES]
    known = by_id(session, {key for event in events for one in event for key in one.ids})
    sections = [
        Section("Spiking", tuple(_spike(session, event, known, at) for event in events[:SPIKES])),
        Section("Spiked before", _before(session, found, now, {event[0].ids for event in events})),
        Section("Leading the news", _headlines(session, leading, at)),
        Section("Watched here", _watched(session, [one.target for one in mine], seen)),
        Section("New names", _new(session, at)),
        Section("Newly known", _facts(session, [*shown, *(one.ids[0] for one in leading)], at)),
    ]
    found_spikes = counted(len(events), "spike") if events else "No spikes"
    read = f"{seen.read[-1]:,.0f} stories read" if len(seen.read) else "Nothing read"
    return Reply(
        f"AI news, {at.until - timedelta(seconds=1):%A} {day_words(at.day)}",
        f"{found_spikes} in the {at.width} hours to {time_words(at.until)}; {read}.",
        sections=tuple(section for section in sections if section.items),
        actions=(Action("All spikes", "/spikes", Style.PRIMARY), Action("Watches", "/watch list")),
        footer=footer or f"Data as of {time_words(at.until)}.",
        line="/digest preview",
    )


def _stamp(then: datetime) -> str:
    return f"{then:%A}, {then:%H:%M} {then:%Z}"


def _single(target: str) -> tuple[int, ...]:
    """The ids of a watch on a name or pair; of others nothing."""
    ids, _, together = parse_watch_target(target)
    return tuple(sorted(ids)) if len(ids) == 1 or together else ()


def _before(session: Session, found: Digest | None, now: datetime, shown: set[tuple[int, ...]]) -> tuple[ListItem, ...]:
    """Spikes that began since the last digest and are not among those of now: a weekend's, on Monday."""
    if found is None or len(found.days.split(",")) == len(DAYS):
        return ()
    since = now - timedelta(days=_gap(found, now))
    rows = [
        one
        for one in recent_spikes(session, since)
        if one.started_at >= since and one.lead_id is None and ids_of(one) not in shown
    ]
    known = by_id(session, {key for one in rows for key in ids_of(one)})
    rows.sort(key=lambda one: -one.peak_z)
    return tuple(
        ListItem(
            ids_label(ids_of(one), known),
            note=f"from {time_words(one.started_at)}, at most {one.peak_count} stories, z {one.peak_z:.1f}",
        )
        for one in rows[:SPIKES]
    )


def _gap(found: Digest, now: datetime) -> int:
    """Days since the digest before: three on a Monday after a Friday."""
    today: date = now.astimezone(ZoneInfo(found.zone)).date()
    days = found.days.split(",")
    return next(back for back in range(1, 8) if DAYS[(today - timedelta(days=back)).weekday()] in days)


def _spike(session: Session, event: list[Reading], known: dict[int, Entity], at: Window) -> ListItem:
    """An event in a line, with its top story."""
    said = event_item(event, known)
    top = stories_naming(session, list(event[0].ids), at.first, at.last, 1)
    if not top:
        return said
    title = f"{said.text}: {top[0].title}" if top[0].title else said.text
    return ListItem(title, top[0].url, said.note)


def _headlines(session: Session, leading: list[Headline], at: Window) -> tuple[ListItem, ...]:
    known = by_id(session, {key for one in leading for key in one.ids})
    items = []
    for one in leading:
        top = stories_naming(session, list(one.ids), at.first, at.last, 1) or stories_naming(
            session, list(one.ids[:1]), at.first, at.last, 1
        )
        name = ids_label(one.ids, known)
        if top and top[0].title:
            note = f"{top[0].outlet}{f' and {top[0].outlets - 1} more' if top[0].outlets > 1 else ''}"
            items.append(ListItem(f"{name}: {top[0].title}", top[0].url, note))
        else:
            items.append(ListItem(name, top[0].url if top else "", counted(len(one.stories), "story", "stories")))
    return tuple(items)


def _watched(session: Session, targets: list[str], seen: Panel) -> tuple[ListItem, ...]:
    rows = [(target, seen.reading(ids)) for target in targets if (ids := _single(target))]
    known = by_id(session, {key for target, _ in rows for key in parse_watch_target(target)[0]})
    rows.sort(key=lambda row: -row[1].z)
    return tuple(
        ListItem(
            target_title(target, known),
            note=f"{counted(one.count, 'story', 'stories')}, {one.expected:.1f} expected, z {decimals(one.z, 1)}",
        )
        for target, one in rows[:WATCHED]
    )


def _new(session: Session, at: Window) -> tuple[ListItem, ...]:
    since = at.until - timedelta(hours=at.width)
    return tuple(
        ListItem(one.entity.name, note=f"{one.entity.kind}, first seen {time_words(one.entity.first_seen)}")
        for one in provisional_names(session, NEW)
        if one.entity.first_seen is not None and since <= one.entity.first_seen <= at.until
    )


def _facts(session: Session, leading: Sequence[int], at: Window) -> tuple[ListItem, ...]:
    """What was said of the leading names in this window, each with its source."""
    items: dict[int, ListItem] = {}
    first = (at.until - timedelta(hours=at.width)).date()
    names = by_id(session, leading)
    for lead in dict.fromkeys(leading):
        known = [
            one
            for one in facts_about(session, lead, at.day, 40)
            if one.predicate in PREDICATES and one.said_on >= first
        ]
        new = current_facts(known, at.day)
        cited = cite_facts(session, [fact for one in new for fact in one.facts])
        for one in new[:2]:
            fact = one.facts[0]
            words = f"{names[lead].name}: {cited.words(fact, lead)}"
            # One fact may be found from both of its ends: by its key it is told once.
            items.setdefault(fact.id or 0, ListItem(words, cited.url(fact), cited.where(one.facts)))
    return tuple(items.values())[:FACTS]


def command(rules: Rules) -> Command:
    """The command, bound to the detector's rules."""
    return Command(
        "digest",
        "A summary in this channel, at the hour you say.",
        "/digest preview",
        lambda request, session, now: digest(request, session, now, rules),
        (
            Option("action", "show, set, preview or off", OptionKind.CHOICE, choices=(SHOW, SET, PREVIEW, OFF)),
            Option("hour", "the full hour, such as 9 or 17", OptionKind.TEXT, keyword=True),
            Option("days", "mon-fri, daily, or days such as mon,thu", OptionKind.WORDS, keyword=True),
            Option("as-of", "for the preview: a day in the past, such as 2026-04-09", OptionKind.DATE, keyword=True),
            Option(
                "zone",
                "the time zone of the hour, such as Europe/Berlin; UTC without one",
                OptionKind.ZONE,
                keyword=True,
            ),
        ),
        configures=True,
        reading=(SHOW, PREVIEW),
    )
