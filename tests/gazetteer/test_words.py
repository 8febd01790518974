"""Texts as the words that are indexed."""

from gazetteer.words import distinctive_words, version_words, words


def test_letters_and_numbers_are_parted_and_accents_dropped():
    assert words("GLM5.2 costs 8,000 at Café Zürich") == ["glm", "5.2", "cost", "8000", "at", "cafe", "zurich"]
    assert words("naïveté") == words("naivete")


def test_a_version_tells_all_that_its_parts_tell():
    assert distinctive_words(("claud", "opus", "4.5")) == ["claud", "opus4.5"]
    assert distinctive_words(("kimi", "k", "2")) == ["kimi", "k2"]
    assert distinctive_words(("deep", "mind")) == ["deep", "mind"]
    assert distinctive_words(("rais", "40000")) == ["rais", "40000"]
    said = words("Muse Spark 2 of 14 May beats Opus 4.5 mini")
    held = {*said, *version_words(said)}
    for size in range(1, len(said)):
        for at in range(len(said) - size + 1):
            assert held.issuperset(distinctive_words(said[at : at + size]))
