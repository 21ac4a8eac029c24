"""The rows of somebody's own table as numbers: what an experiment's columns make of the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.datasets.rows import Rows
from core.experiment.preparation import drops_rows
from core.experiment.table import OF_LEVELS, ColumnConfig

if TYPE_CHECKING:
    from core.experiment.config import DatasetConfig
    from core.tables import Table


def rows_of_table(config: DatasetConfig) -> Rows:
    """The rows that have a target, and that the preparation does not drop for a missing value.

    Raises:
        TableNotFound: nobody keeps the table (any more), or its file is damaged.
    """
    from core.tables import open_tables

    assert config.table is not None
    return read_rows(open_tables().get(config.table.content), config)


def read_rows(table: Table, config: DatasetConfig) -> Rows:
    """As `rows_of_table`, of a table at hand."""
    assert config.table is not None
    columns = config.table.columns
    inputs = [place for place, column in enumerate(columns) if column.role == "input"]
    raw = np.full((table.rows, len(inputs)), np.nan)
    for index, place in enumerate(inputs):
        raw[:, index] = numbers_of(table.cells.column(place), columns[place])
    target = numbers_of(table.cells.column(columns.index(config.table.target)), config.table.target)
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
        None if group is None else _codes(table.cells.column(group))[0],
        None if time is None else _ordered(table.cells.column(time), columns[time]),
    ).taken(kept)
    if config.info.task == "classification":
        rows = Rows(rows.raw, rows.target.astype(np.int64), rows.numbers, rows.groups, rows.time)
    return rows


def numbers_of(cells: Any, column: ColumnConfig) -> np.ndarray:
    """A column as float64, NaN where a value is missing.

    Args:
        cells: an int64, float64 or string column of pyarrow.
    """
    if column.kind == "date":
        return _days(cells)
    if column.kind in OF_LEVELS:
        codes, values = _codes(cells)
        place = {level: float(index) for index, level in enumerate(column.categories)}
        of_value = np.array([*(place.get(value, float(len(place))) for value in values), np.nan])
        if column.kind == "yes_no":
            of_value[of_value >= len(place)] = np.nan  # blank, or a sign for a missing value
        return of_value[codes]
    if cells.type == "string":  # mostly numbers, and called so by its owner
        from core.tables.cells import as_number

        codes, words = _codes(cells)
        return np.array([*map(as_number, words), np.nan])[codes]
    return np.asarray(cells.to_numpy(), dtype=np.float64)


def _codes(cells: Any) -> tuple[np.ndarray, list[str]]:
    """Each cell's place among the different values, -1 where it is missing; and the values as levels."""
    from core.tables.kinds import level_of

    encoded = cells.combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, [level_of(value) for value in encoded.dictionary.to_pylist()]


def _days(cells: Any) -> np.ndarray:
    from core.tables.dates import days_of

    encoded = cells.combine_chunks().dictionary_encode()
    days = np.append(days_of(encoded.dictionary.to_pylist()), np.nan)
    return days[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)]


def _ordered(cells: Any, column: ColumnConfig) -> np.ndarray:
    """What rows are ordered by: numbers and dates as they are, text by the alphabet; missing ones come first."""
    if column.kind in {"number", "date"}:
        return np.nan_to_num(numbers_of(cells, column), nan=-np.inf)
    codes, values = _codes(cells)
    rank = np.empty(len(values) + 1)
    rank[np.argsort(np.array(values, dtype=object), kind="stable")] = np.arange(len(values))
    rank[-1] = -np.inf
    return rank[codes]
