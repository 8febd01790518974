"""Reading the gazetteer: each kind of mistake with its file and line, an operator's file, and our own files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gazetteer.files import default_files
from gazetteer.reader import KINDS, AliasRule, Gazetteer, GazetteerError, read_gazetteer
from gazetteer.spelling import fold

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a gazetteer file into a folder of the test's own."""

    def page(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return page


OURS = """\
[company]
acme = { name = "Acme", aliases = ["Acme Labs"] }

[lab]
acme-research = { name = "Acme Research", parents = ["acme"] }

[model]
road-runner = { name = "Road Runner", aliases = ["Runner"], parents = ["acme-research"] }

[word]
"Acme" = { not_next = ["street"] }
"Runner" = { case = true, needs = ["model"] }
"""


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        pytest.param("[company]\nacme = { name = \n", 2, "is not valid TOML", id="not TOML"),
        pytest.param("[planet]\nacme = { name = 'Acme' }\n", 2, "“planet” is not a kind", id="unknown kind"),
        pytest.param("\nacme = 'Acme'\n", 2, "“acme” is not a kind", id="outside of a table"),
        pytest.param(
            "[company]\nacme = { name = 'Acme', nmae = 'x' }\n",
            2,
            "“nmae” is not a field here",
            id="unknown field",
        ),
        pytest.param("[company]\n\nacme = { name = 3 }\n", 3, "“name” must be a text", id="name of wrong type"),
        pytest.param(
            "[company]\nacme = { name = 'A', aliases = 'b' }\n",
            2,
            "“aliases” must be a list",
            id="list of wrong type",
        ),
        pytest.param(
            "[company]\nacme = { name = 'A', aliases = [1] }\n",
            2,
            "“aliases” must contain only texts",
            id="list of numbers",
        ),
        pytest.param("[company]\nacme = 'Acme'\n", 2, "must be a table in braces", id="not in braces"),
        pytest.param("[[company]]\nname = 'Acme'\n", 1, "must be a table in braces", id="array of tables"),
        pytest.param("[company]\nacme = { aliases = ['A'] }\n", 2, "“acme” has no name", id="missing name"),
        pytest.param("[company]\nacme = { name = ' ' }\n", 2, "“acme” has no name", id="blank name"),
        pytest.param('[company]\nacme = { name = "\\u200b" }\n', 2, "“acme” has no name", id="invisible name"),
        pytest.param(
            '[company]\nacme = { name = "A", aliases = ["\\u200b"] }\n',
            2,
            "“acme” has an empty alias",
            id="invisible alias",
        ),
        pytest.param("[company]\nAcme = { name = 'Acme' }\n", 2, "“Acme” is not a valid key", id="key with a capital"),
        pytest.param(
            '[company]\n"ac me" = { name = "Acme" }\n', 2, "“ac me” is not a valid key", id="key with a space"
        ),
        pytest.param(
            "[company]\nacme = { name = 'A' }\nacme = { name = 'B' }\n",
            3,
            "is not valid TOML",
            id="duplicate key in one table",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme' }\n[lab] # a remark\nacme = { name = 'Acme Lab' }\n",
            4,
            "“acme” is already defined, in",
            id="duplicate key in two tables",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme' }\nother = { name = 'O', aliases = ['ACME'] }\n",
            3,
            "“ACME” is also a name of “acme”",
            id="duplicate alias",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme', parents = ['nobody'] }\n",
            2,
            "parent “nobody” of “acme” is not defined",
            id="unknown parent",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme', parents = ['acme'] }\n",
            2,
            "parents form a loop: acme → acme",
            id="its own parent",
        ),
        pytest.param(
            "[word]\n'Nobody' = { case = true }\n",
            2,
            "“Nobody” has a rule but is not a name",
            id="rule without a name",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme' }\n[word]\n'Acme' = { case = true }\n'acme' = { needs = ['x'] }\n",
            5,
            "“acme” already has a rule",
            id="second rule",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme' }\n[word]\n'Acme' = { near = ['x'] }\n",
            4,
            "“near” is not a field",
            id="rule field",
        ),
        pytest.param(
            "[company]\nacme = { name = 'Acme' }\n[word]\n'Acme' = { case = 'yes' }\n",
            4,
            "must be true or false",
            id="rule type",
        ),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(write: Write, text: str, line: int, sentence: str):
    path = write("mistaken.toml", text)
    with pytest.raises(GazetteerError) as caught:
        read_gazetteer([path])
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"{path}:{line}: ")
    assert sentence in mistake


