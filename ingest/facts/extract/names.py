"""The names in a sentence with their kinds: listed ones from the linker, unlisted ones by their spelling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.entities.candidates import find_candidates
from ingest.entities.linker import Linker

KINDS = {
    "company": "o",
    "lab": "o",
    "cloud": "o",
    "regulator": "r",
    "person": "p",
    "family": "m",
    "model": "m",
    "product": "m",
    "benchmark": "b",
    "chip": "h",
    "datacenter": "d",
}
"""The mark of each kind of listed name."""

_GUESSED = {"model": "m", "product": "m", "company": "o", "person": "p", "benchmark": "b"}

_ORGANISATION_WORDS = re.compile(
    r"(?:AI|Labs?|Research|Inc\.?|Technologies|Systems|Institute|Foundation|University|Capital|Ventures|Group|Corp\.?"
    r"|Computing|Robotics|Intelligence|Networks?)$"
)
"""Last words that make a name an organisation's."""

_FORMAT = re.compile(
    r"(?:FP|BF|INT|NVFP|MXFP|W\dA)\d+|GGUFs?|GPTQ|AWQ|MLX|ONNX|EXL\d|LoRAs?|QLoRA|MoEs?|LLMs?|VLMs?|SLMs?|SOTA|RAG|RLHF|RLVR?"
    r"|DPO|PPO|GRPO|SFT|RL|AGI|ASI|AI|ML|NLP|GPUs?|CPUs?|TPUs?|NPUs?|VRAM|HBM|RAM|KV|APIs?|SDKs?|CLIs?|UIs?|UX|IDEs?|URLs?"
    r"|PDFs?|JSON|YAML|XML|HTML|CSS|SQL|HTTP|OCR|TTS|ASR|STT|T2I|I2V|T2V|GA|CEO|CTO|CFO|COO|CPO|IPO|ARR|ROI|SaaS|B2B|Q[1-4]"
    r"|Elo|ELO|MTP|MCP|ACP|A2A|OSS|QAT|PTQ|CoT|MCTS|FLOPs?|PhD|STEM|Twitter|Reddit|Discord|Discords|Series [A-H]|Attention"
    r"|Transformers?|Mamba(?:-?\d)?|Activity|Europe|European|American|Chinese|English|Japanese|Python|Rust|C\+\+|JavaScript|TypeScript"
    r"|Linux|Windows|MacBook|US|UK|EU|China|India|Japan|France|Germany|Korea|Paris|London|San Francisco|Silicon Valley"
    r"|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|Saturday|Sunday"
)
"""Formats, methods, units, places and times: never the subject of a fact."""

_SENTENCE_OPENERS = re.compile(
    r"[A-Z][a-z]+ly|Meanwhile|However|Also|Besides|Moreover|Furthermore|Alongside|Elsewhere|Separately|Other|Others|Key|Notable|Recent"
    r"|Updates?|Rumou?rs?|Reports?|Discussions?|Highlights?|Research|Researchers|Community|Users?|Benchmarks?|Models?|Tools?|Agents?|Developers?"
    r"|It|They|We|He|She|You|I|This|That|These|Those|The|And|But|One|Who|Which|What|Both|Several|Many|Some|Someone|Nobody|Everyone|Labs"
    r"|Companies|Startups?|Investors?|Today|Yesterday|Now|Then|Later|First|Finally|Just|Nothing|Everything|Commenters?|Critics|Experts|Teams?"
)
"""Words that open a sentence and name nobody."""

_ARCHITECTURE = re.compile(
    r"(?=.*(?:Mamba|Transformer|Mixture|Experts|MoE|Attention))(?:(?:Mamba2?|Transformers?|Mixture|of|Experts|MoE|Diffusion|SSM|Hybrid|Sparse|Latent|Dense|State|Space|Models?|Attention|Multi|Head|Linear|Neural|Networks?)[- ]?){2,}"
)
"""An architecture, composed of its parts."""
_SENTENCE_SUBJECT = re.compile(
    r"(?P<name>[A-Z][\w.-]*\w) (?:has |have |recently |just |also )?(?:raised|reached|surpassed|acquired|launched|released|introduced|announced|unveiled|secured|partnered|open[- ]sourced)\b"
)
"""The first word of a sentence, followed by a verb of what organisations do."""
_COMPARED = re.compile(
    r"-(?:powered|like|based|native|style|driven|level|class|focused|enabled|ready|compatible|generated|assisted|centric|specific|related)\b"
)
"""What makes a name a mere comparison or quality: "Claude-like", "AI-powered"."""

