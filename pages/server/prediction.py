"""Single people over HTTP: what a run's network answers, what would change it, ten seeds, and a copy that learns on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import (
    DescentError,
    RowsWithheld,
    RunNotFound,
    RunNotKept,
    SnapshotNotKept,
    TaskNotFound,
)
from core.runtime.plain_json import plain_json
from core.words import Said
from pages.server.answers import as_json
from pages.server.asked_people import asked_of, name_of, names_of, number_of, row_of, rows_of
from pages.server.asked_tasks import NOTHING_RECORDED, begun, made
from pages.server.calibrated import with_calibration
from pages.server.identity import browser_of, same_site
from pages.server.wording import NotSo, refused

#: Answers that are made at once: each waits for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="prediction")

#: People that a worker is asked about at a time, and the values that they may have together: it takes up to 50 ms.
_AT_ONCE, _VALUES_AT_ONCE = 100, 20_000

_NOT_OURS = Said("Only a page of this server may ask about people.")
Answer = Callable[[RunFeed], Any]


def prediction_routes() -> list[BaseRoute]:
    """The routes about people, under /descent/runs."""
    folder = "/descent/runs/{run}"
    return [
        Route(f"{folder}/predict-form.json", form),
        Route(f"{folder}/predict-row.json", row),
        Route(f"{folder}/predict.json", predict, methods=["POST"]),
        Route(f"{folder}/person.json", person, methods=["POST"]),
        Route(f"{folder}/response.json", response, methods=["POST"]),
        Route(f"{folder}/counterfactual.json", counterfactual, methods=["POST"]),
        Route(f"{folder}/ensemble.json", ensemble, methods=["POST"]),
        Route(f"{folder}/fine-tune.json", fine_tune, methods=["POST"]),
    ]


async def form(request: Request) -> Response:
    """What is asked of a person: the columns with kinds, levels and the ranges of the training rows."""
    return await answered(request, lambda feed: asked(feed, "prediction_form"))


async def row(request: Request) -> Response:
    """A row to begin with: `?rows=train|validation|test&row=`, from 0."""
    kind, text = request.query_params.get("rows", "test"), request.query_params.get("row", "0")
    if kind not in {"train", "validation", "test"} or not (text.isdecimal() and len(text) < 8):
        return refused(request, Said("Expected rows=train, validation or test, and row: a whole number from 0."), 400)
    return await answered(request, lambda feed: asked(feed, "prediction_row", kind=kind, row=int(text)))


async def predict(request: Request) -> Response:
    """The answers for people: `{"rows": [{column: value}]}` in the units of the source."""

    async def read() -> Answer:
        rows = rows_of(await asked_of(request))
        return lambda feed: _predicted(feed, rows)

    return await _posted(request, read)


async def person(request: Request) -> Response:
    """All of one person, `{"row": {column: value}}`: the answer, the nearest training rows, what each value adds."""

    async def read() -> Answer:
        given = row_of(await asked_of(request))
        return lambda feed: _person(feed, given)

    return await _posted(request, read)


async def response(request: Request) -> Response:
    """The answer over the values of one column: `{"row": …, "column": name}`."""

    async def read() -> Answer:
        body = await asked_of(request)
        given, column = row_of(body), name_of(body, "column")
        return lambda feed: asked(feed, "response", row=given, column=column, members=members_of(feed))

    return await _posted(request, read)


async def counterfactual(request: Request) -> Response:
    """The nearest person who is answered as wished: `{"row": …, "locked": [names], "class": name}`, of a regression
    `above` or `below` a number. `found` is null where none was found.
    """

    async def read() -> Answer:
        body = await asked_of(request)
        given, locked = row_of(body), names_of(body, "locked")
        return lambda feed: {"found": asked(feed, "counterfactual", row=given, locked=locked, wish=_wish(feed, body))}

    return await _posted(request, read)


async def ensemble(request: Request) -> Response:
    """Have ten seeds trained, so that answers have their `spread`; 202 with how far that is while it lasts."""

    async def read() -> Answer:
        await asked_of(request)
        return lambda feed: {}

    return await _made(request, "ensemble", read, lambda _: {"state": "done"})


async def fine_tune(request: Request) -> Response:
    """Have a copy learn on from one group's rows (`core.tasks.fine_tune`); 202 with how far that is while it lasts."""

    async def read() -> Answer:
        body = await asked_of(request)
        return lambda feed: body

    return await _made(request, "fine_tune", read, lambda data: {"state": "done", "result": json.loads(data)})


