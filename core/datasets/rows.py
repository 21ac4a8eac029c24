"""Rows of a data set as they are read or drawn, before they are split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rows:
    """Rows before they are split.

    Attributes:
        raw: (rows, input columns) float64: numbers as they are, dates as days since 1970-01-01, levels as their place
            among the column's categories, NaN where a value is missing. A level without a place has the number after
            the last.
        target: (rows,) class indices (int64) or numbers (float64).
        numbers: (rows,) int64, each row's place in its source, from 0.
        groups: (rows,) int64, equal where rows belong together; None where no column says it.
        time: (rows,) float64, by which rows are ordered; None where no column says it.
    """

    raw: np.ndarray
    target: np.ndarray
    numbers: np.ndarray
    groups: np.ndarray | None = None
    time: np.ndarray | None = None

    def taken(self, rows: np.ndarray) -> Rows:
        """Some of the rows, by place or mask."""
        return Rows(
            self.raw[rows],
            self.target[rows],
            self.numbers[rows],
            None if self.groups is None else self.groups[rows],
            None if self.time is None else self.time[rows],
        )

    @classmethod
    def of(cls, raw: np.ndarray, target: np.ndarray) -> Rows:
        """All rows of a source, in its order."""
        return cls(raw, target, np.arange(len(target)))
