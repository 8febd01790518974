"""The pages are true: what they show is run and compared, and what they name is there."""

import importlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

import bot.__main__ as cli
from chat.errors import UserError
from handlers import commands
from handlers.command import parse_options, split_line
from signals.detector import Rules
from tests.docs import ELISION, PAGES, ROOT, Block, Room, Step, abridged, applied, blocks, matches

BLOCKS = [block for page in PAGES for block in blocks(page)]
COMMANDS = commands(Rules())
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))

_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
TABLES = {"models.dev"}
"""What looks like a module and is a public table's name."""

_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_FILE = re.compile(rf"(?:{'|'.join([*ROOMS, 'docs', 'tests'])})/[\w./*{{}},-]*")
_MODULE = re.compile(rf"(?:{'|'.join(ROOMS)})(?:\.\w+)+")

ELSEWHERE = {
    "trendbot": "Slack's one command for all",
    "invite": "Slack's own",
    "healthz": "a path of bot.health",
    "readyz": "a path of bot.health",
    "metrics": "a path of bot.health",
    "top": "the command that add-a-command.md adds",
}
"""Words after a slash that are no command of ours."""


def marked(*words: str) -> list[Block]:
    return [block for block in BLOCKS if block.word in words]


def prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def code(page: Path) -> list[str]:
    """What stands between single backticks."""
    return _CODE.findall(prose(page))


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("docs"))


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_has_a_marker(block: Block):
    assert block.word, f"{block} says neither how it is run nor why it is not"
    if block.word != "run":
        assert block.about, f"{block} needs a reason or a file behind its marker"


def runs() -> Iterator[object]:
    """The blocks to run, marked long where several processes are started for them."""
    for block in marked("run"):
        processes = 2 if not block.steps else sum(step.prompt == "$" for step in block.steps)
        yield pytest.param(block, id=str(block), marks=[pytest.mark.long] if processes > 1 else [])


@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("block", list(runs()))
def test_what_is_shown_is_what_comes(block: Block, room: Room):
    for step, said in room.run(block):
        if block.steps:
            assert matches(step.said, said), "\n".join(["make docs would write:", *abridged(step.said, said)])


@pytest.mark.parametrize("block", marked("from"), ids=str)
def test_an_excerpt_stands_in_its_file(block: Block):
    found = {line.strip() for line in (ROOT / block.about).read_text(encoding="utf-8").splitlines()}
    shown = [line.strip() for line in block.lines if line.strip() and line.strip() != ELISION]
    assert shown
    assert [line for line in shown if line not in found] == []


@pytest.mark.parametrize(
    ("expected", "said", "good"),
    [
        (("a", "b"), ["a", "b"], True),
        (("a",), ["a", "b"], False),
        (("a", "…", "d"), ["a", "b", "c", "d"], True),
        (("a", "…", "d"), ["a", "d"], True),
        (("a", "…", "d"), ["a", "b"], False),
        (("a", "…", "a"), ["a"], False),
        (("…",), [], True),
    ],
)
def test_a_line_of_three_points_stands_for_any_lines(expected: tuple[str, ...], said: list[str], good: bool):
    assert matches(expected, said) is good


def test_what_is_abridged_stays_abridged():
    assert abridged(("a", "…", "z"), ["b", "1", "2", "c"]) == ["b", "…", "c"]
    assert abridged(("a", "…", "z"), ["b", "c"]) == ["b", "c"]


def test_markers_and_steps_are_read(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(
        "1. Do it:\n\n   <!-- run: at 2026-04-09T12:00+00:00, exits 1 -->\n   ```text\n   > /trend Meta\n\n"
        "   Meta: spiking\n\n   $ trendbot \\\n     say\n   no\n   ```\n\n```sh\nls\n```\n"
    )
    first, second = blocks(page)
    assert first.steps == [
        Step(">", "/trend Meta", ("Meta: spiking",)),
        Step("$", "trendbot \\\n  say", ("no",)),
    ]
    assert (first.now.hour, first.option("exits"), first.option("at")) == (12, "1", "2026-04-09T12:00+00:00")
    assert (second.word, second.steps, str(second)) == ("", [], "page.md:14")


def shell_lines() -> Iterator[tuple[str, list[str]]]:
    """Each call of trendbot in a block for the shell, with where it stands."""
    for block in BLOCKS:
        typed = [step.line for step in block.steps if step.prompt == "$"]
        if block.language == "sh":
            typed += re.sub(r"\\\n", " ", block.text).splitlines()
        for line in typed:
            lexer = shlex.shlex(line.replace("\\\n", " "), posix=True, punctuation_chars="|>&;")
            lexer.whitespace_split = True
            call: list[str] = []
            for word in [*lexer, "|"]:
                if word[0] in "|>&;":
                    while call and re.match(r"[A-Z_]+=", call[0]):
                        call.pop(0)
                    if call and Path(call[0]).name == "trendbot":
                        yield f"{block}: {' '.join(call)}", call[1:]
                    call = []
                else:
                    call.append(word)


def leaf(words: list[str]) -> tuple[TyperCommand, list[str]]:
    """The command of a call, and what is left of its words. Raises KeyError for one that is not there."""
    command = typer.main.get_command(cli.app)
    rest = list(words)
    while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


def test_a_call_that_is_not_there_is_found():
    command, rest = leaf(["sources", "list", "--state", "failing"])
    assert (command.name, rest) == ("list", ["--state", "failing"])
    with pytest.raises(KeyError):
        leaf(["sources", "burn"])
    with pytest.raises(Exception, match="No such option"):
        command.make_context("list", ["--burn"])


@pytest.mark.parametrize(("where", "words"), [pytest.param(*one, id=one[0][:60]) for one in shell_lines()])
def test_every_call_can_be_made(where: str, words: list[str]):
    command, rest = leaf(words)
    if rest != ["--help"]:
        command.make_context(command.name, rest)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_call_in_the_text_is_there(page: Path):
    for said in code(page):
        if said.startswith("trendbot ") and not said.startswith("trendbot/"):
            command, rest = leaf(shlex.split(said.replace(ELISION, ""))[1:])
            known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
            assert [word for word in rest if word.startswith("--") and word.split("=")[0] not in known] == [], said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_to_type_is_a_command(page: Path):
    for said in code(page):
        if not re.fullmatch(r"/[a-z]+(?: .*)?", said):
            continue
        words = split_line(said.removeprefix("/"))
        if words[0] in ELSEWHERE:
            continue
        assert words[0] in COMMANDS, said
        if len(words) > 1 and ELISION not in said:
            try:
                parse_options(COMMANDS[words[0]], words[1:])
            except UserError as error:
                pytest.fail(f"{said}: {error.sentence} {error.step}")


THEIRS = {"Manage Server", "The application did not respond", "dispatch_failed", "operation_timeout"}
"""What Slack and Discord say themselves."""


@pytest.mark.parametrize("page", ["discord", "slack"])
def test_what_a_page_says_people_see_is_said(page: str):
    text = prose(ROOT / f"docs/{page}.md").split("## Troubleshooting")[1]
    quoted = set(re.findall(r"\*([^*]+)\*", "".join(re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)))) - THEIRS
    ours = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert quoted
    assert [one for one in quoted if one.rstrip(ELISION) not in ours] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_introduced_by_its_summary(name: str):
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert f"\n## /{name}\n\n{COMMANDS[name].summary}" in text


