"""What a spelling tells of a name: whether it is one, where it begins and ends, and what kind it may be of.

Pure: sets of words and a few patterns.
"""

import re
from importlib.resources import files
from typing import NamedTuple


class NameCandidate(NamedTuple):
    """A possible name, as it stands in `text[start:end]`."""

    text: str
    start: int
    end: int
    kind: str
    """model, product, company, person or benchmark, guessed from spelling and neighbouring words; "" if unknown."""


MAX_WORDS = 6
"""Words of the longest name; a longer run is a heading or a list."""


def _words(name: str) -> frozenset[str]:
    text = (files("gazetteer") / name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


COMMON_WORDS = _words("plain-words.txt")
FIRST_NAMES = _words("first-names.txt")
OTHER_NAMES = frozenset(word.lower() for word in _words("other-names.txt"))

# Words that no name begins or ends with, whatever their case; they also separate the names of a list.
FUNCTION_WORDS = frozenset(
    """
    a about above across after against ahead all also although am amid among an and any anybody anyone are around as
    at back be because been before behind being below best better between big biggest both but by call can check
    could day did do does down during each either even ever every everybody everyone everything few finally first
    for former from full get given go good got great had has have he here hers him his how however i i'd i'll i'm
    i've if in inside instead into is isn't it it's its just last later latest least less let's like look made major
    make many may me meanwhile meet more most much must my near nearly never new news next no no-one nobody none nor
    not nothing now of off official often ok okay on once one only open or other others our out over own part per
    please plus-minus rather read really recently same say says second see seems several she should since so some
    somebody someone soon still such than thanks that that's the their them then there there's these they they're
    this those though three through thus to today together tomorrow tonight too try two under unlike until up update
    upon us use used using versus very via vs was watch we we're welcome well were what what's when where whether which
    while who whole whose why will with within without would yes yesterday yet you your
    """.split()  # noqa: SIM905 - a list of words is read as words
)

# Nouns that stand next to a name without being part of it.
_NOUNS = frozenset(
    """
    agent agents algorithm announcement api app apps architecture article assistant attack benchmark benchmarks beta
    blog board book browser bug business case ceo chatbot chip chips collection comment comments community company
    conference course customers dataset datasets deal demo desktop developer developers discord docs edition
    employees engine engineer engineers evaluation event experiment extension family feature features foundation
    founder framework github guide hackathon hardware image images inference infrastructure input integration
    investors keynote keynotes launch leaderboard leak library license link machine method mode model models
    newsletter office output paper papers performance pipeline plan plans platform plugin podcast post pricing
    product products project prompt prompts quantization recap release releases repo report reports research
    researcher researchers review roadmap sdk series server service site skill skills source spec stack startup
    startups stock store story study subreddit summit support survey system team teams technology terminal test
    thread tool toolkit tools training tutorial tweet update updates user users version video videos website weights
    work workflow
    """.split()  # noqa: SIM905
)

_DIGITS = frozenset("0123456789")

# Words that continue a name after its version: "Gemini 3 Deep Think", "Qwen3 Coder Next". Others end it.
_VARIANTS = frozenset(
    """
    academic agent agentic air alpha audio base beta build chat code coder codex deep dev distill edit edition
    embedding exp experimental fast flash free haiku heavy high i2v image imagine instant instruct large lite live
    long math max medium micro mini multimodal nano next ocr omni opus plus preview pro prover quick realtime
    reasoner reasoning reranker research robotics rt safety small sonnet spark speciale speech super t2i t2v think
    thinking tiny transcribe tts turbo ultra v2v video vision vl vla voice world xhigh xl xxl
    """.split()  # noqa: SIM905
)

NEVER_ALONE = COMMON_WORDS | OTHER_NAMES | FIRST_NAMES | FUNCTION_WORDS | _NOUNS | _VARIANTS
"""Words that are not a name by themselves."""

# The same thing in another package: a file format, a quantisation.
_WRAPPED = re.compile(
    r"(?i)[-_ ](?:gguf|awq|gptq|exl[23]|mlx|fp\d+|bf16|nvfp4|mxfp4|int\d|w\da\d+|i?q\d.*|ud.*|\d{1,2}-?bit|hf|onnx"
    r"|lora)$"
)

# Terms with a digit that name a measure, a unit, a part or a licence rather than a product.
_NO_VERSION = re.compile(
    r"q[1-4]|h[12]|[fc]y\d+|[a-z]\d+(?:\.\d+)?[a-z]?|covid-?\d+|\d.*|v\d.*"
    r"|(?:sub|mid|pre|post|top|non|multi|late|early|under|over|age|issue|part|tier|level|day|week|phase|stage|vol|no|page)"
    r"-\d.*|.*-(?:19|20)\d\d|[a-z]+-\d+(?:st|nd|rd|th|x|k|ms|s|m|h|d)|(?:lp|g)?ddr\d.*|pcie-?\d.*|(?:bf|fp|int)\d.*"
    r"|i?q\d.*|[wa]\d+a\d+|avx.*|x86.*|arm\d+|sm_?\d+|rtx-?\d+|gtx-?\d+|usb.*|wi-?fi.*|utf.*|sha-?\d+|aes.*|mp\d|h26\d"
    r"|cc[0b].*|gplv?\d.*|agplv?\d.*|lgplv?\d.*|apache-?\d.*|gen-?\d+|step\d+|ps\d|.*forcausallm.*|gnu-?\d.*|python\d.*|cuda.*"
)
"""Folded words that are not versioned names."""

_CLOSED = re.compile(r"[a-z]+\d[a-z0-9]*|[A-Za-z]+\d{3,}")
"""Lower case joined to digits, or anything with many digits, is a user name or an identifier ..."""

_SERIES = re.compile(
    r"o\d(?:-[a-z]+)*|(?:gpt|qwen|glm|phi|llama|gemma|grok|claude|gemini|opus|sonnet|haiku|kimi)\d[\w.-]*"
)
"""... except for series that people write in lower case."""

_NUMBERED = re.compile(
    r"[vV]?\d{1,2}(?:\.\d{1,2}){0,2}[a-z]?|[A-Za-z]{1,2}\d{1,2}(?:\.\d{1,2})?(?:-\w+)?|\d{1,3}(?:\.\d)?[BbM]"
)
"""A later word of a name that is its version: "4.5", "K2.5", "32B"."""

_COMPANY_WORDS = frozenset(
    """
    aerospace ai bank bio capital corp energy group holdings inc institute intelligence lab labs motors networks
    partners research robotics semiconductor systems technologies technology therapeutics university ventures
    """.split()  # noqa: SIM905
)
_BENCHMARK_NAMES = re.compile(r"(?:[Bb]ench|Eval|Arena|QA|Exam|MMLU|-AGI|Benchmark)(?:[- ][A-Za-z]+)?(?:[- ]?[\d.]+)?$")


def is_versioned(word: str) -> bool:
    """Whether letters and digits make a version, as in GLM-5.1, o4-mini, Qwen3; not Q3, 4K, COVID-19, top-10, or K2.5
    alone.

    Common words followed by a whole number are user names that a forum generates ("Odd-Window-4711").
    """
    if _DIGITS.isdisjoint(word):
        return False
    small = word.lower()
    if _NO_VERSION.fullmatch(small) or _CLOSED.fullmatch(word):
        return bool(_SERIES.fullmatch(small))
    if "." in word or not small[-1].isdigit():
        return True
    parts = [part.lower() for part in _CAMEL.findall(word) if len(part) > 1]
    if parts and word[-3:].isdigit() and not _MONTH.search(word):
        return not any(part in COMMON_WORDS for part in parts)
    return not (parts and parts[0] in COMMON_WORDS and parts[-1] in COMMON_WORDS)


def shape_candidate(words: list[str], start: int, quoted: bool = False) -> list[NameCandidate]:
    """The candidate in some words, the first at `start`, without the nouns around it; empty if there is none."""
    first = _leading_words(words)
    no_digits = _DIGITS.isdisjoint("".join(words))
    version_at = (
        -1 if no_digits else next((index for index in range(first, len(words)) if is_versioned(words[index])), -1)
    )
    if version_at > first and len(head := _LETTERS.findall(words[version_at])[0]) > 2 and head.lower() not in _VARIANTS:
        first = version_at  # "Fast Qwen3.5", "Maker Foo-7B": a name begins at the word that carries its version
    if version_at < 0 and not no_digits:
        version_at = next((index for index in range(first + 1, len(words)) if _NUMBERED.fullmatch(words[index])), -1)
        while (
            version_at - first > 1
            and words[first].lower() in COMMON_WORDS
            and words[first + 1].lower() not in COMMON_WORDS
        ):
            first += 1
        if version_at == first + 1 and words[first].lower() in COMMON_WORDS and "." not in words[version_at]:
            return []  # "Theme 3", "Figure 2"
    if version_at > 0 and _NO_VERSION.fullmatch(f"{words[version_at - 1]}{words[version_at]}".lower()):
        return []  # "GNU 3.0", "CC0 1.0"
    last = len(words)
    if version_at >= 0:
        last = version_at + 1
        while last < len(words) and (words[last].lower() in _VARIANTS or _NUMBERED.fullmatch(words[last])):
            last += 1
    while last > first + 1 and words[last - 1].lower() in _NOUNS:
        last -= 1
    start += sum(len(word) + 1 for word in words[:first])
    words = words[first:last]
    text = " ".join(words)
    if version_at >= 0:
        text = _DESCRIBED.sub("", without_format(text))
        if _DIGITS.isdisjoint(text):
            return []
    if len(words) > MAX_WORDS or (len(words) == 1 and version_at < 0 and not _is_name(text, quoted)):
        return []
    return [NameCandidate(text, start, start + len(text), _kind(words, text, version_at >= 0))]


def without_format(text: str) -> str:
    """A model's name without the format or quantisation of one file: "Foo-7B-GGUF" -> "Foo-7B"."""
    while wrapped := _WRAPPED.search(text):
        text = text[: wrapped.start()]
    return text


def _leading_words(words: list[str]) -> int:
    """How many leading words are not part of the name."""
    for index, word in enumerate(words[:-1]):
        small = word.lower()
        if not (small in _NOUNS or small in FUNCTION_WORDS or small in OTHER_NAMES or small[0].isdigit()):
            return index
    return len(words) - 1


def _kind(words: list[str], text: str, versioned: bool) -> str:
    if _BENCHMARK_NAMES.search(text):
        return "benchmark"
    if versioned:
        return "model"
    if len(words) > 1 and words[-1].lower() in _COMPANY_WORDS:
        return "company"
    if 2 <= len(words) <= 3 and words[0].lower() in FIRST_NAMES:
        return "person"
    return ""


def _is_name(word: str, quoted: bool) -> bool:
    """Whether a single word without a version may be a name."""
    small = word.lower()
    if len(word) < 3 or (small in NEVER_ALONE and not (quoted and small in COMMON_WORDS and small not in _NOUNS)):
        return False
    if (word.isupper() and len(word) < 6) or not _DIGITS.isdisjoint(word) or small.rstrip("s") in OTHER_NAMES:
        return False
    if "-" not in word:
        return True
    parts = small.split("-")
    return not all(part in COMMON_WORDS or part in OTHER_NAMES for part in parts) and parts[-1] not in _COMPOUNDS


_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MONTH = re.compile(r"2[3-9](?:0[1-9]|1[0-2])$")
"""Year and month as in models' names: "2507"."""

_COMPOUNDS = frozenset(
    """
    backed based built centric class compatible driven era first focused free generation led level like made native only
    owned powered ready related specific style tier type wide
    """.split()  # noqa: SIM905
)
"""Last parts of compounds that describe something instead of naming it."""

_DESCRIBED = re.compile(rf"-(?:{'|'.join(sorted(_COMPOUNDS))}|[a-z]{{3,}}ed)$")
"""What is derived from a version: "Foo3-based", "Foo3-retrained"."""
