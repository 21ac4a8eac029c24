"""The cells of a delimited text, all as text, strictly: a line that has more or fewer cells than others is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import TableRefused
from core.tables.head import Head
from core.tables.limits import MAX_CELL, MAX_CELLS, MAX_LINE, MAX_SLOW_BYTES, too_many_cells
from core.words import Said

if TYPE_CHECKING:
    import pyarrow

Progress = Callable[[float], None]

#: Bytes whose quotes are looked at together.
_CHUNK = 8 << 20


@dataclass(frozen=True)
class Body:
    """Columns of text; None where a cell is empty.

    Attributes:
        is_backslashed: quotes within cells were written `\\"`.
        empty_lines: lines that were skipped in a table of one column, where they could be cells.
    """

    columns: list[pyarrow.ChunkedArray]
    is_backslashed: bool = False
    empty_lines: int = 0


def body_of(data: bytes, head: Head, progress: Progress) -> Body:
    """The lines below the head.

    Args:
        data: UTF-8, the whole file.
        progress: told the share that is read.

    Raises:
        TableRefused: with the line.
    """
    body = _trimmed(data[_offset(data, head.first_line) :])
    if not body[:4096].strip(b"\r\n ") and not body.strip(b"\r\n "):
        raise TableRefused(
            Said("There are names of columns, and no row below them. Expected at least one."), head.first_line - 1
        )
    lines = body.count(b"\n") or body.count(b"\r")
    if (lines + 1) * head.width > MAX_CELLS:
        raise too_many_cells(lines + 1, head.width)
    delimiter = head.delimiter
    if len(delimiter) > 1:
        body, delimiter = _with_one_sign(body, delimiter)
    if delimiter == " ":
        body = re.sub(rb"(?m) +", b" ", re.sub(rb"(?m)^ +| +(?=\r?$)", b"", body))
    quotes = _Quotes.of(body, delimiter)
    if quotes.is_plain and not head.is_padded and delimiter.isascii():
        if b"\r" in body:
            body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # pyarrow 26 may lose a byte between \r and \n
        empty = body.count(b"\n\n") if head.width == 1 else 0
        try:
            return Body(_fast(body, delimiter, head.width, progress), empty_lines=empty)
        except _Doubtful as error:
            for _ in _rows(_stream(body), delimiter, head):
                pass  # says what is wrong, and where
            raise TableRefused(_CANNOT) from error
    return _slow(body, delimiter, head)


_CANNOT = Said("The file could not be read as a table of text. Save it again as CSV, or as Excel or Parquet.")


class _Doubtful(Exception):
    """Something is wrong, and a slower reader will say what."""


def _offset(data: bytes, line: int) -> int:
    """Where a line begins, from 1; lines end with \\r\\n, \\n or \\r."""
    ends = re.finditer(rb"\r\n|\n|\r", data)
    position = 0
    for _ in range(line - 1):
        end = next(ends, None)
        if end is None:
            return len(data)
        position = end.end()
    return position


def _trimmed(body: bytes) -> bytes:
    """Without what DOS put at the end, and without blank lines there."""
    tail = body[-4096:]
    end = re.search(rb"(?:\x1a|[\r\n]+ *)+\Z", tail)
    if end is None or end.group() in (b"\n", b"\r\n"):
        return body  # as usual: nothing is copied
    return body[: len(body) - len(tail) + end.start()]


def _with_one_sign(body: bytes, delimiter: str) -> tuple[bytes, str]:
    if b'"' in body or b"\x1f" in body:
        raise TableRefused(
            Said("Cells are separated by '{sign}', and there are quotes. Use one character.", {"sign": delimiter})
        )
    return body.replace(delimiter.encode(), b"\x1f"), "\x1f"


@dataclass(frozen=True)
class _Quotes:
    """Whether every quoted cell begins behind a delimiter or line end, ends before one, and has no \\r in it."""

    is_plain: bool

    @classmethod
    def of(cls, body: bytes, delimiter: str) -> _Quotes:
        import numpy as np

        if b'"' not in body:
            return cls(True)
        if not delimiter.isascii():
            return cls(False)
        signs = np.frombuffer(body, np.uint8)
        edge = np.zeros(256, bool)
        edge[[ord(delimiter), 10, 13]] = True
        open_, previous = 0, -2
        for start in range(0, len(body), _CHUNK):
            part = signs[start : start + _CHUNK]
            at = np.flatnonzero(part == 34) + start
            returns = np.flatnonzero(part == 13) + start
            if len(returns) and ((np.searchsorted(at, returns) + open_) % 2).any():
                return cls(False)
            if not len(at):
                continue
            parity = (np.arange(len(at)) + open_) % 2
            before, after = at[parity == 0], at[parity == 1]
            is_second = np.concatenate(([previous], at[:-1]))[parity == 0] == before - 1
            if not (is_second | (before == 0) | edge[signs[before - 1]]).all():
                return cls(False)
            following = signs[np.minimum(after + 1, len(body) - 1)]
            if not ((after == len(body) - 1) | edge[following] | (following == 34)).all():
                return cls(False)
            open_, previous = (open_ + len(at)) % 2, int(at[-1])
        return cls(open_ == 0)


def _fast(body: bytes, delimiter: str, width: int, progress: Progress) -> list[pyarrow.ChunkedArray]:
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv

    names = [f"c{index}" for index in range(width)]
    text = pyarrow.string()
    has_quotes = b'"' in body
    batches = []
    try:
        reader = pyarrow.csv.open_csv(
            pyarrow.BufferReader(body),
            pyarrow.csv.ReadOptions(column_names=names, block_size=MAX_LINE, use_threads=False),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=has_quotes),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, text), strings_can_be_null=True, null_values=[""]
            ),
        )
        for batch in reader:
            batches.append(batch)
            progress(min(1.0, len(batches) * MAX_LINE / len(body)))
    except pyarrow.ArrowInvalid as error:
        raise _Doubtful from error
    table = pyarrow.Table.from_batches(batches)
    for column in table.columns:
        if any(_is_doubtful(chunk, has_quotes, delimiter, width) for chunk in column.chunks):
            raise _Doubtful
    return list(table.columns)


def _is_doubtful(chunk: pyarrow.Array, has_quotes: bool, delimiter: str, width: int) -> bool:
    """Whether a chunk holds a cell that is too long, or one that has swallowed lines."""
    from pyarrow import compute

    if len(chunk) == chunk.null_count:
        return False
    if (
        compute.max(compute.binary_length(chunk)).as_py() > MAX_CELL
        and compute.max(compute.utf8_length(chunk)).as_py() > MAX_CELL
    ):
        return True
    if not has_quotes or width < 2:
        return False
    many = chunk.filter(compute.greater(compute.count_substring(chunk, "\n"), 2))
    return any(_has_swallowed(cell, delimiter, width) for cell in many.to_pylist())


def _stream(body: bytes) -> io.TextIOBase:
    return io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")


def _slow(body: bytes, delimiter: str, head: Head) -> Body:
    """Quotes that need a reader of one sign after the other: within cells, after blanks, or after a backslash."""
    import pyarrow

    if len(body) > MAX_SLOW_BYTES:
        for _ in _rows(_stream(body), delimiter, head):
            pass
        raise TableRefused(
            Said(
                "The file has {size} MB and quotes where they are not expected. Up to {most} MB of such a file can be "
                "read; save it again as CSV.",
                {"size": len(body) >> 20, "most": MAX_SLOW_BYTES >> 20},
            )
        )
    is_backslashed = False
    try:
        rows = list(_rows(_stream(body), delimiter, head))
    except TableRefused:
        if b'\\"' not in body:
            raise
        rows = list(_rows(_stream(body.replace(b'\\"', b'""')), delimiter, head))
        is_backslashed = True
    columns = [
        pyarrow.chunked_array([pyarrow.array([cell or None for cell in column], pyarrow.string())])
        for column in zip(*rows, strict=True)
    ]
    return Body(columns, is_backslashed)


def _rows(stream: io.TextIOBase, delimiter: str, head: Head) -> Iterator[list[str]]:
    """The lines' cells, each line with as many as the first; raises `TableRefused` where one has not."""
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
        if cell.count("\n") > 2 and _has_swallowed(cell, delimiter, width):
            raise _unclosed(line)


def _has_swallowed(cell: str, delimiter: str, width: int) -> bool:
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
