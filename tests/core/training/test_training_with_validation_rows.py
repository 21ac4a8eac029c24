"""Training with validation rows, against `model.fit(validation_data=…)` and `model.evaluate` of the test rows."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import callbacks

from core import ExperimentConfig, Trainer, load_dataset
from core.datasets import Dataset, dataset_of_arrays
from core.training import ProgramCache
from core.training.batch_program import BatchProgram
from core.training.paths import CHANGE_AT
from core.training.xla_program import XlaProgram
from tests.core.fit_reference import assert_same_logs, by_epoch, fresh_model, small
from tests.core.training.like_fit import BINARY, PLAIN, Everything, Subclassed, X, compiled

NAMES = ("loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy")


class _Tested(callbacks.Callback):
    """What `evaluate` says of the test rows after each epoch."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self.dataset = dataset
        self.logs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        judged = self.model.evaluate(self.dataset.x_test, self.dataset.y_test, verbose=0, return_dict=True)
        self.logs.append({f"test_{name}": value for name, value in judged.items()})


def by_fit(model: keras.Model, dataset: Dataset, *, epochs: int, batch_size: int, **more: Any) -> list[dict[str, Any]]:
    tested = _Tested(dataset)
    history = model.fit(
        *(dataset.x_train, dataset.y_train),
        validation_data=(dataset.x_validation, dataset.y_validation),
        batch_size=batch_size,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[tested, *more.get("callbacks", [])],
    ).history
    return [{**logs, **others} for logs, others in zip(by_epoch(history), tested.logs, strict=True)]


def assert_same_weights(one: keras.Model, other: keras.Model) -> None:
    for left, right in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.fixture(scope="module")
def config() -> ExperimentConfig:
    return small(dataset={"samples": 80, "validation_fraction": 0.25}, training={"epochs": 4})


@pytest.mark.parametrize("given", [[], [callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)]])
def test_logs_are_those_of_fit_and_of_evaluate(config: ExperimentConfig, given: list[Any]) -> None:
    trainer = Trainer(config, shuffle=False, callbacks=given)
    assert isinstance(trainer._program, BatchProgram) is bool(given)
    trainer.fit()
    model = fresh_model(config)
    logs = by_fit(model, load_dataset(config.dataset), epochs=4, batch_size=16)
    assert_same_logs(trainer.history, logs)
    assert_same_weights(trainer.model, model)
    assert trainer.log_names == NAMES
    assert all(tuple(each) == NAMES for each in trainer.history) or given


def test_judging_test_rows_too_leaves_weights_and_other_logs_alone(config: ExperimentConfig) -> None:
    dataset = load_dataset(config.dataset)
    judged_alone = dataset_of_arrays(
        *(dataset.x_train, dataset.y_train, dataset.x_validation, dataset.y_validation)  # as if they were the test rows
    )
    one, other = Trainer(config), Trainer(config, dataset=judged_alone)
    for trainer in (one, other):
        trainer.fit()
    assert_same_weights(one.model, other.model)
    assert [{name: logs[name] for name in NAMES[:4]} for logs in one.history] == other.history


def test_xla_judges_both_kinds_of_rows() -> None:
    training = {"epochs": 20_000 // 4, "batch_size": 4}
    config = small(dataset={"samples": 100, "validation_fraction": 0.2}, training=training)
    trainer = Trainer(config)
    trainer.advance(CHANGE_AT + 3)
    assert isinstance(trainer._program, XlaProgram)
    dataset, logs = trainer.dataset, trainer.history[-1]
    assert tuple(logs) == NAMES
    for prefix, x, y in (
        ("val_", dataset.x_validation, dataset.y_validation),
        ("test_", dataset.x_test, dataset.y_test),
    ):
        judged = trainer.model.evaluate(x, y, verbose=0, return_dict=True)
        for name, value in judged.items():
            assert logs[f"{prefix}{name}"] == pytest.approx(value, rel=1e-5, abs=1e-6)


def test_early_stopping_watches_the_validation_rows() -> None:
    training = {"epochs": 60, "learning_rate": 0.3, "early_stopping": {"patience": 3, "restore_best_weights": True}}
    config = small(dataset={"samples": 80, "noise": 0.6, "validation_fraction": 0.25}, training=training)
    trainer = Trainer(config, shuffle=False)
    trainer.fit()
    stopping = callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True, mode="min")
    model = fresh_model(config)
    logs = by_fit(model, load_dataset(config.dataset), epochs=60, batch_size=16, callbacks=[stopping])
    assert len(trainer.history) == len(logs) < 60
    assert_same_weights(trainer.model, model)
    best = min(trainer.history, key=lambda each: each["val_loss"])
    watched = trainer.model.evaluate(trainer.dataset.x_validation, trainer.dataset.y_validation, verbose=0)
    assert watched[0] == pytest.approx(best["val_loss"], rel=1e-5)


