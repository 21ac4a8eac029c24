"""Who gets which run: on processes that only note what they are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from core.engine.worker_pool import _GROWN, WorkerPool
from core.evaluation import View
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Close, Control, Drain, Drained, Open, Prepare, Ready
from core.protocol.run_state import RunState
from core.words import Said
from tests.core.tiny_runs import experiment, until

SMALL, LARGE = (experiment(layers=layers) for layers in ("3-tanh", "40-tanh,40-tanh"))


class FakeProcess:
    """A worker process that can be said to be ready or dead."""

    def __init__(self, name: str, parent: Any, received: Callable[..., None], died: Callable[..., None]) -> None:
        self.name = name
        self.pid = id(self)
        self.ready = threading.Event()
        self.started = time.monotonic() - 60
        self.told: list[Any] = []
        self.stopped = False
        self.cause_of_death = Said("of boredom")
        self.is_prompt = True
        self.is_resting = True
        self._received = received
        self._died = died

    def send(self, message: Any) -> None:
        self.told.append(message)
        if isinstance(message, Drain) and self.is_prompt:
            self.drain(message)

    def drain(self, message: Drain) -> None:
        self._received(self, Drained(message.number, self.is_resting))

    def stop(self) -> None:
        self.stopped = True

    def become_ready(self) -> None:
        self.ready.set()
        self._received(self, Ready(self.pid))

    def die(self) -> None:
        self._died(self)


class Pool:
    """A pool of fake processes and what it reported."""

    def __init__(self, wanted: int) -> None:
        self.processes: list[FakeProcess] = []
        self.training: set[str] = set()
        self.needed: set[str] = set()
        self.lost: list[tuple[list[str], Said | None]] = []
        self.ready = 0

        def start(*args: Any) -> FakeProcess:
            self.processes.append(FakeProcess(*args))
            return self.processes[-1]

        self.pool = WorkerPool(
            wanted,
            is_training=self.training.__contains__,
            is_needed=lambda run: run in self.training | self.needed,
            ready=self._ready,
            received=lambda message: None,
            lost=lambda runs, cause: self.lost.append((runs, cause)),
            start=start,  # type: ignore[arg-type]  # a fake
        )

    def _ready(self) -> None:
        self.ready += 1

    def all_ready(self) -> Pool:
        self.pool.begin()
        for _ in range(10):
            for process in self.processes:
                if not process.ready.is_set():
                    process.become_ready()
        return self

    def train(self, run: str, config: ExperimentConfig = SMALL) -> FakeProcess:
        self.training.add(run)
        self.pool.open(Open(run, config, View(), state=RunState.RUNNING))
        (host,) = (process for process in self.processes if any(_opens(each, run) for each in process.told))
        return host


def _opens(message: Any, run: str) -> bool:
    return isinstance(message, Open) and message.run == run


@pytest.fixture
def pool_of() -> Callable[[int], Pool]:
    return Pool


def test_the_first_process_starts_the_others_when_it_is_ready(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(3)
    pool.pool.begin()
    pool.pool.begin()
    assert len(pool.processes) == 1
    pool.all_ready()
    assert len(pool.processes) == pool.pool.ready_workers == pool.ready == 3


def test_what_is_asked_before_there_is_a_process_waits_for_it(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(1)
    view = Control("run", "view", View("pca"))
    opening = Open("run", SMALL, View())
    pool.pool.open(opening)
    pool.pool.send(view)
    pool.pool.open(Open("closed", SMALL, View()))
    pool.pool.close("closed")
    assert pool.pool.holds("run")
    assert not pool.pool.holds("closed")
    pool.pool.begin()
    assert pool.processes[0].told == [opening, view]


def test_a_run_goes_to_the_least_busy_process(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(2).all_ready()
    hosts = [pool.train(f"run {index}") for index in range(6)]
    assert sorted(hosts.count(process) for process in pool.processes) == [3, 3]
    assert pool.pool.training == 6


def test_a_known_architecture_stays_where_it_was_compiled_until_that_process_is_busier_by_two(
    pool_of: Callable[[int], Pool],
) -> None:
    pool = pool_of(2).all_ready()
    first = pool.train("first")
    assert pool.train("other", LARGE) is not first
    assert pool.train("second") is first
    assert pool.train("third", LARGE) is not first


def test_what_a_class_looks_at_every_process_prepares_once(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(3).all_ready()
    for page in range(3):
        pool.pool.open(Open(f"preview {page}", SMALL, View()))
    assert not any(isinstance(message, Prepare) for process in pool.processes for message in process.told)
    for page in range(3, 6):
        pool.pool.open(Open(f"preview {page}", SMALL, View(), replaces="before"))
    told = [process.told for process in pool.processes]
    opened = [[each for each in messages if isinstance(each, Open)] for messages in told]
    prepared = [[each for each in messages if isinstance(each, Prepare)] for messages in told]
    assert sorted(map(len, opened)) == [0, 0, 6]
    assert sorted(map(len, prepared)) == [0, 1, 1]
    assert Prepare("preview 3", SMALL, "before") in told[-1]


def test_networks_that_a_class_looks_at_are_shared_out_and_trained_where_they_were_shown(
    pool_of: Callable[[int], Pool],
) -> None:
    pool = pool_of(2).all_ready()
    configs = [experiment(layers=f"{units}-tanh") for units in range(3, 9)]
    for page, config in enumerate(configs):
        pool.pool.open(Open(f"preview {page}", config, View()))
    homes = [next(p for p in pool.processes if any(_opens(m, f"preview {page}") for m in p.told)) for page in range(6)]
    assert sorted(homes.count(process) for process in pool.processes) == [3, 3]
    for user in range(18):
        assert pool.train(f"run {user}", configs[user % 6]) is homes[user % 6]


def test_a_process_that_is_closed_a_run_hears_no_more_of_it(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(1).all_ready()
    host = pool.train("run")
    pool.pool.close("run")
    pool.pool.send(Control("run", "stop"))
    pool.pool.close("run")
    assert host.told[-1] == Close("run")
    assert len(host.told) == 2


def test_a_dead_process_says_which_runs_it_held_and_is_replaced(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(2).all_ready()
    host = pool.train("run")
    host.die()
    assert pool.lost == [(["run"], Said("of boredom"))]
    assert not pool.pool.holds("run")
    assert len(pool.pool.pids) == 2
    assert host.pid not in pool.pool.pids


def _grow(pool: Pool) -> None:
    for units in range(3, 3 + _GROWN):
        pool.pool.open(Open(f"preview {units}", experiment(layers=f"{units}-tanh"), View()))


def test_a_process_that_has_seen_many_architectures_is_replaced(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(1).all_ready()
    _grow(pool)
    grown, successor = pool.processes
    assert not grown.stopped  # Keras takes seconds to load: until then it serves
    assert pool.train("meanwhile") is grown
    pool.training.clear()
    successor.become_ready()
    assert grown.stopped
    assert pool.pool.pids == [successor.pid]
    held, cause = pool.lost[-1]
    assert "meanwhile" in held
    assert cause is None
    assert pool.train("run") is successor


def test_a_process_that_has_just_been_told_something_does_it_before_it_goes(pool_of: Callable[[int], Pool]) -> None:
    """A run that is continued is needed once the process says that it trains: a moment after it was told."""
    pool = pool_of(1).all_ready()
    _grow(pool)
    grown, successor = pool.processes
    grown.is_prompt = False
    successor.become_ready()
    first = grown.told[-1]
    assert isinstance(first, Drain)
    pool.pool.send(Control("preview 3", "extend", 2))
    grown.drain(first)
    second = grown.told[-1]
    assert isinstance(second, Drain)
    assert second.number > first.number
    pool.needed.add("preview 3")
    grown.drain(second)
    assert not grown.stopped
    pool.needed.clear()
    pool.pool.send(Control("preview 3", "view", View()))
    pool.pool.retire()
    last = grown.told[-1]
    assert isinstance(last, Drain)
    grown.is_resting = False  # a paused run that still has steps to do
    grown.drain(last)
    assert not grown.stopped
    grown.is_resting = grown.is_prompt = True
    pool.pool.retire()
    assert grown.stopped


def test_a_process_is_not_replaced_while_a_run_needs_it(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(1).all_ready()
    pool.train("training")
    pool.needed.add("preview 3")
    _grow(pool)
    grown, successor = pool.processes
    successor.become_ready()
    assert pool.train("next") is successor
    for run in ("training", "next"):
        pool.pool.retire()
        assert not grown.stopped
        pool.training.discard(run)
    pool.needed.clear()
    pool.pool.retire()
    assert grown.stopped
    grown.die()
    assert len(pool.processes) == 2


def test_after_its_end_nothing_is_started(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(2).all_ready()
    pool.pool.stop()
    assert all(process.stopped for process in pool.processes)
    pool.processes[0].die()
    pool.pool.begin()
    assert len(pool.processes) == 2
    assert pool.lost == []


def test_several_threads_may_ask_at_once(pool_of: Callable[[int], Pool]) -> None:
    pool = pool_of(2).all_ready()
    threads = [threading.Thread(target=pool.train, args=(f"run {index}",)) for index in range(40)]
    for thread in threads:
        thread.start()
    until(lambda: not any(thread.is_alive() for thread in threads), "a thread waits for ever")
    assert pool.pool.training == 40
