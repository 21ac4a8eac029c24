"""Long work over HTTP, whatever it is: how far a task is, and cancelling it."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine
from core.engine.task import describe
from core.errors import NotYourRun, RowsWithheld, RunNotFound, TaskNotFound
from core.words import Said
from pages.server.answers import as_json
from pages.server.asked_tasks import check_rows
from pages.server.identity import browser_of, same_site
from pages.server.wording import refused


def task_routes() -> list[BaseRoute]:
    """The routes under /descent/tasks."""
    return [
        Route("/descent/tasks/{task}", progress),
        Route("/descent/tasks/{task}/cancel", cancel, methods=["POST"]),
    ]


async def progress(request: Request) -> Response:
    """How far a task is, as JSON."""
    try:
        task = get_engine().find_task(request.path_params["task"])
        if task.config is None:
            await asyncio.to_thread(check_rows, task.run, browser_of(request.headers))
        else:
            get_engine().check_rows(task.config, browser_of(request.headers))
        return as_json(describe(task))
    except (TaskNotFound, RunNotFound) as error:
        return refused(request, error, 404)
    except RowsWithheld as error:
        return refused(request, error, 403)


async def cancel(request: Request) -> Response:
    """End a task of one's own."""
    if not same_site(request.headers):
        return refused(request, Said("Only a page of this server may cancel a task."), 403)
    task, owner = request.path_params["task"], browser_of(request.headers) or ""
    try:
        await asyncio.to_thread(get_engine().cancel_task, task, owner=owner)
    except TaskNotFound as error:
        return refused(request, error, 404)
    except NotYourRun as error:
        return refused(request, error, 403)
    return as_json(describe(get_engine().find_task(task)))