def test_the_words_of_replies_are_those_of_the_handlers():
    said = re.findall(r"(?<![*\w])\*([^*\n]+)\*(?!\*)", prose(ROOT / "docs/commands.md"))
    ours = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "handlers").rglob("*.py"))
    # Those with a figure, a date or a question mark in them are examples.
    assert [one for one in said if one not in ours and not re.search(r"[\d?]", one) and one not in THEIRS] == []


def test_every_event_of_the_log_is_logged():
    table = prose(ROOT / "docs/operations.md").split("## The log")[1].split("\n## ")[0]
    events = [one for cell in re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE) for one in _CODE.findall(cell)]
    logged = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert len(events) >= 5
    assert [one for one in events if f'"{one}"' not in logged] == []


def test_the_drawing_of_the_rooms_is_the_wall():
    [drawn] = [block for block in blocks(ROOT / "CONTRIBUTING.md") if block.language == "text"]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [wall] = [one["layers"] for one in contracts["contracts"] if one["name"] == "Rooms depend downwards only"]
    assert [re.split(r" {2,}", line)[0] for line in drawn.lines] == wall


def test_every_room_has_a_line_in_contributing():
    told = re.findall(r"^\| `([a-z_/]+)` \|", prose(ROOT / "CONTRIBUTING.md"), re.MULTILINE)
    rooms = {str(path.parent.relative_to(ROOT)) for name in ROOMS for path in (ROOT / name).rglob("__init__.py")}
    assert [room for room in told if room not in rooms] == []
    # Rooms in the third row are told of in the line of their parent.
    assert sorted(room for room in rooms if room.count("/") < 2) == sorted(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_is_there(page: Path):
    written = {block.about for block in BLOCKS if block.word == "file"}
    for said in code(page):
        if not _FILE.fullmatch(said) or "NAME" in said or "NOUN" in said or said in written:
            continue
        for path in _alternatives(said):
            assert list(ROOT.glob(path)), f"{page.name} names {said}, which is not there"


def _alternatives(path: str) -> list[str]:
    """a/{b,c}.py as a/b.py and a/c.py."""
    found = re.fullmatch(r"(.*)\{(.+)\}(.*)", path)
    return [f"{found[1]}{one}{found[3]}" for one in found[2].split(",")] if found else [path.rstrip("/")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_is_there(page: Path):
    for said in code(page):
        if not _MODULE.fullmatch(said) or "NAME" in said or said in TABLES:
            continue
        words = said.split(".")
        for cut in range(len(words), 0, -1):
            if (ROOT / "/".join(words[:cut])).is_dir() or (ROOT / ("/".join(words[:cut]) + ".py")).is_file():
                break
        thing = importlib.import_module(".".join(words[:cut]))
        for word in words[cut:]:
            assert hasattr(thing, word), f"{page.name} names {said}, which is not there"
            thing = getattr(thing, word)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project as git knows it."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["add-a-command", "add-a-platform", "add-a-source"])
def test_the_changes_of_a_page_can_be_made(name: str, checkout: Path):
    applied(ROOT / f"docs/{name}.md", checkout)
    for block in blocks(ROOT / f"docs/{name}.md"):
        if block.about.endswith(".py"):
            compile((checkout / block.about).read_text(encoding="utf-8"), block.about, "exec")


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("add-a-command", ["tests/handlers/test_top.py", "tests/test_house.py"]),
        ("add-a-source", ["tests/ingest/sources"]),
    ],
)
def test_who_follows_a_page_passes_all_checks(name: str, tests: list[str], checkout: Path):
    applied(ROOT / f"docs/{name}.md", checkout)
    binaries = Path(sys.executable).parent
    for call in (
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests],
        [binaries / "ruff", "check", "--no-cache", "."],
        [binaries / "ruff", "format", "--no-cache", "--check", "."],
        [sys.executable, "-m", "mypy"],
        [binaries / "lint-imports", "--no-cache"],
    ):
        done = subprocess.run(call, cwd=checkout, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{call}:\n{done.stdout}{done.stderr}"
