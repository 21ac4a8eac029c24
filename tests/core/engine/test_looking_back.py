"""Recorded epochs are what they were, and a run that goes on from one goes on as the first did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.engine.cursor import Cursor
from core.engine.engine import Engine
from core.errors import NotYourRun, RunNotFound, SnapshotNotKept
from core.evaluation import View, plane_of
from core.experiment.config import ExperimentConfig
from core.training import ProgramCache, Trainer, TrainingState
from core.training.recording import LIMIT, is_recorded
from core.worker.depiction import depict
from tests.core.tiny_runs import experiment, table, wait_for_end, wait_for_epoch, wait_for_rest

Trained = Callable[[ExperimentConfig], Trainer]


def _done(engine: Engine, config: ExperimentConfig, owner: str):
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    wait_for_rest(engine, feed)
    return feed


def test_a_run_records_its_start_the_epochs_of_the_rule_and_its_end(engine: Engine, owner: str) -> None:
    feed = _done(engine, experiment(epochs=211), owner)
    expected = [epoch for epoch in range(211) if is_recorded(epoch, 10)]
    assert sorted(feed.snapshots) == [*expected, 211]
    assert engine.store.snapshots(feed.id) == feed.snapshots
    assert sum(feed.snapshots.values()) <= LIMIT


def test_a_moment_is_the_state_after_its_epoch(engine: Engine, owner: str, programs: ProgramCache) -> None:
    config = experiment(epochs=30)
    feed = _done(engine, config, owner)
    reference = Trainer(config, programs=programs)
    for epoch in (0, 1, 17, 30):
        reference.advance(epoch - reference.epoch) if epoch else None
        kept = TrainingState.from_bytes(engine.store.snapshot(feed.id, epoch) or b"")
        assert kept.epoch == epoch
        for ours, theirs in zip(kept.variables, reference.state().variables, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_the_picture_of_a_moment_is_the_network_of_that_epoch(
    engine: Engine, owner: str, programs: ProgramCache
) -> None:
    config = experiment(dataset="moons", epochs=30)
    feed = _done(engine, config, owner)
    reference = Trainer(config, programs=programs)
    reference.advance(9)
    expected = depict(reference, plane_of(reference.dataset, View()))
    for _ in range(2):
        part = engine.questions.depict(feed.id, 9)
        assert part.header == expected.header
        assert part.header["frame"]["epoch"] == 9
        for name, block in expected.blocks.items():
            np.testing.assert_array_equal(part.blocks[name], block)
    assert np.sum(part.header["frame"]["confusion"]) == len(reference.dataset.x_test)


def test_looking_back_while_it_trains_changes_no_bit(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment(epochs=300)
    feed = engine.train(config, owner=owner)
    wait_for_epoch(feed, 20)
    for epoch in (3, 12, 0, 7):
        assert engine.questions.depict(feed.id, epoch).header["frame"]["epoch"] == epoch
    wait_for_end(feed)
    np.testing.assert_array_equal(engine.store.history(feed.id), table(trained(config)))


@pytest.mark.parametrize("more", [{}, {"layers": "6-relu-d0.3"}, {"early_stopping": 3, "learning_rate": 0.5}])
def test_a_branch_without_a_change_is_the_run_itself(engine: Engine, owner: str, more: dict[str, object]) -> None:
    first = _done(engine, experiment(epochs=40, **more), owner)
    fork = first.epoch // 2
    second = engine.branch(first.id, fork, owner=owner)
    assert (second.parent, second.forked_at, second.epoch >= fork) == (first.id, fork, True)
    wait_for_end(second)
    np.testing.assert_array_equal(engine.store.history(second.id), engine.store.history(first.id))
    wait_for_rest(engine, second)
    assert engine.store.kept(second.id, "checkpoint") == engine.store.kept(first.id, "checkpoint")


def test_a_branch_may_go_on_with_another_learning_rate_and_can_be_looked_back_at_before_its_fork(
    engine: Engine, owner: str
) -> None:
    first = _done(engine, experiment(epochs=40), owner)
    second = engine.branch(first.id, 20, owner=owner, config=experiment(epochs=60, learning_rate=0.2))
    wait_for_end(second)
    one, other = engine.store.history(first.id), engine.store.history(second.id)
    assert len(other) == 60
    np.testing.assert_array_equal(one[:20], other[:20])
    assert not np.array_equal(one[20:40], other[20:40])
    assert second.learning_rate == pytest.approx(0.2)
    assert engine.store.snapshot(second.id, 5) == engine.store.snapshot(first.id, 5)
    state = second.unseen(Cursor(snapshots=-1))
    header = next(part.header["state"] for part in state if "state" in part.header)
    assert header["parent"] == {"run": first.id, "epoch": 20}


def test_a_branch_of_another_network_keeps_the_run_s_own_settings(engine: Engine, owner: str) -> None:
    first = _done(engine, experiment(epochs=10), owner)
    second = engine.branch(first.id, 4, owner=owner, config=experiment(layers="9-relu", epochs=10))
    wait_for_end(second)
    assert second.config == first.config


def test_a_branch_from_the_last_epoch_trains_as_many_again(engine: Engine, owner: str) -> None:
    first = _done(engine, experiment(epochs=10), owner)
    second = engine.branch(first.id, 10, owner=owner)
    wait_for_end(second)
    assert second.epoch == 20


def test_anybody_may_branch_off_and_only_its_owner_controls_the_branch(engine: Engine, owner: str) -> None:
    first = _done(engine, experiment(epochs=10), owner)
    second = engine.branch(first.id, 4, owner="somebody else")
    wait_for_end(second)
    assert first.epoch == 10
    with pytest.raises(NotYourRun):
        engine.extend(second.id, 5, owner=owner)


def test_what_was_not_recorded_is_said(engine: Engine, owner: str) -> None:
    first = _done(engine, experiment(epochs=211), owner)
    assert not is_recorded(131, 10)
    for action in (lambda: engine.questions.depict(first.id, 131), lambda: engine.branch(first.id, 131, owner=owner)):
        with pytest.raises(SnapshotNotKept, match="Epoch 131"):
            action()
    with pytest.raises(RunNotFound):
        engine.branch("none", 1, owner=owner)
