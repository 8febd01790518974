"""Values as people write them."""

import pytest

from answers.language.cues import AnswerType
from answers.read.values import find_values, token_prices


@pytest.mark.parametrize(
    ("text", "gives", "numbers"),
    [
        ("raised $1.03B at a $3.5 billion valuation", AnswerType.MONEY, [1.03e9, 3.5e9]),
        ("about 20 million dollars, or €18M", AnswerType.MONEY, [20e6, 18e6]),
        ("a 744B-parameter model with 40B active", AnswerType.SIZE, [744e9, 40e9]),
        ("8,000 layoffs, and GPT-5 stays", AnswerType.COUNT, [8000]),
        ("paused for two weeks in 2026", AnswerType.COUNT, [2]),
        ("3.31% word error rate", AnswerType.PERCENT, [3.31]),
        ("scores 77.1% on ARC-AGI-2", AnswerType.SCORE, [77.1]),
    ],
)
def test_numbers(text: str, gives: AnswerType, numbers: list[float]):
    assert [value.number for value in find_values(text, gives)] == pytest.approx(numbers)


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        ("pricing at $10/million input tokens and $50/million output tokens", {"input": "$10", "output": "$50"}),
        ("set at $5/$30 per million tokens", {"input": "$5", "output": "$30"}),
        ("$0.10/1M input and $0.40/1M output", {"input": "$0.10", "output": "$0.40"}),
        ("costs $20 a month", {}),
    ],
)
def test_prices_by_direction(text: str, prices: dict[str, str]):
    assert token_prices(text) == prices


def test_licences():
    assert [value.text for value in find_values("from Apache 2.0 to MIT-licensed", AnswerType.LICENCE)] == [
        "Apache 2.0",
        "MIT",
    ]
