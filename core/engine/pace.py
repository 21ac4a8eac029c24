"""How fast a run trains, judged by when its epochs are reported."""

from __future__ import annotations

import time
from collections import deque

#: Seconds over which epochs a second are averaged.
_WINDOW = 1.5


class Pace:
    """Epochs a second of a run: lately, and over all it has trained since it went on last."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, int]] = deque()
        self._first_report: tuple[float, int] | None = None
        self._overall: float | None = None

    def begin(self, epoch: int) -> None:
        """The run goes on after so many epochs."""
        self._recent.clear()
        self._recent.append((time.monotonic(), epoch))
        self._first_report = None

    def reached(self, epoch: int) -> None:
        """Another report: so many epochs are done."""
        now = time.monotonic()
        self._recent.append((now, epoch))
        if self._first_report is None:
            self._first_report = (now, epoch)  # compiling came before it
        elif epoch > self._first_report[1]:
            first_time, first_epoch = self._first_report
            self._overall = (epoch - first_epoch) / max(now - first_time, 1e-9)
        while self._recent[0][0] < now - _WINDOW and len(self._recent) > 2:
            self._recent.popleft()

    @property
    def lately(self) -> float | None:
        """Epochs a second now; None before anything can be said."""
        if len(self._recent) < 2:
            return None
        (first_time, first_epoch), (last_time, last_epoch) = self._recent[0], self._recent[-1]
        return (last_epoch - first_epoch) / max(last_time - first_time, 1e-9)

    @property
    def overall(self) -> float | None:
        """Epochs a second from the first report to the last since the run went on last, or before that where there was
        one report at most since; None where nothing is known.
        """
        return self._overall
