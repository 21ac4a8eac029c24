"""Work that tells how far it is by calling a function, as a generator that yields it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")


def in_steps(work: Callable[[Callable[[float], None]], Result]) -> Generator[float, None, Result]:
    """Do the work in a thread.

    Args:
        work: is given what it calls with the share that it has done since it called last.

    Yields:
        The share that is done, after each call.

    Raises:
        Exception: whatever the work raises.
    """
    told: SimpleQueue[float | None] = SimpleQueue()
    results: list[Result] = []
    failures: list[BaseException] = []

    def do() -> None:
        try:
            results.append(work(told.put))
        except BaseException as failure:  # of any kind: it is raised where the work was asked for
            failures.append(failure)
        told.put(None)

    threading.Thread(target=do, name="steps", daemon=True).start()
    done = 0.0
    while (share := told.get()) is not None:
        if share > 0:
            done += share
            yield min(done, 1.0)
    if failures:
        raise failures[0]
    return results[0]
