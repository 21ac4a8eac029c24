"""Another plane of the input space, of a run that trains, waits or has ended."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.evaluation import View, plane_of
from core.experiment.config import ExperimentConfig
from core.training import Trainer
from tests.core.tiny_runs import experiment, table, wait, wait_for_end, wait_for_epoch, wait_for_rest

Trained = Callable[[ExperimentConfig], Trainer]
PETALS = View("slice", 2, 3)


def shows_petals(feed: RunFeed) -> bool:
    return feed.view is not None and feed.view.header["view"]["x_label"] == "petal length (cm)"


def map_of(trainer: Trainer, view: View) -> np.ndarray:
    return trainer.predict(plane_of(trainer.dataset, view).grid).argmax(axis=1)


def test_an_ended_run_is_drawn_on_another_plane(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment(dataset="iris", epochs=15)
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    wait_for_rest(engine, feed)
    principal = feed.frame
    engine.set_view(feed.id, PETALS, owner=owner)
    wait(feed, lambda feed: shows_petals(feed) and feed.frame is not principal)
    assert feed.frame is not None
    assert feed.frame.header["frame"]["epoch"] == 15
    agreement = np.mean(feed.frame.blocks["map_class"].ravel() == map_of(trained(config), PETALS))
    assert agreement > 0.999
    assert (feed.state, feed.epoch) == ("done", 15)


def test_a_run_in_training_is_drawn_on_another_plane_and_its_curve_stays(
    engine: Engine, owner: str, trained: Trained
) -> None:
    config = experiment(dataset="iris", epochs=400)
    feed = engine.train(config, owner=owner)
    wait_for_epoch(feed, 1)
    engine.set_view(feed.id, PETALS, owner=owner)
    wait(feed, shows_petals)
    wait_for_end(feed)
    assert feed.epoch == 400
    assert np.array_equal(feed.history(), table(trained(config)))
    wait_for_rest(engine, feed)
    assert feed.frame is not None
    agreement = np.mean(feed.frame.blocks["map_class"].ravel() == map_of(trained(config), PETALS))
    assert agreement > 0.999


def test_a_paused_run_is_drawn_on_another_plane(engine: Engine, owner: str) -> None:
    feed = engine.train(experiment(dataset="iris"), owner=owner, steps=1)
    wait(feed, lambda feed: feed.epoch == 1)
    wait_for_rest(engine, feed)
    before = feed.frame
    engine.set_view(feed.id, PETALS, owner=owner)
    wait(feed, lambda feed: shows_petals(feed) and feed.frame is not before)
    assert feed.epoch == 1


@pytest.mark.parametrize("view", [View("slice", 0, 9), View("slice", 1, 1), View("slice", -1, 0)])
def test_a_plane_that_does_not_exist_does_not_cost_the_run(engine: Engine, owner: str, view: View) -> None:
    feed = engine.train(experiment(dataset="iris", epochs=30), owner=owner, steps=1)
    wait(feed, lambda feed: feed.epoch == 1)
    with contextlib.suppress(ValueError):  # to refuse it is an answer; to end the run is none
        engine.set_view(feed.id, view, owner=owner)
    engine.resume(feed.id, owner=owner)
    wait_for_end(feed)
    assert (feed.state, feed.epoch) == ("done", 30)
