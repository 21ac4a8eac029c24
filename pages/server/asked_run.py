"""The run that an address asks about: found, its rows kept to those who may have them, answered in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import Response

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import RowsWithheld, RunNotFound
from pages.server.identity import browser_of
from pages.server.wording import NotSo, refused

#: Answers that are made at once; the next ones wait.
_THREADS = ThreadPoolExecutor(6, thread_name_prefix="downloads")


async def answered(request: Request, answer: Callable[[RunFeed], Response], *, tells_rows: bool = True) -> Response:
    """Answer in a thread of the downloads: some wait for a worker, and those of the sockets must not.

    Args:
        tells_rows: whether the answer says anything of single rows or of what stands in a table: then it is refused
            where these are not for the browser that asks.
    """
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _with_run, request, answer, tells_rows)


def _with_run(request: Request, answer: Callable[[RunFeed], Response], tells_rows: bool) -> Response:
    try:
        run = get_engine().find(request.path_params["run"])
        if tells_rows:
            get_engine().check_rows(run.config, browser_of(request.headers))
        return answer(run)
    except RunNotFound as error:
        return refused(request, error, 404)
    except RowsWithheld as error:
        return refused(request, error, 403)
    except NotSo as error:
        return refused(request, error.said, error.status)
