"""Slow motion shows the numbers of the training that follows: finite differences, NumPy and Keras agree with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, Trainer
from core.errors import WrongValue
from core.inspection.probe import weights_of
from core.inspection.slow_motion import SlowLayer, SlowStep, slow_motion
from core.training import ProgramCache
from tests.core.fit_reference import assert_same_state, small

NOISY = {"hidden_layers": [{"units": 5, "activation": "tanh", "dropout": 0.3, "batch_normalization": True}]}
DEEP = {"hidden_layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "elu"}]}

#: Data, network and loss of every kind. Training rows: iris 120, the others 40 or 80.
KINDS: dict[str, dict[str, Any]] = {
    "softmax": {"dataset": {"name": "iris"}, "model": DEEP},
    "sigmoid": {"model": DEEP},
    "logits": {"dataset": {"name": "blobs", "samples": 50}, "model": {**DEEP, "output_activation": "linear"}},
    "two of softmax": {"training": {"loss": "sparse_categorical_crossentropy"}},
    "squared error of classes": {"training": {"loss": "mean_squared_error"}, "model": DEEP},
    "regression": {"dataset": {"name": "plane", "samples": 50}, "model": DEEP},
    "Huber": {"dataset": {"name": "bumps", "samples": 50}, "training": {"loss": "huber"}},
    "penalties": {"model": {**DEEP, "l1": 0.01, "l2": 0.02}},
    "no hidden layer": {"dataset": {"name": "iris"}, "model": {"hidden_layers": []}},
}
OPTIMIZERS = ["sgd", "momentum", "rmsprop", "adam", "adamw", "nadam", "adagrad"]


def experiment(kind: str) -> ExperimentConfig:
    """A kind's configuration; iris has neither noise nor a number of samples to choose."""
    base: dict[str, Any] = {"dataset": {"name": "moons", "samples": 50, "noise": 0.1}, "model": {}, "training": {}}
    training = {"learning_rate": 0.05, "batch_size": 16, "epochs": 3, **KINDS[kind].get("training", {})}
    return ExperimentConfig.model_validate({**base, "model": DEEP, **KINDS[kind], "training": training})


def loss_of(trainer: Trainer, step: SlowStep, activations_of_last: np.ndarray) -> float:
    """The sample's loss in the words of the field, float64."""
    last, output, target = step.layers[-1], trainer.config.output, step.target
    if output.loss == "sparse_categorical_crossentropy":
        odds = activations_of_last
        if last.activation == "linear":
            odds = np.exp(odds) / np.exp(odds).sum()
        return float(-np.log(odds[int(target)]))
    (said,) = activations_of_last
    if output.loss == "binary_crossentropy":
        said = 1 / (1 + np.exp(-said)) if last.activation == "linear" else said
        return float(-np.log(said if target else 1 - said))
    if output.loss == "huber":
        error = abs(target - said)
        return float(error**2 / 2 if error <= 1 else error - 0.5)
    return float((target - said) ** 2)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
}


def forward(layers: tuple[SlowLayer, ...], inputs: np.ndarray, first: int = 0) -> np.ndarray:
    """A dense network in NumPy, float64, from layer `first` on."""
    values = inputs.astype(np.float64)
    for layer in layers[first:]:
        values = ACTIVATIONS[layer.activation](values @ layer.weights.astype(np.float64) + layer.biases)
    return values


