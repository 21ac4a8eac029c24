"""Slow motion through a worker: the numbers are those of the next epoch, and the run stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from core.engine.engine import Engine
from core.errors import SnapshotNotKept
from core.evaluation import View
from core.experiment.config import ExperimentConfig
from core.inspection.slow_motion import slow_motion
from core.protocol.messages import Edit
from core.training import ProgramCache, Trainer
from core.worker.slow_picture import SHOWN, picture_of
from tests.core.tiny_runs import experiment, table, until, wait, wait_for_end, wait_for_rest

Trained = Callable[[ExperimentConfig], Trainer]


def test_a_paused_run_is_shown_and_trains_on_as_if_nothing_had_been(
    engine: Engine, owner: str, trained: Trained, programs: ProgramCache
) -> None:
    config = experiment(dataset="moons", layers="3-tanh", epochs=9)
    feed = engine.train(config, owner=owner, steps=4)
    wait(feed, lambda feed: feed.state == "paused" and feed.epoch == 4)
    wait_for_rest(engine, feed)
    reference = Trainer(config, programs=programs)
    reference.advance(4)
    for batch, sample in ((0, 0), (2, 5), (1, 0)):
        picture = engine.questions.dissect(feed.id, batch=batch, sample=sample)
        expected = picture_of(config, reference.dataset, slow_motion(reference, batch, sample))
        assert picture == expected
        json.dumps(picture, allow_nan=False)
    assert engine.questions.dissect(feed.id, epoch=2)["epoch"] == 2
    engine.resume(feed.id, owner=owner)
    wait_for_end(feed)
    np.testing.assert_array_equal(feed.history(), table(trained(config)))


def test_an_experiment_that_has_not_been_trained_is_shown_from_its_initial_weights(engine: Engine) -> None:
    config = experiment(layers="20-relu,3-tanh")
    feed = engine.preview(config, View())
    wait(feed, lambda feed: feed.frame is not None)
    picture = engine.questions.dissect(feed.id)
    assert picture["epoch"] == 0
    first, second, last = picture["layers"]
    assert (len(first["units"]), first["of"]) == (SHOWN, 20)
    assert np.shape(second["weights"]) == (SHOWN, 3)
    assert (second["fan_in"], last["of"]) == (20, config.dataset.n_classes)
    np.testing.assert_allclose(np.sum(last["a"]), 1.0, atol=1e-6)


@pytest.mark.parametrize(("asked", "words"), [({"batch": 99}, "batches 0 to"), ({"sample": 99}, "samples 0 to")])
def test_a_batch_that_is_not_there_is_said(engine: Engine, owner: str, asked: dict[str, int], words: str) -> None:
    feed = engine.train(experiment(epochs=2), owner=owner)
    wait_for_end(feed)
    wait_for_rest(engine, feed)
    with pytest.raises(SnapshotNotKept, match=words):
        engine.questions.dissect(feed.id, **asked)
    with pytest.raises(SnapshotNotKept):
        engine.questions.dissect(feed.id, epoch=77)


def test_a_weight_set_by_hand_is_what_slow_motion_starts_from(engine: Engine, owner: str) -> None:
    feed = engine.train(experiment(layers="3-tanh", epochs=9), owner=owner, steps=2)
    wait(feed, lambda feed: feed.state == "paused" and feed.epoch == 2)
    wait_for_rest(engine, feed)
    before = engine.store.kept(feed.id, "checkpoint")
    engine.edit_weight(feed.id, Edit(0, 1, 2, 2.5), owner=owner)
    until(lambda: engine.store.kept(feed.id, "checkpoint") != before, "the edit was not kept")
    assert engine.questions.dissect(feed.id)["layers"][0]["weights"][1][2] == 2.5


def test_the_loss_s_formula_is_that_of_the_row_s_class() -> None:
    trainer = Trainer(experiment(dataset="moons", layers="3-tanh", epochs=1))
    symbols = {}
    for sample in range(16):
        picture = picture_of(trainer.config, trainer.dataset, slow_motion(trainer, 0, sample))
        symbols[picture["target"]] = picture["loss_symbol"]
    assert symbols == {0.0: "−ln(1 − p)", 1.0: "−ln p"}
