"""LiteLLM's list of prices and limits (JSON): https://github.com/BerriAI/litellm, MIT.

An object of models: litellm_provider, mode, input_cost_per_token and output_cost_per_token in USD, max_input_tokens,
deprecation_date, source. As with models.dev, only makers' entries for their own models are used. A dated snapshot
("gpt-4o-2024-08-06") counts only where the list has no entry without a date. max_input_tokens is a limit of the input:
for some models it is the context window less the longest answer (https://github.com/BerriAI/litellm/issues/30928).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.facts.tables.statement import (
    RowError,
    TableStatement,
    cell_address,
    cell_date,
    cell_number,
    rounded,
    table_json,
)
from ingest.formats.files import Reject

URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
PAGE = "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json"

MAKERS = frozenset(
    """
    ai21 anthropic cohere cohere_chat dashscope deepseek gemini meta_llama minimax mistral moonshot openai perplexity
    text-completion-openai xai xiaomi_mimo zai
    """.split()  # noqa: SIM905 - a list of words is read as words
)
MODES = ("chat", "completion", "responses", "embedding")
COSTS = {
    "input_cost_per_token": ("input", ""),
    "output_cost_per_token": ("output", ""),
    "cache_read_input_token_cost": ("cached input", ""),
    "input_cost_per_token_above_200k_tokens": ("input", "above 200K tokens"),
    "output_cost_per_token_above_200k_tokens": ("output", "above 200K tokens"),
    "input_cost_per_token_batches": ("input", "batch"),
    "output_cost_per_token_batches": ("output", "batch"),
}
"""The token type and the tier of each price; the standard price has no tier."""

_DATED = re.compile(r"[-@](?:20\d{6}|20\d\d-\d\d-\d\d)$|-latest$")


def read(data: bytes, name: str) -> Iterator[TableStatement | Reject]:
    """The statements of the list, and a Reject for each model that can't be used. Raises RowError when it isn't
    LiteLLM's list.
    """
    models = table_json(data)
    if not isinstance(models, dict) or not any(
        isinstance(entry, dict) and "litellm_provider" in entry for entry in models.values()
    ):
        raise RowError("has no models with a litellm_provider, so it is not LiteLLM's price list")
    names = {key: _DATED.sub("", key.rpartition("/")[2]) for key in models}
    undated = {key.rpartition("/")[2] for key in models if names[key] == key.rpartition("/")[2]}
    for key, model in models.items():
        if key == "sample_spec":
            continue
        if not isinstance(model, dict):
            yield Reject(name, 0, f"{key}: is not an object", "")
            continue
        dated = names[key] != key.rpartition("/")[2]
        if model.get("litellm_provider") not in MAKERS or model.get("mode") not in MODES:
            continue
        if dated and names[key] in undated:
            continue
        # Fine-tuned models and regions add a colon or further slashes.
        if key.count("/") > 1 or ":" in key:
            continue
        try:
            yield from _model(key, names[key], model)
        except RowError as error:
            yield Reject(name, 0, f"{key}: {error}", "")


def _model(key: str, name: str, model: Mapping[str, Any]) -> list[TableStatement]:
    page = cell_address(model.get("source")) or PAGE
    found = []
    for field, (kind, tier) in COSTS.items():
        price = cell_number(model.get(field), field)
        # An embedding has no output; the list gives its price as zero.
        if price is None or (kind == "output" and model.get("mode") == "embedding"):
            continue
        value, unit = rounded(price * 1e6), "USD/1M tokens"
        qualifiers = {"token_type": kind, **({"tier": tier} if tier else {})}
        found.append(TableStatement(key, name, "price", value=value, unit=unit, qualifiers=qualifiers, url=page))
    limit = cell_number(model.get("max_input_tokens"), "max_input_tokens")
    if limit:
        direction = {"direction": "input"}
        found.append(
            TableStatement(key, name, "context_window", value=limit, unit="tokens", qualifiers=direction, url=page)
        )
    if ends := cell_date(model.get("deprecation_date"), "deprecation_date"):
        found.append(TableStatement(key, name, "deprecated", valid_from=ends, url=page))
    return found
