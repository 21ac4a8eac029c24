"""The lines of a delimited text, one after the other, each checked: the first that is wrong is refused in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core.errors import TableRefused
from core.tables.head import Head
from core.tables.limits import MAX_CELL, MAX_LINE
from core.words import Said


def checked_lines(body: bytes, delimiter: str, head: Head) -> Iterator[list[str]]:
    """The cells of each line, as many as `head.width`; blank lines are skipped.

    Args:
        body: UTF-8, the lines below the head.

    Raises:
        TableRefused: a line has more or fewer cells, or one that is too long; a quote is wrong.
    """
    stream = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=head.is_padded)
    above = head.first_line - 1
    line = 1
    try:
        for cells in reader:
            if cells:
                if len(cells) != head.width:
                    raise _ragged(line + above, len(cells), head)
                _check_cells(cells, line + above, delimiter, head.width)
                yield cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _broken(str(error), line + above, reader.line_num + above) from None


def _ragged(line: int, cells: int, head: Head) -> TableRefused:
    values = {"line": line, "cells": cells, "width": head.width - (head.is_trailing and head.names is not None)}
    first = head.names is not None
    if cells == 1 and head.width > 1:
        said = Said(
            "Line {line} has one cell, and the names of the columns are {width}. A note, a total or an unfinished "
            "line? Take it out, or complete it."
        )
    elif first:
        said = Said(
            "Line {line} has {cells} cells, and the names of the columns are {width}. Expected as many. A cell that "
            "holds the delimiter needs quotes."
        )
    else:
        said = Said(
            "Line {line} has {cells} cells, and the first line has {width}. Expected as many. A cell that holds the "
            "delimiter needs quotes."
        )
    return TableRefused(said.filled(**values), line)


def _check_cells(cells: list[str], line: int, delimiter: str, width: int) -> None:
    if sum(map(len, cells)) > MAX_LINE:
        raise TableRefused(
            Said(
                "Line {line} has more than {most:,} characters, the most that can be read.",
                {"line": line, "most": MAX_LINE},
            ),
            line,
        )
    for cell in cells:
        if len(cell) > MAX_CELL:
            raise TableRefused(
                Said(
                    "Line {line} has a cell of {length:,} characters, and at most {most:,} can be read. Is a quote "
                    "missing?",
                    {"line": line, "length": len(cell), "most": MAX_CELL},
                ),
                line,
            )
        if cell.count("\n") > 2 and has_swallowed(cell, delimiter, width):
            raise _unclosed(line)


def has_swallowed(cell: str, delimiter: str, width: int) -> bool:
    """Whether a quoted cell is really lines of the table, between two quotes of which each lacks its partner."""
    inner = cell.split("\n")[1:-1]
    enough = 5 if width == 2 else 2
    return width > 1 and len(inner) >= enough and all(each.count(delimiter) == width - 1 for each in inner)


def _unclosed(line: int) -> TableRefused:
    return TableRefused(
        Said(
            "A quote is opened in line {line} and not closed before further lines of the table. Close it, or take it "
            "out.",
            {"line": line},
        ),
        line,
    )


def _broken(error: str, line: int, last: int) -> TableRefused:
    if "unexpected end" in error:
        return _unclosed(line)
    if "field larger" in error:
        return TableRefused(
            Said(
                "Line {line} has a cell of more than {most:,} characters. Is a quote missing?",
                {"line": line, "most": MAX_CELL},
            ),
            line,
        )
    return TableRefused(
        Said(
            "In line {line}, something stands between the end of a quoted cell and the next delimiter. Is a quote "
            "missing, or not doubled?",
            {"line": last},
        ),
        last,
    )
