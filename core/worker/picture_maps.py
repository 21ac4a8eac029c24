"""The answer to which pixels of a row count, as a page shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.explanation.picture_maps import PATCH, BlockMap, picture_maps
from core.training import Trainer
from core.words import Said


def answer_picture_maps(trainer: Trainer, *, row: int, label: int | None) -> dict[str, Any] | Said:
    """A test row with its maps, and what was predicted; or why there is no such thing."""
    dataset = trainer.dataset
    try:
        found = picture_maps(trainer, row, label)
    except WrongValue as error:
        return error.said
    is_class = dataset.task == "classification"
    return {
        "epoch": trainer.epoch,
        "row": row,
        "rows": len(dataset.x_test),
        "classes": list(dataset.class_names),
        "actual": int(dataset.y_test[row]) if is_class else float(dataset.in_own_units(dataset.y_test[row])),
        "probabilities": found.probabilities.tolist(),
        "label": found.label,
        "value": found.value,
        "patch": PATCH,
        "blocks": [_told(dataset, row, each) for each in found.blocks],
    }


def _told(dataset: Dataset, row: int, some: BlockMap) -> dict[str, Any]:
    """`shown` is the row as it is: grey values from 0 to 255 of a picture, the source's units of a table."""
    block = some.block
    values = dataset.inputs.features(dataset.raw_test[row : row + 1])[0, block.columns]
    if block.is_picture:
        every = dataset.inputs.features(dataset.raw_train)[:, block.columns]
        low, high = float(every.min()), float(every.max())
        values = np.round(255 * np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0))
    return {
        "name": block.name,
        "title": block.title,
        "is_picture": block.is_picture,
        "shape": list(block.shape),
        "columns": [] if block.is_picture else list(dataset.feature_names[block.columns]),
        "shown": values.tolist(),
        "slope": some.slope.tolist(),
        "covered": some.covered.tolist(),
        "whole": some.whole,
    }
