"""The plane that a decision map shows: which two directions of the input space, over which range.

Two inputs: all of the input space. More: a slice through two features with the others at their median, or the plane
of the first two principal components.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.datasets import Dataset
from core.errors import WrongValue
from core.experiment.columns import OF_LEVELS
from core.words import Said

#: Rows and columns of a map.
RESOLUTION = 100

#: Rows that principal components are found of, fewer where a row is long (a picture), and never fewer than that.
_MOST_ROWS, _MOST_NUMBERS, _FEWEST_ROWS = 20_000, 1_500_000, 1_000


#: Inputs from which the two directions are found by drawing at random, with a fixed seed.
_WIDE = 300


@dataclass(frozen=True)
class View:
    """What the user chose to see.

    Attributes:
        kind: `auto` is the plane of two inputs, and the principal components of more; beside a picture, the first two
            columns of the table.
        x, y: indices of raw columns, for a slice.
    """

    kind: Literal["auto", "slice", "pca"] = "auto"
    x: int = 0
    y: int = 1

    def check(self, columns: int) -> None:
        """Whether a data set with that many raw columns has this view.

        Raises:
            WrongValue: it has not.
        """
        if self.kind == "slice" and not (0 <= self.x < columns and 0 <= self.y < columns and self.x != self.y):
            raise WrongValue(
                Said(
                    "A slice needs two different columns from 0 to {last}, received {x} and {y}.",
                    {"last": columns - 1, "x": self.x, "y": self.y},
                )
            )


@dataclass(frozen=True)
class Plane:
    """A view made concrete for a data set.

    Attributes:
        kind: `plane` shows all inputs; `slice` and `pca` leave directions out.
        x_range, y_range: (low, high) along the two directions.
        x_label, y_label: a column's name, which is marked where it is English; or what the direction is.
        note: what is not shown; None for `plane`.
        grid: (RESOLUTION², features) float32 network inputs, the lowest y first, x running fastest.
        train_points, validation_points, test_points: (rows, 2) float64, the data set's rows in this plane.
    """

    kind: Literal["plane", "slice", "pca"]
    x: int
    y: int
    x_label: str | Said
    y_label: str | Said
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    note: Said | None
    grid: np.ndarray
    train_points: np.ndarray
    validation_points: np.ndarray
    test_points: np.ndarray


def plane_of(dataset: Dataset, view: View) -> Plane:
    """The plane for a view.

    Raises:
        WrongValue: the view names a column that the data set does not have.
    """
    columns = dataset.raw_train.shape[1]
    view.check(columns)
    if view.kind == "slice":
        return _slice(dataset, view.x, view.y)
    table = next((block for block in dataset.blocks if not block.is_picture), None)
    if view.kind == "auto" and table is not None:
        first = dataset.raw_feature_names.index(dataset.feature_names[table.start])
        return _slice(dataset, first, first + 1)
    if columns == 2 and not dataset.columns:
        return _slice(dataset, 0, 1)
    return _principal_plane(dataset) if dataset.x_train.shape[1] > 1 else _line(dataset)


def _slice(dataset: Dataset, x: int, y: int) -> Plane:
    kinds = (dataset.raw_train, dataset.raw_validation, dataset.raw_test)
    train, validation, test = (rows[:, [x, y]] for rows in kinds)
    x_range, y_range = _ranges(np.concatenate([train, validation, test]))
    others = dataset.raw_train.shape[1] - 2
    return Plane(
        kind="slice" if others else "plane",
        x=x,
        y=y,
        x_label=dataset.raw_feature_names[x],
        y_label=dataset.raw_feature_names[y],
        x_range=x_range,
        y_range=y_range,
        note=_others_at_median(others) if others else None,
        grid=_sliced(dataset, x, y, x_range, y_range),
        train_points=train,
        validation_points=validation,
        test_points=test,
    )


def _sliced(dataset: Dataset, x: int, y: int, x_range: tuple[float, float], y_range: tuple[float, float]) -> np.ndarray:
    """The network inputs of a slice's grid, (RESOLUTION², features) float32."""
    typical = _typical(dataset)
    if dataset.inputs.columns is None:  # computed of both coordinates
        raw = np.tile(typical, (RESOLUTION**2, 1))
        raw[:, x], raw[:, y] = _mesh(x_range, y_range)
        return dataset.inputs(raw)
    # Every input follows from one column: a line along each axis says all. Pictures have many columns that stay.
    usual = dataset.inputs(typical[None])
    grid = np.tile(usual, (RESOLUTION, RESOLUTION, 1))  # (y, x, features)
    for column, (low, high), shape in ((x, x_range, (1, RESOLUTION, -1)), (y, y_range, (RESOLUTION, 1, -1))):
        line = np.tile(typical, (RESOLUTION, 1))
        line[:, column] = np.linspace(low, high, RESOLUTION)
        along = dataset.inputs(line)
        moved = np.flatnonzero((along != usual).any(axis=0))
        grid[:, :, moved] = along[:, moved].reshape(shape)
    return grid.reshape(RESOLUTION**2, -1)


