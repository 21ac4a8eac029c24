"""Routes beside Streamlit's own, on the same port, and what starts and stops with the server."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.engine.channel import Channel, Cursor
from core.engine.service import get_engine, stop_engine
from core.engine.wire import Part, encode
from core.errors import MomentNotKept, RunNotFound
from core.training.recording import LIMIT
from pages.components.film_page import film_page
from pages.components.tiles import draw_tile

FRONTEND = Path(__file__).parent / "live" / "frontend"

#: At most 20 messages a second to a viewer.
_INTERVAL = 1 / 20

#: Seconds after which the engine starts without a viewer.
_BEGIN_AFTER = 4.0

NOT_FOUND = 4404
NOT_ALLOWED = 4403


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the engine with the server and end it with it: no process stays behind.

    Loading Keras takes all of a core for seconds, so it begins when the first page has been painted.
    """
    engine = await asyncio.to_thread(get_engine, begin=False)
    nobody_came = asyncio.get_running_loop().call_later(_BEGIN_AFTER, engine.begin)
    try:
        yield
    finally:
        nobody_came.cancel()
        await asyncio.to_thread(stop_engine)


def routes() -> list[BaseRoute]:
    """All routes of Descent's own, under /descent."""
    return [
        WebSocketRoute("/descent/live/{channel}", live),
        Route("/descent/runs/{run}/predictions.csv", predictions),
        Route("/descent/runs/{run}/history.csv", history),
        Route("/descent/runs/{run}/config.json", configuration),
        Route("/descent/runs/{run}/history.bin", curves),
        Route("/descent/runs/{run}/moments/{epoch:int}", moment),
        Route("/descent/runs/{run}/film.html", film),
        Route("/descent/runs/{run}/film.gif", gif),
        Route("/descent/tiles/{dataset}.svg", tile),
        Mount("/descent/static", _Modules(directory=FRONTEND)),
    ]


async def live(socket: WebSocket) -> None:
    """Stream a preview or a run: first what is missing since `?since=<epoch>`, then every change, coalesced.

    Closes with 4404 where the run does not exist, and with 4403 for pages of another site; a refused handshake
    would put an error on the browser's console.
    """
    await socket.accept()
    if not _same_site(socket):
        await socket.close(NOT_ALLOWED)
        return
    await asyncio.to_thread(get_engine().begin)  # the page that shows the live view is painted
    try:
        channel = await asyncio.to_thread(get_engine().find, socket.path_params["channel"])
    except RunNotFound:
        await socket.close(NOT_FOUND)
        return
    since = socket.query_params.get("since", "0")
    cursor = Cursor(epoch=min(int(since) if since.isdecimal() and len(since) < 7 else 0, channel.epoch))
    changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    unlisten = channel.listen(wake)
    sending = asyncio.create_task(_send_changes(socket, channel, cursor, changed))
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # viewers only watch, whatever they send
    finally:
        unlisten()
        sending.cancel()


async def _send_changes(socket: WebSocket, channel: Channel, cursor: Cursor, changed: asyncio.Event) -> None:
    try:
        while True:
            changed.clear()
            parts = channel.unseen(cursor)
            if parts:
                sent = time.monotonic()
                await socket.send_bytes(encode(parts))
                await asyncio.sleep(max(0.0, _INTERVAL - (time.monotonic() - sent)))
            await changed.wait()
    except (WebSocketDisconnect, RuntimeError):
        pass  # the viewer left


def _same_site(socket: WebSocket) -> bool:
    """Whether the page that opened the socket is one of ours, under a name that this server goes by."""
    host = socket.headers.get("host", "")
    origin = socket.headers.get("origin")
    try:
        if origin is not None and urlsplit(origin).netloc != host:
            return False
        name = urlsplit(f"//{host}").hostname
    except ValueError:  # no address at all
        return False
    allowed = st.config.get_option("server.allowedHosts")
    return not allowed or name in allowed


async def predictions(request: Request) -> Response:
    """The test rows' predictions of a run that rests, as CSV."""
    return await asyncio.to_thread(_with_run, request, _predictions)


async def history(request: Request) -> Response:
    """Every epoch's logs of a run, as CSV."""
    return await asyncio.to_thread(_with_run, request, _history)


async def configuration(request: Request) -> Response:
    """A run's `ExperimentConfig`, as JSON."""
    return await asyncio.to_thread(_with_run, request, _configuration)