_QUALITY = re.compile(
    r"(?P<name>[\w.&]+(?: [A-Z][\w.&]*){0,2})-(?:backed|funded|owned|led|linked|founded|affiliated|powered|like|based|native|style) (?=[A-Z])"
)
"""A name that qualifies the one behind it."""

_VERSIONED = re.compile(r"\d")
_CAPITALISED = r"[A-Z][\w.+&-]*(?: (?:[A-Z][\w.+&-]*|v?\d+(?:\.\d+)*[a-z]?\b)| for (?=[A-Z])[A-Z][\w.+&-]*){0,4}"
_NAMED_BY_VERB = re.compile(
    rf"\b(?:launch(?:e[sd]|ing)?|releas(?:e[sd]?|ing)|introduc(?:e[sd]?|ing)|unveil(?:s|ed|ing)?|announc(?:e[sd]?|ing)|debut(?:s|ed|ing)?"
    rf"|open[- ]sourc(?:e[sd]?|ing)|ship(?:s|ped|ping)?|roll(?:s|ed|ing)? out|called|named|dubbed|acquir(?:e[sd]?|ing)|'s)"
    rf" (?:(?:the|a|an|its|their|new|latest|first|own) )*(?!(?:Valuation|Revenues?|Sales|Stock|Shares|IPO|Users|Funding|Plans?|Profits?|Layoffs|CEO|CTO|CFO|Chief)\b)(?P<name>{_CAPITALISED})"
    r"|\b(?P<leaver>[A-Z][a-z]+)(?='s (?:departure|resignation|exit|ouster|firing)\b)"
)
"""A capitalised phrase where a name must follow: something released, named, bought or owned."""
_IN_SERIES = re.compile(r"(?<=, )(?:and )?(?P<name>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)?)(?=,| and |\.)")
"""A capitalised word between commas, which is a name if its neighbours in the series are."""
_BENCH = re.compile(
    r"\b(?:[A-Z][\w.]*[- ]){0,3}(?:[A-Z][\w.]*?)?(?:Bench|Arena|Eval|Gym|World|Exam)\b(?:[- ]?(?:Verified|Pro|Lite|Hard|[A-Z]?\d[\w.]*|Multilingual|Multimodal))*|\b(?:MMLU|GPQA|AIME|GSM8K|HumanEval|MATH|IFEval|BBH|MMMU|LiveCodeBench|SWE-bench|ARC-AGI|HLE)\b(?:[- ](?:Verified|Pro|Lite|Diamond|Hard|Redux|\d{2,4}|\d))*"
)
_TESTS = re.compile(r"ench|Arena|Eval|Gym|World|Exam|MMLU|GPQA|AIME|GSM8K|MATH|BBH|MMMU|ARC-AGI|HLE")
_CAMEL = re.compile(r"\b[a-z]{1,3}[A-Z][A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*")
_NUMBERED = re.compile(
    r"\b(?!Top-|Day-|Series-|Level-|Phase-|Covid-|COVID-|Tier-|Part-|Page-|Round-|Gen-|Type-|Web-|Q-|Step-\d)[A-Z][A-Za-z]{2,}(?:-[A-Za-z0-9]+)*-v?\d+(?:\.\d+)*[A-Za-z]?\b(?!-)"
)
"""A name with its number after a hyphen: "Universal-2"."""
_GLUED = re.compile(r"(?:the|and|with|from|for)(?=[A-Z])")
_HANDLE = re.compile(r"@([A-Za-z]\w{2,})")


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name and its span in a sentence.

    `kind`: o organisation, p person, m model or product, b benchmark, h chip, d data centre, r authority, x unknown.
    """

    text: str
    start: int
    end: int
    kind: str
    entity: int | None = None


class NameFinder:
    """Finds the names in a sentence; built once from the linker and the kinds of its entities."""

    def __init__(self, linker: Linker, kinds: Mapping[int, str]) -> None:
        self._linker = linker
        self._kinds = {entity: KINDS.get(kind, "x") for entity, kind in kinds.items()}
        self._guesses: dict[str, str] = {}

    def find(self, sentence: str) -> list[NameMention]:
        """The names of a tidied sentence, in order and without overlaps."""
        listed = [
            NameMention(
                sentence[candidate.start : candidate.end],
                candidate.start,
                candidate.end,
                self._kinds.get(candidate.entity_id, "x"),
                candidate.entity_id,
            )
            for candidate in self._linker.find(sentence)
        ]
        found: list[NameMention] = []
        reached = 0
        for candidate in find_candidates(sentence):
            if candidate.start < reached:
                continue
            start, end = candidate.start, candidate.end
            quality = _QUALITY.match(sentence, start, end)
            if quality:
                # "Ostro-backed Tarn": the words before the space only say what Tarn is.
                found += [name for name in listed if name.start == start and name.end == quality.end("name")]
                start = quality.end()
            inside = [name for name in listed if name.start < end and name.end > start]
            if any(name.start <= start and name.end >= end for name in inside):
                continue
            if inside:
                # A listed name that crosses the candidate's edge extends the candidate.
                start, end = min(start, inside[0].start), max(end, inside[-1].end)
            found += self._joined(sentence, start, end, inside, candidate.kind)
            reached = end
        found += [name for name in listed if not _meets(found, name.start, name.end)]
        joined = "-" in sentence
        for pattern, kind in ((_HANDLE, "@"), (_BENCH, "b"), (_CAMEL, "x"), (_NUMBERED, "m")):
            if (
                (kind == "b" and not _TESTS.search(sentence))
                or (kind == "@" and "@" not in sentence)
                or (kind == "m" and not joined)
            ):
                # Cheap checks first: without these no pattern can match.
                continue
            for match in pattern.finditer(sentence):
                group = 1 if kind == "@" else 0
                if kind == "b":
                    # "Terminal Bench 2.0": the pattern knows better than the spelling where a benchmark's name ends.
                    inside = [name for name in found if name.start >= match.start() and name.end <= match.end()]
                    if inside and not any(name.kind in "op" for name in inside):
                        found = [name for name in found if name not in inside]
                if not _meets(found, match.start(), match.end()):
                    found.append(NameMention(match[group], match.start(), match.end(), kind))
        for match in _NAMED_BY_VERB.finditer(sentence):
            start, end = match.span("name" if match["name"] else "leaver")
            if not _meets(found, start, end):
                found.append(NameMention(sentence[start:end], start, end, "x"))
        opens = _SENTENCE_SUBJECT.match(sentence)
        if opens and not _meets(found, 0, opens.end("name")) and not _SENTENCE_OPENERS.fullmatch(opens["name"]):
            found.append(NameMention(opens["name"], 0, opens.end("name"), "x"))
        if ", " in sentence:
            self._add_series(sentence, found)
        found.sort(key=lambda name: name.start)
        found = _merged(sentence, [_with_variant(sentence, name, found) for name in found])
        return [
            _with_suffix(sentence, self._handle(name))
            for name in found
            if not _FORMAT.fullmatch(name.text)
            and not (name.start == 0 and _SENTENCE_OPENERS.fullmatch(name.text))
            and not _ARCHITECTURE.fullmatch(name.text)
            and not (joined and _COMPARED.search(sentence, name.start, name.end + 12))
        ]

    def _add_series(self, sentence: str, found: list[NameMention]) -> None:
        """Adds capitalised words that stand in a series of names."""
        ends = {name.end for name in found}
        starts = {name.start for name in found}
        for match in _IN_SERIES.finditer(sentence):
            start, end = match.span("name")
            if _meets(found, start, end):
                continue
            before = match.start() - 2 in ends
            after = any(
                sentence.startswith(joint, end) and end + len(joint) in starts for joint in (", ", ", and ", " and ")
            )
            if before and (after or sentence[match.start() : start] == "and "):
                found.append(NameMention(match["name"], start, end, "x"))
                ends.add(end)

    def _joined(self, sentence: str, start: int, end: int, inside: list[NameMention], guess: str) -> list[NameMention]:
        """Splits a run of words that may contain listed names: cut at makers, kept together at families."""
        text = sentence[start:end]
        if (glued := _GLUED.match(text)) and not inside:
            rest = text[glued.end() :]
            for match in self._linker.find(rest)[:1]:
                if match.end - match.start == len(rest):
                    kind = self._kinds.get(match.entity_id, "x")
                    return [NameMention(rest, start + glued.end(), end, kind, match.entity_id)]
        if not inside:
            return [NameMention(text, start, end, self._kind(text, guess))]
        first = inside[0]
        if (first.start, first.end) == (start, end):
            return [first]
        if first.kind in "opr" and first.start == start and first.end < end:
            rest = sentence[first.end : end].lstrip(" ")
            if _ORGANISATION_WORDS.fullmatch(rest):
                return [NameMention(text, start, end, "o")]
            if sentence[first.end] != " ":
                # "Alibaba-Qwen", "OpenAI/gpt": one word, part of which is listed.
                return [NameMention(text, start, end, self._kind(text, guess))]
            return [first, *self._joined(sentence, first.end + 1, end, inside[1:], guess)]
        last = inside[-1]
        if last.kind in "op" and last.end == end and last.start > start and sentence[last.start - 1] == " ":
            head = sentence[start : last.start - 1]
            return [NameMention(head, start, last.start - 1, self._kind(head, guess)), last]
        kinds = {name.kind for name in inside}
        kind = "m" if "m" in kinds else "b" if "b" in kinds else "h" if "h" in kinds else self._kind(text, guess)
        return [NameMention(text, start, end, kind)]

    def _kind(self, text: str, guess: str) -> str:
        if _ORGANISATION_WORDS.search(text) and " " in text:
            return "o"
        if re.search(r"(?i)bench|arena|eval$|\bindex$|leaderboard|MMLU|GPQA|AIME|MATH-", text):
            return "b"
        if _VERSIONED.search(text) and guess not in ("company", "person", "benchmark"):
            return "m"
        return _GUESSED.get(guess, "x")

    def _handle(self, name: NameMention) -> NameMention:
        """Resolves a handle to the name behind it: "@cognition", "@AnthropicAI"."""
        if name.kind != "@":
            return name
        text = re.sub(r"(?:_?ai|_?hq|devs|_?labs?|official)$", "", name.text, flags=re.IGNORECASE) or name.text
        for spelled in (name.text, text, text.replace("_", " ")):
            for match in self._linker.find(spelled.title() if spelled.islower() else spelled):
                if match.end - match.start == len(spelled):
                    return NameMention(
                        spelled, name.start, name.end, self._kinds.get(match.entity_id, "x"), match.entity_id
                    )
        return NameMention(text.title() if text.islower() else text, name.start, name.end, "x")


_ORGANISATION_SUFFIX = re.compile(
    r" (?:AI|Labs?|Research|Robotics|Technologies|Institute)(?! (?:agent|model|assistant|team)s?\b)(?![\w-])"
)


_SIZE_SUFFIX = re.compile(
    r"(?: (?:\d+x\d+(?:\.\d+)?[bB]|\d+(?:\.\d+)?B|v\d+(?:\.\d+)*)(?![\w.-])){1,2}(?! (?:param|dense|MoE|active|total))"
)


def _with_suffix(sentence: str, name: NameMention) -> NameMention:
    """Extends a name by the following word that makes it an organisation's ("Zyphra AI"), or by a size."""
    if name.kind in "mx" and (match := _SIZE_SUFFIX.match(sentence, name.end)):
        return NameMention(sentence[name.start : match.end()], name.start, match.end(), "m")
    match = _ORGANISATION_SUFFIX.match(sentence, name.end) if name.kind in "ox" else None
    if match is None:
        return name
    return NameMention(sentence[name.start : match.end()], name.start, match.end(), "o")


