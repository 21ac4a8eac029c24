"""A run as files: history, predictions and configuration."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.experiment.catalogue import CATALOG
from core.experiment.config import ExperimentConfig
from tests.pages.browsing import SECONDS, experiment


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_history_can_be_downloaded(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/history.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="descent-history.csv"'
    header, *rows = rows_of(answer.text)
    assert header == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert [row[0] for row in rows] == [str(epoch) for epoch in range(1, 8)]
    values = np.array([row[1:] for row in rows], dtype=np.float64).astype(np.float32)
    assert np.array_equal(values, run.history())


def test_the_predictions_can_be_downloaded(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/predictions.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = rows_of(answer.text)
    names = CATALOG["iris"].class_names
    assert names is not None
    assert header == ["actual", "predicted", *(f"probability_{name}" for name in names)]
    assert len(rows) == 30
    assert all(sum(map(float, row[2:])) == pytest.approx(1, abs=1e-5) for row in rows)
    right = sum(row[0] == row[1] for row in rows)
    assert right / 30 == pytest.approx(run.history()[-1, 3], abs=1e-6)


def test_the_configuration_can_be_downloaded_and_run_again(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/config.json")
    assert answer.headers["content-type"] == "application/json"
    assert ExperimentConfig.model_validate_json(answer.text) == experiment(dataset="iris", epochs=7)


def test_predictions_wait_until_the_run_rests(client: TestClient, engine: Engine) -> None:
    feed = engine.train(experiment(epochs=10_000), owner="downloads")
    assert feed.wait_until(lambda feed: feed.state == "running", SECONDS)
    answer = client.get(f"/descent/runs/{feed.id}/predictions.csv")
    assert answer.status_code == 409
    assert answer.text == "Predictions can be downloaded when the run is paused or has ended."
    engine.stop_run(feed.id, owner="downloads")


def test_predictions_of_an_earlier_pause_are_not_given_for_a_later_epoch(client: TestClient, engine: Engine) -> None:
    """A run that is cut off, or whose last predictions are still on their way."""
    run = engine.store.create(
        owner="downloads", config=experiment().model_dump_json(), epochs=9, log_names=("loss",), speed=None, view="{}"
    )
    engine.store.record(run.id, first_epoch=1, logs=np.zeros((3, 1), np.float32))
    engine.store.update(run.id, state="failed")
    for epoch, status in ((2, 409), (3, 200)):
        table = {"epoch": epoch, "columns": {"actual": ["a"], "predicted": ["b"]}}
        engine.store.keep(run.id, "predictions", json.dumps(table).encode())
        assert client.get(f"/descent/runs/{run.id}/predictions.csv").status_code == status


@pytest.mark.parametrize("file", ["history.csv", "predictions.csv", "config.json"])
@pytest.mark.parametrize("id", ["nothing", "..", "%2e%2e%2fx", "x" * 3000, "%00"])
def test_downloads_of_a_run_that_does_not_exist_are_answered_in_one_line(
    client: TestClient, id: str, file: str
) -> None:
    answer = client.get(f"/descent/runs/{id}/{file}")
    assert answer.status_code == 404
    assert len(answer.text.splitlines()) == 1
    assert "Traceback" not in answer.text
    assert "/work" not in answer.text


def test_routes_set_the_cookie_on_pages_only(client: TestClient, run: RunFeed) -> None:
    for path in ("/descent/static/shell/index.js", f"/descent/runs/{run.id}/history.csv", "/descent/tiles.svg"):
        assert "set-cookie" not in client.get(path).headers
