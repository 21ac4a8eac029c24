"""The rows of somebody's own table as numbers: what an experiment's columns make of the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.datasets.rows import Rows
from core.experiment.columns import OF_LEVELS, ColumnConfig
from core.experiment.preparation import drops_rows
from core.tables import vectors
from core.tables.numbers import as_number

if TYPE_CHECKING:
    from core.experiment.dataset import DatasetConfig
    from core.tables import Table


def rows_of_table(config: DatasetConfig) -> Rows:
    """The rows that have a target, and that the preparation does not drop for a missing value; of pictures all.

    Raises:
        TableNotFound: nobody keeps the table (any more), or its file is damaged.
    """
    from core.tables import open_tables

    assert config.table is not None
    return read_rows(open_tables().get(config.table.content), config)


def read_rows(table: Table, config: DatasetConfig) -> Rows:
    """As `rows_of_table`, of a table at hand."""
    assert config.table is not None
    if config.table.picture is not None:
        return _pictures(table, config.table.target)
    columns = config.table.columns
    inputs = [place for place, column in enumerate(columns) if column.role == "input"]
    raw = np.full((table.rows, len(inputs)), np.nan)
    for index, place in enumerate(inputs):
        raw[:, index] = numbers_in(table, place, columns[place])
    target = numbers_in(table, columns.index(config.table.target), config.table.target)
    # A class that is not among the target's categories cannot be learnt, as one that is missing.
    kept = np.isfinite(target)
    if config.info.class_names is not None:
        kept &= target < len(config.info.class_names)
    for place in drops_rows(config.info.columns, config.preparation):
        kept &= ~np.isnan(raw[:, place])
    group, time = config.table.place_of("group"), config.table.place_of("time")
    rows = Rows(
        raw,
        target,
        np.arange(table.rows),
        None if group is None else _groups(table, group),
        None if time is None else _time(table, time, columns[time]),
    ).taken(kept)
    if config.info.task == "classification":
        rows = Rows(rows.raw, rows.target.astype(np.int64), rows.numbers, rows.groups, rows.time)
    return rows


def _pictures(table: Table, target: ColumnConfig) -> Rows:
    """Each picture's pixels, 0 (black) to 1, row by row, the channels of a pixel side by side; and its class."""
    from core.tables.picture_table import pixels_of

    raw = pixels_of(table).reshape(table.rows, -1) / 255.0
    return Rows(raw, numbers_in(table, 0, target).astype(np.int64), np.arange(table.rows))


def numbers_in(table: Table, place: int, column: ColumnConfig) -> np.ndarray:
    """A column as an experiment means it: (rows,) float64, NaN where a value is missing."""
    numbers = vectors.numbers_of(table, place) if column.kind not in OF_LEVELS else None
    if numbers is not None:
        return numbers
    coded = vectors.codes_of(table, place)
    if column.kind in OF_LEVELS:
        known = {level: float(index) for index, level in enumerate(column.categories)}
        of_level = [known.get(level, float(len(known))) for level in coded.levels]
    else:  # text that is mostly numbers, and called so by its owner
        of_level = [as_number(level) for level in coded.levels]
    return np.array([*of_level, np.nan])[coded.codes]


def _groups(table: Table, place: int) -> np.ndarray:
    """Equal numbers where rows belong together, counted as they come; rows without a group are one."""
    _, first, of_row = np.unique(vectors.codes_of(table, place).codes, return_index=True, return_inverse=True)
    rank: np.ndarray = np.argsort(np.argsort(first))[of_row]
    return rank


def _time(table: Table, place: int, column: ColumnConfig) -> np.ndarray:
    """What rows are ordered by: numbers and dates as they are, text by the alphabet; missing ones come first."""
    if column.kind in {"number", "date"}:
        return np.nan_to_num(numbers_in(table, place, column), nan=-np.inf)
    coded = vectors.codes_of(table, place)
    rank = np.empty(len(coded.levels) + 1)
    rank[np.argsort(np.array(coded.levels, dtype=object), kind="stable")] = np.arange(len(coded.levels))
    rank[-1] = -np.inf
    return rank[coded.codes]
