"""The address that answers who is harmed when a kind of data is missing."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core import ExperimentConfig, Trainer
from core.engine.engine import Engine
from core.evaluation import missing_kinds
from tests.core.tiny_runs import wait_for_end, wait_for_rest

CONFIG = ExperimentConfig.model_validate(
    {"dataset": {"name": "patients", "test_fraction": 0.8}, "training": {"epochs": 2, "batch_size": 64}}
)


def test_the_figures_of_a_run_that_rests_are_those_of_its_network(client: TestClient, engine: Engine) -> None:
    feed = engine.train(CONFIG, owner="patients")
    wait_for_end(feed)
    wait_for_rest(engine, feed)
    address = f"/descent/runs/{feed.id}/missing-kinds.json"
    found = client.get(address).json()
    reference = Trainer(CONFIG)
    reference.fit()
    expected = missing_kinds(CONFIG, reference.dataset, reference.predict)
    assert (found["epoch"], found["event"]) == (2, "ill")
    assert [each["missing"] for each in found["circumstances"]] == [None, "scan", "table"]
    for ours, theirs in zip(found["circumstances"], expected, strict=True):
        for shown, figures in zip(ours["figures"], theirs.figures, strict=True):
            assert shown == pytest.approx(
                {
                    "rows": figures.rows,
                    "roc_auc": figures.roc_auc,
                    "accuracy": figures.accuracy,
                    "recall": figures.recall,
                }
            )
    assert client.get(f"{address}?epoch=0").json()["epoch"] == 0
    assert client.get(f"{address}?epoch=1.5").status_code == 400
    assert client.get(f"{address}?epoch=77").status_code == 409


def test_of_one_kind_of_data_it_is_refused_in_words(client: TestClient, engine: Engine) -> None:
    feed = engine.train(
        ExperimentConfig.model_validate({"dataset": {"name": "moons"}, "training": {"epochs": 1}}), owner="patients"
    )
    wait_for_end(feed)
    answer = client.get(f"/descent/runs/{feed.id}/missing-kinds.json")
    assert (answer.status_code, answer.text) == (400, "This network gets one kind of data only.")
