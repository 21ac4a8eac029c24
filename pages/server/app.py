"""Routes beside Streamlit's own, on the same port, and what starts and stops with the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from core.engine.service import get_engine, stop_engine
from pages.server.frontend import FRONTEND
from pages.server.live_socket import live
from pages.server.runs import run_routes
from pages.server.static import Modules, script, tile, tiles
from pages.server.tasks import task_routes

#: Seconds after which the engine starts without a viewer.
_BEGIN_AFTER = 4.0


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
        *run_routes(),
        *task_routes(),
        Route("/descent/tiles.svg", tiles),
        Route("/descent/tiles/{dataset}.svg", tile),
        Route("/descent/static/descent.js", script),
        Mount("/descent/static", Modules(directory=FRONTEND)),
    ]
