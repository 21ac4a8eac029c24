"""Tables that people brought, for those who may see their rows: their profile, some rows, two columns, all as CSV."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

import numpy as np
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine, get_table_reader
from core.engine.table_reader import TableReader, TableReading
from core.errors import DescentError, RowsWithheld, TableNotFound, WrongValue
from core.experiment.columns import Kind
from core.experiment.table_schema import TableSchema
from core.runtime.plain_json import plain_json
from core.tables import Table, open_tables
from core.tables.corrected import read_kinds, with_kinds, written_kinds
from core.tables.process import embedding_name, profile_name
from core.words import Said
from pages.server.identity import browser_of, same_site
from pages.server.joined import tag_of
from pages.server.static import where_changed
from pages.server.waiting import ends_within
from pages.server.wording import refused

#: The most rows, and characters of a cell, that a list shows.
MOST_ROWS = 200
LONGEST_CELL = 200

#: Seconds that a request waits for a profile; then it is told how far it is, and asks again.
PATIENCE = 0.5

#: Tables that are opened at once; the next ones wait.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="tables")

_PRIVATE = Said("This table belongs to another browser, which has not shared it.")
_OTHERS = Said("This has not been made yet, and only the browser that brought the table can have it made.")
_OTHER_SITE = Said("Only a page of this server may end this.")
_NO_COLUMN = Said("The table has no such column.")

_NUMBERS = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*")

#: What is being made of tables: by folder, content and the name under which it will be kept.
_making: dict[tuple[TableReader, str, str], TableReading] = {}


class _NotSo(Exception):
    """What was asked for cannot be had: why, and the answer's status."""

    def __init__(self, said: Said | DescentError, status: int) -> None:
        self.said = said
        self.status = status
        super().__init__(str(said))


def table_routes() -> list[BaseRoute]:
    """The routes under /descent/tables."""
    return [
        Route("/descent/tables/{content}.csv", csv),
        Route("/descent/tables/{content}/pictures.npz", npz),
        Route("/descent/tables/{content}/profile.json", profile),
        Route("/descent/tables/{content}/embedding.json", embedding),
        Route("/descent/tables/{content}/embedding/cancel", cancel_embedding, methods=["POST"]),
        Route("/descent/tables/{content}/rows.json", rows),
        Route("/descent/tables/{content}/points.json", points),
    ]


async def csv(request: Request) -> Response:
    """The whole table as CSV that no spreadsheet calculates."""
    return await _answered(request, _csv)


async def npz(request: Request) -> Response:
    """The pictures as Descent read them, for NumPy: what an exported script begins with."""
    return await _answered(request, _npz)


async def rows(request: Request) -> Response:
    """Some rows as they were read: `?rows=1,2,3`, at most `MOST_ROWS`."""
    return await _answered(request, _rows)


async def points(request: Request) -> Response:
    """Two columns of the rows that the components are drawn of: `?x=0&y=3&target=7`, places of columns from 0."""
    return await _answered(request, _points)


async def profile(request: Request) -> Response:
    """What the table looks like (`core.tables.profile`), `?target=` the place of a column; 202 while it is made."""
    return await _made(request, profile_name, TableReader.describe)


async def embedding(request: Request) -> Response:
    """Its rows laid out by t-SNE (`core.tables.embedding`); as `profile`."""
    return await _made(request, embedding_name, TableReader.embed)


async def cancel_embedding(request: Request) -> Response:
    """End the t-SNE that is being made for the table's owner, `?target=` as it was asked for; nothing where none is."""
    if not same_site(request.headers):
        return refused(request, _OTHER_SITE, 403)
    try:
        schema = await asyncio.to_thread(_schema, request)
        name = embedding_name(_place(request, schema, "target"), written_kinds(_kinds(request, schema)))
    except TableNotFound as error:
        return refused(request, error, 404)
    except _NotSo as error:
        return refused(request, error.said, error.status)
    owner = browser_of(request.headers) or ""
    if not await asyncio.to_thread(open_tables().is_owned, schema.content, owner):
        return refused(request, _PRIVATE, 403)
    reading = _making.get((get_table_reader(), schema.content, name))
    if reading is not None:
        reading.cancel()
    return Response(status_code=204)


