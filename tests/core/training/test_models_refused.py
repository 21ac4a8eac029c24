"""Which models and targets are refused, and how models without a loss are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from core import Trainer
from core.datasets import dataset_of_arrays
from core.errors import CannotTrain, DescentError
from tests.core.training.like_fit import (
    BINARY,
    CLASSES,
    IMAGES,
    NUMBERS,
    ONE_HOT,
    ONE_HOT_THREE,
    PLAIN,
    THREE,
    Make,
    Subclassed,
    X,
    by_fit,
    by_trainer,
    config,
    network,
    rows,
)
from tests.core.training.own_models import MODELS


def open_ended(*middle: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((4,)), *middle])


@pytest.mark.parametrize(
    ("model", "targets", "words"),
    [
        (lambda: open_ended(layers.Dense(1)), BINARY, ("sigmoid", "linear", "logits", "output_activation")),
        (lambda: open_ended(layers.Dense(3)), CLASSES, ("softmax", "linear", "logits")),
        (lambda: open_ended(layers.Dense(2, "softmax")), CLASSES, ("3 output units", "has 2 output units")),
        (lambda: open_ended(layers.Dense(2, "softmax")), BINARY, ("1 output unit", 'output_activation="softmax"')),
        (lambda: open_ended(layers.Dense(1, "sigmoid")), NUMBERS, ("regression", "any number", "linear")),
        (lambda: open_ended(layers.Dense(3, "softmax")), ONE_HOT, ("3 columns", "categorical_crossentropy")),
        (Subclassed, NUMBERS, ("regression", "linear", "sigmoid")),
    ],
)
def test_a_model_without_a_loss_is_compiled_only_where_its_end_fits(
    model: Make, targets: np.ndarray, words: tuple[str, ...]
) -> None:
    with pytest.raises(CannotTrain) as caught:
        Trainer(config(), dataset=dataset_of_arrays(*rows(X, targets)), model=model())
    assert isinstance(caught.value, DescentError)
    for word in (*words, "compile the model" if "columns" not in words[0] else "Compile the model"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("model", "targets", "loss"),
    [
        (lambda: open_ended(layers.Dense(1, "sigmoid")), BINARY, "binary_crossentropy"),
        (lambda: open_ended(layers.Dense(3), layers.Softmax()), CLASSES, "sparse_categorical_crossentropy"),
        (lambda: open_ended(layers.Dense(1)), NUMBERS, "mean_squared_error"),
        (Subclassed, BINARY, "binary_crossentropy"),
    ],
)
def test_a_model_without_a_loss_gets_the_one_of_its_task(model: Make, targets: np.ndarray, loss: str) -> None:
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, targets)), model=model())
    assert trainer.model.loss.name == loss
    assert len(trainer.fit()) == 3


def test_logits_are_compiled_as_logits_where_the_configuration_says_so() -> None:
    wanted = config().model_copy(update={"model": config().model.model_copy(update={"output_activation": "linear"})})
    trainer = Trainer(wanted, dataset=dataset_of_arrays(*rows(X, BINARY)), model=open_ended(layers.Dense(1)))
    outputs = trainer.predict(X[:20])[:, 0].astype(np.float64)
    expected = np.mean(np.log1p(np.exp(-outputs * (2 * BINARY[:20] - 1))))
    assert trainer.model.evaluate(X[:20], BINARY[:20], verbose=0)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("make", "targets", "words"),
    [
        (network(end=(2, "softmax"), loss=THREE["loss"]), CLASSES, "class 2. Give its last layer 3 units"),
        (network(**ONE_HOT_THREE), CLASSES, "sparse_categorical_crossentropy"),
        (network(end=(2, "linear"), loss="mse"), ONE_HOT, r"targets of the shape \(rows, 3\)"),
    ],
)
def test_targets_that_do_not_fit_are_refused_in_words(make: Make, targets: np.ndarray, words: str) -> None:
    """Where `fit` ends in an error of TensorFlow's graph."""
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        by_fit(make, rows(X, targets), [], 1, 16)
    with pytest.raises(CannotTrain, match=words):
        by_trainer(make, rows(X, targets), [], 1, 16)


def test_a_model_of_several_inputs_is_refused_in_words() -> None:
    one, two = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([one, two], layers.Dense(1)(layers.Add()([one, two])))
    with pytest.raises(CannotTrain, match="2 inputs"):
        Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=model)


@pytest.mark.parametrize("dataset", [lambda: (X, BINARY), lambda: iter([]), lambda: tf.data.Dataset.range(3)])
def test_what_is_no_data_set_is_refused_in_words(dataset: Callable[[], Any]) -> None:
    with pytest.raises(CannotTrain, match="dataset_of_arrays"):
        Trainer(config(), dataset=dataset(), model=PLAIN())


def test_a_rate_that_follows_a_schedule_cannot_be_set() -> None:
    make, data = MODELS["schedule"]
    trainer = Trainer(config(), dataset=dataset_of_arrays(*data), model=make())
    with pytest.raises(CannotTrain, match="follows ExponentialDecay"):
        trainer.learning_rate = 0.1


def test_a_configured_network_fits_the_arrays_it_is_given() -> None:
    for targets, units in ((CLASSES, 3), (NUMBERS, 1), (BINARY, 1)):
        trainer = Trainer(config(1), dataset=dataset_of_arrays(*rows(X, targets)))
        assert trainer.model.output_shape == (None, units)
        assert len(trainer.fit()) == 1
    with pytest.raises(CannotTrain, match="model="):
        Trainer(config(), dataset=dataset_of_arrays(*rows(IMAGES, BINARY)))
