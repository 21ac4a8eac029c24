"""Epochs a second, judged by when reports come."""

from __future__ import annotations

import pytest

from core.engine.pace import Pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    now = [100.0]
    monkeypatch.setattr("core.engine.pace.time.monotonic", lambda: now[0])
    return now


def test_nothing_is_said_before_the_first_report() -> None:
    pace = Pace()
    assert pace.lately is None
    pace.begin(0)
    assert pace.lately is None
    assert pace.overall is None


def test_the_last_second_and_a_half_counts(clock: list[float]) -> None:
    pace = Pace()
    pace.begin(0)
    for _ in range(20):  # two seconds of 10 epochs a second, then as long at 100
        clock[0] += 0.1
        pace.reached(round((clock[0] - 100) * 10))
    assert pace.lately == pytest.approx(10)
    for step in range(1, 21):
        clock[0] += 0.1
        pace.reached(20 + 10 * step)
    assert pace.lately == pytest.approx(100)


def test_what_came_before_the_first_epochs_is_no_training(clock: list[float]) -> None:
    pace = Pace()
    pace.begin(0)
    clock[0] += 5  # compiling
    pace.reached(1)
    clock[0] += 2
    pace.reached(41)
    assert pace.overall == pytest.approx(20)
    pace.begin(41)  # paused, and on again
    assert pace.overall == pytest.approx(20), "until something else is known"
