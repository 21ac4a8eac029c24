"""A row that is a point on the map, on its way through a network: what every neuron outputs for it.

Read by `pages/frontend/network/passing.js`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.inspection.probe import look_inside
from core.training import Trainer
from core.words import Said
from core.worker.network_picture import NEURONS
from core.worker.pictures import drawn_rows


def answer_row_inside(trainer: Trainer, *, point: int, axes: tuple[int, int] | None) -> dict[str, Any] | Said:
    """The row, or why there is no such thing."""
    try:
        return row_inside(trainer, point, axes)
    except WrongValue as error:
        return error.said


def row_inside(trainer: Trainer, point: int, axes: tuple[int, int] | None) -> dict[str, Any]:
    """What every neuron outputs for a row. Changes nothing.

    Args:
        point: the row's place among the points on the map, as `draw_plane` has them.
        axes: the raw columns of a map that is a slice or a plane of two; None where it shows principal components.

    Returns:
        `epoch`; the row, by its `kind` (train, validation or test) and its number `row` among these, from 0; its
        `target`, a class's name or the value in its own units; `columns`: the network's inputs and what the units of
        each Dense layer output after the activation, None for those that are not drawn neuron by neuron.

    Raises:
        WrongValue: there is no such point, or the inputs hold a picture.
    """
    dataset = trainer.dataset
    if any(block.is_picture for block in dataset.blocks):
        raise WrongValue(Said("The drawing of this network shows pictures on their way: click the picture in it."))
    rows = drawn_rows(_points_of(dataset, axes))
    if not 0 <= point < len(rows):
        raise WrongValue(
            Said("The map has the points 0 to {last}, received {point}.", {"last": len(rows) - 1, "point": point})
        )
    kind, row, x, target = _row_of(dataset, int(rows[point]))
    outputs = look_inside(trainer, x[None], rows=1).on_grid
    columns = [x, *(values[0] for values in outputs)]
    return {
        "epoch": trainer.epoch,
        "kind": kind,
        "row": row,
        "target": target,
        "columns": [_numbers(values) if len(values) <= NEURONS else None for values in columns],
    }


def _points_of(dataset: Dataset, axes: tuple[int, int] | None) -> np.ndarray:
    """Where the rows lie in a plane, (rows, 2), training, validation and test rows in this order. Principal components
    have a place for every row, whichever.
    """
    kinds = (dataset.raw_train, dataset.raw_validation, dataset.raw_test)
    if axes is None:
        return np.zeros((sum(map(len, kinds)), 2))
    columns = dataset.raw_train.shape[1]
    if not all(0 <= axis < columns for axis in axes):
        x, y = axes
        raise WrongValue(
            Said(
                "A map has two columns from 0 to {last} as axes, received {x} and {y}.",
                {"last": columns - 1, "x": x, "y": y},
            )
        )
    return np.concatenate([rows[:, list(axes)] for rows in kinds])


def _row_of(dataset: Dataset, place: int) -> tuple[str, int, np.ndarray, str | float]:
    """The row at a place among all: its kind, its number among these, its inputs and its target."""
    first, second = len(dataset.x_train), len(dataset.x_train) + len(dataset.x_validation)
    if place < first:
        kind, row, x, y = "train", place, dataset.x_train, dataset.y_train
    elif place < second:
        kind, row, x, y = "validation", place - first, dataset.x_validation, dataset.y_validation
    else:
        kind, row, x, y = "test", place - second, dataset.x_test, dataset.y_test
    if dataset.task == "classification":
        return kind, row, x[row], dataset.class_names[int(y[row])]
    return kind, row, x[row], float(dataset.in_own_units(np.asarray(y[row])))


def _numbers(values: np.ndarray) -> list[float | None]:
    return [float(value) if math.isfinite(value) else None for value in values]
