"""Splits that chance alone must not make: a patient's rows stay together, and the future is not known in the past."""

from __future__ import annotations

import math

import numpy as np

from core.errors import CannotTrain
from core.words import Said, sentences

#: With more groups than this, keeping the classes' shares takes too long (scikit-learn 1.9: 0.7 s at 3,000 groups,
#: 7.5 s at 30,000).
_MOST_STRATIFIED_GROUPS = 5_000


def split_off_groups(
    groups: np.ndarray, target: np.ndarray | None, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Hold out whole groups.

    Args:
        groups: (rows,), equal where rows belong together.
        target: (rows,) class indices, whose shares are kept as far as groups allow (`StratifiedGroupKFold`); None for
            numbers, and with many groups, where chance decides (`GroupShuffleSplit`).
        fraction: of the rows; groups are of different sizes, so it is met about.

    Returns:
        Kept and held-out rows, both in ascending order.

    Raises:
        CannotTrain: fewer than two groups.

    >>> kept, held_out = split_off_groups(np.repeat(np.arange(10), 3), None, 0.2, seed=0)
    >>> len(kept), len(held_out)
    (24, 6)
    """
    from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold

    count = len(np.unique(groups))
    if count < 2:
        raise CannotTrain(
            Said("All rows belong to one group, so no group can be held out. Choose another group column, or none.")
        )
    rows = np.arange(len(groups))
    if target is None or count > _MOST_STRATIFIED_GROUPS:
        splitter = GroupShuffleSplit(n_splits=1, test_size=fraction, random_state=seed)
        kept, held_out = next(splitter.split(rows, groups=groups))
        return np.sort(kept), np.sort(held_out)
    folds, taken = _folds(fraction, count)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    is_held_out = np.zeros(len(rows), dtype=bool)
    for _, (_, fold) in zip(range(taken), splitter.split(rows, target, groups), strict=False):
        is_held_out[fold] = True
    return rows[~is_held_out], rows[is_held_out]


def _folds(fraction: float, groups: int) -> tuple[int, int]:
    """How many folds, and how many of them are held out: the fewest folds that come near the fraction.

    >>> _folds(0.2, 100), _folds(0.35, 100), _folds(0.2, 3)
    ((5, 1), (20, 7), (3, 1))
    """
    for folds in range(2, min(20, groups) + 1):
        taken = round(fraction * folds)
        if 1 <= taken < folds and abs(taken / folds - fraction) < 0.001:
            return folds, taken
    folds = min(20, groups)
    return folds, min(max(1, round(fraction * folds)), folds - 1)


def split_off_latest(time: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Hold out the latest rows.

    Args:
        time: (rows,), larger is later; of rows of one time, those that come later in the table are later.

    Returns:
        Kept and held-out rows, both from the earliest to the latest.

    >>> [rows.tolist() for rows in split_off_latest(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), 0.4)]
    [[1, 2, 0], [4, 3]]
    """
    order = np.argsort(time, kind="stable")
    held_out = math.ceil(len(time) * fraction)
    return order[: len(order) - held_out], order[len(order) - held_out :]


def check_classes(target: np.ndarray, names: tuple[str, ...], split: str) -> None:
    """Whether every class can be learnt.

    Args:
        target: (rows,) class indices of the training rows.
        split: how the others were held out, for the sentence.

    Raises:
        CannotTrain: a class has no training row.
    """
    missing = [name for index, name in enumerate(names) if not (target == index).any()]
    if missing:
        by_group = Said("Whole groups were held out, which left the class '{name}' without a training row.")
        by_time = Said("The latest rows were held out, which left the class '{name}' without a training row.")
        what = by_group if split == "group" else by_time
        advice = Said("Hold out fewer rows, or split at random.")
        raise CannotTrain(sentences([what.filled(name=missing[0]), advice]))
