"""One computation for all who ask for the same at the same time, and shortly after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Sharing(Generic[Value]):
    """Safe to use from several threads. What went wrong is raised for each who waited, and not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[Hashable, Future[Value]] = {}

    def get(self, key: Hashable, make: Callable[[], Value], *, seconds: float = 0.0) -> Value:
        """What `make` gives, or what somebody else's gave for the same key.

        Args:
            seconds: for which it is given to others, too, once it is there.
        """
        with self._lock:
            known = self._made.get(key)
            future: Future[Value] = known or self._made.setdefault(key, Future())
        if known is not None:
            return known.result()
        try:
            future.set_result(make())
        except BaseException as error:
            future.set_exception(error)
            self._forget(key)
            raise
        if seconds > 0:
            timer = threading.Timer(seconds, self._forget, [key])
            timer.daemon = True
            timer.start()
        else:
            self._forget(key)
        return future.result()

    def _forget(self, key: Hashable) -> None:
        with self._lock:
            self._made.pop(key, None)
