"""Waiting for something that ends elsewhere, without holding a thread: those of the downloads are few. Who goes on
waiting names the task that was begun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request

from core.engine.service import get_engine
from core.engine.tasks import Task
from core.errors import TaskNotFound


async def ends_within(
    seconds: float, *, listen: Callable[[Callable[[], None]], Callable[[], None]], has_ended: Callable[[], bool]
) -> bool:
    """Wait for an end.

    Args:
        listen: has a function called after every change, from any thread, and returns what ends that.

    Returns:
        Whether it came in time.
    """
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def look() -> None:
        if has_ended() and not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    unlisten = listen(look)
    look()
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        pass
    finally:
        unlisten()
    return has_ended()


def begun_before(request: Request, kind: str) -> Task | None:
    """The task that `?task=` names; None where nothing is named.

    Asking for the result of a run that trains would else begin another task for its next recorded epoch.

    Raises:
        TaskNotFound: there is none (any more), or it is of another kind or run.
    """
    asked = request.query_params.get("task")
    if asked is None:
        return None
    task = get_engine().find_task(asked)
    if (task.run, task.kind) != (request.path_params["run"], kind):
        raise TaskNotFound()
    return task
