"""Workers are killed at any moment: their runs go on in others, and end as runs that nobody disturbed."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.engine import scheduler
from core.engine.engine import Engine
from core.engine.fork_server import FORKS
from core.engine.run import MOST_DEATHS, LiveRun
from core.engine.worker_pool import WorkerPool
from core.evaluation import View
from core.protocol.messages import Edit
from core.store import RunStore
from core.training import ProgramCache, TrainingState
from core.words import Said
from tests.core.tiny_runs import (
    experiment,
    is_running,
    shown_epoch,
    table,
    until,
    wait,
    wait_for_end,
    wait_for_epoch,
    wait_for_rest,
)
from tests.core.undisturbed import STOPPING, assert_same_run, best_epoch, undisturbed

LONG = experiment(epochs=10_000, seed=2)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, make_pool: Callable[..., WorkerPool]) -> Iterator[Engine]:
    """An engine of this module's own, with two workers: its neighbours' runs are not to be killed."""
    engine = Engine(RunStore(tmp_path_factory.mktemp("kills")), workers=2, make_pool=make_pool)
    until(lambda: engine.pool.ready_workers == 2, "no two workers")
    yield engine
    engine.stop()


def kill_worker_of(engine: Engine, run: LiveRun) -> None:
    """Kill the process that holds a run, and wait until the engine knows."""
    until(lambda: engine.pool.host_pid(run.id) is not None or run.has_ended, "no worker holds it")
    attempt, pid = run.attempt, engine.pool.host_pid(run.id)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    until(lambda: run.attempt > attempt or run.has_ended, "the death was not noticed")


KINDS: dict[str, dict[str, Any]] = {
    "graph path": {"epochs": 200},
    "XLA": {"epochs": 4000},
    "dropout and batch normalisation": {"layers": "6-relu-d0.3,4-tanh-bn", "epochs": 300, "optimizer": "nadam"},
    "regression": {"dataset": "plane", "layers": "3-relu", "optimizer": "sgd", "learning_rate": 0.05, "epochs": 200},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_whose_worker_was_killed_ends_as_if_nothing_had_been(
    engine: Engine, owner: str, programs: ProgramCache, kind: str
) -> None:
    config = experiment(**KINDS[kind])
    run = engine.train(config, owner=owner, speed=100)
    for at_least in (3, 30):
        wait_for_epoch(run, at_least)
        kill_worker_of(engine, run)
    if kind == "XLA":
        engine.set_speed(run.id, None, owner=owner)
        wait_for_epoch(run, 1000)
        kill_worker_of(engine, run)
    engine.set_speed(run.id, None, owner=owner)
    wait_for_end(run)
    wait_for_rest(engine, run)
    assert run.state == "done"
    reference = undisturbed(config, programs)
    assert_same_run(engine.store.history(run.id), engine.store.kept(run.id, "checkpoint"), reference)
    np.testing.assert_array_equal(run.history(), table(reference))


def test_the_page_says_in_one_line_what_happened(engine: Engine, owner: str) -> None:
    run = engine.train(LONG, owner=owner, speed=50)
    wait_for_epoch(run, 3)
    kill_worker_of(engine, run)
    assert run.note is not None
    assert str(run.note).startswith("A training process ended unexpectedly after epoch ")
    assert run._state_part().header["state"]["message"] == run.note.to_json()
    wait(run, lambda run: run.state == "running")
    engine.pause(run.id, owner=owner)  # its owner has seen it
    assert run.note is None


def test_early_stopping_keeps_its_patience_and_its_best_weights(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    reference = undisturbed(STOPPING, programs)
    best = best_epoch(reference)
    assert reference.epoch == best + 30 < 3000
    run = engine.train(STOPPING, owner=owner, speed=20)
    wait_for_epoch(run, best + 10)  # the best weights are known to the process only
    kill_worker_of(engine, run)
    wait_for_end(run)
    wait_for_rest(engine, run)
    assert str(run.message) == "Early stopping ended the run: no better test loss for 30 epochs."
    assert_same_run(engine.store.history(run.id), engine.store.kept(run.id, "checkpoint"), reference)


def test_weights_set_by_hand_changed_rates_and_steps_survive(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    config = experiment(dataset="moons", layers="3-tanh,2-tanh", epochs=40)
    run = engine.train(config, owner=owner, steps=4)
    wait(run, lambda run: run.state == "paused" and run.epoch == 4)
    engine.edit_weight(run.id, Edit(0, 1, 2, 2.5), owner=owner)
    kill_worker_of(engine, run)
    engine.edit_weight(run.id, Edit(1, 0, 1, -1.5), owner=owner)
    engine.edit_weight(run.id, Edit(1, 0, 0, 9.0), owner=owner)
    wait(run, lambda run: len(run.edits) == 3)
    kill_worker_of(engine, run)
    engine.undo_edit(run.id, owner=owner)
    wait(run, lambda run: len(run.edits) == 2)
    kill_worker_of(engine, run)
    engine.set_learning_rate(run.id, 0.2, owner=owner)
    wait(run, lambda run: run.changes == [(4, 0.2)])
    for epoch in (5, 6):
        engine.step(run.id, owner=owner)
        kill_worker_of(engine, run)
        wait_for_epoch(run, epoch)
        assert run.state == "paused"
    assert run.epoch == 6
    engine.resume(run.id, owner=owner)
    kill_worker_of(engine, run)
    wait_for_end(run)
    wait_for_rest(engine, run)
    edits = [dataclasses.replace(edit, before=0.0) for edit in run.edits]
    assert edits == [Edit(0, 1, 2, 2.5, epoch=4), Edit(1, 0, 1, -1.5, epoch=4)]
    reference = undisturbed(config, programs, changes=run.changes, edits=run.edits)
    assert_same_run(engine.store.history(run.id), engine.store.kept(run.id, "checkpoint"), reference)


def test_a_branch_and_a_continued_run_survive(engine: Engine, owner: str, programs: ProgramCache) -> None:
    config = experiment(epochs=30, seed=4)
    run = engine.train(config, owner=owner)
    wait_for_end(run)
    wait_for_rest(engine, run)
    branch = engine.branch(run.id, 17, owner=owner, config=experiment(epochs=60, seed=4, learning_rate=0.2), speed=50)
    wait_for_epoch(branch, 20)
    kill_worker_of(engine, branch)
    wait_for_epoch(branch, 30)
    kill_worker_of(engine, branch)
    engine.set_speed(branch.id, None, owner=owner)
    wait_for_end(branch)
    reference = undisturbed(experiment(epochs=60, seed=4), programs, changes=[(17, 0.2)])
    np.testing.assert_array_equal(engine.store.history(branch.id), table(reference))

    engine.set_speed(run.id, 50, owner=owner)
    engine.extend(run.id, 20, owner=owner)
    wait_for_epoch(run, 33)
    kill_worker_of(engine, run)
    wait_for_end(run)
    wait_for_rest(engine, run)
    assert (run.epoch, run.epochs, run.state) == (50, 50, "done")
    reference = undisturbed(experiment(epochs=50, seed=4), programs)
    assert_same_run(engine.store.history(run.id), engine.store.kept(run.id, "checkpoint"), reference)


def test_a_worker_that_dies_at_the_very_end_leaves_a_run_that_can_be_looked_at(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    """Between its last epoch and its last state, most likely."""
    config = experiment(epochs=3, seed=11)
    run = engine.train(config, owner=owner)
    run.wait_until(lambda run: run.has_ended, 60)
    pid = engine.pool.host_pid(run.id)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for_rest(engine, run)
    assert (run.state, run.epoch) == ("done", 3)
    assert engine.predictions(run.id) is not None
    engine.set_view(run.id, View("slice", 1, 0), owner=owner)
    wait(run, lambda run: run.view is not None and run.view.header["view"]["x"] == 1)
    assert shown_epoch(run) == 3


def test_a_run_that_kills_its_worker_three_times_is_given_up_and_the_reason_said(engine: Engine, owner: str) -> None:
    # An epoch takes many seconds: none comes in between.
    slow = experiment(dataset="digits", layers="512-relu,512-relu,512-relu", batch_size=1, epochs=10)
    run = engine.train(slow, owner=owner)
    for death in range(MOST_DEATHS):
        wait(run, lambda run: run.state == "running" or run.has_ended)
        assert not run.has_ended, f"given up after {death} deaths"
        kill_worker_of(engine, run)
    assert run.state == "failed"
    assert run.message is not None
    assert str(run.message).startswith("The training process ended unexpectedly 3 times without finishing an epoch (")
    if FORKS:
        assert "killed by signal 9, as the system does where memory runs out" in str(run.message)
    assert f"up to epoch {run.epoch} is kept" in str(run.message)
    stored = engine.store.get(run.id)
    assert stored is not None
    assert (stored.state, stored.message) == ("failed", run.message)


def test_a_network_that_kills_every_process_that_shows_it_is_given_up(engine: Engine) -> None:
    preview = engine.preview(experiment(layers="7-relu"), View())
    preview.wait_until(lambda preview: preview.info is not None, 60)
    host = engine.pool.host_pid(preview.id)
    assert host is not None
    preview.was_opened = False  # as if it died while it drew the first picture, again and again
    for _ in range(MOST_DEATHS):
        engine.recovery.go_on_with(preview, Said("of boredom"))
        preview.was_opened = False
    assert preview.state == "failed"
    assert "(of boredom)" in str(preview.message)


def test_a_rate_that_is_set_there_and_back_is_back(engine: Engine, owner: str) -> None:
    run = engine.train(experiment(epochs=10_000, learning_rate=0.03), owner=owner, speed=1)
    wait_for_epoch(run, 1)
    for rate in (0.1, 0.03):
        engine.set_learning_rate(run.id, rate, owner=owner)
    wait(run, lambda run: bool(run.changes) and run.changes[-1][1] == 0.03)
    engine.stop_run(run.id, owner=owner)


def test_stop_ends_a_run_whose_worker_does_not_answer(engine: Engine, owner: str, programs: ProgramCache) -> None:
    run = engine.train(LONG, owner=owner, speed=50)
    wait_for_epoch(run, 3)
    pid = engine.pool.host_pid(run.id)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        asked = time.monotonic()
        engine.stop_run(run.id, owner=owner)
        assert run.state == "stopped"
        assert time.monotonic() - asked < 0.4  # 0.15 s and what a busy machine adds
        stood = run.epoch
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for_rest(engine, run)
    assert (run.state, run.epoch) == ("stopped", stood)
    reference = undisturbed(LONG, programs, until=stood)
    assert_same_run(engine.store.history(run.id), engine.store.kept(run.id, "checkpoint"), reference)


@pytest.mark.skipif(not FORKS, reason="workers are forked on Linux only")
def test_what_workers_are_forked_from_is_started_again_before_it_is_needed(engine: Engine, owner: str) -> None:
    run = engine.train(LONG, owner=owner, speed=50)
    wait_for_epoch(run, 2)
    (parent,) = engine.pool.fork_server_pids
    os.kill(parent, signal.SIGKILL)
    until(lambda: engine.pool.fork_server_pids not in ([], [parent]), "it was not started again")
    before = run.epoch
    wait_for_epoch(run, before + 2)
    assert (run.state, run.attempt) == ("running", 1), "a run does not notice"


def test_the_record_is_never_overwritten_where_something_else_comes_out(engine: Engine, owner: str) -> None:
    """As on another machine, or with another TensorFlow."""
    run = engine.train(LONG, owner=owner, steps=30)
    wait(run, lambda run: run.state == "paused" and run.epoch == 30)
    wait_for_rest(engine, run)
    run.history()[24] += np.float32(1e-6)  # epoch 25, as the other machine trained it
    recorded = run.history().copy()
    earlier = engine.store.snapshot(run.id, 20)
    assert earlier is not None
    engine.store.keep(run.id, "checkpoint", earlier)
    run.snapshots.clear()
    kill_worker_of(engine, run)
    wait(run, lambda run: run.message is not None)
    for _ in range(2):
        assert (run.state, run.epoch) == ("paused", 30)
        assert run.message is not None
        assert str(run.message).startswith("Epoch 25 came out otherwise than it was recorded")
        np.testing.assert_array_equal(run.history(), recorded)
        np.testing.assert_array_equal(np.delete(engine.store.history(run.id), 24, 0), np.delete(recorded, 24, 0))
        messages: list[Said | None] = []
        unlisten = run.listen(lambda: messages.append(run.message))  # noqa: B023  # it ends within this turn
        engine.resume(run.id, owner=owner)  # tries once more, with the same result
        until(lambda: None in messages and run.state == "paused" and run.message is not None, "not tried again")  # noqa: B023
        unlisten()
    engine.stop_run(run.id, owner=owner)
    wait_for_end(run)


def test_the_state_that_is_kept_is_never_old(engine: Engine, owner: str) -> None:
    run = engine.train(LONG, owner=owner, speed=20)
    wait_for_epoch(run, 60)
    kept = engine.store.kept(run.id, "checkpoint")
    assert kept is not None
    age = (run.epoch - TrainingState.from_bytes(kept).epoch) / 20
    assert age < 5  # seconds of training; it is due after 1 to 4.5


def test_every_worker_ends_with_the_engine(tmp_path: Path) -> None:
    engine = Engine(RunStore(tmp_path), workers=2)
    until(lambda: engine.pool.ready_workers == 2, "no two workers")
    workers = engine.pool.pids
    engine.stop()
    assert not any(is_running(pid) for pid in workers)
    assert scheduler._STOP_WITHIN < 0.2
