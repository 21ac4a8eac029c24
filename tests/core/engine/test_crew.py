"""Who gets which run: on processes that only note what they are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from tiny_runs import experiment, until

from core.engine import crew as crew_module
from core.engine.crew import Crew
from core.evaluation import View
from core.protocol.messages import Close, Control, Open, Prepare, Ready, Settle, Settled

SMALL, LARGE = (experiment(layers=layers).model_dump_json() for layers in ("3-tanh", "40-tanh,40-tanh"))


class FakeProcess:
    """A worker process that can be said to be ready or dead."""

    def __init__(self, name: str, parent: Any, received: Callable[..., None], died: Callable[..., None]) -> None:
        self.name = name
        self.pid = id(self)
        self.ready = threading.Event()
        self.started = time.monotonic() - 60
        self.told: list[Any] = []
        self.stopped = False
        self.cause_of_death = "of boredom"
        self.is_prompt = True
        self.is_resting = True
        self._received = received
        self._died = died

    def send(self, message: Any) -> None:
        self.told.append(message)
        if isinstance(message, Settle) and self.is_prompt:
            self.settle(message)

    def settle(self, message: Settle) -> None:
        self._received(self, Settled(message.number, self.is_resting))

    def stop(self) -> None:
        self.stopped = True

    def become_ready(self) -> None:
        self.ready.set()
        self._received(self, Ready(self.pid))

    def die(self) -> None:
        self._died(self)


class Office:
    """A crew of fake processes and what it reported."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, wanted: int) -> None:
        self.processes: list[FakeProcess] = []
        self.training: set[str] = set()
        self.needed: set[str] = set()
        self.lost: list[tuple[list[str], str | None]] = []
        self.ready = 0

        def start(*args: Any) -> FakeProcess:
            self.processes.append(FakeProcess(*args))
            return self.processes[-1]

        monkeypatch.setattr(crew_module, "WorkerProcess", start)
        self.crew = Crew(
            wanted,
            is_training=self.training.__contains__,
            is_needed=lambda run: run in self.training | self.needed,
            ready=self._ready,
            received=lambda message: None,
            lost=lambda runs, cause: self.lost.append((runs, cause)),
        )

    def _ready(self) -> None:
        self.ready += 1

    def all_ready(self) -> Office:
        self.crew.begin()
        for _ in range(10):
            for process in self.processes:
                if not process.ready.is_set():
                    process.become_ready()
        return self

    def train(self, run: str, config: str = SMALL) -> FakeProcess:
        self.training.add(run)
        self.crew.open(Open(run, config, View(), state="running"))
        (host,) = (process for process in self.processes if any(_opens(each, run) for each in process.told))
        return host


def _opens(message: Any, run: str) -> bool:
    return isinstance(message, Open) and message.channel == run


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Office]:
    return lambda wanted: Office(monkeypatch, wanted)


def test_the_first_process_starts_the_others_when_it_is_ready(office: Callable[[int], Office]) -> None:
    crew = office(3)
    crew.crew.begin()
    crew.crew.begin()
    assert len(crew.processes) == 1
    crew.all_ready()
    assert len(crew.processes) == crew.crew.ready_workers == crew.ready == 3


def test_what_is_asked_before_there_is_a_process_waits_for_it(office: Callable[[int], Office]) -> None:
    crew = office(1)
    view = Control("run", "view", View("pca"))
    opening = Open("run", SMALL, View())
    crew.crew.open(opening)
    crew.crew.send(view)
    crew.crew.open(Open("closed", SMALL, View()))
    crew.crew.close("closed")
    assert crew.crew.holds("run")
    assert not crew.crew.holds("closed")
    crew.crew.begin()
    assert crew.processes[0].told == [opening, view]


def test_a_run_goes_to_the_least_busy_process(office: Callable[[int], Office]) -> None:
    crew = office(2).all_ready()
    hosts = [crew.train(f"run {index}") for index in range(6)]
    assert sorted(hosts.count(process) for process in crew.processes) == [3, 3]
    assert crew.crew.training == 6


def test_a_known_architecture_stays_where_it_was_compiled_until_that_process_is_busier_by_two(
    office: Callable[[int], Office],
) -> None:
    crew = office(2).all_ready()
    first = crew.train("first")
    assert crew.train("other", LARGE) is not first
    assert crew.train("second") is first
    assert crew.train("third", LARGE) is not first


def test_what_a_class_looks_at_every_process_prepares_once(office: Callable[[int], Office]) -> None:
    crew = office(3).all_ready()
    for page in range(3):
        crew.crew.open(Open(f"preview {page}", SMALL, View()))
    assert not any(isinstance(message, Prepare) for process in crew.processes for message in process.told)
    for page in range(3, 6):
        crew.crew.open(Open(f"preview {page}", SMALL, View(), replaces="before"))
    told = [process.told for process in crew.processes]
    opened = [[each for each in messages if isinstance(each, Open)] for messages in told]
    prepared = [[each for each in messages if isinstance(each, Prepare)] for messages in told]
    assert sorted(map(len, opened)) == [0, 0, 6]
    assert sorted(map(len, prepared)) == [0, 1, 1]
    assert Prepare("preview 3", SMALL, "before") in told[-1]


