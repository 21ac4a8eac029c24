"""Explanations of a run over HTTP: at once where that is quick, a task where it is not, for whom and of what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.engine import explanations
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from tests.core.tiny_runs import ENDLESS, shown_epoch, wait, wait_for_rest
from tests.pages.browsing import as_browser, experiment, finished


@pytest.fixture(scope="module")
def cancer(engine: Engine) -> RunFeed:
    config = {"dataset": {"name": "breast_cancer"}, "training": {"epochs": 4}}
    feed = finished(engine, ExperimentConfig.model_validate(config), "explains")
    wait_for_rest(engine, feed)
    return feed


def asked(client: TestClient, run: RunFeed, query: str, owner: str = "explains", status: int = 200) -> dict[str, Any]:
    answer = client.get(f"/descent/runs/{run.id}/explanation.json?{query}", headers=as_browser(owner))
    assert answer.status_code == status, answer.text
    if status not in {200, 202}:
        return {"words": answer.text}
    found: dict[str, Any] = json.loads(answer.text, parse_constant=lambda name: pytest.fail(name))
    return found


def test_columns_come_in_the_data_set_s_order_with_what_the_method_can_say(client: TestClient, cancer: RunFeed) -> None:
    found = asked(client, cancer, "method=permutation", owner="somebody else")
    assert [each["name"] for each in found["features"]] == list(cancer.config.dataset.info.feature_names)
    assert (found["epoch"], found["completeness"]) == (4, None)
    assert found["reason"]["completeness"].endswith(".")
    assert found["can"].endswith(".")
    assert found["cannot"].endswith(".")
    assert all(each["spread"] >= 0 for each in found["features"])


def test_one_row_is_explained_and_its_parts_add_up(client: TestClient, cancer: RunFeed) -> None:
    found = asked(client, cancer, "method=integrated_gradients&row=3")
    assert found["row"] == 3
    assert found["positive"] == "malignant"
    assert found["completeness"] < 0.01


def test_partial_dependence_is_of_one_column(client: TestClient, cancer: RunFeed) -> None:
    found = asked(client, cancer, "method=partial_dependence&feature=mean radius&positive=benign")
    assert (found["feature"], found["positive"]) == ("mean radius", "benign")
    assert len(found["values"]) == len(found["mean"]) == len(found["rows"][0]) == 50
    assert len(found["rows"]) == 114


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("method=magic", "Expected one of"),
        ("method=gradient&row=114", "from 0 to 113"),
        ("method=gradient&row=-1", "Expected a whole number"),
        ("method=partial_dependence", "Name it as feature"),
        ("method=gradient&positive=nobody", "nobody"),
        ("method=shapley&epoch=x", "Expected a whole number"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(client: TestClient, cancer: RunFeed, query: str, words: str) -> None:
    assert words in asked(client, cancer, query, status=400)["words"]


def test_a_run_without_a_state_has_nothing_to_explain_yet(client: TestClient, engine: Engine, cancer: RunFeed) -> None:
    preview = engine.preview(experiment(dataset="iris"), engine.find(cancer.id).chosen_view)
    assert "train it" in asked(client, preview, "method=gradient", status=409)["words"]
    assert client.get("/descent/runs/nothing/explanation.json").status_code == 404


def test_an_epoch_that_was_not_recorded_is_said(client: TestClient, cancer: RunFeed) -> None:
    assert asked(client, cancer, "method=gradient&epoch=9", status=409)["words"]


def test_a_run_that_trains_is_explained_as_it_is_shown(client: TestClient, engine: Engine) -> None:
    feed = engine.train(ENDLESS, owner="explains")
    try:
        wait(feed, lambda feed: shown_epoch(feed) > 0)
        found = asked(client, feed, "method=gradient&row=0")
        assert 0 < found["epoch"] <= feed.epoch
    finally:
        engine.stop_run(feed.id, owner="explains")


def test_long_work_is_a_task_for_the_owner_and_its_result_for_everybody(
    client: TestClient, engine: Engine, cancer: RunFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = asked(client, cancer, "method=occlusion&row=2")
    monkeypatch.setattr(explanations, "is_quick", lambda *_: False)
    assert "started the run" in asked(client, cancer, "method=occlusion&row=2", "somebody else", 403)["words"]
    told = asked(client, cancer, "method=occlusion&row=2&wait=0", status=202)
    assert 0 <= told["progress"] <= 1
    assert engine.find_task(told["task"]).wait(90)
    assert asked(client, cancer, "method=occlusion&row=2") == expected
    assert asked(client, cancer, "method=occlusion&row=2", "somebody else") == expected
    assert "from 0 to 113" in asked(client, cancer, "method=occlusion&row=400", status=400)["words"]


def test_from_seed_to_seed_the_run_s_own_network_comes_first(client: TestClient, cancer: RunFeed) -> None:
    seeds = f"/descent/runs/{cancer.id}/explanation-seeds.json"
    answer = client.get(f"{seeds}?method=gradient&row=3&seeds=2", headers=as_browser("explains"))
    assert answer.status_code == 200, answer.text
    found, own = answer.json(), asked(client, cancer, "method=gradient&row=3")
    values = [each["values"] for each in found["features"]]
    assert [each[0] for each in values] == pytest.approx([each["value"] for each in own["features"]], rel=1e-5)
    assert found["agreement"] < 1
    for query, words in {
        "method=gradient&seeds=1": "at least 2",
        "method=gradient&row=999": "from 0 to 113",
        "method=partial_dependence&feature=mean radius": "another method",
    }.items():
        answer = client.get(f"{seeds}?{query}", headers=as_browser("explains"))
        assert (answer.status_code, words in answer.text) == (400, True), answer.text
