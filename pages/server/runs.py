"""A run as files, and what a live view fetches of it: history, predictions, configuration,
script, model."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import RowsWithheld, RunNotFound, RunNotKept, SnapshotNotKept
from core.exchange.script import keras_script
from core.experiment.config import ExperimentConfig
from core.protocol.row_outputs import TEST, VALIDATION
from core.protocol.wire import Part, encode
from core.runtime.plain_json import plain_json
from core.training.paths import fast_from
from core.words import Said, sentences
from pages.languages import Language
from pages.server.identity import browser_of
from pages.server.wording import NotSo, language_of, refused

#: Downloads that are made at once; the next ones wait.
_THREADS = ThreadPoolExecutor(6, thread_name_prefix="downloads")

#: Lines of a table that are sent together.
_LINES = 500


def run_routes() -> list[BaseRoute]:
    """The routes under /descent/runs."""
    return [
        Route("/descent/runs/{run}/predictions.csv", predictions),
        Route("/descent/runs/{run}/history.csv", history),
        Route("/descent/runs/{run}/config.json", configuration),
        Route("/descent/runs/{run}/history.bin", curves),
        Route("/descent/runs/{run}/moments/{epoch:int}", snapshot),
        Route("/descent/runs/{run}/slow-motion.json", slow_motion),
        Route("/descent/runs/{run}/missing-kinds.json", missing_kinds),
        Route("/descent/runs/{run}/rows.bin", rows),
        Route("/descent/runs/{run}/script.py", script),
        Route("/descent/runs/{run}/model.keras", model),
    ]


async def predictions(request: Request) -> Response:
    """The test rows' predictions of a run that rests, as CSV."""
    return await _answered(request, _predictions)


async def history(request: Request) -> Response:
    """Every epoch's logs of a run, as CSV."""
    return await _answered(request, _history, tells_rows=False)


async def configuration(request: Request) -> Response:
    """A run's `ExperimentConfig`, as JSON."""
    return await _answered(request, _configuration)


async def curves(request: Request) -> Response:
    """Every epoch's logs of a run, as the live view reads them: for the curves of a run that others branched off."""
    return await _answered(request, _curves, tells_rows=False)


async def snapshot(request: Request) -> Response:
    """The picture of a recorded epoch, as the live view reads it."""
    epoch, browser = request.path_params["epoch"], browser_of(request.headers)
    return await _answered(request, lambda feed: _snapshot(feed, epoch, browser), tells_rows=False)


async def script(request: Request) -> Response:
    """A plain Keras script that ends with the run's weights; its comments are in the language of who asks."""
    return await _answered(request, lambda feed: _script(feed, language_of(request)))


async def model(request: Request) -> Response:
    """The trained network of a run that rests, as a `.keras` file."""
    return await _answered(request, _model)


async def slow_motion(request: Request) -> Response:
    """One mini-batch in slow motion: `?epoch=` (the last one where left out), `batch=` and `sample=`, from 0."""
    asked = {name: request.query_params.get(name) for name in ("epoch", "batch", "sample")}
    if any(text is not None and not (text.isdecimal() and len(text) < 7) for text in asked.values()):
        return refused(request, Said("Expected whole numbers for epoch, batch and sample."), 400)
    numbers = {name: int(text) for name, text in asked.items() if text is not None}
    return await _answered(request, lambda feed: _slow_motion(feed, numbers))


async def missing_kinds(request: Request) -> Response:
    """For whom the network still works when a kind of data is missing: `?epoch=`, the last one where left out."""
    text = request.query_params.get("epoch")
    if text is not None and not (text.isdecimal() and len(text) < 7):
        return refused(request, Said("Expected a whole number for epoch."), 400)
    wanted = None if text is None else int(text)
    return await _answered(request, lambda feed: _missing_kinds(feed, wanted), tells_rows=False)


async def rows(request: Request) -> Response:
    """The rows that judge a run, in the units of their source: `?rows=test` or `validation`. For who may see them."""
    kind = request.query_params.get("rows", TEST)
    if kind not in {TEST, VALIDATION}:
        return refused(request, Said("Expected rows=test or rows=validation."), 400)
    return await _answered(request, lambda feed: _raw_rows(feed, kind))


async def _answered(request: Request, answer: Callable[[RunFeed], Response], *, tells_rows: bool = True) -> Response:
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


def _predictions(feed: RunFeed) -> Response:
    columns = get_engine().predictions(feed.id)
    if columns is None:
        raise NotSo(Said("Predictions can be downloaded when the run is paused or has ended."), 409)
    return csv_file("predictions", columns, zip(*columns.values(), strict=True))


