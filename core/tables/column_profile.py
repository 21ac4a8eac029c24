"""What a column of a table looks like on its own: its figures and histogram, or its levels. Of all rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.experiment.preparation import FENCE
from core.tables.table import Table
from core.tables.vectors import codes_of, numbers_of

#: Rows that a list names, from 1.
NAMED_ROWS = 100

BINS = 30
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)

#: Levels that are counted by name.
LEVELS = 20


@dataclass(frozen=True)
class Histogram:
    """Counts between edges, one more than bins; values beyond the outliers' fences are in the outermost bins.

    Attributes:
        by_class: counts for each class of the target, in its order; rows without a target are in none.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    by_class: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Outliers:
    """Numbers beyond the fences; `rows` from 1, the first ones."""

    count: int
    low: float
    high: float
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Level:
    """A value of a column with the number of its rows, of all and of each class."""

    value: str
    count: int
    by_class: tuple[int, ...] = ()


@dataclass(frozen=True)
class ColumnProfile:
    """A column. Of numbers and dates (days since 1970): the figures; of others: the most frequent levels.

    Attributes:
        deviation: standard deviation, of n − 1.
        quantiles: (share, value), interpolated linearly.
        missing_rows: from 1, the first ones.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    missing_rows: tuple[int, ...] = ()
    mean: float | None = None
    deviation: float | None = None
    quantiles: tuple[tuple[float, float], ...] = ()
    histogram: Histogram | None = None
    outliers: Outliers | None = None
    levels: tuple[Level, ...] = ()


def profile_of_column(table: Table, index: int, classes: np.ndarray, n_classes: int) -> ColumnProfile:
    """Describe a column.

    Args:
        index: its place in the table.
        classes: (rows,) of the target, −1 where there is none (`core.tables.vectors.classes_of`).
    """
    column = table.columns[index]
    values = numbers_of(table, index) if column.kind in {"number", "date"} else None
    if values is None:
        coded = codes_of(table, index)
        missing = np.flatnonzero(coded.codes < 0)
        levels = _levels(coded.codes, coded.levels, classes, n_classes)
        return ColumnProfile(column.name, column.kind, len(missing), len(coded.levels), _named(missing), levels=levels)
    is_missing = np.isnan(values)
    known = np.sort(values[~is_missing])
    missing_rows = _named(np.flatnonzero(is_missing))
    if not len(known):
        return ColumnProfile(column.name, column.kind, len(values), 0, missing_rows)
    quantiles = _quantiles(known)
    low, high = _fences(known)
    # Centred and scaled first: squares of large numbers that lie close together would lose their differences.
    scale = max(abs(float(known[0])), abs(float(known[-1]))) or 1.0
    mean = float((known / scale).mean()) * scale
    deviation = float(np.std(known / scale - mean / scale, ddof=1)) * scale if len(known) > 1 else None
    far = (values < low) | (values > high)
    return ColumnProfile(
        name=column.name,
        kind=column.kind,
        missing=int(is_missing.sum()),
        distinct=int(np.count_nonzero(known[1:] != known[:-1])) + 1,
        missing_rows=missing_rows,
        mean=mean,
        deviation=deviation,
        quantiles=quantiles,
        histogram=_histogram(values, known, low, high, classes, n_classes),
        outliers=Outliers(int(far.sum()), low, high, _named(np.flatnonzero(far))),
    )


def _named(rows: np.ndarray) -> tuple[int, ...]:
    return tuple(int(row) + 1 for row in rows[:NAMED_ROWS])


def _quantiles(known: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((share, _quantile(known, share)) for share in QUANTILES)


def _quantile(known: np.ndarray, share: float) -> float:
    """Of sorted numbers, interpolated linearly as NumPy does by default."""
    place = share * (len(known) - 1)
    below = int(place)
    above = min(below + 1, len(known) - 1)
    return float(known[below] + (known[above] - known[below]) * (place - below))


def _fences(known: np.ndarray) -> tuple[float, float]:
    """The bounds beyond which numbers are outliers; those of the numbers where half of them are the same."""
    first, third = _quantile(known, 0.25), _quantile(known, 0.75)
    reach = FENCE * (third - first)
    if reach <= 0 or not math.isfinite(first - reach + third + reach):
        return float(known[0]), float(known[-1])
    return first - reach, third + reach


def _histogram(
    values: np.ndarray, known: np.ndarray, low: float, high: float, classes: np.ndarray, n_classes: int
) -> Histogram | None:
    start, stop = max(low, float(known[0])), min(high, float(known[-1]))
    if not stop > start:
        start, stop = start - 0.5, start + 0.5
    if not math.isfinite(stop - start):
        return None
    edges = np.linspace(start, stop, BINS + 1)
    inner = np.searchsorted(known, edges[1:-1], side="left")
    counts = np.diff(np.concatenate(([0], inner, [len(known)])))
    by_class: tuple[tuple[int, ...], ...] = ()
    if n_classes:
        has_both = (classes >= 0) & ~np.isnan(values)
        bins = np.searchsorted(edges[1:-1], values[has_both], side="right")
        table = np.bincount(classes[has_both] * BINS + bins, minlength=n_classes * BINS).reshape(n_classes, BINS)
        by_class = tuple(tuple(int(count) for count in row) for row in table)
    return Histogram(tuple(float(edge) for edge in edges), tuple(int(count) for count in counts), by_class)


def _levels(codes: np.ndarray, levels: tuple[str, ...], classes: np.ndarray, n_classes: int) -> tuple[Level, ...]:
    known = codes >= 0
    counts = np.bincount(codes[known], minlength=len(levels))
    chosen = sorted(range(len(levels)), key=lambda level: (-counts[level], levels[level]))[:LEVELS]
    crossed = None
    if n_classes:
        both = known & (classes >= 0)
        place = np.full(len(levels) + 1, LEVELS)
        place[chosen] = range(len(chosen))
        crossed = np.bincount(place[codes[both]] * n_classes + classes[both], minlength=(LEVELS + 1) * n_classes)
        crossed = crossed.reshape(LEVELS + 1, n_classes)
    return tuple(
        Level(
            levels[level],
            int(counts[level]),
            () if crossed is None else tuple(int(count) for count in crossed[rank]),
        )
        for rank, level in enumerate(chosen)
    )
