"""Tasks that divide a run's training rows, over HTTP: calibration, repeated cross-validation, the learning curve."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine
from core.engine.tasks import Task, TaskState, describe
from core.errors import (
    DescentError,
    NotYourRun,
    RowsWithheld,
    RunNotFound,
    SnapshotNotKept,
    TaskNotFound,
    TaskRefused,
)
from core.tasks import KINDS
from core.words import Said
from pages.server.asked_tasks import NOTHING_RECORDED, OWNER_ONLY, PATIENCE, begun_before, check_rows
from pages.server.identity import browser_of
from pages.server.waiting import ends_within
from pages.server.wording import refused

_CANCELLED = Said("This task was cancelled.")
_WHOLE_NUMBERS = Said("Expected a whole number for {name}.")

#: What an error of the engine answers with.
_STATUS: dict[type[DescentError], int] = {RunNotFound: 404, TaskNotFound: 404, RowsWithheld: 403, TaskRefused: 400}

#: The kinds of task, by the name of their address.
_KINDS = {
    "calibration": "calibration",
    "cross-validation": "cross_validation",
    "learning-curve": "learning_curve",
}


def dividing_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/calibration.json`, `cross-validation.json` and `learning-curve.json`."""
    return [Route(f"/descent/runs/{{run}}/{name}.json", _answering(kind)) for name, kind in _KINDS.items()]


def _answering(kind: str) -> Callable[[Request], Awaitable[Response]]:
    """Answers with a task's result. Its options are the address's parameters (`folds`, `repeats`, `sizes`).

    After `?wait=` seconds (30 where left out, which is the most) without one: 202, how far the task is as `describe`
    tells it, with what there is of its `result` so far or null. `?task=` goes on waiting for that task. The run's owner
    has it made; others get what was made.
    """

    async def answer(request: Request) -> Response:
        engine, run = get_engine(), request.path_params["run"]
        owner, numbers = browser_of(request.headers) or "", {}
        for name in ("wait", *KINDS[kind].options.model_fields):
            text = request.query_params.get(name)
            if text is not None and not (text.isdecimal() and len(text) < 4):
                return refused(request, _WHOLE_NUMBERS.filled(name=name), 400)
            if text is not None:
                numbers[name] = int(text)
        wait = min(PATIENCE, numbers.pop("wait", PATIENCE))
        try:
            await asyncio.to_thread(check_rows, run, owner)
            task = begun_before(request, kind)
            if task is None:
                task = await asyncio.to_thread(engine.begin_task, run, kind, numbers, owner=owner)
        except SnapshotNotKept:
            return refused(request, NOTHING_RECORDED, 409)
        except NotYourRun:
            return refused(request, OWNER_ONLY, 403)
        except tuple(_STATUS) as error:
            return refused(request, error, _STATUS[type(error)])
        if not await ends_within(wait, listen=task.listen, has_ended=lambda: task.state.has_ended):
            told = {**json.loads(describe(task)), "result": json.loads(task.partial) if task.partial else None}
            return _json(json.dumps(told), 202)
        return await asyncio.to_thread(_ended, request, task)

    return answer


def _ended(request: Request, task: Task) -> Response:
    if task.state is not TaskState.DONE:
        return refused(request, task.sentence or _CANCELLED, 503)
    data = get_engine().result_of(task)
    try:
        check_rows(task.run, browser_of(request.headers))  # it may have been deleted, or its table made private
    except tuple(_STATUS) as error:
        return refused(request, error, _STATUS[type(error)])
    return refused(request, NOTHING_RECORDED, 409) if data is None else _json(data)


def _json(text: str | bytes, status: int = 200) -> Response:
    return Response(text, status, media_type="application/json", headers={"cache-control": "no-store"})