def _history(feed: RunFeed) -> Response:
    names = feed.info.header["info"]["log_names"] if feed.info else []
    rows = ((epoch, *map(float, logs)) for epoch, logs in enumerate(feed.history(), start=1))
    return csv_file("history", ["epoch", *names], rows)


def _configuration(feed: RunFeed) -> Response:
    return Response(feed.config.model_dump_json(), media_type="application/json", headers=as_file("experiment.json"))


def _curves(feed: RunFeed) -> Response:
    logs = feed.history()
    return _binary(Part({"history": {"first_epoch": 1}}, {"history": logs.copy()}))


def _snapshot(feed: RunFeed, epoch: int, browser: str | None) -> Response:
    try:
        return _binary(get_engine().depict(feed.id, epoch, browser=browser))
    except SnapshotNotKept as error:
        raise NotSo(error, 404) from None


def _script_of(feed: RunFeed) -> tuple[ExperimentConfig, list[tuple[int, float]], Said]:
    """What `keras_script` needs to repeat a run: its configuration, changes and a note on what it cannot repeat."""
    config = feed.config
    rests = not feed.state.is_training
    update: dict[str, Any] = {"epochs": feed.epoch if rests and feed.epoch else feed.epochs}
    if feed.epochs != config.training.epochs:
        update["early_stopping"] = None  # it went on after it had stopped, or was to: the epochs say all
    training = config.training.model_copy(update=update)
    notes = []
    if fast_from(config) is not None:
        notes.append(
            Said("So long a run changes to XLA in Descent: the weights agree within rounding, not to the last bit.")
        )
    if feed.edits:
        edits = Said(
            "Weights were set by hand during the run ({n}): that is not in this script.", {"n": len(feed.edits)}
        )
        notes.append(edits)
    if feed.parent is not None:
        went_on = Said(
            "The run went on from epoch {epoch} of another one. Where that had other training settings, the weights "
            "differ.",
            {"epoch": feed.forked_at},
        )
        notes.append(went_on)
    return config.model_copy(update={"training": training}), list(feed.changes), sentences(notes)


def _script(feed: RunFeed, language: Language) -> Response:
    config, changes, notes = _script_of(feed)
    text = keras_script(config, changes, notes, words=language)
    return Response(text, media_type="text/x-python; charset=utf-8", headers=as_file("experiment.py"))


def _model(feed: RunFeed) -> Response:
    try:
        data = get_engine().export(feed.id)
    except RunNotKept:
        raise NotSo(Said("The model can be downloaded when the run is paused or has ended."), 409) from None
    except SnapshotNotKept as error:
        raise NotSo(error, 503) from None
    return Response(data, media_type="application/octet-stream", headers=as_file("model.keras"))


def _slow_motion(feed: RunFeed, numbers: dict[str, int]) -> Response:
    try:
        text = plain_json(get_engine().dissect(feed.id, **numbers))
        return Response(text, media_type="application/json", headers={"cache-control": "no-store"})
    except SnapshotNotKept as error:
        raise NotSo(error, 404) from None


def _missing_kinds(feed: RunFeed, epoch: int | None) -> Response:
    if len(feed.config.dataset.input_blocks) < 2:
        raise NotSo(Said("This network gets one kind of data only."), 400)
    try:
        text = plain_json(get_engine().missing_kinds(feed.id, epoch=epoch))
        return Response(text, media_type="application/json", headers={"cache-control": "no-store"})
    except SnapshotNotKept as error:
        raise NotSo(error, 409) from None


def _raw_rows(feed: RunFeed, kind: str) -> Response:
    try:
        return _binary(get_engine().raw_rows(feed.id, kind))
    except SnapshotNotKept as error:
        raise NotSo(error, 409) from None


def _binary(part: Part) -> Response:
    return Response(encode([part]), media_type="application/octet-stream", headers={"cache-control": "no-store"})


def csv_file(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """A table as a file that no spreadsheet calculates."""
    return StreamingResponse(
        _lines([header], rows), media_type="text/csv; charset=utf-8", headers=as_file(f"{name}.csv")
    )


def _lines(head: Iterable[Iterable[Any]], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A table as CSV, some hundred lines at a time."""
    for source in (iter(head), iter(rows)):
        while several := list(islice(source, _LINES)):
            text = io.StringIO()
            csv.writer(text).writerows([harmless(cell) for cell in row] for row in several)
            yield text.getvalue()


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made text; numbers stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def as_file(name: str) -> dict[str, str]:
    """Headers of an answer that the browser saves under a name."""
    return {"content-disposition": f'attachment; filename="descent-{name}"', "cache-control": "no-store"}
