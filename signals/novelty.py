"""Which of the names that nobody listed are new names of something: pure, from how they have been used.

A name is told to be new by two things that together must be strong enough: what its spelling says, and how many
tell of it at once. "Qwen9-Coder" needs one story: a version of a known family is hardly anything else. "Simile" needs
several stories from more than one outlet, for most capitalised words are nobody's name. A name that has been about
for long (an old product, a place) is not new; it must burst against its own past.

The least numbers of stories were set on AINews of January and February 2026 and looked at on October to December
2025 (see docs/detector.md).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

WINDOW = 48
"""Hours in which a name must gather its stories: what is told of on one day is often told of again on the next."""

FRESH = 7 * 24
"""Hours for which the few stories before the window still count for a new name."""

MEMORY = 30 * 24
"""Hours for which a name that was told of before counts as having a past, at least, when its rate is taken."""

LEADING = 2
"""Stories that make a name new if they weigh as much as the stories that it needs: those that lead a page."""

BURST = 4.0
"""z from which a name with a past is in a burst."""

_MODES = re.compile(
    r"(?:[.·]|x?high|low|medium|preview|thinking|instruct|it|base|chat|latest|exp|reasoning|beta\d?|grounding|generate"
    r"|00\d|\d{4,8})+"
)
"""What stands after a model's name without making it another: how hard it thinks, how far it is, from which day."""

_ONLY_SIZE = re.compile(r"[.·]?\d+(?:\.\d+)?[bm](?:a\d+b)?")
_HEAD = re.compile(r"[^\W\d_]+")
_SIZED = re.compile(r"\d+(?:\.\d+)?[bm](?:it|instruct|chat|base)?")
"""A size alone: "3b" of "Qwen3B"."""

_SIZE = re.compile(r"[-_]\d+(?:\.\d+)?[bB](?![A-Za-z])")


@dataclass(frozen=True)
class CandidateUsage:
    """How a candidate was used up to a moment."""

    text: str
    """A spelling of it."""
    key: str
    """Its squashed spelling."""
    kind: str
    """The kind guessed most often from the words beside it."""
    stories: int
    """In the window."""
    outlets: int
    launched: int
    """Of the stories, those that say it is new."""
    before: int
    """Stories before the window."""
    hours: int
    """From its first story to the window."""
    weight: float = 0.0
    """Of the stories in the window, by their places on pages (signals.prominence)."""
    family: str = ""
    """The squashed name of the listed family that it continues: "qwen" for "Qwen9-Coder"."""


def is_new_name(usage: CandidateUsage, families: Collection[str]) -> bool:
    """Whether a candidate is a new name. `families` are the squashed names of which versions are made."""
    if is_run_mode(usage.key, families) or is_bare_size(usage.key, families):
        return False
    stories, outlets = required_support(usage)
    if usage.hours <= FRESH:
        # Where several stories lead a page, its editor stands for more stories and for other outlets.
        leads = usage.stories >= LEADING and usage.weight >= max(stories, usage.stories + 1)
        return leads or (usage.stories + usage.before >= stories and usage.outlets >= outlets)
    if usage.hours > MEMORY and not has_version(usage):
        return False
    expected = usage.before * WINDOW / max(usage.hours, MEMORY)
    z = (usage.stories - expected) / (expected + 1.0) ** 0.5
    return usage.stories >= max(stories, 5) and usage.outlets >= max(outlets, 2) and z >= BURST


def required_support(usage: CandidateUsage) -> tuple[int, int]:
    """The least stories and outlets that make such a name a new one."""
    versioned = has_version(usage)
    akin = usage.family
    if versioned and akin and _ONLY_SIZE.fullmatch(usage.key.removeprefix(akin)):
        return 4, 2
    if (versioned and (akin or _SIZE.search(usage.text))) or (akin and "-" in usage.text):
        return (1, 1) if usage.launched else (2, 1)
    if versioned:
        return (2, 1) if usage.launched else (4, 2)
    if usage.kind:
        return 4, 2
    return 5, 2


def has_version(usage: CandidateUsage) -> bool:
    """Whether it is spelled like a version of something: such names are seldom anything else."""
    return any(char.isdigit() for char in usage.text) and usage.kind in ("model", "product", "")


def is_bare_size(key: str, families: Collection[str]) -> bool:
    """Whether a squashed name is a family and a size, where the family counts its versions: "qwen4b" is some Qwen3."""
    head = _HEAD.match(key)
    if head is None or head[0] not in families or not _SIZED.fullmatch(key, head.end()):
        return False
    return any(one.startswith(head[0]) and one[head.end() : head.end() + 1].isdigit() for one in families)


def is_run_mode(key: str, families: Collection[str]) -> bool:
    """Whether a squashed name is a listed one and how that is run: "gpt5.2" and "high"."""
    models = (key[:end] for end in range(3, len(key)) if key[:end] in families)
    return any(_MODES.fullmatch(key, len(model)) for model in models if any(map(str.isdigit, model)))
