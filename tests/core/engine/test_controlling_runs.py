"""Pause, step, resume, stop, continue, speed and learning rate, and who may use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.engine.engine import Engine
from core.errors import NotYourRun, RunNotFound
from core.evaluation import View
from core.experiment.config import ExperimentConfig
from core.store import RunStore
from core.training import ProgramCache, Trainer
from tests.core.tiny_runs import ENDLESS, experiment, table, wait, wait_for_end, wait_for_epoch, wait_for_rest

Trained = Callable[[ExperimentConfig], Trainer]

CONTROLS: dict[str, Callable[[Engine, str, str], object]] = {
    "pause": lambda engine, run, owner: engine.pause(run, owner=owner),
    "resume": lambda engine, run, owner: engine.resume(run, owner=owner),
    "step": lambda engine, run, owner: engine.step(run, owner=owner),
    "stop": lambda engine, run, owner: engine.stop_run(run, owner=owner),
    "speed": lambda engine, run, owner: engine.set_speed(run, 5, owner=owner),
    "learning rate": lambda engine, run, owner: engine.set_learning_rate(run, 0.5, owner=owner),
    "view": lambda engine, run, owner: engine.set_view(run, View("pca"), owner=owner),
    "extend": lambda engine, run, owner: engine.extend(run, 5, owner=owner),
}


def paused(engine: Engine, owner: str, config: ExperimentConfig, epochs: int = 1):
    """A run that trained some epochs and waits."""
    feed = engine.train(config, owner=owner, steps=epochs)
    wait(feed, lambda feed: feed.state == "paused" and feed.epoch == epochs)
    return feed


def test_a_paused_run_does_no_epoch_until_it_is_resumed(engine: Engine, owner: str) -> None:
    feed = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(feed, 5)
    engine.pause(feed.id, owner=owner)
    assert feed.state == "paused"
    wait_for_rest(engine, feed)
    stood = feed.epoch
    # Another run trains beside it: the worker had time for more.
    other = engine.train(experiment(epochs=100), owner=f"{owner} other")
    wait_for_end(other)
    assert (feed.state, feed.epoch) == ("paused", stood)
    engine.resume(feed.id, owner=owner)
    wait_for_epoch(feed, stood + 1)
    assert feed.state == "running"


def test_a_step_trains_one_epoch_and_leaves_the_run_paused(engine: Engine, owner: str) -> None:
    feed = paused(engine, owner, experiment())
    for epoch in (2, 3, 4):
        engine.step(feed.id, owner=owner)
        wait_for_epoch(feed, epoch)
        assert (feed.state, feed.epoch) == ("paused", epoch)


def test_a_step_of_a_running_run_pauses_it(engine: Engine, owner: str) -> None:
    feed = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(feed, 1)
    engine.step(feed.id, owner=owner)
    wait(feed, lambda feed: feed.state == "paused")
    assert feed.epoch < 10_000


def test_pausing_stepping_and_resuming_change_nothing_in_the_curve(
    engine: Engine, owner: str, trained: Trained
) -> None:
    config = experiment(layers="6-relu-d0.3", epochs=200, seed=5)
    feed = paused(engine, owner, config, epochs=3)
    engine.step(feed.id, owner=owner)
    wait_for_epoch(feed, 4)
    engine.resume(feed.id, owner=owner)
    wait_for_epoch(feed, 6)
    engine.pause(feed.id, owner=owner)  # in the middle of an epoch, most likely: that one is abandoned
    engine.step(feed.id, owner=owner)
    engine.resume(feed.id, owner=owner)
    wait_for_end(feed)
    assert feed.state == "done"
    assert np.array_equal(feed.history(), table(trained(config)))


def test_pausing_again_and_again_changes_nothing_in_the_curve(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment(layers="6-relu-d0.3", epochs=60, seed=6)
    feed = engine.train(config, owner=owner)
    while not feed.has_ended:
        engine.pause(feed.id, owner=owner)
        engine.resume(feed.id, owner=owner)
    assert np.array_equal(feed.history(), table(trained(config)))


def test_stepping_past_the_last_epoch_ends_the_run(engine: Engine, owner: str) -> None:
    feed = paused(engine, owner, experiment(epochs=2))
    engine.step(feed.id, owner=owner)
    wait_for_end(feed)
    assert (feed.state, feed.epoch) == ("done", 2)


def test_a_stopped_run_keeps_what_it_learned(engine: Engine, owner: str) -> None:
    feed = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(feed, 5)
    engine.stop_run(feed.id, owner=owner)
    wait_for_end(feed)
    assert feed.state == "stopped"
    assert 5 <= feed.epoch < 10_000
    wait_for_rest(engine, feed)
    run = engine.store.get(feed.id)
    assert run is not None
    assert (run.state, run.epoch) == ("stopped", feed.epoch)
    assert np.array_equal(engine.store.history(feed.id), feed.history())


def test_a_run_that_is_continued_goes_on_as_if_it_had_never_ended(engine: Engine, owner: str, trained: Trained) -> None:
    feed = engine.train(experiment(epochs=30, seed=7), owner=owner)
    wait_for_end(feed)
    engine.extend(feed.id, 20, owner=owner)
    wait(feed, lambda feed: feed.epoch == 50 and feed.has_ended)
    assert (feed.state, feed.epochs) == ("done", 50)
    assert np.array_equal(feed.history(), table(trained(experiment(epochs=50, seed=7))))
    run = engine.store.get(feed.id)
    assert run is not None
    assert (run.state, run.epochs, run.epoch) == ("done", 50, 50)


def test_a_stopped_run_can_be_continued(engine: Engine, owner: str) -> None:
    feed = paused(engine, owner, experiment(epochs=100))
    engine.stop_run(feed.id, owner=owner)
    wait_for_end(feed)
    engine.extend(feed.id, 9, owner=owner)
    wait(feed, lambda feed: feed.epoch == 10 and feed.has_ended)
    assert feed.state == "done"


def test_a_run_that_is_continued_at_once_is_not_stopped_again(engine: Engine, owner: str) -> None:
    """Stop looks after 0.15 s whether the worker has answered; by then the run may train again."""
    feed = engine.train(experiment(epochs=100), owner=owner, speed=20)
    wait_for_epoch(feed, 1)
    engine.stop_run(feed.id, owner=owner)
    wait_for_end(feed)
    stood = feed.epoch
    engine.extend(feed.id, 10, owner=owner)
    wait(feed, lambda feed: feed.epoch == stood + 10 and feed.has_ended)  # half a second later
    assert feed.state == "done"


def test_an_old_run_can_be_continued_after_many_others_have_ended(engine: Engine, owner: str) -> None:
    """A worker keeps the last twenty ended runs at hand; older ones must come back from their checkpoint."""
    old = engine.train(experiment(epochs=3), owner=owner)
    wait_for_end(old)
    wait_for_rest(engine, old)
    for seed in range(25):
        wait_for_end(engine.train(experiment(epochs=1, seed=seed), owner=f"{owner} {seed}"))
    engine.extend(old.id, 2, owner=owner)
    assert old.wait_until(lambda feed: feed.epoch == 5, 10), "Continue did nothing"


def test_a_changed_learning_rate_applies_from_the_next_epoch_and_is_recorded(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    config = experiment(epochs=60, seed=8)
    feed = paused(engine, owner, config, epochs=5)
    engine.set_learning_rate(feed.id, 0.25, owner=owner)
    engine.resume(feed.id, owner=owner)
    wait_for_end(feed)
    reference = Trainer(config, programs=programs)
    reference.advance(5)
    reference.learning_rate = 0.25
    reference.fit()
    assert np.array_equal(feed.history(), table(reference))
    assert feed.changes == [(5, 0.25)]
    assert engine.store.changes(feed.id) == [(5, 0.25)]


def test_the_recorded_change_says_which_epoch_was_the_first_to_use_it(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    """Who repeats the run from its record gets the same curve, also where it was changed at full speed."""
    config = experiment(epochs=1500, seed=9)
    feed = engine.train(config, owner=owner)
    wait_for_epoch(feed, 10)
    for wanted in (0.2, 0.02, 0.1, 0.05):
        feed.wait_until(lambda feed: feed.has_ended, 0.043)  # any moment, not the one after a report
        engine.set_learning_rate(feed.id, wanted, owner=owner)
    wait_for_end(feed)
    changes = engine.store.changes(feed.id)
    assert changes == feed.changes
    assert len(changes) > 1
    reference = Trainer(config, programs=programs)
    for epoch, rate in changes:
        reference.advance(epoch - reference.epoch)
        reference.learning_rate = rate
    reference.fit()
    same = np.all(feed.history() == table(reference), axis=1)
    assert same.all(), f"recorded {changes}, but the curves part after epoch {int(np.argmin(same))}"


def test_a_new_run_stops_the_owners_other_one_and_says_why(engine: Engine, owner: str) -> None:
    first = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(first, 1)
    second = engine.train(experiment(), owner=owner)
    wait_for_end(first)
    assert (first.state, str(first.message)) == ("stopped", "Stopped: a newer run was started.")
    wait_for_end(second)
    assert second.state == "done"
    run = engine.store.get(first.id)
    assert run is not None
    assert (run.state, run.message) == (first.state, first.message)


def test_continuing_a_run_stops_the_owners_other_one_and_says_why(engine: Engine, owner: str) -> None:
    ended = engine.train(experiment(epochs=2), owner=owner)
    wait_for_end(ended)
    active = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(active, 1)
    engine.extend(ended.id, 1, owner=owner)
    wait_for_end(active)
    assert (active.state, str(active.message)) == ("stopped", "Stopped: another run was continued.")
    wait(ended, lambda feed: feed.epoch == 3 and feed.has_ended)


def test_fifty_clicks_on_train_leave_one_run(engine: Engine, owner: str) -> None:
    feeds = [engine.train(ENDLESS, owner=owner) for _ in range(50)]
    for feed in feeds[:-1]:
        wait_for_end(feed)
    wait_for_epoch(feeds[-1], 1)
    assert [feed.state for feed in feeds[:-1]] == ["stopped"] * 49
    assert {str(feed.message) for feed in feeds[:-1]} == {"Stopped: a newer run was started."}
    assert feeds[-1].state == "running"


@pytest.mark.parametrize("stranger", ["another browser", ""], ids=["another browser", "nobody"])
@pytest.mark.parametrize("control", CONTROLS)
def test_nobody_else_controls_a_run(engine: Engine, owner: str, control: str, stranger: str) -> None:
    feed = paused(engine, owner, experiment())
    with pytest.raises(NotYourRun):
        CONTROLS[control](engine, feed.id, stranger)
    assert (feed.state, feed.epoch, feed.changes) == ("paused", 1, [])


@pytest.mark.parametrize("control", CONTROLS)
def test_a_preview_is_nobodys_to_control(engine: Engine, owner: str, control: str) -> None:
    preview = engine.preview(experiment(), View())
    with pytest.raises(NotYourRun):
        CONTROLS[control](engine, preview.id, owner)
    with pytest.raises(NotYourRun):
        CONTROLS[control](engine, preview.id, "")


@pytest.mark.parametrize("control", CONTROLS)
def test_a_run_that_does_not_exist_is_named_as_such(engine: Engine, control: str) -> None:
    with pytest.raises(RunNotFound, match="does not exist"):
        CONTROLS[control](engine, "nothing", "anybody")


@pytest.mark.parametrize("name", ["../../x", "CON", "nul\0inside", "x" * 10_000, "a\u202eb", "", "' OR 1=1 --"])
def test_odd_ids_find_nothing(engine: Engine, name: str) -> None:
    with pytest.raises(RunNotFound):
        engine.find(name)


@pytest.mark.parametrize("control", ["pause", "resume", "step", "stop", "speed", "learning rate"])
def test_controls_leave_an_ended_run_as_it_is(engine: Engine, owner: str, control: str) -> None:
    feed = engine.train(experiment(epochs=3), owner=owner)
    wait_for_end(feed)
    before = feed.history().copy()
    CONTROLS[control](engine, feed.id, owner)
    assert feed.state == "done"
    assert feed.changes == []
    assert np.array_equal(feed.history(), before)


def test_a_run_that_waits_in_the_queue_says_where_and_begins_as_it_was_set_meanwhile(engine: Engine) -> None:
    """A worker trains 32 runs at once; the 33rd waits."""
    busy = [engine.train(experiment(epochs=10_000), owner=f"queue {index}", speed=1) for index in range(32)]
    waiting = engine.train(experiment(epochs=20), owner="queue 32", steps=2)
    last = engine.train(experiment(epochs=20), owner="queue 33")
    try:
        for feed in busy:
            wait(feed, lambda feed: feed.state == "running")
        assert (waiting.state, waiting.queue_position) == ("queued", 1)
        assert (last.state, last.queue_position) == ("queued", 2)
        engine.set_learning_rate(waiting.id, 0.5, owner="queue 32")
        engine.stop_run(busy[0].id, owner="queue 0")
        wait(waiting, lambda feed: feed.state == "paused" and feed.epoch == 2)
        assert (waiting.learning_rate, waiting.changes) == (0.5, [(0, 0.5)])
        began = last.wait_until(lambda feed: feed.state != "queued", 15)
        assert began, "a paused run makes room: the next in the queue begins"
        wait_for_end(last)
    finally:
        for index, feed in enumerate([*busy, waiting, last]):
            engine.stop_run(feed.id, owner=f"queue {index}")
        for feed in [*busy, waiting, last]:
            wait_for_end(feed)


def test_controls_used_before_any_worker_has_started_count(tmp_path: Path, trained: Trained) -> None:
    engine = Engine(RunStore(tmp_path), workers=1, begin=False)
    try:
        stopped, paused, faster = (engine.train(experiment(epochs=5), owner=name) for name in ("a", "b", "c"))
        assert str(stopped.message) == "The training engine is starting; this run begins in a moment."
        engine.stop_run(stopped.id, owner="a")
        assert stopped.state == "stopped"
        engine.pause(paused.id, owner="b")
        engine.set_learning_rate(faster.id, 0.5, owner="c")
        engine.begin()
        wait_for_end(faster)
        assert (faster.learning_rate, faster.changes) == (0.5, [(0, 0.5)])
        assert engine.store.changes(faster.id) == [(0, 0.5)]
        assert (paused.state, paused.epoch) == ("paused", 0)
        assert (stopped.state, stopped.epoch) == ("stopped", 0)
        engine.resume(paused.id, owner="b")
        wait_for_end(paused)
        assert np.array_equal(paused.history(), table(trained(experiment(epochs=5))))
    finally:
        engine.stop()


def test_a_run_that_is_stopped_in_the_queue_never_begins(engine: Engine) -> None:
    busy = [engine.train(experiment(epochs=10_000), owner=f"queue {index}", speed=1) for index in range(32)]
    waiting, last = (engine.train(experiment(), owner=f"queue {index}") for index in (32, 33))
    try:
        assert (waiting.state, last.queue_position) == ("queued", 2)
        engine.stop_run(waiting.id, owner="queue 32")
        assert (waiting.state, waiting.epoch) == ("stopped", 0)
        run = engine.store.get(waiting.id)
        assert run is not None
        assert run.state == "stopped"
        assert last.queue_position == 1, "who waits behind it moves up"
    finally:
        for index, feed in enumerate([*busy, waiting, last]):
            engine.stop_run(feed.id, owner=f"queue {index}")
        for feed in [*busy, last]:
            wait_for_end(feed)
