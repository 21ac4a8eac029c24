"""Routes beside Streamlit's own, on the same port, and what starts and stops with the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from core.engine.service import get_engine, stop_engine
from pages.server.dividing import dividing_routes
from pages.server.evaluation import evaluation_routes
from pages.server.evaluation_report import report_routes
from pages.server.explaining import explaining_routes
from pages.server.explanation import explanation_routes
from pages.server.film import film_routes
from pages.server.frontend import FRONTEND
from pages.server.joined import FIRST, FURTHER
from pages.server.lab import lab_routes
from pages.server.live_socket import live
from pages.server.people_files import people_file_routes
from pages.server.prediction import prediction_routes
from pages.server.row_inside import row_inside_routes
from pages.server.run_details import run_detail_routes
from pages.server.run_files import run_file_routes
from pages.server.runs_list import run_list_routes
from pages.server.static import Modules, chinese_font, script, tiles, words
from pages.server.subgroups import subgroup_routes
from pages.server.table_profile import table_profile_routes
from pages.server.table_rows import table_row_routes
from pages.server.tasks import task_routes


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the engine with the server and end it with it: no process stays behind.

    Its workers load Keras while the browser loads the page. They are nice, so that the picture comes 0.3 s later than
    if they waited for it, and the first epoch 1.2 s sooner (docs/performance.md).
    """
    await asyncio.to_thread(get_engine)
    try:
        yield
    finally:
        await asyncio.to_thread(stop_engine)


def routes() -> list[BaseRoute]:
    """All routes of Descent's own, under /descent."""
    return [
        WebSocketRoute("/descent/live/{run}", live),
        *run_file_routes(),
        *run_detail_routes(),
        *row_inside_routes(),
        *run_list_routes(),
        *task_routes(),
        *film_routes(),
        *table_row_routes(),
        *table_profile_routes(),
        *lab_routes(),
        *prediction_routes(),
        *people_file_routes(),
        *explaining_routes(),
        *evaluation_routes(),
        *report_routes(),
        *explanation_routes(),
        *dividing_routes(),
        *subgroup_routes(),
        Route("/descent/tiles.svg", tiles),
        Route("/descent/chinese.woff2", chinese_font),
        Route("/descent/words/{language}.json", words),
        *(Route(f"/descent/static/{name}", script) for name in (FIRST, FURTHER)),
        Mount("/descent/static", Modules(directory=FRONTEND)),
    ]
