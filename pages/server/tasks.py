"""Long work over HTTP: a task's result where it comes soon, how far it is where it does not, and cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.cursor import Cursor
from core.engine.service import get_engine
from core.engine.task import describe
from core.errors import NotYourRun, RowsWithheld, RunNotFound, TaskNotFound
from core.protocol.wire import Part, encode
from core.tasks.film import pictures_of
from core.tasks.film_colours import FilmColours
from core.tasks.film_words import FilmWords
from core.training.recording import LIMIT
from core.words import Said, word
from pages.server.asked_tasks import NOTHING_RECORDED, as_json, begun, check_rows, made
from pages.server.film_page import film_page
from pages.server.identity import browser_of, same_site
from pages.server.palette import PALETTE
from pages.server.runs import as_file
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
    run = request.path_params["run"]
    return await made(
        request,
        lambda: begun(request, "film", options, same={"form": options["form"]}),
        lambda data: answer(run, data),
    )


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
