"""The disk is full, the database locked, the clock set back: said in words, and runs train on."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.engine.engine import Engine
from core.engine.run import LiveRun
from core.engine.worker_pool import WorkerPool
from core.store import RunStore
from core.training import ProgramCache
from core.words import Said
from tests.core.tiny_runs import experiment, table, until, wait, wait_for_end, wait_for_epoch, wait_for_rest
from tests.core.undisturbed import undisturbed

LONG = experiment(epochs=10_000, seed=2)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, make_pool: Callable[..., WorkerPool]) -> Iterator[Engine]:
    """An engine of this module's own: others are not to lose their disk."""
    engine = Engine(RunStore(tmp_path_factory.mktemp("trouble")), workers=1, make_pool=make_pool)
    yield engine
    engine.stop()


def sentence(run: LiveRun) -> str:
    """What the page says, with its tone."""
    state = run._state_part().header["state"]
    return f"{state['tone']}: {Said.from_json(state['message'] or '')}"


def test_on_a_full_disk_runs_train_on_and_are_saved_when_there_is_room_again(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    run = engine.train(LONG, owner=owner, speed=50)
    wait_for_epoch(run, 5)
    engine.store.flush()
    database = engine.store._writer._database

    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine.store._writer.do(fill)
    wait(run, lambda run: run.trouble is not None)
    assert sentence(run).startswith("warning: ")
    assert "The disk is full. What is trained now is not saved yet; it is as soon as that can be." in sentence(run)
    beside = engine.train(experiment(epochs=5, seed=3), owner=f"{owner} beside")  # also a new run trains
    wait_for_end(beside)
    assert beside.state == "done"
    assert sentence(beside).startswith("warning: The disk is full.")  # it has no message of its own
    stood = run.epoch
    wait_for_epoch(run, stood + 10)
    database.execute("PRAGMA max_page_count = 1073741823")
    wait(run, lambda run: run.trouble is None)
    assert sentence(run).startswith("info: ")
    engine.stop_run(run.id, owner=owner)
    wait_for_rest(engine, run)
    assert np.array_equal(engine.store.history(run.id), run.history())
    assert np.array_equal(run.history(), table(undisturbed(LONG, programs, until=run.epoch)))
    found = engine.store.get(beside.id)
    assert found is not None
    assert (found.state, found.epoch) == ("done", 5)


def test_a_locked_database_stops_nobody(engine: Engine, owner: str) -> None:
    run = engine.train(LONG, owner=owner, speed=50)
    wait_for_epoch(run, 5)
    (_, _, path) = engine.store._readers.all("PRAGMA database_list")[0]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wait(run, lambda run: run.trouble is not None)
    assert "Another program has locked Descent's data." in sentence(run)
    stood = run.epoch
    wait_for_epoch(run, stood + 10)
    began = time.monotonic()
    engine.pause(run.id, owner=owner)
    assert run.state == "paused"
    assert time.monotonic() - began < 1, "who presses Pause does not wait for the disk"
    other.execute("ROLLBACK")
    other.close()
    wait(run, lambda run: run.trouble is None)
    wait_for_rest(engine, run)
    assert np.array_equal(engine.store.history(run.id), run.history())


def test_a_run_whose_worker_dies_while_nothing_can_be_saved_goes_on(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    run = engine.train(LONG, owner=owner, speed=50)
    wait_for_epoch(run, 5)
    (_, _, path) = engine.store._readers.all("PRAGMA database_list")[0]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wait(run, lambda run: run.trouble is not None)
    wait_for_epoch(run, run.epoch + 10)
    (pid,) = engine.pool.pids
    os.kill(pid, 9)
    wait(run, lambda run: run.attempt == 2)
    stood = run.epoch
    wait_for_epoch(run, stood + 5)
    other.execute("ROLLBACK")
    other.close()
    wait(run, lambda run: run.trouble is None)
    engine.stop_run(run.id, owner=owner)
    wait_for_rest(engine, run)
    assert np.array_equal(run.history(), table(undisturbed(LONG, programs, until=run.epoch)))
    assert np.array_equal(engine.store.history(run.id), run.history())


def test_a_run_trains_on_while_the_clock_is_set_back(
    engine: Engine, owner: str, programs: ProgramCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = experiment(epochs=100, seed=5)
    run = engine.train(config, owner=owner, speed=100)
    wait_for_epoch(run, 5)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 1e6)
    wait_for_end(run)
    wait_for_rest(engine, run)
    until(lambda: engine.predictions(run.id) is not None, "no predictions")
    assert np.array_equal(engine.store.history(run.id), table(undisturbed(config, programs)))
