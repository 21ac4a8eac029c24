"""A row of the map on its way through a run's network, over HTTP: asked for again and again by who points at points."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine
from core.errors import SnapshotNotKept
from core.runtime.plain_json import plain_json
from core.words import Said
from pages.server.answers import as_json
from pages.server.asked_tasks import EXPECTED, check_rows, refusal
from pages.server.identity import browser_of
from pages.server.wording import refused

#: Answers that are made at once: each waits for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="row-inside")

#: Two that are answered and two that wait: whoever points while more do gets nothing, and asks again.
_PLACES = asyncio.Semaphore(4)

_EXPECTED = Said("Expected whole numbers: point, perhaps x and y together, perhaps epoch.")


def row_inside_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/row-inside.json`."""
    return [Route("/descent/runs/{run}/row-inside.json", row_inside)]


async def row_inside(request: Request) -> Response:
    """What every neuron outputs for the row of a point on the map: `?point=` from 0, `x=` and `y=` the columns that are
    its axes (left out for principal components), `epoch=` a recorded one, the network as it is now where left out.

    Nothing (204) where it cannot be had at this moment: who points elsewhere asks again.
    """
    asked = {name: request.query_params[name] for name in ("point", "x", "y", "epoch") if name in request.query_params}
    is_whole = all(text.isascii() and text.isdecimal() and len(text) < 7 for text in asked.values())
    if not is_whole or "point" not in asked or ("x" in asked) != ("y" in asked):
        return refused(request, _EXPECTED, 400)
    numbers = {name: int(text) for name, text in asked.items()}
    if _PLACES.locked():
        return _nothing()
    async with _PLACES:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, _told, request, numbers)


def _told(request: Request, numbers: dict[str, int]) -> Response:
    run, axes = request.path_params["run"], (numbers["x"], numbers["y"]) if "x" in numbers else None
    try:
        check_rows(run, browser_of(request.headers))
        found = get_engine().row_inside(run, point=numbers["point"], axes=axes, epoch=numbers.get("epoch"))
    except SnapshotNotKept:
        return _nothing()
    except EXPECTED as error:
        return refusal(request, error)
    return as_json(plain_json(found))


def _nothing() -> Response:
    return Response(status_code=204, headers={"cache-control": "no-store"})
