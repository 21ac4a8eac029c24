"""Intervals of 95 % for what was counted or averaged over rows that are a sample of others.

NumPy and the standard library only: the server computes some of them too. Each function names where its formula is
from; `python -m benchmarks evaluate` measures how often each holds the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

#: (low, high).
Interval = tuple[float, float]

_NORMAL = NormalDist()

#: Share of samples whose interval holds the truth.
LEVEL = 0.95

#: Standard deviations of a normal distribution on either side that hold `LEVEL` of it.
Z = _NORMAL.inv_cdf(0.5 + LEVEL / 2)

#: Samples that are drawn of the rows, and the numbers that these may be made of together.
DRAWS = 2_000
_MOST_NUMBERS = 1_000_000
_FEWEST_DRAWS = 200


def wilson(successes: float, trials: float) -> Interval | None:
    """Of a proportion: E. B. Wilson (1927), the score interval without continuity correction. None without trials.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    if trials <= 0:
        return None
    share, weight = successes / trials, Z**2 / trials
    middle = (share + weight / 2) / (1 + weight)
    half = Z / (1 + weight) * np.sqrt(max(0.0, share * (1 - share)) / trials + weight / (4 * trials))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def draws_for(rows: int, columns: int = 1) -> int:
    """How many samples to draw of so many rows: fewer where there are many rows, whose intervals are narrow anyway."""
    return int(np.clip(_MOST_NUMBERS // max(1, rows * columns), _FEWEST_DRAWS, DRAWS))


def drawn_rows(rows: int, draws: int, seed: int) -> np.ndarray:
    """Samples of rows with replacement, as places, (draws, rows)."""
    return np.random.default_rng(seed).integers(rows, size=(draws, rows), dtype=np.int32)


def percentiles(draws: np.ndarray) -> Interval | None:
    """The middle 95 % of what samples give; those that give nothing (NaN) do not count. None where none does."""
    finite = draws[np.isfinite(draws)]
    if not len(finite):
        return None
    low, high = np.quantile(finite, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(low), float(high)


def bca(value: float, draws: np.ndarray, left_out: np.ndarray) -> Interval | None:
    """Bias-corrected and accelerated: B. Efron (1987), as `scipy.stats.bootstrap(method="BCa")` has it.

    Args:
        value: of all rows.
        draws: of samples with replacement.
        left_out: of all rows but one, (rows,).

    Returns:
        None where it is not defined: all rows say the same, or the value lies outside of every sample's.
    """
    draws = draws[np.isfinite(draws)]
    if not len(draws) or not np.isfinite(left_out).all():
        return None
    below = (np.count_nonzero(draws < value) + np.count_nonzero(draws <= value)) / (2 * len(draws))
    deviations = left_out.mean() - left_out
    squares = float(np.sum(deviations**2))
    if not 0 < below < 1 or not squares > 0:
        return None
    bias = _NORMAL.inv_cdf(below)
    acceleration = float(np.sum(deviations**3)) / (6 * squares**1.5)
    ends = []
    for z in (-Z, Z):
        shifted = bias + z
        ends.append(_NORMAL.cdf(bias + shifted / (1 - acceleration * shifted)))
    low, high = np.quantile(draws, ends)
    return float(low), float(high)


def of_mean(losses: np.ndarray, *, seed: int) -> Interval | None:
    """Of the mean of a number of each row: BCa; of very many rows the normal distribution, from which it differs by
    nothing that could be seen.

    Args:
        losses: (rows,).
    """
    rows, mean = len(losses), float(np.mean(losses)) if len(losses) else np.nan
    if rows < 2 or not np.isfinite(losses).all():
        return None
    if np.ptp(losses) == 0:
        return mean, mean
    if rows * _FEWEST_DRAWS > _MOST_NUMBERS:
        half = Z * float(np.std(losses, ddof=1)) / np.sqrt(rows)
        return mean - half, mean + half
    draws = losses[drawn_rows(rows, draws_for(rows), seed)].mean(axis=1)
    return bca(mean, draws, (losses.sum() - losses) / (rows - 1))


def of_statistic(statistic: Callable[..., np.ndarray], columns: np.ndarray, *, seed: int) -> Interval | None:
    """Of what can be computed from sums over rows: BCa.

    Args:
        statistic: of sums of each column, (…, columns), and the number of rows -> (…,).
        columns: (rows, columns) numbers of each row.
    """
    rows = len(columns)
    if rows < 3 or not np.isfinite(columns).all():
        return None
    sums, draws = columns.sum(axis=0), draws_for(rows, columns.shape[1])
    rng = np.random.default_rng(seed)
    if rows * _FEWEST_DRAWS > _MOST_NUMBERS:  # sums of very many rows are normal
        spread = np.linalg.cholesky(rows * np.cov(columns.T) + 1e-12 * np.eye(len(sums)) * np.abs(sums).max())
        drawn = sums + rng.standard_normal((DRAWS, len(sums))) @ spread.T
        return percentiles(statistic(drawn, rows))
    places = rng.integers(rows, size=(draws, rows), dtype=np.int32)
    drawn = np.stack([column[places].sum(axis=1) for column in columns.T], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return bca(float(statistic(sums, rows)), statistic(drawn, rows), statistic(sums - columns, rows - 1))


def around(value: float, interval: Interval | None) -> Interval | None:
    """An interval that holds the value itself: of a perfect score the samples say nothing worse, or only worse."""
    return None if interval is None else (min(interval[0], value), max(interval[1], value))
