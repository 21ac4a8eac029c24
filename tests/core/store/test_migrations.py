"""Data folders of earlier versions open, whole, and come to the same schema as new ones."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.engine.engine import Engine
from core.engine.worker_pool import WorkerPool
from core.store import RunStore
from core.store.migrations import _STEPS, migrate
from tests.core.tiny_runs import wait

#: Dumps of folders that earlier versions made: three runs, one of them a branch, one with a weight set by hand.
FOLDERS = ("before-steps", "with-steps")


def folder_of(name: str, folder: Path) -> Path:
    dump = gzip.decompress((Path(__file__).parent / f"{name}.sql.gz").read_bytes()).decode()
    with sqlite3.connect(folder / "runs.sqlite") as database:
        database.executescript(dump)
    database.close()
    return folder


def contents(folder: Path, query: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(folder / "runs.sqlite")
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_an_earlier_version_opens_whole(name: str, tmp_path: Path) -> None:
    folder = folder_of(name, tmp_path)
    runs = contents(folder, "SELECT id, owner, config, epoch FROM runs")
    moments = contents(folder, "SELECT run, epoch, data FROM moments")
    pictures = contents(folder, "SELECT run, kind, data FROM pictures")
    assert (len(runs), len(moments) > 9, len(pictures) > 9) == (3, True, True)
    store = RunStore(folder)
    for run, owner, config, epoch in runs:
        found = store.get(str(run))
        assert found is not None
        assert (found.owner, found.config, found.epoch, found.steps) == (owner, config, epoch, 0)
        assert len(store.history(str(run))) == epoch
    for run, epoch, data in moments:
        assert store.snapshot(str(run), int(str(epoch))) == data
    for run, kind, data in pictures:
        assert store.kept(str(run), kind) == data  # type: ignore[arg-type]
    store.close()
    assert contents(folder, "PRAGMA user_version") == [(len(_STEPS),)]


@pytest.mark.parametrize("name", FOLDERS)
def test_its_schema_becomes_that_of_a_new_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    folder = folder_of(name, tmp_path / "old")
    RunStore(folder).close()
    RunStore(tmp_path / "new").close()
    columns = 'SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m, pragma_table_info(m.name) c'
    assert set(contents(folder, columns)) == set(contents(tmp_path / "new", columns))


@pytest.mark.parametrize("name", FOLDERS)
def test_runs_of_an_earlier_version_have_the_least_and_greatest_of_their_logs(name: str, tmp_path: Path) -> None:
    folder = folder_of(name, tmp_path)
    owners = {str(owner) for (owner,) in contents(folder, "SELECT owner FROM runs")}
    store = RunStore(folder)
    found = [listed for owner in owners for listed in store.runs.of(owner)]
    assert len(found) == 3
    for listed in found:
        history = store.history(listed.run.id)
        assert len(history) > 1
        assert list(listed.last.values()) == history[-1].tolist()
        assert list(listed.lowest.values()) == history.min(axis=0).tolist()
        assert list(listed.highest.values()) == history.max(axis=0).tolist()
        assert (listed.run.name, listed.run.starred, listed.run.deleted) == (None, False, None)
    store.close()


def test_a_run_of_an_earlier_version_trains_on(tmp_path: Path, make_pool: Callable[..., WorkerPool]) -> None:
    folder = folder_of("with-steps", tmp_path)
    ((run, epoch),) = contents(folder, "SELECT id, epoch FROM runs WHERE parent IS NULL AND state = 'done'")
    engine = Engine(RunStore(folder), workers=1, make_pool=make_pool)
    try:
        before = engine.find(str(run)).history().copy()
        engine.extend(str(run), 3, owner="anna")
        found = engine.find(str(run))
        wait(found, lambda found: found.has_ended and found.epoch > int(str(epoch)))
        assert found.epoch == int(str(epoch)) + 3
        np.testing.assert_array_equal(found.history()[: len(before)], before)
    finally:
        engine.stop()


def test_a_step_that_fails_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of("with-steps", tmp_path)
    before = contents(folder, "SELECT run, epoch, data FROM moments")

    def half(database: sqlite3.Connection) -> None:
        _STEPS[0](database)
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("core.store.migrations._STEPS", (half,))
    with pytest.raises(sqlite3.OperationalError):
        RunStore(folder)
    assert contents(folder, "SELECT run, epoch, data FROM moments") == before
    assert contents(folder, "PRAGMA user_version") == [(0,)]
    monkeypatch.undo()
    RunStore(folder).close()


def test_a_folder_of_a_later_version_is_not_touched(tmp_path: Path) -> None:
    RunStore(tmp_path).close()
    database = sqlite3.connect(tmp_path / "runs.sqlite")
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA user_version = 99")
    with pytest.raises(sqlite3.DatabaseError, match="later version"):
        migrate(database)
    database.close()
    with pytest.raises(sqlite3.DatabaseError, match="later version"):
        RunStore(tmp_path)


def test_what_is_made_of_an_epoch_goes_with_its_run(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.create(owner="me", config="{}", epochs=9, log_names=("loss",), speed=None, view="{}")
    store.keep_artifact(run.id, "task:abc", 3, b"result")
    store.keep_artifact("gone", "task:abc", 3, b"of nobody")
    assert store.artifact(run.id, "task:abc", 3) == b"result"
    assert store.artifact(run.id, "task:abc", 4) is None
    assert store.artifact("gone", "task:abc", 3) is None
    assert store.trouble is None
    store.close()
    database = sqlite3.connect(tmp_path / "runs.sqlite")
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("DELETE FROM runs")
    assert database.execute("SELECT count(*) FROM artifacts").fetchone() == (0,)
    database.close()


def test_readers_do_not_wait_for_each_other(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with store._readers._reader() as one, store._readers._reader() as other:
        assert one is not other
        assert store.get("nobody") is None
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.get("nobody")