_VARIANT_SUFFIX = re.compile(
    r" (?!API|SDK|CLI|App|Apps|Technical|Report|Series|Discord|Reddit|Twitter|Bench|Benchmark|Models?|Users?|Team|Paper|Releas|Launch|Rollout|Announcement|Pricing|Rumou?r|(?:With|Is|Are|Was|Now|And|Or|But|For|Has|Have|Will|In|On|At|To|As|By|From|Of|Via|After|Over|Into|Can|Could|May|Its|Their|The|Beats|Tops|Scores|Gets|Adds|Comes|Goes|Hits"
    r"|Runs|Takes|Wins|Leads|Brings|Offers|Costs|Outperforms|Arrives|Lands|Debuts|Launches|Ranks|Supports|Matches|Reaches|Rolls|Drops|Ships|Shows|Powers|Becomes|Joins|Available)\b)[A-Z][a-z]+(?![\w-])"
)


def _with_variant(sentence: str, name: NameMention, found: list[NameMention]) -> NameMention:
    """Extends a name that ends in its version by its variant: "GPT-5.6 Luna"."""
    if name.kind != "m" or not name.text[-1].isdigit():
        return name
    match = _VARIANT_SUFFIX.match(sentence, name.end)
    if match is None or any(other.start < match.end() and other.end > name.end for other in found):
        return name
    return NameMention(sentence[name.start : match.end()], name.start, match.end(), "m")


def _merged(sentence: str, found: list[NameMention]) -> list[NameMention]:
    """Joins two adjacent names of models: "Hermes 2 Mixtral"."""
    done: list[NameMention] = []
    for name in found:
        last = done[-1] if done else None
        if last and last.kind == "m" == name.kind and last.end + 1 == name.start and sentence[last.end] == " ":
            done[-1] = NameMention(sentence[last.start : name.end], last.start, name.end, "m")
        else:
            done.append(name)
    return done


def _meets(names: list[NameMention], start: int, end: int) -> bool:
    return any(name.start < end and name.end > start for name in names)
