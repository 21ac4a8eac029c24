"""What a confusion matrix says, by scikit-learn's names; of one matrix, or of many at once.

A matrix is (…, actual, predicted). What is not defined is NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.evaluation.intervals import draws_for


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)


def _diagonal(matrix: np.ndarray) -> np.ndarray:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def accuracy(matrix: np.ndarray) -> np.ndarray:
    """Share of rows whose class is predicted."""
    return _share(_diagonal(matrix).sum(-1), matrix.sum((-2, -1)))


def balanced_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Mean over the classes that occur of the share that is recognised."""
    recalls = _share(_diagonal(matrix), matrix.sum(-1))
    there = np.isfinite(recalls)
    return _share(np.where(there, recalls, 0.0).sum(-1), there.sum(-1))


def matthews_corrcoef(matrix: np.ndarray) -> np.ndarray:
    """Correlation of actual and predicted class (Gorodkin 2004). As scikit-learn's it is 0 where all rows are called
    the same; where they are the same, it is not defined.
    """
    actual, predicted, rows = matrix.sum(-1), matrix.sum(-2), matrix.sum((-2, -1))
    agreement = _diagonal(matrix).sum(-1) * rows - (actual * predicted).sum(-1)
    of_actual, of_predicted = rows**2 - (actual**2).sum(-1), rows**2 - (predicted**2).sum(-1)
    both = np.sqrt(np.maximum(of_actual, 0.0)) * np.sqrt(np.maximum(of_predicted, 0.0))
    value = np.where(both > 0, agreement / np.where(both > 0, both, 1.0), 0.0)
    return np.where(of_actual > 0, value, np.nan)


def cohen_kappa(matrix: np.ndarray) -> np.ndarray:
    """Agreement beyond what the shares of the classes alone would give (Cohen 1960)."""
    rows = matrix.sum((-2, -1))
    observed, expected = _diagonal(matrix).sum(-1), _share((matrix.sum(-1) * matrix.sum(-2)).sum(-1), rows)
    return _share(observed - expected, rows - expected)


def macro(of_class: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The mean over classes that occur or are predicted; a class of which a figure is not defined counts as 0, as in
    scikit-learn.
    """

    def mean(matrix: np.ndarray) -> np.ndarray:
        values = np.stack([np.nan_to_num(of_class(matrix, each)) for each in range(matrix.shape[-1])], axis=-1)
        counts = (matrix.sum(-1) + matrix.sum(-2)) > 0
        return _share((values * counts).sum(-1), counts.sum(-1))

    return mean


def precision(matrix: np.ndarray, positive: int) -> np.ndarray:
    """Of the rows that are called a class, the share that is."""
    return _share(matrix[..., positive, positive], matrix[..., positive].sum(-1))


def recall(matrix: np.ndarray, positive: int) -> np.ndarray:
    """Of the rows of a class, the share that is called so: sensitivity."""
    return _share(matrix[..., positive, positive], matrix[..., positive, :].sum(-1))


def f1(matrix: np.ndarray, positive: int) -> np.ndarray:
    """Harmonic mean of precision and recall."""
    called, there = matrix[..., positive].sum(-1), matrix[..., positive, :].sum(-1)
    return _share(2.0 * matrix[..., positive, positive], called + there)


def two_by_two(matrix: np.ndarray, positive: int) -> np.ndarray:
    """One class against the rest, (…, 2, 2): the rest first."""
    hits = matrix[..., positive, positive]
    missed, false_alarms = matrix[..., positive, :].sum(-1) - hits, matrix[..., positive].sum(-1) - hits
    rest = matrix.sum((-2, -1)) - hits - missed - false_alarms
    return np.stack([np.stack([rest, false_alarms], -1), np.stack([missed, hits], -1)], -2)


def drawn_matrices(matrix: np.ndarray, seed: int) -> np.ndarray:
    """Matrices that other rows of the same kind could have given, (draws, classes, classes): `rng.multinomial` over
    the cells.

    Cells of one against the rest that are empty get half a row beforehand: what did not happen in fifty rows may
    happen in the next fifty.
    """
    weights = matrix.astype(np.float64)
    if len(matrix) == 2:
        weights = weights + 0.5 * (weights == 0)
    rows, draws = int(matrix.sum()), draws_for(matrix.size)
    drawn = np.random.default_rng(seed).multinomial(rows, (weights / weights.sum()).ravel(), size=draws)
    return drawn.reshape(draws, *matrix.shape).astype(np.float64)