async def curves(request: Request) -> Response:
    """Every epoch's logs of a run, as the live view reads them: for the curves of a run that others branched off."""
    return await asyncio.to_thread(_with_run, request, _curves)


async def moment(request: Request) -> Response:
    """The picture of a recorded epoch, as the live view reads it."""
    epoch = request.path_params["epoch"]
    return await asyncio.to_thread(_with_run, request, lambda channel: _moment(channel, epoch))


async def film(request: Request) -> Response:
    """The run's recorded epochs as one HTML file that needs no server."""
    return await asyncio.to_thread(_with_run, request, _film)


async def gif(request: Request) -> Response:
    """The run's recorded epochs as an animated picture."""
    return await asyncio.to_thread(_with_run, request, _gif)


async def tile(request: Request) -> Response:
    """A small picture of a two-dimensional data set."""
    try:
        picture = draw_tile(request.path_params["dataset"])
    except KeyError:
        return PlainTextResponse("There is no such data set.", 404)
    return Response(picture, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


def _with_run(request: Request, answer: Callable[[Channel], Response]) -> Response:
    try:
        return answer(get_engine().find(request.path_params["run"]))
    except RunNotFound as error:
        return PlainTextResponse(str(error), 404)


def _predictions(channel: Channel) -> Response:
    kept = get_engine().store.kept(channel.id, "predictions")
    found = json.loads(kept) if kept else None
    if found is None or found["epoch"] != channel.epoch or channel.state in {"queued", "running"}:
        return PlainTextResponse("Predictions can be downloaded when the run is paused or has ended.", 409)
    columns = found["columns"]
    return _csv("predictions", columns, zip(*columns.values(), strict=True))


def _history(channel: Channel) -> Response:
    names = channel.info.header["info"]["log_names"] if channel.info else []
    rows = ((epoch, *map(float, logs)) for epoch, logs in enumerate(channel.history(), start=1))
    return _csv("history", ["epoch", *names], rows)


def _configuration(channel: Channel) -> Response:
    return Response(channel.config, media_type="application/json", headers=_as_file("experiment.json"))


def _curves(channel: Channel) -> Response:
    logs = channel.history()
    return _binary(Part({"history": {"first_epoch": 1}}, {"history": logs.copy()}))


def _moment(channel: Channel, epoch: int) -> Response:
    try:
        return _binary(get_engine().depict(channel.id, epoch))
    except MomentNotKept as error:
        return PlainTextResponse(str(error), 404)


def _film(channel: Channel) -> Response:
    pictures = _pictures(channel)
    now = channel.unseen(Cursor())
    if channel.info is None or not pictures:
        return _nothing_recorded()
    kept = {"epochs": sorted(pictures), "bytes": sum(channel.moments.values()), "limit": LIMIT}
    page = film_page(
        channel.info.header["info"]["title"],
        encode([*now, Part({"moments": kept})]),
        {epoch: encode([part]) for epoch, part in pictures.items()},
    )
    return Response(page, media_type="text/html; charset=utf-8", headers=_as_file("film.html"))


def _gif(channel: Channel) -> Response:
    from core.film import draw_gif

    pictures = _pictures(channel)
    if channel.info is None or channel.view is None or not pictures:
        return _nothing_recorded()
    data = draw_gif(channel.info.header["info"], channel.view, channel.history(), list(pictures.values()))
    return Response(data, media_type="image/gif", headers=_as_file("film.gif"))


def _pictures(channel: Channel) -> dict[int, Part]:
    """The pictures of a film, by epoch. An epoch that cannot be drawn is left out."""
    from core.film import thinned

    pictures = {}
    for epoch in thinned(sorted(channel.moments)):
        try:
            pictures[epoch] = get_engine().depict(channel.id, epoch)
        except MomentNotKept:
            continue
    return pictures


def _nothing_recorded() -> Response:
    return PlainTextResponse("Nothing of this run is recorded yet: train it for an epoch first.", 409)


def _binary(part: Part) -> Response:
    return Response(encode([part]), media_type="application/octet-stream", headers={"cache-control": "no-store"})


def _csv(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_harmless(cell) for cell in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=_as_file(f"{name}.csv"))


def _harmless(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made text; numbers stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="descent-{name}"', "cache-control": "no-store"}


class _Modules(StaticFiles):
    """The live view's modules. Browsers ask each time whether they changed, so that an update is never half old."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if path.endswith(".js"):
            # Windows' registry may call JavaScript text/plain, and browsers then refuse modules.
            response.headers["content-type"] = "text/javascript; charset=utf-8"
        return response
