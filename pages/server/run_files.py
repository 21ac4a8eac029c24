"""A run as files: history, predictions, configuration, script, model.

What its live view fetches is in `run_details`, its film in `film`, its evaluation in `evaluation`.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import RunNotKept, SnapshotNotKept
from core.exchange.script import keras_script
from core.experiment.config import ExperimentConfig
from core.training.paths import fast_from
from core.words import Said, sentences
from pages.languages import Language
from pages.server.asked_run import answered
from pages.server.saved_files import as_file, csv_file
from pages.server.wording import NotSo, language_of


def run_file_routes() -> list[BaseRoute]:
    """`/descent/runs/<id>/predictions.csv`, `history.csv`, `config.json`, `script.py` and `model.keras`."""
    return [
        Route("/descent/runs/{run}/predictions.csv", predictions),
        Route("/descent/runs/{run}/history.csv", history),
        Route("/descent/runs/{run}/config.json", configuration),
        Route("/descent/runs/{run}/script.py", script),
        Route("/descent/runs/{run}/model.keras", model),
    ]


async def predictions(request: Request) -> Response:
    """The test rows' predictions of a run that rests, as CSV."""
    return await answered(request, _predictions)


async def history(request: Request) -> Response:
    """Every epoch's logs of a run, as CSV."""
    return await answered(request, _history, tells_rows=False)


async def configuration(request: Request) -> Response:
    """A run's `ExperimentConfig`, as JSON."""
    return await answered(request, _configuration)


async def script(request: Request) -> Response:
    """A plain Keras script that ends with the run's weights; its comments are in the language of who asks."""
    return await answered(request, lambda feed: _script(feed, language_of(request)))


async def model(request: Request) -> Response:
    """The trained network of a run that rests, as a `.keras` file."""
    return await answered(request, _model)


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


def _script(feed: RunFeed, language: Language) -> Response:
    config, changes, notes = _script_of(feed)
    text = keras_script(config, changes, notes, words=language)
    return Response(text, media_type="text/x-python; charset=utf-8", headers=as_file("experiment.py"))


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


def _model(feed: RunFeed) -> Response:
    try:
        data = get_engine().export(feed.id)
    except RunNotKept:
        raise NotSo(Said("The model can be downloaded when the run is paused or has ended."), 409) from None
    except SnapshotNotKept as error:
        raise NotSo(error, 503) from None
    return Response(data, media_type="application/octet-stream", headers=as_file("model.keras"))
