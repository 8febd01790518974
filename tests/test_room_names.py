"""Our top-level packages share one namespace with every other distribution of an environment: no name stands twice."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TAKEN_ELSEWHERE = frozenset(
    """
    alembic app apps adapters api backend catalogue cli client common conf config core database db discord docs examples
    feedparser helpers lib main plugins project scripts server service services settings setup shared site slack
    slack_bolt slack_sdk spacy src tasks telegram test tools types utils web
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Modules of packages that may share an environment with ours without being its dependencies (`catalogue` comes with
spaCy, `slack` with slack_sdk), and names that many projects put at the top by mistake."""


def rooms() -> list[str]:
    """The packages of the wheel."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed: list[str] = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return listed


@pytest.mark.parametrize("room", rooms())
def test_no_other_distribution_has_a_module_of_this_name(room: str):
    others = set(packages_distributions().get(room, ())) - {"trendbot"}
    assert not others, f"{room} is also a module of {', '.join(sorted(others))}"


@pytest.mark.parametrize("room", rooms())
def test_no_room_has_a_name_that_is_taken_elsewhere(room: str):
    assert room not in TAKEN_ELSEWHERE
    assert room not in sys.stdlib_module_names


def test_the_check_sees_the_modules_of_our_dependencies():
    modules = packages_distributions()
    assert {"discord", "slack_sdk", "sqlalchemy"} <= modules.keys()
    assert not TAKEN_ELSEWHERE.isdisjoint(modules), "the list and the environment overlap"
