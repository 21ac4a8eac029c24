"""A picture on its way through a network, for the network's drawing: example rows, filters, feature maps.

Read by `pages/frontend/run/picture-data.js`. Examples are test rows: they stay the same during a run, so that what
changes is the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np

from core.datasets import Dataset
from core.experiment.config import ExperimentConfig
from core.experiment.hidden_layer import HiddenLayer
from core.experiment.layers import LayerConfig
from core.experiment.picture_layers import ConvolutionConfig, PoolingConfig
from core.experiment.plan import Plan
from core.words import Said

#: As many rows can be looked at, some of each class.
EXAMPLES = 10

#: Kernels are sent whole up to so many numbers in all, 64 filters of 3×3 on 16 channels.
_MOST_KERNELS = 10_000


def has_weights(layer: HiddenLayer) -> TypeGuard[LayerConfig | ConvolutionConfig]:
    """Whether a hidden layer has a kernel, and so an activation."""
    return isinstance(layer, (LayerConfig, ConvolutionConfig))


def hidden_numbers(config: ExperimentConfig) -> tuple[int, ...]:
    """The numbers, from 1, of the hidden layers with weights."""
    return tuple(number for number, layer in enumerate(config.plan.layers, start=1) if has_weights(layer))


def describe_layers(config: ExperimentConfig) -> list[dict[str, Any]]:
    """The hidden layers that are drawn, each as a column."""
    plan, described = config.plan, []
    configured = len(plan.layers) == len(config.model.hidden_layers)
    for index, (layer, shape) in enumerate(zip(plan.layers, plan.shapes, strict=False)):
        number = index + 1
        if not configured and plan.picture is not None:
            number = number if index < len(plan.branch) else number - len(plan.branch)
        if plan.picture is not None and not configured and index < len(plan.branch):
            name = Said("{block}, layer {number}", {"block": Said.marked(plan.picture.title), "number": number})
        else:
            name = Said("Hidden {number}", {"number": number})
        column = _column(layer, layer.output_shape(shape) if index < len(plan.branch) else shape)
        if column is not None:
            described.append({"name": name.to_json(), **column})
    if plan.beside is not None:
        names = config.dataset.feature_names[plan.beside.columns]
        described[len(plan.branch) - 1]["beside"] = list(names)
    return described


def _column(layer: HiddenLayer, made: tuple[int, ...]) -> dict[str, Any] | None:
    if isinstance(layer, LayerConfig):
        return {"units": layer.units, "activation": layer.activation}
    if isinstance(layer, ConvolutionConfig):
        return {"units": layer.filters, "activation": layer.activation, "made": made[:2], "kernel": layer.kernel}
    if isinstance(layer, PoolingConfig):
        return {"units": made[2], "activation": None, "made": made[:2], "pool": layer.size}
    return None


def describe_pictures(config: ExperimentConfig, dataset: Dataset) -> dict[str, Any] | None:
    """The examples as grey values from 0 to 255, of colours their mean; None where the inputs hold no picture."""
    block = next((block for block in dataset.blocks if block.is_picture), None)
    if block is None:
        return None
    rows = _example_rows(dataset)
    raw = dataset.inputs.features(dataset.raw_test[rows])[:, block.columns]
    every = dataset.inputs.features(dataset.raw_train)[:, block.columns]
    low, high = float(every.min()), float(every.max())
    share = np.clip((raw - low) / ((high - low) or 1.0), 0.0, 1.0)
    grey = np.round(255 * share.reshape(len(rows), -1, block.shape[2]).mean(axis=2)).astype(int)
    is_class = dataset.task == "classification"
    return {
        "rows": block.shape[0],
        "columns": block.shape[1],
        "whole": len(dataset.blocks) == 1 and not config.plan.branch,
        "examples": [
            {
                "row": int(row),
                "target": dataset.class_names[int(dataset.y_test[row])] if is_class else None,
                "values": values.tolist(),
            }
            for row, values in zip(rows, grey, strict=True)
        ],
    }


def examples_of(dataset: Dataset) -> np.ndarray | None:
    """The examples as the network takes them, (examples, features) float32; None without pictures."""
    return dataset.x_test[_example_rows(dataset)] if any(block.is_picture for block in dataset.blocks) else None


def _example_rows(dataset: Dataset) -> np.ndarray:
    """The first test rows of each class, as many of each."""
    if dataset.task != "classification":
        return np.arange(min(EXAMPLES, len(dataset.y_test)))
    each = max(1, EXAMPLES // dataset.n_classes)
    rows = [np.flatnonzero(dataset.y_test == label)[:each] for label in range(dataset.n_classes)]
    return np.array([row for several in zip(*(list(some) for some in rows), strict=False) for row in several], int)


def as_links(plan: Plan, kernels: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Kernels between the columns that are drawn: of all weights that a link stands for the strongest, with its sign.

    Args:
        kernels: of all layers with weights.

    Returns:
        (units of the column before, units) each: a filter is a unit, and so is a column of the table beside it. A
        picture is one unit, whether it is grey or has colours.
    """
    links: list[np.ndarray] = []
    channels = plan.picture.shape[2] if plan.picture is not None else 0
    for kernel in kernels:
        if kernel.ndim == 4:
            channels = kernel.shape[3]
            kernel = _strongest(kernel.reshape(-1, *kernel.shape[2:]))
            if not links and _meets_colours(plan):
                kernel = _strongest(kernel)[None]
        elif channels:
            beside = plan.beside.width if plan.beside else 0
            places = len(kernel) - beside  # (height × width × channels, units), then the table's columns
            by_channel = kernel[:places].reshape(-1, channels, kernel.shape[1])
            kernel = np.concatenate([_strongest(by_channel), kernel[places:]])
            channels = 0
        links.append(kernel)
    return links


def _strongest(values: np.ndarray) -> np.ndarray:
    """(several, …) -> (…), the value that is furthest from zero."""
    high, low = values.max(axis=0), values.min(axis=0)
    return np.where(high >= -low, high, low)


def _meets_colours(plan: Plan) -> bool:
    """Whether the first layer is a convolution that gets a picture in colour."""
    is_first = bool(plan.branch) and isinstance(plan.branch[0], ConvolutionConfig)
    return is_first and plan.picture is not None and plan.picture.shape[2] > 1


def draw_kernels(plan: Plan, kernels: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """The kernels of all convolutions, (filters, channels, kernel, kernel) each, one after the other; of the first one
    the mean over the colours of the picture.
    """
    if _meets_colours(plan):
        kernels = [kernels[0].mean(axis=2, keepdims=True), *kernels[1:]]
    whole = [np.transpose(kernel, (3, 2, 0, 1)).ravel() for kernel in kernels if kernel.ndim == 4]
    if not whole or sum(map(len, whole)) > _MOST_KERNELS:
        return {}
    return {"kernels": np.concatenate(whole).astype(np.float32)}


def draw_feature_maps(maps: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """What the examples become, layer by layer, (examples, channels, height, width) bytes each.

    128 is zero, 1 and 255 the largest value of the layer, over its channels and examples, below and above it.
    """
    if not maps:
        return {}
    parts = []
    for values in maps:
        numbers = np.nan_to_num(values.astype(np.float64), posinf=1e30, neginf=-1e30)
        scale = max(float(np.abs(numbers).max(initial=0.0)), 1e-12)
        parts.append(np.round(128.0 + 127.0 * numbers / scale).astype(np.uint8).transpose(0, 3, 1, 2).ravel())
    return {"feature_maps": np.concatenate(parts)}
