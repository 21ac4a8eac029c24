"""A configuration's columns as a scikit-learn transformer: raw rows in, network inputs out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from core.experiment.preparation import PreparedColumn

#: The code that categories without an input of their own get: after all others, as scikit-learn wants it.
REST = 1_000_000


def inputs_of(prepared: Sequence[PreparedColumn]) -> Any:
    """An unfitted transformer of raw rows.

    Raw rows are (rows, raw columns) float64: numbers as they are, dates as days, levels as their place among the
    column's categories, NaN where a value is missing.

    Returns:
        A scikit-learn pipeline. Its output is (rows, inputs) float64, the inputs as `PreparedColumn.names` name them.

    >>> import numpy as np
    >>> age = PreparedColumn(0, "age", "number", ("age", "age = ?"), fill="mean", indicator=True)
    >>> smoker = PreparedColumn(1, "smoker", "level", ("smoker = yes",), levels=((0, "no"), (1, "yes")))
    >>> inputs_of([age, smoker]).fit_transform(np.array([[40.0, 0.0], [np.nan, 1.0], [60.0, 1.0]])).tolist()
    [[40.0, 0.0, 0.0], [50.0, 1.0, 1.0], [60.0, 0.0, 1.0]]
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer

    # Columns that are treated alike go together: a transformer of its own for each takes 0.3 ms a column.
    groups: dict[Hashable, list[PreparedColumn]] = {}
    for column in prepared:
        groups.setdefault(_treatment(column), []).append(column)
    parts, given = [], []
    for number, columns in enumerate(groups.values()):
        places = [column.place for column in columns]
        parts.append((f"values_{number}", _values(columns[0]), places))
        for column in columns:
            values = column.names if column.kind == "one_hot" else column.names[:1]
            given += [(column.place, name) for name in values]
    marked = [column for column in prepared if column.indicator and column.kind != "one_hot"]
    if marked:
        from sklearn.impute import MissingIndicator

        parts.append(("missing", MissingIndicator(features="all"), [column.place for column in marked]))
        given += [(column.place, column.names[-1]) for column in marked]
    wanted = [(column.place, name) for column in prepared for name in column.names]
    order = [given.index(each) for each in wanted]
    return Pipeline(
        [
            ("columns", ColumnTransformer(parts, sparse_threshold=0.0)),
            ("order", FunctionTransformer(_in_order, kw_args={"order": order})),
        ]
    )


def _in_order(x: np.ndarray, order: Sequence[int]) -> np.ndarray:
    return np.asarray(x, dtype=np.float64)[:, order]


def _treatment(column: PreparedColumn) -> Hashable:
    if column.kind == "number":
        return "number", column.fill, column.outliers, column.scaling
    return "levels", column.place


def _values(column: PreparedColumn) -> Any:
    """What makes the values of a column, or of all that are treated like it."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline

    # Also where no training row lacks a value: a row to be judged may.
    fill = SimpleImputer(strategy=column.fill or "median", keep_empty_features=True)
    if column.kind == "number":
        from core.preparation.steps import FenceClipper

        clip = [("clip", FenceClipper())] if column.outliers == "clip" else []
        return Pipeline([*clip, ("fill", fill), ("scale", _scaler(column.scaling))])
    codes = [float(code) for code, _ in column.levels]
    if column.kind == "level":
        from sklearn.preprocessing import OrdinalEncoder

        # A level that the table does not have counts as missing.
        number = OrdinalEncoder(categories=[codes], handle_unknown="use_encoded_value", unknown_value=np.nan)
        return Pipeline([("number", number), ("fill", fill), ("scale", _scaler(column.scaling))])
    from sklearn.preprocessing import OneHotEncoder

    from core.preparation.steps import RareLevels

    if column.has_rest:
        codes.append(float(REST))
    if column.indicator:
        codes.append(np.nan)
    return Pipeline(
        [
            ("rest", RareLevels(tuple(code for code, _ in column.levels), REST)),
            *([("fill", SimpleImputer(strategy="most_frequent", keep_empty_features=True))] if column.fill else []),
            ("one_hot", OneHotEncoder(categories=[codes], handle_unknown="ignore", sparse_output=False)),
        ]
    )


def _scaler(name: str) -> Any:
    from sklearn import preprocessing

    if name == "none":
        return "passthrough"
    scalers = {
        "standard": preprocessing.StandardScaler,
        "minmax": preprocessing.MinMaxScaler,
        "robust": preprocessing.RobustScaler,
    }
    return scalers[name]()
