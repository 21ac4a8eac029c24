"""The look inside gives what Keras says, gradients that finite differences confirm, and changes nothing."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from core.experiment.config import ExperimentConfig
from core.inspection.probe import can_look_inside, look_inside, weights_of
from core.training import ProgramCache, Trainer
from tests.core.fit_reference import assert_same_state, small

CASES: dict[str, dict[str, Any]] = {
    "two layers": {"model": {"hidden_layers": [{"units": 5, "activation": "tanh"}, {"units": 3, "activation": "elu"}]}},
    "no hidden layer": {"model": {"hidden_layers": []}},
    "three classes": {"dataset": {"name": "iris"}},
    "classes with a squared error": {"training": {"loss": "mean_squared_error"}},
    "huber": {"dataset": {"name": "bumps"}, "training": {"loss": "huber"}},
    "regression": {"dataset": {"name": "plane"}},
    "penalties": {"model": {"l1": 0.01, "l2": 0.05}},
    "dropout and batch normalisation": {
        "model": {"hidden_layers": [{"units": 6, "activation": "tanh", "dropout": 0.4, "batch_normalization": True}]}
    },
}


@pytest.fixture(params=CASES.values(), ids=list(CASES))
def trainer(request: pytest.FixtureRequest, programs: ProgramCache) -> Trainer:
    trainer = Trainer(small(**request.param), programs=programs)
    trainer.advance(2)
    return trainer


def _outputs(trainer: Trainer, x: np.ndarray) -> list[np.ndarray]:
    """What Keras' own layers say, called one after the other."""
    said, values = [], keras.ops.convert_to_tensor(x)
    for layer in trainer.model.layers:
        values = layer(values, training=False)
        if isinstance(layer, keras.layers.Dense):
            said.append(values)
        elif isinstance(layer, keras.layers.Activation):
            said[-1] = values
    return [np.asarray(each) for each in said]


def test_units_say_what_keras_layers_say(trainer: Trainer) -> None:
    data = trainer.dataset
    inside = look_inside(trainer, data.x_test, rows=20)
    for ours, theirs in zip(inside.on_grid, _outputs(trainer, data.x_test), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    for ours, theirs in zip(inside.on_rows, _outputs(trainer, data.x_train[:20]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(inside.on_grid[-1], trainer.predict(data.x_test), atol=1e-6)


def test_gradients_agree_with_finite_differences_of_keras_loss(trainer: Trainer) -> None:
    data, model = trainer.dataset, trainer.model
    inside = look_inside(trainer, data.x_test, rows=20)
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]

    def loss() -> float:
        said = model(data.x_train[:20], training=False)
        target = data.y_train[:20] if said.shape[-1] > 1 else data.y_train[:20, None]
        return float(model.loss(target, said)) + sum(float(value) for value in model.losses)

    rng = np.random.default_rng(0)
    for layer, kernel_gradient, bias_gradient in zip(
        dense, inside.kernel_gradients, inside.bias_gradients, strict=True
    ):
        for variable, gradient in ((layer.kernel, kernel_gradient), (layer.bias, bias_gradient)):
            before = np.array(variable)
            for _ in range(4):
                place = tuple(rng.integers(size) for size in before.shape)
                difference = []
                for step in (1e-2, -1e-2):
                    moved = before.copy()
                    moved[place] += step
                    variable.assign(moved)
                    difference.append(loss())
                variable.assign(before)
                assert gradient[place] == pytest.approx((difference[0] - difference[1]) / 2e-2, rel=0.05, abs=2e-4)


def test_looking_changes_nothing(trainer: Trainer) -> None:
    before = trainer.state()
    look_inside(trainer, trainer.dataset.x_test)
    weights_of(trainer)
    assert_same_state(before, trainer.state())


def test_the_weights_are_those_of_the_dense_layers(trainer: Trainer) -> None:
    weights = weights_of(trainer)
    dense = [layer for layer in trainer.model.layers if isinstance(layer, keras.layers.Dense)]
    for layer, kernel, bias in zip(dense, weights.kernels, weights.biases, strict=True):
        np.testing.assert_array_equal(kernel, np.asarray(layer.kernel))
        np.testing.assert_array_equal(bias, np.asarray(layer.bias))


def test_within_at_the_network_is_as_it_was_then(programs: ProgramCache) -> None:
    config = small(training={"epochs": 6})
    trainer, early = Trainer(config, programs=programs), Trainer(config, programs=programs)
    trainer.advance(1)
    then = trainer.state()
    trainer.advance(3)
    now = trainer.state()
    early.advance(1)
    with trainer.at(then):
        np.testing.assert_array_equal(trainer.predict(early.dataset.x_test), early.predict(early.dataset.x_test))
    assert_same_state(now, trainer.state())


def test_one_trace_serves_another_run_of_the_architecture_and_the_xla_path(programs: ProgramCache) -> None:
    first = Trainer(small(), programs=programs)
    look_inside(first, first.dataset.x_test)
    second = Trainer(small(training={"learning_rate": 0.01}, seed=3), programs=programs)
    assert can_look_inside(second)
    np.testing.assert_allclose(
        look_inside(second, second.dataset.x_test).on_grid[-1], second.predict(second.dataset.x_test), atol=1e-6
    )
    fast = Trainer(
        ExperimentConfig.model_validate({"dataset": {"name": "circles", "samples": 60}, "training": {"epochs": 10_000}})
    )
    fast.advance(25)
    np.testing.assert_allclose(
        look_inside(fast, fast.dataset.x_test).on_grid[-1], fast.predict(fast.dataset.x_test), atol=1e-5
    )


def test_a_picture_s_way_is_what_keras_layers_make_of_it(programs: ProgramCache) -> None:
    layers = [{"kind": "convolution", "filters": 3, "activation": "tanh"}, {"kind": "pooling"}, {"units": 4}]
    trainer = Trainer(
        small(dataset={"name": "digits", "test_fraction": 0.8}, model={"hidden_layers": layers}), programs=programs
    )
    trainer.advance(1)
    data = trainer.dataset
    inside = look_inside(trainer, data.x_test[:9], rows=20, examples=data.x_test[:2])
    model = trainer.model
    for name, maps in zip(("convolution_0", "pooling_1"), inside.feature_maps, strict=True):
        whole = keras.Model(model.inputs, model.get_layer(name).output)
        np.testing.assert_allclose(maps, whole(data.x_test[:2]), atol=1e-6)
    assert [outputs.shape for outputs in inside.on_grid] == [(9, 4), (9, 10)]
    assert [outputs.shape for outputs in inside.on_rows] == [(20, 6, 6, 3), (20, 4), (20, 10)]
    assert [each.shape for each in inside.kernel_gradients] == [(3, 3, 1, 3), (27, 4), (4, 10)]
    np.testing.assert_array_equal(weights_of(trainer).kernels[0], np.asarray(model.get_layer("convolution_0").kernel))
