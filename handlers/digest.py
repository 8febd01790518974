"""/digest: a news summary that a channel gets on chosen days at a chosen local hour.

every minute: enqueue_due_digests(now) -> outbox rows, one per channel and local day -> digest_reply() when sent
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, delete

from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section, Style
from chat.request import Request
from handlers.alerts.headlines import Headline, spiking_events, top_headlines
from handlers.alerts.matching import target_title
from handlers.alerts.quiet_hours import parse_zone
from handlers.arguments.subject import parse_moment
from handlers.citation import cite_facts, current_facts, is_news
from handlers.command import Command, Option, OptionKind
from handlers.measurement.panel import Panel, Reading, Window, panel, window
from handlers.spikes import event_item, ids_label
from handlers.wording import counted, day_words, decimals, stories_words, time_words
from models.article import stories_naming
from models.candidate import provisional_names
from models.channel import Channel, find_channel, get_channel
from models.count import snapshots
from models.digest import DAYS, Digest, digests, find_digest
from models.entity import Entity, by_id
from models.fact import facts_about
from models.outbox import MessageKind, Outbox, enqueue
from models.predicate import PREDICATES
from models.spike import ids_of, recent_spikes
from models.watch import parse_watch_target, watches
from signals.detector import Rules

SHOW, SET, PREVIEW, OFF = "show", "set", "preview", "off"
LATE = timedelta(hours=6)
"""How late a digest may be sent if the bot was off at its hour: a morning summary is no use in the evening."""
SPIKES, HEADLINES, WATCHED, NEW, FACTS = 5, 5, 10, 5, 4
"""Most items of each section."""
DAY_WORDS = {
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
        # Preview the newest news, however old; a real digest says if no news came in.
        return replace(digest_reply(session, channel, min(when, at.until) if at else when, rules), private=True)
    if action == SHOW:
        return _show(find_digest(session, channel), now)
    if not request.may_configure:
        raise UserError(
            f"Only people who manage this channel can use /digest {action}.",
            "Ask one of them; everyone can use /digest show.",
        )
    return _set(request, session, now) if action == SET else _off(session, channel)


def _show(found: Digest | None, now: datetime) -> Reply:
    actions = (Action("Preview", "/digest preview"), Action("Weekdays at 09:00", "/digest set hour 9 days mon-fri"))
    if found is None:
        return Reply(
            "No digest in this channel",
            "Set one for the hour and days you like: /digest set hour 9 days mon-fri",
            actions=actions,
            private=True,
        )
    return Reply(
        "Digest in this channel",
        digest_words(found, now),
        actions=(actions[0], Action("Turn off", "/digest off")),
        private=True,
    )


def _set(request: Request, session: Session, now: datetime) -> Reply:
    place = request.place
    channel = get_channel(session, place.platform, place.workspace, place.channel, place.thread)
    found = find_digest(session, channel)
    hour, days, where = request.option("hour"), request.option("days"), request.option("zone")
    if found is None and not hour:
        raise UserError(
            "At which hour should I post it?", "For example: /digest set hour 9 days mon-fri zone Europe/Berlin"
        )
    if found is None:
        found = Digest(
            channel_id=channel.id or 0, hour=0, days=",".join(DAYS), created_by=request.author, created_at=now
        )
    found.hour = _hour(hour) if hour else found.hour
    found.days = ",".join(_days(days)) if days else found.days
    found.zone = parse_zone(where) if where else found.zone
    local = now.astimezone(ZoneInfo(found.zone))
    # If its hour has passed today, it begins tomorrow.
    found.last_on = local.date() - timedelta(days=local.hour < found.hour)
    session.add(found)
    session.flush()
    return Reply(
        "Digest set",
        digest_words(found, now),
        actions=(Action("Preview", "/digest preview"), Action("Turn off", "/digest off")),
    )


def _off(session: Session, channel: Channel | None) -> Reply:
    found = find_digest(session, channel)
    if found is None:
        raise UserError("This channel has no digest.", "Set one: /digest set hour 9 days mon-fri")
    again = f"/digest set hour {found.hour} days {found.days} zone {found.zone}"
    session.delete(found)
    return Reply("Digest turned off", actions=(Action("Undo", again),))


def _hour(words: str) -> int:
    """Parses a full hour such as 9, 17:00 or 5pm, 0 to 23. Raises UserError."""
    typed = words.lower().replace(" ", "").removesuffix(":00")
    for end, add in (("am", 0), ("pm", 12)):
        if typed.endswith(end) and typed.removesuffix(end).isdecimal() and 1 <= int(typed.removesuffix(end)) <= 12:
            return int(typed.removesuffix(end)) % 12 + add
    if typed.isdecimal() and int(typed) <= 24:
        return int(typed) % 24
    raise UserError(f"“{words[:40]}” is not a full hour.", "Write a number from 0 to 23, such as 9 or 17.")


def _days(words: str) -> tuple[str, ...]:
    """Parses days such as mon-fri or mon,thu, in the order of the week. Raises UserError."""
    typed = " ".join(words.lower().replace("–", "-").split())
    if typed in DAY_WORDS:
        return DAY_WORDS[typed]
    found: set[str] = set()
    for part in typed.replace(" - ", "-").replace(",", " ").split():
        ends = [end[:3] for end in part.split("-")]
        if len(ends) > 2 or any(end not in DAYS for end in ends):
            raise UserError(f"“{part[:40]}” is not a day.", "Write days like mon-fri, mon,thu or daily.")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found |= {DAYS[at % 7] for at in range(first, (last if last >= first else last + 7) + 1)}
    return tuple(one for one in DAYS if one in found)


def digest_words(found: Digest, now: datetime) -> str:
    """Returns a digest's schedule, with its time zone, and its next time."""
    days = found.days.split(",")
    which = {DAYS: "every day", DAYS[:5]: "Monday to Friday"}.get(tuple(days), ", ".join(one.title() for one in days))
    then = next_digest(found, now)
    return f"Posted {which} at {found.hour:02}:00 {found.zone}. Next: {_local_time(then)}."


