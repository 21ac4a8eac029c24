"""Answers that a browser saves as a file: its headers, and tables as CSV that no spreadsheet calculates."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from starlette.responses import Response, StreamingResponse

#: Lines of a table that are sent together.
_LINES = 500


def csv_file(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """A table as a file that no spreadsheet calculates."""
    return StreamingResponse(
        _lines([header], rows), media_type="text/csv; charset=utf-8", headers=as_file(f"{name}.csv")
    )


def _lines(head: Iterable[Iterable[Any]], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A table as CSV, some hundred lines at a time."""
    for source in (iter(head), iter(rows)):
        while several := list(islice(source, _LINES)):
            text = io.StringIO()
            csv.writer(text).writerows([_harmless(cell) for cell in row] for row in several)
            yield text.getvalue()


def _harmless(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made text; numbers stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def as_file(name: str) -> dict[str, str]:
    """Headers of an answer that the browser saves under a name."""
    return {"content-disposition": f'attachment; filename="descent-{name}"', "cache-control": "no-store"}
