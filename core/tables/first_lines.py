"""The first lines of a delimited text, cut into cells, and which cells hold values."""

from __future__ import annotations

import csv
import io
import re
from typing import NamedTuple

from core.tables.limits import HEAD_LINES

#: A number, perhaps with a percent sign; a date, perhaps with a time; true or false.
_VALUE = re.compile(
    r"\s*(?:[+-]?(?:\d[\d.,\s']*|\.\d+)(?:[eE][+-]?\d+)?\s*%?"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|true|false)\s*",
    re.IGNORECASE,
)


class Record(NamedTuple):
    """The cells of one line, or of several where a cell has line ends.

    Attributes:
        line: its first line, from 1.
        below: the line below it.
    """

    line: int
    cells: list[str]
    below: int


def records_of(text: str, delimiter: str, is_cut: bool, padded: bool) -> list[Record]:
    """The first lines that are not blank, at most `HEAD_LINES` of them.

    Args:
        delimiter: one sign, or the same twice.
        is_cut: whether the text goes on: its last line, which may be cut, is then left out.
        padded: whether blanks stand before quotes.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter[0], skipinitialspace=padded)
    found: list[Record] = []
    line = 1
    try:
        for cells in reader:
            if len(delimiter) > 1:
                cells = cells[::2]
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                found.append(Record(line, cells, reader.line_num + 1))
            line = reader.line_num + 1
            if len(found) >= HEAD_LINES:
                return found
    except csv.Error:
        return found
    if is_cut and len(found) > 1:
        found.pop()
    return found


def is_padded(text: str, delimiter: str) -> bool:
    """Whether blanks stand between a delimiter and a quote."""
    return delimiter != " " and re.search(re.escape(delimiter[0]) + ' +"', text) is not None


def is_value(cell: str) -> bool:
    """Whether a cell holds what names of columns rarely are: a number, a date, true or false."""
    return len(cell) < 60 and _VALUE.fullmatch(cell) is not None
