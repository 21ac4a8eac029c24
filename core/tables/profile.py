"""What a table looks like: columns, classes, correlations, duplicates, components. Plain numbers, ready for JSON.

Everything is of all rows but rank correlation, leaks and copies (`SAMPLE` rows, drawn with a fixed seed), and the
points of the components. Lists of rows are cut (`NAMED_ROWS`); their counts are not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.experiment.preparation import FENCE
from core.tables.advice import Advice, advice_on
from core.tables.quality import Quality, quality_of
from core.tables.repeats import Repeats, repeats_of
from core.tables.table import Table
from core.tables.vectors import codes_of, numbers_of
from core.words import Said

Progress = Callable[[float], None]

#: Rows for what takes long of all of them.
SAMPLE = 20_000

#: Rows that a list names, from 1.
NAMED_ROWS = 100

BINS = 30
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)

#: Levels that are counted by name; classes by which distributions are told apart.
LEVELS = 20
CLASSES = 10

#: Columns that are correlated, the first ones: more than that no matrix shows.
CORRELATED = 100

#: Points of the principal components that are drawn.
POINTS = 2_000


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


@dataclass(frozen=True)
class Components:
    """Principal components of the standardised columns of numbers; missing values are the mean.

    Attributes:
        columns: indices.
        shares: of the variance, for each component.
        loadings: (2, columns).
        rows: of the points, from 1.
        points: (x, y) of each.
        classes: of each point, −1 where there is none.
    """

    columns: tuple[int, ...]
    shares: tuple[float, ...]
    loadings: tuple[tuple[float, ...], ...]
    rows: tuple[int, ...]
    points: tuple[tuple[float, float], ...]
    classes: tuple[int, ...]


@dataclass(frozen=True)
class TableProfile:
    """All of it.

    Attributes:
        classes: (class, rows) of the target, in its order; empty where it is a number, or there is none.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    classes: tuple[tuple[str, int], ...]
    correlations: Correlations
    repeats: Repeats
    components: Components
    advice: tuple[Advice, ...]
    quality: Quality

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and texts; sentences as the browser takes them."""
        plain: dict[str, Any] = _plain(
            {name: getattr(self, name) for name in ("rows", "columns", "classes", "correlations", "repeats")}
        )
        return {
            **plain,
            "components": _plain(self.components),
            "advice": [{**asdict(each), "said": each.said.to_json()} for each in self.advice],
            "quality": self.quality.to_json(),
        }


def profile_of(table: Table, target: int | None = None, *, progress: Progress = lambda share: None) -> TableProfile:
    """Describe a table.

    Args:
        target: index of the column by whose classes others are told apart.
        progress: told the share that is done.
    """
    classes, names = classes_of(table, target)
    columns = []
    for index in range(len(table.columns)):
        columns.append(_column(table, index, classes, len(names)))
        progress(0.5 * (index + 1) / len(table.columns))
    repeats = repeats_of(table)
    progress(0.65)
    correlations, components = _together(table, numeric_columns(table), classes)
    progress(0.85)
    advice = tuple(advice_on(table, target))
    outlying = {index: column.outliers.count for index, column in enumerate(columns) if column.outliers is not None}
    outlying_rows = {index: column.outliers.rows for index, column in enumerate(columns) if column.outliers is not None}
    quality = quality_of(table, repeats, advice, outlying, outlying_rows, has_target=target is not None)
    counts = np.bincount(classes[classes >= 0], minlength=len(names)) if names else ()
    progress(1.0)
    return TableProfile(
        rows=table.rows,
        columns=tuple(columns),
        classes=tuple((name, int(count)) for name, count in zip(names, counts, strict=True)),
        correlations=correlations,
        repeats=repeats,
        components=components,
        advice=advice,
        quality=quality,
    )


def numeric_columns(table: Table) -> list[int]:
    """Indices of the columns of numbers that vary."""
    return [
        index
        for index, column in enumerate(table.columns)
        if column.kind in {"number", "yes_no", "ordered"} and not column.is_text and column.distinct > 1
    ]


def drawn_rows(rows: int) -> np.ndarray:
    """Indices of the rows that are drawn as points: all, or `POINTS` of them, always the same."""
    if rows <= POINTS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, POINTS, replace=False))


def classes_of(table: Table, target: int | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """(rows,) class of each row, −1 where it has none; and the names of the classes, in their natural order."""
    nothing = np.full(table.rows, -1)
    if target is None:
        return nothing, ()
    column = table.columns[target]
    names = tuple(value for value, _ in column.levels)
    if not names or column.distinct > CLASSES or (column.kind == "number" and not column.is_whole):
        return nothing, ()
    coded = codes_of(table, target)
    place = {name: index for index, name in enumerate(names)}
    return np.array([*(place.get(level, -1) for level in coded.levels), -1])[coded.codes], names


def _column(table: Table, index: int, classes: np.ndarray, n_classes: int) -> ColumnProfile:
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


def _together(table: Table, numeric: list[int], classes: np.ndarray) -> tuple[Correlations, Components]:
    """Pearson's correlations and the components of all rows, in pieces; rank correlations of some."""
    rows = table.rows
    columns = [numbers for index in numeric if (numbers := numbers_of(table, index)) is not None]
    scales = np.array([np.nanmax(np.abs(column)) or 1.0 for column in columns])
    means = np.array([np.nanmean(column / scale) * scale for column, scale in zip(columns, scales, strict=True)])
    pearson, covariance = _pearson(columns, means, scales)
    drawn = np.sort(np.random.default_rng(0).choice(rows, SAMPLE, replace=False)) if rows > SAMPLE else np.arange(rows)
    spearman = _spearman([column[drawn] for column in columns[:CORRELATED]])
    pearson = pearson[:CORRELATED, :CORRELATED]
    correlations = Correlations(tuple(numeric[:CORRELATED]), _matrix(pearson), _matrix(spearman), len(drawn))
    return correlations, _components(columns, means, scales, covariance, numeric, classes, rows)


