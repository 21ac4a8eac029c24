"""The picture of the network holds the model's own numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import log_loss

from core.evaluation import RESOLUTION, View, plane_of
from core.experiment.config import ExperimentConfig
from core.inspection.probe import look_inside, weights_of
from core.training import ProgramCache, Trainer
from core.words import Said
from core.worker.network_picture import CELLS, describe_network, draw_network, pooled, small_grid
from tests.core.tiny_runs import experiment


@pytest.fixture(scope="module")
def trainer(programs: ProgramCache) -> Trainer:
    trainer = Trainer(experiment(dataset="spirals", classes=3, layers="4-tanh,20-relu"), programs=programs)
    trainer.advance(3)
    return trainer


def test_weights_and_biases_are_the_model_s(trainer: Trainer) -> None:
    grid = small_grid(plane_of(trainer.dataset, View()).grid)
    part = draw_network(trainer.config, weights_of(trainer), grid, None)
    layers = [layer for layer in trainer.model.layers if layer.weights]
    kernels = np.concatenate([np.asarray(layer.kernel).ravel() for layer in layers])
    np.testing.assert_array_equal(part.blocks["weights"], kernels)
    np.testing.assert_array_equal(part.blocks["biases"], np.concatenate([np.asarray(each.bias) for each in layers]))
    assert set(part.blocks) == {"weights", "biases"}


@pytest.mark.parametrize("penalty", [{"l2": 0.05}, {"l1": 0.01}, {"l1": 0.003, "l2": 0.01}], ids=str)
@pytest.mark.parametrize("layers", ["6-relu", "4-tanh-bn,3-relu", "none"])
def test_the_penalty_is_what_the_test_loss_is_more_than_scikit_learns(
    penalty: dict[str, float], layers: str, programs: ProgramCache
) -> None:
    trainer = Trainer(experiment(dataset="iris", layers=layers, batch_size=16, **penalty), programs=programs)
    logs = trainer.advance(8)[-1]
    grid = small_grid(plane_of(trainer.dataset, View()).grid)
    shown = draw_network(trainer.config, weights_of(trainer), grid, None).header["network"]["penalty"]
    assert shown == pytest.approx(sum(float(term) for term in trainer.model.losses), rel=1e-5)
    outputs = trainer.predict(trainer.dataset.x_test).astype(float)
    entropy = log_loss(trainer.dataset.y_test, outputs / outputs.sum(axis=1, keepdims=True), labels=range(3))
    assert logs["val_loss"] == pytest.approx(entropy + shown, rel=1e-4)


def test_without_a_penalty_there_is_none_to_show(trainer: Trainer) -> None:
    grid = small_grid(plane_of(trainer.dataset, View()).grid)
    assert "penalty" not in draw_network(trainer.config, weights_of(trainer), grid, None).header["network"]


def test_a_neuron_s_map_is_what_it_says_on_every_fourth_cell(trainer: Trainer) -> None:
    plane = plane_of(trainer.dataset, View())
    grid = small_grid(plane.grid)
    part = draw_network(trainer.config, weights_of(trainer), grid, look_inside(trainer, grid))
    # Inputs, four neurons and three outputs have maps; the layer of twenty has none.
    assert part.header["network"]["mapped"] == [0, 1, 3]
    maps, scales = part.blocks["neuron_maps"], part.blocks["neuron_scales"]
    assert maps.shape == (2 + 4 + 3, 25, 25)
    values = (maps.astype(float) - 128) / 127 * scales[:, None, None]
    square = plane.grid.reshape(RESOLUTION, RESOLUTION, 2)[2::4, 2::4]
    np.testing.assert_allclose(values[0], square[..., 0], atol=scales[0] / 200)
    outputs = trainer.predict(plane.grid).reshape(RESOLUTION, RESOLUTION, 3)[2::4, 2::4]
    np.testing.assert_allclose(values[-1], outputs[..., 2], atol=0.005)


def test_a_sigmoid_is_drawn_around_one_half(programs: ProgramCache) -> None:
    trainer = Trainer(experiment(dataset="moons", layers="3-sigmoid"), programs=programs)
    grid = small_grid(plane_of(trainer.dataset, View()).grid)
    inside = look_inside(trainer, grid)
    part = draw_network(trainer.config, weights_of(trainer), grid, inside)
    assert part.header["network"]["centres"] == [0.0, 0.5, 0.5]
    values = (part.blocks["neuron_maps"][-1].ravel() - 128.0) / 127 * part.blocks["neuron_scales"][-1] + 0.5
    np.testing.assert_allclose(values, inside.on_grid[-1][:, 0], atol=0.005)


def test_large_layers_are_pooled_to_the_strongest_with_its_sign() -> None:
    matrix = np.random.default_rng(0).normal(size=(130, 10))
    cells = pooled(matrix)
    assert cells.shape == (CELLS, 10)
    rows = [matrix[130 * i // CELLS : 130 * (i + 1) // CELLS] for i in range(CELLS)]
    expected = [[column[np.argmax(np.abs(column))] for column in part.T] for part in rows]
    np.testing.assert_array_equal(cells, expected)
    assert pooled(np.ones((512, 512))).shape == (CELLS, CELLS)


def test_names_say_inputs_layers_and_outputs(trainer: Trainer) -> None:
    described = describe_network(trainer.config, trainer.dataset)
    assert described["inputs"] == ["x", "y"]
    assert [(str(Said.from_json(layer["name"])), layer["units"]) for layer in described["layers"]] == [
        ("Hidden 1", 4),
        ("Hidden 2", 20),
        ("Output", 3),
    ]
    assert described["outputs"] == list(trainer.dataset.class_names)
    binary = ExperimentConfig.model_validate({"dataset": {"name": "breast_cancer"}})
    assert len(binary.dataset.info.class_names or ()) == 2


def test_a_network_that_overflowed_is_still_json(trainer: Trainer) -> None:
    grid = small_grid(plane_of(trainer.dataset, View()).grid)
    inside = look_inside(trainer, grid)
    inside.kernel_gradients[0][:] = np.nan
    inside.on_grid[0][:] = np.inf
    part = draw_network(trainer.config, weights_of(trainer), grid, inside)
    text = json.dumps(part.header, allow_nan=False)
    assert "Exploding" in text
