"""Tasks over HTTP: begun for who may have them, waited for without holding a thread, and answered with what they made
or with how far they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.engine.service import get_engine
from core.engine.task import Task, TaskState, describe
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
from core.words import Said
from pages.server.answers import as_json
from pages.server.identity import browser_of
from pages.server.waiting import ends_within
from pages.server.wording import refused

#: Seconds that a request waits for a task; then it is told how far the task is, and asks again.
_PATIENCE = 30.0

NOTHING_RECORDED = Said("Nothing of this run is recorded yet: train it for an epoch first.")
_OWNER_ONLY = Said("This has not been made yet, and only the browser that started the run can have it made.")
_CANCELLED = Said("This task was cancelled.")

#: What an error of the engine answers with.
_STATUS: dict[type[DescentError], int] = {
    RunNotFound: 404,
    TaskNotFound: 404,
    RowsWithheld: 403,
    NotYourRun: 403,
    SnapshotNotKept: 409,
    TaskRefused: 400,
    WrongValue: 400,
}
EXPECTED = tuple(_STATUS)


def refusal(request: Request, error: DescentError) -> Response:
    """Why there is no answer, for one of the errors in `EXPECTED`."""
    if isinstance(error, NotYourRun):
        return refused(request, _OWNER_ONLY, 403)
    if isinstance(error, SnapshotNotKept) and not error.epoch and error.why == SnapshotNotKept(0).why:
        return refused(request, NOTHING_RECORDED, 409)
    return refused(request, error, next(status for kind, status in _STATUS.items() if isinstance(error, kind)))


def patience_of(request: Request) -> float:
    """The seconds of `?wait=`, at most half a minute, and that where it says no number."""
    asked = request.query_params.get("wait", "")
    return min(_PATIENCE, float(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else _PATIENCE


def check_rows(run: str, browser: str | None) -> None:
    """Whether what is made of a run's rows may go to a browser.

    Raises:
        RunNotFound, RowsWithheld: it may not.
    """
    engine = get_engine()
    engine.check_rows(engine.find(run).config, browser)


def begun(
    request: Request, kind: str, options: Mapping[str, Any], *, epoch: int | None = None, same: Mapping[str, Any] = {}
) -> Task:
    """A task on the run of the address: the one that `?task=` names, otherwise begun for who asks.

    Asking for the result of a run that trains would else begin another task for its next recorded epoch.

    Args:
        epoch: a recorded one; the last where left out.
        same: options that a task which was named must have.

    Raises:
        DescentError: one of `EXPECTED`.
    """
    engine, run, owner = get_engine(), request.path_params["run"], browser_of(request.headers) or ""
    check_rows(run, owner)
    named = request.query_params.get("task")
    if named is None:
        return engine.begin_task(run, kind, options, owner=owner, epoch=epoch)
    task = engine.find_task(named)
    if (task.run, task.kind) != (run, kind) or any(task.options[name] != value for name, value in same.items()):
        raise TaskNotFound
    return task


async def made(
    request: Request,
    begin: Callable[[], Task],
    answer: Callable[[bytes], Response],
    *,
    seconds: float | None = None,
    so_far: Callable[[Task], str] = describe,
) -> Response:
    """What a task has made; where it takes longer than `?wait=` seconds, how far it is (202).

    Args:
        begin: begins or finds the task, in a thread; raises one of `EXPECTED`.
        answer: makes the response of what it made, in a thread; raises one of `EXPECTED`.
        seconds: to wait instead.
        so_far: what is told while it is made, as JSON.
    """
    try:
        task = await asyncio.to_thread(begin)
    except EXPECTED as error:
        return refusal(request, error)
    wait = patience_of(request) if seconds is None else seconds
    if not await ends_within(wait, listen=task.listen, has_ended=lambda: task.state.has_ended):
        return as_json(so_far(task), 202)
    return await asyncio.to_thread(_ended, request, task, answer)


def _ended(request: Request, task: Task, answer: Callable[[bytes], Response]) -> Response:
    if task.state is not TaskState.DONE:
        return refused(request, task.sentence or _CANCELLED, 503)
    data = get_engine().result_of(task)
    try:
        check_rows(task.run, browser_of(request.headers))  # it may have been deleted, or its table made private
        return refused(request, NOTHING_RECORDED, 409) if data is None else answer(data)
    except EXPECTED as error:
        return refusal(request, error)
