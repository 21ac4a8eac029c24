"""The picture of the network itself: weights, what each neuron responds to, gradients, and its health.

Read by `pages/frontend/run/network-data.js`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.evaluation import RESOLUTION
from core.experiment.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.experiment.advice import normalises_single_rows
from core.experiment.config import ExperimentConfig
from core.experiment.layers import LayerConfig
from core.inspection.health import Circumstances, health_of
from core.inspection.probe import Inside, Weights
from core.protocol.wire import Part
from core.words import Said
from core.worker.picture_layers import (
    as_links,
    describe_layers,
    describe_pictures,
    draw_feature_maps,
    draw_kernels,
    has_weights,
    hidden_numbers,
)

#: Layers of at most so many units are drawn neuron by neuron, each with a map of its own.
NEURONS = 12

#: Rows and columns of a larger layer's heat map, where each cell shows the strongest of the weights that it stands for.
CELLS = 48

#: Every so many rows and columns of the large map make a neuron's small one.
_EVERY = 4

#: Training rows from which gradients and spread are measured.
ROWS = 256


def describe_network(config: ExperimentConfig, dataset: Dataset) -> dict[str, Any]:
    """The layers and their names; they stay the same during a run."""
    output = config.output
    names = list(dataset.class_names) or [dataset.target_name]
    layers = describe_layers(config)
    layers.append({"name": Said("Output").to_json(), "units": output.units, "activation": output.activation})
    described = {
        "inputs": list(dataset.feature_names),
        "layers": layers,
        "outputs": names[-1:] if output.units == 1 else names,
        "neurons": NEURONS,
        "cells": CELLS,
    }
    shown = describe_pictures(config, dataset)
    return described if shown is None else {**described, "picture": shown}


def small_grid(grid: np.ndarray) -> np.ndarray:
    """The rows of a map's grid on which neurons are mapped: (RESOLUTION², features) -> (625, features)."""
    square = grid.reshape(RESOLUTION, RESOLUTION, -1)
    return np.ascontiguousarray(square[_EVERY // 2 :: _EVERY, _EVERY // 2 :: _EVERY].reshape(-1, square.shape[-1]))


def draw_network(
    config: ExperimentConfig, weights: Weights, grid: np.ndarray, inside: Inside | None, learns: bool | None = None
) -> Part:
    """The network at one epoch. A neuron's map is 128 at its `centre` and 1 or 255 at its `scale` below or above it.

    Args:
        grid: what `small_grid` gave, the network inputs of the neurons' maps.
        inside: None while only the weights are known.
        learns: whether the network does better than a constant output, where that is known.
    """
    header: dict[str, Any] = {}
    if config.model.has_penalty:
        header["penalty"] = _finite(_penalty(config, weights))
    blocks = {
        "weights": _links(config, weights.kernels),
        "biases": np.concatenate(weights.biases).astype(np.float32),
    }
    blocks |= draw_kernels(config.plan, weights.kernels)
    if inside is not None:
        circumstances = Circumstances(
            activations=tuple(layer.activation for layer in config.plan.layers if has_weights(layer)),
            numbers=hidden_numbers(config),
            has_penalty=config.model.has_penalty,
            learns=learns,
            normalises_single_rows=normalises_single_rows(config),
        )
        health = health_of(inside.kernel_gradients, inside.on_rows, circumstances)
        header["health"] = {
            "gradient": [_finite(value) for value in health.gradient],
            "spread": [_finite(value) for value in health.spread],
            "dead": [_finite(value) for value in health.dead],
            "words": [said.to_json() for said in health.words],
            "notes": [said.to_json() for said in health.notes],
        }
        blocks["weight_gradients"] = _links(config, inside.kernel_gradients)
        blocks["bias_gradients"] = np.concatenate(inside.bias_gradients).astype(np.float32)
        blocks |= draw_feature_maps(inside.feature_maps)
        plan, branch = config.plan, len(config.plan.branch)
        # The inputs that have neurons: all, or those of a table that joins a picture's branch.
        inputs = grid if plan.beside is None else grid[:, plan.beside.columns]
        columns = list(zip((inputs, *inside.on_grid), _centres(config), strict=True))
        places = [branch if plan.beside else 0, *range(branch + 1, branch + len(columns))]
        has_maps = [
            values.shape[1] <= NEURONS and (plan.picture is None or place > 0)
            for place, (values, _) in zip(places, columns, strict=True)
        ]
        header["mapped"] = [place for place, mapped in zip(places, has_maps, strict=True) if mapped]
        header["centres"] = [0.0] * branch + [centre for _, centre in columns[1:]]
        header["centres"].insert(0, 0.0)
        maps = [values - centre for (values, centre), mapped in zip(columns, has_maps, strict=True) if mapped]
        if maps:
            values = np.nan_to_num(np.concatenate(maps, axis=1).T.astype(np.float64), posinf=1e30, neginf=-1e30)
            scales = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12)
            if plan.beside is not None and places[0] in header["mapped"]:
                # What stays at its median is near zero: it shall not look as strong as what moves.
                scales[: plan.beside.width] = np.maximum(scales[: plan.beside.width], 1.0)
            side = math.isqrt(values.shape[1])
            pictures = np.round(128.0 + 127.0 * (values / scales)).astype(np.uint8)
            blocks["neuron_maps"] = pictures.reshape(-1, side, side)
            blocks["neuron_scales"] = scales.ravel().astype(np.float32)
    return Part({"network": header}, blocks)


def _links(config: ExperimentConfig, kernels: Sequence[np.ndarray]) -> np.ndarray:
    """What the links between neighbouring columns show, one layer with weights after the other."""
    return np.concatenate([pooled(kernel).ravel() for kernel in as_links(config.plan, kernels)]).astype(np.float32)


def pooled(matrix: np.ndarray) -> np.ndarray:
    """At most `CELLS` rows and columns: where several weights share a cell, the strongest is shown, with its sign."""
    for axis in (0, 1):
        size = matrix.shape[axis]
        if size > CELLS:
            starts = cell_starts(size)
            high = np.maximum.reduceat(matrix, starts, axis=axis)
            low = np.minimum.reduceat(matrix, starts, axis=axis)
            matrix = np.where(high >= -low, high, low)
    return matrix


def cell_starts(size: int) -> Sequence[int]:
    """The first row (or column) of each cell."""
    return [cell * size // CELLS for cell in range(CELLS)]


def _centres(config: ExperimentConfig) -> list[float]:
    """What counts as zero in each column's maps: a sigmoid is undecided at one half."""
    hidden = [ACTIVATIONS[layer.activation].centre for layer in config.plan.trunk if isinstance(layer, LayerConfig)]
    return [0.0, *hidden, OUTPUT_ACTIVATIONS[config.output.activation].centre]


def _penalty(config: ExperimentConfig, weights: Weights) -> float:
    """What the weights add to the loss, as `keras.regularizers.L1L2` on every kernel."""
    values = np.concatenate([kernel.ravel() for kernel in weights.kernels]).astype(np.float64)
    return float(config.model.l1 * np.abs(values).sum() + config.model.l2 * np.square(values).sum())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
