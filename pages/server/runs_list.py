"""A browser's runs as JSON: the list, what is done to a run of it, and what differs between some of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.owned_runs import RunSummary
from core.engine.run import LiveRun
from core.engine.service import get_engine
from core.errors import NameRefused, NotYourRun, RunElsewhere, RunNotFound
from core.experiment.comparing import Difference, differences, same_but_for_seed
from core.experiment.optimizers import OPTIMIZERS
from core.runtime.plain_json import plain_json
from core.words import Said, listed
from pages.server.answers import as_json, where_changed
from pages.server.identity import browser_of, same_site
from pages.server.joined import tag_of
from pages.server.wording import refused

#: The most runs that are compared at once: more lines than that nobody tells apart.
MOST_COMPARED = 12

#: The longest body that is read.
_MOST_BYTES = 2_000


def run_list_routes() -> list[BaseRoute]:
    """The routes of the page /runs."""
    return [
        Route("/descent/runs.json", run_list),
        Route("/descent/comparison.json", comparison),
        Route("/descent/runs/{run}/rename", rename, methods=["POST"]),
        Route("/descent/runs/{run}/star", star, methods=["POST"]),
        Route("/descent/runs/{run}/delete", delete, methods=["POST"]),
        Route("/descent/runs/{run}/restore", restore, methods=["POST"]),
    ]


def run_list(request: Request) -> Response:
    """The runs of the browser that asks, the newest first; only word of it where they have not changed since.

    It reads the store: called in a thread.
    """
    owner = browser_of(request.headers)
    runs = [] if owner is None else [_row(run) for run in get_engine().runs_of(owner)]
    text = plain_json({"runs": runs, "is_known": owner is not None})
    return where_changed(request, text, tag_of(text), "application/json")


def comparison(request: Request) -> Response:
    """What differs between runs, `?run=<id>&run=<id>…`, and which of them are the same but for their seed.

    Whoever has a run's id may see it. It reads the store: called in a thread.
    """
    ids = request.query_params.getlist("run")
    if not 1 <= len(ids) <= MOST_COMPARED or len(set(ids)) < len(ids):
        wrong = Said(
            "Expected run=<id> for 1 to {most} different runs, received {count}. Choose fewer runs.",
            {"most": MOST_COMPARED, "count": len(ids)},
        )
        return refused(request, wrong, 400)
    try:
        runs = [get_engine().find(run) for run in ids]
    except RunNotFound as error:
        return refused(request, error, 404)
    browser = browser_of(request.headers)
    configs = [get_engine().config_for(run.config, browser) for run in runs]
    courses = [_done_while_training(run) for run in runs]
    found = list(differences(configs))
    if len(set(map(str, courses))) > 1:
        found.append(Difference(Said("while training"), tuple(courses)))
    groups = same_but_for_seed(configs, [str(course) for course in courses])
    answer = {
        "differences": [
            {"setting": each.setting.to_json(), "values": [value.to_json() for value in each.values]} for each in found
        ],
        "groups": groups,
        "seeds": [config.seed for config in configs],
    }
    return as_json(plain_json(answer))


async def rename(request: Request) -> Response:
    """Give a run a name, `{"name": "…"}`; an empty one takes it away."""
    return await _done(request, "name", str, 'a text, such as {"name": "wide network"}', get_engine().rename)


async def star(request: Request) -> Response:
    """Mark a run, `{"starred": true}`, or take the mark away."""
    return await _done(request, "starred", bool, '{"starred": true} or {"starred": false}', get_engine().star)


async def delete(request: Request) -> Response:
    """Delete a run; for some minutes it can be restored."""
    return await _done(request, None, None, "", get_engine().delete)


async def restore(request: Request) -> Response:
    """Bring a deleted run back."""
    return await _done(request, None, None, "", get_engine().restore)


async def _done(
    request: Request, field: str | None, kind: type | None, expected: str, action: Callable[..., None]
) -> Response:
    """Do something to a run as the browser that asks.

    Args:
        field: what of the body the action takes, of which kind; None for nothing.
        expected: the body in words.
    """
    if not same_site(request.headers):
        return refused(request, Said("Only a page of this server may change a run."), 403)
    values: list[Any] = []
    if field is not None and kind is not None:
        body = await _read(request)
        value = body.get(field) if isinstance(body, dict) else None
        if not isinstance(value, kind):
            wrong = Said(
                "Expected {expected}, received {received}. Send it as JSON.",
                {"expected": expected, "received": _shown(body)},
            )
            return refused(request, wrong, 400)
        values.append(value)
    run, owner = request.path_params["run"], browser_of(request.headers) or ""
    try:
        await asyncio.to_thread(action, run, *values, owner=owner)
    except NameRefused as error:
        return refused(request, error, 400)
    except RunNotFound as error:
        return refused(request, error, 404)
    except (NotYourRun, RunElsewhere) as error:
        return refused(request, error, 403)
    return Response(status_code=204)


async def _read(request: Request) -> Any:
    """The body as JSON; as text where it is none, and only its beginning where it is too long to be one of ours."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > _MOST_BYTES:
            return data[:40].decode("utf-8", "replace")
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def _shown(value: Any) -> str:
    """What was received, for a sentence."""
    text = value if isinstance(value, str) else plain_json(value)
    printable = "".join(sign if sign.isprintable() else " " for sign in text[:40])
    return f"'{printable}{'…' if len(text) > 40 else ''}'" if text else "nothing"


def _row(run: RunSummary) -> dict[str, Any]:
    config = run.config
    layers = [layer.title for layer in config.model.hidden_layers]
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state,
        "epoch": run.epoch,
        "epochs": run.epochs,
        "created": run.created,
        "starred": run.starred,
        "data": Said.marked(config.dataset.info.title).to_json(),
        "network": "-".join([*layers, str(config.output.units)]),
        "optimizer": Said.marked(OPTIMIZERS[config.training.optimizer].title).to_json(),
        "learning_rate": config.training.learning_rate,
        "batch_size": config.training.batch_size,
        "seed": config.seed,
        "metric": run.metric,
        "by_validation": run.by_validation,
        "scales": run.scales,
        "last": [run.last.loss, run.last.metric],
        "best": [run.best.loss, run.best.metric],
    }


def _done_while_training(run: LiveRun) -> Said:
    """What was done to a run while it trained, in words; it does not say so in its configuration."""
    parts = [
        Said("learning rate {rate:g} after epoch {epoch:,}", {"rate": rate, "epoch": epoch})
        for epoch, rate in run.changes
    ]
    if run.edits:
        parts.append(Said.counted("{n:,} weight set by hand", "{n:,} weights set by hand", {"n": len(run.edits)}))
    if run.parent is not None:
        parts.append(Said("went on from epoch {epoch:,} of another run", {"epoch": run.forked_at}))
    return listed(parts) if parts else Said.exactly("–")
