"""What the registries say agrees with Keras and NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, build_model, load_dataset
from core.experiment.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.experiment.initializers import INITIALIZERS
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.keras_call import KerasCall
from core.experiment.layers import LAYERS
from core.experiment.losses import LOSSES
from core.experiment.network import penalised_layers
from core.experiment.optimizers import OPTIMIZERS

REGISTRIES: dict[str, Mapping[str, Any]] = {
    "optimizers": OPTIMIZERS,
    "losses": LOSSES,
    "activations": ACTIVATIONS,
    "output activations": OUTPUT_ACTIVATIONS,
    "initializers": INITIALIZERS,
    "inputs": ENGINEERED_INPUTS,
}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_an_entry_stands_under_its_own_name(kind: str) -> None:
    assert [spec.name for spec in REGISTRIES[kind].values()] == list(REGISTRIES[kind])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_s_usual_rate_is_keras_own(name: str) -> None:
    spec = OPTIMIZERS[name]
    assert float(np.asarray(spec.call.build(keras).learning_rate)) == pytest.approx(spec.usual_rate)
    assert spec.usual_rate < spec.highest_rate


@pytest.mark.parametrize("name", ENGINEERED_INPUTS)
def test_an_input_s_source_computes_the_same_as_its_function(name: str) -> None:
    spec = ENGINEERED_INPUTS[name]
    x, y = np.random.default_rng(0).normal(size=(2, 50))
    np.testing.assert_array_equal(eval(spec.source, {"np": np, "x": x, "y": y}), spec.compute(x, y))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_flat_where_its_entry_says(name: str) -> None:
    """Its slope by finite differences, far to the left and far to the right."""
    spec, function = ACTIVATIONS[name], keras.activations.get(name)
    left, right = (float(function(np.float64(at + 1)) - function(np.float64(at))) for at in (-30, 30))
    if spec.flat == "both":
        assert left == pytest.approx(0, abs=1e-6)
        assert right == pytest.approx(0, abs=1e-6)
    else:
        assert right > 0.5
        assert (left < 0.5) == (spec.flat == "below")  # leaky_relu keeps a fifth


@pytest.mark.parametrize("name", LAYERS)
def test_every_setting_of_a_layer_has_a_control(name: str) -> None:
    """The page reads a layer from its controls: a setting without one would be lost."""
    spec = LAYERS[name]
    assert {control.field for control in spec.controls} == set(spec.config.model_fields) - {"kind"}
    assert type(spec.example) is spec.config
    assert spec.config(**(spec.read(spec.example.text()) or {})) == spec.example


@pytest.mark.parametrize(
    "hidden", [[], [{"units": 3}], [{"units": 3, "batch_normalization": True, "dropout": 0.1}, {"units": 2}]]
)
def test_penalties_are_on_the_kernels_that_keras_penalises(hidden: list[dict[str, object]]) -> None:
    config = ExperimentConfig.model_validate({"model": {"hidden_layers": hidden, "l1": 0.1}})
    model = build_model(config.model, load_dataset(config.dataset), output=config.output)
    penalised = [layer.name for layer in model.layers if getattr(layer, "kernel_regularizer", None)]
    assert list(penalised_layers(config)) == penalised
    assert config.dense_kernels == tuple(model.get_layer(name).kernel.shape for name in penalised)


def test_a_sigmoid_is_undecided_at_one_half() -> None:
    assert ACTIVATIONS["sigmoid"].centre == float(keras.activations.sigmoid(np.float64(0))) == 0.5
    assert all(spec.centre == 0 for name, spec in ACTIVATIONS.items() if name != "sigmoid")


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_fits_some_target_with_outputs_that_exist(name: str) -> None:
    spec = LOSSES[name]
    assert spec.outputs
    assert all(set(outputs) <= set(OUTPUT_ACTIVATIONS) and outputs for outputs in spec.outputs.values())
    assert set(spec.is_first_for) <= set(spec.outputs)
    logits = [outputs for target, outputs in spec.outputs.items() if target != "continuous" and "linear" in outputs]
    assert bool(logits) == spec.takes_logits


def test_a_call_is_built_as_it_is_written() -> None:
    penalty = KerasCall("regularizers.L1L2", settings={"l1": 0.0, "l2": 0.01})
    call = KerasCall("layers.Dense", (3,), {"activation": "tanh", "kernel_regularizer": penalty})
    written = call.source(name="first")
    assert written == (
        'keras.layers.Dense(3, activation="tanh", kernel_regularizer=keras.regularizers.L1L2(l1=0.0, l2=0.01), '
        'name="first")'
    )
    assert eval(written, {"keras": keras}).get_config() == call.build(keras, name="first").get_config()
