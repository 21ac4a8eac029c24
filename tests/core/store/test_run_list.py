"""An owner's list of runs: what it says of each, and what an owner makes of a run. On a real SQLite file."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from core.store import Run, RunStore, run_list, run_store, statements

NAMES = ("loss", "accuracy")


def create(store: RunStore, owner: str = "me") -> Run:
    return store.create(owner=owner, config="{}", epochs=100, log_names=NAMES, speed=None, view="{}")


def ids(store: RunStore, owner: str = "me") -> list[str]:
    return [listed.run.id for listed in store.runs.of(owner)]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def test_a_list_has_its_owner_s_runs_the_newest_first(store: RunStore) -> None:
    mine = [create(store).id for _ in range(3)]
    others = create(store, "somebody").id
    assert ids(store) == mine[::-1]
    assert ids(store, "somebody") == [others]
    assert ids(store, "nobody") == []


def test_a_clock_that_was_set_back_does_not_mix_them(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    old = create(store).id
    monkeypatch.setattr(run_store.time, "time", lambda: 1e9)  # 2001
    new = create(store).id
    assert ids(store) == [new, old]


def test_a_run_without_epochs_has_no_scores(store: RunStore) -> None:
    create(store)
    (listed,) = store.runs.of("me")
    assert (listed.last, listed.lowest, listed.highest) == ({}, {}, {})


def test_the_scores_are_those_of_all_epochs_however_they_were_recorded(store: RunStore) -> None:
    run = create(store).id
    history = np.random.default_rng(3).normal(size=(60, 2)).astype(np.float32)
    for first in (0, 1, 20, 33):
        last = {0: 1, 1: 20, 20: 33, 33: 60}[first]
        store.record(run, first_epoch=first + 1, logs=history[first:last])
    (listed,) = store.runs.of("me")
    assert listed.run.epoch == 60
    assert list(listed.last.values()) == history[-1].tolist()
    assert list(listed.lowest.values()) == history.min(axis=0).tolist()
    assert list(listed.highest.values()) == history.max(axis=0).tolist()


def test_what_is_not_finite_is_neither_least_nor_greatest(store: RunStore) -> None:
    run = create(store).id
    store.record(run, logs=np.array([[np.nan, np.inf]], np.float32))
    (listed,) = store.runs.of("me")
    assert all(math.isnan(value) for value in (*listed.lowest.values(), *listed.highest.values()))
    store.record(run, first_epoch=2, logs=np.array([[3, -1], [np.nan, -np.inf]], np.float32))
    (listed,) = store.runs.of("me")
    assert (listed.lowest, listed.highest) == ({"loss": 3, "accuracy": -1}, {"loss": 3, "accuracy": -1})


def test_a_branch_begins_with_the_scores_of_what_it_copies(store: RunStore) -> None:
    parent = create(store).id
    store.record(parent, logs=np.array([[5, 0.1], [4, 0.9], [1, 0.5]], np.float32))
    store.create(owner="me", config="{}", epochs=9, log_names=NAMES, speed=None, view="{}", parent=parent, forked_at=2)
    branch, _ = store.runs.of("me")
    assert (branch.run.epoch, branch.last["loss"], branch.lowest["loss"]) == (2, 4, 4)
    assert branch.highest["accuracy"] == np.float32(0.9)


def test_names_and_stars_come_back_after_a_restart(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    one, other = create(store).id, create(store).id
    store.runs.rename(one, "wide '); DROP TABLE runs --")
    store.runs.star(one, True)
    store.runs.rename(other, "not for long")
    store.runs.rename(other, None)
    store.close()
    again = RunStore(tmp_path)
    found = {listed.run.id: (listed.run.name, listed.run.starred) for listed in again.runs.of("me")}
    assert found == {one: ("wide '); DROP TABLE runs --", True), other: (None, False)}


def test_a_deleted_run_is_off_the_list_until_it_is_restored(store: RunStore) -> None:
    run, kept = create(store).id, create(store).id
    store.record(run, logs=np.ones((2, 2), np.float32))
    store.runs.delete(run)
    assert ids(store) == [kept]
    assert list(store.runs.deleted()) == [run]
    store.runs.restore(run)
    assert ids(store) == [kept, run]
    assert store.runs.deleted() == {}
    assert len(store.history(run)) == 2


def test_a_removed_run_leaves_nothing(store: RunStore, tmp_path: Path) -> None:
    run, restored = create(store).id, create(store).id
    store.record(run, logs=np.ones((2, 2), np.float32), snapshots=[(1, b"state")], kept=b"checkpoint")
    store.runs.delete(run)
    store.runs.remove([run, restored])
    assert ids(store) == [restored], "what is not deleted is not removed"
    assert store.get(run) is None
    store.close()
    database = sqlite3.connect(tmp_path / "runs.sqlite")
    for table in ("epochs", "artifacts"):
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    database.close()


def test_the_next_server_removes_what_was_deleted_and_had_ended(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    ended, training, kept = (create(store).id for _ in range(3))
    store.update(ended, state="done")
    for run in (ended, training):
        store.runs.delete(run)
    store.close()
    again = RunStore(tmp_path)
    assert again.get(ended) is None
    assert again.get(training) is not None, "another server may be stopping it at this moment"
    assert ids(again) == [kept]


def test_a_star_keeps_an_old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "KEPT_RUNS", 2)
    store = RunStore(tmp_path)
    starred, plain, *new = (create(store).id for _ in range(4))
    for run in (starred, plain, *new):
        store.update(run, state="done")
    store.runs.star(starred, True)
    store.close()
    assert ids(RunStore(tmp_path)) == [*new[::-1], starred]


def test_a_list_reads_one_epoch_of_each_run(store: RunStore) -> None:
    run = create(store).id
    store.record(run, logs=np.ones((500, 2), np.float32))
    plan = [row["detail"] for row in store._all(f"EXPLAIN QUERY PLAN {run_list._LIST}", "me")]
    assert any("SEARCH epochs USING PRIMARY KEY (run=? AND epoch=?)" in step for step in plan), plan
