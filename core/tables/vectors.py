"""Columns of a table as NumPy arrays: numbers, classes, or codes of levels. Missing is NaN, or −1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.tables.dates import days_of
from core.tables.kinds import level_of
from core.tables.table import Table
from core.tables.text_columns import ABSENT

#: Classes by which distributions are told apart; of a target with more, none are.
CLASSES = 10


@dataclass(frozen=True)
class Codes:
    """Levels of a column.

    Attributes:
        codes: (rows,) int64, the place among `levels`; −1 where a cell is missing.
        levels: numbers by their size, text in the order in which it first stands in the table.
    """

    codes: np.ndarray
    levels: tuple[str, ...]


def numbers_of(table: Table, index: int) -> np.ndarray | None:
    """(rows,) float64 of a column of numbers, or the days of dates; None where it is neither."""
    array = table.cells.column(index)
    if array.type != "string":
        return np.asarray(array.to_numpy(), dtype=np.float64)
    if table.columns[index].kind != "date":
        return None
    coded = codes_of(table, index)
    return np.append(days_of(coded.levels), np.nan)[coded.codes]


def codes_of(table: Table, index: int) -> Codes:
    """The levels of a column of any kind; of yes and no, words such as NA are missing."""
    import pyarrow
    from pyarrow import compute

    array = table.cells.column(index)
    if array.type != "string":
        values = np.asarray(array.to_numpy(), dtype=np.float64)
        different, codes = np.unique(values, return_inverse=True)
        is_number = ~np.isnan(different)
        whole = array.type == "int64"
        levels = tuple(level_of(int(value) if whole else float(value)) for value in different[is_number])
        return Codes(np.where(is_number[codes], codes, -1), levels)
    coded = compute.dictionary_encode(array)
    whole_array = coded.combine_chunks() if isinstance(coded, pyarrow.ChunkedArray) else coded
    if isinstance(whole_array, pyarrow.ChunkedArray):
        whole_array = whole_array.unify_dictionaries().chunk(0)
    words: list[Any] = whole_array.dictionary.to_pylist()
    codes = np.asarray(whole_array.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    if table.columns[index].kind == "yes_no":
        absent = np.array([word.strip() in {"", *ABSENT} for word in words] + [True])
        place = np.cumsum(~absent) - 1
        codes = np.where(absent[codes], -1, place[codes])
        words = [word for word, is_absent in zip(words, absent, strict=False) if not is_absent]
    return Codes(codes, tuple(words))


def numeric_columns(table: Table) -> list[int]:
    """Indices of the columns of numbers that vary."""
    return [
        index
        for index, column in enumerate(table.columns)
        if column.kind in {"number", "yes_no", "ordered"} and not column.is_text and column.distinct > 1
    ]


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


def binned(values: np.ndarray, bins: int) -> np.ndarray:
    """(rows,) int64: the quantile in which a number lies, of at most `bins`; the next code where it is missing."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.array([])
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
