"""The disk is full, the database locked, the folder read-only, the clock set back: said in words, and runs train on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tiny_runs import experiment, table, until, wait, wait_for_end, wait_for_epoch, wait_for_rest
from undisturbed import undisturbed

from core.engine.engine import Engine
from core.engine.run import LiveRun
from core.store import RunStore, open_store, run_store
from core.training import ProgramCache

LONG = experiment(epochs=10_000, seed=2)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine of this module's own: others are not to lose their disk."""
    engine = Engine(RunStore(tmp_path_factory.mktemp("trouble")), workers=1)
    yield engine
    engine.stop()


def sentence(run: LiveRun) -> str:
    """What the page says, with its tone."""
    state = run._state_part().header["state"]
    return f"{state['tone']}: {state['message']}"


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
    assert sentence(run) == (
        "warning: The disk is full. What is trained now is not saved yet; that happens by itself as soon as it can."
    )
    beside = engine.train(experiment(epochs=5, seed=3), owner=f"{owner} beside")  # also a new run trains
    wait_for_end(beside)
    assert beside.state == "done"
    assert sentence(beside).startswith("warning: The disk is full.")
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
    (_, _, path) = engine.store._reader.execute("PRAGMA database_list").fetchone()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wait(run, lambda run: run.trouble is not None)
    assert sentence(run).startswith("warning: Another program has locked Descent's data.")
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
    (_, _, path) = engine.store._reader.execute("PRAGMA database_list").fetchone()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wait(run, lambda run: run.trouble is not None)
    wait_for_epoch(run, run.epoch + 10)
    (pid,) = engine.crew.pids
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


def test_a_data_folder_that_cannot_be_used_costs_only_the_record(tmp_path: Path) -> None:
    before = RunStore(tmp_path / "data")
    old = before.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
    before.update(old.id, state="done")
    before.close()
    (tmp_path / "data" / "servers").rmdir()
    (tmp_path / "data" / "servers").write_text("in the way")
    store = open_store(tmp_path / "data")
    assert store.trouble == "Descent's data folder cannot be written"
    found = store.get(old.id)
    assert found is not None, "what can be read is shown"
    assert found.state == "done"
    new = store.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
    assert store.get(new.id) is not None
    store.close()
    untouched = sqlite3.connect(tmp_path / "data" / "runs.sqlite")
    assert untouched.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    untouched.close()


#: Root may write everywhere, so that this test would show nothing: it becomes somebody else, once all is imported.
_AS_NOBODY = """
import os, sys
from pathlib import Path
from core.store import open_store
open_store(Path(sys.argv[2])).close()
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
store = open_store(Path(sys.argv[1]))
print(store.trouble)
run = store.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
assert store.get(run.id) is not None
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a folder is read-only in another way there")
def test_a_read_only_data_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        data = Path(folder) / "data"
        RunStore(data).close()
        for path in (data, data / "servers"):
            path.chmod(0o555)
        command = [sys.executable, "-c", _AS_NOBODY, str(data), str(tmp_path)]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        for path in (data, data / "servers"):
            path.chmod(0o755)
    assert answer.returncode == 0, answer.stderr
    assert "Descent's data folder" in answer.stdout


def test_a_clock_that_was_set_back_deletes_nothing_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_store, "KEPT_RUNS", 3)
    store = RunStore(tmp_path)

    def create() -> str:
        run = store.create(owner="me", config="{}", epochs=1, log_names=("loss",), speed=None, view="{}").id
        store.update(run, state="done")
        return run

    old = [create() for _ in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(run_store.time, "time", lambda: 1e9)  # 2001
        new = [create() for _ in range(2)]
    store.close()
    again = RunStore(tmp_path)
    assert [again.get(run) is not None for run in [*old, *new]] == [False, False, True, True, True]
    again.close()


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
