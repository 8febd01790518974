"""/watch: what a channel asked for."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from chat.request import Place
from handlers import watch
from models.alert import Alert
from models.channel import Channel
from models.database import transaction
from models.entity import Entity
from models.outbox import DeliveryState, MessageKind, enqueue
from models.spike import Spike
from models.watch import Watch
from tests.conftest import NOON
from tests.news import Talk, who

HERE = Place("slack", "T1", "C1")


def items(said: str) -> list[str]:
    return [line.removeprefix("  - ") for line in said.splitlines() if line.startswith("  - ")]


@pytest.fixture
def talk(store: Engine) -> Talk:
    return Talk(store, NOON, HERE)


async def test_add_list_remove(stocked: Engine):
    talk = Talk(stocked, NOON, HERE)
    assert await talk("/watch add Meta") == (
        "Watching Meta\n"
        "I'll post one alert here for each spike of at least 5 stories from 3 outlets and z 4 (balanced).\n\n"
        "Next: /watch list · /watch remove Meta"
    )
    assert await talk("/watch add Meta + Muse Spark level 6.5") == (
        "Watching Meta + Muse Spark\n"
        "I'll post one alert here for each spike of at least 5 stories from 3 outlets and z 6.5.\n\n"
        "Next: /watch list · /watch remove Meta + Muse Spark"
    )
    assert (await talk("/watch add everything")).startswith("Watching everything\n")
    assert await talk("/watch list") == (
        "3 watches in this channel\n\n"
        "Watches\n"
        "  - Meta (alerts from z 4 (balanced); no alerts so far)\n"
        "  - Meta + Muse Spark (alerts from z 6.5; no alerts so far)\n"
        "  - everything (alerts from z 4 (balanced); no alerts so far)\n\n"
        "Next: /watch test · /watch remove Meta"
    )
    assert (await talk("/watch remove meta")).startswith("No longer watching Meta\n")
    assert (await talk("/watch remove everything")).startswith("No longer watching everything\n")
    assert items(await talk("/watch")) == ["Meta + Muse Spark (alerts from z 6.5; no alerts so far)"]


async def test_nothing_watched(talk: Talk):
    assert await talk("/watch") == (
        "No watches in this channel yet\nAdd one to get an alert here when a name spikes: /watch add Meta\n\n"
        "Next: /watch add everything"
    )


async def test_a_pair_is_one_wish_in_either_order(talk: Talk):
    await talk("/watch add Muse Spark + Meta")
    assert (await talk("/watch add Meta + Muse Spark")).startswith("Already watching Meta + Muse Spark")
    assert len(items(await talk("/watch list"))) == 1
    assert (await talk("/watch remove Meta & Muse Spark")).startswith("No longer watching")
    assert (await talk("/watch list")).startswith("No watches in this channel")


async def test_the_same_again_changes_nothing(talk: Talk):
    await talk("/watch add Meta")
    assert (await talk("/watch add facebook")).startswith("Already watching Meta\n")
    assert len(items(await talk("/watch list"))) == 1


async def test_a_new_level_changes_it(talk: Talk):
    await talk("/watch add Meta level 6")
    assert (await talk("/watch add Meta level 9")).startswith("Watch on Meta updated\n")
    assert items(await talk("/watch list")) == ["Meta (alerts from z 9; no alerts so far)"]
    assert (await talk("/watch add Meta")).startswith(
        "Already watching Meta\nI'll post one alert here for each spike of at least 5 stories from 3 outlets and z 9."
    )


@pytest.mark.parametrize("level", ["2", "100", "5.5"])
async def test_levels_from_2_to_100(talk: Talk, level: str):
    assert f"outlets and z {level}." in await talk(f"/watch add Meta level {level}")


@pytest.mark.parametrize(
    ("word", "told"), [("few", "z 4.5 (few)"), ("Balanced", "z 4 (balanced)"), ("many", "z 3.5 (many)")]
)
async def test_levels_in_words(talk: Talk, word: str, told: str):
    assert f"outlets and {told}." in await talk(f"/watch add Meta level {word}")


@pytest.mark.parametrize("level", ["1.9", "100.1", "0", "-5", "nan", "inf", "-inf", "1e400", "high", "5,5", "５０００"])
async def test_other_levels_are_refused(talk: Talk, level: str):
    said = await talk(f"/watch add Meta level {level}")
    assert said == (
        f"“{level}” is not an alert level.\n"
        "Write few, balanced or many, or a z-score from 2 (many alerts) to 100 (hardly any)."
    )
    assert (await talk("/watch")).startswith("No watches in this channel")


@pytest.mark.parametrize("word", ["everything", "EVERYTHING", "all"])
async def test_everything(talk: Talk, word: str):
    assert (await talk(f"/watch add {word}")).startswith("Watching everything\n")


async def test_an_unknown_name(talk: Talk):
    assert (await talk("/watch add qqqzzzxxjj")).startswith("I don't know the name")
    assert (await talk("/watch")).startswith("No watches in this channel")


async def test_near_names_come_with_the_command_that_was_meant(talk: Talk):
    said = await talk("/watch add GLM-5.3")
    assert said.startswith("I don't know the name")
    if "Next: " in said:
        assert all(line.startswith("/watch add ") for line in said.split("Next: ")[1].split(" · "))


@pytest.mark.parametrize("line", ["/watch add", "/watch remove"])
async def test_nobody_named(talk: Talk, line: str):
    assert (await talk(line)).startswith(f"Which name do you mean?\nFor example: {line} Meta")


async def test_removing_what_is_not_watched(talk: Talk):
    assert (await talk("/watch remove Meta")).startswith("This channel has no watch on Meta.\nSee /watch list.")


async def test_a_hundred_and_no_more(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    assert watch.MOST == 100
    monkeypatch.setattr(watch, "MOST", 2)
    await talk("/watch add Meta")
    await talk("/watch add Google")
    assert (await talk("/watch add OpenAI")).startswith("This channel already has 2 watches.\nRemove one first")
    # What is there may still be changed.
    assert (await talk("/watch add Meta level 7")).startswith("Watch on Meta updated")


@pytest.mark.parametrize("action", ["add", "remove"])
async def test_who_may_not_configure_is_told(stocked: Engine, action: str):
    said = await Talk(stocked, NOON, HERE, may_configure=False)(f"/watch {action} everything")
    assert said.startswith(f"Only people who manage this channel can use /watch {action}.\nAsk one of them")
    with transaction(stocked) as session:
        assert session.exec(select(Watch)).all() == []


@pytest.mark.parametrize("line", ["/watch", "/watch list", "/watch LIST"])
async def test_everybody_may_look(store: Engine, line: str):
    await Talk(store, NOON, HERE)("/watch add Meta")
    said = await Talk(store, NOON, HERE, may_configure=False)(line)
    assert items(said) == ["Meta (alerts from z 4 (balanced); no alerts so far)"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(Place("slack", "T1", "C2"), id="another channel"),
        pytest.param(Place("slack", "T1", "C1", "123.4"), id="a thread in it"),
        pytest.param(Place("slack", "T2", "C1"), id="the same id in another workspace"),
        pytest.param(Place("discord", "T1", "C1"), id="the same ids on another platform"),
        pytest.param(Place("slack", "", "C1"), id="private"),
    ],
)
async def test_each_place_has_its_own(store: Engine, elsewhere: Place):
    here, there = Talk(store, NOON, HERE), Talk(store, NOON, elsewhere)
    await here("/watch add Meta")
    assert (await there("/watch")).startswith("No watches in this channel")
    await there("/watch add Google")
    assert items(await here("/watch")) == ["Meta (alerts from z 4 (balanced); no alerts so far)"]


async def test_a_name_that_left_the_catalogue_can_be_removed(store: Engine, talk: Talk):
    await talk("/watch add Muse Spark")
    await talk("/watch add Meta + Muse Spark")
    with transaction(store, writes=True) as session:
        session.get_one(Entity, who(store, "Muse Spark")).active = False
    assert len(items(await talk("/watch list"))) == 2
    assert (await talk("/watch remove muse spark")).startswith("No longer watching Muse Spark")
    assert (await talk("/watch remove Meta + Muse Spark")).startswith("No longer watching Meta + Muse Spark")
    assert (await talk("/watch list")).startswith("No watches in this channel")


async def test_who_asked_and_when_is_kept(store: Engine, talk: Talk):
    await talk("/watch add Meta")
    with transaction(store) as session:
        row = session.exec(select(Watch)).one()
    assert (row.created_by, row.created_at.replace(tzinfo=NOON.tzinfo)) == ("tester", NOON)


async def test_alerts_so_far_and_those_that_failed(stocked: Engine):
    talk = Talk(stocked, NOON, HERE)
    await talk("/watch add Meta")
    with transaction(stocked, writes=True) as session:
        row, channel = session.exec(select(Watch)).one(), session.exec(select(Channel)).one()
        spike = Spike(
            entity_id=who(stocked, "Meta"), started_at=NOON, seen_at=NOON, peak_at=NOON, z=7, peak_z=7, count=22,
            peak_count=22, expected=4, sigma=2.5, windows=30, floored=True, outlets=4,
        )  # fmt: skip
        session.add(spike)
        session.flush()
        alert = Alert(spike_id=spike.id or 0, watch_id=row.id, channel_id=channel.id or 0, created_at=NOON)
        session.add(alert)
        session.flush()
        row_of = enqueue(session, MessageKind.ALERT, channel.id or 0, NOON, str(alert.id), alert.id)
        assert row_of is not None
        row_of.state, row_of.error = DeliveryState.FAILED, "The bot was removed."
    said = await talk("/watch list")
    assert "  - Meta (alerts from z 4 (balanced); 1 alert so far)" in said
    assert "Not delivered\n  - The bot was removed. (9 Apr 2026, 12:00 UTC)\n" in said
