"""Which labels are doubtful: scores from probabilities that a network gave for rows that it has not learnt.

The formula is that of cleanlab 2.9's `get_label_quality_scores(labels, pred_probs, adjust_pred_probs=True)` (self-
confidence): from each probability the mean self-confidence of its class is taken away, all are moved up by the largest
of these means, and each row is divided by its sum. So a class that the network is never sure of is not suspected as a
whole. Source: C. G. Northcutt, L. Jiang, I. L. Chuang, *Confident Learning: Estimating Uncertainty in Dataset Labels*,
JAIR 70 (2021), section 5; cleanlab/internal/label_quality_utils.py.
"""

from __future__ import annotations

import numpy as np

#: Where the mean self-confidence of a class stands that no row is labelled with: as cleanlab has it.
_NO_ROWS = 2.0

#: The least mean self-confidence, as cleanlab has it.
_LEAST = 2e-6


def quality_of_labels(target: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """How well each label agrees with what the network says: low where it is doubtful.

    Args:
        target: (rows,) classes as labelled.
        probabilities: (rows, classes), of a network that has not seen the row.

    Returns:
        (rows,) 0 to 1.

    >>> quality_of_labels(np.array([0, 1, 0]), np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])).round(3).tolist()
    [0.917, 0.667, 0.417]
    """
    classes = range(probabilities.shape[1])
    confidence = [
        probabilities[target == label, label].mean() if (target == label).any() else _NO_ROWS for label in classes
    ]
    thresholds = np.maximum(confidence, _LEAST)
    adjusted = probabilities - thresholds + thresholds.max()
    adjusted = adjusted / adjusted.sum(axis=1, keepdims=True)
    scores: np.ndarray = adjusted[np.arange(len(target)), target]
    return scores


def ranked(quality: np.ndarray) -> np.ndarray:
    """Places of the rows, the most doubtful first; equal ones in their order."""
    return np.argsort(quality, kind="stable")


def precision_at(ranking: np.ndarray, wrong: np.ndarray, count: int | None = None) -> float | None:
    """Share of the first rows of a ranking that are wrong.

    Args:
        wrong: places of the rows whose label is wrong.
        count: how many of the first; as many as are wrong where it is left out.

    Returns:
        None where nothing is wrong, or no row is looked at.

    >>> precision_at(np.array([3, 1, 0, 2]), np.array([1, 2]))
    0.5
    """
    first = ranking[: len(wrong) if count is None else count]
    if not len(wrong) or not len(first):
        return None
    return float(np.isin(first, wrong).mean())
