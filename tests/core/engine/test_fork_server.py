"""The training processes, without runs."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.engine.fork_server import FORKS, ForkServer
from core.engine.worker_process import WorkerProcess
from tests.core.tiny_runs import is_running, until

forking = pytest.mark.skipif(not FORKS, reason="workers are forked on Linux only")


@pytest.fixture
def own_server() -> Iterator[ForkServer]:
    """For tests that end it; others take the one that is lent to all."""
    own_server = ForkServer()
    yield own_server
    own_server.stop()


@pytest.fixture
def either_server(either: bool, request: pytest.FixtureRequest) -> Iterator[ForkServer]:
    if either:
        yield request.getfixturevalue("fork_server")
        return
    alone = ForkServer(forks=False)
    yield alone
    alone.stop()


@pytest.fixture(params=[pytest.param(True, marks=forking, id="forked"), pytest.param(False, id="alone")])
def either(request: pytest.FixtureRequest) -> bool:
    """Whether workers are forked."""
    return bool(request.param)


class Started:
    """A worker process and what happened to it."""

    def __init__(self, fork_server: ForkServer) -> None:
        self.received: list[Any] = []
        self.has_died = threading.Event()
        self.process = WorkerProcess("worker", fork_server, self._take, lambda _: self.has_died.set())

    def _take(self, _: WorkerProcess, message: Any) -> None:
        self.received.append(message)

    def pid(self) -> int:
        assert self.process.ready.wait(60)
        assert self.process.pid is not None
        return self.process.pid


def test_a_process_that_dies_before_it_connects_is_noticed(either: bool) -> None:
    fork_server = ForkServer([str(shutil.which("false"))], forks=either)
    died = threading.Event()

    def received(*message: Any) -> None:
        raise AssertionError(message)

    worker = WorkerProcess("stillborn", fork_server, received, lambda _: died.set())
    worker.send("lost")
    assert died.wait(10)


def test_a_worker_becomes_ready_and_its_death_is_noticed(either: bool, either_server: ForkServer) -> None:
    worker = Started(either_server)
    pid = worker.pid()
    assert [type(message).__name__ for message in worker.received] == ["Ready"]
    assert pid not in either_server.pids
    assert bool(either_server.pids) == either
    os.kill(pid, signal.SIGKILL)
    assert worker.has_died.wait(10)


def test_a_worker_that_is_stopped_ends_and_is_not_mourned(either: bool, either_server: ForkServer) -> None:
    worker = Started(either_server)
    pid = worker.pid()
    worker.process.stop()
    until(lambda: not is_running(pid), "it went on")
    assert not worker.has_died.is_set()


@forking
def test_forked_workers_share_what_keras_takes(fork_server: ForkServer) -> None:
    """What is private to a second worker is a small part of what Keras takes."""
    first, second = Started(fork_server), Started(fork_server)
    assert first.pid() != second.pid()
    rollup = Path(f"/proc/{second.pid()}/smaps_rollup").read_text()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    assert kilobytes["Private_Dirty"] < 0.2 * kilobytes["Anonymous"]


@forking
def test_workers_outlive_what_they_were_forked_from_and_the_next_comes_from_a_new_one(own_server: ForkServer) -> None:
    first = Started(own_server)
    pid = first.pid()
    (gone,) = own_server.pids
    os.kill(gone, signal.SIGKILL)
    until(lambda: gone not in own_server.pids, "its death was not noticed")
    assert is_running(pid)
    assert not first.has_died.is_set()
    assert Started(own_server).pid() != pid
    assert own_server.pids not in ([], [gone])


@forking
def test_a_worker_stopped_before_it_was_ready_does_not_stay(own_server: ForkServer) -> None:
    worker = Started(own_server)
    worker.process.stop()
    (process,) = own_server.pids
    own_server.stop()
    until(lambda: not is_running(process), "it went on")
    assert worker.received == []
