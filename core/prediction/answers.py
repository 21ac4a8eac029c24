"""What the network answers for raw rows, and what of them lies outside the rows that it was trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.evaluation import class_probabilities
from core.experiment.outputs import Output
from core.prediction.columns import AskedColumn

#: (rows, features) network inputs -> (rows, units), as the output layer gives them.
Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Answers:
    """What the network answers.

    Attributes:
        values: (rows, classes) float64 probabilities; of a regression (rows, 1) in the target's own units.
        outside: for each row the names of the columns whose value no training row reaches.
        far: those of them that lie outside by more than the range is wide, as another unit would.
        filled: those whose value is missing.
    """

    values: np.ndarray
    outside: tuple[tuple[str, ...], ...]
    far: tuple[tuple[str, ...], ...]
    filled: tuple[tuple[str, ...], ...]


def answers_of(
    columns: Sequence[AskedColumn], dataset: Dataset, output: Output, predict: Predict, raw: np.ndarray
) -> Answers:
    """The answers for raw rows, (rows, raw columns) float64 with NaN where a value is missing."""
    inputs = dataset.inputs(whole_rows(columns, dataset, raw))

    def named(test: Callable[[AskedColumn, np.ndarray], np.ndarray]) -> tuple[tuple[str, ...], ...]:
        found: list[list[str]] = [[] for _ in raw]
        for each in columns:  # a column at a time: a worker has 50 ms for a hundred people with hundreds of columns
            for row in np.flatnonzero(test(each, raw[:, each.place])):
                found[row].append(each.name)
        return tuple(map(tuple, found))

    return Answers(
        values_of(predict(inputs), dataset, output),
        named(lambda column, values: column.outside(values)),
        named(lambda column, values: column.far_outside(values)),
        named(lambda _, values: np.isnan(values)),
    )


def values_of(outputs: np.ndarray, dataset: Dataset, output: Output) -> np.ndarray:
    """Outputs in words that a person can use: probabilities of the classes, or the target in its own units.

    Args:
        outputs: (rows, units).

    Returns:
        (rows, classes) float64, of a regression (rows, 1).
    """
    if dataset.task == "regression":
        return dataset.in_own_units(outputs[:, :1])
    return class_probabilities(outputs, output)


def whole_rows(columns: Sequence[AskedColumn], dataset: Dataset, raw: np.ndarray) -> np.ndarray:
    """Raw rows in which the columns that the network does not see have some number: scalers want one.

    Of numbers as they are every column has to have one; a table's missing values are filled by its preparation.
    """
    if dataset.columns:
        return raw
    seen = {column.place for column in columns}
    others = [place for place in range(raw.shape[1]) if place not in seen]
    if not others:
        return raw
    whole = raw.copy()
    whole[:, others] = 0.0
    return whole
