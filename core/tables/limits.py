"""How much a table may hold, and what is said of one that is too large. Each bound is checked before what it bounds is
allocated.
"""

from __future__ import annotations

from core.errors import TableRefused
from core.words import Said

#: Bytes of a file.
MAX_BYTES = 200 * 2**20

#: Bytes of a file that is not UTF-8, or whose quotes need a slower reader: it is held in memory several times.
MAX_SLOW_BYTES = 64 * 2**20

#: Bytes of the first line, and columns.
MAX_FIRST_LINE = 256 * 1000
MAX_COLUMNS = 1_000

#: Characters of a cell: as many as a cell of a spreadsheet holds.
MAX_CELL = 32_767

#: Bytes of a line; pyarrow reads in blocks of this size, and no line may be longer than one.
MAX_LINE = 2**20

#: Rows × columns, and the same of a workbook, whose cells are read one by one.
MAX_CELLS = 50_000_000
MAX_WORKBOOK_CELLS = 4_000_000

#: Bytes that the parts of a workbook may unpack to.
MAX_UNPACKED = 400 * 2**20

#: Lines from which the delimiter and the header are found.
HEAD_LINES = 500

#: Bytes of a ZIP of pictures, pictures in it, and classes: folders.
MOST_PICTURE_BYTES = 100 << 20
MOST_PICTURES = 20_000
MOST_CLASSES = 50

#: Pixels along a side of the squares that pictures become, whatever they were.
PICTURE_SIDES = (8, 16, 28, 32)


def too_many_columns(columns: int) -> TableRefused:
    """What is said of a table that is too wide."""
    return TableRefused(
        Said(
            "The table has {columns:,} columns, and at most {most:,} can be read. Keep the columns that you need; if "
            "rows and columns are exchanged, transpose it.",
            {"columns": columns, "most": MAX_COLUMNS},
        ),
        1,
    )


def too_many_cells(rows: int, columns: int) -> TableRefused:
    """What is said of a table that is too large."""
    return TableRefused(
        Said(
            "The table has {rows:,} rows of {columns:,} columns, and at most {most:,} cells can be read. Keep fewer "
            "columns, or a sample of the rows.",
            {"rows": rows, "columns": columns, "most": MAX_CELLS},
        )
    )
