"""The words of the house: one public name for one thing, rooms that say what is in them, a glossary that is used."""

import ast
import re
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = ROOT / "docs/glossary.md"
MOST = 9
"""Siblings of a room that can be taken in at a glance."""

REPEATED = {
    "bot.*.import_": "typer's commands `import` and `sources import`; the word alone is Python's",
    "bot.cli.*.list_": "typer's commands `sources list` and `outbox list`; the word alone is Python's",
    "bot.*.backup": "the command is named for what it calls",
    "bot.*.restore": "the command is named for what it calls",
    "bot.*.check": "the command is named for what it calls",
    "*.upgrade": "the command `db upgrade` is named for what it calls",
    "*.revision": "the command `db revision` is named for what it calls",
    "handlers.*.command": "each command's file describes it by this name",
    "ingest.sources.kinds.*.read": "each kind of source is read by this name",
    "ingest.sources.kinds.*.archive": "each kind of source that has an archive reads it by this name",
    "ingest.facts.tables.*.read": "each table is read by this name",
    "bot.*.Rights": "who may configure, on each platform",
    "bot.*.Responder": "how a request is answered, on each platform",
    "bot.*.findings": "what is set up and what is missing, on each platform",
    "bot.*.post_error": "why a message was not posted, on each platform",
    "bot.*.fits": "whether a reply fits into one message, on each platform",
    "bot.*.clean": "text for a message, on each platform",
    "bot.*.one_line": "text for a message, on each platform",
    "bot.*.escape": "text for a message, on each platform",
    "bot.*.link": "text for a message, on each platform",
    "bot.*.safe_address": "text for a message, on each platform",
    "bot.*.cut": "text for a message, on each platform",
}
"""Public names that several modules have, each because it is the same thing there."""

LARGE = {
    "bot": "where everything meets: the app, its jobs and what platforms share, beside one room for each platform",
    "bot.cli": "one file a group of commands of the command line",
    "handlers": "one file a command",
    "models": "one file a noun of the store",
    "evaluation": "one file a measure",
    "answers": "a room for each stage of an answer, and what several stages share",
    "ingest": "a room for each stage, and the jobs that go through all of them",
    "bot.slack": "one file for each of Slack's ways in: commands, mentions, forms, views, App Home",
    "ingest.sources.kinds": "one file a kind of source",
}
"""Rooms with more than nine siblings."""

PLAIN = {
    "access": "who may do what on a platform",
    "answers": "what /ask gives",
    "app": "what Slack calls a program of others",
    "arguments": "what stands behind a command's word",
    "bot": "what runs: the product's own word for itself",
    "blocks": "Slack's own word for the parts of a message",
    "chat": "what people and the bot say to each other",
    "cli": "the command line, as everybody abbreviates it",
    "components": "Discord's own word for the parts of a message",
    "discord": "the platform",
    "evaluation": "how well the bot does",
    "expectation": "what would be usual: the first half of a z",
    "extract": "facts out of texts",
    "formats": "of files and feeds",
    "http": "the protocol",
    "ingest": "taking in data, as data engineers call it",
    "kinds": "of sources",
    "language": "how questions and sentences are worded",
    "measurement": "counts in the store, scored",
    "models": "the tables of the store, as SQLModel calls them",
    "read": "passages, for evidence: the step after retrieve",
    "retrieve": "passages: the step after understand",
    "rules": "of extraction, one file a group of predicates",
    "signals": "what stands out of the noise: the arithmetic of the detector",
    "slack": "the platform",
    "strategies": "ways to answer, one a kind of question",
    "tables": "of facts, public or an operator's own",
    "terminal": "the platform",
    "understand": "the first step of an answer: whom and what a question means",
}
"""Names of rooms that are plain English, or somebody else's word, and need no line in the glossary."""


