"""A run's recorded epochs as a film, over HTTP: an HTML file that needs no server, or an animated picture.

How that file is put together is in `film_page`, how the pictures are recorded in `core.tasks.film`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.cursor import Cursor
from core.engine.service import get_engine
from core.errors import RunNotFound
from core.protocol.wire import Part, encode
from core.tasks.film import pictures_of
from core.tasks.film_colours import FilmColours
from core.tasks.film_words import FilmWords
from core.training.recording import LIMIT
from core.words import Said, word
from pages.server.asked_tasks import NOTHING_RECORDED, begun, made
from pages.server.film_page import film_page
from pages.server.palette import PALETTE
from pages.server.saved_files import as_file
from pages.server.wording import language_of, refused


def film_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/film.html` and `film.gif`."""
    return [
        Route("/descent/runs/{run}/film.html", film),
        Route("/descent/runs/{run}/film.gif", gif),
    ]


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
