"""What stands in a table, over HTTP: some rows, two columns, all as CSV, the pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from core.experiment.table_schema import TableSchema
from core.runtime.plain_json import plain_json
from core.tables import Table, open_tables
from core.tables.corrected import with_kinds
from core.words import Said
from pages.server.answers import where_changed
from pages.server.asked_table import answered, kinds_of, place_of
from pages.server.identity import browser_of
from pages.server.joined import tag_of
from pages.server.wording import NotSo

#: The most rows, and characters of a cell, that a list shows.
MOST_ROWS = 200
LONGEST_CELL = 200

_NUMBERS = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*")


def table_row_routes() -> list[BaseRoute]:
    """`/descent/tables/<content>.csv`, and below it `pictures.npz`, `rows.json` and `points.json`."""
    return [
        Route("/descent/tables/{content}.csv", csv),
        Route("/descent/tables/{content}/pictures.npz", npz),
        Route("/descent/tables/{content}/rows.json", rows),
        Route("/descent/tables/{content}/points.json", points),
    ]


async def csv(request: Request) -> Response:
    """The whole table as CSV that no spreadsheet calculates."""
    return await answered(request, _csv)


async def npz(request: Request) -> Response:
    """The pictures as Descent read them, for NumPy: what an exported script begins with."""
    return await answered(request, _npz)


async def rows(request: Request) -> Response:
    """Some rows as they were read: `?rows=1,2,3`, at most `MOST_ROWS`."""
    return await answered(request, _rows)


async def points(request: Request) -> Response:
    """Two columns of the rows that the components are drawn of: `?x=0&y=3&target=7`, places of columns from 0."""
    return await answered(request, _points)


def _csv(request: Request, schema: TableSchema) -> Response:
    from core.tables.writing import csv_of

    headers = _as_file(request, schema, "csv")
    if schema.content in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    pieces = csv_of(open_tables().get(schema.content))
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def _npz(request: Request, schema: TableSchema) -> Response:
    from core.tables.picture_table import npz_of

    if schema.picture is None:
        raise NotSo(Said("This is a table, and no pictures."), 404)
    headers = _as_file(request, schema, "npz")
    if schema.content in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(npz_of(open_tables().get(schema.content)), media_type="application/zip", headers=headers)


def _as_file(request: Request, schema: TableSchema, ending: str) -> dict[str, str]:
    """The header of a download: a name, and what it is a version of."""
    title = open_tables().title_of(schema.content, browser_of(request.headers) or "") or schema.title
    title = re.sub(r"(?i)\.(csv|tsv|txt|xlsx?|parquet|zip)$", "", title) or "table"
    name = f"filename=\"table.{ending}\"; filename*=UTF-8''{quote(title, safe='')}.{ending}"
    return {
        "content-disposition": f"attachment; {name}",
        "cache-control": "no-cache",
        "etag": f'"{schema.content}"',
    }


def _rows(request: Request, schema: TableSchema) -> Response:
    asked = request.query_params.get("rows", "")
    numbers = [int(each) for each in asked.split(",")] if _NUMBERS.fullmatch(asked) else []
    if not 1 <= len(numbers) <= MOST_ROWS or not all(1 <= number <= schema.rows for number in numbers):
        wrong = Said(
            "Expected rows=1,2,3: 1 to {most} numbers of rows, from 1 to {rows:,}.",
            {"most": MOST_ROWS, "rows": schema.rows},
        )
        raise NotSo(wrong, 400)
    some = _some(open_tables().get(schema.content), np.array(numbers) - 1)
    columns = [[_cut(value) for value in column.to_pylist()] for column in some.cells.columns[: len(schema.columns)]]
    told = {
        "columns": [column.name for column in schema.columns],
        "rows": [
            {"row": number, "cells": [column[place] for column in columns]} for place, number in enumerate(numbers)
        ],
    }
    text = plain_json(told)
    return where_changed(request, text, tag_of(text), "application/json")


def _points(request: Request, schema: TableSchema) -> Response:
    from core.tables.components import drawn_rows
    from core.tables.vectors import classes_of

    x, y = place_of(request, schema, "x"), place_of(request, schema, "y")
    target = place_of(request, schema, "target")
    if x is None or y is None:
        raise NotSo(Said("Expected x and y: the places of two columns, from 0."), 400)
    table = with_kinds(open_tables().get(schema.content), kinds_of(request, schema))
    drawn = drawn_rows(table.rows)
    some = _some(table, drawn)
    told = {
        "rows": [int(row) + 1 for row in drawn],
        "x": _axis(some, x),
        "y": _axis(some, y),
        "classes": classes_of(some, target)[0].tolist(),
    }
    text = plain_json(told)
    return where_changed(request, text, tag_of(text), "application/json")


def _axis(some: Table, place: int) -> dict[str, Any]:
    """A column's values as numbers, null where they are missing; of words, the places of their levels."""
    from core.tables.vectors import codes_of, numbers_of

    column = some.columns[place]
    values = numbers_of(some, place) if column.kind in {"number", "date"} else None
    if values is not None:
        return {"values": [None if np.isnan(value) else float(value) for value in values], "levels": None}
    coded = codes_of(some, place)
    known = {value: index for index, (value, _) in enumerate(column.levels)}
    rest = len(known)  # rarer levels share a place
    places = np.array([*(known.get(level, rest) for level in coded.levels), -1])[coded.codes]
    return {"values": [None if each < 0 else int(each) for each in places], "levels": list(known)}


def _some(table: Table, rows: np.ndarray) -> Table:
    """Some rows of a table, by their numbers from 0."""
    return replace(table, cells=table.cells.take(rows))


def _cut(value: Any) -> Any:
    return f"{value[:LONGEST_CELL]}…" if isinstance(value, str) and len(value) > LONGEST_CELL else value
