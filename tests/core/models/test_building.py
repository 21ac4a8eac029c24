"""Networks: layers, initial weights and the forward pass, against formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, build_model, load_dataset
from core.experiment.activations import ACTIVATIONS
from core.experiment.config import ModelConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.initializers import INITIALIZERS
from core.models import reset_weights

IRIS = load_dataset(DatasetConfig(name="iris"))
DIGITS = load_dataset(DatasetConfig(name="digits"))


def config_of(*layers: dict[str, Any], **rest: Any) -> ModelConfig:
    return ModelConfig.model_validate({"hidden_layers": layers, **rest})


def test_the_article_s_network() -> None:
    model = build_model(config_of({"units": 64}, {"units": 32}), IRIS)
    assert isinstance(model, keras.Model)
    assert not model.compiled
    assert model.input_shape == (None, 4)
    assert model.output_shape == (None, 3)
    assert [layer.units for layer in model.layers] == [64, 32, 3]
    assert [layer.activation.__name__ for layer in model.layers] == ["relu", "relu", "softmax"]


def test_no_hidden_layer_leaves_inputs_and_output() -> None:
    assert [weight.shape for weight in build_model(config_of(), IRIS).weights] == [(4, 3), (3,)]


def test_a_layer_is_dense_then_batch_normalisation_activation_and_dropout() -> None:
    model = build_model(config_of({"units": 5, "batch_normalization": True, "dropout": 0.25}), IRIS)
    dense, normalisation, activation, dropout, output = model.layers
    assert isinstance(dense, keras.layers.Dense)
    assert dense.activation.__name__ == "linear"
    assert isinstance(normalisation, keras.layers.BatchNormalization)
    assert activation.activation.__name__ == "relu"
    assert dropout.rate == 0.25
    assert output.units == 3


@pytest.mark.parametrize(
    ("data", "units", "activation"),
    [
        ({"dataset": {"name": "moons"}}, 1, "sigmoid"),
        ({"dataset": {"name": "moons"}, "training": {"from_logits": True}}, 1, "linear"),
        ({"dataset": {"name": "moons"}, "model": {"output_activation": "softmax"}}, 2, "softmax"),
        ({"dataset": {"name": "blobs", "classes": 4}}, 4, "softmax"),
        ({"dataset": {"name": "plane"}}, 1, "linear"),
    ],
)
def test_the_output_layer_follows_task_and_loss(data: dict[str, Any], units: int, activation: str) -> None:
    config = ExperimentConfig.model_validate(data)
    model = build_model(config.model, load_dataset(config.dataset), output=config.output)
    assert model.output_shape == (None, units)
    assert model.layers[-1].activation.__name__ == activation


def test_without_an_output_the_task_s_usual_one_is_built() -> None:
    assert build_model(config_of(), load_dataset(DatasetConfig(name="moons"))).output_shape == (None, 1)


FORMULAS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "gelu": lambda x: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "linear": lambda x: x,
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalised", [False, True])
def test_the_forward_pass_is_the_textbook_s(activation: str, normalised: bool) -> None:
    layer = {"units": 6, "activation": activation, "batch_normalization": normalised, "dropout": 0.5}
    model = build_model(config_of(layer), IRIS, seed=2)
    first, last = model.layers[0], model.layers[-1]
    hidden = IRIS.x_test @ np.array(first.kernel) + np.array(first.bias)
    if normalised:
        hidden = hidden / math.sqrt(1 + 1e-3)  # moving mean 0, moving variance 1, Keras' epsilon
    scores = FORMULAS[activation](hidden) @ np.array(last.kernel) + np.array(last.bias)
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(IRIS.x_test, training=False), expected, atol=1e-5)


def kernel(initializer: str, seed: int = 0) -> np.ndarray:
    """The first kernel of digits with 256 units: (64, 256)."""
    model = build_model(config_of({"units": 256}, initializer=initializer), DIGITS, seed=seed)
    return np.array(model.layers[0].kernel)


@pytest.mark.parametrize(
    ("initializer", "deviation"),
    [
        ("glorot_uniform", math.sqrt(2 / (64 + 256))),
        ("glorot_normal", math.sqrt(2 / (64 + 256))),
        ("he_uniform", math.sqrt(2 / 64)),
        ("he_normal", math.sqrt(2 / 64)),
        ("lecun_uniform", math.sqrt(1 / 64)),
        ("lecun_normal", math.sqrt(1 / 64)),
        ("random_uniform", 0.1 / math.sqrt(12)),
        ("random_normal", 0.05),
        ("truncated_normal", 0.05 * 0.8796),  # a normal cut at two deviations
        ("zeros", 0.0),
        ("ones", 0.0),
    ],
)
def test_kernels_have_the_spread_of_their_initializer(initializer: str, deviation: float) -> None:
    weights = kernel(initializer)
    assert weights.std() == pytest.approx(deviation, rel=0.03)
    assert weights.mean() == pytest.approx(1.0 if initializer == "ones" else 0.0, abs=0.01)


@pytest.mark.parametrize("initializer", [name for name in INITIALIZERS if name.endswith("_uniform")])
def test_uniform_kernels_stay_within_their_bounds(initializer: str) -> None:
    weights = kernel(initializer)
    assert np.abs(weights).max() <= weights.std() * math.sqrt(3) * 1.03


def test_an_orthogonal_kernel_is_orthogonal() -> None:
    weights = kernel("orthogonal")
    np.testing.assert_allclose(weights @ weights.T, np.eye(64), atol=1e-5)


def test_biases_begin_at_zero() -> None:
    for layer in build_model(config_of({"units": 5}, initializer="ones"), IRIS).layers:
        np.testing.assert_array_equal(layer.bias, 0)


@pytest.mark.parametrize("initializer", [name for name in INITIALIZERS if name not in {"zeros", "ones"}])
def test_the_same_seed_gives_the_same_weights_and_another_others(initializer: str) -> None:
    np.testing.assert_array_equal(kernel(initializer, seed=3), kernel(initializer, seed=3))
    assert not np.array_equal(kernel(initializer, seed=3), kernel(initializer, seed=4))


def test_two_layers_of_one_shape_get_different_weights() -> None:
    first, second, _ = build_model(config_of({"units": 4}, {"units": 4}), IRIS).layers
    assert not np.array_equal(first.kernel, second.kernel)


def test_adding_a_layer_leaves_the_weights_before_it_alone() -> None:
    one = build_model(config_of({"units": 5}), IRIS)
    two = build_model(config_of({"units": 5}, {"units": 7}), IRIS)
    np.testing.assert_array_equal(one.layers[0].kernel, two.layers[0].kernel)


def test_global_random_state_has_no_say() -> None:
    keras.utils.set_random_seed(1)
    one = kernel("he_normal")
    keras.utils.set_random_seed(2)
    np.testing.assert_array_equal(one, kernel("he_normal"))


def test_penalties_are_those_of_the_formula() -> None:
    model = build_model(config_of({"units": 5}, l1=0.1, l2=0.01), IRIS)
    kernels = [np.array(layer.kernel) for layer in model.layers]
    expected = sum(0.1 * np.abs(each).sum() + 0.01 * (each**2).sum() for each in kernels)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)
    assert build_model(config_of({"units": 5}), IRIS).losses == []


def test_reset_gives_initial_weights_and_dropout_back() -> None:
    config = config_of({"units": 8, "batch_normalization": True, "dropout": 0.5}, {"units": 4, "dropout": 0.2})
    model = build_model(config, IRIS, seed=5)
    before = [np.array(variable) for variable in model.variables]
    drawn = np.array(model(IRIS.x_train, training=True))
    for weight in model.weights:
        weight.assign(weight + 1)
    assert not np.array_equal(before[0], model.variables[0])
    reset_weights(model, config, seed=5)
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)
    np.testing.assert_array_equal(model(IRIS.x_train, training=True), drawn)


def test_dropout_drops_its_share_and_scales_the_rest() -> None:
    model = build_model(config_of({"units": 400, "dropout": 0.3}, initializer="ones"), IRIS, seed=0)
    dropped = np.array(model.layers[1](np.ones((200, 400), np.float32), training=True))
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1 / 0.7)}
    # five standard errors of 80,000 draws
    assert np.mean(dropped == 0) == pytest.approx(0.3, abs=5 * math.sqrt(0.3 * 0.7 / 80_000))


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    """Finite differences: the network is differentiable in the place where Keras says."""
    import tensorflow as tf

    model = build_model(config_of({"units": 3, "activation": "tanh"}, l2=0.1), IRIS, seed=1)
    loss = keras.losses.SparseCategoricalCrossentropy()

    def value() -> tf.Tensor:
        return loss(IRIS.y_train, model(IRIS.x_train)) + sum(model.losses)

    weights = model.layers[0].kernel
    with tf.GradientTape() as tape:
        current = value()
    gradient = tape.gradient(current, weights.value).numpy()
    start, step = np.array(weights), 1e-2
    for row, column in ((0, 0), (2, 1), (3, 2)):
        nudge = np.zeros_like(start)
        nudge[row, column] = step
        weights.assign(start + nudge)
        above = float(value())
        weights.assign(start - nudge)
        slope = (above - float(value())) / (2 * step)
        weights.assign(start)
        assert gradient[row, column] == pytest.approx(slope, rel=1e-2, abs=1e-4)
