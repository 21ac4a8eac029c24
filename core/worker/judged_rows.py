"""What a network says of rows of its data set, beside what is true of them: all that an evaluation is made of."""

from __future__ import annotations

import numpy as np

from core.datasets import Dataset
from core.datasets.clinic import external_rows
from core.errors import WrongValue
from core.evaluation.choices import NO_EXTERNAL, JudgedRows
from core.protocol.wire import Part
from core.runtime.pieces import Pieces
from core.training import Trainer


def judged_rows(trainer: Trainer, rows: JudgedRows) -> Pieces[Part]:
    """Made in pieces, between which the network must stay as it is.

    Header: the epoch, and from standardised targets to their own units. Arrays: `actual` (rows,), class indices or
    standardised targets; `outputs` (rows, units) float32, what the output layer gives.

    Raises:
        WrongValue: the data set has no such rows.
    """
    dataset = trainer.dataset
    inputs, actual = _rows(dataset, rows)
    outputs = np.empty((0, trainer.config.output.units), np.float32)
    if len(inputs):
        outputs = yield from trainer.predict_in_pieces(inputs)
    told = {"epoch": trainer.epoch, "mean": dataset.target_mean, "scale": dataset.target_scale}
    return Part({"judged": told}, {"actual": actual, "outputs": outputs})


def _rows(dataset: Dataset, rows: JudgedRows) -> tuple[np.ndarray, np.ndarray]:
    if rows == "external":
        if dataset.name != "clinic":
            raise WrongValue(NO_EXTERNAL)
        values, ill = external_rows()
        return dataset.inputs(values), ill
    return {
        "train": (dataset.x_train, dataset.y_train),
        "validation": (dataset.x_validation, dataset.y_validation),
        "test": (dataset.x_test, dataset.y_test),
    }[rows]


def raw_column(dataset: Dataset, *, rows: JudgedRows, column: int) -> np.ndarray:
    """A column of the same rows in the units of its source, (rows,) float64; levels by their place, NaN where a value
    is missing.

    Raises:
        WrongValue: the data set has no such rows.
    """
    if rows == "external":
        if dataset.name != "clinic":
            raise WrongValue(NO_EXTERNAL)
        return external_rows()[0][:, column]
    raw = {"train": dataset.raw_train, "validation": dataset.raw_validation, "test": dataset.raw_test}[rows]
    return np.asarray(raw[:, column], dtype=np.float64)
