"""The training processes, without runs."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_runs import is_running, until

from core.engine import pool

FORKS = pytest.mark.skipif(not pool.FORKS, reason="workers are forked on Linux only")


@pytest.fixture
def parent() -> Iterator[pool.Parent]:
    parent = pool.Parent()
    yield parent
    parent.stop()


@pytest.fixture(params=[pytest.param(True, marks=FORKS, id="forked"), pytest.param(False, id="alone")])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether workers are forked."""
    monkeypatch.setattr(pool, "FORKS", request.param)
    return request.param


class Started:
    """A worker process and what happened to it."""

    def __init__(self, parent: pool.Parent) -> None:
        self.received: list[Any] = []
        self.has_died = threading.Event()
        self.process = pool.WorkerProcess("worker", parent, self._take, lambda _: self.has_died.set())

    def _take(self, _: pool.WorkerProcess, message: Any) -> None:
        self.received.append(message)

    def pid(self) -> int:
        assert self.process.ready.wait(60)
        assert self.process.pid is not None
        return self.process.pid


def test_a_process_that_dies_before_it_connects_is_noticed(
    either: bool, parent: pool.Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "sys", SimpleNamespace(executable=shutil.which("false")))
    died = threading.Event()

    def received(*message: Any) -> None:
        raise AssertionError(message)

    worker = pool.WorkerProcess("stillborn", parent, received, lambda _: died.set())
    worker.send("lost")
    assert died.wait(10)


def test_a_worker_becomes_ready_and_its_death_is_noticed(either: bool, parent: pool.Parent) -> None:
    worker = Started(parent)
    pid = worker.pid()
    assert [type(message).__name__ for message in worker.received] == ["Ready"]
    assert pid not in parent.pids
    assert bool(parent.pids) == either
    os.kill(pid, signal.SIGKILL)
    assert worker.has_died.wait(10)


def test_a_worker_that_is_stopped_ends_and_is_not_mourned(either: bool, parent: pool.Parent) -> None:
    worker = Started(parent)
    pid = worker.pid()
    worker.process.stop()
    until(lambda: not is_running(pid), "it went on")
    assert not worker.has_died.is_set()


@FORKS
def test_forked_workers_share_what_keras_takes(parent: pool.Parent) -> None:
    """What is private to a second worker is a small part of what Keras takes."""
    first, second = Started(parent), Started(parent)
    assert first.pid() != second.pid()
    rollup = Path(f"/proc/{second.pid()}/smaps_rollup").read_text()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    assert kilobytes["Private_Dirty"] < 0.2 * kilobytes["Anonymous"]


@FORKS
def test_workers_outlive_what_they_were_forked_from_and_the_next_comes_from_a_new_one(parent: pool.Parent) -> None:
    first = Started(parent)
    pid = first.pid()
    (gone,) = parent.pids
    os.kill(gone, signal.SIGKILL)
    until(lambda: parent.pids == [], "its death was not noticed")
    assert is_running(pid)
    assert not first.has_died.is_set()
    assert Started(parent).pid() != pid
    assert parent.pids not in ([], [gone])


@FORKS
def test_a_worker_stopped_before_it_was_ready_does_not_stay(parent: pool.Parent) -> None:
    worker = Started(parent)
    worker.process.stop()
    (process,) = parent.pids
    parent.stop()
    until(lambda: not is_running(process), "it went on")
    assert worker.received == []