def _pearson(columns: list[np.ndarray], means: np.ndarray, scales: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlations over the rows that have both; and sums of products around the means, where missing is the mean, of
    columns divided by their scales."""
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


#: Rows of which products are summed together.
_PIECE = 50_000


def _spearman(columns: list[np.ndarray]) -> np.ndarray:
    """Pearson's correlation of ranks, over the rows that have both; equal numbers share their mean rank."""
    width = len(columns)
    whole = [index for index, column in enumerate(columns) if not np.isnan(column).any()]
    found = np.eye(width)
    if whole:
        ranks = [_ranks(columns[index]) for index in whole]
        found[np.ix_(whole, whole)] = _pearson(ranks, np.array([rank.mean() for rank in ranks]), np.ones(len(ranks)))[0]
    for at in range(width):
        for other in range(at):
            if at in whole and other in whole:
                continue
            both = ~np.isnan(columns[at]) & ~np.isnan(columns[other])
            pair = [_ranks(columns[at][both]), _ranks(columns[other][both])]
            means = np.array([rank.mean() if len(rank) else 0.0 for rank in pair])
            found[at, other] = found[other, at] = _pearson(pair, means, np.ones(2))[0][0, 1]
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


def _components(
    columns: list[np.ndarray],
    means: np.ndarray,
    scales: np.ndarray,
    covariance: np.ndarray,
    numeric: list[int],
    classes: np.ndarray,
    rows: int,
) -> Components:
    variance = np.diag(covariance).copy()
    if len(numeric) < 2 or rows < 3 or not (variance > 0).all():
        return Components((), (), (), (), (), ())
    scale = np.sqrt(variance / rows)
    values, vectors = np.linalg.eigh(covariance / rows / np.outer(scale, scale))
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order[:2]]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), [0, 1]])  # the sign is arbitrary: fix it
    chosen = drawn_rows(rows)
    x = np.stack([column[chosen] for column in columns], axis=1) / scales - means / scales
    x = np.nan_to_num(x) / scale
    points = x @ vectors
    return Components(
        tuple(numeric),
        tuple(float(share) for share in values / values.sum()),
        tuple(tuple(float(value) for value in vector) for vector in vectors.T),
        tuple(int(row) + 1 for row in chosen),
        tuple((float(a), float(b)) for a, b in points),
        tuple(int(each) for each in classes[chosen]),
    )


def _plain(value: Any) -> Any:
    """Dataclasses as dictionaries, tuples as lists, sentences as the browser takes them."""
    if isinstance(value, Said):
        return value.to_json()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value
