"""Another plane of the input space, of a run that trains, waits or has ended."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest
from tiny_runs import experiment, table, wait, wait_for_end, wait_for_epoch, wait_for_rest

from core.engine.channel import Channel
from core.engine.engine import Engine
from core.evaluation import View, plane_of
from core.experiment.config import ExperimentConfig
from core.training import Trainer

Trained = Callable[[ExperimentConfig], Trainer]
PETALS = View("slice", 2, 3)


def shows_petals(channel: Channel) -> bool:
    return channel.view is not None and channel.view.header["view"]["x_label"] == "petal length (cm)"


def map_of(trainer: Trainer, view: View) -> np.ndarray:
    return trainer.predict(plane_of(trainer.dataset, view).grid).argmax(axis=1)


def test_an_ended_run_is_drawn_on_another_plane(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment(dataset="iris", epochs=15)
    channel = engine.train(config, owner=owner)
    wait_for_end(channel)
    wait_for_rest(engine, channel)
    principal = channel.frame
    engine.set_view(channel.id, PETALS, owner=owner)
    wait(channel, lambda channel: shows_petals(channel) and channel.frame is not principal)
    assert channel.frame is not None
    assert channel.frame.header["frame"]["epoch"] == 15
    agreement = np.mean(channel.frame.blocks["map_class"].ravel() == map_of(trained(config), PETALS))
    assert agreement > 0.999
    assert (channel.state, channel.epoch) == ("done", 15)


def test_a_run_in_training_is_drawn_on_another_plane_and_its_curve_stays(
    engine: Engine, owner: str, trained: Trained
) -> None:
    config = experiment(dataset="iris", epochs=400)
    channel = engine.train(config, owner=owner)
    wait_for_epoch(channel, 1)
    engine.set_view(channel.id, PETALS, owner=owner)
    wait(channel, shows_petals)
    wait_for_end(channel)
    assert channel.epoch == 400
    assert np.array_equal(channel.history(), table(trained(config)))
    wait_for_rest(engine, channel)
    assert channel.frame is not None
    agreement = np.mean(channel.frame.blocks["map_class"].ravel() == map_of(trained(config), PETALS))
    assert agreement > 0.999


def test_a_paused_run_is_drawn_on_another_plane(engine: Engine, owner: str) -> None:
    channel = engine.train(experiment(dataset="iris"), owner=owner, steps=1)
    wait(channel, lambda channel: channel.epoch == 1)
    wait_for_rest(engine, channel)
    before = channel.frame
    engine.set_view(channel.id, PETALS, owner=owner)
    wait(channel, lambda channel: shows_petals(channel) and channel.frame is not before)
    assert channel.epoch == 1


@pytest.mark.parametrize("view", [View("slice", 0, 9), View("slice", 1, 1), View("slice", -1, 0)])
def test_a_plane_that_does_not_exist_does_not_cost_the_run(engine: Engine, owner: str, view: View) -> None:
    channel = engine.train(experiment(dataset="iris", epochs=30), owner=owner, steps=1)
    wait(channel, lambda channel: channel.epoch == 1)
    with contextlib.suppress(ValueError):  # to refuse it is an answer; to end the run is none
        engine.set_view(channel.id, view, owner=owner)
    engine.resume(channel.id, owner=owner)
    wait_for_end(channel)
    assert (channel.state, channel.epoch) == ("done", 30)
