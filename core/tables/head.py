"""The head of a delimited text: where the names of its columns stand, and what stands above them.

Which sign separates the cells is found in `core.tables.delimiters`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import TableRefused
from core.tables.delimiters import DELIMITERS, delimiter_of, refuse_longer
from core.tables.first_lines import Record, is_padded, is_value, records_of
from core.tables.limits import MAX_COLUMNS, MAX_FIRST_LINE, too_many_columns
from core.words import Said

#: Characters of the head that are looked at.
_HEAD = 1 << 20

_SEP = re.compile(r'\A"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', re.IGNORECASE)

#: Lines above the names that may be skipped.
_MOST_SKIPPED = 30
_ABSENT = {"", "na", "n/a", "nan", "null", "none", "-", "?", "."}
_WHOLE = re.compile(r"\s*-?\d{1,9}\s*")


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
    """Find the head of a text in its first lines.

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
    found = delimiter or delimiter_of(text, is_cut)
    if found == " ":
        text = re.sub(r"(?m)^ +| +(?=\r?$)", "", re.sub(" +", " ", text))
    padded = is_padded(text, found)
    records = records_of(text, found, is_cut, padded)
    if not records:
        raise TableRefused(Said("The file is empty. Expected a line of names and at least one row below it."))
    shift = 1 if declared else 0
    if delimiter is None:
        refuse_longer(records, text, found)
    head = locate(records, found, header, is_all=len(records) > 1 or not text[len(text.split("\n")[0]) :].strip())
    if head.width > MAX_COLUMNS:
        raise too_many_columns(head.width)
    return replace(head, first_line=head.first_line + shift, is_padded=padded, is_declared=bool(declared))


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
    return any(is_value(cell) for cell in cells)


def _has_names(first: Sequence[str], below: Sequence[Sequence[str]], header: bool | None) -> tuple[bool, bool]:
    """Whether the first line has names, and whether that is sure."""
    if header is not None:
        return header, True
    evidence = []  # of each column of values: whether the first line has a value as well
    repeated = []  # of each column of words: whether the first line's word comes again
    for index, cell in enumerate(first):
        column = [cells[index] for cells in below if index < len(cells)]
        filled = [each for each in column if each.strip().lower() not in _ABSENT]
        if filled and all(map(is_value, filled)):
            if cell.strip():
                evidence.append(is_value(cell))
        elif cell.strip() and filled:
            repeated.append(cell in filled and not any(map(is_value, filled)))
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
    if len(numbers) < 2 or any(is_value(cell) and not _WHOLE.fullmatch(cell) for cell in first):
        return False
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    if len(steps) != 1 or steps == {0}:
        return False
    years = all(1900 <= number <= 2100 for number in numbers)
    if not years and not (numbers[0] in {0, 1} and steps == {1} and len(numbers) > 2):
        return False
    return not any(_counts(cells, ()) for cells in below[:3]) if below else True
