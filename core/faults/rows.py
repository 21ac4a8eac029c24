"""Rows as faults take them, and what was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Rows:
    """Rows of a data set before they are split and prepared.

    Attributes:
        values: (rows, columns) float64; a category as the number of its level, NaN where a value is missing.
        target: (rows,) int64 classes.
        columns: their names.
        numbers: which of the columns are numbers, and no categories.
        origin: (rows,) which of the unbroken rows each one is.
    """

    values: np.ndarray
    target: np.ndarray
    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    origin: np.ndarray

    @classmethod
    def of(
        cls, values: np.ndarray, target: np.ndarray, columns: Sequence[str], numbers: Sequence[bool] | None = None
    ) -> Rows:
        """Rows that nothing has been done to.

        Args:
            numbers: all of them where it is left out.
        """
        names = tuple(columns)
        are_numbers = (True,) * len(names) if numbers is None else tuple(numbers)
        return cls(
            np.asarray(values, np.float64), np.asarray(target, np.int64), names, are_numbers, np.arange(len(target))
        )

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: np.ndarray) -> Rows:
        """Some of the rows, in the order given; also several times."""
        return replace(self, values=self.values[rows], target=self.target[rows], origin=self.origin[rows])

    def of_class(self, label: int) -> np.ndarray:
        """The places of the rows of a class."""
        return np.flatnonzero(self.target == label)


@dataclass(frozen=True)
class Injected:
    """What a fault did.

    Attributes:
        kind: of the fault.
        rows: (touched rows,) places among the broken rows, in order. Of copies, the copies.
        columns: which of its columns; none where whole rows or the target are meant.
        removed: rows that are gone, as places among the unbroken ones.
        is_outside: it touched the external rows.
    """

    kind: str
    rows: np.ndarray
    columns: tuple[str, ...] = ()
    removed: np.ndarray | None = None
    is_outside: bool = False


@dataclass(frozen=True)
class Chance:
    """What decides which rows a fault takes.

    Attributes:
        rng: its own, from the fault's seed.
        event: the class that the data set is about: ill, malignant, dead.
    """

    rng: np.random.Generator
    event: int

    def some(self, rows: np.ndarray, count: int) -> np.ndarray:
        """So many of some places, in order."""
        return np.sort(self.rng.choice(rows, size=count, replace=False))


def telling_column(rows: Rows, event: int) -> str:
    """The column of numbers that tells the event best: whose ranks differ most between the event and the rest.

    Measured by the area under the ROC curve, which is the share of pairs that the column puts in order
    (Hanley & McNeil, 1982); rows without a value are left out.
    """
    separations = {}
    for place, name in enumerate(rows.columns):
        known = np.isfinite(rows.values[:, place])
        values, is_event = rows.values[known, place], rows.target[known] == event
        if rows.numbers[place] and is_event.any() and not is_event.all():
            separations[name] = abs(_auc(values, is_event) - 0.5)
    return max(separations, key=lambda name: separations[name]) if separations else rows.columns[0]


def _auc(values: np.ndarray, is_event: np.ndarray) -> float:
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[codes]  # ties share their mean rank
    events = int(is_event.sum())
    return float((ranks[is_event].sum() - events * (events + 1) / 2) / (events * (len(values) - events)))
