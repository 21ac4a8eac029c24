"""How many rows of each class a stratified split puts on each side, before any row is read.

The same counts as scikit-learn's `train_test_split(stratify=…, random_state=seed)`, without importing it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def rows_held_out(rows: int, test_fraction: float) -> int:
    """Test rows: rounded up, as scikit-learn does."""
    return math.ceil(rows * test_fraction)


def stratified_counts(counts: Sequence[int], test_fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Training and test rows of each class.

    Args:
        counts: rows of each class.
        seed: decides which of several classes with equal claims gets a row, as scikit-learn's `random_state`.

    >>> [side.tolist() for side in stratified_counts([30, 2], 0.2, seed=0)]
    [[23, 2], [7, 0]]
    """
    totals = np.asarray(counts, dtype=np.int64)
    train = _allotted(totals, _train_rows(totals, test_fraction), seed)
    return train, totals - train


def missing_class(counts: Sequence[int], test_fraction: float, seed: int | None) -> tuple[int, str] | None:
    """The rarest class that a split leaves without a row on one side.

    Args:
        seed: None asks for a class that is without one whatever the seed.

    Returns:
        The class and the side, `training` or `test`; None where every class has a row on both.
    """
    totals = np.asarray(counts, dtype=np.int64)
    if seed is None:
        fewest, most = _allotted_at_least_and_most(totals, _train_rows(totals, test_fraction))
        train, test = most, totals - fewest  # what each class gets where it is lucky
    else:
        train, test = stratified_counts(counts, test_fraction, seed)
    lacking = [label for label in range(len(counts)) if train[label] < 1 or test[label] < 1]
    if not lacking:
        return None
    rarest = min(lacking, key=lambda label: counts[label])
    return rarest, "training" if train[rarest] < 1 else "test"


def nearest_fraction(counts: Sequence[int], test_fraction: float, *, least: float, most: float) -> float | None:
    """The whole percentage next to `test_fraction` that leaves every class rows on both sides, whatever the seed; None
    where there is none.
    """
    totals = np.asarray(counts, dtype=np.int64)
    percents = range(math.ceil(round(100 * least, 6)), math.floor(round(100 * most, 6)) + 1)
    for percent in sorted(percents, key=lambda percent: abs(percent / 100 - test_fraction)):
        train_rows = _train_rows(totals, percent / 100)
        if min(train_rows, int(totals.sum()) - train_rows) < len(totals):
            continue
        fewest_train, most_train = _allotted_at_least_and_most(totals, train_rows)
        if fewest_train.min() >= 1 and (totals - most_train).min() >= 1:
            return percent / 100
    return None


def _train_rows(totals: np.ndarray, test_fraction: float) -> int:
    rows = int(totals.sum())
    return rows - rows_held_out(rows, test_fraction)


def _allotted(totals: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """scikit-learn 1.9's `_approximate_mode`, with the same draws from the same random numbers.

    Each class gets its share of the draws, rounded down. What is left goes to the largest remainders; among equal ones,
    chance decides.
    """
    shares = totals / totals.sum() * draws
    allotted = np.floor(shares)
    left = int(draws - allotted.sum())
    random = np.random.RandomState(seed)
    for labels in _by_remainder(shares - allotted):
        if left == 0:
            break
        chosen = random.choice(labels, size=min(len(labels), left), replace=False)
        allotted[chosen] += 1
        left -= len(chosen)
    return allotted.astype(np.int64)


def _allotted_at_least_and_most(totals: np.ndarray, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """The fewest and the most draws that each class can get, over all seeds."""
    shares = totals / totals.sum() * draws
    fewest = np.floor(shares)
    most = fewest.copy()
    left = int(draws - fewest.sum())
    for labels in _by_remainder(shares - fewest):
        if left == 0:
            break
        most[labels] += 1
        if len(labels) <= left:
            fewest[labels] += 1
        left -= min(len(labels), left)
    return fewest.astype(np.int64), most.astype(np.int64)


def _by_remainder(remainders: np.ndarray) -> list[np.ndarray]:
    """The classes with the largest remainder, then those with the next."""
    return [np.flatnonzero(remainders == remainder) for remainder in np.sort(np.unique(remainders))[::-1]]
