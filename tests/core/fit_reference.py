"""The same training by Keras' own `model.fit`, which `Trainer` must equal. Compiled here, not by core."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from core import ExperimentConfig, Trainer, build_model, load_dataset
from core.training import TrainingState

#: Three epochs over 40 rows in batches of 16, 16 and 8.
_SMALL: dict[str, Any] = {
    "dataset": {"name": "moons", "samples": 50, "noise": 0.1},
    "model": {"hidden_layers": [{"units": 4, "activation": "tanh"}]},
    "training": {"learning_rate": 0.05, "batch_size": 16, "epochs": 3},
}

_OPTIMIZERS = {
    "sgd": lambda rate: keras.optimizers.SGD(learning_rate=rate),
    "momentum": lambda rate: keras.optimizers.SGD(learning_rate=rate, momentum=0.9),
    "rmsprop": lambda rate: keras.optimizers.RMSprop(learning_rate=rate),
    "adam": lambda rate: keras.optimizers.Adam(learning_rate=rate),
    "adamw": lambda rate: keras.optimizers.AdamW(learning_rate=rate),
    "nadam": lambda rate: keras.optimizers.Nadam(learning_rate=rate),
    "adagrad": lambda rate: keras.optimizers.Adagrad(learning_rate=rate),
}


def small(**sections: Any) -> ExperimentConfig:
    """A tiny experiment, with some values of its sections replaced.

    >>> small(training={"epochs": 5}).training.batch_size
    16
    """
    data = {name: {**_SMALL[name], **sections.pop(name, {})} for name in _SMALL}
    return ExperimentConfig.model_validate({**data, **sections})


def fresh_model(config: ExperimentConfig) -> keras.Model:
    """The experiment's network with its initial weights, compiled in Keras' own words."""
    model = build_model(
        config.model, load_dataset(config.dataset, seed=config.seed), seed=config.seed, output=config.output
    )
    output = config.output
    losses: dict[str, Any] = {
        "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
        "binary_crossentropy": keras.losses.BinaryCrossentropy,
    }
    loss = losses[output.loss](from_logits=output.from_logits) if output.loss in losses else output.loss
    metrics: list[Any] = ["mae"] if output.metric == "mae" else ["accuracy"]
    if output.units == 1 and output.from_logits:
        metrics = [keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)]
    model.compile(_OPTIMIZERS[config.training.optimizer](config.training.learning_rate), loss, metrics=metrics)
    return model


_compiled: dict[tuple[Any, ...], tuple[keras.Model, list[np.ndarray]]] = {}


def _untrained(config: ExperimentConfig) -> keras.Model:
    """As `fresh_model`, but what `fit` has traced is kept for experiments that differ in data and numbers only."""
    key = (config.model, config.output, len(config.dataset.feature_names), config.training.optimizer)
    if key not in _compiled:
        model = fresh_model(config)
        model.optimizer.build(model.trainable_variables)
        optimizer = [np.array(variable) for variable in model.optimizer.variables]
        _compiled[key] = model, optimizer
    model, optimizer = _compiled[key]
    fresh = fresh_model(config)
    for variable, initial in zip(model.layers, fresh.layers, strict=True):
        for left, right in zip(variable.variables, initial.variables, strict=True):
            left.assign(right)
    for variable, value in zip(model.optimizer.variables, optimizer, strict=True):
        variable.assign(value)
    model.optimizer.learning_rate = config.training.learning_rate
    return model


def fit(
    config: ExperimentConfig,
    *,
    model: keras.Model | None = None,
    callbacks: Iterable[keras.callbacks.Callback] = (),
    epochs: int | None = None,
) -> tuple[keras.Model, list[dict[str, float]]]:
    """`model.fit(shuffle=False)`: the trained model and its logs by epoch."""
    model = _untrained(config) if model is None else model
    dataset = load_dataset(config.dataset, seed=config.seed)
    history = model.fit(
        dataset.x_train,
        dataset.y_train,
        validation_data=(dataset.x_test, dataset.y_test),
        batch_size=config.training.batch_size,
        epochs=config.training.epochs if epochs is None else epochs,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks],
    ).history
    return model, by_epoch(history)


def fit_shuffled(config: ExperimentConfig) -> tuple[keras.Model, list[dict[str, float]]]:
    """One `fit` per epoch over rows that were permuted by hand."""
    model = _untrained(config)
    dataset = load_dataset(config.dataset, seed=config.seed)
    logs: list[dict[str, float]] = []
    for epoch in range(config.training.epochs):
        order = np.random.default_rng([config.seed, epoch]).permutation(len(dataset.x_train))
        history = model.fit(
            dataset.x_train[order],
            dataset.y_train[order],
            validation_data=(dataset.x_test, dataset.y_test),
            batch_size=config.training.batch_size,
            shuffle=False,
            verbose=0,
        ).history
        logs += by_epoch(history)
    return model, logs


def by_epoch(history: dict[str, list[float]]) -> list[dict[str, float]]:
    """
    >>> by_epoch({"loss": [3, 2], "accuracy": [0, 1]})
    [{'loss': 3, 'accuracy': 0}, {'loss': 2, 'accuracy': 1}]
    """
    return [dict(zip(history, values, strict=True)) for values in zip(*history.values(), strict=True)]


def assert_same_weights(one: keras.Model, other: keras.Model, *, tolerance: float = 1e-6) -> None:
    for left, right in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=tolerance)


def assert_same_logs(one: list[dict[str, float]], other: list[dict[str, float]]) -> None:
    assert len(one) == len(other)
    for left, right in zip(one, other, strict=True):
        assert set(left) == set(right)
        for name, value in left.items():
            np.testing.assert_allclose(value, right[name], rtol=1e-5, atol=1e-6, err_msg=name)


def assert_learned(trainer: Trainer) -> None:
    """Its weights have left their initial values: two untrained networks are equal too."""
    before = build_model(trainer.config.model, trainer.dataset, seed=trainer.config.seed, output=trainer.config.output)
    moved = [
        np.abs(left - right).max()
        for left, right in zip(before.get_weights(), trainer.model.get_weights(), strict=True)
    ]
    assert max(moved) > 1e-3


def assert_same_state(one: TrainingState, other: TrainingState) -> None:
    """Bit for bit: weights, optimizer, dropout."""
    assert one.epoch == other.epoch
    assert len(one.variables) == len(other.variables)
    for left, right in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(left, right)
