"""Class weights, against `model.fit(sample_weight=…)` with scikit-learn's `compute_sample_weight`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from keras import callbacks
from sklearn.utils.class_weight import compute_sample_weight

from core import ExperimentConfig, Trainer, load_dataset
from core.inspection.probe import look_inside
from core.inspection.slow_motion import slow_motion
from core.training import ProgramCache, paths
from core.training.batch_program import BatchProgram
from core.training.divergence import find_cause
from core.training.xla_program import XlaProgram
from tests.core.fit_reference import assert_same_logs, by_epoch, fresh_model, small

BETWEEN_BATCHES = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)


def clinic(balance: str = "weights", *, epochs: int = 3, validation: float = 0.0) -> ExperimentConfig:
    """640 training rows in batches of 150, the last one smaller."""
    dataset = {
        **{"name": "clinic", "samples": 300, "noise": 0.1, "validation_fraction": validation},
        "preparation": {"balance": balance},
    }
    return small(dataset=dataset, training={"batch_size": 150, "epochs": epochs})


def by_fit(config: ExperimentConfig, rows: np.ndarray | slice = slice(None), **more: Any) -> list[dict[str, Any]]:
    """Train a model on some training rows, in their order."""
    data = load_dataset(config.dataset, seed=config.seed)
    weights = compute_sample_weight("balanced", data.y_train)
    judged = (data.x_validation, data.y_validation) if len(data.x_validation) else (data.x_test, data.y_test)
    return by_epoch(
        more.pop("model")
        .fit(
            *(data.x_train[rows], data.y_train[rows]),
            sample_weight=weights[rows],
            batch_size=config.training.batch_size,
            validation_data=judged,
            shuffle=False,
            verbose=0,
            **more,
        )
        .history
    )


def assert_same_bits(one: keras.Model, other: keras.Model) -> None:
    for left, right in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.fixture(scope="module")
def fitted() -> tuple[keras.Model, list[dict[str, Any]]]:
    config = clinic(validation=0.25)
    model = fresh_model(config)
    return model, by_fit(config, model=model, epochs=3)


@pytest.mark.parametrize("way", ["whole epochs", "batch by batch", "a model of one's own"])
def test_weights_and_logs_are_those_of_fit_with_sample_weights(way: str, fitted: Any) -> None:
    config = clinic(validation=0.25)
    trainer = Trainer(
        config,
        shuffle=False,
        callbacks=[BETWEEN_BATCHES] if way == "batch by batch" else [],
        model=fresh_model(config) if way == "a model of one's own" else None,
    )
    assert isinstance(trainer._program, BatchProgram) == (way == "batch by batch")
    trainer.fit()
    model, logs = fitted
    ours = [{name: value for name, value in each.items() if "test_" not in name} for each in trainer.history]
    assert_same_logs(ours, logs)
    assert_same_bits(trainer.model, model)


def test_xla_weighs_shuffled_rows_as_fit_does_to_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "CHANGE_AT", 1)
    config = clinic(epochs=10_000)
    trainer = Trainer(config)
    trainer.advance(6)
    assert isinstance(trainer._program, XlaProgram)
    model = fresh_model(config)
    for epoch in range(6):
        order = np.random.default_rng([config.seed, epoch]).permutation(len(trainer.dataset.x_train))
        by_fit(config, order, model=model)
    for mine, theirs in zip(trainer.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


def test_runs_with_and_without_weights_share_no_program_and_keep_their_bits() -> None:
    configs, programs = [clinic(), clinic("none")], ProgramCache()
    together = [Trainer(config, programs=programs) for config in configs]
    states = []
    for trainer in together:
        trainer.advance(1)
        states.append(trainer.state())
    for trainer in together:
        trainer.advance(1)
    assert len(programs) == 2
    for config, state, trainer in zip(configs, states, together, strict=True):
        again = Trainer(config, programs=programs)
        again.restore(state, trainer.history[:1])
        again.advance(1)
        assert again.history == trainer.history[:2]
        assert_same_bits(again.model, trainer.model)
    assert len(programs) == 2
    assert together[0].history[0]["loss"] != together[1].history[0]["loss"]


def test_rows_that_are_weighed_otherwise_than_the_configuration_says_share_no_program() -> None:
    config, programs = clinic("none"), ProgramCache()
    dataset = load_dataset(config.dataset)
    weights = np.full(len(dataset.y_train), 2.0, np.float32)
    Trainer(config, dataset=replace(dataset, train_weights=weights), programs=programs).advance(1)
    assert len(programs) == 0


def test_slow_motion_and_the_gradients_weigh_the_rows_as_training_does() -> None:
    config = clinic().model_copy(update={"training": clinic().training.model_copy(update={"batch_size": 1_000})})
    trainer = Trainer(config)
    step = slow_motion(trainer, sample=3)
    assert step.loss == pytest.approx(step.losses.mean(), rel=1e-5)
    weights = compute_sample_weight("balanced", trainer.dataset.y_train)
    assert step.weight == pytest.approx(weights[step.rows[3]])
    inside = look_inside(trainer, trainer.dataset.x_test, rows=len(weights))
    for layer, gradient in zip(step.layers, inside.kernel_gradients, strict=True):
        np.testing.assert_allclose(layer.weight_gradients, gradient, atol=1e-6)
    trainer.advance(1)
    assert trainer.history[0]["loss"] == pytest.approx(step.loss, rel=1e-5)
    for layer, kernel in zip(step.layers, trainer.model.get_weights()[::2], strict=True):
        np.testing.assert_allclose(layer.new_weights, kernel, atol=1e-6)


def test_the_cause_of_a_divergence_is_looked_for_with_the_weights() -> None:
    config = small(training={"optimizer": "sgd", "learning_rate": 0.1}, model={"l2": 0.01})
    dataset = load_dataset(config.dataset)
    heavy = replace(dataset, train_weights=np.full(len(dataset.y_train), 1e6, np.float32))
    found = [str(find_cause(config, each, 0.1, epochs=3)) for each in (dataset, heavy)]
    assert found[0].startswith("Possible causes") or found[0].startswith("A possible cause")
    assert not found[1].startswith(("Possible causes", "A possible cause"))
