"""The house itself: what is promised in papers and settings is there, and nothing of somebody's machine is."""

import re
import shutil
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import AliasChoices
from sqlalchemy import Engine

from bot.router import Router
from bot.settings import Settings
from bot.terminal.adapter import PLACE
from chat.reply import Mood
from gazetteer.opml import read_opml
from handlers import commands
from signals.detector import Rules

ROOT = Path(__file__).resolve().parents[1]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)

MACHINE = re.compile(r"(?<![\w.~:-])/(?:work|root|home/[a-z]\w*)/")
"""A path that leads nowhere but on the machine on which it was written."""

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def variables() -> list[str]:
    """The environment name of every setting."""
    found = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        found.append(str(alias.choices[0]).upper() if isinstance(alias, AliasChoices) else f"TRENDBOT_{name.upper()}")
    return found


def anchors(text: str) -> set[str]:
    """The places in a paper that a link can lead to, as GitHub names them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(_FENCED.sub("", text))
    }


@pytest.mark.parametrize("name", commands(Rules()))
def test_every_command_is_told(name):
    assert f"\n## /{name}\n" in paper("docs/commands.md")
    assert commands(Rules())[name].example in paper("docs/commands.md")


@pytest.mark.parametrize("name", commands(Rules()))
async def test_every_example_runs(name, store: Engine):
    # As the fixture `say` does it, but the mood is what matters here.
    router = Router(store, commands(Rules()), lambda: NOON)
    reply = await router.answer_line(router.commands[name].example, PLACE, author="tester")
    assert reply.mood is not Mood.TROUBLE, reply.title


@pytest.mark.parametrize("name", [word for word in commands(Rules()) if word != "help"])
async def test_every_command_is_in_help(name, say):
    assert f"/{name}" in await say("/help")
    assert commands(Rules())[name].summary in await say(f"/help {name}")


@pytest.mark.parametrize("name", commands(Rules()))
def test_every_option_is_told(name):
    section = paper("docs/commands.md").split(f"\n## /{name}\n")[1].split("\n## /")[0]
    for option in commands(Rules())[name].options:
        assert f"| `{option.name}` |" in section


@pytest.mark.parametrize("name", variables())
def test_every_setting_is_told(name):
    assert f"| `{name}` |" in paper("docs/settings.md")
    assert re.search(rf"^#{name}=", paper(".env.example"), re.MULTILINE)


def test_no_other_setting_is_told():
    told = re.findall(r"^\| `([A-Z_]+)` \|", paper("docs/settings.md"), re.MULTILINE)
    shown = re.findall(r"^#([A-Z_]+)=", paper(".env.example"), re.MULTILINE)
    assert sorted(told) == sorted(shown) == sorted(variables())


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for link in _LINK.findall(_FENCED.sub("", path.read_text(encoding="utf-8"))):
        if link.startswith(("http://", "https://")):
            continue
        name, _, place = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        if place:
            assert place in anchors(target.read_text(encoding="utf-8")), link


def test_readme_names_both_commands():
    assert "`make run`" in paper("README.md")
    assert "`make test`" in paper("README.md")


def test_readme_counts_the_feeds():
    sources, mistakes = read_opml((ROOT / "gazetteer/sources.opml").read_bytes())
    assert not mistakes
    assert f"{len(sources)} sources" in paper("README.md")
    assert len(sources) >= 150


def test_no_file_names_a_machine():
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("needs a git checkout")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a font, a picture, an archive
        found += [f"{name}:{number}" for number, line in enumerate(lines, 1) if MACHINE.search(line)]
    assert not found


def test_the_wheel_holds_every_room():
    listed = tomllib.loads(paper("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    rooms = [path.parent.name for path in ROOT.glob("*/__init__.py") if not path.parent.name.startswith(".")]
    assert listed == sorted(rooms)