def _typical(dataset: Dataset) -> np.ndarray:
    """(raw columns,), the median of each column's training rows; of categories, which have none, the commonest."""
    if not dataset.columns:
        return np.median(dataset.raw_train, axis=0)
    typical = np.full(len(dataset.columns), np.nan)  # a column without a value is filled as any missing one
    for place, column in enumerate(dataset.columns):
        values = dataset.raw_train[:, place]
        values = values[~np.isnan(values)]
        if values.size:
            counted = np.bincount(values.astype(np.int64)) if column.kind in OF_LEVELS else None
            typical[place] = np.median(values) if counted is None else counted.argmax()
    return typical


def _line(dataset: Dataset) -> Plane:
    """The only input from left to right; up and down nothing changes."""
    kinds = (dataset.x_train, dataset.x_validation, dataset.x_test)
    train, validation, test = (np.column_stack([rows[:, 0], np.zeros(len(rows))]) for rows in kinds)
    x_range, _ = _ranges(np.concatenate([train, validation, test]))
    y_range = (-1.0, 1.0)
    along_x, _ = _mesh(x_range, y_range)
    return Plane(
        kind="pca",
        x=0,
        y=1,
        x_label=dataset.feature_names[0],
        y_label=Said("nothing: there is one input"),
        x_range=x_range,
        y_range=y_range,
        note=Said("the only input, from left to right"),
        grid=np.ascontiguousarray(along_x[:, None], dtype=np.float32),
        train_points=train.astype(np.float64),
        validation_points=validation.astype(np.float64),
        test_points=test.astype(np.float64),
    )


def _others_at_median(others: int) -> Said:
    return Said.counted(
        "a slice: the other {n} feature at its median", "a slice: the other {n} features at their median", {"n": others}
    )


def _principal_plane(dataset: Dataset) -> Plane:
    from sklearn.decomposition import PCA

    # Two directions of very many rows are those of the first ones, which are in no order.
    most = min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_NUMBERS // dataset.x_train.shape[1]))
    solver = "full" if dataset.x_train.shape[1] <= _WIDE else "randomized"  # of 784 pixels a second, or a tenth
    pca = PCA(n_components=2, svd_solver=solver, random_state=0).fit(dataset.x_train[:most])
    kinds = (dataset.x_train, dataset.x_validation, dataset.x_test)
    # It takes no empty table.
    train, validation, test = (pca.transform(rows) if len(rows) else np.empty((0, 2)) for rows in kinds)
    x_range, y_range = _ranges(np.concatenate([train, validation, test]))
    along_x, along_y = _mesh(x_range, y_range)
    grid = pca.inverse_transform(np.stack([along_x, along_y], axis=1))
    first, second = (round(float(share), 6) for share in pca.explained_variance_ratio_)
    return Plane(
        kind="pca",
        x=0,
        y=1,
        x_label=Said("1st principal component ({share:.0%})", {"share": first}),
        y_label=Said("2nd principal component ({share:.0%})", {"share": second}),
        x_range=x_range,
        y_range=y_range,
        note=Said(
            "the plane of the first two principal components, {share:.0%} of the variance", {"share": first + second}
        ),
        grid=np.ascontiguousarray(grid, dtype=np.float32),
        train_points=np.asarray(train, dtype=np.float64),
        validation_points=np.asarray(validation, dtype=np.float64),
        test_points=np.asarray(test, dtype=np.float64),
    )


def _ranges(points: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """The points' extent and an eighth more on each side, along x and y."""
    known = points[np.isfinite(points).all(axis=1)]
    low, high = (known.min(axis=0), known.max(axis=0)) if len(known) else (np.zeros(2), np.zeros(2))
    margin = np.where(high > low, (high - low) / 8, 1.0)
    low, high = low - margin, high + margin
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def _mesh(x_range: tuple[float, float], y_range: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of the grid, each (RESOLUTION²,): y slow and upwards, x fast."""
    y, x = np.meshgrid(np.linspace(*y_range, RESOLUTION), np.linspace(*x_range, RESOLUTION), indexing="ij")
    return x.ravel(), y.ravel()
