"""What a run's network is worth, as numbers: JSON and CSV, the same that the Evaluate page shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.service import get_engine
from core.errors import RowsWithheld, RunNotFound, SnapshotNotKept, WrongValue
from core.evaluation.figures import NO_ROWS, NOT_FINITE, Figure
from core.runtime.plain_json import plain_json
from core.words import Said, word
from pages.languages import Language
from pages.server import answers
from pages.server.asked_evaluation import AskedEvaluation, RunEvaluation, evaluated
from pages.server.identity import browser_of
from pages.server.saved_files import csv_file
from pages.server.wording import language_of, refused

_TOO_FEW = Said("There are too few rows for an interval.")

#: Answers that are made at once: each may wait for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="evaluation")


def evaluation_routes() -> list[BaseRoute]:
    """The routes of an evaluation, under /descent/runs."""
    return [
        Route("/descent/runs/{run}/evaluation.json", as_json),
        Route("/descent/runs/{run}/evaluation.csv", as_csv),
    ]


async def as_json(request: Request) -> Response:
    """Every figure with its interval; what is asked for stands in `AskedEvaluation`."""

    def answer(found: RunEvaluation, language: Language) -> Response:
        return answers.as_json(plain_json(told(found, language)))

    return await answered(request, answer)


async def as_csv(request: Request) -> Response:
    """The same as a table: `name, value, low, high, reason`; counts of the confusion matrix at its end."""

    def answer(found: RunEvaluation, language: Language) -> Response:
        return csv_file("evaluation", ["name", "value", "low", "high", "reason"], _lines(told(found, language)))

    return await answered(request, answer)


async def answered(request: Request, answer: Callable[[RunEvaluation, Language], Response]) -> Response:
    """Evaluate in a thread, and answer; or say in words why there is nothing to be had."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _answered, request, answer)


def _answered(request: Request, answer: Callable[[RunEvaluation, Language], Response]) -> Response:
    try:
        run = get_engine().find(request.path_params["run"])
        known = get_engine().config_for(run.config, browser_of(request.headers))
        asked = AskedEvaluation.of(request.query_params, known)
        return answer(evaluated(run, known, asked), language_of(request))
    except RunNotFound as error:
        return refused(request, error, 404)
    except WrongValue as error:
        return refused(request, error, 400)
    except RowsWithheld as error:
        return refused(request, error, 403)
    except SnapshotNotKept as error:
        return refused(request, error, 409)


def told(found: RunEvaluation, language: Language) -> dict[str, Any]:
    """The answer. Sentences are in the language of who asks; names and numbers are the same in every language."""

    def figure(each: Figure) -> dict[str, Any]:
        reason = _TOO_FEW if each.reason is None and each.low is None else each.reason
        said = {} if reason is None else {"reason": word(reason, language)}
        return {"value": each.value, "low": each.low, "high": each.high, **said}

    evaluation = found.evaluation
    common = {
        "epoch": found.epoch,
        "rows": found.rows,
        "n_rows": evaluation.rows,
        "chosen_by": word(found.choices, language),
    }
    metrics = {name: figure(each) for name, each in evaluation.metrics.items()}
    if not evaluation.class_names:
        return {**common, "target": found.target, "metrics": metrics}
    missed, alarms, benefit = evaluation.missed, evaluation.false_alarms, evaluation.net_benefit
    counts = evaluation.counts
    reasons = [word(each.reason, language) for each in (missed, alarms) if each.reason is not None]
    return {
        **common,
        "positive": evaluation.class_names[evaluation.positive],
        "classes": list(evaluation.class_names),
        "threshold": evaluation.threshold,
        "prevalence": evaluation.prevalence,
        "metrics": metrics,
        "confusion": evaluation.confusion.tolist(),
        "counts": None
        if counts is None
        else {
            "true_positives": counts.true_positives,
            "false_positives": counts.false_positives,
            "false_negatives": counts.false_negatives,
            "true_negatives": counts.true_negatives,
        },
        "per_1000": {
            "missed": missed.value,
            "false_alarms": alarms.value,
            "missed_interval": [missed.low, missed.high],
            "false_alarms_interval": [alarms.low, alarms.high],
            **({"reason": reasons[0]} if reasons else {}),
        },
        "net_benefit": benefit.value,
        **({} if benefit.reason is None else {"reason": word(benefit.reason, language)}),
        "least_cost": _least_cost(found),
        "calibration": {
            "expected_calibration_error": found.calibration_error,
            **({} if found.calibration_error is not None else {"reason": word(_reason(found), language)}),
            "reliability": [
                {
                    "predicted": each.predicted,
                    "observed": each.observed,
                    "low": each.interval[0],
                    "high": each.interval[1],
                    "rows": each.rows,
                }
                for each in found.reliability
            ],
        },
    }


def _reason(found: RunEvaluation) -> Said:
    """Why nothing can be said of probabilities."""
    return NOT_FINITE if found.evaluation.rows else NO_ROWS


def _least_cost(found: RunEvaluation) -> dict[str, Any]:
    best = found.least_cost
    return {
        "threshold": best.threshold,
        "cost_missed": found.costs[0],
        "cost_false_alarm": found.costs[1],
        "chosen_by": "validation" if best.by_rows else "costs",
    }


def _lines(told: Mapping[str, Any]) -> Iterator[list[Any]]:
    for name in ("epoch", "rows", "n_rows", "positive", "threshold", "prevalence"):
        if name in told:
            yield [name, told[name], None, None, None]
    for name, figure in told["metrics"].items():
        yield [name, figure["value"], figure["low"], figure["high"], figure.get("reason")]
    if "confusion" not in told:
        return
    people = told["per_1000"]
    for name in ("missed", "false_alarms"):
        yield [f"{name}_per_1000", people[name], *people[f"{name}_interval"], people.get("reason")]
    yield ["net_benefit", told["net_benefit"], None, None, told.get("reason")]
    yield ["expected_calibration_error", told["calibration"]["expected_calibration_error"], None, None, None]
    for actual, counts in zip(told["classes"], told["confusion"], strict=False):
        for predicted, count in zip(told["classes"], counts, strict=True):
            yield [f"confusion: actual {actual}, predicted {predicted}", count, None, None, None]
