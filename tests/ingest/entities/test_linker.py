"""Names in texts: our own gazetteer on sentences of ours, and the matching rule against a slow reference."""

import random
import re
from collections.abc import Iterable

import pytest

from gazetteer.files import default_files
from gazetteer.reader import Gazetteer, read_gazetteer
from gazetteer.spelling import lower, tidy
from ingest.entities.linker import Linker, Spelling, is_whole_word


class Names:
    """A linker over a gazetteer that speaks in keys."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.keys = sorted(gazetteer.entities)
        ids = {key: number for number, key in enumerate(self.keys, 1)}
        self.spellings: list[Spelling] = [
            (folded, text, ids[key], rule.as_json()) for folded, (text, key, rule) in gazetteer.spellings.items()
        ]
        self.parents = {
            ids[entity.key]: [ids[parent] for parent in entity.parents] for entity in gazetteer.entities.values()
        }
        self.linker = Linker(self.spellings, self.parents)

    def __call__(self, title: str, summary: str = "") -> set[str]:
        """The keys of the entities that a text names."""
        return self._said(self.linker.names(tidy(title), tidy(summary)))

    def credited(self, title: str) -> set[str]:
        """... and of their parents."""
        return self._said(self.linker.credited(self.linker.names(tidy(title), "")))

    def _said(self, ids: Iterable[int]) -> set[str]:
        return {self.keys[number - 1] for number in ids}


@pytest.fixture(scope="module")
def names() -> Names:
    """Our own gazetteer."""
    return Names(read_gazetteer(default_files()))


SENTENCES = [
    # Meta
    (
        "Meta debuts Muse Spark, the first model of Meta Superintelligence Labs",
        "meta muse-spark meta-superintelligence-labs",
    ),
    ("Meta's new model is out", "meta"),
    ("Meta’s capital spending rises again", "meta"),
    ("Why metadata matters for photo archives", ""),
    ("Meta-analysis of 40 trials finds no effect", ""),
    ("A meta-learning approach to few-shot segmentation", ""),
    ("Meta-learning for robots, explained", ""),
    ("Meta description tags still help in search", ""),
    ("The discussion is getting too meta", ""),
    ("META PLATFORMS shares fall after results", "meta"),
    ("Meta, Google and Microsoft report on the same day", "meta google microsoft"),
    ("“Meta” is trending", "meta"),
    ("(Meta)", "meta"),
    ("Meta/Google deal on cloud servers", "meta google"),
    # Gemini
    ("Gemini gets a new voice mode", "gemini"),
    ("Gemini horoscope: what the zodiac has in store for you", ""),
    ("Gemini exchange files for an IPO, the Winklevoss twins say", ""),
    ("Project Gemini: how NASA learned to dock spacecraft", ""),
    ("Google says Gemini 3 Pro tops the charts", "google gemini-3-pro"),
    ("The Gemini Observatory spots a comet", ""),
    # Claude
    ("Claude writes half of the code, the team says", "claude"),
    ("A Claude Monet painting sells for $40m", ""),
    ("Claude Shannon and the birth of information theory", ""),
    ("Jean-Claude Juncker on the future of Europe", ""),
    ("Jean-Claude Van Damme returns to the screen", ""),
    ("Anthropic releases Claude Opus 4.5", "anthropic claude-opus-4.5"),
    ("Claude Code is now on the web", "claude-code"),
    ("Claude Debussy's piano works, played anew", ""),
    # Llama
    ("Llama farm opens for visitors in Vermont", ""),
    ("Alpacas and a Llama escape from a petting zoo", ""),
    ("A llama walked through the village", ""),
    ("Llama 4 Maverick runs on one GPU", "llama-4-maverick"),
    # Grok
    ("Grok answers with pictures now", "grok"),
    ("It took me a year to grok monads", ""),
    ("You have to grok the idea first", ""),
    ("Nobody can fully grok this codebase", ""),
    ("He grokked it at last", ""),
    # Cursor, Copilot, Operator
    ("Cursor raises money for its code editor", "cursor"),
    ("Move the cursor to the end of the line", ""),
    ("Cursor blinking: how to change it", ""),
    ("Cursor themes for your desktop", ""),
    ("My mouse cursor is gone", ""),
    ("Copilot lands in the spreadsheet", "microsoft-copilot"),
    ("The copilot landed the plane after the captain fainted", ""),
    ("Copilot took control of the aircraft, investigators say", ""),
    ("GitHub Copilot gets agents", "github-copilot"),
    ("Operator learning for partial differential equations", ""),
    ("Operator of nuclear plant fined", ""),
    ("Network operator Telefónica reports results", ""),
    ("OpenAI's Operator books a table by itself", "openai operator"),
    # Apple and other words
    ("Apple pie recipe for the holidays", ""),
    ("Apple delays its new assistant", "apple"),
    ("The Big Apple marathon draws a record field", ""),
    ("An apple a day", ""),
    ("Amazon rainforest loses a tenth of its trees", ""),
    ("o1 beats o3 on this reasoning benchmark, OpenAI says", "o1 o3 openai"),
    ("O1 visa rules change for artists", ""),
    ("Channel o1 is silent", ""),
    ("Phi Beta Kappa elects new members", ""),
    ("Microsoft's Phi is a small language model", "microsoft phi"),
    ("Command of the seas: a history of the Royal Navy", ""),
    ("Command line tools that I use every day", ""),
    ("Cohere's Command A is out", "cohere command-a"),
    ("Mistral wind fans fires near Marseille", ""),
    ("Le Mistral blows again in Provence", ""),
    ("Mistral raises 2 billion euros", "mistral-ai"),
    ("Cohere and Mistral sign with Ottawa", "cohere mistral-ai"),
    ("Arguments that cohere with the evidence", ""),
    ("Oracle signs with OpenAI", "oracle openai"),
    ("The oracle of Delphi was silent", ""),
    ("Stop being so Meta about it", ""),
    ("Llama antics at the county fair", ""),
    ("Copilot error blamed, the captain survived", ""),
    ("The Mistral blew all night", ""),
    ("Perplexity answers with sources", "perplexity-ai"),
    ("Sora is a small bird of the marsh", ""),
    ("Windsurf lessons on the lake", ""),
    ("Cognition buys Windsurf", "cognition windsurf"),
    ("Runway closed at Heathrow", ""),
    ("Kimi Antonelli wins in Monaco", ""),
    ("Boston Dynamics' Atlas dances", "boston-dynamics"),
    # versions
    ("GPT-4.1 is cheaper than before", "gpt-4.1"),
    ("GPT-4 is retired", "gpt-4"),
    ("GPT 4.1, GPT4 and GPT-4o compared", "gpt-4.1 gpt-4 gpt-4o"),
    ("GLM-5.1 is open", "glm-5.1"),
    ("GLM-5.2 is not in the gazetteer, its family is", "glm"),
    ("DeepSeek V3.2 against Qwen3", "deepseek-v3.2 qwen3"),
    ("GPT-4.", "gpt-4"),
    ("Is it GPT-5? Or GPT-5.2?", "gpt-5 gpt-5.2"),
    ("XGPT-4 and MyGPT are made up", ""),
    # other scripts and widths
    ("Meta发布Muse Spark", "meta muse-spark"),
    ("谷歌发布Gemini 3", "google gemini-3"),
    ("阿里巴巴开源Qwen3", "alibaba qwen3"),
    ("Ｍｅｔａ　ＡＩ and ＧＰＴ－４．１", "meta-ai gpt-4.1"),
    ("Muse\u2011Spark on Me\u200bta\u00a0AI", "muse-spark meta-ai"),
    ("OpenAI가 GPT-5를 공개", "openai gpt-5"),
    ("İstanbul: Meta opens an office", "meta"),
    # longest match, and names inside of names
    ("Meta AI app climbs", "meta-ai"),
    ("Claude Opus 4.5 and Claude Opus 4", "claude-opus-4.5 claude-opus-4"),
    ("Google DeepMind hires from Google", "google-deepmind google"),
    ("Nvidia's Blackwell, not Nvidian black wells", "nvidia nvidia-blackwell"),
    ("openai_key and my_openai are variables", ""),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence for sentence, _ in SENTENCES])
def test_a_sentence_names_exactly_these(names: Names, sentence: str, expected: str):
    assert names(sentence) == set(expected.split())


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Muse Spark is here", "muse-spark muse meta-superintelligence-labs meta"),
        ("Muse Spark by Meta, from Meta Superintelligence Labs", "muse-spark muse meta-superintelligence-labs meta"),
        ("Claude Opus 4.5 is here", "claude-opus-4.5 claude anthropic"),
        ("nobody is named", ""),
    ],
)
def test_parents_are_credited_once(names: Names, sentence: str, expected: str):
    assert names.credited(sentence) == set(expected.split())


def test_title_and_summary_are_one_text_for_context_but_no_name_runs_over_both(names: Names):
    assert names("Operator books a table", "OpenAI shows it.") == {"operator", "openai"}
    assert "muse-spark" not in names("A new Muse", "Spark plugs are sold out")


def test_places_are_those_of_the_tidied_text(names: Names):
    text = "İn\u200b  Me\u200bta: “Muse\u2011Spark”"
    found = [tidy(text)[match.start : match.end] for match in names.linker.find(text)]
    assert found == ["Meta", "Muse-Spark"]


def test_a_name_that_fails_hides_no_shorter_one(names: Names):
    assert names("Claude Opus 4.56 is made up") == {"claude-opus"}


def _small(*rows: tuple[str, int]) -> Linker:
    return Linker([(text.lower(), text, number, {}) for text, number in rows], {})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("智谱AI发布", {2}),
        ("智谱AIGC发布", {1}),
        ("智谱发布", {1}),
    ],
)
def test_a_name_that_fails_hides_no_shorter_one_in_a_script_without_spaces(text: str, found: set[int]):
    assert _small(("智谱", 1), ("智谱AI", 2)).names(text, "") == found


def _reference(names: list[tuple[str, int]], text: str) -> list[tuple[int, int, int]]:
    """The matching rule, slowly: among all bounded places, from left to right, the longest that begins first."""
    places = sorted(
        (start, -len(name), entity)
        for name, entity in names
        for start in range(len(text) - len(name) + 1)
        if text.startswith(name, start) and _stands_alone(text, start, start + len(name))
    )
    kept: list[tuple[int, int, int]] = []
    for start, minus, entity in places:
        if not kept or start >= kept[-1][1]:
            kept.append((start, start - minus, entity))
    return kept


SPACELESS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Written anew from the rule's words, not from the code under test."""
    for inside, outside, beyond in (
        (text[start], text[start - 1 : start], text[start - 2 : start - 1] if start > 1 else ""),
        (text[end - 1], text[end : end + 1], text[end + 1 : end + 2]),
    ):
        joined = re.fullmatch(r"\w", outside) and not SPACELESS.match(outside) and not SPACELESS.match(inside)
        if joined or (outside == "." and beyond.isdigit() and inside.isdigit()):
            return False
    return True


