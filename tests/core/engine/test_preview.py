"""Previews: an experiment with its initial weights, before anybody presses Train."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix
from tiny_runs import experiment, shown_epoch, wait

from core.engine.channel import Channel, Cursor
from core.engine.engine import Engine
from core.evaluation import View, plane_of
from core.training import Trainer


def shown(channel: Channel) -> Channel:
    wait(channel, lambda channel: channel.opened is not None and channel.frame is not None)
    return channel


def test_a_preview_brings_description_plane_and_a_picture_of_the_initial_weights(engine: Engine) -> None:
    config = experiment(dataset="iris")
    channel = shown(engine.preview(config, View()))
    opened, frame = channel.opened, channel.frame
    assert opened is not None
    assert frame is not None
    info, trainer = opened.header["info"], Trainer(config)
    assert (info["train_rows"], info["test_rows"]) == (120, 30)
    assert info["parameters"] == trainer.model.count_params()
    assert info["log_names"] == list(trainer.log_names)
    assert opened.header["view"]["kind"] == "pca"
    assert len(opened.blocks["points_x"]) == 150
    assert int(opened.blocks["points_test"].sum()) == 30
    assert frame.header["frame"]["epoch"] == 0
    # The same counts as this process' own untrained network gives, counted by scikit-learn.
    guesses = trainer.model.predict(trainer.dataset.x_test, verbose=0).argmax(axis=1)
    counts = confusion_matrix(trainer.dataset.y_test, guesses, labels=range(3))
    assert frame.header["frame"]["confusion"] == counts.tolist()
    plane = plane_of(trainer.dataset, View())
    classes = trainer.model.predict(plane.grid, verbose=0, batch_size=10_000).argmax(axis=1)
    agreement = np.mean(frame.blocks["map_class"].ravel() == classes)
    assert agreement > 0.999  # Keras' predict may round the last bit otherwise, on a boundary


def test_a_preview_trains_nothing_and_is_recorded_nowhere(engine: Engine) -> None:
    channel = shown(engine.preview(experiment(), View()))
    assert (channel.state, channel.epoch, channel.owner) == ("idle", 0, "")
    assert engine.store.get(channel.id) is None
    assert engine.find(channel.id) is channel


def test_a_preview_shows_the_slice_that_was_asked_for(engine: Engine) -> None:
    channel = shown(engine.preview(experiment(dataset="iris"), View("slice", 2, 3)))
    assert channel.view is not None
    assert channel.view.header["view"]["x_label"] == "petal length (cm)"
    assert channel.view.header["view"]["y_label"] == "petal width (cm)"


def test_of_many_previews_in_a_row_the_last_is_shown(engine: Engine) -> None:
    latest: Channel | None = None
    for seed in range(30):
        replaced = latest.id if latest else None
        latest = engine.preview(experiment(seed=seed), View(), replaces=replaced)
    assert latest is not None
    assert shown_epoch(shown(latest)) == 0


def test_a_preview_of_a_column_that_does_not_exist_says_so(engine: Engine) -> None:
    channel = engine.preview(experiment(dataset="iris"), View("slice", 0, 9))
    wait(channel, lambda channel: channel.state == "failed")
    assert channel.message == "A slice needs two different columns from 0 to 3, received 0 and 9."


@pytest.mark.parametrize("dataset", ["plane", "diabetes", "digits", "moons"])
def test_any_kind_of_data_set_has_a_preview(engine: Engine, dataset: str) -> None:
    channel = shown(engine.preview(experiment(dataset=dataset), View()))
    assert channel.state == "idle"
    assert channel.unseen(Cursor())