def test_a_longer_loop_is_told_once(write: Write):
    path = write(
        "loop.toml",
        "[company]\n"
        "a = { name = 'Aa', parents = ['b'] }\n"
        "b = { name = 'Bb', parents = ['c'] }\n"
        "c = { name = 'Cc', parents = ['a'] }\n"
        "d = { name = 'Dd', parents = ['a'] }\n",
    )
    with pytest.raises(GazetteerError) as caught:
        read_gazetteer([path])
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"{path}:2: parents form a loop: a → b → c → a")


def test_two_ways_to_one_parent_are_no_loop(write: Write):
    text = (
        "[company]\na = { name = 'A' }\nb = { name = 'B', parents = ['a'] }\nc = { name = 'C', parents = ['a', 'b'] }\n"
    )
    assert read_gazetteer([write("diamond.toml", text)]).entities["c"].parents == ("a", "b")


def test_a_missing_file_and_one_in_another_encoding_are_told(tmp_path: Path):
    missing, latin = tmp_path / "missing.toml", tmp_path / "latin.toml"
    latin.write_bytes("[company]\nacme = { name = 'Acmé' }\n".encode("cp1252"))
    with pytest.raises(GazetteerError) as caught:
        read_gazetteer([missing, latin, tmp_path])
    assert caught.value.mistakes == [
        f"{missing}: no such file",
        f"{latin}: is not UTF-8: save it as UTF-8",
        f"{tmp_path}: can't be read (Is a directory)",
    ]


def test_every_mistake_of_every_file_is_told_at_once(write: Write):
    one = write("one.toml", "[company]\nacme = { nam = 'A' }\nother = { name = 1 }\n")
    two = write("two.toml", "[word]\n'Nobody' = { case = true }\n")
    with pytest.raises(GazetteerError) as caught:
        read_gazetteer([one], two)
    assert [mistake.split(": ")[0] for mistake in caught.value.mistakes] == [f"{one}:2", f"{one}:3", f"{two}:2"]


def _names(gazetteer: Gazetteer, key: str) -> set[str]:
    return {folded for folded, (_, entity, _) in gazetteer.spellings.items() if entity == key}


def test_an_operator_adds_an_entity_below_ours(write: Write):
    found = read_gazetteer(
        [write("ours.toml", OURS)], write("own.toml", "[product]\nanvil = { name = 'Anvil', parents = ['acme'] }\n")
    )
    assert (found.entities["anvil"].origin, found.entities["acme"].origin) == ("operator", "catalogue")
    assert found.entities["anvil"].parents == ("acme",)
    assert "anvil" in _names(found, "anvil")


def test_an_operators_line_replaces_ours(write: Write):
    found = read_gazetteer([write("ours.toml", OURS)], write("own.toml", "[model]\nroad-runner = { name = 'Beep' }\n"))
    assert found.entities["road-runner"].parents == ()
    assert _names(found, "road-runner") == {"beep"}


def test_an_operators_alias_is_taken_from_ours(write: Write):
    found = read_gazetteer([write("ours.toml", OURS)], write("own.toml", "[person]\nrunner = { name = 'Runner' }\n"))
    assert found.spellings["runner"][1] == "runner"
    assert found.spellings["road runner"][1] == "road-runner"


def test_an_operator_takes_nobodys_name_unawares(write: Write):
    with pytest.raises(GazetteerError, match=r"own.toml:2: “Acme” is the name of “acme”: define it under that key"):
        read_gazetteer([write("ours.toml", OURS)], write("own.toml", "[company]\na = { name = 'ACME' }\n"))


def test_an_operators_rule_replaces_ours(write: Write):
    found = read_gazetteer([write("ours.toml", OURS)], write("own.toml", "[word]\n'ACME' = { not_with = ['Road'] }\n"))
    assert found.spellings["acme"][2] == AliasRule(case=True, not_with=("road",))


