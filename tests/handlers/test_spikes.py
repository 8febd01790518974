"""/spikes over made-up news."""

import pytest
from sqlalchemy import Engine

from tests.conftest import NOON
from tests.news import DAY, HOUR, Talk, busy_day, quiet_month, stories, tell, usual_day


async def test_a_launch_is_one_line(launch: Engine):
    said = await Talk(launch, NOON)("/spikes")
    assert said.startswith(
        "1 spike\nNames and pairs with at least 5 stories and z 4 in the 24 hours to 9 Apr 2026, 12:00 UTC."
    )
    line = next(line for line in said.splitlines() if line.startswith("  - "))
    # The model leads, the news is not its maker; z = 20 / 1.5.
    assert line.startswith("  - Muse Spark (z 13.3, 20 stories, 0.0 expected; with ")
    assert "Meta" in line
    assert said.endswith("Next: /trend Muse Spark as-of 2026-04-09\n\nData as of 9 Apr 2026, 12:00 UTC.")


async def test_two_events_are_two_lines_strongest_first(launch: Engine):
    tell(launch, stories("Mistral AI raises money", 12, NOON - 3 * HOUR))
    said = await Talk(launch, NOON)("/spikes")
    assert said.startswith("2 spikes\n")
    assert [line.split(" (")[0] for line in said.splitlines() if line.startswith("  - ")] == [
        "  - Muse Spark",
        "  - Mistral AI",
    ]


async def test_no_spikes(quiet: Engine):
    tell(quiet, usual_day("Meta", NOON - HOUR))
    assert await Talk(quiet, NOON)("/spikes") == (
        "No spikes\nNo name or pair reached 5 stories and z 4 in the 24 hours to 9 Apr 2026, 12:00 UTC.\n\n"
        "Data as of 9 Apr 2026, 12:00 UTC."
    )


async def test_nothing_read(stocked: Engine):
    assert (await Talk(stocked, NOON)("/spikes")).startswith("No news yet\n")


@pytest.mark.parametrize("words", ["2026-04-08", "8 Apr 2026", "yesterday"])
async def test_as_of_a_quiet_day(launched: Engine, words: str):
    said = await Talk(launched, NOON)(f"/spikes as-of {words}")
    assert said.startswith("No spikes\n")
    assert said.endswith("Data as of 9 Apr 2026, 00:00 UTC.")


async def test_as_of_looks_back_at_a_spike_as_it_was(launched: Engine):
    then = await Talk(launched, NOON)("/spikes")
    tell(launched, usual_day("Meta", NOON + DAY), busy_day("Meta", "Mistral AI buys Meta", NOON + 2 * DAY))
    assert await Talk(launched, NOON + 5 * DAY)("/spikes as-of 2026-04-09T12:00") == then


async def test_the_future(launched: Engine):
    assert "is in the future" in await Talk(launched, NOON)("/spikes as-of 2027-01-01")


async def test_fewer_outlets_than_asked_for_are_no_spike(month: Engine):
    tell(month, busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR, outlets=["Reuters", "Wired"]))
    said = await Talk(month, NOON)("/spikes")
    # Meta itself is told of by four, with its usual stories.
    assert "Muse Spark (" not in said


async def test_too_little_history(store: Engine):
    tell(store, quiet_month("Meta", NOON, days=6), busy_day("Meta", "Meta opens Muse Spark", NOON - HOUR))
    assert (await Talk(store, NOON)("/spikes")).startswith("No spikes\n")


async def test_more_than_ten_are_told(month: Engine):
    names = ["OpenAI", "Anthropic", "NVIDIA", "Mistral AI", "Hugging Face", "Midjourney", "Cerebras", "CoreWeave"]
    names += ["Moonshot AI", "ElevenLabs", "Stability AI", "Perplexity AI"]
    for number, name in enumerate(names):
        tell(month, stories(f"{name} in the news", 20 + number, NOON - HOUR))
    said = await Talk(month, NOON)("/spikes")
    assert said.startswith("12 spikes\n")
    assert "Showing the strongest 10." in said
    assert sum(line.startswith("  - ") for line in said.splitlines()) == 10
