"""Outputs of a trainer's network for the rows that judge it, and those rows as a person sees them."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.datasets import Dataset
from core.evaluation import class_probabilities
from core.protocol.row_outputs import TEST, VALIDATION, outputs_part, targets_part
from core.protocol.wire import Part
from core.runtime.pieces import Pieces, finished
from core.training import Trainer

#: Numbers of the raw rows that a page gets at once.
_MOST_RAW = 2_000_000


def targets_of(dataset: Dataset) -> Part:
    """What the rows are."""
    own = dataset.in_own_units if dataset.task == "regression" else np.asarray
    targets = {TEST: own(dataset.y_test)}
    if dataset.has_validation_rows:
        targets[VALIDATION] = own(dataset.y_validation)
    return targets_part(targets, dataset.n_classes)


def outputs_of(trainer: Trainer) -> Part:
    """What the network outputs for them as it is now."""
    return finished(outputs_in_pieces(trainer))


def outputs_in_pieces(trainer: Trainer) -> Pieces[Part]:
    """As `outputs_of`. The network must stay as it is meanwhile."""
    dataset = trainer.dataset
    outputs = {TEST: (yield from _outputs(trainer, dataset.x_test))}
    if dataset.has_validation_rows:
        outputs[VALIDATION] = yield from _outputs(trainer, dataset.x_validation)
    return outputs_part(trainer.epoch, outputs, dataset.n_classes)


def _outputs(trainer: Trainer, rows: np.ndarray) -> Pieces[np.ndarray]:
    outputs = yield from trainer.predict_in_pieces(rows)
    if trainer.dataset.task == "regression":
        return trainer.dataset.in_own_units(outputs[:, :1])
    return class_probabilities(outputs, trainer.config.output)


def raw_rows(dataset: Dataset, rows: str) -> Part:
    """The rows themselves in the units of their source, with what their columns are.

    Args:
        rows: test or validation.

    Returns:
        Header `rows`: how many there are and how many are `shown` (the first ones), names, levels of the columns that
        are no numbers, and the picture that some of the columns are. Block `raw`: (rows, columns) float32, NaN where a
        value is missing.
    """
    raw = dataset.raw_validation if rows == VALIDATION else dataset.raw_test
    shown = raw[: max(1, _MOST_RAW // max(1, raw.shape[1]))]
    levels = {
        dataset.raw_feature_names[place]: list(column.categories)
        for place, column in enumerate(dataset.columns)
        if column.kind in {"category", "ordered", "yes_no"} and column.categories
    }
    dates = [dataset.raw_feature_names[place] for place, column in enumerate(dataset.columns) if column.kind == "date"]
    header = {
        "kind": rows,
        "rows": len(raw),
        "shown": len(shown),
        "names": list(dataset.raw_feature_names),
        "levels": levels,
        "dates": dates,
        "picture": _picture_of(dataset),
    }
    return Part({"rows": header}, {"raw": np.asarray(shown, np.float32)})


def _picture_of(dataset: Dataset) -> dict[str, Any] | None:
    """Which raw columns are a picture, its shape, and the values that are black and white."""
    block = next((block for block in dataset.blocks if block.is_picture), None)
    if block is None:
        return None
    names = dataset.feature_names[block.columns]
    places = [dataset.raw_feature_names.index(name) for name in names if name in dataset.raw_feature_names]
    if len(places) != block.shape[0] * block.shape[1]:
        return None
    every = dataset.raw_train[:, places]
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    return {"first": places[0], "rows": block.shape[0], "columns": block.shape[1], "low": low, "high": high}
