"""How many rows of each class a stratified split puts on each side, before any row is read.

The same counts as scikit-learn's `train_test_split(stratify=…, random_state=seed)`, without importing it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

#: What share of the rows that are not test rows may be validation rows, where there are any.
MIN_TEST_FRACTION, MAX_TEST_FRACTION = 0.05, 0.9
MIN_VALIDATION_FRACTION, MAX_VALIDATION_FRACTION = 0.05, 0.5

#: So many outcomes of a split are tried when a share is advised; equal classes tie in more ways than that.
_MOST_OUTCOMES = 70


def rows_held_out(rows: int, fraction: float) -> int:
    """Test rows of all, or validation rows of the rest: rounded up, as scikit-learn does."""
    return math.ceil(rows * fraction)


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


def class_without_validation(
    counts: Sequence[int], test_fraction: float, validation_fraction: float, seed: int | None
) -> tuple[int, str, int] | None:
    """The rarest class that is without a training or a validation row once the rows that are not test rows are split
    again.

    Args:
        counts: rows of each class before any split.
        seed: None asks for a class that is without one whatever the seed.

    Returns:
        The class, the side, `training` or `validation`, and its rows that are not test rows; None where every class has
        a row on both.
    """
    if seed is not None:
        left, _ = stratified_counts(counts, test_fraction, seed)
    else:
        totals = np.asarray(counts, dtype=np.int64)
        left, *others = _left_by(totals, test_fraction)
        if others:
            return None  # the seed decides
    found = missing_class(left.tolist(), validation_fraction, seed)
    if found is None:
        return None
    label, side = found
    return label, "training" if side == "training" else "validation", int(left[label])


def nearest_fraction(
    counts: Sequence[int], test_fraction: float, *, least: float, most: float, validation_fraction: float = 0.0
) -> float | None:
    """The whole percentage next to `test_fraction` that leaves every class rows on all sides, whatever the seed; None
    where there is none.
    """
    totals = np.asarray(counts, dtype=np.int64)
    for fraction in _percentages(test_fraction, least, most):
        if _serves_every_class(totals, fraction) and (
            not validation_fraction
            or all(_serves_every_class(left, validation_fraction) for left in _left_by(totals, fraction))
        ):
            return fraction
    return None


def nearest_validation_fraction(counts: Sequence[int], test_fraction: float, validation_fraction: float) -> float:
    """The whole percentage next to `validation_fraction` that leaves every class rows on both sides, whatever the seed;
    0, for no validation rows, where there is none.
    """
    totals = np.asarray(counts, dtype=np.int64)
    outcomes = _left_by(totals, test_fraction)
    for fraction in _percentages(validation_fraction, MIN_VALIDATION_FRACTION, MAX_VALIDATION_FRACTION):
        if all(_serves_every_class(left, fraction) for left in outcomes):
            return fraction
    return 0.0


def _percentages(wanted: float, least: float, most: float) -> list[float]:
    """Whole percentages as shares, the nearest to what is wanted first."""
    percents = range(math.ceil(round(100 * least, 6)), math.floor(round(100 * most, 6)) + 1)
    return [percent / 100 for percent in sorted(percents, key=lambda percent: abs(percent / 100 - wanted))]


def _serves_every_class(totals: np.ndarray, fraction: float) -> bool:
    """Whether a split leaves every class rows on both sides, whatever the seed."""
    kept = _train_rows(totals, fraction)
    if min(kept, int(totals.sum()) - kept) < len(totals):
        return False
    fewest, most = _allotted_at_least_and_most(totals, kept)
    return bool(fewest.min() >= 1 and (totals - most).min() >= 1)


def _left_by(totals: np.ndarray, test_fraction: float) -> list[np.ndarray]:
    """What a split may leave of each class for training, over all seeds."""
    kept = _train_rows(totals, test_fraction)
    fewest, most = _allotted_at_least_and_most(totals, kept)
    open_classes = np.flatnonzero(fewest < most)
    lucky = kept - int(fewest.sum())
    if math.comb(len(open_classes), lucky) > _MOST_OUTCOMES:
        # Not all: those in which the classes with most to lose lose it.
        by_rows = open_classes[np.argsort(totals[open_classes], kind="stable")]
        chosen = [by_rows[len(by_rows) - lucky :]]
    else:
        chosen = [np.array(each, dtype=np.int64) for each in combinations(open_classes, lucky)]
    outcomes = [fewest.copy() for _ in chosen]
    for outcome, classes in zip(outcomes, chosen, strict=True):
        outcome[classes] += 1
    return outcomes


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
