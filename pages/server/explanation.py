"""Why a run's network decides as it does, as JSON: the same numbers that the Explain page shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.explanations import AskedExplanation, of_result
from core.engine.service import get_engine
from core.engine.task import Task
from core.errors import WrongValue
from core.evaluation.evaluate import class_index
from core.experiment.config import ExperimentConfig
from core.explanation.explain import check
from core.explanation.methods import METHODS
from core.runtime.plain_json import plain_json
from core.words import Said, word
from pages.server.answers import as_json
from pages.server.asked_tasks import EXPECTED, made, refusal
from pages.server.identity import browser_of
from pages.server.wording import language_of

#: Answers that are made at once: each may wait for a worker, and those that do must not hold the downloads.
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="explanation")


def explanation_routes() -> list[BaseRoute]:
    """The routes of explanations, under /descent/runs."""
    return [
        Route("/descent/runs/{run}/explanation.json", explanation),
        Route("/descent/runs/{run}/explanation-seeds.json", from_seed_to_seed),
    ]


async def explanation(request: Request) -> Response:
    """A number for each column, or the curves of one: `?method=`, `row=`, `feature=`, `positive=`, `epoch=`.

    What takes longer than a turn of a worker is a task: `?wait=` seconds are waited for it, at most 30, and then it is
    said how far it is (202). Who asks again gets the same task, or its result.
    """
    return await _answered(request, _begun)


async def from_seed_to_seed(request: Request) -> Response:
    """The same of networks that differ in their seed only, the run's own first: `?method=`, `row=`, `positive=`,
    `epoch=`, `seeds=` (10). Each column's value and rank for every seed, and how far the seeds agree. Always a task.
    """
    return await _answered(request, _begun_with_seeds)


async def _answered(request: Request, begin: Callable[[Request], dict[str, Any] | Task]) -> Response:
    try:
        begun = await asyncio.get_running_loop().run_in_executor(_THREADS, begin, request)
    except EXPECTED as error:
        return refusal(request, error)
    if isinstance(begun, Task):
        return await made(request, lambda: begun, lambda data: _worded(of_result(data), request))
    return _worded(begun, request)


@dataclass(frozen=True)
class _Asked:
    """The parameters of an address."""

    about: AskedExplanation
    epoch: int | None

    @classmethod
    def of(cls, query: QueryParams, config: ExperimentConfig) -> _Asked:
        """Read an address.

        Raises:
            WrongValue: something in it is not as expected.
        """
        about = AskedExplanation(
            query.get("method", "permutation"), _whole(query, "row"), query.get("feature"), _positive(query, config)
        )
        check(config, about.method, about.row, about.feature)
        return cls(about, _whole(query, "epoch"))


def _begun(request: Request) -> dict[str, Any] | Task:
    """The explanation, or the task that makes it."""
    engine, browser = get_engine(), browser_of(request.headers)
    run = engine.find(request.path_params["run"])
    engine.check_rows(run.config, browser)
    asked = _Asked.of(request.query_params, run.config)
    found = engine.explain(run.id, asked.about, epoch=asked.epoch)
    if found is not None:
        return found
    return engine.begin_task(run.id, "explanation", asked.about.options, owner=browser or "", epoch=asked.epoch)


def _begun_with_seeds(request: Request) -> Task:
    """The task that explains networks of several seeds."""
    engine, browser, query = get_engine(), browser_of(request.headers), request.query_params
    run = engine.find(request.path_params["run"])
    engine.check_rows(run.config, browser)
    asked, seeds = _Asked.of(query, run.config), _whole(query, "seeds")
    if asked.about.feature is not None:
        raise WrongValue(Said("From seed to seed, columns are compared. Choose another method."))
    options = {name: value for name, value in asked.about.options.items() if name != "feature"}
    more = {} if seeds is None else {"seeds": seeds}
    return engine.begin_task(run.id, "explanation_seeds", {**options, **more}, owner=browser or "", epoch=asked.epoch)


def _positive(query: QueryParams, config: ExperimentConfig) -> int | None:
    positive = query.get("positive")
    if positive is None:
        return None
    names = (config.dataset.info.class_names or ())[: config.dataset.n_classes]
    if not names:
        raise WrongValue(Said("This run predicts a number: it has no positive class. Leave out positive."))
    return class_index(positive, names)


def _whole(query: QueryParams, name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        received = {"name": name, "received": text[:80]}
        raise WrongValue(Said("{name} is '{received}'. Expected a whole number from 0.", received))
    return int(text)


def _worded(found: Mapping[str, Any], request: Request) -> Response:
    """With its sentences in the language of who asks; names and numbers are the same in every language."""
    language = language_of(request)
    reasons = found["reason"]
    if reasons is not None:
        reasons = {part: word(Said.from_json(said), language) for part, said in reasons.items()}
    method = METHODS[found["method"]]
    texts = {"can": method.can, "cannot": method.cannot, "unit": method.unit}
    worded = {name: language.gettext(text) for name, text in texts.items()}
    return as_json(plain_json({**found, "reason": reasons, **worded}))
