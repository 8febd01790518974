"""New terms in headlines, by hand."""

import pytest

from answers.new_terms import MIN_HEADLINES, new_terms

OLD = [f"{maker} updates its chatbot, part {number}" for number in range(20) for maker in ("Meta", "Meta AI")]
LAUNCH = [
    "Meta launches Muse Spark",
    "Meta's Muse Spark is here",
    "Hands on with Muse Spark from Meta",
    "Muse Spark: Meta updates its lab",
]


def terms(now: list[str], before: list[str], own: tuple[str, ...] = ("Meta", "Meta AI"), limit: int = 5) -> list[str]:
    return [term.text for term in new_terms(now, before, own, limit)]


def test_what_was_never_said_before_comes_first_as_it_is_written():
    found = new_terms(LAUNCH, OLD, ("Meta",), 5)
    assert (found[0].text, found[0].now, found[0].before) == ("Muse Spark", 4, 0)
    assert found[0].z > 2


def test_the_words_of_a_pair_are_not_told_besides():
    assert not {"Muse", "Spark"} & set(terms(LAUNCH, OLD))


def test_the_name_itself_and_its_spellings_are_no_news():
    assert not any("Meta" in term for term in terms(LAUNCH, []))


def test_what_is_always_said_is_no_news():
    assert terms(OLD[:10], OLD) == []
    assert "chatbot" not in terms([*LAUNCH, *OLD[:3]], OLD)


def test_a_few_headlines_are_too_few():
    assert terms(LAUNCH[: MIN_HEADLINES - 1], OLD) == []


def test_a_heading_that_comes_again_counts_once():
    assert terms([LAUNCH[0]] * 9, OLD) == []


def test_no_headlines_no_terms():
    assert terms([], OLD) == []
    assert terms(["", " ", "…"], []) == []


def test_no_more_than_asked_for():
    assert len(terms([*LAUNCH, "Codex jumps", "Codex jumps on", "Codex jumps off"], OLD, limit=1)) == 1


@pytest.mark.parametrize(
    "title", ["Meta发布新模型缪斯火花", "メタが新モデルを発表", "<!channel> @everyone", "x" * 5000, "🚀🚀🚀", "1 2 3"]
)
def test_any_script_and_any_markup_is_taken(title: str):
    assert terms([f"{title} {number}" for number in "abc"], OLD) in ([], [title])


def test_the_words_around_a_name_make_no_pair():
    # "opens" and "today" stand on both sides of the name: they were never said side by side.
    assert "opens today" not in terms(
        ["Google opens Meta today", "Apple opens Meta today now", "X opens Meta today a"], []
    )
