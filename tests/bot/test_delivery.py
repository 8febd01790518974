"""The outbox is emptied: nothing lost, nothing sent twice while we live, and giving up is seen."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from bot import delivery as room
from bot.clock import ClockWatch
from bot.delivery import LEASE, WAITS, Delivery
from bot.platform import PostBlocked, PostDelayed, PostRefused
from bot.router import Router
from chat.reply import Reply
from chat.request import Place
from models import database
from models.alert import Alert
from models.channel import Workspace, get_channel
from models.database import connect, transaction, writing
from models.outbox import DeliveryState, MessageKind, Outbox, enqueue
from models.spike import Spike, Step
from signals.detector import Rules
from tests.conftest import NOON
from tests.news import HOUR, Talk, tell, usual_day, who


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class FakePlatform:
    """Takes messages, or says no as it is told: `says["C1"] = [PostDelayed("slow"), None]`."""

    def __init__(self, name: str = "slack") -> None:
        self.name = name
        self.says: dict[str, list[Exception | None]] = {}
        self.posted: list[tuple[str, str]] = []
        self.edited: list[tuple[str, str]] = []
        self.under: list[str] = []
        self.since: list[datetime | None] = []
        self.before: Callable[[], object] = lambda: None
        self.hangs = False
        self.deadly: set[str] = set()
        """Messages that end the process that posts them."""
        self.reached = asyncio.Event()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def edit(self, place: Place, message: str, reply: Reply) -> None:
        assert reply.title == "Meta is spiking"
        self.edited.append((place.channel, message))
        answers = self.says.get(place.channel, [])
        if answers and (answer := answers.pop(0)) is not None:
            raise answer

    async def post(self, place: Place, reply: Reply, key: str, under: str = "", since: datetime | None = None) -> str:
        assert reply.title.startswith("Meta")
        self.since.append(since)
        self.posted.append((place.channel, key))
        if under:
            self.under.append(under)
        self.reached.set()
        self.before()
        if self.hangs or key in self.deadly:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        answers = self.says.get(place.channel, [])
        if answers and (answer := answers.pop(0)) is not None:
            raise answer
        return f"message-{len(self.posted)}"


def alert(engine: Engine, channel: str = "C1", platform: str = "slack", due_at: datetime = NOON) -> int:
    """An alert on Meta that waits in the outbox; gives its row."""
    with transaction(engine, writes=True) as session:
        place = get_channel(session, platform, "T1", channel)
        spike = Spike(
            entity_id=who(engine, "Meta"), started_at=NOON, seen_at=NOON, peak_at=NOON, z=7, peak_z=7, count=22,
            peak_count=22, expected=4, sigma=2.5, windows=30, floored=True, outlets=4,
        )  # fmt: skip
        session.add(spike)
        session.flush()
        told = Alert(spike_id=spike.id or 0, channel_id=place.id or 0, created_at=NOON)
        session.add(told)
        session.flush()
        row = Outbox(channel_id=place.id or 0, key=f"alert:{told.id}", alert_id=told.id, due_at=due_at)
        session.add(row)
        session.flush()
        return row.id or 0


def outbox(engine: Engine) -> list[Outbox]:
    with transaction(engine) as session:
        return list(session.exec(select(Outbox).order_by(col(Outbox.id))))


def due_in(row: Outbox, clock: Clock) -> float:
    """Seconds until a row is due."""
    return (row.due_at.replace(tzinfo=row.due_at.tzinfo or UTC) - clock.now).total_seconds()


@pytest.fixture
def engine(store: Engine) -> Engine:
    tell(store, usual_day("Meta", NOON - HOUR))
    return store


@pytest.fixture
def both(stocked: Engine) -> Engine:
    tell(stocked, usual_day("Meta", NOON - HOUR))
    return stocked


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack() -> FakePlatform:
    return FakePlatform()


def delivery(engine: Engine, clock: Clock, *platforms: FakePlatform) -> Delivery:
    def passed() -> float:
        return (clock.now - NOON).total_seconds()

    return Delivery(engine, {platform.name: platform for platform in platforms}, clock, Rules(), ClockWatch(passed))


async def test_what_is_due_is_sent_once(both: Engine, clock: Clock, slack: FakePlatform):
    row = alert(both)
    post = delivery(both, clock, slack)
    assert [await post.deliver() for _ in range(3)] == [1, 0, 0]
    assert slack.posted == [("C1", f"trendbot-{row}")]
    sent = outbox(both)[0]
    assert (sent.state, sent.attempts, sent.message_id, sent.error) == (DeliveryState.SENT, 1, "message-1", "")
    assert sent.sent_at is not None


def more(engine: Engine, what: MessageKind, key: str) -> None:
    """One more message of the only alert."""
    with transaction(engine, writes=True) as session:
        told = session.exec(select(Alert)).one()
        enqueue(session, what, told.channel_id, NOON, f"{told.id}:{key}", told.id)


async def test_an_alert_is_written_anew_and_answered_in_its_thread(both: Engine, clock: Clock, slack: FakePlatform):
    row = alert(both)
    with transaction(both, writes=True) as session:
        session.add(Step(spike_id=session.exec(select(Spike.id)).one() or 0, count=22, at=NOON, z=7, outlets=4))
        session.add(Step(spike_id=session.exec(select(Spike.id)).one() or 0, count=44, at=NOON, z=9, outlets=5))
    post = delivery(both, clock, slack)
    await post.deliver()
    more(both, MessageKind.EDIT, "1")
    more(both, MessageKind.UPDATE, "44")
    assert await post.deliver() == 2
    assert slack.edited == [("C1", "message-1")]
    assert slack.under == ["message-1"]
    assert [key for _, key in slack.posted] == [f"trendbot-{row}", f"trendbot-{row + 2}"]


async def test_what_goes_with_an_alert_that_never_came_is_dropped(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    slack.says["C1"] = [PostRefused("Unknown channel.")]
    post = delivery(engine, clock, slack)
    await post.deliver()
    more(engine, MessageKind.EDIT, "1")
    assert await post.deliver() == 0
    assert slack.edited == []
    assert [row.state for row in outbox(engine)] == [DeliveryState.FAILED, DeliveryState.FAILED]


async def test_a_delayed_edit_is_made_later(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    post = delivery(engine, clock, slack)
    await post.deliver()
    more(engine, MessageKind.EDIT, "1")
    slack.says["C1"] = [PostDelayed("Slow down."), None]
    assert await post.deliver() == 0
    clock.wait(WAITS[0])
    assert await post.deliver() == 1
    assert slack.edited == [("C1", "message-1")] * 2


async def test_a_workspace_that_left_is_sent_nothing(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    with transaction(engine, writes=True) as session:
        session.exec(select(Workspace)).one().left_at = NOON
    assert await delivery(engine, clock, slack).deliver() == 0
    assert slack.posted == []


async def test_nothing_is_sent_before_its_time(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine, due_at=NOON + HOUR)
    post = delivery(engine, clock, slack)
    assert await post.deliver() == 0
    clock.wait(3600)
    assert await post.deliver() == 1


async def test_an_empty_outbox(engine: Engine, clock: Clock, slack: FakePlatform):
    assert await delivery(engine, clock, slack).deliver() == 0


async def test_each_platform_gets_its_own(engine: Engine, clock: Clock, slack: FakePlatform):
    discord = FakePlatform("discord")
    alert(engine, "C1"), alert(engine, "D1", "discord")
    assert await delivery(engine, clock, slack, discord).deliver() == 2
    assert [channel for channel, _ in slack.posted] == ["C1"]
    assert [channel for channel, _ in discord.posted] == ["D1"]


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        pytest.param(None, 5, id="not told when"),
        pytest.param(120.0, 120, id="told to wait longer"),
        pytest.param(0.5, 5, id="told to wait less"),
    ],
)
async def test_what_is_delayed_is_sent_later(
    engine: Engine, clock: Clock, slack: FakePlatform, told: float | None, waits: int
):
    row = alert(engine)
    slack.says["C1"] = [PostDelayed("Slack asks us to slow down.", told), None]
    post = delivery(engine, clock, slack)
    assert await post.deliver() == 0
    kept = outbox(engine)[0]
    assert (kept.state, kept.error, due_in(kept, clock)) == (DeliveryState.DUE, "Slack asks us to slow down.", waits)
    clock.wait(waits - 1)
    assert await post.deliver() == 0
    clock.wait(1)
    assert await post.deliver() == 1
    assert slack.posted == [("C1", f"trendbot-{row}")] * 2, "the same key, so that a platform can drop the repeat"
    sent = outbox(engine)[0]
    assert (sent.state, sent.error, sent.attempts) == (DeliveryState.SENT, "", 2)


async def test_after_the_last_wait_it_is_given_up(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    tries = len(WAITS) + 1
    slack.says["C1"] = [PostDelayed("Slack is down.") for _ in range(tries)]
    post = delivery(engine, clock, slack)
    for number, wait in enumerate(WAITS, 1):
        await post.deliver()
        row = outbox(engine)[0]
        assert (row.state, row.attempts, due_in(row, clock)) == (DeliveryState.DUE, number, wait)
        clock.wait(wait)
    await post.deliver()
    row = outbox(engine)[0]
    assert (row.state, row.error) == (DeliveryState.FAILED, f"Gave up after {tries} attempts: Slack is down.")
    clock.wait(10**6)
    assert await post.deliver() == 0
    assert len(slack.posted) == tries


async def test_a_refusal_is_final_and_is_shown_to_the_channel(engine: Engine, clock: Clock, slack: FakePlatform):
    await Talk(engine, NOON, Place("slack", "T1", "C1"))("/watch add Meta")
    alert(engine)
    slack.says["C1"] = [PostRefused("The bot is not in this channel: /invite it.")]
    post = delivery(engine, clock, slack)
    assert await post.deliver() == 0
    clock.wait(10**6)
    assert await post.deliver() == 0
    assert len(slack.posted) == 1
    assert outbox(engine)[0].state == DeliveryState.FAILED
    said = await Talk(engine, NOON, Place("slack", "T1", "C1"))("/watch list")
    assert "Not delivered\n  - The bot is not in this channel: /invite it." in said


async def test_an_unknown_error_is_tried_again_without_its_text(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    slack.says["C1"] = [RuntimeError("token xoxb-1234 in the traceback"), None]
    post = delivery(engine, clock, slack)
    assert await post.deliver() == 0
    assert (outbox(engine)[0].state, outbox(engine)[0].error) == (DeliveryState.DUE, "RuntimeError")
    clock.wait(WAITS[0])
    assert await post.deliver() == 1


async def killed(post: Delivery, slack: FakePlatform) -> None:
    """A process that is killed while it posts."""
    slack.reached.clear()
    run = asyncio.create_task(post.deliver())
    await slack.reached.wait()
    # All that can be posted side by side is being posted.
    await asyncio.sleep(0.2)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_a_crash_between_posting_and_marking_repeats_with_the_same_key(
    both: Engine, clock: Clock, slack: FakePlatform
):
    row = alert(both)
    slack.hangs = True
    await killed(delivery(both, clock, slack), slack)
    assert outbox(both)[0].state == DeliveryState.SENDING
    # The program starts anew.
    slack.hangs = False
    post = delivery(both, clock, slack)
    assert await post.deliver() == 0, "what is being sent is nobody else's to send"
    assert (post.recover(sole=True), post.recover(sole=True)) == (1, 0)
    clock.wait(1)
    assert await post.deliver() == 1
    assert slack.posted == [("C1", f"trendbot-{row}")] * 2
    assert slack.since == [None, NOON], "the platform is told to look for it first"
    assert (outbox(both)[0].state, outbox(both)[0].error) == (DeliveryState.SENT, "")


async def test_what_one_process_sends_is_not_sent_by_a_second_that_starts(
    both: Engine, clock: Clock, slack: FakePlatform
):
    for number in range(6):
        alert(both, f"C{number}")
    slack.hangs = True
    run = asyncio.create_task(delivery(both, clock, slack).deliver())
    await slack.reached.wait()
    other = FakePlatform()
    second = delivery(both, clock, other)
    assert second.recover() == 0
    while len(slack.posted) < 6:  # noqa: ASYNC110 - threads claim them
        await asyncio.sleep(0.01)
    assert await second.deliver() == 0
    assert other.posted == []
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_what_a_dead_process_was_sending_is_taken_over(both: Engine, clock: Clock, slack: FakePlatform):
    alert(both)
    slack.hangs = True
    await killed(delivery(both, clock, slack), slack)
    slack.hangs = False
    second = delivery(both, clock, slack)
    clock.wait(LEASE.total_seconds() - 1)
    assert await second.deliver() == 0
    clock.wait(1)
    assert await second.deliver() == 1
    assert outbox(both)[0].attempts == 2, "a claim counts as a try"


async def test_a_claim_is_renewed_for_as_long_as_the_post_takes(
    both: Engine, clock: Clock, slack: FakePlatform, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room, "RENEW_SECONDS", 0.05)
    alert(both)
    slack.hangs = True
    run = asyncio.create_task(delivery(both, clock, slack).deliver())
    await slack.reached.wait()
    clock.wait(LEASE.total_seconds() + 1)
    while outbox(both)[0].leased_until != clock.now + LEASE:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert await delivery(both, clock, FakePlatform()).deliver() == 0
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_a_crash_repeats_one_message_per_channel_at_most(both: Engine, clock: Clock, slack: FakePlatform):
    for channel in ("C1", "C2"):
        for _ in range(5):
            alert(both, channel)
    slack.hangs = True
    await killed(delivery(both, clock, slack), slack)
    assert sorted(channel for channel, _ in slack.posted) == ["C1", "C2"]
    slack.hangs = False
    post = delivery(both, clock, slack)
    post.recover(sole=True)
    assert await post.deliver() == 10
    keys = [key for _, key in slack.posted]
    assert (len(set(keys)), len(keys)) == (10, 12)


async def test_a_message_that_ends_its_process_is_given_up_and_takes_no_other_with_it(
    both: Engine, clock: Clock, slack: FakePlatform
):
    rows = [alert(both, channel) for channel in ("C1", "C1", "C2", "C3")]
    slack.deadly = {f"trendbot-{rows[0]}"}
    crashes = 0
    while True:
        post = delivery(both, clock, slack)
        post.recover(sole=True)
        run = asyncio.create_task(post.deliver())
        dies = asyncio.create_task(poisoned(slack))
        done, _ = await asyncio.wait({run, dies}, return_when=asyncio.FIRST_COMPLETED)
        dies.cancel()
        if run in done:
            break
        crashes += 1
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
    assert crashes == len(WAITS) + 1
    states = [row.state for row in outbox(both)]
    assert states == [DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.SENT, DeliveryState.SENT]
    assert outbox(both)[0].error == f"Gave up after {crashes} attempts: The bot was stopped while it sent this."
    for row in rows[1:]:
        assert [key for _, key in slack.posted].count(f"trendbot-{row}") <= 2


async def poisoned(slack: FakePlatform) -> None:
    """Waits until a deadly message is posted."""
    before = len(slack.posted)
    while not any(key in slack.deadly for _, key in slack.posted[before:]):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)


async def test_a_clock_that_is_set_back_holds_nothing_up(both: Engine, clock: Clock, slack: FakePlatform):
    tell(both, usual_day("Meta", NOON - 9 * HOUR))
    alert(both, "C1"), alert(both, "C2", due_at=NOON + 9 * HOUR)
    with transaction(both, writes=True) as session:
        # The end of quiet hours.
        session.exec(select(Outbox).where(Outbox.due_at > NOON)).one().due_set_at = NOON
    slack.says["C1"] = [PostDelayed("Slow down."), None]
    post = delivery(both, clock, slack)
    assert await post.deliver() == 0
    clock.now -= 5 * HOUR
    assert await post.deliver() == 2


async def test_a_clock_that_is_ahead_for_a_round_holds_nothing_up_and_gives_nothing_up(
    both: Engine, clock: Clock, slack: FakePlatform
):
    alert(both, "C1"), alert(both, "C2")
    slack.says["C1"] = [PostDelayed("Slow down.")] * 2
    slack.says["C2"] = [PostDelayed("Slow down.")]
    seconds = 0.0
    post = Delivery(both, {"slack": slack}, clock, Rules(), ClockWatch(lambda: seconds))
    assert await post.deliver() == 0
    # What is due seems 40 days overdue.
    clock.now += 40 * 24 * HOUR
    seconds += 15
    assert await post.deliver() == 1
    clock.now -= 40 * 24 * HOUR
    seconds += 15
    assert await post.deliver() == 1
    assert [row.state for row in outbox(both)] == [DeliveryState.SENT] * 2


async def test_a_due_time_beyond_the_longest_pause_is_due(both: Engine, clock: Clock, slack: FakePlatform):
    alert(both, due_at=NOON + 40 * 24 * HOUR)
    assert await delivery(both, clock, slack).deliver() == 1


async def test_what_is_refused_for_a_removable_cause_is_kept_and_sent_when_it_is_gone(
    both: Engine, clock: Clock, slack: FakePlatform
):
    await Talk(both, NOON, Place("slack", "T1", "C1"))("/watch add Meta")
    alert(both)
    blocked = PostBlocked("I am not in this channel: invite me.")
    slack.says["C1"] = [blocked] * 3
    post = delivery(both, clock, slack)
    waits = []
    for _ in range(3):
        assert await post.deliver() == 0
        row = outbox(both)[0]
        assert (row.state, row.error) == (DeliveryState.DUE, blocked.reason)
        waits.append(due_in(row, clock))
        clock.wait(waits[-1])
    assert waits == [60, 60, 120]
    said = await Talk(both, NOON, Place("slack", "T1", "C1"))("/watch list")
    assert "Not delivered\n  - I am not in this channel: invite me." in said
    assert await post.deliver() == 1
    assert "Not delivered" not in await Talk(both, NOON, Place("slack", "T1", "C1"))("/watch list")


async def test_a_refusal_of_more_than_a_day_is_final(both: Engine, clock: Clock, slack: FakePlatform):
    alert(both)
    slack.says["C1"] = [PostBlocked("I am not in this channel: invite me.") for _ in range(100)]
    post, tries = delivery(both, clock, slack), 0
    while outbox(both)[0].state == DeliveryState.DUE:
        await post.deliver()
        tries += 1
        clock.wait(3600)
    assert outbox(both)[0].error == "I am not in this channel: invite me."
    assert 24 <= tries <= 27


@pytest.mark.parametrize("channel", ["", "C1"])
async def test_what_was_refused_is_sent_at_once_when_the_bot_is_invited(
    both: Engine, clock: Clock, slack: FakePlatform, channel: str
):
    alert(both), alert(both, "C2")
    for name in ("C1", "C2"):
        slack.says[name] = [PostBlocked("I am not in this channel.")]
    post = delivery(both, clock, slack)
    assert await post.deliver() == 0
    clock.wait(1)
    await Router(both, {}, clock).invited("slack", "T1", channel)
    assert await post.deliver() == (1 if channel else 2)


@pytest.mark.parametrize(("days", "sent"), [(0.9, 1), (1.1, 0)])
async def test_a_workspace_that_comes_back_within_a_day_gets_what_it_missed(
    both: Engine, clock: Clock, slack: FakePlatform, days: float, sent: int
):
    alert(both)
    router = Router(both, {}, clock)
    await router.left("slack", "T1")
    post = delivery(both, clock, slack)
    assert await post.deliver() == 0
    clock.wait(days * 86_400)
    await router.joined("slack", "T1")
    assert await post.deliver() == sent
    assert outbox(both)[0].state == (DeliveryState.SENT if sent else DeliveryState.FAILED)


async def test_for_a_platform_that_is_off_it_is_kept(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    off = delivery(engine, clock)
    assert await off.deliver() == 0
    kept = outbox(engine)[0]
    assert (kept.state, kept.attempts) == (DeliveryState.DUE, 0)
    clock.wait(WAITS[-1])
    assert await delivery(engine, clock, slack).deliver() == 1


async def test_what_a_platform_was_sending_is_not_anothers_to_recover(
    engine: Engine, clock: Clock, slack: FakePlatform
):
    alert(engine)
    slack.hangs = True
    run = asyncio.create_task(delivery(engine, clock, slack).deliver())
    await slack.reached.wait()
    assert delivery(engine, clock, FakePlatform("terminal")).recover(sole=True) == 0
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_old_news_is_not_sent_when_a_platform_comes_back(engine: Engine, clock: Clock, slack: FakePlatform):
    alert(engine)
    clock.wait(sum(WAITS) + 1)
    assert await delivery(engine, clock, slack).deliver() == 0
    assert slack.posted == []
    row = outbox(engine)[0]
    assert (row.state, row.error) == (DeliveryState.FAILED, "The bot or this platform was down while it was news.")


async def test_one_bad_parcel_does_not_stop_the_others(both: Engine, clock: Clock, slack: FakePlatform):
    for channel in ("C1", "C2", "C3", "C4", "C5"):
        alert(both, channel)
    slack.says = {"C1": [RuntimeError("odd")], "C3": [PostRefused("Gone.")], "C4": [PostDelayed("Slow.")]}
    assert await delivery(both, clock, slack).deliver() == 2
    assert [row.state for row in outbox(both)] == [
        DeliveryState.DUE,
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.DUE,
        DeliveryState.SENT,
    ]


async def test_one_that_cannot_be_written_does_not_stop_the_others(
    engine: Engine, clock: Clock, slack: FakePlatform, monkeypatch: pytest.MonkeyPatch
):
    bad, good = alert(engine, "C1"), alert(engine, "C2")
    compose = room.compose

    def broken(session, row, now, rules):
        if row.id == bad:
            raise KeyError("a fact with an unknown predicate")
        return compose(session, row, now, rules)

    monkeypatch.setattr(room, "compose", broken)
    post = delivery(engine, clock, slack)
    assert await post.deliver() == 1
    assert slack.posted == [("C2", f"trendbot-{good}")]
    row = outbox(engine)[0]
    assert (row.state, row.error, row.attempts, due_in(row, clock)) == (DeliveryState.DUE, "KeyError", 1, WAITS[0])
    for wait in WAITS:
        clock.wait(wait)
        await post.deliver()
    assert outbox(engine)[0].state == DeliveryState.FAILED


async def test_what_was_sent_while_the_store_was_locked_is_not_sent_again(
    engine: Engine, clock: Clock, slack: FakePlatform, monkeypatch: pytest.MonkeyPatch
):
    alert(engine)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    hasty = connect(str(engine.url))
    lock = writing(engine)
    held: list[object] = []
    slack.before = lambda: held or held.append(lock.__enter__())
    post = delivery(hasty, clock, slack)
    assert await post.deliver() == 1
    assert {row.state for row in outbox(hasty)} == {DeliveryState.SENDING}
    clock.wait(LEASE.total_seconds() + 1)
    lock.__exit__(None, None, None)
    assert post.recover() == 0, "the lease has run out, but it is known to have arrived"
    assert await post.deliver() == 0
    assert {row.state for row in outbox(hasty)} == {DeliveryState.SENT}
    assert len(slack.posted) == 1
    hasty.dispose()


async def test_two_at_once_do_not_send_twice(both: Engine, clock: Clock, slack: FakePlatform):
    for number in range(12):
        alert(both, f"C{number}")
    one, other = delivery(both, clock, slack), delivery(both, clock, slack)
    arrived = await asyncio.gather(one.deliver(), other.deliver(), one.deliver(), other.deliver())
    arrived.append(await one.deliver())
    assert sum(arrived) == 12
    assert len({key for _, key in slack.posted}) == len(slack.posted) == 12


async def test_more_than_a_hundred_go_in_turns(engine: Engine, clock: Clock, slack: FakePlatform):
    for number in range(103):
        alert(engine, f"C{number}")
    post = delivery(engine, clock, slack)
    assert [await post.deliver() for _ in range(3)] == [100, 3, 0]


async def test_what_lost_its_news_is_failed_in_the_open(store: Engine, clock: Clock, slack: FakePlatform):
    # A store without any article: there is nothing to compose an alert from.
    alert(store)
    assert await delivery(store, clock, slack).deliver() == 0
    row = outbox(store)[0]
    assert (row.state, row.error) == (DeliveryState.FAILED, "The channel or its news no longer exist.")
