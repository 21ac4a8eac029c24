"""The head of a delimited text: which sign separates its cells, where its names stand, what stands above them."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.errors import TableRefused
from core.tables.limits import HEAD_LINES, MAX_COLUMNS, MAX_FIRST_LINE
from core.words import Said

#: What separates cells, the more usual first.
DELIMITERS = (",", ";", "\t", "|")

#: What separates cells where none of those does.
_RARE = ("^", "~", "\x01", "\x1f", ":")

#: What stands between cells twice where somebody meant one sign of two characters.
_DOUBLED = ("|", ";", ":")

#: Characters of the head that are looked at.
_HEAD = 1 << 20

_SEP = re.compile(r'\A"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', re.IGNORECASE)

#: Lines above the names that may be skipped.
_MOST_SKIPPED = 30

_VALUE = re.compile(
    r"\s*(?:[+-]?(?:\d[\d.,\s']*|\.\d+)(?:[eE][+-]?\d+)?\s*%?"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|true|false)\s*",
    re.IGNORECASE,
)
_ABSENT = {"", "na", "n/a", "nan", "null", "none", "-", "?", "."}
_WHOLE = re.compile(r"\s*-?\d{1,9}\s*")


class Record(NamedTuple):
    """The cells of one line, or of several where a cell has line ends.

    Attributes:
        line: its first line, from 1.
        below: the line below it.
    """

    line: int
    cells: list[str]
    below: int


@dataclass(frozen=True)
class Head:
    """How a delimited text is to be read.

    Attributes:
        delimiter: one sign, or the same twice.
        names: of the columns; None where no line has them.
        width: cells of a line of values.
        first_line: the line, from 1, where values begin.
        skipped: the lines above it that are no part of the table.
        is_padded: blanks stand before quotes, and are no part of cells.
        is_declared: the first line was `sep=…`.
        is_trailing: each line ends with a delimiter, after which there is no cell.
        is_sure: whether there can be no doubt that the names are names, or that there are none.
    """

    delimiter: str
    names: tuple[str, ...] | None
    width: int
    first_line: int
    skipped: tuple[str, ...] = ()
    is_padded: bool = False
    is_declared: bool = False
    is_trailing: bool = False
    is_sure: bool = True


def head_of(data: bytes, delimiter: str | None, header: bool | None) -> Head:
    """Find it in the first lines.

    Args:
        data: UTF-8.
        delimiter, header: what a person chose, None to find it.

    Raises:
        TableRefused: there are no lines, or too many columns.
    """
    _check_first_line(data)
    text = data[:_HEAD].decode("utf-8", "ignore")
    declared = _SEP.match(text)
    if declared:
        text = text[declared.end() :]
        delimiter = delimiter or declared.group(1)
    is_cut = len(data) > _HEAD
    if not text.strip():
        raise TableRefused(Said("The file is empty. Expected a line of names and at least one row below it."))
    found = delimiter or _delimiter(text, is_cut)
    if found == " ":
        text = re.sub(r"(?m)^ +| +(?=\r?$)", "", re.sub(" +", " ", text))
    padded = _is_padded(text, found)
    records = _records(text, found, is_cut, padded)
    if not records:
        raise TableRefused(Said("The file is empty. Expected a line of names and at least one row below it."))
    shift = 1 if declared else 0
    if delimiter is None:
        _refuse_longer(records, text, found)
    head = locate(records, found, header, is_all=len(records) > 1 or not text[len(text.split("\n")[0]) :].strip())
    if head.width > MAX_COLUMNS:
        raise too_many_columns(head.width)
    return replace(head, first_line=head.first_line + shift, is_padded=padded, is_declared=bool(declared))


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


def _check_first_line(data: bytes) -> None:
    start = data[: MAX_FIRST_LINE + 1]
    if len(data) <= MAX_FIRST_LINE or b"\n" in start or b"\r" in start:
        return
    ends = [end for end in (data.find(b"\n"), data.find(b"\r")) if end >= 0]
    length = min(ends) if ends else len(data)
    columns = 1 + max(data.count(sign.encode(), 0, length) for sign in DELIMITERS)
    if columns > MAX_COLUMNS:
        raise too_many_columns(columns)
    raise TableRefused(
        Said(
            "The first line has {length:,} bytes, and at most {most:,} can be read. Expected the names of the columns.",
            {"length": length, "most": MAX_FIRST_LINE},
        ),
        1,
    )


def _records(text: str, delimiter: str, is_cut: bool, padded: bool) -> list[Record]:
    """(line, cells) of the first lines that are not blank; the last one is left out where it may be cut."""
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


def _is_padded(text: str, delimiter: str) -> bool:
    return delimiter != " " and re.search(re.escape(delimiter[0]) + ' +"', text) is not None


def _delimiter(text: str, is_cut: bool) -> str:
    """The sign with which lines have most consistently the same number of cells, at least two."""
    best: tuple[tuple[float, float, int], str] | None = None
    for sign in DELIMITERS:
        rank = _rank(text, sign, is_cut)
        if rank is not None and (best is None or rank > best[0]):
            best = rank, sign
    if best is not None:
        sign = best[1]
        return sign * 2 if _is_doubled(text, sign, is_cut) else sign
    for sign in _RARE:
        records = _records(text, sign, is_cut, False)
        widths = {len(cells) for _, cells, _ in records}
        if len(records) > 1 and len(widths) == 1 and max(widths) > 1:
            return sign * 2 if _is_doubled(text, sign, is_cut) else sign
    if _is_spaced(text, is_cut):
        return " "
    first = text.split("\n", 1)[0]
    present = [sign for sign in DELIMITERS if sign in first]
    return max(present, key=first.count) if present else ","


def _rank(text: str, sign: str, is_cut: bool) -> tuple[float, float, int] | None:
    if sign not in text:
        return None
    records = _records(text, sign, is_cut, _is_padded(text, sign))
    if not records:
        return None
    counted = Counter(len(cells) for _, cells, _ in records)
    width, lines = max(counted.items(), key=lambda item: (item[1], item[0]))
    if width < 2 or (lines < len(records) / 2 and len(records) > 2) or lines < 2:
        return None
    others = set(DELIMITERS) - {sign}
    cells = [cell for _, row, _ in records[-200:] if len(row) == width for cell in row]
    clean = sum(_is_value(cell) or not others & set(cell) for cell in cells) / len(cells)
    return round(lines / len(records), 3), round(clean, 3), width


def _is_doubled(text: str, sign: str, is_cut: bool) -> bool:
    """Whether every second cell is empty, that of the names too: `a||b`."""
    if sign not in _DOUBLED:
        return False
    records = _records(text, sign, is_cut, False)
    return all(len(cells) > 2 and not any(cells[1::2]) and len(cells) % 2 for _, cells, _ in records) and all(
        records[0].cells[::2]
    )


def _refuse_longer(records: Sequence[Record], text: str, sign: str) -> None:
    """A delimiter of several signs, such as ~|~, is none that can be read."""
    if len(sign) > 1 or sign == " " or len(records[0].cells) < 2 or '"' in text:
        return
    around = {
        (cells[index][-1:], cells[index + 1][:1]) for _, cells, _ in records[:50] for index in range(len(cells) - 1)
    }
    if len(around) == 1:
        before, after = around.pop()
        if any(
            each and not each.isalnum() and not each.isspace() and each not in "-+.#)(%" for each in (before, after)
        ):
            raise TableRefused(
                Said(
                    "Cells seem to be separated by '{sign}'. Expected one character: replace it by a comma or tab.",
                    {"sign": before + sign + after},
                ),
                records[0].line,
            )


def refuse_one_column_of_many(name: str, cells: Sequence[str | None]) -> None:
    """Lines that are in quotes as a whole, or a delimiter that is another one than was chosen.

    Raises:
        TableRefused: name and cells all have one delimiter as often.
    """
    for sign in DELIMITERS:
        often = name.count(sign)
        if often and all(cell is not None and cell.count(sign) == often for cell in cells):
            raise TableRefused(
                Said(
                    "The table has one column, and its name and all cells have '{sign}' as often. Is that the "
                    "delimiter, or are whole lines in quotes? Take the quotes out, or choose the delimiter.",
                    {"sign": sign},
                ),
                1,
            )


def _is_spaced(text: str, is_cut: bool) -> bool:
    """Whether blanks separate cells: not where a column of words may be meant."""
    lines = [line.split() for line in re.split(r"\r\n|\n|\r", text) if line.strip()]
    lines = lines[:-1] if is_cut else lines
    widths = {len(cells) for cells in lines[:HEAD_LINES]}
    if len(lines) < 2 or len(widths) != 1 or '"' in text:
        return False
    width = widths.pop()
    numbers = sum(all(_is_value(cells[index]) for cells in lines[1:HEAD_LINES]) for index in range(width))
    return width > 1 and numbers >= max(1, width / 2)


def _is_value(cell: str) -> bool:
    return len(cell) < 60 and _VALUE.fullmatch(cell) is not None


def locate(records: Sequence[Record], delimiter: str, header: bool | None, *, is_all: bool = True) -> Head:
    """Where the names stand among the first lines.

    Args:
        is_all: whether there are no further lines where there is only one.

    Raises:
        TableRefused: the names are all that there is.
    """
    counted = Counter(len(cells) for _, cells, _ in records)
    usual = max(counted.items(), key=lambda item: (item[1], item[0]))[0] if len(records) > 1 else len(records[0].cells)
    start = _skip(records, usual)
    line, first, first_line = records[start]
    below = [cells for _, cells, _ in records[start + 1 :]]
    names, is_sure = _has_names(first, below, header)
    width, trailing = len(first), False
    if below and all(len(cells) == len(first) + 1 and not cells[-1] for cells in below):
        width, trailing = len(first) + 1, True  # a,b / 1,2,
    elif below and len(first) > 1 and not first[-1].strip() and all(len(cells) == len(first) - 1 for cells in below):
        first, width, trailing = first[:-1], len(first) - 1, True  # a,b, / 1,2
    elif names and len(first) > 1 and not first[-1].strip() and all(not "".join(cells[-1:]) for cells in below):
        trailing = all(len(cells) == len(first) for cells in below)  # a,b, / 1,2,
    if names and not below and is_all:
        raise TableRefused(
            Said("The file has only one line, the names of the columns. Expected at least one row below them."), line
        )
    skipped = tuple(delimiter.join(cells).strip() for _, cells, _ in records[:start])
    said = tuple(cell.strip() for cell in first) if names else None
    return Head(delimiter, said, width, first_line if names else line, skipped, is_trailing=trailing, is_sure=is_sure)


def _skip(records: Sequence[Record], usual: int) -> int:
    """How many of the first lines are titles or comments."""
    start = 0
    while start < min(len(records) - 1, _MOST_SKIPPED) and _is_comment(records, start):
        start += 1
    comments = start
    while start < min(len(records) - 1, _MOST_SKIPPED) and _is_title(records, start, usual):
        start += 1
    if start > comments and (start >= len(records) - 1 or _has_values(records[start].cells)):
        return comments  # no names below the titles: it is ragged, which whoever reads it says
    return start


def _is_comment(records: Sequence[Record], index: int) -> bool:
    first, below = records[index].cells[0].lstrip(), records[index + 1].cells[0].lstrip()
    if not first.startswith("#"):
        return False
    if below.startswith("#"):
        return True
    return len(records[index].cells) != len(records[index + 1].cells) or (
        index + 2 < len(records) and not _has_values(records[index + 1].cells) and _has_values(records[index + 2].cells)
    )


def _is_title(records: Sequence[Record], index: int, usual: int) -> bool:
    cells = records[index].cells
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) == 1 and usual > 1 and len(records[index + 1 :]) > 1:
        return len(cells) < usual or not records[index].cells[0].strip() or len(cells) > 2
    blank_below = records[index + 1].line > records[index].below
    return len(cells) < usual and blank_below and not _has_values(cells)


def _has_values(cells: Sequence[str]) -> bool:
    return any(_is_value(cell) for cell in cells)


def _has_names(first: Sequence[str], below: Sequence[Sequence[str]], header: bool | None) -> tuple[bool, bool]:
    """Whether the first line has names, and whether that is sure."""
    if header is not None:
        return header, True
    evidence = []  # of each column of values: whether the first line has a value as well
    repeated = []  # of each column of words: whether the first line's word comes again
    for index, cell in enumerate(first):
        column = [cells[index] for cells in below if index < len(cells)]
        filled = [each for each in column if each.strip().lower() not in _ABSENT]
        if filled and all(map(_is_value, filled)):
            if cell.strip():
                evidence.append(_is_value(cell))
        elif cell.strip() and filled:
            repeated.append(cell in filled and not any(map(_is_value, filled)))
    if False in evidence:
        return True, True
    if evidence:
        is_counting = _counts(first, below)
        return is_counting and not any(repeated), False
    if repeated and all(repeated) and len(below) >= 4:
        return False, False
    return True, True


def _counts(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the numbers of the first line are names: years, or 0, 1, 2, …, and the next line does not go on so."""
    numbers = [int(cell) for cell in first if _WHOLE.fullmatch(cell)]
    if len(numbers) < 2 or any(_is_value(cell) and not _WHOLE.fullmatch(cell) for cell in first):
        return False
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    if len(steps) != 1 or steps == {0}:
        return False
    years = all(1900 <= number <= 2100 for number in numbers)
    if not years and not (numbers[0] in {0, 1} and steps == {1} and len(numbers) > 2):
        return False
    return not any(_counts(cells, ()) for cells in below[:3]) if below else True
