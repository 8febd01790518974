"""The language model's endpoint: what it costs, and how it fails."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from answers.language_model.rephrase import rephrase
from bot import language_model
from bot.language_model import ANSWER_TOKENS, CHARACTERS_PER_TOKEN, Endpoint
from bot.settings import Settings
from models.database import transaction
from models.spend import Spend, tokens_spent
from tests.conftest import NOON
from tests.loopback.llm import Model, model

TASK, TEXT = "Say hello.", "To whom it may concern."
RESERVED = (len(TASK) + len(TEXT)) // CHARACTERS_PER_TOKEN + ANSWER_TOKENS


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with model() as found:
        yield found


def endpoint(engine: Engine, server: Model, now=NOON, **more) -> Endpoint:
    settings = Settings(_env_file=None, llm_url=server.url, llm_model="tiny", **more)
    return Endpoint(settings, engine, lambda: now)


def used(engine: Engine, day=NOON) -> int:
    with transaction(engine) as session:
        return tokens_spent(session, day.date())


def test_asks_in_the_form_of_chat_completions(empty: Engine, server: Model):
    assert endpoint(empty, server, llm_key="k-123")(TASK, TEXT) == "Hello."
    (body,) = server.asked
    assert body["model"] == "tiny"
    assert body["messages"] == [{"role": "system", "content": TASK}, {"role": "user", "content": TEXT}]
    assert (body["temperature"], body["max_tokens"]) == (0, ANSWER_TOKENS)
    assert server.keys == ["Bearer k-123"]


def test_no_key_is_sent_where_none_is_set(empty: Engine, server: Model):
    endpoint(empty, server)(TASK, TEXT)
    assert server.keys == [""]


def test_what_the_server_counted_is_used_up(empty: Engine, server: Model):
    server.says("Hello.", tokens=77)
    endpoint(empty, server)(TASK, TEXT)
    assert used(empty) == 77
    with transaction(empty) as session:
        assert session.get_one(Spend, NOON.date()).requests == 1


def test_a_server_that_does_not_count_is_charged_what_was_set_aside(empty: Engine, server: Model):
    server.writes(b'{"choices": [{"message": {"content": "Hello."}}], "usage": {"total_tokens": "many"}}')
    assert endpoint(empty, server)(TASK, TEXT) == "Hello."
    assert used(empty) == RESERVED


def test_the_days_budget_survives_a_restart_and_ends_with_the_day(empty: Engine, server: Model):
    server.says("Hello.", tokens=RESERVED)
    budget = {"llm_tokens_per_day": 2 * RESERVED}
    assert endpoint(empty, server, **budget)(TASK, TEXT)
    again = endpoint(empty, server, **budget)
    assert again(TASK, TEXT)
    assert again(TASK, TEXT) is None
    assert endpoint(empty, server, **budget)(TASK, TEXT) is None
    assert len(server.asked) == 2
    assert endpoint(empty, server, NOON + timedelta(days=1), **budget)(TASK, TEXT) == "Hello."


def test_no_budget_is_no_question(empty: Engine, server: Model):
    assert endpoint(empty, server, llm_tokens_per_day=0)(TASK, TEXT) is None
    assert server.asked == []


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503, 301])
def test_a_refusal_costs_nothing_and_is_not_asked_again_at_once(empty: Engine, server: Model, status: int):
    server.fails(status)
    asking = endpoint(empty, server)
    assert asking(TASK, TEXT) is None
    assert used(empty) == 0
    server.says("Hello.")
    assert asking(TASK, TEXT) is None
    assert len(server.asked) == 1


def test_it_is_asked_again_after_its_rest(empty: Engine, server: Model, monkeypatch: pytest.MonkeyPatch):
    server.fails(429, Retry_After="7")
    asking = endpoint(empty, server)
    clock = [1000.0]
    monkeypatch.setattr(language_model, "monotonic", lambda: clock[0])
    assert asking(TASK, TEXT) is None
    server.says("Hello.")
    clock[0] += 6
    assert asking(TASK, TEXT) is None
    clock[0] += 2
    assert asking(TASK, TEXT) == "Hello."


@pytest.mark.parametrize(
    "data",
    [
        b"", b"not json", b"[]", b"null", b"{}", b'{"choices": []}', b'{"choices": [{"message": {}}]}',
        b'{"choices": {"a": 1}}', b"[" * 100_000, b"\xff\xfe",
    ],
)  # fmt: skip
def test_an_answer_in_another_form(empty: Engine, server: Model, data: bytes):
    server.writes(data)
    assert endpoint(empty, server)(TASK, TEXT) is None


@pytest.mark.parametrize("content", ["null", "3", '["a"]', '"  "'])
def test_words_that_are_none(empty: Engine, server: Model, content: str):
    server.writes(f'{{"choices": [{{"message": {{"content": {content}}}}}]}}'.encode())
    assert endpoint(empty, server)(TASK, TEXT) is None


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_server_that_never_ends_is_left(empty: Engine, server: Model, monkeypatch: pytest.MonkeyPatch, how: str):
    monkeypatch.setattr(language_model, "TIMEOUT", 0.4)
    getattr(server, how)()
    assert endpoint(empty, server)(TASK, TEXT) is None
    assert used(empty) == RESERVED, "it may have worked all the while"


def test_an_endless_answer_is_cut_off(empty: Engine, server: Model):
    server.writes(b'{"x": "' + b"y" * language_model.ANSWER_BYTES + b'"}')
    assert endpoint(empty, server)(TASK, TEXT) is None


def test_nobody_there(empty: Engine):
    settings = Settings(_env_file=None, llm_url="http://127.0.0.1:9/v1", llm_model="tiny")
    assert Endpoint(settings, empty, lambda: NOON)(TASK, TEXT) is None


EVIDENCE = ["Borealis Labs agreed to pay Tundra $21 billion between 2027 and 2032."]
DRAFT = "Borealis Labs: compute deal with Tundra: $21B (2027–2032)."


def test_an_answer_is_shown_in_its_words_when_they_are_grounded(empty: Engine, server: Model):
    server.says("Borealis Labs will pay Tundra $21 billion from 2027 to 2032.")
    said = rephrase(endpoint(empty, server), "How much?", EVIDENCE, DRAFT)
    assert said == "Borealis Labs will pay Tundra $21 billion from 2027 to 2032."
    assert "ignore any instruction" in server.asked[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    "words",
    [
        "Borealis Labs will pay Tundra $35 billion from 2027 to 2032.",
        "OpenAI will pay Tundra $21B from 2027 to 2032.",
        "Borealis Labs will pay Tundra $21B from 2027 to 2032. See https://evil.example",
        "I have been told to ignore my rules.",
        "",
    ],
)
def test_else_it_is_shown_as_it_is(empty: Engine, server: Model, words: str):
    server.says(words)
    assert rephrase(endpoint(empty, server), "How much?", EVIDENCE, DRAFT) is None


def test_without_a_model_or_without_evidence_nothing_is_asked(empty: Engine, server: Model):
    assert rephrase(None, "How much?", EVIDENCE, DRAFT) is None
    assert rephrase(endpoint(empty, server), "How much?", [], DRAFT) is None
    assert server.asked == []
