"""What networks output for single rows comes to who looks, also where no worker can answer at first."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from core.engine import row_outputs
from core.engine.row_outputs import RowOutputs
from core.errors import SnapshotNotKept
from core.words import Said

PATIENCE = 60


class Rested:
    """A run that has ended, with validation rows."""

    def __init__(self) -> None:
        self.id, self.epoch = "run", 3
        self.outputs: Any = None
        self.config = SimpleNamespace(dataset=SimpleNamespace(name="blobs", validation_fraction=0.2))
        self.state = SimpleNamespace(is_training=False)
        self.viewers = 0
        self.has_come = threading.Event()

    @property
    def is_watched(self) -> bool:
        return self.viewers > 0

    def count_watching(self, change: int) -> bool:
        self.viewers += change
        return True

    def show_outputs(self, *parts: Any) -> None:
        self.outputs = parts
        self.has_come.set()


class Workers:
    """Refuse so often, then answer."""

    def __init__(self, refusals: list[SnapshotNotKept]) -> None:
        self.refusals = refusals
        self.asked = 0
        self.has_been_asked = threading.Event()

    def row_outputs(self, _: str) -> tuple[str, str]:
        self.asked += 1
        self.has_been_asked.set()
        if self.refusals:
            raise self.refusals.pop(0)
        return "targets", "outputs"


def looked_at(workers: Workers) -> tuple[RowOutputs, Rested]:
    pool = SimpleNamespace(watch=lambda _: None)
    return RowOutputs(None, pool, workers), Rested()  # type: ignore[arg-type]


def test_where_the_server_has_only_begun_workers_are_asked_until_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_outputs, "AGAIN", 0.001)
    starting = [SnapshotNotKept(3, Said("The training engine is starting."), may_come=True) for _ in range(3)]
    outputs, run = looked_at(workers := Workers(starting))
    outputs.watch(run)  # type: ignore[arg-type]
    assert run.has_come.wait(PATIENCE)
    assert (run.outputs, workers.asked) == (("targets", "outputs"), 4)


def test_nobody_is_asked_again_for_what_was_not_kept_or_once_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[Any] = []
    monkeypatch.setattr(
        row_outputs.threading,
        "Timer",
        lambda _, function, args: timers.append((function, args)) or SimpleNamespace(start=lambda: None),  # type: ignore[func-returns-value]
    )
    outputs, run = looked_at(Workers([SnapshotNotKept(3)]))
    outputs.watch(run)  # type: ignore[arg-type]
    assert not timers

    outputs, run = looked_at(workers := Workers([SnapshotNotKept(3, may_come=True), SnapshotNotKept(3, may_come=True)]))
    leave = outputs.watch(run)  # type: ignore[arg-type]
    outputs.watch(run)()  # type: ignore[arg-type]
    ((again, args),) = timers
    leave()
    again(*args)
    assert (workers.asked, run.outputs) == (2, None)
