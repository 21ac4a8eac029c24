"""A table as a CSV file that spreadsheets and scripts read alike: UTF-8, commas, a header, dates as year-month-day."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.experiment.columns import labels
from core.tables.dates import days_of
from core.tables.kinds import level_of
from core.tables.table import Table

#: Rows that are written at a time.
_ROWS = 5_000

#: A text that begins so would be calculated by a spreadsheet: an apostrophe before it keeps it a text.
_FORMULAS = ("=", "+", "-", "@")

_EPOCH = datetime.datetime(1970, 1, 1)


def safe_cell(text: str) -> str:
    """A text as a cell that no spreadsheet calculates.

    >>> safe_cell("=1+1"), safe_cell("low")
    ("'=1+1", 'low')
    """
    return f"'{text}" if text.startswith(_FORMULAS) else text


def csv_of(table: Table) -> Iterator[bytes]:
    """The table as pieces of a CSV file. Missing cells are empty, repeated names are numbered.

    >>> from core.tables import read_table
    >>> b"".join(csv_of(read_table(b"a;b\\n1,5;x\\n;=y\\n", "t.csv"))).decode()
    "a,b\\n1.5,x\\n,'=y\\n"
    """
    yield _lines([[safe_cell(name) for name in labels([column.schema for column in table.columns])]])
    for start in range(0, table.rows, _ROWS):
        piece = table.cells.slice(start, _ROWS)
        columns = [
            _dates(cells.to_pylist()) if column.kind == "date" else [_cell(value) for value in cells.to_pylist()]
            for cells, column in zip(piece.columns, table.columns, strict=False)  # pixels are no cells
        ]
        yield _lines(zip(*columns, strict=True))


def _lines(rows: Any) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else level_of(value)


def _dates(values: list[Any]) -> list[str]:
    days = days_of(values)
    return ["" if np.isnan(day) else _written(float(day)) for day in days]


def _written(day: float) -> str:
    moment = _EPOCH + datetime.timedelta(seconds=round(day * 86_400))
    return moment.isoformat(sep=" ") if day % 1 else moment.date().isoformat()