def test_networks_that_a_class_looks_at_are_shared_out_and_trained_where_they_were_shown(
    office: Callable[[int], Office],
) -> None:
    crew = office(2).all_ready()
    configs = [experiment(layers=f"{units}-tanh").model_dump_json() for units in range(3, 9)]
    for page, config in enumerate(configs):
        crew.crew.open(Open(f"preview {page}", config, View()))
    homes = [next(p for p in crew.processes if any(_opens(m, f"preview {page}") for m in p.told)) for page in range(6)]
    assert sorted(homes.count(process) for process in crew.processes) == [3, 3]
    for user in range(18):
        assert crew.train(f"run {user}", configs[user % 6]) is homes[user % 6]


def test_a_process_that_is_closed_a_run_hears_no_more_of_it(office: Callable[[int], Office]) -> None:
    crew = office(1).all_ready()
    host = crew.train("run")
    crew.crew.close("run")
    crew.crew.send(Control("run", "stop"))
    crew.crew.close("run")
    assert host.told[-1] == Close("run")
    assert len(host.told) == 2


def test_a_dead_process_says_which_runs_it_held_and_is_replaced(office: Callable[[int], Office]) -> None:
    crew = office(2).all_ready()
    host = crew.train("run")
    host.die()
    assert crew.lost == [(["run"], "of boredom")]
    assert not crew.crew.holds("run")
    assert len(crew.crew.pids) == 2
    assert host.pid not in crew.crew.pids


def _grow(crew: Office) -> None:
    for units in range(3, 3 + crew_module._GROWN):
        crew.crew.open(Open(f"preview {units}", experiment(layers=f"{units}-tanh").model_dump_json(), View()))


def test_a_process_that_has_seen_many_architectures_is_replaced(office: Callable[[int], Office]) -> None:
    crew = office(1).all_ready()
    _grow(crew)
    grown, successor = crew.processes
    assert not grown.stopped  # Keras takes seconds to load: until then it serves
    assert crew.train("meanwhile") is grown
    crew.training.clear()
    successor.become_ready()
    assert grown.stopped
    assert crew.crew.pids == [successor.pid]
    held, cause = crew.lost[-1]
    assert "meanwhile" in held
    assert cause is None
    assert crew.train("run") is successor


def test_a_process_that_has_just_been_told_something_does_it_before_it_goes(office: Callable[[int], Office]) -> None:
    """A run that is continued is needed once the process says that it trains: a moment after it was told."""
    crew = office(1).all_ready()
    _grow(crew)
    grown, successor = crew.processes
    grown.is_prompt = False
    successor.become_ready()
    first = grown.told[-1]
    assert isinstance(first, Settle)
    crew.crew.send(Control("preview 3", "extend", 2))
    grown.settle(first)
    second = grown.told[-1]
    assert isinstance(second, Settle)
    assert second.number > first.number
    crew.needed.add("preview 3")
    grown.settle(second)
    assert not grown.stopped
    crew.needed.clear()
    crew.crew.send(Control("preview 3", "view", View()))
    crew.crew.retire()
    last = grown.told[-1]
    assert isinstance(last, Settle)
    grown.is_resting = False  # a paused run that still has steps to do
    grown.settle(last)
    assert not grown.stopped
    grown.is_resting = grown.is_prompt = True
    crew.crew.retire()
    assert grown.stopped


def test_a_process_is_not_replaced_while_a_run_needs_it(office: Callable[[int], Office]) -> None:
    crew = office(1).all_ready()
    crew.train("training")
    crew.needed.add("preview 3")
    _grow(crew)
    grown, successor = crew.processes
    successor.become_ready()
    assert crew.train("next") is successor
    for run in ("training", "next"):
        crew.crew.retire()
        assert not grown.stopped
        crew.training.discard(run)
    crew.needed.clear()
    crew.crew.retire()
    assert grown.stopped
    grown.die()
    assert len(crew.processes) == 2


def test_after_its_end_nothing_is_started(office: Callable[[int], Office]) -> None:
    crew = office(2).all_ready()
    crew.crew.stop()
    assert all(process.stopped for process in crew.processes)
    crew.processes[0].die()
    crew.crew.begin()
    assert len(crew.processes) == 2
    assert crew.lost == []


def test_several_threads_may_ask_at_once(office: Callable[[int], Office]) -> None:
    crew = office(2).all_ready()
    threads = [threading.Thread(target=crew.train, args=(f"run {index}",)) for index in range(40)]
    for thread in threads:
        thread.start()
    until(lambda: not any(thread.is_alive() for thread in threads), "a thread waits for ever")
    assert crew.crew.training == 40
