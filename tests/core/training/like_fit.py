"""Train the same model by `Trainer` and by Keras' own `model.fit`, and compare every bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import callbacks, layers, optimizers

from core import ExperimentConfig, Trainer
from core.datasets import dataset_of_arrays

_rng = np.random.default_rng(0)
X = _rng.normal(size=(50, 4)).astype(np.float32)
BINARY = (X[:, 0] * X[:, 1] > 0).astype(np.int64)
CLASSES = _rng.integers(0, 3, 50)
ONE_HOT = keras.utils.to_categorical(CLASSES, 3)
NUMBERS = X.sum(axis=1)
IMAGES = _rng.integers(0, 255, (50, 6, 6, 3), dtype=np.uint8)
TOKENS = _rng.integers(0, 4, (50, 7))
WITH_A_NAN = np.where(np.arange(50)[:, None] == 3, np.float32("nan"), X)
Data = tuple[Any, Any, Any, Any]
Make = Callable[[], keras.Model]


def rows(x: Any, y: Any, *, train: int = 50, test: int = 20) -> Data:
    """Training rows, and some of them for testing."""

    def some(values: Any, count: int) -> Any:
        return keras.tree.map_structure(lambda each: None if each is None else each[:count], values)

    return x[:train], some(y, train), x[:test], some(y, test)


def config(epochs: int = 3, batch_size: int = 16) -> ExperimentConfig:
    return ExperimentConfig.model_validate({"training": {"epochs": epochs, "batch_size": batch_size}})


def network(
    *middle: Callable[[], keras.Layer],
    end: tuple[int, str] = (1, "sigmoid"),
    optimizer: Callable[[], Any] = lambda: optimizers.Adam(0.01),
    loss: Any = "binary_crossentropy",
    metrics: Callable[[], list[Any]] = lambda: ["accuracy"],
    **settings: Any,
) -> Make:
    """A function that makes and compiles a small network."""

    def make() -> keras.Model:
        model = keras.Sequential([keras.Input((4,)), *(each() for each in middle), layers.Dense(*end)])
        model.compile(optimizer(), loss, metrics=metrics(), **settings)
        return model

    return make


PLAIN = network(lambda: layers.Dense(5, "relu"))
NOISY = network(lambda: layers.Dense(5), layers.BatchNormalization, lambda: layers.Dropout(0.3))


def averaging(**settings: Any) -> Make:
    return network(optimizer=lambda: optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9, **settings))


class Everything(callbacks.Callback):
    """Writes down every hook of `fit`, with all that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []


def _writing_down(hook: str) -> Callable[..., None]:
    def method(self: Everything, *values: Any, **named: Any) -> None:
        self.calls.append((hook, repr(values), repr(named)))

    return method


for _hook in (
    *("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end"),
    *("on_train_batch_begin", "on_train_batch_end", "on_test_begin", "on_test_end"),
    *("on_test_batch_begin", "on_test_batch_end"),
):
    setattr(Everything, _hook, _writing_down(_hook))


#: Models that `fit` has traced for rows of a kind, with what their variables were before: weights, states, and what the
#: optimizer keeps.
_traced: dict[tuple[Make, str], tuple[keras.Model, list[tuple[keras.Variable, np.ndarray]]]] = {}


def _untrained(make: Make, data: Data) -> keras.Model:
    """A model that knows nothing yet: one that `fit` has traced already, where its variables can be set back."""
    kinds = keras.tree.map_structure(lambda each: None if each is None else (each.dtype, each.shape[1:]), data)
    key = make, repr(kinds)
    if key in _traced:
        model, before = _traced[key]
        for variable, value in before:
            variable.assign(value)
        model.stop_training = False
        return model
    keras.utils.set_random_seed(7)
    model = make()
    if model.trainable_variables:  # otherwise they come with its first rows
        model.optimizer.build(model.trainable_variables)
        variables = [*model.variables, *model.optimizer.variables]
        _traced[key] = model, [(variable, np.array(variable)) for variable in variables]
    return model


def by_fit(
    make: Make, data: Data, given: Any, epochs: int, batch_size: int
) -> tuple[keras.Model, dict[str, list[Any]]]:
    x, y, x_test, y_test = data
    model = _untrained(make, data)
    judged = None if x_test is None else (x_test, y_test)
    history = model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=judged,
        shuffle=False,
        verbose=0,
        callbacks=given,
    ).history
    return model, history


def by_trainer(make: Make, data: Data, given: Any, epochs: int, batch_size: int) -> Trainer:
    keras.utils.set_random_seed(7)
    trainer = Trainer(
        config(epochs, batch_size),
        dataset=dataset_of_arrays(*data),
        model=make(),
        callbacks=given,
        shuffle=False,
    )
    trainer.fit()
    return trainer


def compare(
    make: Make,
    data: Data | None = None,
    given: Callable[[], Any] = list,
    *,
    epochs: int = 3,
    batch_size: int = 16,
) -> tuple[Trainer, Any, Any]:
    """Train both ways: weights and optimizer bit for bit, logs but for the last bits of a sum over test rows.

    Returns:
        The trainer, its callbacks and those of `fit`.
    """
    data = rows(X, BINARY) if data is None else data
    theirs, ours = given(), given()
    model, history = by_fit(make, data, theirs, epochs, batch_size)
    trainer = by_trainer(make, data, ours, epochs, batch_size)
    for left, right in zip(trainer.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    optimizer = trainer.model.optimizer
    for left, right in zip(optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(left.numpy(), right.numpy())
    assert len(trainer.history) == len(next(iter(history.values())))
    for epoch, logs in enumerate(trainer.history):
        assert set(logs) == set(history)
        for name, value in logs.items():
            expected = history[name][epoch]
            if isinstance(expected, (float, np.ndarray)):
                assert type(value) is type(expected)
                np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6, err_msg=name)
            else:
                assert value is expected or value == expected, name
    return trainer, ours, theirs


class Subclassed(keras.Model):
    """A model of one's own, whose variables come with its first rows."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.end = layers.Dense(4, "relu"), layers.Dense(1, "sigmoid")

    def call(self, inputs: Any) -> Any:
        return self.end(self.hidden(inputs))


class OwnStep(Subclassed):
    """Returns logs of its own."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        return {"own_loss": loss, "norm": tf.linalg.global_norm(gradients)}


def compiled(kind: type[keras.Model], **settings: Any) -> Make:
    def make() -> keras.Model:
        model = kind()
        model.compile("adam", "binary_crossentropy", **settings)
        return model

    return make


THREE: dict[str, Any] = {"end": (3, "softmax"), "loss": "sparse_categorical_crossentropy"}
ONE_HOT_THREE: dict[str, Any] = {"end": (3, "softmax"), "loss": "categorical_crossentropy"}


class Odd(callbacks.Callback):
    """Puts what is no number into the logs."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs.update(array=np.arange(3.0), text="hello", nothing=None)
