"""Tasks that divide a run's training rows, over HTTP: calibration, repeated cross-validation, the learning curve."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.task import Task, describe
from core.tasks import KINDS
from core.words import Said
from pages.server.answers import as_json
from pages.server.asked_tasks import begun, made
from pages.server.wording import refused

_WHOLE_NUMBERS = Said("Expected a whole number for {name}.")

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
        numbers = {}
        for name in ("wait", *KINDS[kind].options.model_fields):
            text = request.query_params.get(name)
            if text is not None and not (text.isdecimal() and len(text) < 4):
                return refused(request, _WHOLE_NUMBERS.filled(name=name), 400)
            if text is not None and name != "wait":
                numbers[name] = int(text)
        return await made(request, lambda: begun(request, kind, numbers), as_json, so_far=_so_far)

    return answer


def _so_far(task: Task) -> str:
    return json.dumps({**json.loads(describe(task)), "result": json.loads(task.partial) if task.partial else None})
