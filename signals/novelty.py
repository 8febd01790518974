"""Decides which candidate names are new names, from how they have been used. Pure.

Two kinds of evidence count together: the spelling, and the number of stories and outlets. "Qwen9-Coder" needs one
story: a version of a known family is hardly anything else. "Simile" needs several stories from more than one outlet,
since most capitalised words are no names. A name with a long past (an old product, a place) is not new; it must burst
against its own past.

The numbers of stories were fitted on AINews of January and February 2026 and checked on October to December 2025 (see
docs/detector.md).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

WINDOW = 48
"""Hours in which a name must gather its stories: the news of one day is often repeated on the next."""

FRESH = 7 * 24
"""Hours since its first story during which the stories before the window count as well."""

MEMORY = 30 * 24
"""Hours of past, at least, over which the rate of an older name is computed; beyond them only versions can be new."""

LEADING = 2
"""Stories that suffice for a new name if they lead a page and so weigh as much as those it needs."""

BURST = 4.0
"""z-score from which a name with a past is in a burst."""

_MODES = re.compile(
    r"(?:[.·]|x?high|low|medium|preview|thinking|instruct|it|base|chat|latest|exp|reasoning|beta\d?|grounding|generate"
    r"|00\d|\d{4,8})+"
)
"""Suffixes of a model that don't make it another: reasoning effort, stage, date."""

_ONLY_SIZE = re.compile(r"[.·]?\d+(?:\.\d+)?[bm](?:a\d+b)?")
_HEAD = re.compile(r"[^\W\d_]+")
_SIZED = re.compile(r"\d+(?:\.\d+)?[bm](?:it|instruct|chat|base)?")
"""A size alone: "3b" of "Qwen3B"."""

_SIZE = re.compile(r"[-_]\d+(?:\.\d+)?[bB](?![A-Za-z])")


@dataclass(frozen=True)
class CandidateUsage:
    """How a candidate name was used up to a point in time; story counts unless stated."""

    text: str
    """One of its spellings."""
    key: str
    """Its squashed spelling."""
    kind: str
    """The kind guessed most often from the words around it."""
    stories: int
    """In the window."""
    outlets: int
    launched: int
    """Stories of the window that report its launch."""
    before: int
    """Stories before the window."""
    hours: int
    """Hours from its first story to the window."""
    weight: float = 0.0
    """Prominence of the stories in the window, in stories (signals.prominence)."""
    family: str = ""
    """The squashed name of the known family that it continues: "qwen" for "Qwen9-Coder"."""


def is_new_name(usage: CandidateUsage, families: Collection[str]) -> bool:
    """Whether a candidate is a new name. `families` are the squashed names of families that have versions."""
    if is_run_mode(usage.key, families) or is_bare_size(usage.key, families):
        return False
    stories, outlets = required_support(usage)
    if usage.hours <= FRESH:
        # Several stories that lead a page: the editor's choice replaces more stories and other outlets.
        leads = usage.stories >= LEADING and usage.weight >= max(stories, usage.stories + 1)
        return leads or (usage.stories + usage.before >= stories and usage.outlets >= outlets)
    if usage.hours > MEMORY and not has_version(usage):
        return False
    expected = usage.before * WINDOW / max(usage.hours, MEMORY)
    z = (usage.stories - expected) / (expected + 1.0) ** 0.5
    return usage.stories >= max(stories, 5) and usage.outlets >= max(outlets, 2) and z >= BURST


def required_support(usage: CandidateUsage) -> tuple[int, int]:
    """The stories and outlets that a candidate of this spelling needs."""
    versioned = has_version(usage)
    family = usage.family
    if versioned and family and _ONLY_SIZE.fullmatch(usage.key.removeprefix(family)):
        return 4, 2
    if (versioned and (family or _SIZE.search(usage.text))) or (family and "-" in usage.text):
        return (1, 1) if usage.launched else (2, 1)
    if versioned:
        return (2, 1) if usage.launched else (4, 2)
    if usage.kind:
        return 4, 2
    return 5, 2


def has_version(usage: CandidateUsage) -> bool:
    """Whether a candidate is spelled like a version of something; such names seldom are anything else."""
    return any(char.isdigit() for char in usage.text) and usage.kind in ("model", "product", "")


def is_bare_size(key: str, families: Collection[str]) -> bool:
    """Whether a squashed name is only family and size, of a family with numbered versions: "qwen4b" is some Qwen3."""
    head = _HEAD.match(key)
    if head is None or head[0] not in families or not _SIZED.fullmatch(key, head.end()):
        return False
    return any(one.startswith(head[0]) and one[head.end() : head.end() + 1].isdigit() for one in families)


def is_run_mode(key: str, families: Collection[str]) -> bool:
    """Whether a squashed name is a known model and a mode of running it: "gpt5.2" and "high"."""
    models = (key[:end] for end in range(3, len(key)) if key[:end] in families)
    return any(_MODES.fullmatch(key, len(model)) for model in models if any(map(str.isdigit, model)))
