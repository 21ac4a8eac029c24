"""What the page /explain asks for beside the numbers of `explanation.json`: maps of pictures, surrogate trees, and the
check of explanations against the truth.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
    WrongValue,
)
from core.runtime.plain_json import plain_json
from core.tasks.checked_against_truth import truth_experiment
from core.words import Said
from pages.server.asked_people import NotSo, body_of
from pages.server.asked_tasks import NOTHING_RECORDED, OWNER_ONLY, PATIENCE, check_rows
from pages.server.identity import browser_of, same_site
from pages.server.waiting import ends_within
from pages.server.wording import refused

#: Maps that are made at once: each waits for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="maps")

#: Bytes of a request that asks for the check against the truth.
_MOST = 1_000

_NOT_MADE = Said("The surrogate tree was cancelled.")
_CANCELLED = Said("The explanation was cancelled.")
_EXPECTED = Said("Expected age_error (0 to 2), decoy (0 to 0.99) and seeds (1 to 20) as JSON.")

#: Tasks that explain a run.
_KINDS = {"explanation", "explanation_seeds", "surrogate"}

#: What an error of the engine answers with.
_STATUS: dict[type[DescentError], int] = {
    RunNotFound: 404,
    TaskNotFound: 404,
    RowsWithheld: 403,
    SnapshotNotKept: 409,
    TaskRefused: 400,
    WrongValue: 400,
}


def explaining_routes() -> list[BaseRoute]:
    """The routes of surrogate trees and maps under a run, and of the check against the truth."""
    return [
        Route("/descent/runs/{run}/picture-maps.json", maps),
        Route("/descent/runs/{run}/surrogate.json", surrogate),
        Route("/descent/explain/truth", truth, methods=["POST"]),
        Route("/descent/explain/tasks/{task}.json", of_task),
    ]


async def maps(request: Request) -> Response:
    """Which pixels of a test row count: `?row=`, `label=` (the predicted class where left out), `epoch=`."""
    asked = {name: request.query_params.get(name) for name in ("row", "label", "epoch")}
    if any(text is not None and not (text.isdecimal() and len(text) < 8) for text in asked.values()):
        return refused(request, Said("Expected whole numbers for row, label and epoch."), 400)
    numbers = {name: int(text) for name, text in asked.items() if text is not None}
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _maps, request, {"row": 0, **numbers})


def _maps(request: Request, numbers: dict[str, int]) -> Response:
    run = request.path_params["run"]
    try:
        check_rows(run, browser_of(request.headers))
        return _json(plain_json(get_engine().picture_maps(run, **numbers)))
    except tuple(_STATUS) as error:
        return _refused(request, error)


async def surrogate(request: Request) -> Response:
    """A shallow tree that imitates the network: `?depth=` 1 to 6, `epoch=` a recorded one.

    Where it takes more than `?wait=` seconds (30 at most), it is told how far it is (202). The run's owner has it made;
    others get what was made.
    """
    engine, run = get_engine(), request.path_params["run"]
    owner = browser_of(request.headers) or ""
    asked = {name: request.query_params[name] for name in ("depth", "epoch", "wait") if name in request.query_params}
    if any(not (text.isdecimal() and len(text) < 8) for text in asked.values()):
        return refused(request, Said("Expected whole numbers for depth, epoch and wait."), 400)
    numbers = {name: int(text) for name, text in asked.items()}
    options = {"depth": numbers["depth"]} if "depth" in numbers else {}
    try:
        await asyncio.to_thread(check_rows, run, owner)
        task = await asyncio.to_thread(
            engine.begin_task, run, "surrogate", options, owner=owner, epoch=numbers.get("epoch")
        )
    except NotYourRun:
        return refused(request, OWNER_ONLY, 403)
    except tuple(_STATUS) as error:
        return _refused(request, error)
    wait = min(PATIENCE, numbers.get("wait", PATIENCE))
    if not await ends_within(wait, listen=task.listen, has_ended=lambda: task.state.has_ended):
        return _json(describe(task), 202)
    return await asyncio.to_thread(_grown, request, task)


def _grown(request: Request, task: Task) -> Response:
    if task.state is not TaskState.DONE:
        return refused(request, task.sentence or _NOT_MADE, 503)
    data = get_engine().result_of(task)
    try:
        check_rows(task.run, browser_of(request.headers))  # it may have been deleted, or its table made private
    except tuple(_STATUS) as error:
        return _refused(request, error)
    return refused(request, NOTHING_RECORDED, 409) if data is None else _json(data)


async def of_task(request: Request) -> Response:
    """What a task that explains a run has found, or how far it is (202): a run that trains would else begin another one
    for its next epoch.
    """
    return await asyncio.to_thread(_of_task, request)


def _of_task(request: Request) -> Response:
    engine = get_engine()
    try:
        task = engine.find_task(request.path_params["task"])
        if task.kind not in _KINDS:
            raise TaskNotFound
        check_rows(task.run, browser_of(request.headers))
    except tuple(_STATUS) as error:
        return _refused(request, error)
    if not task.state.has_ended:
        return _json(describe(task), 202)
    data = engine.result_of(task) if task.state is TaskState.DONE else None
    if data is None:
        return refused(request, task.sentence or _CANCELLED, 503)
    found = json.loads(data)
    if "refused" in found:
        return refused(request, Said.from_json(found["refused"]), 400)
    return _json(data)


async def truth(request: Request) -> Response:
    """Have explanations checked against the truth. Answers with the task; its result so far is at /descent/lab/."""
    if not same_site(request.headers):
        return refused(request, Said("Only a page of this server may ask for this."), 403)
    try:
        asked: Any = json.loads(await body_of(request, _MOST, _EXPECTED))
    except (NotSo, ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return refused(request, _EXPECTED, 400)
    owner = browser_of(request.headers) or ""
    try:
        task = await asyncio.to_thread(
            get_engine().begin_task_for, truth_experiment(), "checked_against_truth", asked, owner=owner
        )
    except TaskRefused as error:
        return refused(request, error, 400)
    return _json(describe(task))


def _refused(request: Request, error: DescentError) -> Response:
    return refused(request, error, _STATUS[type(error)])


def _json(text: str | bytes, status: int = 200) -> Response:
    return Response(text, status, media_type="application/json", headers={"cache-control": "no-store"})
