"""How things are timed here: repeated, interleaved, and told by their medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

#: A measurement makes steps until this many seconds have passed.
ROUND_SECONDS = 1.5


def rate(step: Callable[[], int], *, seconds: float = ROUND_SECONDS) -> float:
    """Units a second of one round. `step` does some and returns how many."""
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        done += step()
    return done / (time.perf_counter() - started)


def interleaved(contestants: dict[str, Callable[[], int]], *, rounds: int = 3) -> dict[str, float]:
    """Median rates, measured in turns, so that a slow minute of the machine hits all alike."""
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, step in contestants.items():
            rates[name].append(rate(step))
    return {name: statistics.median(values) for name, values in rates.items()}
