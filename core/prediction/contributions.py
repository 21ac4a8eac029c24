"""What each value of one person adds to the answer, beside somebody with the typical value instead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.datasets import Dataset
from core.experiment.outputs import Output
from core.prediction.answers import Predict, values_of
from core.prediction.columns import AskedColumn
from core.prediction.encoder import Encoder


def contributions_of(
    encoder: Encoder,
    columns: Sequence[AskedColumn],
    dataset: Dataset,
    output: Output,
    predict: Predict,
    raw: np.ndarray,
) -> np.ndarray:
    """The answer as it is, less the answer with one column at its typical value: median, or commonest level.

    Each column for itself: where two values say the same, each seems to add little, and the differences do not add up
    to anything (occlusion; Zeiler and Fergus 2014, for columns in the place of patches).

    Args:
        raw: (raw columns,) the person.

    Returns:
        (columns, classes) float64; of a regression (columns, 1) in the target's units.
    """
    values = {each.place: np.array([each.typical]) for each in columns if each.typical is not None}
    grid = encoder.grid(raw, values)
    rows = len(columns)
    choice = {
        each.place: np.where(np.arange(rows) == index, 0, -1)
        for index, each in enumerate(columns)
        if each.place in values
    }
    inputs = np.concatenate([encoder.rows(raw[None]), grid.inputs(choice, rows)])
    answers = values_of(predict(inputs), dataset, output)
    contributions: np.ndarray = answers[:1] - answers[1:]
    return contributions
