"""Routes beside Streamlit's own, on the same port, and what starts and stops with the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.engine.feed import Cursor, RunFeed
from core.engine.service import get_engine, stop_engine
from core.errors import RunNotFound
from core.protocol.wire import encode
from pages.components.downloads import download_routes
from pages.components.loader import FRONTEND
from pages.components.task_routes import task_routes
from pages.components.tiles import draw_tile

#: At most 20 messages a second to a viewer.
_INTERVAL = 1 / 20

#: Seconds after which the engine starts without a viewer.
_BEGIN_AFTER = 4.0

NOT_FOUND = 4404
NOT_ALLOWED = 4403


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the engine with the server and end it with it: no process stays behind.

    Loading Keras takes all of a core for seconds, so it begins when the first page has been painted, unless runs of a
    server before wait to go on.
    """
    engine = await asyncio.to_thread(get_engine, begin=False)
    after = 0.0 if engine.has_waiting_runs else _BEGIN_AFTER
    nobody_came = asyncio.get_running_loop().call_later(after, engine.begin)
    try:
        yield
    finally:
        nobody_came.cancel()
        await asyncio.to_thread(stop_engine)


def routes() -> list[BaseRoute]:
    """All routes of Descent's own, under /descent."""
    return [
        WebSocketRoute("/descent/live/{run}", live),
        *download_routes(),
        *task_routes(),
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
        feed = await asyncio.to_thread(get_engine().find, socket.path_params["run"])
    except RunNotFound:
        await socket.close(NOT_FOUND)
        return
    since = socket.query_params.get("since", "0")
    cursor = Cursor(epoch=min(int(since) if since.isdecimal() and len(since) < 7 else 0, feed.epoch))
    changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    unlisten = feed.listen(wake)
    sending = asyncio.create_task(_send_changes(socket, feed, cursor, changed))
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # viewers only watch, whatever they send
    finally:
        unlisten()
        sending.cancel()


async def _send_changes(socket: WebSocket, feed: RunFeed, cursor: Cursor, changed: asyncio.Event) -> None:
    try:
        while True:
            changed.clear()
            parts = feed.unseen(cursor)
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


async def tile(request: Request) -> Response:
    """A small picture of a two-dimensional data set."""
    try:
        picture = draw_tile(request.path_params["dataset"])
    except KeyError:
        return PlainTextResponse("There is no such data set.", 404)
    return Response(picture, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


class _Modules(StaticFiles):
    """The front end's modules. Browsers ask each time whether they changed, so that an update is never half old."""

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
