"""Previews: an experiment with its initial weights, before anybody presses Train."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.engine.cursor import Cursor
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.evaluation import View, plane_of
from core.training import Trainer
from tests.core.tiny_runs import experiment, shown_epoch, wait


def shown(feed: RunFeed) -> RunFeed:
    wait(feed, lambda feed: feed.opened is not None and feed.frame is not None)
    return feed


def test_a_preview_brings_description_plane_and_a_picture_of_the_initial_weights(engine: Engine) -> None:
    config = experiment(dataset="iris")
    feed = shown(engine.preview(config, View()))
    opened, frame = feed.opened, feed.frame
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
    feed = shown(engine.preview(experiment(), View()))
    assert (feed.state, feed.epoch, feed.owner) == ("idle", 0, "")
    assert engine.store.get(feed.id) is None
    assert engine.find(feed.id) is feed


def test_a_preview_shows_the_slice_that_was_asked_for(engine: Engine) -> None:
    feed = shown(engine.preview(experiment(dataset="iris"), View("slice", 2, 3)))
    assert feed.view is not None
    assert feed.view.header["view"]["x_label"] == "petal length (cm)"
    assert feed.view.header["view"]["y_label"] == "petal width (cm)"


def test_of_many_previews_in_a_row_the_last_is_shown(engine: Engine) -> None:
    latest: RunFeed | None = None
    for seed in range(30):
        replaced = latest.id if latest else None
        latest = engine.preview(experiment(seed=seed), View(), replaces=replaced)
    assert latest is not None
    assert shown_epoch(shown(latest)) == 0


def test_a_preview_of_a_column_that_does_not_exist_says_so(engine: Engine) -> None:
    feed = engine.preview(experiment(dataset="iris"), View("slice", 0, 9))
    wait(feed, lambda feed: feed.state == "failed")
    assert str(feed.message) == "A slice needs two different columns from 0 to 3, received 0 and 9."


@pytest.mark.parametrize("dataset", ["plane", "diabetes", "digits", "moons"])
def test_any_kind_of_data_set_has_a_preview(engine: Engine, dataset: str) -> None:
    feed = shown(engine.preview(experiment(dataset=dataset), View()))
    assert feed.state == "idle"
    assert feed.unseen(Cursor())
