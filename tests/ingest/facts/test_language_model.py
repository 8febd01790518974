"""Proposed facts into the store."""

import json

from sqlalchemy import Engine
from sqlmodel import select

from ingest.facts.language_model import propose_facts
from models.article import Article
from models.database import transaction
from models.fact import Fact, FactSource
from tests.conftest import NOON
from tests.knowledge import LAB, know
from tests.news import HOUR, Talk, story, tell

SENTENCE = "Borealis Labs raised $40 million, says Meta."
ROW = {"subject": "Borealis Labs", "predicate": "funding_round", "value": "$40 million", "quote": SENTENCE}


class Scripted:
    """A model that says what it is told to, one answer after the other, then None."""

    def __init__(self, *answers: object) -> None:
        self.answers = [one if isinstance(one, str) else json.dumps(one) for one in answers]
        self.asked: list[str] = []

    def __call__(self, task: str, text: str) -> str | None:
        self.asked.append(text)
        return self.answers.pop(0) if self.answers else None


def proposed(engine: Engine) -> list[Fact]:
    with transaction(engine) as session:
        return [one for one in session.exec(select(Fact)) if one.origin.startswith("llm:")]


def news(engine: Engine, *titles: str) -> None:
    tell(engine, [story(title, at=NOON - HOUR) for title in titles])


async def test_a_fact_with_its_sentence_marked_as_the_models(stocked: Engine):
    news(stocked, SENTENCE)
    done = propose_facts(stocked, Scripted([ROW]), "tiny", NOON)
    assert (done.articles, done.taken, done.refused) == (1, 1, 0)
    (fact,) = proposed(stocked)
    assert (fact.origin, fact.value, fact.status, fact.certainty < 0.8) == ("llm:tiny", 40e6, "reported", True)
    with transaction(stocked) as session:
        source = session.exec(select(FactSource).where(FactSource.fact_id == fact.id)).one()
        article = session.get_one(Article, source.article_id)
    assert source.quote == SENTENCE == article.title[source.start : source.end]
    said = await Talk(stocked, NOON)(f"/facts {LAB}")
    assert "$40M, reported" in said
    assert "extracted by a language model" in said
    shown = await Talk(stocked, NOON)(f"/fact show {fact.id}")
    assert "extracted by the language model tiny; checked against its sentence" in shown


def test_articles_are_read_once_and_where_it_stopped_it_goes_on(store: Engine):
    news(store, SENTENCE, "Meta opens a shop.", "Meta closes a shop.")
    first = Scripted([ROW], [])
    assert propose_facts(store, first, "tiny", NOON).articles == 2
    assert len(first.asked) == 3
    second = Scripted([], [])
    assert propose_facts(store, second, "tiny", NOON).articles == 1
    assert second.asked == ["Meta closes a shop."]
    assert propose_facts(store, Scripted([]), "tiny", NOON).articles == 0


def test_garbage_is_refused_and_the_rest_is_read(store: Engine):
    news(store, SENTENCE, "Meta opens a shop.")
    done = propose_facts(store, Scripted("sorry, no", [{**ROW, "quote": "Meta opens a shop."}]), "tiny", NOON)
    assert (done.articles, done.taken, done.refused) == (2, 0, 2)
    assert proposed(store) == []


def test_what_is_known_already_is_not_noted_again(store: Engine):
    know(store, LAB, "funding_round", value=40e6, unit="USD")
    news(store, SENTENCE)
    done = propose_facts(store, Scripted([ROW]), "tiny", NOON)
    assert (done.taken, done.known) == (0, 1)
    assert proposed(store) == []


def test_no_more_than_asked_for(store: Engine):
    news(store, "Meta opens a shop.", "Meta closes a shop.", "Meta paints a shop.")
    reading = Scripted([], [], [])
    assert propose_facts(store, reading, "tiny", NOON, limit=2).articles == 2
    assert len(reading.asked) == 2
