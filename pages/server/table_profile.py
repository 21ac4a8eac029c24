"""What a table looks like, over HTTP: its profile, and its rows laid out, made first where nobody has made them yet.

What is made is the matter of `core.tables`, in a process of its own; its rows themselves are given by `table_rows`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_table_reader
from core.engine.table_reader import TableReader, TableReading
from core.experiment.table_schema import TableSchema
from core.runtime.plain_json import plain_json
from core.tables import open_tables
from core.tables.corrected import written_kinds
from core.tables.process import embedding_name, profile_name
from core.words import Said
from pages.server.answers import as_json, where_changed
from pages.server.asked_table import EXPECTED, PRIVATE, kinds_of, place_of, refusal, schema_of
from pages.server.identity import browser_of, same_site
from pages.server.joined import tag_of
from pages.server.waiting import ends_within
from pages.server.wording import refused

#: Seconds that a request waits for a profile; then it is told how far it is, and asks again.
PATIENCE = 0.5

_OTHERS = Said("This has not been made yet, and only the browser that brought the table can have it made.")
_OTHER_SITE = Said("Only a page of this server may end this.")

#: What is being made of tables: by folder, content and the name under which it will be kept.
_making: dict[tuple[TableReader, str, str], TableReading] = {}


def table_profile_routes() -> list[BaseRoute]:
    """`/descent/tables/<content>/profile.json`, `embedding.json`, and what ends that."""
    return [
        Route("/descent/tables/{content}/profile.json", profile),
        Route("/descent/tables/{content}/embedding.json", embedding),
        Route("/descent/tables/{content}/embedding/cancel", cancel_embedding, methods=["POST"]),
    ]


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
        schema = await asyncio.to_thread(schema_of, request)
        name = embedding_name(place_of(request, schema, "target"), written_kinds(kinds_of(request, schema)))
    except EXPECTED as error:
        return refusal(request, error)
    owner = browser_of(request.headers) or ""
    if not await asyncio.to_thread(open_tables().is_owned, schema.content, owner):
        return refused(request, PRIVATE, 403)
    reading = _making.get((get_table_reader(), schema.content, name))
    if reading is not None:
        reading.cancel()
    return Response(status_code=204)


async def _made(
    request: Request, name_of: Callable[[int | None, str], str], make: Callable[..., TableReading]
) -> Response:
    """What is kept with a table, made first where it is not."""
    try:
        schema = await asyncio.to_thread(schema_of, request)
        target, kinds = place_of(request, schema, "target"), written_kinds(kinds_of(request, schema))
    except EXPECTED as error:
        return refusal(request, error)
    name = name_of(target, kinds)
    kept = await asyncio.to_thread(open_tables().beside, schema.content, name)
    if kept is None:
        owner = browser_of(request.headers) or ""
        if not await asyncio.to_thread(open_tables().is_owned, schema.content, owner):
            return refused(request, _OTHERS, 403)
        reading = _begun(schema, name, partial(make, content=schema.content, target=target, kinds=kinds))
        if not await ends_within(PATIENCE, listen=reading.listen, has_ended=lambda: reading.is_done):
            told = {"share": reading.share, "words": reading.words.to_json() if reading.words else None}
            return as_json(plain_json(told), 202)
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