async def answered(request: Request, answer: Answer) -> Response:
    """Answer in a thread of ours with JSON, or say in words why not. Rows are for who may see them."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _answered, request, answer)


def _answered(request: Request, answer: Answer) -> Response:
    try:
        feed = get_engine().find(request.path_params["run"])
        get_engine().check_rows(feed.config, browser_of(request.headers))
        found = answer(feed)
    except Exception as error:
        return refusal(request, error)
    return found if isinstance(found, Response) else _json(found)


def refusal(request: Request, error: Exception) -> Response:
    """Why there is no answer, with the status that says of which kind that is.

    Raises:
        Exception: the same, where it is none that was expected.
    """
    if isinstance(error, NotSo):
        return refused(request, error.said, error.status)
    if isinstance(error, RunNotKept):
        return refused(request, NOTHING_RECORDED, 409)
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return refused(request, error, status)
    raise error


_STATUSES: dict[type[DescentError], int] = {
    RunNotFound: 404,
    TaskNotFound: 404,
    RowsWithheld: 403,
    SnapshotNotKept: 503,
}


def asked(feed: RunFeed, question: str, /, **options: Any) -> Any:
    """What a worker answers about people on a run's network as it stands.

    Raises:
        NotSo: a column is missing (422), or a value cannot be read (400).
        RunNotKept, SnapshotNotKept: there is no state to ask, or nobody to answer now.
    """
    told = get_engine().ask_latest(feed.id, question, **options)
    if "refused" in told:
        raise NotSo(told["refused"], 400 if told["column"] is None else 422)
    found = told["answer"]
    return {"epoch": told["epoch"], **found} if isinstance(found, dict) else found


def members_of(feed: RunFeed) -> bytes | None:
    """The ten seeds of a run as it stands, where they have been trained."""
    return get_engine().kept_result(feed.id, "ensemble")


def predictions_of(feed: RunFeed, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers for people, all of the same network, each with what is not known and why."""
    network = get_engine().latest_network(feed.id)
    members, calibration = members_of(feed), get_engine().calibration_of(feed.id)
    found: list[dict[str, Any]] = []
    at_once = min(_AT_ONCE, max(1, _VALUES_AT_ONCE // max(1, len(feed.config.dataset.info.feature_names))))
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        found += asked(feed, "predictions", snapshot=network, rows=some, members=members, first=start + 1)
    return [with_calibration(each, calibration) for each in found]


def _predicted(feed: RunFeed, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {"predictions": predictions_of(feed, rows)}


def _person(feed: RunFeed, given: Mapping[str, Any]) -> dict[str, Any]:
    told = asked(feed, "person", row=given, members=members_of(feed))
    return with_calibration(told, get_engine().calibration_of(feed.id))


def _wish(feed: RunFeed, body: Mapping[str, Any]) -> dict[str, Any]:
    config = feed.config.dataset
    if config.info.task == "regression":
        above, below = number_of(body, "above"), number_of(body, "below")
        if (above is None) == (below is None):
            raise NotSo(Said("Expected above or below: the number that the answer shall pass."), 400)
        return {"above": above, "below": below}
    names = list((config.info.class_names or ())[: config.n_classes])
    wished = body.get("class")
    if wished not in names:
        raise NotSo(Said("Expected class: one of {names}.", {"names": ", ".join(map(str, names))[:400]}), 400)
    return {"label": names.index(wished)}


async def _posted(request: Request, read: Callable[[], Awaitable[Answer]]) -> Response:
    """Read what is posted by a page of this server, then answer."""
    if not same_site(request.headers):
        return refused(request, _NOT_OURS, 403)
    try:
        answer = await read()
    except NotSo as error:
        return refused(request, error.said, error.status)
    return await answered(request, answer)


async def _made(
    request: Request, kind: str, read: Callable[[], Awaitable[Answer]], told: Callable[[bytes], Any]
) -> Response:
    """Have a task made, and answer with what it made or, after `?wait=` seconds, with how far it is (202); `?task=`
    goes on waiting for that task.
    """
    if not same_site(request.headers):
        return refused(request, _NOT_OURS, 403)
    try:
        answer = await read()
        feed = await asyncio.to_thread(get_engine().find, request.path_params["run"])
        options = answer(feed)
    except Exception as error:
        return refusal(request, error)
    return await made(request, lambda: begun(request, kind, options), lambda data: _json(told(data)))


def _json(found: Any) -> Response:
    return as_json(plain_json(found))
