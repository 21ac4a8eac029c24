"""The store of runs: a real SQLite file, many threads, and processes that are killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core.experiment.drawing import Drawing, reference_of
from core.store import KEPT_RUNS, Run, RunStore, drawings, run_store, statements
from core.words import Said
from tests.drawings import clusters

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("loss", "accuracy")


def create(store: RunStore, owner: str = "me") -> Run:
    return store.create(owner=owner, config="{}", epochs=100, log_names=NAMES, speed=None, view="{}")


def adopted(store: RunStore) -> list[Run]:
    runs = store.adopt()
    assert runs is not None
    return runs


def logs(first: int, last: int) -> np.ndarray:
    """Rows that say which epoch they are of."""
    numbers = np.arange(first, last + 1, dtype=np.float32)
    return np.stack([numbers, 1 / numbers], axis=1)


def test_a_run_comes_back_as_it_was_created(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "made" / "here")
    run = store.create(owner="me", config='{"seed": 1}', epochs=7, log_names=NAMES, speed=5.0, view='{"x": 0}')
    assert store.get(run.id) == run
    assert (run.state, run.epoch, run.message) == ("queued", 0, None)
    assert store.history(run.id).shape == (0, 2)


def test_ids_are_random_and_say_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    ids = {create(store, owner="Ada-Lovelace").id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(id) >= 22 for id in ids)  # 128 bits in base 64
    # Three letters of a name come up by chance in one of 260 such lots; twelve never do.
    assert not any("Ada-Lovelace" in id for id in ids)


@pytest.mark.parametrize("id", ["nothing", "", "' OR 1=1 --", "../../x", "nul\0inside"])
def test_a_run_that_does_not_exist_is_none(tmp_path: Path, id: str) -> None:
    store = RunStore(tmp_path)
    create(store)
    assert store.get(id) is None
    assert store.kept(id, "frame") is None
    assert store.changes(id) == []
    assert len(store.history(id)) == 0


def test_epochs_are_kept_in_order_and_bit_for_bit(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    values = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    for first in (0, 10, 20, 30):
        store.record(run, first_epoch=first + 1, logs=values[first : first + 10])
    assert np.array_equal(store.history(run), values)
    found = store.get(run)
    assert found is not None
    assert found.epoch == 40


def test_an_epoch_that_comes_again_replaces_the_old_one(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    store.record(run, first_epoch=1, logs=np.zeros((3, 2), np.float32))
    store.record(run, first_epoch=2, logs=np.ones((2, 2), np.float32))
    assert store.history(run)[:, 0].tolist() == [0, 1, 1]


def test_a_loss_that_is_not_a_number_is_kept_as_it_is(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    values = np.array([[np.nan, np.inf]], np.float32)
    store.record(run, first_epoch=1, logs=values)
    assert np.array_equal(store.history(run), values, equal_nan=True)


def test_what_is_kept_last_counts_and_kinds_are_apart(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    store.keep(run, "frame", b"old")
    store.keep(run, "frame", b"new\0\xff")
    store.keep(run, "checkpoint", b"weights")
    assert store.kept(run, "frame") == b"new\0\xff"
    assert store.kept(run, "checkpoint") == b"weights"
    assert store.kept(run, "predictions") is None


def test_of_two_changes_after_one_epoch_the_second_counts(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    for epoch, rate in ((9, 0.3), (4, 0.1), (9, 0.2)):
        store.record_change(run, epoch, rate)
    assert store.changes(run) == [(4, 0.1), (9, 0.2)]


def test_fields_are_updated_and_others_left_alone(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store)
    said = Said("A '{what}' sentence; DROP TABLE runs", {"what": Said.counted("{n} row", "{n} rows", {"n": 3})})
    store.update(run.id, state="running", speed=20.0)
    store.update(run.id, message=said, epochs=9, seconds=1.5)
    found = store.get(run.id)
    assert found is not None
    assert (found.state, found.speed, found.epochs, found.seconds) == ("running", 20.0, 9, 1.5)
    assert found.message == said
    assert (found.owner, found.config, found.created) == (run.owner, run.config, run.created)


@pytest.mark.parametrize("field", ["owner", "id", "config", "server", "state = 'done' --"])
def test_fields_that_never_change_are_refused(tmp_path: Path, field: str) -> None:
    store = RunStore(tmp_path)
    run = create(store)
    with pytest.raises(ValueError, match="Unknown fields"):
        store.update(run.id, **{field: "other"})
    assert store.get(run.id) == run


def test_pictures_and_epochs_belong_to_a_run(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    store.record("nothing", first_epoch=1, logs=logs(1, 1))
    store.keep("nothing", "frame", b"")
    store.record(run, first_epoch=1, logs=logs(1, 3))  # what is wrong takes nothing with it
    assert np.array_equal(store.history(run), logs(1, 3))
    assert len(store.history("nothing")) == 0
    assert store.trouble is None


def test_thirty_threads_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    runs = [create(store).id for _ in range(30)]
    errors: list[Exception] = []

    def write(run: str) -> None:
        try:
            for first in range(1, 101, 2):
                store.record(run, first_epoch=first, logs=logs(first, first + 1))
            store.update(run, state="done")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    for run in runs:
        assert np.array_equal(store.history(run), logs(1, 100))
        found = store.get(run)
        assert found is not None
        assert (found.state, found.epoch) == ("done", 100)


def test_two_servers_share_a_folder(tmp_path: Path) -> None:
    one, other = RunStore(tmp_path), RunStore(tmp_path)
    stores = {create(one).id: one, create(other).id: other}

    def write(run: str, store: RunStore) -> None:
        for epoch in range(1, 51):
            store.record(run, first_epoch=epoch, logs=logs(epoch, epoch))

    threads = [threading.Thread(target=write, args=pair) for pair in stores.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for run in stores:
        assert np.array_equal(one.history(run), logs(1, 50))
        assert np.array_equal(other.history(run), logs(1, 50))


def test_runs_of_a_server_that_lives_are_left_to_it(tmp_path: Path) -> None:
    first = RunStore(tmp_path)
    run = create(first)
    first.update(run.id, state="running")
    first.flush()
    second = RunStore(tmp_path)
    assert second.adopt() == []
    found = second.get(run.id)
    assert found is not None
    assert found.state == "running"


@pytest.mark.parametrize("state", ["queued", "running", "paused"])
def test_runs_of_a_server_that_is_gone_are_adopted_once_and_as_they_were(tmp_path: Path, state: str) -> None:
    first = RunStore(tmp_path)
    run = create(first).id
    first.update(run, state=state)
    first.record(run, first_epoch=1, logs=logs(1, 12))
    first.close()
    second, third = RunStore(tmp_path), RunStore(tmp_path)
    (found,) = adopted(second)
    assert (found.id, found.state, found.epoch, found.message) == (run, state, 12, None)
    assert np.array_equal(second.history(run), logs(1, 12))
    assert third.adopt() == []
    assert third.is_elsewhere(found)
    assert not second.is_elsewhere(found)


@pytest.mark.parametrize("state", ["done", "stopped", "failed"])
def test_runs_that_had_ended_stay_as_they_were(tmp_path: Path, state: str) -> None:
    first = RunStore(tmp_path)
    run = create(first).id
    first.update(run, state=state, message=Said("as it was"))
    first.close()
    again = RunStore(tmp_path)
    assert again.adopt() == []
    found = again.get(run)
    assert found is not None
    assert (found.state, found.message) == (state, Said("as it was"))


def test_old_runs_are_thinned_at_the_next_start(tmp_path: Path) -> None:
    first = RunStore(tmp_path)
    active, *runs = [create(first).id for _ in range(KEPT_RUNS + 4)]
    for run in runs:
        first.update(run, state="done")
    first.record(runs[0], first_epoch=1, logs=logs(1, 5))
    first.keep(runs[0], "frame", b"picture")
    first.record_change(runs[0], 1, 0.5)
    assert first.get(runs[0]) is not None
    first.close()
    second = RunStore(tmp_path)
    assert [second.get(run) is not None for run in runs] == [False] * 3 + [True] * KEPT_RUNS
    assert second.get(active) is not None, "a run that trains is never too old"
    assert len(second.history(runs[0])) == 0
    assert second.kept(runs[0], "frame") is None
    assert second.changes(runs[0]) == []


_WRITER = """
import sys, numpy as np
from pathlib import Path
from core.store import RunStore
store = RunStore(Path(sys.argv[1]))
run = store.create(owner="me", config="{}", epochs=100, log_names=("loss", "accuracy"), speed=None, view="{}")
store.update(run.id, state="running")
store.flush()
print(run.id, flush=True)
epoch = 0
while True:
    epoch += 1
    store.record(run.id, first_epoch=epoch, logs=np.array([[epoch, 1 / epoch]], np.float32))
    store.flush()
    print(epoch, flush=True)
