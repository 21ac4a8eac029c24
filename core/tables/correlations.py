"""How columns of numbers go together: Pearson's and Spearman's correlations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Rows that are ranked, drawn with a fixed seed: all of a million would take long.
SAMPLE = 20_000

#: Columns that are correlated, the first ones: more than that no matrix shows.
CORRELATED = 100

#: Rows of which products are summed together.
_PIECE = 50_000


@dataclass(frozen=True)
class Correlations:
    """Of pairs of columns of numbers, over the rows that have both; None where one does not vary.

    Attributes:
        columns: indices; at most `CORRELATED`.
        pearson, spearman: square matrices.
        rows: that rank correlation was taken of.
    """

    columns: tuple[int, ...]
    pearson: tuple[tuple[float | None, ...], ...]
    spearman: tuple[tuple[float | None, ...], ...]
    rows: int


def correlations_of(columns: list[np.ndarray], numeric: list[int], pearson: np.ndarray, rows: int) -> Correlations:
    """Pearson's correlations as they were summed up, and rank correlations of `SAMPLE` rows.

    Args:
        columns: (rows,) float64 each; NaN is missing.
        numeric: their indices in the table.
        pearson: (columns, columns), of `pearson_and_products`.
    """
    drawn = np.sort(np.random.default_rng(0).choice(rows, SAMPLE, replace=False)) if rows > SAMPLE else np.arange(rows)
    spearman = _spearman([column[drawn] for column in columns[:CORRELATED]])
    pearson = pearson[:CORRELATED, :CORRELATED]
    return Correlations(tuple(numeric[:CORRELATED]), _matrix(pearson), _matrix(spearman), len(drawn))


def pearson_and_products(
    columns: list[np.ndarray], means: np.ndarray, scales: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pearson's correlations of all rows, summed up in pieces, and what principal components are made of.

    Args:
        columns: (rows,) float64 each; NaN is missing.
        means, scales: (columns,); columns are divided by their scales, so that no square is too large.

    Returns:
        (columns, columns) correlations, over the rows that have both; and the sums of products of the scaled columns
        around their means, where what is missing is the mean.
    """
    width = len(columns)
    rows = len(columns[0]) if width else 0
    n, sums, squares, products = (np.zeros((width, width)) for _ in range(4))
    for start in range(0, rows, _PIECE):
        x = np.stack([column[start : start + _PIECE] for column in columns])  # (columns, rows)
        x = x / scales[:, None] - (means / scales)[:, None]
        is_missing = np.isnan(x)
        if not is_missing.any():
            n += x.shape[1]
            sums += x.sum(axis=1)[:, None]
            squares += (x * x).sum(axis=1)[:, None]
            products += x @ x.T
            continue
        x[is_missing] = 0.0
        has = (~is_missing).astype(np.float64)
        n += has @ has.T
        sums += x @ has.T  # of each column, over the rows that the other one has as well
        squares += (x * x) @ has.T
        products += x @ x.T
    with np.errstate(all="ignore"):
        over = products - sums * sums.T / n
        spread = squares - sums**2 / n
        return over / np.sqrt(spread * spread.T), products


def _spearman(columns: list[np.ndarray]) -> np.ndarray:
    """Pearson's correlation of ranks, over the rows that have both; equal numbers share their mean rank."""
    width = len(columns)
    whole = [index for index, column in enumerate(columns) if not np.isnan(column).any()]
    found = np.eye(width)
    if whole:
        ranks = [_ranks(columns[index]) for index in whole]
        found[np.ix_(whole, whole)] = pearson_and_products(
            ranks, np.array([rank.mean() for rank in ranks]), np.ones(len(ranks))
        )[0]
    for at in range(width):
        for other in range(at):
            if at in whole and other in whole:
                continue
            both = ~np.isnan(columns[at]) & ~np.isnan(columns[other])
            pair = [_ranks(columns[at][both]), _ranks(columns[other][both])]
            means = np.array([rank.mean() if len(rank) else 0.0 for rank in pair])
            found[at, other] = found[other, at] = pearson_and_products(pair, means, np.ones(2))[0][0, 1]
    return found


def _ranks(values: np.ndarray) -> np.ndarray:
    """Mean ranks from 1."""
    order = np.argsort(values)
    ordered = values[order]
    new = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(values) else np.array([], bool)
    place = np.cumsum(new) - 1
    counts = np.bincount(place)
    ranks = np.empty(len(values))
    ranks[order] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks


def _matrix(values: np.ndarray) -> tuple[tuple[float | None, ...], ...]:
    clipped = np.clip(values, -1.0, 1.0)
    return tuple(tuple(float(value) if np.isfinite(value) else None for value in row) for row in clipped)