def next_digest(found: Digest, now: datetime) -> datetime:
    """Returns the next time of a digest after `now`, in the digest's own zone."""
    where = ZoneInfo(found.zone)
    today = now.astimezone(where).date()
    days = found.days.split(",")
    for ahead in range(8):
        one = today + timedelta(days=ahead)
        if DAYS[one.weekday()] in days and one != found.last_on and (then := _moment(found, one)) > now:
            return then.astimezone(where)
    raise AssertionError("a digest has at least one day")


def due_day(found: Digest, now: datetime) -> date | None:
    """The local day whose digest is due: today, or yesterday where the bot was off over midnight."""
    today = now.astimezone(ZoneInfo(found.zone)).date()
    last = found.last_on or today - timedelta(days=1)
    if last > today:
        # The clock was ahead when the last one was sent; the message's key still keeps a day from a second one.
        last = today - timedelta(days=1)
    for one in (today, today - timedelta(days=1)):
        if DAYS[one.weekday()] in found.days.split(",") and one > last and _moment(found, one) <= now:
            return one
    return None


def _moment(found: Digest, day: date) -> datetime:
    """When the digest of a local day comes, in UTC: an hour that the clocks skip is the one after it."""
    return datetime(day.year, day.month, day.day, found.hour, tzinfo=ZoneInfo(found.zone)).astimezone(UTC)


def enqueue_due_digests(session: Session, now: datetime) -> int:
    """Queues the digests that are due; returns their number."""
    number = 0
    for found in digests(session):
        day = due_day(found, now)
        if day is None:
            continue
        if found.last_on is not None and found.last_on > day:
            # Sent while the clock was ahead: their days are still to come.
            ahead = delete(Outbox).where(col(Outbox.channel_id) == found.channel_id, col(Outbox.due_at) > now)
            session.exec(ahead.where(col(Outbox.what) == MessageKind.DIGEST))
        found.last_on = day
        session.add(found)
        if now - _moment(found, day) <= LATE:
            # The local day, for the hour that comes twice in autumn brings one digest; the hour and zone, for one that
            # was moved to a later hour comes once more on that day.
            key = f"{found.channel_id}:{day}:{found.hour}:{found.zone}"
            number += enqueue(session, MessageKind.DIGEST, found.channel_id, now, key) is not None
    return number


def digest_reply(session: Session, channel: Channel | None, now: datetime, rules: Rules) -> Reply:
    """Returns the digest: spikes, top headlines, this channel's watches, new names and new facts."""
    at = window(session, now, rules)
    found = find_digest(session, channel)
    footer = f"Next digest: {_local_time(next_digest(found, now))}. To stop: /digest off" if found else ""
    if at is None or now - at.until > timedelta(hours=at.width):
        since = f" since {time_words(at.until)}" if at else ""
        text = f"I have read no news{since or ' yet'}. See /status for the state of the sources."
        return Reply("AI news: nothing new", text, footer=footer, line="/digest preview")
    own_watches = watches(session, channel) if channel else []
    measured = panel(session, at, rules, sorted({ids for one in own_watches if (ids := _single(one.target))}))
    events = spiking_events(session, measured, rules.level)
    shown = {key for event in events[:SPIKES] for key in event[0].ids}
    # Imported days have a few links at most, so their headlines can't be ranked.
    imported = any(span.first <= at.last and span.last >= at.first for span in snapshots(session))
    leading = (
        [] if imported else [one for one in top_headlines(session, measured) if not set(one.ids) <= shown][:HEADLINES]
    )
    known = by_id(session, {key for event in events for one in event for key in one.ids})
    sections = [
        Section("Spiking", tuple(_spike(session, event, known, at) for event in events[:SPIKES])),
        Section(
            "Spiked since the last digest", _earlier_spikes(session, found, now, {event[0].ids for event in events})
        ),
        Section("Top headlines", _headlines(session, leading, at)),
        Section("Watched here", _watched(session, [one.target for one in own_watches], measured)),
        Section("New names", _new(session, at)),
        Section("New facts", _facts(session, [*shown, *(one.ids[0] for one in leading)], at)),
    ]
    found_spikes = counted(len(events), "spike") if events else "No spikes"
    read = f"{stories_words(int(measured.read[-1])) if len(measured.read) else 'no stories'} read"
    return Reply(
        f"AI news, {at.until - timedelta(seconds=1):%A} {day_words(at.day)}",
        f"{found_spikes} in the {at.width} hours to {time_words(at.until)}; {read}.",
        sections=tuple(section for section in sections if section.items),
        actions=(Action("All spikes", "/spikes", Style.PRIMARY), Action("Watches", "/watch list")),
        footer=footer or f"Data as of {time_words(at.until)}.",
        line="/digest preview",
    )


