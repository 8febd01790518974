"""What is stored of a person and a workspace: shown wholly, deleted wholly, and nobody else's with it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from chat.request import Place
from handlers.personal_data import Person, forget_person, forget_workspace, person_data, workspace_data
from models.channel import Channel, Workspace, find_workspace
from models.conversation import Conversation
from models.database import transaction
from models.outbox import Outbox
from models.watch import Watch
from tests.conftest import NOON
from tests.news import Talk

OURS, THEIRS = Place("slack", "T1", "C1"), Place("slack", "T2", "C1")


@pytest.fixture
async def used(stocked: Engine) -> Engine:
    """Two workspaces in which a person of the same id sets and asks the same."""
    for place in (OURS, THEIRS):
        say = Talk(stocked, NOON, place)
        for line in ("/watch add Meta", "/watch mute OpenAI", "/digest set hour 9", "/watch test"):
            await say(line)
        await say("/ask Who leads Meta?")
    return stocked


def test_a_workspace_is_shown_and_forgotten_wholly(used: Engine):
    with transaction(used) as session:
        home = find_workspace(session, "slack", "T1")
        assert home is not None
        found = workspace_data(session, home)
    assert {name: len(rows) for name, rows in found.items()} == {
        "workspace": 1,
        "channels": 1,
        "watches": 1,
        "mutes": 1,
        "digests": 1,
        "alerts": 0,
        "feedback": 0,
        "messages": 1,
        "conversations": 1,
    }
    with transaction(used, writes=True) as session:
        home = find_workspace(session, "slack", "T1")
        assert home is not None
        forget_workspace(session, home)
    with transaction(used) as session:
        assert [home.external_id for home in session.exec(select(Workspace))] == ["T2"]
        assert len(session.exec(select(Channel)).all()) == 1
        assert len(session.exec(select(Watch)).all()) == 1
        assert len(session.exec(select(Outbox)).all()) == 1
        assert [row.place.split("\x1f")[1] for row in session.exec(select(Conversation))] == ["T2"]


def test_a_person_is_shown_and_forgotten_and_the_namesake_stays(used: Engine):
    one, namesake = Person("slack", "T1", "tester"), Person("slack", "T2", "tester")
    with transaction(used) as session:
        found = person_data(session, one)
    assert [len(found[name]) for name in ("watches", "digests", "conversations")] == [1, 1, 1]
    with transaction(used, writes=True) as session:
        assert forget_person(session, one) == 3
    with transaction(used) as session:
        assert not any(person_data(session, one).values())
        assert len(person_data(session, namesake)["watches"]) == 1
        # What the person set goes on for the channel.
        assert len(session.exec(select(Watch)).all()) == 2
        assert len(session.exec(select(Conversation)).all()) == 1


async def test_who_changed_a_fact_is_forgotten_and_the_change_stays(store: Engine):
    say = Talk(store, NOON + timedelta(hours=1), Place("discord", "1", "2"), operates=True)
    said = await say("/fact add Meta valuation $2T source https://example.org/a")
    assert "Added as" in said
    person = Person("discord", "", "tester")
    with transaction(store) as session:
        assert [row["by"] for row in person_data(session, person)["fact changes"]] == ["discord:tester"]
    with transaction(store, writes=True) as session:
        assert forget_person(session, person) == 1
    assert "somebody" in await say("/fact changes")
    with transaction(store) as session:
        assert not any(person_data(session, person).values())
