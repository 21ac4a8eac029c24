"""What every route shares that has a run's owner ask for a task: how long it waits, whose rows, and what it refuses."""

from __future__ import annotations

from starlette.requests import Request

from core.engine.service import get_engine
from core.engine.tasks import Task
from core.errors import TaskNotFound
from core.words import Said

#: Seconds that a request waits for a task; then it is told how far the task is, and asks again.
PATIENCE = 30.0

NOTHING_RECORDED = Said("Nothing of this run is recorded yet: train it for an epoch first.")
OWNER_ONLY = Said("This has not been made yet, and only the browser that started the run can have it made.")


def patience_of(request: Request) -> float:
    """The seconds of `?wait=`, at most `PATIENCE`, and that where it says no number."""
    asked = request.query_params.get("wait", "")
    return min(PATIENCE, float(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else PATIENCE


def check_rows(run: str, browser: str | None) -> None:
    """Whether what is made of a run's rows may go to a browser.

    Raises:
        RunNotFound, RowsWithheld: it may not.
    """
    engine = get_engine()
    engine.check_rows(engine.find(run).config, browser)


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