def test_the_matching_rule_against_a_slow_reference(names: Names):
    """2,000 texts of pieces of names, glued in every way; without the rules of context, which come after."""
    rng = random.Random(2026)
    spellings = sorted((folded, entity) for folded, _, entity, _ in names.spellings)
    hits = 0
    for _ in range(2000):
        # Names that begin alike get in each other's way, so they come as neighbours from the sorted list.
        at = rng.randrange(len(spellings) - 12)
        some = spellings[at : at + 12] + rng.sample(spellings, 6)
        some = sorted(dict(some).items())
        pieces = [piece for name, _ in some for piece in re.findall(r"\w+|\W+", name)]
        pieces += 3 * [name for name, _ in some]
        glue = [" ", "-", ".", "", "", ", ", "'s ", "_", "5", ".1", "发布", "x", "\n"]
        text = lower("".join(rng.choice(pieces) + rng.choice(glue) for _ in range(rng.randrange(1, 12))))
        linker = Linker([(name, name, entity, {}) for name, entity in some], {})
        found = [(start, end, linker._rows[index][2]) for index, start, end in linker._matches(text)]
        assert found == _reference(some, text), text
        hits += len(found)
    assert hits > 2000, "the texts hold names"


def test_the_whole_gazetteer_against_the_slow_reference(names: Names):
    """The same with every name in one automaton: fewer texts, because the reference is slow."""
    rng = random.Random(7)
    spellings = [(folded, entity) for folded, _, entity, _ in names.spellings]
    linker = Linker([(name, name, entity, {}) for name, entity in spellings], {})
    for _ in range(20):
        text = lower(" ".join(rng.choice(spellings)[0] + rng.choice(["", ".", "-x", "s", "!"]) for _ in range(6)))
        found = [(start, end, linker._rows[index][2]) for index, start, end in linker._matches(text)]
        near = [(name, entity) for name, entity in spellings if name in text]
        assert found == _reference(near, text), text


@pytest.mark.parametrize(
    ("text", "name", "stands"),
    [
        ("gpt-4.1", "gpt-4", False),
        ("gpt-4.", "gpt-4", True),
        ("gpt-4.x", "gpt-4", True),
        ("1.o3", "o3", True),
        ("3.5", "5", False),
        ("meta_data", "meta", False),
        ("meta-data", "meta", True),
        ("发布meta", "meta", True),
        ("émeta", "meta", False),
    ],
)
def test_what_bounds_a_name(text: str, name: str, stands: bool):
    start = text.index(name)
    assert is_whole_word(text, start, start + len(name)) is stands
