"""Long work over HTTP: a task's result where it comes soon, how far it is where it does not, and cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.feed import Cursor
from core.engine.service import get_engine
from core.engine.tasks import Task, TaskState, describe
from core.errors import NotYourRun, RowsWithheld, RunNotFound, SnapshotNotKept, TaskNotFound, TaskRefused
from core.protocol.wire import Part, encode
from core.tasks.film import pictures_of
from core.tasks.film_colours import FilmColours
from core.tasks.film_words import FilmWords
from core.training.recording import LIMIT
from core.words import Said, word
from pages.server.asked_tasks import NOTHING_RECORDED, OWNER_ONLY, begun_before, check_rows, patience_of
from pages.server.film_page import film_page
from pages.server.identity import browser_of, same_site
from pages.server.palette import PALETTE
from pages.server.runs import as_file
from pages.server.waiting import ends_within
from pages.server.wording import language_of, refused


def task_routes() -> list[BaseRoute]:
    """The routes under /descent/tasks, and those of the film."""
    return [
        Route("/descent/tasks/{task}", progress),
        Route("/descent/tasks/{task}/cancel", cancel, methods=["POST"]),
        Route("/descent/runs/{run}/film.html", film),
        Route("/descent/runs/{run}/film.gif", gif),
    ]


async def progress(request: Request) -> Response:
    """How far a task is, as JSON."""
    try:
        task = get_engine().find_task(request.path_params["task"])
        if task.config is None:
            await asyncio.to_thread(check_rows, task.run, browser_of(request.headers))
        else:
            get_engine().check_rows(task.config, browser_of(request.headers))
        return _told(task)
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
    return _told(get_engine().find_task(task))


async def gif(request: Request) -> Response:
    """The run's recorded epochs as an animated picture."""
    headers = as_file("film.gif")
    options = {"form": "gif", "colours": FilmColours.of(PALETTE["light"]).model_dump()}
    if "task" not in request.query_params:
        options["words"] = await asyncio.to_thread(_film_words, request)
    return await _made(request, options, lambda _, data: Response(data, media_type="image/gif", headers=headers))


def _film_words(request: Request) -> dict[str, Any]:
    """What is written in a run's film, in the language of who asks."""
    language = language_of(request)
    try:
        info = get_engine().find(request.path_params["run"]).info
    except RunNotFound:  # is said when the film is begun
        info = None
    about = info.header["info"] if info is not None else {}
    of_run = {"title": about.get("title", ""), "loss": about.get("loss_name", "")}
    fixed = FilmWords().model_dump(exclude=set(of_run))
    return {
        **{name: language.gettext(text) for name, text in fixed.items()},
        **{name: word(Said.from_json(told), language) for name, told in of_run.items()},
    }


async def film(request: Request) -> Response:
    """The run's recorded epochs as one HTML file that needs no server. `?lang=` is the language that it speaks."""
    return await _made(request, {"form": "messages"}, lambda run, data: _film_page(request, run, data))


async def _made(request: Request, options: Mapping[str, Any], answer: Callable[[str, bytes], Response]) -> Response:
    """Have the film made, and answer with it or, after a while, with how far it is (202).

    `?wait=` seconds are waited, at most 30; `?task=` asks for the result of a task that was begun before.
    """
    engine, run = get_engine(), request.path_params["run"]
    owner = browser_of(request.headers) or ""
    wait = patience_of(request)
    try:
        await asyncio.to_thread(check_rows, run, owner)
        task = begun_before(request, "film")
        if task is not None and task.options["form"] != options["form"]:
            raise TaskNotFound
        if task is None:
            task = await asyncio.to_thread(engine.begin_task, run, "film", options, owner=owner)
    except (RunNotFound, TaskNotFound) as error:
        return refused(request, error, 404)
    except RowsWithheld as error:
        return refused(request, error, 403)
    except SnapshotNotKept:
        return refused(request, NOTHING_RECORDED, 409)
    except NotYourRun:
        return refused(request, OWNER_ONLY, 403)
    except TaskRefused as error:
        return refused(request, error, 400)
    if not await ends_within(wait, listen=task.listen, has_ended=lambda: task.state.has_ended):
        return _told(task, 202)
    if task.state is not TaskState.DONE:
        return refused(request, task.sentence or Said("The film was cancelled."), 503)
    data = await asyncio.to_thread(engine.result_of, task)
    try:
        await asyncio.to_thread(check_rows, run, owner)  # it may have been deleted, or its table made private
        return refused(request, NOTHING_RECORDED, 409) if data is None else await asyncio.to_thread(answer, run, data)
    except RunNotFound as error:
        return refused(request, error, 404)
    except RowsWithheld as error:
        return refused(request, error, 403)


def _film_page(request: Request, run_id: str, data: bytes) -> Response:
    run, pictures = get_engine().find(run_id), pictures_of(data)
    now = run.unseen(Cursor())
    if run.info is None:
        return refused(request, NOTHING_RECORDED, 409)
    kept = {"epochs": sorted(pictures), "bytes": sum(run.snapshots.values()), "limit": LIMIT}
    page = film_page(
        Said.from_json(run.info.header["info"]["title"]),
        encode([*now, Part({"moments": kept})]),
        {epoch: encode([part]) for epoch, part in pictures.items()},
        language_of(request).code,
    )
    return Response(page, media_type="text/html; charset=utf-8", headers=as_file("film.html"))


def _told(task: Task, status: int = 200) -> Response:
    return Response(describe(task), status, media_type="application/json", headers={"cache-control": "no-store"})
