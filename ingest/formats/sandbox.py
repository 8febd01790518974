"""Runs work on possibly hostile input in a process of its own, with limits on time and memory."""

import contextlib
import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")

SECONDS = 40.0
"""Time limit; the largest real feeds take two seconds."""

MEMORY = 2 * 1024**3
"""Limit on the address space in bytes (RLIMIT_AS)."""


class SandboxError(Exception):
    """The work did not finish. The message completes a sentence that begins with the name of what was read."""


def run_sandboxed(work: Callable[..., Result], *args: Any, seconds: float = SECONDS) -> Result:
    """The result of a module-level function, run in a new process. Raises SandboxError, and whatever the function
    raises.
    """
    # Spawned and not forked: the copy of a process with threads may hang.
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, work, args), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise SandboxError(f"takes longer than {seconds:.0f} seconds to parse")
        succeeded, outcome = receiver.recv()
    except EOFError:
        raise SandboxError(f"needs more than {MEMORY // 1024**3} GB of memory to parse") from None
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
