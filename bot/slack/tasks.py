"""Work that goes on after Slack has its acknowledgement."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

REMEMBERED = 2000


class Tasks:
    """Keeps work until it is done, and knows what was begun already."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def first(self, key: str) -> bool:
        """Whether this is new: Slack delivers an occasion again when it missed the acknowledgement."""
        if key and key in self._seen:
            return False
        self._seen[key] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts work that nobody waits for."""
        # The set keeps the task from being collected half-way.
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)

    async def finish(self, seconds: float) -> None:
        """Lets what runs come to its end for a while, then breaks it off."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        left = list(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("slack_task_failed", exc_info=task.exception())
