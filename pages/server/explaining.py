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
from core.engine.task import Task, describe
from core.errors import TaskNotFound, TaskRefused
from core.runtime.plain_json import plain_json
from core.tasks.checked_against_truth import truth_experiment
from core.words import Said
from pages.server.answers import as_json
from pages.server.asked_people import body_of
from pages.server.asked_tasks import EXPECTED, begun, check_rows, made, refusal
from pages.server.identity import browser_of, same_site
from pages.server.wording import NotSo, refused

#: Maps that are made at once: each waits for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="maps")

#: Bytes of a request that asks for the check against the truth.
_MOST = 1_000

_EXPECTED = Said("Expected age_error (0 to 2), decoy (0 to 0.99) and seeds (1 to 20) as JSON.")

#: Tasks that explain a run.
_KINDS = {"explanation", "explanation_seeds", "surrogate"}


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
        return as_json(plain_json(get_engine().picture_maps(run, **numbers)))
    except EXPECTED as error:
        return refusal(request, error)


async def surrogate(request: Request) -> Response:
    """A shallow tree that imitates the network: `?depth=` 1 to 6, `epoch=` a recorded one.

    Where it takes more than `?wait=` seconds (30 at most), it is told how far it is (202). The run's owner has it made;
    others get what was made.
    """
    asked = {name: request.query_params[name] for name in ("depth", "epoch", "wait") if name in request.query_params}
    if any(not (text.isdecimal() and len(text) < 8) for text in asked.values()):
        return refused(request, Said("Expected whole numbers for depth, epoch and wait."), 400)
    options = {"depth": int(asked["depth"])} if "depth" in asked else {}
    epoch = int(asked["epoch"]) if "epoch" in asked else None
    return await made(request, lambda: begun(request, "surrogate", options, epoch=epoch, same=options), as_json)


async def of_task(request: Request) -> Response:
    """What a task that explains a run has found, or how far it is (202): a run that trains would else begin another one
    for its next epoch.
    """

    def found() -> Task:
        task = get_engine().find_task(request.path_params["task"])
        if task.kind not in _KINDS:
            raise TaskNotFound
        check_rows(task.run, browser_of(request.headers))
        return task

    return await made(request, found, lambda data: _explained(request, data), seconds=0.0)


def _explained(request: Request, data: bytes) -> Response:
    told = json.loads(data)
    return refused(request, Said.from_json(told["refused"]), 400) if "refused" in told else as_json(data)


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
    return as_json(describe(task))
