"""Items into the store: nothing twice, nothing half, and counts that a slow recount confirms. On both stores."""

import random
import threading
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from ingest import pipeline
from ingest.articles.item import Item
from ingest.entities.annotate import load_linker
from ingest.pipeline import MAX_NAMES, Ingest
from ingest.relinking import gazetteer_changes
from ingest.relinking.recount import recount_articles
from models import database
from models.article import Article
from models.count import NameCount, PairCount, ReadCount, hour_of
from models.database import connect, store_trouble, table, writing
from models.entity import Entity
from models.mention import Mention
from models.source import Source
from tests.conftest import NOON

Counts = dict[str, dict[Any, Any]]


def _item(title: str, hours: float = 0, source: str = "Wire", summary: str = "", precise: bool = True) -> Item:
    at = NOON + timedelta(hours=hours)
    return Item(source, f"{title}/{at:%d%H}", "", title, summary, at, precise)


def _counts(engine: Engine) -> Counts:
    """Every count in the store, by key and outlet: ids depend on the order of reading, these don't."""
    with engine.connect() as connection:
        key = dict(connection.execute(select(table(Entity).c.id, table(Entity).c.key)).all())
        outlet = dict(connection.execute(select(table(Source).c.id, table(Source).c.name)).all())
        names = {(key[a], hour): n for a, hour, n in connection.execute(select(table(NameCount))) if n}
        pairs = {
            (*sorted((key[a], key[b])), hour): n for a, b, hour, n in connection.execute(select(table(PairCount))) if n
        }
        reads = {(outlet[a], hour): tuple(n) for a, hour, *n in connection.execute(select(table(ReadCount)))}
        mentions = Counter(
            (key[a], hour, named)
            for a, hour, named in connection.execute(
                select(table(Mention).c.entity_id, table(Mention).c.hour, table(Mention).c.named)
            )
        )
    return {"names": names, "pairs": pairs, "reads": reads, "mentions": dict(mentions)}


def _reference(engine: Engine) -> Counts:
    """The same from the articles alone, slowly and from the words of the definition."""
    with engine.connect() as connection:
        key = dict(connection.execute(select(table(Entity).c.id, table(Entity).c.key)).all())
        outlet = dict(connection.execute(select(table(Source).c.id, table(Source).c.name)).all())
        articles = connection.execute(select(table(Article)).order_by(table(Article).c.id)).all()
        find = load_linker(connection)
    said: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    credited: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    reads: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for article in articles:
        named = find.names(article.title, article.summary)
        for entity in named:
            said[article.story_id][entity].add(article.hour)
        for entity in find.credited(named):
            credited[article.story_id][entity].add(article.hour)
        first = article.story_id == article.id
        row = reads[outlet[article.source_id], article.hour]
        row[0] += 1
        row[1] += first
        row[2] += bool(first and named)
    names: Counter[Any] = Counter()
    pairs: Counter[Any] = Counter()
    mentions: Counter[Any] = Counter()
    for story, entities in credited.items():
        direct = {entity: min(hours) for entity, hours in said[story].items()}
        for entity, hours in entities.items():
            names[key[entity], min(hours)] += 1
            mentions[key[entity], min(hours), direct.get(entity)] += 1
        if len(direct) <= MAX_NAMES:
            for one, other in combinations(direct, 2):
                pairs[(*sorted((key[one], key[other])), max(direct[one], direct[other]))] += 1
    return {
        "names": dict(names),
        "pairs": dict(pairs),
        "reads": {where: tuple(row) for where, row in reads.items()},
        "mentions": dict(mentions),
    }


def _articles(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table(Article))).scalar_one()


HEADLINES = [
    "Meta opens Muse Spark to developers everywhere",
    "Anthropic trains Claude Opus 4.5 on cheaper chips",
    "Nvidia supplies OpenAI with another gigawatt",
    "Regulators question Google about Gemini answers",
    "Mistral AI finds investors across Europe",
    "Garden fairs attract record crowds this spring",
    "Court hears authors against DeepSeek training",
    "Microsoft and CoreWeave extend their contract",
]
ASIDES = [
    "",
    "",
    "Anthropic said nothing.",
    "Google and AMD may follow.",
    "OpenAI's GPT-5.2 came first.",
    "Claude helped.",
]
OUTLETS = ["Wire", "Planet", "Herald", "Courier", "Gazette"]


def _news(seed: int) -> list[Item]:
    """Stories told once by each of some outlets within two days, each with words of its own around them."""
    rng = random.Random(seed)
    found = []
    for headline in HEADLINES:
        for outlet in rng.sample(OUTLETS, rng.randrange(1, 6)):
            title = headline + rng.choice(["", f" - {outlet}", f" | {outlet}"])
            found.append(_item(title, -rng.randrange(48), outlet, rng.choice(ASIDES), rng.random() > 0.2))
    rng.shuffle(found)
    return found


def _add(engine: Engine, items: list[Item], sizes: list[int]) -> None:
    ingest = Ingest(engine)
    left = list(items)
    while left:
        size = sizes[len(left) % len(sizes)]
        ingest.add(left[:size])
        left = left[size:]


