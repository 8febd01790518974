"""/help."""

from sqlalchemy import Engine

from models.database import transaction
from models.schedule import Schedule
from tests.conftest import NOON
from tests.news import Talk


async def test_every_command_with_its_example(say):
    said = await say("/help")
    for example in ("/trend Meta", "/spikes", "/watch preview Meta", "/help"):
        assert f"  - {example} (" in said
    assert said.endswith("I have not read any news yet.")


async def test_the_newest_article(launched: Engine):
    assert (await Talk(launched, NOON)("/help")).endswith("Newest article: 9 Apr 2026, 11:00 UTC.")


async def test_one_command_with_its_options(say):
    said = await say("/help trend")
    assert said.startswith("/trend\nIs a name in the news more than usual?")
    assert "  - name (" in said
    assert "  - as-of … (a day in the past, such as 2026-04-09; optional)" in said


async def test_one_command_however_it_is_written(say):
    assert await say("/help /WATCH") == await say("/help watch")


async def test_an_unknown_command(say):
    assert (await say("/help banana")).startswith("There is no command “banana”.")


async def test_a_failed_run_is_shown(store: Engine, say):
    with transaction(store, writes=True) as session:
        session.add(Schedule(name="poll", started_at=NOON, error="OSError at 12:00 UTC; see the log"))
        session.add(Schedule(name="notice", started_at=NOON))
    said = await say("/help")
    assert "Problems\n  - poll failed: OSError at 12:00 UTC; see the log" in said
    assert "notice" not in said
