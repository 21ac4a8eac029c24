"""The table that an address asks about, its columns and their kinds: for who may see its rows, answered in a thread."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import Response

from core.engine.service import get_engine
from core.errors import RowsWithheld, TableNotFound, WrongValue
from core.experiment.columns import Kind
from core.experiment.table_schema import TableSchema
from core.tables import open_tables
from core.tables.corrected import read_kinds
from core.words import Said
from pages.server.identity import browser_of
from pages.server.wording import NotSo, refused

#: Tables that are opened at once; the next ones wait.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="tables")

PRIVATE = Said("This table belongs to another browser, which has not shared it.")
_NO_COLUMN = Said("The table has no such column.")

#: What finding a table, or reading what is asked of it, raises.
EXPECTED = (TableNotFound, NotSo)


async def answered(request: Request, answer: Callable[[Request, TableSchema], Response]) -> Response:
    """Answer in a thread: opening a large table takes a second."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _checked, request, answer)


def _checked(request: Request, answer: Callable[[Request, TableSchema], Response]) -> Response:
    try:
        return answer(request, schema_of(request))
    except EXPECTED as error:
        return refusal(request, error)


def refusal(request: Request, error: TableNotFound | NotSo) -> Response:
    """Why there is no answer, for one of the errors in `EXPECTED`."""
    if isinstance(error, NotSo):
        return refused(request, error.said, error.status)
    return refused(request, error, 404)


def schema_of(request: Request) -> TableSchema:
    """The table, whose rows the browser that asks may see.

    Raises:
        TableNotFound: nobody keeps it.
        NotSo: it is somebody else's.
    """
    content = request.path_params["content"]
    schema = open_tables().schema(content)
    try:
        get_engine().check_table(content, browser_of(request.headers))
    except RowsWithheld:
        raise NotSo(PRIVATE, 403) from None
    return schema


def place_of(request: Request, schema: TableSchema, name: str) -> int | None:
    """The place of a column that was asked for, from 0; None where none was.

    Args:
        name: of the address's parameter.

    Raises:
        NotSo: the table has no such column.
    """
    asked = request.query_params.get(name)
    if asked is None or asked == "":
        return None
    if re.fullmatch(r"[0-9]{1,4}", asked) is None or int(asked) >= len(schema.columns):
        raise NotSo(_NO_COLUMN, 400)
    return int(asked)


def kinds_of(request: Request, schema: TableSchema) -> dict[int, Kind]:
    """What columns are for whoever asks, where that is not what the reader took them for: `?kinds=3:number`.

    Raises:
        NotSo: it cannot be read, or a column cannot be read so.
    """
    try:
        return read_kinds(request.query_params.get("kinds", ""), schema)
    except WrongValue as error:
        raise NotSo(error.said, 400) from None
