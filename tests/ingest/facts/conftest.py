"""A reader of facts with the names of our gazetteer."""

import pytest

from gazetteer.files import default_files
from gazetteer.reader import read_gazetteer
from ingest.entities.linker import Linker
from ingest.facts.extract.names import NameFinder
from ingest.facts.extract.reader import StatementReader


@pytest.fixture(scope="session")
def reading() -> StatementReader:
    """A reader with the names of our gazetteer."""
    gazetteer = read_gazetteer(default_files())
    ids = {key: number for number, key in enumerate(gazetteer.entities)}
    spellings = [(folded, text, ids[key], rule.as_json()) for folded, (text, key, rule) in gazetteer.spellings.items()]
    kinds = {ids[key]: entity.kind for key, entity in gazetteer.entities.items()}
    return StatementReader(NameFinder(Linker(spellings, {}), kinds))
