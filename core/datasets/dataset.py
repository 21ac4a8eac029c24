"""A data set ready for training, and the way from a raw row to the network's inputs.

`Dataset` holds arrays; it neither loads nor trains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets.splits import Split
from core.experiment.blocks import Block
from core.experiment.columns import ColumnConfig
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.task import Task


@dataclass(frozen=True)
class Inputs:
    """From raw columns to network inputs: choose or compute the features, then scale them.

    Attributes:
        columns: indices of the raw columns used, or None where the features are computed from two coordinates.
        engineered: names of the computed features, empty otherwise.
        scaler: a fitted scikit-learn scaler with `transform`, or None. It has seen training rows only.
    """

    columns: tuple[int, ...] | None
    engineered: tuple[str, ...] = ()
    scaler: Any = None

    def features(self, raw: np.ndarray) -> np.ndarray:
        """(rows, raw columns) -> (rows, features), unscaled float64."""
        raw = np.asarray(raw, dtype=np.float64)
        if self.columns is not None:
            return raw[:, list(self.columns)]
        return np.stack([ENGINEERED_INPUTS[name].compute(raw[:, 0], raw[:, 1]) for name in self.engineered], axis=1)

    def __call__(self, raw: np.ndarray) -> np.ndarray:
        """(rows, raw columns) -> (rows, features), scaled float32, as the network takes them."""
        features = self.features(raw)
        if self.scaler is not None and len(features):
            features = self.scaler.transform(features)
        elif self.scaler is not None:  # scikit-learn scales no empty table, and levels make it wider
            features = self.scaler.transform(np.zeros((1, features.shape[1])))[:0]
        return np.ascontiguousarray(features, dtype=np.float32)


def no_rows_of(rows: Any) -> Any:
    """No rows, in the structure of some rows: an array, lists or dictionaries of arrays, or None."""
    if isinstance(rows, dict):
        return {key: no_rows_of(each) for key, each in rows.items()}
    if isinstance(rows, list):
        return [no_rows_of(each) for each in rows]
    return None if rows is None else rows[:0]


@dataclass(frozen=True)
class Dataset:
    """Training, validation and test rows as the network sees them, and as a person does.

    Attributes:
        x_train, x_validation, x_test: (rows, features) float32, scaled on the training rows.
        y_train, y_validation, y_test: (rows,) class indices (int64), or regression targets (float32) standardised on
            the training rows.
        feature_names: the network's inputs.
        class_names: empty for regression.
        raw_train, raw_validation, raw_test: (rows, raw columns) float64 in the units of the source.
        raw_feature_names: names of the raw columns.
        inputs: turns raw rows into network inputs.
        blocks: pictures and tables among the network's inputs; none where all are columns of one table.
        columns: of a table, what the raw columns mean: raw rows have the places of levels, and days since 1970-01-01
            for dates; NaN where a value is missing. None where raw rows are numbers as they are.
        numbers: the place of each row in its source; None where there is no source.
        train_weights: (rows,) float32, how much the loss of each training row counts, as `model.fit(sample_weight=…)`
            has it; None where all count as much.
        target_mean, target_scale: a regression target in its own units is `y * target_scale + target_mean`.

    What chooses among epochs or settings looks at the validation rows, and where there are none (as where nothing was
    said of them) at the test rows.
    """

    name: str
    task: Task
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str
    raw_train: np.ndarray
    raw_test: np.ndarray
    raw_feature_names: tuple[str, ...]
    inputs: Inputs
    target_mean: float = 0.0
    target_scale: float = 1.0
    blocks: tuple[Block, ...] = ()
    columns: tuple[ColumnConfig, ...] = ()
    numbers: Split | None = None
    x_validation: np.ndarray = None  # type: ignore[assignment]  # no rows, where left out
    y_validation: np.ndarray = None  # type: ignore[assignment]
    raw_validation: np.ndarray = None  # type: ignore[assignment]
    train_weights: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("x", "y", "raw"):
            if getattr(self, f"{name}_validation") is None:
                object.__setattr__(self, f"{name}_validation", no_rows_of(getattr(self, f"{name}_train")))

    @property
    def has_validation_rows(self) -> bool:
        """Whether there are rows to choose by, apart from those to test with."""
        return len(self.x_validation) > 0

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.class_names)

    def in_own_units(self, target: np.ndarray) -> np.ndarray:
        """A standardised regression target (or prediction) in the target's own units."""
        return np.asarray(target, dtype=np.float64) * self.target_scale + self.target_mean
