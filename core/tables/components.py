"""Principal components of the columns of numbers, and the rows that are drawn as points in their plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Points of the principal components that are drawn.
POINTS = 2_000


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


def drawn_rows(rows: int) -> np.ndarray:
    """Indices of the rows that are drawn as points: all, or `POINTS` of them, always the same."""
    if rows <= POINTS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, POINTS, replace=False))


def components_of(
    columns: list[np.ndarray],
    means: np.ndarray,
    scales: np.ndarray,
    products: np.ndarray,
    numeric: list[int],
    classes: np.ndarray,
    rows: int,
) -> Components:
    """The components of all rows, from sums of products; the points of the rows that are drawn.

    Args:
        columns: (rows,) float64 each; NaN is missing.
        means, scales: (columns,).
        products: (columns, columns), of `core.tables.correlations.pearson_and_products`.
        numeric: the columns' indices in the table.
        classes: (rows,), −1 where there is none.
    """
    variance = np.diag(products).copy()
    if len(numeric) < 2 or rows < 3 or not (variance > 0).all():
        return Components((), (), (), (), (), ())
    scale = np.sqrt(variance / rows)
    values, vectors = np.linalg.eigh(products / rows / np.outer(scale, scale))
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