@pytest.mark.parametrize("kind", KINDS)
def test_the_forward_pass_is_the_networks_own(kind: str, programs: ProgramCache) -> None:
    trainer = Trainer(experiment(kind), programs=programs)
    trainer.advance()
    step = slow_motion(trainer, sample=3)
    row = step.rows[3]
    assert np.array_equal(step.inputs, trainer.dataset.x_train[row])
    assert step.target == pytest.approx(float(trainer.dataset.y_train[row]))
    said = trainer.predict(trainer.dataset.x_train[[row]])[0]
    np.testing.assert_allclose(step.layers[-1].outputs, said, rtol=2e-6, atol=1e-7)
    np.testing.assert_allclose(forward(step.layers, step.inputs), said, rtol=2e-5, atol=1e-6)
    assert step.losses[3] == pytest.approx(loss_of(trainer, step, said.astype(np.float64)), rel=1e-4, abs=1e-6)
    assert step.loss == pytest.approx(step.losses.mean() + step.penalty, rel=1e-5)
    assert (step.penalty > 0) == (kind == "penalties")


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_the_sample_equal_finite_differences(kind: str, programs: ProgramCache) -> None:
    trainer = Trainer(experiment(kind), programs=programs)
    step = slow_motion(trainer, sample=1)

    def difference(at: np.ndarray, rest: Any, unit: int) -> float:
        nudge = np.zeros(len(at))
        nudge[unit] = 1e-5
        at = at.astype(np.float64)
        return (loss_of(trainer, step, rest(at + nudge)) - loss_of(trainer, step, rest(at - nudge))) / 2e-5

    for index, layer in enumerate(step.layers):

        def from_activation(a: np.ndarray, index: int = index) -> np.ndarray:
            return forward(step.layers, a, index + 1)

        def from_z(z: np.ndarray, layer: SlowLayer = layer, index: int = index) -> np.ndarray:
            return forward(step.layers, ACTIVATIONS[layer.activation](z), index + 1)

        for unit in range(len(layer.z)):
            assert layer.z_gradients[unit] == pytest.approx(difference(layer.z, from_z, unit), rel=1e-3, abs=1e-5)
            if layer.activation_gradients is not None:
                expected = difference(layer.activations, from_activation, unit)
                assert layer.activation_gradients[unit] == pytest.approx(expected, rel=1e-3, abs=1e-5)
            if layer.slopes is not None:
                sides = [ACTIVATIONS[layer.activation](layer.z.astype(np.float64) + side) for side in (-1e-5, 1e-5)]
                assert layer.slopes[unit] == pytest.approx((sides[1] - sides[0])[unit] / 2e-5, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("kind", ["softmax", "sigmoid", "regression", "penalties"])
def test_gradients_of_the_batch_equal_finite_differences_of_keras_loss(kind: str, programs: ProgramCache) -> None:
    trainer = Trainer(experiment(kind), programs=programs)
    step = slow_motion(trainer, batch=1)
    first = slow_motion(trainer)
    x, y = trainer.dataset.x_train[step.rows], trainer.dataset.y_train[step.rows]
    for index, layer in enumerate(step.layers):
        # The second batch begins where the first one ended.
        assert np.array_equal(layer.weights, first.layers[index].new_weights)
        for place in [(0, 0), (1, layer.weights.shape[1] - 1)]:
            sides = []
            for nudge in (-1e-3, 1e-3):
                total = 0.0
                for x_row, y_row in zip(x, y, strict=True):
                    weights = [each.weights.astype(np.float64) for each in step.layers]
                    weights[index][place] += nudge
                    values = x_row.astype(np.float64)
                    for each, kernel in zip(step.layers, weights, strict=True):
                        values = ACTIVATIONS[each.activation](values @ kernel + each.biases)
                    total += loss_of(trainer, replace(step, target=float(y_row)), values) / len(x)
                model = trainer.config.model
                total += sum(model.l1 * np.abs(kernel).sum() + model.l2 * (kernel**2).sum() for kernel in weights)
                sides.append(total)
            expected = (sides[1] - sides[0]) / 2e-3
            assert layer.weight_gradients[place] == pytest.approx(expected, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_after_the_last_batch_the_weights_are_those_after_the_epoch(optimizer: str, programs: ProgramCache) -> None:
    trainer = Trainer(small(training={"optimizer": optimizer}), programs=programs)
    trainer.advance()
    step = slow_motion(trainer, batch=2)
    assert (step.epoch, step.batches, len(step.rows)) == (1, 3, 8)
    trainer.advance()
    weights = weights_of(trainer)
    for layer, kernel, bias in zip(step.layers, weights.kernels, weights.biases, strict=True):
        np.testing.assert_allclose(layer.new_weights, kernel, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(layer.new_biases, bias, rtol=1e-6, atol=1e-7)


def test_with_dropout_and_batch_normalisation_the_epoch_ends_the_same(programs: ProgramCache) -> None:
    trainer = Trainer(small(model=NOISY), programs=programs)
    trainer.advance()
    step = slow_motion(trainer, batch=2)
    trainer.advance()
    for layer, kernel in zip(step.layers, weights_of(trainer).kernels, strict=True):
        np.testing.assert_allclose(layer.new_weights, kernel, rtol=1e-4, atol=1e-6)


def test_dropout_and_batch_normalisation_have_their_numbers(programs: ProgramCache) -> None:
    trainer = Trainer(small(model=NOISY), programs=programs)
    step = slow_motion(trainer, sample=2)
    hidden, output = step.layers
    norm = hidden.batch_norm
    assert norm is not None
    normalised = norm.scale * (hidden.z - norm.mean) / norm.deviation + norm.shift
    np.testing.assert_allclose(norm.outputs, normalised, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(hidden.activations, np.tanh(norm.outputs), rtol=1e-5, atol=1e-6)
    assert hidden.dropout is not None
    kept = hidden.dropout != 0
    np.testing.assert_allclose(hidden.dropout[kept], 1 / 0.7, rtol=1e-6)
    np.testing.assert_allclose(hidden.outputs, hidden.activations * hidden.dropout, rtol=1e-6)
    assert np.array_equal(output.inputs, hidden.outputs)
    assert output.batch_norm is None
    assert output.dropout is None


@pytest.mark.parametrize("model", [DEEP, NOISY], ids=["plain", "noisy"])
@pytest.mark.parametrize("batch", [0, 2])
def test_the_run_is_as_it_was_bit_for_bit(model: dict[str, Any], batch: int, programs: ProgramCache) -> None:
    config = small(model=model)
    trainer, undisturbed = Trainer(config, programs=programs), Trainer(config, programs=programs)
    undisturbed.fit()
    trainer.advance()
    before, history = trainer.state(), list(trainer.history)
    first = slow_motion(trainer, batch=batch)
    assert_same_state(trainer.state(), before)
    assert trainer.history == history
    again = slow_motion(trainer, batch=batch)
    assert np.array_equal(first.layers[0].new_weights, again.layers[0].new_weights)
    assert trainer.fit() == undisturbed.history
    assert_same_state(trainer.state(), undisturbed.state())


def test_the_rows_are_those_of_the_next_epoch(programs: ProgramCache) -> None:
    config = small()
    trainer = Trainer(config, programs=programs)
    trainer.advance()
    rows = np.concatenate([slow_motion(trainer, batch=batch).rows for batch in range(3)])
    assert np.array_equal(rows, np.random.default_rng([config.seed, 1]).permutation(40))


def test_plain_gradient_descent_takes_the_learning_rate_times_the_gradient(programs: ProgramCache) -> None:
    step = slow_motion(Trainer(small(training={"optimizer": "sgd"}), programs=programs))
    assert step.learning_rate == pytest.approx(0.05)
    for layer in step.layers:
        np.testing.assert_allclose(
            layer.new_weights, layer.weights - 0.05 * layer.weight_gradients, rtol=1e-5, atol=1e-7
        )


@pytest.mark.parametrize(("batch", "sample"), [(3, 0), (-1, 0), (2, 8), (0, 16)])
def test_a_batch_or_sample_that_does_not_exist_is_refused(batch: int, sample: int, programs: ProgramCache) -> None:
    with pytest.raises(ValueError, match=f"received {max(batch, sample) if batch != -1 else -1}"):
        slow_motion(Trainer(small(), programs=programs), batch=batch, sample=sample)


def test_a_model_of_other_layers_is_refused_by_name() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Reshape((2, 1)), keras.layers.Flatten(name="flat")])
    model.add(keras.layers.Dense(1, "sigmoid"))
    trainer = Trainer(small(), model=model)
    before = trainer.state()
    with pytest.raises(ValueError, match="Reshape"):
        slow_motion(trainer)
    assert_same_state(trainer.state(), before)


def test_a_network_that_takes_pictures_is_refused_in_words() -> None:
    layers = [{"kind": "convolution"}, {"kind": "pooling"}, {"units": 4}]
    data = {"dataset": {"name": "digits", "test_fraction": 0.9}, "model": {"hidden_layers": layers}}
    with pytest.raises(WrongValue) as caught:
        slow_motion(Trainer(ExperimentConfig.model_validate(data)))
    assert str(caught.value) == (
        "Slow motion shows networks of Dense layers, and this one has layers that take a picture (8-relu-c3, pool2). "
        "Point at them in the drawing of the network to see their filters and what they make of a row."
    )
