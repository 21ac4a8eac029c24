"""Which training rows are shown, how often, and how much they count: without those that are far out, and rare classes
more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import CannotTrain
from core.experiment.preparation import Balance, PreparedColumn
from core.words import Said


def without_outliers(raw: np.ndarray, rows: np.ndarray, prepared: Sequence[PreparedColumn]) -> np.ndarray:
    """The training rows without those that have a value far out in a column that drops them.

    Args:
        raw: (all rows, raw columns).
        rows: the training rows; what is far out is judged among them.

    Raises:
        CannotTrain: no row is left.
    """
    places = [column.place for column in prepared if column.outliers == "drop"]
    if not places:
        return rows
    from core.preparation.steps import fences

    values = raw[rows][:, places]
    low, high = fences(values)
    is_far_out = ((values < low) | (values > high)).any(axis=1)
    if is_far_out.all():
        raise CannotTrain(Said("Every training row has a value that is far out, and such rows are dropped. Clip them."))
    return rows[~is_far_out]


def balanced(rows: np.ndarray, target: np.ndarray, balance: Balance, seed: int) -> np.ndarray:
    """The training rows, drawn until all classes are as frequent.

    Oversampling keeps every row and repeats rows of rarer classes, drawn with replacement; undersampling keeps as many
    rows of each class as the rarest has (scikit-learn's `resample`). The order of the rows is drawn anew.

    Args:
        target: (all rows,) class indices.

    >>> target = np.array([0, 0, 0, 0, 1])
    >>> np.bincount(target[balanced(np.arange(5), target, "oversample", 0)]).tolist()
    [4, 4]
    """
    if balance not in {"oversample", "undersample"}:
        return rows
    from sklearn.utils import resample

    classes, counts = np.unique(target[rows], return_counts=True)
    drawn = []
    for label, count in zip(classes, counts, strict=True):
        own = rows[target[rows] == label]
        if balance == "oversample":
            more = resample(own, n_samples=counts.max() - count, random_state=seed) if count < counts.max() else own[:0]
            drawn.append(np.concatenate([own, more]))
        else:
            drawn.append(resample(own, replace=False, n_samples=counts.min(), random_state=seed))
    return np.random.default_rng(seed).permutation(np.concatenate(drawn))


def class_weights(y_train: np.ndarray, balance: Balance) -> np.ndarray | None:
    """How much the loss of each training row counts, so that all classes count as much; None where balance is not
    "weights".

    scikit-learn's `compute_sample_weight("balanced", …)`: rows / (classes · rows of the class). The mean is 1.

    Args:
        y_train: (rows,) class indices.

    Returns:
        (rows,) float32.

    >>> class_weights(np.array([0, 1, 1, 1, 1, 1, 1, 1]), "weights")[:1].tolist()
    [4.0]
    """
    if balance != "weights":
        return None
    from sklearn.utils.class_weight import compute_sample_weight

    return np.asarray(compute_sample_weight("balanced", y_train), dtype=np.float32)
