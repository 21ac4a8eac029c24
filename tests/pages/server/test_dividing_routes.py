"""Calibration, cross-validation and the learning curve over HTTP: results, how far they are, and whose they are."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from tests.core.tiny_runs import wait_for_rest
from tests.pages.browsing import as_browser, experiment, finished

KINDS = ("calibration", "cross-validation", "learning-curve")


@pytest.fixture(scope="module")
def cancer(engine: Engine) -> RunFeed:
    config = {"dataset": {"name": "breast_cancer"}, "training": {"epochs": 4}}
    feed = finished(engine, ExperimentConfig.model_validate(config), "divides")
    wait_for_rest(engine, feed)
    return feed


def test_the_owner_has_them_made_and_others_get_what_was_made(
    client: TestClient, engine: Engine, cancer: RunFeed
) -> None:
    address = f"/descent/runs/{cancer.id}/calibration.json"
    assert client.get(address, headers=as_browser("somebody else")).status_code == 403
    assert engine.calibration_of(cancer.id) is None
    answer = client.get(address, headers=as_browser("divides"))
    assert answer.status_code == 200, answer.text
    found = engine.calibration_of(cancer.id)
    assert found is not None
    assert found.to_json() == answer.json()["calibration"]
    assert (answer.json()["positive"], answer.json()["epoch"]) == ("malignant", 4)
    assert client.get(address, headers=as_browser("somebody else")).json() == answer.json()


def test_what_takes_longer_tells_how_far_it_is(client: TestClient, engine: Engine, cancer: RunFeed) -> None:
    address = f"/descent/runs/{cancer.id}/cross-validation.json?folds=2&repeats=2"
    begun = client.get(f"{address}&wait=0", headers=as_browser("divides"))
    assert begun.status_code == 202
    assert begun.json()["state"] in {"queued", "running"}
    assert "result" in begun.json()
    result = client.get(address, headers=as_browser("divides")).json()
    assert (result["done"], result["of"]) == (4, 4)
    assert 0.5 < result["metrics"]["roc_auc"]["mean"] <= 1


def test_who_names_a_task_waits_for_that_one(client: TestClient, engine: Engine, cancer: RunFeed) -> None:
    address = f"/descent/runs/{cancer.id}/cross-validation.json"
    task = engine.begin_task(cancer.id, "cross_validation", {"folds": 3, "repeats": 1}, owner="divides")
    answer = client.get(
        f"{address}?task={task.id}", headers=as_browser("divides")
    )  # no other options: it is that task's result
    assert (answer.status_code, answer.json()["of"]) == (200, 3)
    assert client.get(f"{address}?task=none", headers=as_browser("divides")).status_code == 404
    other = f"/descent/runs/{cancer.id}/calibration.json?task={task.id}"
    assert client.get(other, headers=as_browser("divides")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_asked_is_refused_in_words(client: TestClient, engine: Engine, run: RunFeed, kind: str) -> None:
    address = f"/descent/runs/{run.id}/{kind}.json"
    answer = client.get(f"{address}?folds=many", headers=as_browser("divides"))
    assert (answer.status_code, answer.text) == (400, "Expected a whole number for folds.")
    assert client.get(f"{address}?folds=1", headers=as_browser("routes")).status_code == 400
    assert client.get(f"/descent/runs/none/{kind}.json", headers=as_browser("divides")).status_code == 404
    preview = engine.preview(experiment(), engine.find(run.id).chosen_view)
    assert client.get(f"/descent/runs/{preview.id}/{kind}.json", headers=as_browser("divides")).status_code == 409
