"""Which language an article is in, and names in scripts other than Latin."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ingest.articles.item import Item
from ingest.articles.language import detect_language
from ingest.entities.annotate import load_linker
from ingest.pipeline import Ingest
from models.article import Article
from models.count import NameCount
from models.entity import Entity
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Meta opens a new data centre in Texas", "en"),
        ("英伟达发布新的 Rubin 芯片，面向数据中心", "zh"),
        ("エヌビディアが新しい半導体を発表", "ja"),
        ("엔비디아, 새로운 AI 칩 공개", "ko"),
        ("إنفيديا تكشف عن شريحة جديدة للذكاء الاصطناعي", "ar"),
        ("Künstliche Intelligenz verändert die Arbeitswelt in Deutschland", "de"),
        ("L'intelligence artificielle change le travail des Français", "fr"),
        ("La inteligencia artificial cambia el trabajo en España", "es"),
        ("Искусственный интеллект меняет рынок труда", "ru"),
        ("Yapay zeka iş dünyasını değiştiriyor ve yeni fırsatlar sunuyor", "tr"),
        ("Microsoft and 百度 sign a deal on the cloud for the next years", "en"),
    ],
)
def test_a_language_is_told(text: str, code: str):
    assert detect_language(text) == code


def test_where_the_text_says_too_little_its_source_does():
    assert detect_language("GPT-5.2", "de") == "de"
    assert detect_language("2026", "") == ""
    assert detect_language("", "fr") == "fr"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("英伟达与台积电合作，黄仁勋出席", {"NVIDIA", "TSMC", "Jensen Huang"}),
        ("百度和阿里巴巴发布新模型", {"Baidu", "Alibaba"}),
        ("エヌビディアとソフトバンクが提携", {"NVIDIA", "SoftBank"}),
        ("엔비디아와 삼성전자, SK하이닉스는", {"NVIDIA", "Samsung", "SK Hynix"}),
        ("إنفيديا ومايكروسوفت توقعان اتفاقا", {"NVIDIA", "Microsoft"}),
        ("شراكة بين هواوي وعلي بابا", {"Huawei", "Alibaba"}),
        ("كتاب عن الهواوي", set()),
    ],
)
def test_names_in_any_script_are_found(store: Engine, text: str, names: set[str]):
    with store.connect() as connection:
        found = {match.entity_id for match in load_linker(connection).find(text)}
    with Session(store) as session:
        every = {one.id: one.name for one in session.exec(select(Entity))}
    assert {every[key] for key in found} == names


def test_a_story_in_chinese_is_counted_and_its_language_kept(store: Engine):
    Ingest(store).add([Item("财联社", "1", "https://e.cn/1", "英伟达发布新芯片", "", NOON)], NOON)
    with Session(store) as session:
        assert session.exec(select(Article.language)).one() == "zh"
        key = session.exec(select(Entity.id).where(Entity.name == "NVIDIA")).one()
        assert session.exec(select(NameCount.n).where(NameCount.entity_id == key)).one() == 1
