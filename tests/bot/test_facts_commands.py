"""`trendbot facts …` as an operator types it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from bot.__main__ import app
from tests.knowledge import LAB, know

DATA = Path(__file__).parents[1] / "data" / "tables"


@pytest.fixture
def typed(store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a line of words in an empty folder, on a store with the catalogue."""
    monkeypatch.chdir(tmp_path)
    env = {
        "TRENDBOT_DATABASE_URL": store.url.render_as_string(hide_password=False),
        "TRENDBOT_NOW": "2026-04-09T12:00:00Z",
        "TRENDBOT_LLM_URL": "",
        "COLUMNS": "200",
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["facts", *words], env=env)

    return run


def test_a_public_table_from_a_copy(typed):
    done = typed("import", "models.dev", "--file", str(DATA / "models_dev.json"))
    assert done.exit_code == 0
    assert "9 new facts, 0 changed, 0 unchanged, 0 retired; 2 unlisted names added; 3 rows rejected" in done.output
    assert "openai/nameless: has no name" in done.output
    assert len(Path("rejects.jsonl").read_text().splitlines()) == 3
    again = typed("import", "models.dev", "--file", str(DATA / "models_dev.json"))
    assert "0 new facts, 0 changed, 9 unchanged" in again.output


def test_a_table_of_ones_own(typed):
    Path("mine.csv").write_text("model,size,page\nTundra-1,70B,https://a.example\nTundra-2,big,https://a.example\n")
    done = typed("import", "mine.csv", "--map", "subject=model,parameters=size", "--map", "source=page")
    assert done.exit_code == 0
    assert "mine.csv:3: parameters: “big” is not a number" in done.output
    assert "1 new facts" in done.output


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["import", "zork"], 2, "Choose one of epoch, models.dev, litellm"),
        (["import", "epoch", "--map", "subject=a"], 2, "The columns of epoch are already known"),
        (["import", "epoch", "--file", "missing.csv"], 1, "missing.csv can't be read"),
        (["import", "mine.csv", "--map", "subject=a,source=b,price=c"], 1, "mine.csv can't be read"),
        (["import", "mine.csv", "--map", "colour=a"], 1, "“colour” is not part of a fact"),
        (["export", "--form", "xml"], 2, "“xml” is not a format"),
        (
            ["export", "--out", "no/such/folder.jsonl"],
            1,
            "Can't write no/such/folder.jsonl: No such file",
        ),
        (["propose"], 2, "No language model is configured"),
    ],
)
def test_what_goes_wrong_is_told_with_a_status(typed, words, status, said):
    done = typed(*words)
    assert (done.exit_code, said in done.output) == (status, True), done.output


def test_out(typed, store: Engine):
    know(store, LAB, "licence", text="MIT")
    done = typed("export", "--out", "all.jsonl")
    rows = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert done.output == f"{len(rows)} facts written to all.jsonl.\n"
    assert rows[-1]["subject"] == LAB
    csv = typed("export", "--form", "csv")
    assert csv.output.splitlines()[0].startswith("id,subject,predicate,object,value")