"""


def test_a_kill_at_any_moment_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    for moment in (1, 7, 40, 111, 250):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        run = writer.stdout.readline().strip()
        for _ in range(moment):
            committed = int(writer.stdout.readline())
        # While it lives another server leaves its run alone.
        other = RunStore(tmp_path)
        alive = other.get(run)
        assert alive is not None
        assert alive.state == "running"
        other.close()
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.communicate()[0].split("\n")
        committed = max([committed, *(int(line) for line in rest[:-1])])
        store = RunStore(tmp_path)
        history = store.history(run)
        assert committed <= len(history) <= committed + 1  # the last one may not have been printed
        assert np.array_equal(history, logs(1, len(history)))
        found = store.get(run)
        assert found is not None
        assert (found.state, found.epoch) == ("running", len(history))
        store.close()


def test_what_waits_is_written_when_the_store_is_closed(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = create(store).id
    for number in range(200):
        store.keep(run, "frame", bytes([number]) * 1000)
        store.record(run, first_epoch=number + 1, logs=logs(number + 1, number + 1))
    store.close()
    again = RunStore(tmp_path)
    assert again.kept(run, "frame") == bytes([199]) * 1000
    assert len(again.history(run)) == 200


def test_runs_are_not_adopted_while_the_database_is_locked_and_are_afterwards(tmp_path: Path) -> None:
    first = RunStore(tmp_path)
    run = create(first).id
    first.close()
    second = RunStore(tmp_path)
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert second.adopt() is None
    changed = threading.Event()
    second.on_trouble(changed.set)
    other.execute("ROLLBACK")
    other.close()
    assert changed.wait(30)
    assert second.trouble is None
    (found,) = adopted(second)
    assert found.id == run


def test_a_closed_store_leaves_no_sign_of_life(tmp_path: Path) -> None:
    RunStore(tmp_path).close()
    assert list((tmp_path / "servers").iterdir()) == []


def test_signs_of_life_of_killed_servers_are_cleared_away(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    writer.kill()
    writer.communicate()
    left = {path.name for path in (tmp_path / "servers").glob("*.sqlite")}
    assert left
    RunStore(tmp_path)
    assert not left & {path.name for path in (tmp_path / "servers").glob("*.sqlite")}


def test_a_drawing_is_kept_once_and_comes_back_after_a_restart(tmp_path: Path) -> None:
    drawing = Drawing.of(clusters(20, 30))
    store = RunStore(tmp_path)
    reference = store.keep_drawing(drawing)
    assert store.keep_drawing(drawing) == reference == reference_of(drawing.text)
    store.close()
    again = RunStore(tmp_path)
    assert again.find_drawing(reference) == drawing
    assert again.find_drawing("sha-" + "0" * 32) is None


def test_the_drawings_shown_longest_ago_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "KEPT_DRAWINGS", 3)
    store = RunStore(tmp_path)
    first, *others = (Drawing.of(clusters(10, 10 + more)) for more in range(4))
    references = [store.keep_drawing(drawing) for drawing in (first, *others[:2])]
    store.keep_drawing(first)  # shown again
    references.append(store.keep_drawing(others[2]))
    kept = [store.find_drawing(reference) is not None for reference in references]
    assert kept == [True, False, True, True]


def test_a_clock_that_was_set_back_deletes_nothing_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "KEPT_RUNS", 3)
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
