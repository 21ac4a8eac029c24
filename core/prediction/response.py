"""How the answer for one person changes when a single value of theirs does, and everything else stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.experiment.outputs import Output
from core.prediction.answers import Predict, values_of
from core.prediction.columns import AskedColumn
from core.prediction.encoder import Encoder

#: Points of a curve over numbers.
POINTS = 61


@dataclass(frozen=True)
class ResponseCurve:
    """The answer over the values of one column.

    Attributes:
        values: (points,) raw values; of a category its levels.
        answers: for each network (points, classes), of a regression (points, 1) in the target's units.
    """

    values: np.ndarray
    answers: tuple[np.ndarray, ...]


def response_curve(
    encoder: Encoder,
    column: AskedColumn,
    dataset: Dataset,
    output: Output,
    predicts: Sequence[Predict],
    raw: np.ndarray,
) -> ResponseCurve:
    """The curve of one person, over the range of the training rows and as far as the person's own value.

    Args:
        predicts: one or several networks.
        raw: (raw columns,) the person.
    """
    own = raw[column.place]
    if column.is_level:
        values = np.arange(len(column.levels), dtype=np.float64)
    elif column.low is None or column.high is None:
        values = np.array([] if np.isnan(own) else [own])
    else:
        ends = [column.low, column.high] if np.isnan(own) else [column.low, column.high, float(own)]
        spread = np.linspace(min(ends), max(ends), POINTS)
        values = np.unique(np.concatenate([column.few or spread, spread[:0] if np.isnan(own) else [own]]))
    grid = encoder.grid(raw, {column.place: values})
    inputs = grid.inputs({column.place: np.arange(len(values))}, len(values))
    return ResponseCurve(values, tuple(values_of(predict(inputs), dataset, output) for predict in predicts))
