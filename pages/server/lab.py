"""The data-quality lab over HTTP: how far a task on an experiment that is no run is, with its result so far."""

from __future__ import annotations

import asyncio
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine
from core.engine.task import describe
from core.errors import RowsWithheld, TaskNotFound
from core.words import Said
from pages.server.answers import as_json
from pages.server.identity import browser_of
from pages.server.wording import refused

_OTHERS = Said("Another browser asked for this.")


def lab_routes() -> list[BaseRoute]:
    """The route under /descent/lab. Cancelling is that of every task."""
    return [Route("/descent/lab/{task}.json", result)]


async def result(request: Request) -> Response:
    """A task as `core.engine.task.describe` tells it, with its `result`, or what there is of it so far, or null.

    Rows of a table may stand in it: it is for the browser that asked for it, and only while the table is kept.
    """
    try:
        task = get_engine().find_task(request.path_params["task"])
    except TaskNotFound as error:
        return refused(request, error, 404)
    if task.config is None or task.owner != browser_of(request.headers):
        return refused(request, _OTHERS, 403)
    try:
        await asyncio.to_thread(get_engine().check_rows, task.config, task.owner)
    except RowsWithheld as error:
        return refused(request, error, 403)
    found = get_engine().result_of(task) or task.partial
    told = {**json.loads(describe(task)), "result": None if found is None else json.loads(found)}
    return as_json(json.dumps(told))