def test_a_name_that_others_stand_below_can_be_switched_off(write: Write):
    """Its rule and its children in our files must not become the operator's mistakes."""
    found = read_gazetteer([write("ours.toml", OURS)], write("own.toml", "[company]\nacme = { off = true }\n"))
    assert "acme" not in found.entities
    assert _names(found, "acme") == set()
    assert found.entities["acme-research"].parents == ()
    assert found.entities["road-runner"].parents == ("acme-research",)


def test_two_generations_can_be_switched_off(write: Write):
    own = write("own.toml", "[company]\nacme = { off = true }\n[lab]\nacme-research = { off = true }\n")
    assert read_gazetteer([write("ours.toml", OURS)], own).entities.keys() == {"road-runner"}


def test_an_operators_mistakes_are_told(write: Write):
    own = write("own.toml", "[model]\nghost = { off = true }\nimp = { name = 'Imp', parents = ['ghost'] }\n")
    with pytest.raises(GazetteerError) as caught:
        read_gazetteer([write("ours.toml", OURS)], own)
    assert caught.value.mistakes == [
        f"{own}:2: “ghost” can't be switched off: there is no such entity",
        f"{own}:3: parent “ghost” of “imp” is not defined",
    ]


def test_an_operators_entity_below_one_switched_off_is_a_mistake(write: Write):
    own = write("own.toml", "[company]\nacme = { off = true }\n[model]\nimp = { name = 'Imp', parents = ['acme'] }\n")
    with pytest.raises(GazetteerError, match=r"own\.toml:4: parent “acme” of “imp” is not defined"):
        read_gazetteer([write("ours.toml", OURS)], own)


def test_a_rule_holds_for_every_way_to_write_its_name(write: Write):
    text = "[model]\nm = { name = 'Road Runner-2' }\n[word]\n'Road Runner 2' = { needs = ['ACME'] }\n"
    found = read_gazetteer([write("rule.toml", text)])
    assert {folded: rule.needs for folded, (_, _, rule) in found.spellings.items()} == dict.fromkeys(
        ("road runner-2", "road runner 2", "road-runner-2", "road runner2", "road-runner2"), ("acme",)
    )


def test_short_names_count_only_as_they_are_written(write: Write):
    found = read_gazetteer([write("short.toml", "[company]\nsap = { name = 'SAP', aliases = ['SAP SE', '阿里'] }\n")])
    assert {folded: found.spellings[folded][2].case for folded in ("sap", "sap se", "阿里")} == {
        "sap": True,
        "sap se": False,
        "阿里": False,
    }


def test_another_joint_never_takes_a_name_that_is_defined(write: Write):
    found = read_gazetteer([write("joints.toml", "[model]\none = { name = 'Big-Cat' }\ntwo = { name = 'Big Cat' }\n")])
    assert (found.spellings["big-cat"][1], found.spellings["big cat"][1]) == ("one", "two")


@pytest.fixture(scope="module")
def own() -> Gazetteer:
    """The product's own gazetteer."""
    return read_gazetteer(default_files())


def test_our_own_gazetteer_has_enough_of_each_kind(own: Gazetteer):
    assert len(own.entities) >= 800
    assert {entity.kind for entity in own.entities.values()} == set(KINDS)


def _lines_up(own: Gazetteer, key: str) -> set[str]:
    found = {key}
    for parent in own.entities[key].parents:
        found |= _lines_up(own, parent)
    return found


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("Muse Spark", ["Meta Superintelligence Labs", "Meta"]),
        ("Claude Opus 4.5", ["Claude", "Anthropic"]),
        ("GPT-5.2", ["OpenAI"]),
        ("Gemini 3", ["Gemini", "Google"]),
    ],
)
def test_our_own_names_stand_below_whom_they_belong_to(own: Gazetteer, name: str, above: list[str]):
    lineage = _lines_up(own, own.spellings[fold(name)][1])
    assert {own.spellings[fold(other)][1] for other in above} <= lineage


def test_our_own_names_can_each_be_switched_off(own: Gazetteer, write: Write):
    kinds = {entity.kind: entity.key for entity in own.entities.values()} | {"company": "meta"}
    text = "".join(f'[{kind}]\n"{key}" = {{ off = true }}\n' for kind, key in sorted(kinds.items()))
    assert own.entities.keys() - read_gazetteer(default_files(), write("off.toml", text)).entities.keys() == set(
        kinds.values()
    )
