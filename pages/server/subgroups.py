"""For whom a run's network works, as JSON: the figures of groups of its rows, by any column."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.run import LiveRun
from core.engine.service import get_engine
from core.errors import RowsWithheld, RunNotFound, SnapshotNotKept, WrongValue
from core.evaluation.figures import Figure
from core.evaluation.subgroups import Subgroup, groups_by, subgroups_of_classes, subgroups_of_numbers
from core.runtime.plain_json import plain_json
from core.words import Said, listed, word
from pages.languages import Language
from pages.server.answers import as_json
from pages.server.asked_evaluation import AskedEvaluation
from pages.server.identity import browser_of
from pages.server.wording import language_of, refused

#: Answers that are made at once: each waits for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="subgroups")

#: Names of columns that a refusal lists.
_LISTED = 12


def subgroup_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/subgroups.json`."""
    return [Route("/descent/runs/{run}/subgroups.json", subgroups)]


async def subgroups(request: Request) -> Response:
    """`?column=` is the raw name of a column; everything else is as for `evaluation.json`. The worst group comes first.

    Levels stand in the answer: it is for who may see the rows.
    """
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _subgroups, request)


def _subgroups(request: Request) -> Response:
    engine = get_engine()
    try:
        run = engine.find(request.path_params["run"])
        engine.check_rows(run.config, browser_of(request.headers))
        asked = AskedEvaluation.of(request.query_params, run.config)
        told = _told(run, asked, request.query_params.get("column"), language_of(request))
    except RunNotFound as error:
        return refused(request, error, 404)
    except RowsWithheld as error:
        return refused(request, error, 403)
    except WrongValue as error:
        return refused(request, error, 400)
    except SnapshotNotKept as error:
        return refused(request, error, 409)
    return as_json(plain_json(told))


def _told(run: LiveRun, asked: AskedEvaluation, name: str | None, language: Language) -> dict[str, Any]:
    info, engine = run.config.dataset.info, get_engine()
    if name not in info.feature_names:
        names: list[Said | str] = [*info.feature_names[:_LISTED], *["…"] * (len(info.feature_names) > _LISTED)]
        raise WrongValue(
            Said(
                "column is '{received}', which is no column of this data set. Expected one of: {names}.",
                {"received": (name or "")[:80], "names": listed(names)},
            )
        )
    place = info.feature_names.index(name)
    judged = engine.judge(run.id, asked.rows, positive=asked.positive, epoch=asked.epoch, measured=False)
    values = engine.raw_column(run.id, asked.rows, place)
    limits = (info.groups.limit,) if info.groups is not None and info.groups.column == name else None
    groups = groups_by(values, info.columns_to_break[place], limits)
    everybody = [(Said("all"), np.ones(len(values), dtype=bool))] if len(values) else []
    find = _finder(asked, judged.actual, judged.predicted, run.config.seed)
    classes = (info.class_names or ())[: run.config.dataset.n_classes]
    of_classes = {"positive": classes[asked.positive], "threshold": asked.threshold} if classes else {}
    return {
        "epoch": judged.epoch,
        "rows": asked.rows,
        "column": name,
        **of_classes,
        "cost_missed": asked.costs[0],
        "cost_false_alarm": asked.costs[1],
        "everybody": next((_group(each, language) for each in find(everybody)), None),
        "groups": [_group(each, language) for each in find(groups)],
    }


def _finder(
    asked: AskedEvaluation, actual: np.ndarray, predicted: np.ndarray, seed: int
) -> Callable[[list[tuple[Said, np.ndarray]]], list[Subgroup]]:
    if predicted.ndim == 1:
        return lambda groups: subgroups_of_numbers(groups, actual, predicted, seed=seed)
    return lambda groups: subgroups_of_classes(
        groups,
        actual,
        predicted,
        positive=asked.positive,
        threshold=asked.threshold,
        missed=asked.costs[0],
        false_alarm=asked.costs[1],
        seed=seed,
    )


def _group(group: Subgroup, language: Language) -> dict[str, Any]:
    def figure(each: Figure) -> dict[str, Any]:
        reason = {} if each.reason is None else {"reason": word(each.reason, language)}
        return {"value": each.value, "low": each.low, "high": each.high, **reason}

    return {
        "title": word(group.title, language),
        "n_rows": group.rows,
        "events": group.events,
        "metrics": {name: figure(each) for name, each in group.figures.items()},
        "harm": figure(group.harm),
        "is_uncertain": group.is_uncertain,
    }