@pytest.mark.both_stores
def test_nothing_is_taken_in_twice(stocked: Engine):
    news = _news(1)
    ingest = Ingest(stocked)
    first = ingest.add(news)
    before = _counts(stocked)
    assert (first.new, first.known) == (len(news), 0)
    assert first.stories == len(HEADLINES)
    again = ingest.add(news)
    assert (again.new, again.known, again.stories) == (0, len(news), 0)
    _add(stocked, news[::-1], [1])
    _add(stocked, news, [3, 7])
    assert Ingest(stocked).add(news + news).known == 2 * len(news)
    assert _counts(stocked) == before
    assert _articles(stocked) == len(news)


def test_a_batch_that_repeats_an_item_stores_it_once(stocked: Engine):
    one = _item("Meta opens an office")
    done = Ingest(stocked).add([one, one, one])
    assert (done.new, done.known) == (1, 2)


@pytest.mark.both_stores
@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_what_a_slow_recount_gives(stocked: Engine, seed: int):
    """Stories are told again earlier and later, by more outlets and with more names, in batches of any size."""
    news = _news(seed)
    _add(stocked, news, [1, 2, 3, 5])
    found = _counts(stocked)
    assert found == _reference(stocked)
    assert found["pairs"]
    assert recount_articles(stocked) == len(news)
    assert _counts(stocked) == found


def test_any_order_of_reading_gives_the_same_counts(stocked: Engine, store: Engine):
    news = _news(3)
    _add(store, sorted(news, key=lambda item: item.published_at), [50])
    _add(stocked, sorted(news, key=lambda item: (item.source, item.title)), [1, 4])
    one, other = _counts(store), _counts(stocked)
    assert one["names"] == other["names"]
    assert one["pairs"] == other["pairs"]
    assert one["mentions"] == other["mentions"]
    assert {where: row[0] for where, row in one["reads"].items()} == {
        where: row[0] for where, row in other["reads"].items()
    }


def _names(engine: Engine) -> dict[tuple[str, int], int]:
    """(key, hours from noon) -> stories."""
    return {(key, hour - hour_of(NOON)): n for (key, hour), n in _counts(engine)["names"].items()}


def _pairs(engine: Engine) -> dict[tuple[str, str, int], int]:
    return {(one, other, hour - hour_of(NOON)): n for (one, other, hour), n in _counts(engine)["pairs"].items()}


def test_a_story_told_again_counts_once_and_in_its_first_hour(stocked: Engine):
    ingest = Ingest(stocked)
    ingest.add([_item("Nvidia supplies OpenAI with chips", 0)])
    assert _names(stocked) == {("nvidia", 0): 1, ("openai", 0): 1}
    later = ingest.add([_item("Nvidia supplies OpenAI with chips", 5, "Planet")])
    assert later.stories == 0
    assert _names(stocked) == {("nvidia", 0): 1, ("openai", 0): 1}
    ingest.add([_item("Nvidia supplies OpenAI with chips", -5, "Herald")])
    assert _names(stocked) == {("nvidia", -5): 1, ("openai", -5): 1}
    assert _pairs(stocked) == {("nvidia", "openai", -5): 1}


@pytest.mark.both_stores
def test_a_name_that_comes_to_a_story_later_counts_from_then(stocked: Engine):
    ingest = Ingest(stocked)
    ingest.add([_item("Nvidia supplies a customer with many chips", 0)])
    ingest.add([_item("Nvidia supplies a customer with many chips", 3, "Planet", "It is OpenAI.")])
    assert _names(stocked) == {("nvidia", 0): 1, ("openai", 3): 1}
    assert _pairs(stocked) == {("nvidia", "openai", 3): 1}


def test_the_same_headline_after_three_days_is_another_story(stocked: Engine):
    ingest = Ingest(stocked)
    title = "Nvidia supplies a customer with many chips"
    assert ingest.add([_item(title, 0)]).stories == 1
    assert ingest.add([_item(title, 72, "Planet")]).stories == 0
    assert ingest.add([_item(title, 145, "Herald")]).stories == 1
    assert ingest.add([_item(title, -73, "Courier")]).stories == 1


def test_a_pair_counts_only_where_both_are_named_in_so_many_words(stocked: Engine):
    Ingest(stocked).add([_item("Muse Spark against Claude Opus 4.5")])
    assert {key for key, _ in _names(stocked)} > {"meta", "anthropic", "muse-spark", "claude-opus-4.5"}
    assert _pairs(stocked) == {("claude-opus-4.5", "muse-spark", 0): 1}
    assert _counts(stocked)["mentions"]["meta", hour_of(NOON), None] == 1


MANY = (
    "OpenAI, Anthropic, Google, Microsoft, Nvidia, Mistral AI, xAI, DeepSeek, Alibaba, Tencent, Baidu, Huawei, "
    "Samsung, TSMC, AMD, Qualcomm, IBM, Salesforce, Databricks, CoreWeave, Hugging Face, Perplexity AI"
)


