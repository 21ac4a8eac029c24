"""Rows on which faults are tried out."""

from __future__ import annotations

import numpy as np

from core.faults import Rows


def rows_to_break(*class_rows: int, columns: int = 4) -> Rows:
    """So many rows of each class, with values of their own and classes mixed; the first column is a category.

    >>> rows_to_break(30, 20).values.shape
    (50, 4)
    """
    rng = np.random.default_rng(1)
    target = rng.permutation(np.repeat(np.arange(len(class_rows)), class_rows))
    values = rng.normal(size=(len(target), columns)) + target[:, None] * np.linspace(0, 1, columns)
    values[:, 0] = rng.integers(0, 3, len(target))
    return Rows.of(values, target, [f"column {place}" for place in range(columns)], [False, *[True] * (columns - 1)])
