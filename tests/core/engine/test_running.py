"""Runs from Train to their end: what arrives is what a `Trainer` computes, and all of it is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix

from core.engine.cursor import Cursor
from core.engine.engine import Engine
from core.experiment.config import ExperimentConfig
from core.training import Trainer
from tests.core.tiny_runs import experiment, shown_epoch, table, wait, wait_for_end, wait_for_epoch, wait_for_rest

Trained = Callable[[ExperimentConfig], Trainer]


def test_a_run_gives_the_history_of_a_trainer_bit_for_bit(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment()
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    assert feed.state == "done"
    assert feed.message is None
    assert np.array_equal(feed.history(), table(trained(config)))


def test_every_epoch_and_the_end_are_in_the_store(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment(seed=3)
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    run = engine.store.get(feed.id)
    assert run is not None
    assert (run.state, run.epoch, run.epochs, run.owner) == ("done", 40, 40, owner)
    assert ExperimentConfig.from_record(run.config) == config
    assert run.log_names == trained(config).log_names
    assert run.seconds > 0
    assert np.array_equal(engine.store.history(feed.id), table(trained(config)))


@pytest.mark.parametrize(
    "parameters",
    [
        {"dataset": "iris", "layers": "6-relu-d0.3,4-tanh-bn", "optimizer": "nadam", "epochs": 15},
        {"dataset": "plane", "layers": "3-relu", "optimizer": "sgd", "epochs": 20},
        {"dataset": "moons", "layers": "none", "loss": "mean_squared_error", "epochs": 20},
    ],
    ids=["dropout and batch normalisation", "regression", "no hidden layer"],
)
def test_other_networks_too_train_bit_for_bit_as_in_a_trainer(
    engine: Engine, owner: str, trained: Trained, parameters: dict[str, object]
) -> None:
    config = experiment(**parameters)
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    assert np.array_equal(feed.history(), table(trained(config)))


def test_the_last_picture_and_the_predictions_are_of_the_last_epoch(
    engine: Engine, owner: str, trained: Trained
) -> None:
    config = experiment()
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    wait_for_rest(engine, feed)
    assert feed.frame is not None
    assert shown_epoch(feed) == 40
    trainer = trained(config)
    actual, probabilities = trainer.dataset.y_test, trainer.predict(trainer.dataset.x_test)
    counts = confusion_matrix(actual, probabilities.argmax(axis=1), labels=range(3))
    assert feed.frame.header["frame"]["confusion"] == counts.tolist()
    kept = engine.store.kept(feed.id, "predictions")
    assert kept is not None
    assert json.loads(kept)["epoch"] == 40
    columns = json.loads(kept)["columns"]
    names = np.array(trainer.dataset.class_names)
    assert columns["actual"] == names[actual].tolist()
    assert columns["predicted"] == names[probabilities.argmax(axis=1)].tolist()
    shown = np.stack([columns[f"probability_{name}"] for name in names], axis=1)
    assert np.array_equal(shown.astype(np.float32), probabilities)
    accuracy = accuracy_score(columns["actual"], columns["predicted"])
    assert accuracy == pytest.approx(feed.history()[-1, 3], abs=1e-6)


def test_ten_thousand_epochs_arrive_as_ten_thousand(engine: Engine, owner: str) -> None:
    feed = engine.train(experiment(dataset="plane", layers="none", epochs=10_000, batch_size=50), owner=owner)
    wait(feed, lambda feed: feed.opened is not None)
    cursor, seen = Cursor(), []
    while not feed.has_ended:
        for part in feed.unseen(cursor):
            if "history" in part.header:
                seen.append((part.header["history"]["first_epoch"], part.blocks["history"]))
        wait(feed, lambda feed: feed.epoch > cursor.epoch or feed.has_ended)
    seen += [
        (part.header["history"]["first_epoch"], part.blocks["history"])
        for part in feed.unseen(cursor)
        if "history" in part.header
    ]
    assert feed.epoch == 10_000
    assert [first for first, _ in seen] == [1, *(1 + np.cumsum([len(block) for _, block in seen])[:-1])]
    viewed = np.concatenate([block for _, block in seen])
    assert viewed.shape == (10_000, 4)
    assert np.array_equal(viewed, feed.history())
    assert np.array_equal(viewed, engine.store.history(feed.id))
    assert np.isfinite(viewed).all()


def test_two_runs_in_turn_on_one_worker_give_the_histories_of_two_separate_runs(
    engine: Engine, trained: Trained
) -> None:
    """Dropout and Adam too: every random state and moment must be swapped with the weights."""
    one = experiment(layers="6-relu-d0.3", epochs=300, seed=1)
    other = experiment(layers="6-relu-d0.3", epochs=300, seed=2, learning_rate=0.05)
    first, second = engine.train(one, owner="first"), engine.train(other, owner="second")
    wait_for_epoch(second, 1)
    overlapped = not first.has_ended
    wait_for_end(first)
    wait_for_end(second)
    assert overlapped, "the first had ended before the second began: this test has shown nothing"
    assert np.array_equal(first.history(), table(trained(one)))
    assert np.array_equal(second.history(), table(trained(other)))


def test_a_speed_limit_holds_until_it_is_lifted(engine: Engine, owner: str) -> None:
    feed = engine.train(experiment(epochs=400), owner=owner, speed=5)
    wait_for_epoch(feed, 2)
    assert feed.epoch < 100  # 400 epochs take less than a second at full speed
    assert feed.state == "running"
    engine.set_speed(feed.id, None, owner=owner)
    wait_for_end(feed)
    assert feed.epoch == 400


def test_a_speed_limit_is_about_what_it_says(engine: Engine, owner: str) -> None:
    feed = engine.train(experiment(epochs=21), owner=owner, speed=20)
    wait_for_end(feed)
    assert feed.seconds > 0.7  # 21 epochs at 20 a second; no upper bound, machines may be busy


def test_a_run_that_diverges_fails_with_its_cause_and_keeps_the_finite_epochs(
    engine: Engine, owner: str, trained: Trained
) -> None:
    config = experiment(dataset="plane", layers="3-relu", optimizer="sgd", learning_rate=1.2)
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    trainer = trained(config)
    assert trainer.failure is not None
    assert trainer.epoch > 0
    assert feed.state == "failed"
    first = feed.message
    assert first is not None
    assert "learning rate 1.2 " in str(first)
    assert str(trainer.failure.cause).startswith("The cause is the learning rate 1.2 ")
    # A worker tries the possible causes out when it has nothing else to do.
    wait(feed, lambda feed: str(feed.message) == f"{trainer.failure} Shown is the last epoch before that.")
    assert np.isfinite(feed.history()).all()
    assert np.array_equal(feed.history(), table(trainer))
    run = engine.store.get(feed.id)
    assert run is not None
    assert run.state == "failed"
    assert run.message == feed.message


def test_early_stopping_ends_a_run_where_keras_would_and_says_so(engine: Engine, owner: str, trained: Trained) -> None:
    config = experiment(epochs=3000, early_stopping=3, learning_rate=0.3)
    feed = engine.train(config, owner=owner)
    wait_for_end(feed)
    assert feed.state == "done"
    assert 0 < feed.epoch < 3000
    assert str(feed.message) == "Early stopping ended the run: no better test loss for 3 epochs."
    assert np.array_equal(feed.history(), table(trained(config)))
    losses = feed.history()[:, 2]
    assert np.argmin(losses) == len(losses) - 1 - 3
