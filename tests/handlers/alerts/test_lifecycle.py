"""Alerts that live: whom a spike reaches, when, and what is said as it goes on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from chat.plain import plain
from chat.request import Place
from handlers import composition, workspace_removal
from handlers.alerts import detect
from models.alert import Alert, Feedback
from models.channel import Channel, Workspace
from models.database import transaction
from models.outbox import DeliveryState, MessageKind, Outbox
from models.watch import Watch
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import DAY, HOUR, Talk, stories, tell, usual_day

BEFORE = NOON - 2 * DAY
HERE = Place("slack", "T1", "C1")


def notice(engine: Engine, now: datetime = NOON) -> int:
    with transaction(engine, writes=True) as session:
        return len(detect.detect_spikes(session, now, Rules()))


def rows(engine: Engine, what: MessageKind) -> list[Outbox]:
    with transaction(engine) as session:
        return list(session.exec(select(Outbox).where(Outbox.what == what).order_by(col(Outbox.id))))


def sent(engine: Engine, when: datetime = NOON) -> None:
    """As delivery would mark it."""
    with transaction(engine, writes=True) as session:
        for row in session.exec(select(Outbox).where(Outbox.state == DeliveryState.DUE)):
            row.state, row.sent_at, row.message_id = DeliveryState.SENT, when, f"m{row.id}"


def said(engine: Engine, row: Outbox, now: datetime) -> str:
    with transaction(engine) as session:
        composed = composition.compose(session, session.get_one(Outbox, row.id), now, Rules())
    return plain(composed.reply) if composed else ""


async def watch(engine: Engine, line: str, at: datetime = BEFORE, place: Place = HERE) -> str:
    return await Talk(engine, at, place)(f"/watch {line}")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("add Meta", 1),
        ("add all models", 1),
        ("add models", 1),
        ("add all people", 0),
        ("add Nvidia, Muse Spark, AMD", 1),
        ("add Nvidia, AMD", 0),
        ("add Meta stories 21", 1),  # Meta itself has 22
        ("add Muse Spark stories 21", 0),
        ("add Muse Spark stories 20", 1),
        ("add everything", 1),
    ],
)
async def test_whom_it_reaches(launched: Engine, line: str, told: int):
    assert (await watch(launched, line)).startswith("Watching ")
    assert notice(launched) == told


async def test_a_paused_watch_holds_it_and_why_says_so(launched: Engine):
    await watch(launched, "add Meta")
    assert (await watch(launched, "pause Meta")).startswith("Watch on Meta paused\n")
    assert notice(launched) == 0
    assert rows(launched, MessageKind.ALERT) == []
    told = await Talk(launched, NOON, HERE)("/why Muse Spark")
    assert "No alert for the spike that began at 9 Apr 2026, 12:00 UTC: this watch was paused." in told
    # What began meanwhile stays untold.
    await watch(launched, "resume Meta")
    assert notice(launched, NOON + HOUR) == 0


async def test_a_second_watch_lets_through_what_the_first_holds(launched: Engine):
    await watch(launched, "add Meta")
    await watch(launched, "pause Meta")
    await watch(launched, "add Muse Spark")
    assert notice(launched) == 1


@pytest.mark.parametrize(
    ("name", "hours", "told"),
    [
        ("Meta", 24, 0),
        ("Muse Spark", 24, 0),
        ("everything", 24, 0),
        ("Google", 24, 1),
        ("Meta", 1, 1),
        ("all models", 24, 0),
        ("all people", 24, 1),
    ],
)
async def test_a_mute(launched: Engine, name: str, hours: int, told: int):
    await watch(launched, "add Meta")
    answer = await watch(launched, f"mute {name} hours {hours}", NOON - 2 * HOUR)
    assert answer.startswith(f"{name} is muted here until ")
    assert notice(launched) == told


async def test_unmuting(launched: Engine):
    await watch(launched, "add Meta")
    await watch(launched, "mute Meta", NOON - HOUR)
    assert "Muted\n  - Meta (until 10 Apr 2026, 11:00 UTC)" in await watch(launched, "list", NOON)
    assert (await watch(launched, "unmute Meta")).startswith("Meta is unmuted here")
    assert notice(launched) == 1


async def test_quiet_hours_put_it_off(launched: Engine):
    await watch(launched, "add Meta quiet 10-15")
    assert notice(launched) == 1
    [row] = rows(launched, MessageKind.ALERT)
    assert row.due_at == NOON + 3 * HOUR
    told = await Talk(launched, NOON, HERE)("/why Muse Spark")
    assert "Alert scheduled for 9 Apr 2026, 15:00 UTC, after the quiet hours." in told
    assert "Quiet hours until 9 Apr 2026, 15:00 UTC: alerts wait." in told


@pytest.mark.parametrize(("z", "at_once"), [(13, True), (14, False)])
async def test_a_level_that_breaks_through(launched: Engine, z: int, at_once: bool):
    await watch(launched, f"add Muse Spark quiet 10-15 break {z}")
    notice(launched)
    [row] = rows(launched, MessageKind.ALERT)
    assert (row.due_at == NOON) is at_once


async def test_a_cooldown(launched: Engine):
    await watch(launched, "add Muse Spark cooldown 72")
    assert notice(launched) == 1
    sent(launched)
    # It cools, and twice the stories of its peak begin a new spike.
    tell(launched, usual_day("Meta", NOON + DAY - HOUR))
    notice(launched, NOON + DAY + 2 * HOUR)
    tell(launched, stories("Meta opens Muse Spark again", 60, NOON + 2 * DAY - HOUR))
    assert notice(launched, NOON + 2 * DAY) == 0
    told = await Talk(launched, NOON + 2 * DAY, HERE)("/why Muse Spark")
    assert "the last alert on it was at 9 Apr 2026, 12:00 UTC, within the cooldown of 72 h" in told


async def test_it_is_written_anew_as_it_grows(launched: Engine):
    await watch(launched, "add Muse Spark")
    notice(launched)
    assert notice(launched, NOON + HOUR) == 0
    assert rows(launched, MessageKind.EDIT) == []  # not sent yet: it will have the newest figures anyway
    sent(launched)
    notice(launched, NOON + HOUR)
    assert rows(launched, MessageKind.EDIT) == []  # nothing has changed
    tell(launched, stories("Meta opens Muse Spark", 5, NOON + HOUR))
    notice(launched, NOON + 2 * HOUR)
    notice(launched, NOON + 2 * HOUR + timedelta(minutes=5))
    [edit] = rows(launched, MessageKind.EDIT)
    assert rows(launched, MessageKind.UPDATE) == []
    assert said(launched, edit, NOON + 2 * HOUR).startswith("Muse Spark is spiking\n25 stories")


async def test_a_doubling_is_told_in_its_thread(launched: Engine):
    await watch(launched, "add Muse Spark")
    notice(launched)
    sent(launched)
    tell(launched, stories("Meta opens Muse Spark", 22, NOON + HOUR))
    notice(launched, NOON + 2 * HOUR)
    notice(launched, NOON + 3 * HOUR)
    [update] = rows(launched, MessageKind.UPDATE)
    assert said(launched, update, NOON + 2 * HOUR).startswith(
        "Muse Spark: 2.1 times as many stories as at the start\n"
        "42 stories from 4 outlets by 9 Apr 2026, 14:00 UTC, up from 20;"
    )
    with transaction(launched) as session:
        composed = composition.compose(session, session.get_one(Outbox, update.id), NOON + 2 * HOUR, Rules())
    assert composed is not None
    assert composed.message == rows(launched, MessageKind.ALERT)[0].message_id


async def test_it_says_when_it_has_cooled(launched: Engine):
    await watch(launched, "add Muse Spark")
    notice(launched)
    sent(launched)
    for day in range(1, 4):
        tell(launched, usual_day("Meta", NOON + day * DAY - HOUR))
        notice(launched, NOON + day * DAY)
    edit = rows(launched, MessageKind.EDIT)[-1]
    text = said(launched, edit, NOON + 3 * DAY)
    assert text.startswith("Muse Spark has cooled\nIt spiked from 9 Apr 2026, 12:00 UTC to ")
    # The figures of its peak stay, so that what was told can be checked.
    assert "At its peak: 20 stories (20 articles from 4 outlets) in the 24 hours to 9 Apr 2026, 12:00 UTC" in text
    assert len({row.key for row in rows(launched, MessageKind.EDIT)}) == len(rows(launched, MessageKind.EDIT))


async def test_the_buttons_of_an_alert_run(launched: Engine):
    await watch(launched, "add Muse Spark")
    notice(launched)
    [row] = rows(launched, MessageKind.ALERT)
    with transaction(launched) as session:
        composed = composition.compose(session, session.get_one(Outbox, row.id), NOON, Rules())
    assert composed is not None
    actions = {action.label: action.line for action in composed.reply.actions}
    assert list(actions) == ["Chart", "Stories", "Facts", "Mute 24 h", "Not useful"]
    talk = Talk(launched, NOON, HERE)
    answers = {label: await talk(line) for label, line in actions.items()}
    assert answers["Chart"].startswith("Muse Spark: spiking\n")
    assert answers["Stories"].startswith("Why Muse Spark is spiking\n")
    assert answers["Facts"].startswith("Muse Spark")
    assert answers["Mute 24 h"].startswith("Muse Spark is muted here until 10 Apr 2026, 12:00 UTC")
    assert answers["Not useful"].startswith("Thanks, noted\n")


async def test_what_people_thought_is_counted_once_each(launched: Engine):
    await watch(launched, "add Muse Spark")
    notice(launched)
    with transaction(launched) as session:
        alert = session.exec(select(Alert.id)).one()
    for _ in range(2):
        await watch(launched, f"not-useful {alert}", NOON)
    assert "1 alert so far, 1 not useful" in await watch(launched, "list", NOON)
    with transaction(launched) as session:
        assert len(session.exec(select(Feedback)).all()) == 1


@pytest.mark.parametrize("place", [Place("slack", "T2", "C1"), Place("discord", "T1", "C1"), Place("slack", "", "D1")])
async def test_alerts_of_others_cannot_be_judged(launched: Engine, place: Place):
    await watch(launched, "add Muse Spark")
    notice(launched)
    with transaction(launched) as session:
        alert = session.exec(select(Alert.id)).one()
    assert (await watch(launched, f"not-useful {alert}", NOON, place)).startswith("I can't find the alert")


@pytest.mark.parametrize("word", ["", "0", "-1", "x", "99999999999999999999"])
async def test_no_alert(launched: Engine, word: str):
    assert (await watch(launched, f"not-useful {word}", NOON)).startswith("I can't find the alert")


async def test_another_channel(launched: Engine):
    said = await watch(launched, "add Muse Spark channel <#C2NEWS99|news>")
    assert said.startswith(
        "Watching Muse Spark in another channel\nI'll post one alert there for each spike of at least 5 stories"
    )
    assert (await watch(launched, "list")).startswith("No watches in this channel")
    assert (await watch(launched, "list", place=Place("slack", "T1", "C2NEWS99"))).startswith("1 watch in this channel")
    everywhere = await watch(launched, "list everywhere")
    assert everywhere.startswith("1 watch in this workspace\n\nChannel C2NEWS99\n  - Muse Spark")
    notice(launched)
    with transaction(launched) as session:
        composed = composition.compose(session, session.exec(select(Outbox)).one(), NOON, Rules())
    assert composed is not None
    assert composed.place == Place("slack", "T1", "C2NEWS99")


async def test_a_role_is_pinged_by_the_alert_alone(launched: Engine):
    place = Place("discord", "100000000000000001", "200000000000000001")
    await watch(launched, "add Muse Spark mention <@&300000000000000001>", place=place)
    notice(launched)
    with transaction(launched) as session:
        composed = composition.compose(session, session.exec(select(Outbox)).one(), NOON, Rules())
    assert composed is not None
    assert composed.reply.mention == "300000000000000001"


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("discord", "@everyone"),
        ("discord", "<@&100000000000000001>"),  # the server's own id: everybody
        ("discord", "<@300000000000000001>"),
        ("slack", "<!channel>"),
        ("slack", "@here"),
        ("slack", "<!subteam^X>"),
    ],
)
async def test_who_cannot_be_pinged(store: Engine, platform: str, words: str):
    place = Place(platform, "100000000000000001", "C1")
    said = await Talk(store, NOON, place)(f"/watch add Meta mention {words}")
    assert "I never ping everyone at once." in said
    with transaction(store) as session:
        assert session.exec(select(Watch)).all() == []


@pytest.mark.parametrize(
    "line",
    [
        "add Meta stories 0",
        "add Meta stories many",
        "add Meta stories -1",
        "add Meta cooldown 0",
        "add Meta cooldown 99999999999",
        "add Meta quiet 22",
        "add Meta quiet 22-22",
        "add Meta quiet 22-7 zone Mars",
        "add Meta break 1",
        "add Meta channel #news",
        "add all dragons",
        "add " + ", ".join(f"Name{n}" for n in range(21)),
        "add Meta + Muse Spark, Google",
        "mute Meta hours 0",
        "mute Meta hours 721",
        "edit Meta level 6",
        "pause Meta",
        "unmute Meta",
        "preview all models",
    ],
)
async def test_what_cannot_be_wished(store: Engine, line: str):
    said = await Talk(store, NOON, HERE)(f"/watch {line}")
    assert "\n" in said, said  # a sentence, and what to do instead
    with transaction(store) as session:
        assert session.exec(select(Watch)).all() == []


async def test_wishes_are_taken_back(store: Engine):
    talk = Talk(store, NOON, HERE)
    await talk("/watch add Meta level 6 stories 9 cooldown 48h quiet 22-7 zone Berlin break 12")
    assert (
        "Meta (alerts from z 6; at least 9 stories; cooldown of 48 h per name; "
        "quiet hours 22:00–07:00 Europe/Berlin, except from z 12; no alerts so far)"
    ) in await talk("/watch list")
    await talk("/watch edit Meta level usual stories usual cooldown off quiet off break off")
    assert "  - Meta (alerts from z 4 (balanced); no alerts so far)" in await talk("/watch list")


async def test_a_test_is_sent_like_an_alert(store: Engine):
    assert (await watch(store, "test", NOON)).startswith("Test message queued\n")
    [row] = rows(store, MessageKind.TEST)
    assert said(store, row, NOON).startswith("Test message\n")


async def test_a_workspace_that_left_is_remembered_for_a_month(launched: Engine):
    await watch(launched, "add Muse Spark")
    with transaction(launched, writes=True) as session:
        session.exec(select(Workspace)).one().left_at = NOON - HOUR
    assert notice(launched) == 0
    with transaction(launched, writes=True) as session:
        assert workspace_removal.forget_left_workspaces(session, NOON + 29 * DAY) == 0
        session.exec(select(Workspace)).one().left_at = None
    # It is back, and told again.
    assert notice(launched) == 1
    with transaction(launched, writes=True) as session:
        session.exec(select(Workspace)).one().left_at = NOON
    with transaction(launched, writes=True) as session:
        assert workspace_removal.forget_left_workspaces(session, NOON + 31 * DAY) == 1
        for table in (Workspace, Channel, Watch, Alert, Outbox):
            assert session.exec(select(table)).all() == [], table
