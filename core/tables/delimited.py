"""The cells of a delimited text, all as text, strictly: a line that has more or fewer cells than others is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import TableRefused
from core.tables.checked_lines import checked_lines, has_swallowed
from core.tables.head import Head
from core.tables.limits import MAX_CELL, MAX_CELLS, MAX_LINE, MAX_SLOW_BYTES, too_many_cells
from core.tables.progress import Progress
from core.tables.quotes import quotes_are_plain
from core.words import Said

if TYPE_CHECKING:
    import pyarrow


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
    if quotes_are_plain(body, delimiter) and not head.is_padded and delimiter.isascii():
        if b"\r" in body:
            body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # pyarrow 26 may lose a byte between \r and \n
        empty = body.count(b"\n\n") if head.width == 1 else 0
        try:
            return Body(_fast(body, delimiter, head.width, progress), empty_lines=empty)
        except _Doubtful as error:
            for _ in checked_lines(body, delimiter, head):
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
    return any(has_swallowed(cell, delimiter, width) for cell in many.to_pylist())


def _slow(body: bytes, delimiter: str, head: Head) -> Body:
    """Quotes that need a reader of one sign after the other: within cells, after blanks, or after a backslash."""
    import pyarrow

    if len(body) > MAX_SLOW_BYTES:
        for _ in checked_lines(body, delimiter, head):
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
        rows = list(checked_lines(body, delimiter, head))
    except TableRefused:
        if b'\\"' not in body:
            raise
        rows = list(checked_lines(body.replace(b'\\"', b'""'), delimiter, head))
        is_backslashed = True
    columns = [
        pyarrow.chunked_array([pyarrow.array([cell or None for cell in column], pyarrow.string())])
        for column in zip(*rows, strict=True)
    ]
    return Body(columns, is_backslashed)
