"""The optional language model: any server that speaks OpenAI's chat completions (Ollama, vLLM, llama.cpp, OpenAI …).

Form: https://platform.openai.com/docs/api-reference/chat/create. Off unless an address is set. It never raises:
who asks goes on without it. What it says is checked by whoever asked (answers.language_model.grounding,
answers.language_model.fact_proposals).
"""

import json
from datetime import datetime
from time import monotonic
from typing import Any

import httpx
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.router import Clock
from bot.settings import Settings
from models.database import transaction
from models.spend import add_spending, tokens_spent

log = structlog.get_logger()

SECONDS = 10.0
"""For a whole answer: a person is waiting, and the deterministic answer is ready."""

ANSWER = 600
"""Tokens of the longest answer that is asked for."""

LARGEST = 256 * 1024
"""Bytes of the longest answer that is read."""

LETTERS = 3
"""Characters to a token, to set aside enough of the budget before asking: real texts have 3 to 5."""

REST = 60.0
"""Seconds to leave a server alone that fails, unless it says how long."""

LONGEST_REST = 3600.0


class Endpoint:
    """A language model behind an address. Call it with a task and a text; it gives words or None."""

    def __init__(self, settings: Settings, engine: Engine, clock: Clock) -> None:
        self.url = settings.llm_url.rstrip("/") + "/chat/completions"
        self.model = settings.llm_model
        self.budget = settings.llm_tokens_per_day
        self.engine = engine
        self.clock = clock
        key = settings.llm_key.get_secret_value()
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=SECONDS, follow_redirects=False
        )
        self._rest_until = 0.0

    def __call__(self, task: str, text: str) -> str | None:
        """What the model says; None when it can't, may not, or must rest."""
        if monotonic() < self._rest_until:
            return None
        aside = (len(task) + len(text)) // LETTERS + ANSWER
        today = self.clock()
        try:
            if not self._set_aside(today, aside):
                log.info("language model left out", reason="the day's budget is used up")
                return None
            said, used = None, aside
            try:
                said, used = self._ask(task, text, aside)
            except _Refused as error:
                log.warning("language model failed", reason=str(error))
                self._rest_until = monotonic() + error.rest
                used = 0 if error.free else aside
            with transaction(self.engine, writes=True) as session:
                add_spending(session, today.date(), 0, used - aside)
            return said
        except DBAPIError:
            # The answer is not worth an error; whoever needs the store will tell of it.
            log.exception("language model's use can't be noted")
            return None

    def _set_aside(self, today: datetime, tokens: int) -> bool:
        with transaction(self.engine, writes=True) as session:
            if tokens_spent(session, today.date()) + tokens > self.budget:
                return False
            add_spending(session, today.date(), 1, tokens)
        return True

    def _ask(self, task: str, text: str, aside: int) -> tuple[str | None, int]:
        body = {
            "model": self.model,
            "messages": [{"role": "system", "content": task}, {"role": "user", "content": text}],
            "max_tokens": ANSWER,
            "temperature": 0,
        }
        try:
            with self._http.stream("POST", self.url, json=body) as answer:
                data, end = bytearray(), monotonic() + SECONDS
                for piece in answer.iter_bytes():
                    data += piece
                    if len(data) > LARGEST or monotonic() > end:
                        raise _Refused("its answer takes too long or has no end", REST)
        except httpx.HTTPError as error:
            raise _Refused(f"it can't be reached ({type(error).__name__})", REST) from error
        except httpx.InvalidURL as error:
            raise _Refused("TRENDBOT_LLM_URL is no address", LONGEST_REST) from error
        if answer.status_code != httpx.codes.OK:
            said = answer.headers.get("Retry-After", "")
            rest = float(said) if said.isdecimal() else REST
            raise _Refused(f"it answers {answer.status_code}", min(rest, LONGEST_REST), free=True)
        try:
            found = json.loads(data)
            words = found["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise _Refused("its answer is not in the form of a chat completion", REST) from error
        return (words if isinstance(words, str) and words.strip() else None), _used(found, aside)


class _Refused(Exception):
    """No answer, how many seconds not to ask again, and whether nothing was used up for it."""

    def __init__(self, reason: str, rest: float, free: bool = False) -> None:
        super().__init__(reason)
        self.rest = rest
        self.free = free


def _used(found: dict[str, Any], aside: int) -> int:
    """The tokens that the server counted; what was set aside where it does not say, or says nonsense."""
    usage = found.get("usage")
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) and tokens > 0 else aside