async def _answered(request: Request, answer: Callable[[Request, TableSchema], Response]) -> Response:
    """Answer in a thread: opening a large table takes a second."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _checked, request, answer)


def _checked(request: Request, answer: Callable[[Request, TableSchema], Response]) -> Response:
    try:
        return answer(request, _schema(request))
    except TableNotFound as error:
        return refused(request, error, 404)
    except _NotSo as error:
        return refused(request, error.said, error.status)


def _schema(request: Request) -> TableSchema:
    """What the browser that asks may see the rows of.

    Raises:
        TableNotFound: nobody keeps it.
        _NotSo: it is somebody else's.
    """
    content = request.path_params["content"]
    schema = open_tables().schema(content)
    try:
        get_engine().check_table(content, browser_of(request.headers))
    except RowsWithheld:
        raise _NotSo(_PRIVATE, 403) from None
    return schema


async def _made(
    request: Request, name_of: Callable[[int | None, str], str], make: Callable[..., TableReading]
) -> Response:
    """What is kept with a table, made first where it is not."""
    try:
        schema = await asyncio.to_thread(_schema, request)
        target, kinds = _place(request, schema, "target"), written_kinds(_kinds(request, schema))
    except TableNotFound as error:
        return refused(request, error, 404)
    except _NotSo as error:
        return refused(request, error.said, error.status)
    name = name_of(target, kinds)
    kept = await asyncio.to_thread(open_tables().beside, schema.content, name)
    if kept is None:
        owner = browser_of(request.headers) or ""
        if not await asyncio.to_thread(open_tables().is_owned, schema.content, owner):
            return refused(request, _OTHERS, 403)
        reading = _begun(schema, name, partial(make, content=schema.content, target=target, kinds=kinds))
        if not await ends_within(PATIENCE, listen=reading.listen, has_ended=lambda: reading.is_done):
            told = {"share": reading.share, "words": reading.words.to_json() if reading.words else None}
            return Response(plain_json(told), 202, media_type="application/json", headers={"cache-control": "no-store"})
        if reading.refused is not None:
            return refused(request, reading.refused, 503)
        kept = await asyncio.to_thread(open_tables().beside, schema.content, name)
        if kept is None:  # it was deleted meanwhile
            return refused(request, Said("This table does not exist any more."), 404)
    return where_changed(request, kept, tag_of(kept.decode()), "application/json")


def _begun(schema: TableSchema, name: str, make: Callable[..., TableReading]) -> TableReading:
    """The work on it: what was begun before, unless it has ended."""
    reader = get_table_reader()
    for key in [key for key, reading in _making.items() if reading.is_done]:
        del _making[key]
    key = (reader, schema.content, name)
    if key not in _making:
        # About as large as the file was: twelve characters a cell.
        megabytes = 12 * schema.rows * len(schema.columns) >> 20
        _making[key] = make(reader, megabytes=megabytes)
    return _making[key]


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
        raise _NotSo(Said("This is a table, and no pictures."), 404)
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
        raise _NotSo(wrong, 400)
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

    x, y = _place(request, schema, "x"), _place(request, schema, "y")
    target = _place(request, schema, "target")
    if x is None or y is None:
        raise _NotSo(Said("Expected x and y: the places of two columns, from 0."), 400)
    table = with_kinds(open_tables().get(schema.content), _kinds(request, schema))
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
    return replace(table, cells=table.cells.take(rows))


def _place(request: Request, schema: TableSchema, name: str) -> int | None:
    """The place of a column that was asked for; None where none was."""
    asked = request.query_params.get(name)
    if asked is None or asked == "":
        return None
    if re.fullmatch(r"[0-9]{1,4}", asked) is None or int(asked) >= len(schema.columns):
        raise _NotSo(_NO_COLUMN, 400)
    return int(asked)


def _kinds(request: Request, schema: TableSchema) -> dict[int, Kind]:
    """What columns are for whoever asks, where that is not what the reader took them for: `?kinds=3:number`."""
    try:
        return read_kinds(request.query_params.get("kinds", ""), schema)
    except WrongValue as error:
        raise _NotSo(error.said, 400) from None


def _cut(value: Any) -> Any:
    return f"{value[:LONGEST_CELL]}…" if isinstance(value, str) and len(value) > LONGEST_CELL else value
