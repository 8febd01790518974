"""The optional language model: any server with OpenAI's chat completions API (Ollama, vLLM, llama.cpp, OpenAI …).

API: https://platform.openai.com/docs/api-reference/chat/create. Off unless an address is set. It never raises, as every
caller can do without it. Callers check its output (answers.language_model.grounding and fact_proposals).
"""

import json
import logging
from datetime import datetime
from time import monotonic
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.settings import Settings
from models.database import transaction
from models.spend import add_spending, tokens_spent

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds for a whole answer: a person is waiting, and the deterministic answer is ready."""

ANSWER_TOKENS = 600
"""Longest answer to ask for, in tokens."""

ANSWER_BYTES = 256 * 1024
"""Longest answer to read, in bytes."""

CHARACTERS_PER_TOKEN = 3
"""Used to reserve enough of the daily budget before asking; real text has 3 to 5."""

PAUSE = 60.0
"""Seconds until a failing server is asked again, unless it says how long to wait."""

LONGEST_PAUSE = 3600.0


class Endpoint:
    """A language model server, called with instructions and a text; returns its answer or None."""

    def __init__(self, settings: Settings, engine: Engine, clock: Clock) -> None:
        self.url = settings.llm_url.rstrip("/") + "/chat/completions"
        self.model = settings.llm_model
        self.budget = settings.llm_tokens_per_day
        self.engine = engine
        self.clock = clock
        key = settings.llm_key.get_secret_value()
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=TIMEOUT, follow_redirects=False
        )
        self._paused_until = 0.0

    def __call__(self, task: str, text: str) -> str | None:
        """The model's answer; None if it fails, is paused after a failure, or the day's budget is used up."""
        if monotonic() < self._paused_until:
            return None
        reserved = (len(task) + len(text)) // CHARACTERS_PER_TOKEN + ANSWER_TOKENS
        today = self.clock()
        try:
            if not self._reserve(today, reserved):
                log.info("language model skipped", extra={"reason": "the day's token budget is used up"})
                return None
            answer, used = None, reserved
            try:
                answer, used = self._ask(task, text, reserved)
            except _RequestFailed as error:
                log.warning("language model failed", extra={"reason": str(error)})
                self._paused_until = monotonic() + error.pause
                used = 0 if error.free else reserved
            with transaction(self.engine, writes=True) as session:
                add_spending(session, today.date(), 0, used - reserved)
            return answer
        except DBAPIError:
            # Not worth an error here: whoever needs the store will report it.
            log.exception("language model's spending not recorded")
            return None

    def _reserve(self, today: datetime, tokens: int) -> bool:
        """Books tokens against the day's budget before asking; False if too few are left."""
        with transaction(self.engine, writes=True) as session:
            if tokens_spent(session, today.date()) + tokens > self.budget:
                return False
            add_spending(session, today.date(), 1, tokens)
        return True

    def _ask(self, task: str, text: str, reserved: int) -> tuple[str | None, int]:
        """The answer, None if it is empty, and the tokens used. Raises _RequestFailed."""
        body = {
            "model": self.model,
            "messages": [{"role": "system", "content": task}, {"role": "user", "content": text}],
            "max_tokens": ANSWER_TOKENS,
            "temperature": 0,
        }
        try:
            with self._http.stream("POST", self.url, json=body) as response:
                data, end = bytearray(), monotonic() + TIMEOUT
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > ANSWER_BYTES or monotonic() > end:
                        raise _RequestFailed("the answer took too long or was too large", PAUSE)
        except httpx.HTTPError as error:
            raise _RequestFailed(f"the server can't be reached ({type(error).__name__})", PAUSE) from error
        except httpx.InvalidURL as error:
            raise _RequestFailed("TRENDBOT_LLM_URL is not an address", LONGEST_PAUSE) from error
        if response.status_code != httpx.codes.OK:
            asked = response.headers.get("Retry-After", "")
            pause = float(asked) if asked.isdecimal() else PAUSE
            raise _RequestFailed(f"the server answers {response.status_code}", min(pause, LONGEST_PAUSE), free=True)
        try:
            completion = json.loads(data)
            content = completion["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise _RequestFailed("the answer is not a chat completion", PAUSE) from error
        return (content if isinstance(content, str) and content.strip() else None), _tokens_used(completion, reserved)


class _RequestFailed(Exception):
    """There is no answer; says for how many seconds not to ask again, and whether no tokens were used."""

    def __init__(self, reason: str, pause: float, free: bool = False) -> None:
        super().__init__(reason)
        self.pause = pause
        self.free = free


def _tokens_used(completion: dict[str, Any], reserved: int) -> int:
    """The tokens that the server counted, or those reserved if it reports none or nonsense."""
    usage = completion.get("usage")
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) and tokens > 0 else reserved
