"""models.dev's list of models and prices (api.json): https://github.com/anomalyco/models.dev, MIT.

An object of providers with their models: name, release_date, open_weights, cost in USD per million tokens,
limit.context in tokens. Only makers' entries for their own models are used: resellers' prices would bury them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.facts.tables.statement import (
    RowError,
    TableStatement,
    cell_date,
    cell_number,
    exact_date,
    rounded,
    table_json,
)
from ingest.formats.files import Reject

URL = "https://models.dev/api.json"

MAKERS = {
    "alibaba": "Alibaba",
    "anthropic": "Anthropic",
    "bailing": "Ant Group",
    "cohere": "Cohere",
    "deepseek": "DeepSeek",
    "google": "Google",
    "inception": "Inception",
    "llama": "Meta",
    "meta": "Meta",
    "minimax": "MiniMax",
    "mistral": "Mistral AI",
    "moonshotai": "Moonshot AI",
    "openai": "OpenAI",
    "perplexity": "Perplexity",
    "stepfun": "StepFun",
    "upstage": "Upstage",
    "xai": "xAI",
    "xiaomi": "Xiaomi",
    "zai": "Z.ai",
}
"""Providers that sell models of their own, by their id in the list."""

FAMILIES = {"glm": "zai", "kimi": "moonshotai", "qwen": "alibaba"}
"""Makers by the first word of their models' keys, where that is not the maker's own name."""

COSTS = {"input": "input", "output": "output", "cache_read": "cached input"}

LONG_INPUT = "context_over_200k"
"""The key under `cost` whose prices hold for requests with more than 200,000 tokens."""

_NOTE = re.compile(r"(?:\s*\((?:latest|preview|beta)\)|\s+(?:latest|preview))\s*$", re.IGNORECASE)
_KEY_NOTE = re.compile(r"[-@](?:20\d{6}|20\d\d-\d\d-\d\d|\d{4}|latest|preview|instruct|it)$", re.IGNORECASE)

_KEY_MONTH = re.compile(r"-(2[3-9])(0[1-9]|1[0-2])$")
"""The month of a snapshot at the end of its key: mistral-large-2512."""


def spellings(key: str) -> tuple[str, ...]:
    """The names that a model's key holds: itself, then without its date, "latest", "preview" or "instruct"."""
    found = [key.rpartition("/")[2]]
    while (shorter := _KEY_NOTE.sub("", found[-1])) != found[-1]:
        found.append(shorter)
    return tuple(found)


def read(data: bytes, name: str) -> Iterator[TableStatement | Reject]:
    """The statements of the list, and a Reject for each model that can't be used. Raises RowError when it isn't
    api.json.
    """
    providers = table_json(data)
    if not isinstance(providers, dict) or not any(
        isinstance(entry, dict) and "models" in entry for entry in providers.values()
    ):
        raise RowError("has no providers with models, so it is not models.dev's api.json")
    for provider, listed in providers.items():
        if provider not in MAKERS:
            continue
        models = listed.get("models") if isinstance(listed, dict) else None
        if not isinstance(models, dict):
            yield Reject(name, 0, f"the provider “{provider}” has no models", "")
            continue
        for key, model in models.items():
            if _hosted(key, provider, providers):
                continue
            try:
                yield from _model(provider, key, model)
            except RowError as error:
                yield Reject(name, 0, f"{provider}/{key}: {error}", "")


def _hosted(key: str, provider: str, providers: Mapping[str, Any]) -> bool:
    """Whether a provider only hosts a model of another maker: "deepseek-r1" at Alibaba, "groq-llama-4" at Meta."""
    first = re.split(r"[-/.]", key.lower(), maxsplit=1)[0]
    maker = FAMILIES.get(first, first)
    return maker in providers and not provider.startswith(maker)


def _model(provider: str, key: str, model: Any) -> list[TableStatement]:
    if not isinstance(model, Mapping) or not isinstance(model.get("name"), str) or not model["name"].strip():
        raise RowError("has no name")
    display_name = _NOTE.sub("", model["name"].strip())
    released = cell_date(model.get("release_date"), "release_date")
    month = _KEY_MONTH.search(key)
    if month and not released.startswith(f"20{month[1]}-{month[2]}"):
        released = ""
    about: dict[str, Any] = {
        "row": f"{provider}/{key}",
        "url": f"https://models.dev/?search={key}",
        "other_names": spellings(key),
    }
    found = []
    if released:
        about_release = {**about, "kind": "company", "object_kind": "model", "said_on": exact_date(released)}
        found.append(
            TableStatement(
                subject=MAKERS[provider],
                predicate="released",
                object=display_name,
                valid_from=released,
                **about_release,
            )
        )
    cost = model.get("cost")
    costs = cost if isinstance(cost, Mapping) else {}
    long_input = costs.get(LONG_INPUT)
    tiers = {"": costs, "above 200K tokens": long_input if isinstance(long_input, Mapping) else {}}
    for tier, prices in tiers.items():
        for name, kind in COSTS.items():
            price = cell_number(prices.get(name), f"cost.{name}")
            if price is None:
                continue
            qualifiers = {"token_type": kind, **({"tier": tier} if tier else {})}
            found.append(
                TableStatement(
                    subject=display_name,
                    predicate="price",
                    value=rounded(price),
                    unit="USD/1M tokens",
                    qualifiers=qualifiers,
                    **about,
                )
            )
    limit = model.get("limit")
    context = cell_number(limit.get("context"), "limit.context") if isinstance(limit, Mapping) else None
    about["said_on"] = exact_date(released)
    if context:
        found.append(
            TableStatement(subject=display_name, predicate="context_window", value=context, unit="tokens", **about)
        )
    if isinstance(model.get("open_weights"), bool):
        text = "open weights" if model["open_weights"] else "closed"
        found.append(TableStatement(subject=display_name, predicate="openness", text=text, **about))
    return found
