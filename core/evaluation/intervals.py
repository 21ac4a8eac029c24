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
_MOST_NUMBERS = 800_000
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


def bias_corrected(value: float, draws: np.ndarray) -> Interval | None:
    """The middle 95 % of what samples give, moved by how far their median lies from the value: B. Efron (1981)."""
    finite = draws[np.isfinite(draws)]
    if not len(finite):
        return None
    below = (np.count_nonzero(finite < value) + np.count_nonzero(finite <= value)) / (2 * len(finite))
    bias = _NORMAL.inv_cdf(min(max(below, 1e-3), 1 - 1e-3))
    low, high = np.quantile(finite, [_NORMAL.cdf(2 * bias - Z), _NORMAL.cdf(2 * bias + Z)])
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


def of_mean_square(squares: np.ndarray, *, seed: int) -> Interval | None:
    """Of the mean of squares, which a few large ones decide: the bootstrap-t (B. Efron and R. Tibshirani, 1993, chapter
    12) of its logarithm. BCa holds the truth too rarely here (`benchmarks/coverage.py`).

    Args:
        squares: (rows,).
    """
    rows = len(squares)
    if rows < 3 or not np.isfinite(squares).all() or np.ptp(squares) == 0 or rows * _FEWEST_DRAWS > _MOST_NUMBERS:
        return of_mean(squares, seed=seed)
    mean, error = float(squares.mean()), float(squares.std(ddof=1))
    drawn = squares[drawn_rows(rows, draws_for(rows), seed)]
    means, errors = drawn.mean(axis=1), drawn.std(axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = percentiles((np.log(means) - np.log(mean)) / (errors / means))
    if ends is None:
        return None
    return float(mean * np.exp(-ends[1] * error / mean)), float(mean * np.exp(-ends[0] * error / mean))


def spread_of(statistic: Callable[..., np.ndarray], columns: np.ndarray, *, seed: int) -> float:
    """The standard deviation of what can be computed from sums over rows, in samples of the rows.

    Args:
        statistic: of sums of each column, (…, columns), and the number of rows -> (…,).
        columns: (rows, columns) numbers of each row.
    """
    rows, sums = len(columns), columns.sum(axis=0)
    rng = np.random.default_rng(seed)
    if rows * _FEWEST_DRAWS > _MOST_NUMBERS:  # sums of very many rows are normal
        drawn = rng.multivariate_normal(sums, rows * np.cov(columns.T), size=DRAWS)
    else:
        places = drawn_rows(rows, draws_for(rows, columns.shape[1]), seed)
        drawn = np.stack([column[places].sum(axis=1) for column in columns.T], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = statistic(drawn, rows)
    return float(np.std(values[np.isfinite(values)], ddof=1))


def around(value: float, interval: Interval | None) -> Interval | None:
    """An interval that holds the value itself: of a perfect score the samples say nothing worse, or only worse."""
    return None if interval is None else (min(interval[0], value), max(interval[1], value))
