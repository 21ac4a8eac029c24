"""A mini-batch in slow motion as plain JSON for the browser: the numbers of `core.inspection.slow_motion`.

Read by `pages/frontend/slow-motion/words.js`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.experiment.config import ExperimentConfig
from core.experiment.losses import LOSSES
from core.inspection.slow_motion import SlowLayer, SlowStep

#: Units of a layer that are shown: where there are more, those with the largest activations.
SHOWN = 12


def picture_of(config: ExperimentConfig, dataset: Dataset, step: SlowStep) -> dict[str, Any]:
    """Everything the slow-motion panel shows. Numbers are exact; of large layers only some units are there."""
    chosen = _largest(step.inputs)
    layers, before = [], chosen
    for layer in step.layers:
        units = _largest(layer.activations)
        layers.append(_layer(layer, before, units))
        before = units
    row = int(step.rows[step.sample])
    return {
        "epoch": step.epoch,
        "batch": step.batch,
        "batches": step.batches,
        "sample": step.sample,
        "samples": len(step.rows),
        "row": row,
        "inputs": {
            "names": [dataset.feature_names[index] for index in chosen],
            "values": _numbers(step.inputs[chosen]),
            "of": len(step.inputs),
        },
        "target": step.target,
        "target_name": _target(dataset, step),
        "outputs": list(dataset.class_names) or [dataset.target_name],
        "layers": layers,
        "loss_kind": config.output.loss,
        "loss_symbol": _loss_symbol(config, step),
        "from_logits": config.output.from_logits,
        "losses": _numbers(step.losses),
        "loss": _finite(step.loss),
        "penalty": _finite(step.penalty),
        "learning_rate": _finite(step.learning_rate),
        "optimizer": config.training.optimizer,
        **({} if step.weight is None else {"weight": step.weight}),
    }


def _layer(layer: SlowLayer, inputs: np.ndarray, units: np.ndarray) -> dict[str, Any]:
    places = np.ix_(inputs, units)
    norm = layer.batch_norm
    return {
        "activation": layer.activation,
        "units": units.tolist(),
        "of": len(layer.z),
        "fan_in": len(layer.inputs),
        "inputs": _numbers(layer.inputs[inputs]),
        "z": _numbers(layer.z[units]),
        "normalized": None if norm is None else _numbers(norm.outputs[units]),
        "a": _numbers(layer.activations[units]),
        "dropout": None if layer.dropout is None else _numbers(layer.dropout[units]),
        "outputs": _numbers(layer.outputs[units]),
        "slope": None if layer.slopes is None else _numbers(layer.slopes[units]),
        "delta": _numbers(layer.z_gradients[units]),
        "weights": [_numbers(row) for row in layer.weights[places]],
        "gradients": [_numbers(row) for row in layer.weight_gradients[places]],
        "new_weights": [_numbers(row) for row in layer.new_weights[places]],
        "biases": _numbers(layer.biases[units]),
        "bias_gradients": _numbers(layer.bias_gradients[units]),
        "new_biases": _numbers(layer.new_biases[units]),
    }


def _loss_symbol(config: ExperimentConfig, step: SlowStep) -> str:
    """The loss's formula, in which the page puts the numbers of the row."""
    spec = LOSSES[config.output.loss]
    return spec.symbol_of_zero if spec.symbol_of_zero and step.target == 0 else spec.symbol


def _target(dataset: Dataset, step: SlowStep) -> str:
    if dataset.task == "classification":
        return dataset.class_names[int(step.target)]
    return f"{float(dataset.in_own_units(np.asarray(step.target))):.4g}"


def _largest(values: np.ndarray) -> np.ndarray:
    """The places of the values that are shown, in their order."""
    if len(values) <= SHOWN:
        return np.arange(len(values))
    size = np.abs(np.nan_to_num(values))
    return np.sort(np.argsort(-size, kind="stable")[:SHOWN])


def _numbers(values: np.ndarray) -> list[float | None]:
    return [_finite(float(value)) for value in values]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
