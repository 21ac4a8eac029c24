"""Steps that scikit-learn does not have. They take and give float matrices and are cloned, fitted and inspected as its
own are.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from core.experiment.preparation import FENCE


def fences(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The bounds beyond which a value is far out: 3 interquartile ranges from the quartiles (Tukey, *Exploratory Data
    Analysis*, 1977, outer fences).

    Args:
        values: (rows, columns), NaN where missing.

    Returns:
        Lower and upper bound of each column; -inf and inf where it has no values, or half of them are the same.

    >>> [bound.tolist() for bound in fences(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]]))]
    [[-4.0], [10.0]]
    """
    low, high = np.full(values.shape[1], -np.inf), np.full(values.shape[1], np.inf)
    for column in range(values.shape[1]):
        known = values[np.isfinite(values[:, column]), column]
        if known.size:
            first, third = np.percentile(known, [25, 75])
            if third > first:  # where half of the values are the same, they tell nothing of the others
                low[column], high[column] = first - FENCE * (third - first), third + FENCE * (third - first)
    return low, high


class FenceClipper(TransformerMixin, BaseEstimator):
    """Moves values that are far out to the bound that they are beyond; missing ones stay missing."""

    def fit(self, x: np.ndarray, y: object = None) -> Self:
        """Learn the bounds of each column."""
        self.low_, self.high_ = fences(np.asarray(x, dtype=np.float64))
        return self

    def transform(self, x: np.ndarray) -> np.ndarray:
        """(rows, columns) -> (rows, columns)."""
        clipped: np.ndarray = np.clip(np.asarray(x, dtype=np.float64), self.low_, self.high_)
        return clipped


class RareLevels(TransformerMixin, BaseEstimator):
    """Gives every code of a category that has no input of its own the code of the rest; missing ones stay missing.

    Args:
        levels: the codes that have an input of their own.
        rest: the code for all others.
    """

    def __init__(self, levels: tuple[int, ...] = (), rest: int = -1) -> None:
        self.levels = levels
        self.rest = rest

    def fit(self, x: np.ndarray, y: object = None) -> Self:
        """Nothing is learnt: which levels are rare is part of the configuration."""
        self.n_features_in_ = np.shape(x)[1]
        return self

    def transform(self, x: np.ndarray) -> np.ndarray:
        """(rows, 1) -> (rows, 1)."""
        codes = np.asarray(x, dtype=np.float64)
        return np.where(np.isnan(codes) | np.isin(codes, self.levels), codes, float(self.rest))