def test_a_list_of_names_makes_no_pairs(stocked: Engine):
    ingest = Ingest(stocked)
    assert len(ingest.linker.names("", MANY)) > MAX_NAMES
    ingest.add([_item("Who is who", summary=MANY)])
    assert len(_names(stocked)) > MAX_NAMES
    assert _pairs(stocked) == {}
    short = ", ".join(MANY.split(", ")[:MAX_NAMES])
    assert len(ingest.linker.names("", short)) == MAX_NAMES
    ingest.add([_item("Another directory of vendors", summary=short)])
    assert len(_pairs(stocked)) == MAX_NAMES * (MAX_NAMES - 1) // 2


def test_a_story_that_grows_into_a_list_loses_its_pairs(stocked: Engine):
    ingest = Ingest(stocked)
    ingest.add([_item("Directory of vendors at the fair", summary="OpenAI and AMD.")])
    assert _pairs(stocked) == {("amd", "openai", 0): 1}
    ingest.add([_item("Directory of vendors at the fair", 1, "Planet", MANY)])
    assert _pairs(stocked) == {}
    assert _counts(stocked) == _reference(stocked)


def test_where_only_the_day_is_known_its_last_hour_counts(stocked: Engine):
    Ingest(stocked).add([_item("Nvidia opens a laboratory", -12, precise=False)])
    ((_, hours),) = _names(stocked)
    assert hours == 11, "23:00 of the same day, and it is noon"


class Stop(Exception):
    """What stops an import in these tests."""


@pytest.mark.parametrize("step", [1, 2, 3])
def test_stopped_half_way_nothing_is_lost_and_nothing_is_half(
    stocked: Engine, monkeypatch: pytest.MonkeyPatch, step: int
):
    news = _news(4)
    ingest = Ingest(stocked)
    ingest.add(news[:10])
    before = _counts(stocked)
    steps = []

    def add_counts(*given: Any) -> None:
        steps.append(given)
        if len(steps) == step:
            raise Stop
        database.add_counts(*given)

    monkeypatch.setattr(pipeline, "add_counts", add_counts)
    with pytest.raises(Stop):
        ingest.add(news)
    assert _counts(stocked) == before
    assert _articles(stocked) == 10
    ingest.add(news)
    assert _articles(stocked) == len(news)
    assert _counts(stocked) == _reference(stocked)


def test_a_recount_that_is_stopped_changes_nothing(stocked: Engine):
    Ingest(stocked).add(_news(5))
    before = _counts(stocked)

    def stop(_done: int, _total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        recount_articles(stocked, stop)
    assert _counts(stocked) == before


def test_a_recount_tells_how_far_it_is(stocked: Engine):
    assert recount_articles(stocked) == 0
    news = _news(5)
    Ingest(stocked).add(news)
    told: list[tuple[int, int]] = []
    recount_articles(stocked, lambda done, total: told.append((done, total)))
    assert told == [(len(news), len(news))]


def test_a_recount_picks_up_a_new_name_and_drops_one_that_is_off(stocked: Engine, tmp_path: Path):
    Ingest(stocked).add([_item("Garden fairs attract Nvidia this spring")])
    own = tmp_path / "own.toml"
    own.write_text("[company]\nfairs = { name = 'Garden Fairs' }\nnvidia = { off = true }\n", encoding="utf-8")
    assert gazetteer_changes.load_gazetteer(stocked, own)
    assert _names(stocked) == {("nvidia", 0): 1}
    recount_articles(stocked)
    assert _names(stocked) == {("fairs", 0): 1}
    assert gazetteer_changes.load_gazetteer(stocked)
    recount_articles(stocked)
    assert _names(stocked) == {("nvidia", 0): 1}


def test_the_gazetteer_is_loaded_once(stocked: Engine, tmp_path: Path):
    assert not gazetteer_changes.load_gazetteer(stocked)
    own = tmp_path / "own.toml"
    own.write_text("[company]\nmeta = { off = true }\n", encoding="utf-8")
    assert gazetteer_changes.load_gazetteer(stocked, own)
    assert not gazetteer_changes.load_gazetteer(stocked, own)
    with stocked.connect() as connection:
        active = connection.execute(select(table(Entity).c.active).where(table(Entity).c.key == "meta")).scalar_one()
    assert not active


@pytest.mark.both_stores
def test_two_imports_at_once_count_like_one_after_the_other(stocked: Engine):
    """Counts are kept by differences: two that read the same and both add would count twice."""
    news = _news(6)
    start = threading.Barrier(2)
    failed: list[BaseException] = []

    def run(items: list[Item]) -> None:
        ingest = Ingest(stocked)
        start.wait()
        try:
            for at in range(0, len(items), 4):
                ingest.add(items[at : at + 4])
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(items,)) for items in (news, news[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert _articles(stocked) == len(news)
    assert _counts(stocked) == _reference(stocked)


def test_a_locked_store_is_told(store: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    other = connect(str(store.url))
    with writing(store), pytest.raises(OperationalError) as caught:
        Ingest(other).add([_item("Meta opens an office")])
    assert "The store is locked by another program" in store_trouble(caught.value)
    Ingest(other).add([_item("Meta opens an office")])
    other.dispose()
    assert _articles(store) == 1
