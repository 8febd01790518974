"""Work on what may be hostile, in a process of its own: given up when it takes too long, and held to some memory."""

import contextlib
import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")

SECONDS = 40.0
"""Time after which it is given up; the largest real feeds take two seconds."""

MEMORY = 2 * 1024**3
"""Bytes of address space that it may have."""


class SandboxError(Exception):
    """It did not come to an end: the rest of a sentence that begins with the name of what was read."""


def run_sandboxed(work: Callable[..., Result], *args: Any, seconds: float = SECONDS) -> Result:
    """What a function of a module gives. Raises AsideError, and whatever the function raises."""
    # A new interpreter, and no copy of this one: a copy of a process with threads may hang.
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, work, args), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise SandboxError(f"takes longer than {seconds:.0f} seconds to read")
        succeeded, outcome = receiver.recv()
    except EOFError:
        raise SandboxError("needs more memory to be read than it may have") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if not succeeded:
        raise outcome
    result: Result = outcome
    return result


def _run(sender: Connection, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        outcome = True, work(*args)
    except MemoryError:
        return
    except Exception as error:
        outcome = False, error
    sender.send(outcome)
