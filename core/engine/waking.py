"""Who is woken when something changes: threads that wait for it, and listeners that are called."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Waking:
    """Within its block something is changed by one thread alone; then everyone who waits or listens is woken.

    Attributes:
        lock: to be held where several things are read that belong together.
    """

    def __init__(self) -> None:
        self.lock = threading.Condition()
        self._listeners: set[Callable[[], None]] = set()

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_: Any) -> None:
        self.lock.notify_all()
        self.lock.release()
        for listener in tuple(self._listeners):
            try:
                listener()
            except RuntimeError:
                self._listeners.discard(listener)  # its event loop has ended

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until something holds, looked at after each change. Returns whether it did in time."""
        with self.lock:
            return self.lock.wait_for(condition, timeout)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change, from any thread. Returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)
