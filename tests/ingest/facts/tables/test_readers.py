"""The public tables, read from small files of our own in their form."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from ingest.facts.tables import epoch, litellm, models_dev
from ingest.facts.tables.statement import RowError, TableStatement
from ingest.formats.files import Reject

DATA = Path(__file__).parents[3] / "data" / "tables"


def read(reader, name):
    found = list(reader.read((DATA / name).read_bytes(), name))
    return [one for one in found if isinstance(one, TableStatement)], [one for one in found if isinstance(one, Reject)]


def short(one: TableStatement):
    """What a statement says, without where it stands."""
    much = one.value if one.value is not None else one.object or one.text or one.valid_from
    return one.subject, one.predicate, much, *one.qualifiers.values()


def test_epoch():
    found, rejects = read(epoch, "epoch.csv")
    assert [short(one) for one in found] == [
        ("Borealis Labs", "released", "Tundra-1"),
        ("Tundra-1", "parameters", 70e9),
        ("Tundra-1", "training_tokens", 15e12),
        ("Tundra-1", "active_parameters", 7e9),
        ("Tundra-1", "openness", "open weights", "restricted use"),
        ("Borealis Labs", "released", "Tundra-2"),
        ("Other Lab", "released", "Tundra-2"),
        ("Tundra-2", "parameters", 1.6e12),
        ("Tundra-2", "openness", "closed", "by API"),
        ("Tundra-2", "based_on", "Tundra-1"),
        ("Other Lab", "released", "Glade"),
        ("Glade", "parameters", 300e6),
        ("Glade", "openness", "not released"),
        ("Other Lab", "released", "Broken size"),
    ]
    assert [(one.line, one.reason) for one in rejects] == [
        (6, "has no model"),
        (7, "Publication date is not a date: “soon”"),
        (8, "Parameters is not a number: “many”"),
    ]


def test_epochs_estimates_are_marked_and_its_dates_are_as_precise_as_they_are():
    found, _ = read(epoch, "epoch.csv")
    sizes = {one.subject: one for one in found if one.predicate == "parameters"}
    assert (sizes["Tundra-1"].op, sizes["Tundra-1"].status) == ("", "announced")
    assert (sizes["Tundra-2"].op, sizes["Tundra-2"].status) == ("~", "reported")
    assert (sizes["Tundra-1"].said_on, sizes["Tundra-1"].line) == (date(2026, 3, 1), 2)
    assert (sizes["Glade"].said_on, sizes["Glade"].url) == (None, epoch.PAGE)
    assert next(one for one in found if one.object == "Glade").valid_from == "2025-12"


def test_models_dev():
    found, rejects = read(models_dev, "models_dev.json")
    assert [short(one) for one in found] == [
        ("OpenAI", "released", "Tundra-3"),
        ("Tundra-3", "price", 1.25, "input"),
        ("Tundra-3", "price", 10.0, "output"),
        ("Tundra-3", "price", 0.125, "cached input"),
        ("Tundra-3", "context_window", 400_000.0),
        ("Tundra-3", "openness", "closed"),
        ("OpenAI", "released", "Tundra-3 mini"),
        ("Tundra-3 mini", "context_window", 128_000.0),
        ("Tundra-3 mini", "openness", "open weights"),
    ]
    assert {one.unit for one in found if one.predicate == "price"} == {"USD/1M tokens"}
    assert [one.reason for one in rejects] == [
        "openai/nameless: has no name",
        "openai/dear: cost.input is not a number: “much”",
        "the provider “xai” has no models",
    ]


def test_litellm():
    found, rejects = read(litellm, "litellm.json")
    assert [short(one) for one in found] == [
        ("tundra-4", "price", 1.25, "input"),
        ("tundra-4", "price", 10.0, "output"),
        ("tundra-4", "price", 0.125, "cached input"),
        ("tundra-4", "context_window", 272_000.0, "input"),
        ("tundra-4", "deprecated", "2026-12-31"),
        ("glade-2", "price", 0.0, "input"),
        ("glade-2", "price", 0.0, "output"),
        ("embed-1", "price", 0.02, "input"),
    ]
    assert {one.url for one in found if one.subject == "tundra-4"} == {"https://prices.example/tundra-4"}
    assert {one.url for one in found if one.subject == "embed-1"} == {litellm.PAGE}
    assert [one.reason for one in rejects] == [
        "broken: input_cost_per_token is not a number: “cheap”",
        "nothing: is not an object",
    ]


@pytest.mark.parametrize("reader", [epoch, models_dev, litellm])
@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"a,b\n1,2\n", b'{"a": {"b": 1}}', b"[" * 100_000],
)
def test_what_is_another_file_is_refused_as_a_whole(reader, data):
    with pytest.raises(RowError):
        list(reader.read(data, "x"))


def test_the_real_table_is_read(shared):
    data = gzip.decompress((shared / "facts" / "epoch_notable_models_to_2026-04-30.csv.gz").read_bytes())
    found = list(epoch.read(data, "epoch.csv"))
    rows = {one.row for one in found if isinstance(one, TableStatement)}
    assert len(rows) > 1000
    assert not any(isinstance(one, Reject) for one in found)


@pytest.mark.parametrize("odd", ["9" * 5000, "[" * 3000 + "]" * 3000, '"\\ud800"', "1e999"])
def test_one_odd_cell_leaves_the_rest_of_a_table(odd: str):
    good = '{"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 9}'
    bad = f'{{"litellm_provider": "openai", "mode": "chat", "max_input_tokens": {odd}}}'
    found = list(litellm.read(f'{{"tundra-1": {bad}, "tundra-2": {good}}}'.encode(), "t"))
    assert [one.subject for one in found if isinstance(one, TableStatement)] == ["tundra-2"]
    assert all("max_input_tokens is not a number" in one.reason for one in found if isinstance(one, Reject))


def test_texts_of_a_table_can_be_stored():
    (found,) = epoch.read(b"Model,Organization,Publication date\nTun\0dra,Borealis,2026-04-09\n", "t")
    assert (found.subject, found.object, found.row) == ("Borealis", "Tundra", "Tundra|2026-04-09")
    entry = '{"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 9}'
    (found,) = litellm.read(f'{{"tun\\u0000dra\\ud800": {entry}}}'.encode(), "t")
    assert found.subject == "tundra\ufffd"


def test_tiers_are_kept_apart_from_the_standard_price():
    listed = (
        b'{"xai": {"models": {"tundra-9": {"name": "Tundra-9", "cost": {"input": 2, '
        b'"context_over_200k": {"input": 4}}}}}}'
    )
    prices = [short(one) for one in models_dev.read(listed, "api.json")]
    assert prices == [("Tundra-9", "price", 2.0, "input"), ("Tundra-9", "price", 4.0, "input", "above 200K tokens")]
    listed = (
        b'{"tundra-9": {"litellm_provider": "xai", "mode": "chat", "input_cost_per_token": 2e-6,'
        b' "input_cost_per_token_above_200k_tokens": 4e-6, "input_cost_per_token_batches": 1e-6}}'
    )
    prices = [short(one) for one in litellm.read(listed, "l.json")]
    assert prices == [
        ("tundra-9", "price", 2.0, "input"),
        ("tundra-9", "price", 4.0, "input", "above 200K tokens"),
        ("tundra-9", "price", 1.0, "input", "batch"),
    ]


def test_a_maker_sells_its_own_family_and_hosts_others():
    listed = (
        b'{"moonshotai": {"models": {"kimi-k9": {"name": "Kimi K9", "open_weights": true}}},'
        b' "kimi-for-coding": {"models": {}},'
        b' "alibaba": {"models": {"kimi-k9": {"name": "Kimi K9", "open_weights": false}}}}'
    )
    assert [short(one) for one in models_dev.read(listed, "api.json")] == [("Kimi K9", "openness", "open weights")]


@pytest.mark.parametrize(
    ("note", "licence"),
    [
        ("Apache 2.0\n\nhttps://a.example", "Apache-2.0"),
        ("MIT licensed\nhttps://a.example", "MIT"),
        ("Modified MIT license https://a.example", "modified MIT"),
        ("MIT license for code, weights non-commercial", ""),
        ("Apache for code. Weights not released", ""),
        ("code: Apache 2.0", ""),
    ],
)
def test_a_licence_is_taken_from_a_note_that_says_nothing_else(note: str, licence: str):
    head = "Model,Organization,Publication date,Model accessibility,Accessibility notes"
    table = f'{head}\nT-1,L,2026-03-01,Open weights (unrestricted),"{note}"\n'
    found = [one.text for one in epoch.read(table.encode(), "e.csv") if one.predicate == "licence"]
    assert found == ([licence] if licence else [])
