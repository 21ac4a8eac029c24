"""People in the units of the source, as somebody typed or sent them, become raw rows, or are refused in words."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.errors import DescentError, WrongValue
from core.experiment.columns import OF_LEVELS
from core.prediction.columns import AskedColumn
from core.tables.units import in_another_unit
from core.words import Said, listed

_DAY_0 = datetime.date(1970, 1, 1)


class MissingColumn(DescentError, LookupError):
    """A column that the network sees is not among what was given.

    Attributes:
        column: its name.
        unit: the same column that was given in another unit, by its name; None where there is none.
    """

    def __init__(self, column: str, unit: str | None = None) -> None:
        self.column = column
        self.unit = unit
        super().__init__(
            Said("The column '{column}' is missing. The network was trained with it.", {"column": column})
            if unit is None
            else Said(
                "The column '{column}' is missing; '{given}' is in another unit. Convert its values and name it "
                "'{column}'.",
                {"column": column, "given": unit},
            )
        )


def read_people(
    columns: Sequence[AskedColumn], rows: Sequence[Mapping[str, Any]], width: int, *, first: int = 1
) -> np.ndarray:
    """Raw rows of people.

    Args:
        columns: what the network sees; other columns are passed over.
        rows: each by the names of the columns: numbers, levels as text, dates as year-month-day, None for missing.
        width: raw columns of the data set.
        first: the number of the first row, where these are some of many.

    Returns:
        (rows, width) float64, NaN where a value is missing and in columns that the network does not see.

    Raises:
        MissingColumn: a row lacks a column.
        WrongValue: a value is not of its column's kind.

    >>> age = AskedColumn(0, "age", "number", low=20.0, high=90.0)
    >>> sex = AskedColumn(1, "sex", "category", levels=("female", "male"), low=0.0, high=1.0)
    >>> read_people([age, sex], [{"age": 54, "sex": "male", "ward": 3}], 2).tolist()
    [[54.0, 1.0]]
    """
    raw = np.full((len(rows), width), np.nan)
    for index, row in enumerate(rows):
        for column in columns:
            if column.name not in row:
                raise MissingColumn(column.name, in_another_unit(column.name, row))
            raw[index, column.place] = _value(column, row[column.name], first + index)
    return raw


def _value(column: AskedColumn, given: Any, row: int) -> float:
    if isinstance(given, str):
        given = given.strip()
    if given is None or given == "":
        if column.may_miss:
            return math.nan
        raise WrongValue(
            Said(
                "Row {row} has no value for '{column}'. The training rows have one each, so there is no rule for "
                "filling it: give a number.",
                {"row": row, "column": column.name},
            )
        )
    if column.is_level or column.kind in OF_LEVELS:
        return _level(column, given, row)
    if column.kind == "date" and isinstance(given, str):
        try:
            return float((datetime.date.fromisoformat(given) - _DAY_0).days)
        except ValueError:
            raise _wrong(column, given, row, Said("a date as year-month-day")) from None
    return _number(column, given, row)


def _number(column: AskedColumn, given: Any, row: int) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise _wrong(column, given, row, Said("a number"))
    try:
        value = float(given)
    except (ValueError, OverflowError):
        raise _wrong(column, given, row, Said("a number")) from None
    if not math.isfinite(value) or abs(value) > 1e30:
        raise _wrong(column, given, row, Said("a finite number"))
    return value


def _level(column: AskedColumn, given: Any, row: int) -> float:
    """The place of a level; one that no training row has gets the place after the last."""
    if isinstance(given, bool):
        if column.kind != "yes_no":
            raise _wrong(column, given, row, listed(column.levels[:8]))
        return float(given)
    if not isinstance(given, int | float | str):
        raise _wrong(column, given, row, listed(column.levels[:8]))
    text = repr(given + 0) if isinstance(given, int | float) else given
    if isinstance(given, float) and given.is_integer():
        text = str(int(given))
    if text in column.levels:
        return float(column.levels.index(text))
    folded = [level.strip().casefold() for level in column.levels]
    place = folded.index(text.casefold()) if folded.count(text.casefold()) == 1 else len(column.levels)
    return float(place)


def _wrong(column: AskedColumn, given: Any, row: int, expected: Said) -> WrongValue:
    shown = "[…]" if isinstance(given, list) else "{…}" if isinstance(given, dict) else str(given)[:40]
    return WrongValue(
        Said(
            "Row {row}, column '{column}': expected {expected}, received '{received}'.",
            {"row": row, "column": column.name, "expected": expected, "received": shown},
        )
    )
