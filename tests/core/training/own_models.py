"""Models of one's own, with rows for each: whatever `fit` takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, optimizers

from tests.core.training.like_fit import (
    BINARY,
    CLASSES,
    IMAGES,
    NOISY,
    NUMBERS,
    ONE_HOT,
    ONE_HOT_THREE,
    PLAIN,
    THREE,
    TOKENS,
    WITH_A_NAN,
    Data,
    Make,
    OwnStep,
    Subclassed,
    X,
    averaging,
    compiled,
    network,
    rows,
)


class CountsItsCalls(keras.Layer):
    """A layer with a state that every call changes."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.count.assign_add(1)
        return inputs


class NaNInTheMiddle(keras.metrics.Mean):
    def update_state(self, y: Any, outputs: Any, sample_weight: Any = None) -> None:
        super().update_state(float("nan"))


def numpy_loss(y: Any, outputs: Any) -> Any:
    return tf.reduce_mean((tf.cast(y, tf.float32) - outputs) ** 2) * float(np.mean(outputs.numpy()) + 1)


def largest(y: Any, outputs: Any) -> Any:
    return tf.reduce_max(outputs)


def built() -> keras.Model:
    model = Subclassed()
    with pytest.warns(UserWarning, match="build"):
        model.build((None, 4))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def of_layers(*given: Callable[[], keras.Layer], loss: Any = "mse") -> Make:
    """Without `Input`: built by its first rows."""

    def make() -> keras.Model:
        model = keras.Sequential([each() for each in given])
        model.compile("adam", loss)
        return model

    return make


def two_outputs() -> keras.Model:
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, "relu")(inputs)
    model = keras.Model(inputs, [layers.Dense(1, "sigmoid", name="a")(hidden), layers.Dense(1, name="b")(hidden)])
    model.compile("adam", ["binary_crossentropy", "mse"], metrics=[["accuracy"], ["mae"]])
    return model


def half_precision() -> keras.Model:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        return PLAIN()
    finally:
        keras.mixed_precision.set_global_policy("float32")


DECAY = optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
MODELS: dict[str, tuple[Make, Data]] = {
    "batch normalisation and dropout": (NOISY, rows(X, BINARY)),
    "full batches": (NOISY, rows(X, BINARY, train=48, test=16)),
    "averaged weights": (averaging(), rows(X, BINARY)),
    "averaged weights, overwritten": (averaging(ema_overwrite_frequency=2), rows(X, BINARY)),
    "gradient accumulation": (
        network(optimizer=lambda: optimizers.Adam(0.01, gradient_accumulation_steps=2)),
        rows(X, BINARY),
    ),
    "clipping": (network(optimizer=lambda: optimizers.SGD(0.1, global_clipnorm=0.01)), rows(X, BINARY)),
    "loss scale": (network(optimizer=lambda: optimizers.Adam(0.01, loss_scale_factor=8.0)), rows(X, BINARY)),
    "schedule": (network(optimizer=lambda: optimizers.SGD(DECAY)), rows(X, BINARY)),
    "half precision": (half_precision, rows(X, BINARY)),
    "NaN of a metric": (network(metrics=lambda: [NaNInTheMiddle(name="odd")]), rows(X, BINARY)),
    "precision of nothing": (network(metrics=lambda: ["precision"]), rows(X, np.zeros(50))),
    "NaN in a test row": (PLAIN, (X, BINARY, WITH_A_NAN[:20], BINARY[:20])),
    "no test rows": (PLAIN, (X, BINARY, None, None)),
    "a number for each class": (network(metrics=lambda: [keras.metrics.F1Score()], **ONE_HOT_THREE), rows(X, ONE_HOT)),
    "one-hot": (network(**ONE_HOT_THREE), rows(X, ONE_HOT)),
    "classes": (network(**THREE), rows(X, CLASSES)),
    "float64": (PLAIN, rows(X.astype(np.float64), BINARY.astype(np.float64))),
    "integers and truths": (PLAIN, rows((X * 9).astype(np.int32), BINARY.astype(bool))),
    "a column": (PLAIN, rows(X, BINARY[:, None])),
    "several targets": (network(end=(2, "linear"), loss="mse", metrics=lambda: ["mae"]), rows(X, X[:, :2])),
    "images": (
        of_layers(
            lambda: layers.Rescaling(1 / 255),
            lambda: layers.Conv2D(3, 3),
            layers.Flatten,
            lambda: layers.Dense(3, "softmax"),
            loss="sparse_categorical_crossentropy",
        ),
        rows(IMAGES, CLASSES),
    ),
    "masked texts": (
        of_layers(
            lambda: layers.Embedding(9, 4, mask_zero=True),
            lambda: layers.LSTM(3, return_sequences=True),
            lambda: layers.Dense(1),
        ),
        rows(TOKENS, TOKENS[..., None].astype(np.float32)),
    ),
    "XLA by batch": (network(jit_compile=True), rows(X, BINARY)),
    "several steps an execution": (network(steps_per_execution=3), rows(X, BINARY)),
    "weighted metrics": (network(weighted_metrics=["accuracy"]), rows(X, BINARY)),
    "eagerly": (network(run_eagerly=True), rows(X, BINARY)),
    "NumPy in the loss": (network(loss=numpy_loss, run_eagerly=True), rows(X, BINARY)),
    "a metric of a batch": (network(metrics=lambda: [largest]), rows(X, BINARY)),
    "a loss of a batch": (network(loss=keras.losses.Dice()), rows(X, BINARY[:, None].astype(np.float32))),
    "activity penalty": (network(lambda: layers.Dense(3, activity_regularizer="l2")), rows(X, BINARY)),
    "subclassed": (compiled(Subclassed, metrics=["accuracy"]), rows(X, BINARY)),
    "subclassed and built": (built, rows(X, BINARY)),
    "own training step": (compiled(OwnStep), rows(X, BINARY)),
    "own layer with a state": (network(CountsItsCalls, lambda: layers.Dense(3)), rows(X, BINARY)),
    "two outputs": (two_outputs, rows(X, [BINARY, NUMBERS])),
}