def rooms() -> list[Path]:
    """Every package of the program."""
    tops = [path.parent for path in ROOT.glob("*/__init__.py")]
    return sorted(path.parent for top in tops for path in top.rglob("__init__.py"))


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def siblings(room: Path) -> list[str]:
    """The modules and rooms in a room."""
    return sorted(
        path.stem
        for path in room.iterdir()
        if (path.suffix == ".py" and path.name != "__init__.py") or (path / "__init__.py").exists()
    )


def public_names() -> dict[str, list[str]]:
    """Every public function and class of a module, with the modules that define it."""
    found = defaultdict(list)
    for path in sorted(one for room in rooms() for one in room.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
                found[node.name].append(dotted(path))
    return found


NAMES = public_names()


def test_public_names_are_found():
    assert NAMES["Reply"] == ["chat.reply"]
    assert {"handlers.trend", "handlers.watch"} < set(NAMES["command"])


@pytest.mark.parametrize("name", sorted(name for name, where in NAMES.items() if len(where) > 1))
def test_a_public_name_is_one_thing(name: str):
    allowed = [pattern for pattern in REPEATED if pattern.rsplit(".", 1)[1] == name]
    other = [one for one in NAMES[name] if not any(fnmatch(f"{one}.{name}", pattern) for pattern in allowed)]
    assert not other, f"{name} is in {', '.join(NAMES[name])}: rename it, or say above why it is the same thing"


@pytest.mark.parametrize("pattern", REPEATED)
def test_no_leave_to_repeat_is_out_of_date(pattern: str):
    name = pattern.rsplit(".", 1)[1]
    assert sum(fnmatch(f"{one}.{name}", pattern) for one in NAMES.get(name, [])) > 1


@pytest.mark.parametrize("room", rooms(), ids=dotted)
def test_a_room_says_what_is_in_it(room: Path):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert said, f"{dotted(room)} has no docstring"
    left_out = [name for name in siblings(room) if not re.search(rf"(?<![a-z_]){name}(?![a-z_])", said)]
    assert not left_out, f"the docstring of {dotted(room)} leaves out {', '.join(left_out)}"


@pytest.mark.parametrize("room", rooms(), ids=dotted)
def test_a_room_can_be_taken_in(room: Path):
    if dotted(room) in LARGE:
        assert len(siblings(room)) > MOST, "it is no longer large: strike it from the list"
    else:
        assert len(siblings(room)) <= MOST, ", ".join(siblings(room))


def terms() -> list[str]:
    """The terms of the glossary, as its lines begin."""
    return [
        term
        for line in re.findall(r"^- \*\*(.+?)\*\*:", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
        for term in line.split(", ")
    ]


def test_the_glossary_has_one_line_for_each_term():
    text = GLOSSARY.read_text(encoding="utf-8")
    assert len(terms()) == len(set(terms())) >= 40
    # Nothing but headings, the paragraph at the top, and terms: no definition that goes on in a second line.
    entries = text.split("\n## ", 1)[1].splitlines()
    assert [line for line in entries[1:] if line and not line.startswith(("- **", "## "))] == []


@pytest.mark.parametrize("term", terms())
def test_a_term_is_in_use(term: str):
    word = re.compile(r"\b" + "[-_ ]".join(map(re.escape, re.split("[- ]", term))), re.IGNORECASE)
    pages = [ROOT / "README.md", *(path for path in (ROOT / "docs").glob("*.md") if path != GLOSSARY)]
    modules = [path for room in rooms() for path in room.glob("*.py")]
    assert any(word.search(path.read_text(encoding="utf-8")) for path in [*pages, *modules])


@pytest.mark.parametrize("name", sorted({room.name for room in rooms()}))
def test_a_room_is_named_by_a_term_or_in_plain_english(name: str):
    words = name.replace("_", " ")
    singular = re.sub(r"ies$", "y", words) if words.endswith("ies") else words.removesuffix("s")
    listed = {words, singular} & {term.lower() for term in terms()}
    assert bool(listed) != (name in PLAIN), "in the glossary or in the list above, not both and not neither"