def _local_time(then: datetime) -> str:
    """Returns a moment in its own zone: "Friday, 10 Apr 2026, 09:00 CEST"."""
    return f"{then:%A}, {day_words(then)}, {then:%H:%M} {then:%Z}"


def _single(target: str) -> tuple[int, ...]:
    """Returns the ids of a watch on a name or pair; () for other targets."""
    ids, _, together = parse_watch_target(target)
    return tuple(sorted(ids)) if len(ids) == 1 or together else ()


def _earlier_spikes(
    session: Session, found: Digest | None, now: datetime, shown: set[tuple[int, ...]]
) -> tuple[ListItem, ...]:
    """Returns spikes since the last digest that are no longer current, such as a weekend's on Monday."""
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
            note=f"from {time_words(one.started_at)}, peak {stories_words(one.peak_count)}, z {one.peak_z:.1f}",
        )
        for one in rows[:SPIKES]
    )


def _gap(found: Digest, now: datetime) -> int:
    """Returns the days since the digest before: 3 on a Monday after a Friday."""
    today: date = now.astimezone(ZoneInfo(found.zone)).date()
    days = found.days.split(",")
    return next(back for back in range(1, 8) if DAYS[(today - timedelta(days=back)).weekday()] in days)


def _spike(session: Session, event: list[Reading], known: dict[int, Entity], at: Window) -> ListItem:
    """Returns an event as one line, with its top story."""
    item = event_item(event, known)
    top = stories_naming(session, list(event[0].ids), at.first, at.last, 1)
    if not top:
        return item
    title = f"{item.text}: {top[0].title}" if top[0].title else item.text
    return ListItem(title, top[0].url, item.note)


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
            items.append(ListItem(name, top[0].url if top else "", stories_words(len(one.stories))))
    return tuple(items)


def _watched(session: Session, targets: list[str], measured: Panel) -> tuple[ListItem, ...]:
    rows = [(target, measured.reading(ids)) for target in targets if (ids := _single(target))]
    known = by_id(session, {key for target, _ in rows for key in parse_watch_target(target)[0]})
    rows.sort(key=lambda row: -row[1].z)
    return tuple(
        ListItem(
            target_title(target, known),
            note=f"{stories_words(one.count)}, {one.expected:.1f} expected, z {decimals(one.z, 1)}",
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
    """Returns the facts stated about the leading names in this window, each with its source."""
    items: dict[int, ListItem] = {}
    first = (at.until - timedelta(hours=at.width)).date()
    names = by_id(session, leading)
    for lead in dict.fromkeys(leading):
        known = [
            one
            for one in facts_about(session, lead, at.day, 40)
            if one.predicate in PREDICATES and one.said_on >= first and is_news(one)
        ]
        new = current_facts(known, at.day)
        cited = cite_facts(session, [fact for one in new for fact in one.facts])
        for one in new[:2]:
            fact = one.facts[0]
            phrase = f"{names[lead].name}: {cited.words(fact, lead)}"
            # A fact may be found through both of its entities; show it once.
            items.setdefault(fact.id or 0, ListItem(phrase, cited.url(fact), cited.outlets(one.facts)))
    return tuple(items.values())[:FACTS]


def command(rules: Rules) -> Command:
    """Returns the command, bound to the detector's rules."""
    return Command(
        "digest",
        "A regular news summary in this channel, at an hour you choose.",
        "/digest preview",
        lambda request, session, now: digest(request, session, now, rules),
        (
            Option("action", "show, set, preview or off", OptionKind.CHOICE, choices=(SHOW, SET, PREVIEW, OFF)),
            Option("hour", "a full hour, such as 9 or 17", OptionKind.TEXT, keyword=True),
            Option("days", "daily, mon-fri, or days such as mon,thu", OptionKind.WORDS, keyword=True),
            Option("as-of", "for preview: a day in the past, such as 2026-04-09", OptionKind.DATE, keyword=True),
            Option(
                "zone",
                "the time zone of the hour, such as Europe/Berlin; UTC by default",
                OptionKind.ZONE,
                keyword=True,
            ),
        ),
        configures=True,
        reading=(SHOW, PREVIEW),
    )
