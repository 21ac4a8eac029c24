"""A file of people to be answered: its cells as plain values. Nothing of it is kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.errors import TableRefused
from core.experiment.columns import labels
from core.tables.reading import read_table
from core.tables.table import Table
from core.words import Said

#: The largest file, and the most people in it.
MOST_MEGABYTES, MOST_PEOPLE = 10, 10_000


def people_of(data: bytes, name: str) -> dict[str, Any]:
    """The people in a file.

    Returns:
        `names` of the columns, and `columns`, the cells of each: numbers, text, dates as year-month-day, None for
        missing.

    Raises:
        TableRefused: it cannot be read as a table, or has too many rows.

    >>> people_of(b"age;seen\\n61,5;3.2.2024\\n;4.2.2024\\n", "people.csv")["columns"]
    [[61.5, None], ['2024-02-03', '2024-02-04']]
    """
    table = read_table(data, name)
    if table.rows > MOST_PEOPLE:
        raise TableRefused(
            Said(
                "The file has {rows:,} rows, and at most {most:,} people are answered at once. Divide it.",
                {"rows": table.rows, "most": MOST_PEOPLE},
            )
        )
    return {
        "names": list(labels([column.schema for column in table.columns])),
        "columns": [_cells(table, place) for place in range(len(table.columns))],
    }


def _cells(table: Table, place: int) -> list[Any]:
    values: list[Any] = table.cells.column(place).to_pylist()
    if table.columns[place].kind != "date":
        return values
    from core.tables.dates import days_of

    days = np.asarray(days_of(values), dtype=np.float64)
    dates = np.datetime64("1970-01-01") + np.nan_to_num(np.floor(days)).astype("timedelta64[D]")
    return [None if np.isnan(day) else str(date) for day, date in zip(days, dates, strict=True)]