@pytest.mark.parametrize("make", [PLAIN, compiled(Subclassed, metrics=["accuracy"])])
@pytest.mark.parametrize("tests", [20, 0])
def test_a_model_of_ones_own_has_the_same_logs(make: Any, tests: int) -> None:
    dataset = dataset_of_arrays(X[:25], BINARY[:25], X[:tests], BINARY[:tests], X[25:], BINARY[25:])
    settings = {"training": {"epochs": 2, "batch_size": 16}}
    keras.utils.set_random_seed(7)
    trainer = Trainer(ExperimentConfig.model_validate(settings), dataset=dataset, model=make(), shuffle=False)
    trainer.fit()
    keras.utils.set_random_seed(7)
    model = make()
    if tests:
        assert_same_logs(trainer.history, by_fit(model, dataset, epochs=2, batch_size=16))
        assert_same_weights(trainer.model, model)
    else:
        assert [set(logs) for logs in trainer.history] == [set(NAMES[:4])] * 2
    assert set(trainer.log_names) == set(trainer.history[-1])
    assert trainer.log_names[2 + 2 :] == tuple(name for name in trainer.log_names if name.startswith("test_"))


def test_callbacks_hear_of_the_validation_rows_and_not_of_the_test_rows(config: ExperimentConfig) -> None:
    both, alone = Everything(), Everything()
    dataset = load_dataset(config.dataset)
    rows = (dataset.x_train, dataset.y_train, dataset.x_validation, dataset.y_validation)
    Trainer(config, callbacks=both).advance(2)
    Trainer(config, dataset=dataset_of_arrays(*rows), callbacks=alone).advance(2)
    ours, theirs = ([call for call in each.calls if call[0] != "on_epoch_end"] for each in (both, alone))
    assert ours == theirs
    assert [name for name, *_ in both.calls].count("on_test_begin") == 2


def test_runs_with_and_without_validation_rows_share_no_program_and_keep_their_bits(config: ExperimentConfig) -> None:
    plain = config.model_copy(update={"dataset": config.dataset.model_copy(update={"validation_fraction": 0.0})})
    programs = ProgramCache()
    together = [Trainer(each, programs=programs) for each in (plain, config)]
    for _ in range(2):
        for trainer in together:
            trainer.advance(2)
    assert len(programs) == 2
    for each, trainer in zip((plain, config), together, strict=True):
        alone = Trainer(each)
        alone.fit()
        assert alone.history == trainer.history
        assert_same_weights(alone.model, trainer.model)


def test_a_run_goes_on_from_a_kept_state_with_the_same_logs(config: ExperimentConfig) -> None:
    unbroken, first, second = Trainer(config), Trainer(config), Trainer(config)
    unbroken.fit()
    first.advance(2)
    second.restore(first.state(), first.history)
    second.fit()
    assert second.history == unbroken.history


def test_test_rows_beside_validation_rows_that_are_no_numbers_end_no_run(config: ExperimentConfig) -> None:
    x = np.full((3, 4), np.nan, np.float32)
    dataset = dataset_of_arrays(X[:25], BINARY[:25], x, BINARY[:3], X[25:], BINARY[25:])
    trainer = Trainer(config, dataset=dataset)
    trainer.advance(2)
    assert trainer.failure is None
    assert np.isnan(trainer.history[-1]["test_loss"])
    assert np.isfinite(trainer.history[-1]["val_loss"])
