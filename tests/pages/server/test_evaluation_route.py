"""The evaluation of a run over HTTP, against scikit-learn on the exported predictions."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.errors import SnapshotNotKept
from core.experiment.config import ExperimentConfig
from core.words import Said
from tests.core.tiny_runs import ENDLESS, shown_epoch, wait_for_epoch, wait_for_rest
from tests.pages.browsing import as_browser, experiment, finished


def rested(engine: Engine, config: ExperimentConfig, owner: str) -> RunFeed:
    feed = finished(engine, config, owner)
    wait_for_rest(engine, feed)
    return feed


@pytest.fixture(scope="module")
def cancer(engine: Engine) -> RunFeed:
    config = {"dataset": {"name": "breast_cancer", "validation_fraction": 0.2}, "training": {"epochs": 4}}
    return rested(engine, ExperimentConfig.model_validate(config), "evaluates")


@pytest.fixture(scope="module")
def heights(engine: Engine) -> RunFeed:
    return rested(engine, experiment(dataset="plane", samples=60, epochs=3, layers="3-tanh"), "evaluates")


def asked(client: TestClient, run: RunFeed, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/descent/runs/{run.id}/evaluation.json{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text, parse_constant=lambda name: pytest.fail(name))
    return found


def exported(client: TestClient, run: RunFeed) -> dict[str, np.ndarray]:
    text = client.get(f"/descent/runs/{run.id}/predictions.csv", headers=as_browser(run.owner)).text
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def test_figures_are_those_of_the_exported_predictions(client: TestClient, cancer: RunFeed) -> None:
    found = asked(client, cancer, "?threshold=0.3")
    columns = exported(client, cancer)
    ill, score = columns["actual"] == "malignant", columns["probability_malignant"].astype(float)
    called = score >= 0.3
    assert (found["epoch"], found["rows"], found["positive"]) == (4, "test", "malignant")
    assert found["n_rows"] == len(ill)
    expected = {
        "roc_auc": metrics.roc_auc_score(ill, score),
        "average_precision": metrics.average_precision_score(ill, score),
        "brier_score": metrics.brier_score_loss(ill, score),
        "log_loss": metrics.log_loss(ill, score),
        "recall": metrics.recall_score(ill, called),
        "precision": metrics.precision_score(ill, called),
        "matthews_corrcoef": metrics.matthews_corrcoef(ill, called),
    }
    for name, value in expected.items():
        figure = found["metrics"][name]
        assert figure["value"] == pytest.approx(value, abs=1e-12), name
        assert figure["low"] <= figure["value"] <= figure["high"], name
    predicted = np.where(called, "malignant", "benign")
    matrix = metrics.confusion_matrix(columns["actual"], predicted, labels=["malignant", "benign"])
    assert found["confusion"] == matrix.tolist()
    assert found["per_1000"]["missed"] == pytest.approx(1000 * np.mean(ill & ~called))
    assert found["per_1000"]["false_alarms"] == pytest.approx(1000 * np.mean(~ill & called))
    assert found["net_benefit"] == pytest.approx(np.mean(ill & called) - np.mean(~ill & called) * 3 / 7)


def test_the_other_class_can_be_the_positive_one(client: TestClient, cancer: RunFeed) -> None:
    found = asked(client, cancer, "?positive=benign&threshold=0.7&prevalence=0.9")
    columns = exported(client, cancer)
    well, score = columns["actual"] == "benign", columns["probability_benign"].astype(float)
    assert found["positive"] == "benign"
    assert found["metrics"]["recall"]["value"] == pytest.approx(metrics.recall_score(well, score >= 0.7))
    assert found["metrics"]["average_precision"]["value"] == pytest.approx(metrics.average_precision_score(well, score))
    assert found["per_1000"]["missed"] == pytest.approx(900 * np.mean(score[well] < 0.7))


def test_rows_that_chose_and_rows_that_were_learnt_can_be_judged(
    client: TestClient, engine: Engine, cancer: RunFeed
) -> None:
    counts = {rows: asked(client, cancer, f"?rows={rows}")["n_rows"] for rows in ("train", "validation", "test")}
    assert sum(counts.values()) == 569
    logged = dict(zip(engine.find(cancer.id).info.header["info"]["log_names"], cancer.history()[-1], strict=True))  # type: ignore[union-attr]
    for rows, log in (("validation", "val_accuracy"), ("test", "test_accuracy")):
        figures = asked(client, cancer, f"?rows={rows}")["metrics"]
        assert figures["accuracy"]["value"] == pytest.approx(logged[log], abs=1e-6)
    assert asked(client, cancer, "?rows=train")["chosen_by"].startswith("The network has learnt these rows")


def test_the_least_cost_is_found_on_validation_rows_and_not_on_the_judged_ones(
    client: TestClient, cancer: RunFeed
) -> None:
    first = asked(client, cancer, "?cost_missed=20")["least_cost"]
    assert first["chosen_by"] == "validation"
    assert asked(client, cancer, "?cost_missed=20&threshold=0.9")["least_cost"] == first
    assert first["threshold"] <= asked(client, cancer, "?cost_missed=0.05")["least_cost"]["threshold"]


def test_without_validation_rows_costs_alone_give_the_threshold(client: TestClient, run: RunFeed) -> None:
    assert asked(client, run, "?cost_missed=4")["least_cost"] == {
        "threshold": 0.2,
        "cost_missed": 4.0,
        "cost_false_alarm": 1.0,
        "chosen_by": "costs",
    }


def test_an_answer_is_kept_with_the_run(client: TestClient, engine: Engine, cancer: RunFeed) -> None:
    before = asked(client, cancer, "?rows=train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.questions, "_ask", lambda *_, **__: pytest.fail("a worker was asked again"))
        assert asked(client, cancer, "?rows=train") == before


def test_with_no_worker_what_can_be_counted_is_there(client: TestClient, engine: Engine) -> None:
    feed = rested(engine, experiment(dataset="iris", epochs=2, seed=77), "evaluates")
    with pytest.MonkeyPatch.context() as patch:

        def no_worker(*_: Any, **__: Any) -> None:
            raise SnapshotNotKept(2, Said("The training engine is starting."))

        patch.setattr(engine.questions, "_ask", no_worker)
        found = asked(client, feed)
    assert found["metrics"]["accuracy"]["value"] is not None
    assert found["metrics"]["roc_auc"]["value"] is None
    assert "The training engine is starting." in found["metrics"]["roc_auc"]["reason"]
    assert asked(client, feed)["metrics"]["roc_auc"]["value"] is not None, "it was not kept as it was"


def test_more_classes_have_averages_and_a_positive_one(client: TestClient, run: RunFeed) -> None:
    found = asked(client, run)
    assert found["positive"] == "virginica"
    assert np.sum(found["confusion"]) == 30
    columns = exported(client, run)
    assert found["metrics"]["f1"]["value"] == pytest.approx(
        metrics.f1_score(columns["actual"], columns["predicted"], average="macro")
    )


def test_a_regression_has_errors_in_its_own_units_and_no_threshold(client: TestClient, heights: RunFeed) -> None:
    found = asked(client, heights)
    columns = exported(client, heights)
    actual, predicted = columns["actual"].astype(float), columns["predicted"].astype(float)
    assert set(found["metrics"]) == {"r2", "mean_absolute_error", "root_mean_squared_error"}
    assert found["metrics"]["r2"]["value"] == pytest.approx(metrics.r2_score(actual, predicted))
    assert not {"threshold", "confusion", "net_benefit"} & set(found)
    for name in ("threshold", "prevalence", "positive"):
        answer = client.get(f"/descent/runs/{heights.id}/evaluation.json?{name}=0.5")
        assert answer.status_code == 400
        assert f"Leave out {name}." in answer.text


def test_the_clinic_can_be_judged_outside(client: TestClient, engine: Engine) -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": "clinic"}, "training": {"epochs": 2}})
    found = asked(client, rested(engine, config, "evaluates"), "?rows=external")
    assert (found["n_rows"], found["positive"]) == (2000, "ill")
    assert found["chosen_by"] == "These rows come from outside: no choice has seen them."


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?rows=external", "This data set has no external rows."),
        ("?rows=validation", "This run has no validation rows."),
        ("?rows=<b>", "rows is '<b>'. Expected one of: train, validation, test, external."),
        ("?threshold=NaN", "threshold is 'NaN'. Expected a number, such as 0.5."),
        ("?threshold=1e400", "threshold is '1e400'. Expected a number"),
        ("?threshold=-0.1", "threshold is -0.1. Expected a number from 0 to 1"),
        ("?prevalence=1", "prevalence is 1. Expected a number between 0 and 1"),
        ("?positive=rose", "positive is 'rose', which is no class of this run. Expected one of: setosa, versicolor"),
        ("?cost_missed=0", "cost_missed is 0. Expected a number above 0"),
        ("?epoch=-1", "Expected a whole number for epoch."),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(client: TestClient, run: RunFeed, query: str, sentence: str) -> None:
    for kind in ("json", "csv"):
        answer = client.get(f"/descent/runs/{run.id}/evaluation.{kind}{query}")
        assert answer.status_code == 400
        assert sentence in answer.text


def test_what_is_not_there_is_said_in_words(client: TestClient, engine: Engine, run: RunFeed) -> None:
    assert client.get("/descent/runs/none/evaluation.json").status_code == 404
    preview = engine.preview(experiment(), engine.find(run.id).chosen_view)
    answer = client.get(f"/descent/runs/{preview.id}/evaluation.json")
    assert (answer.status_code, "train it for an epoch first" in answer.text) == (409, True)
    assert client.get(f"/descent/runs/{run.id}/evaluation.json?epoch=6000").status_code == 409


def test_a_recorded_epoch_can_be_judged(client: TestClient, run: RunFeed) -> None:
    assert asked(client, run, "?epoch=0")["epoch"] == 0
    assert asked(client, run, "?epoch=7") == asked(client, run)


def test_a_run_that_trains_answers_for_the_epoch_of_its_picture(client: TestClient, engine: Engine) -> None:
    feed = engine.train(ENDLESS, owner="evaluates")
    try:
        wait_for_epoch(feed, 3)
        shown: list[int] = []
        stop = feed.listen(lambda: shown.append(shown_epoch(feed)))
        found = asked(client, feed)
        stop()
        assert found["epoch"] in shown or found["epoch"] == shown_epoch(feed)
        assert found["metrics"]["roc_auc"]["value"] > 0
        assert engine.store.artifact(feed.id, "evaluation", found["epoch"]) is None
    finally:
        engine.stop_run(feed.id, owner="evaluates")


def test_a_weight_set_by_hand_makes_another_evaluation(client: TestClient, engine: Engine) -> None:
    from core.protocol.messages import Edit

    feed = engine.train(experiment(epochs=50, seed=5), owner="evaluates", steps=2)
    assert feed.wait_until(lambda feed: feed.epoch == 2, 90)
    wait_for_rest(engine, feed)
    before = asked(client, feed)
    engine.edit_weight(feed.id, Edit(layer=1, row=0, unit=0, value=9.0), owner="evaluates")
    wait_for_rest(engine, feed)
    assert asked(client, feed)["metrics"]["log_loss"] != before["metrics"]["log_loss"]
    engine.undo_edit(feed.id, owner="evaluates")
    wait_for_rest(engine, feed)
    assert asked(client, feed) == before
    engine.stop_run(feed.id, owner="evaluates")


def test_the_table_says_the_same(client: TestClient, cancer: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{cancer.id}/evaluation.csv?threshold=0.3")
    assert answer.headers["content-disposition"] == 'attachment; filename="descent-evaluation.csv"'
    table = {row["name"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    found = asked(client, cancer, "?threshold=0.3")
    for name, figure in found["metrics"].items():
        assert [float(table[name][end]) for end in ("value", "low", "high")] == list(figure.values())
    cell = table["confusion: actual malignant, predicted benign"]
    assert int(cell["value"]) == found["confusion"][0][1]


def test_every_null_has_its_reason_beside_it(client: TestClient, cancer: RunFeed) -> None:
    def walk(told: Any) -> None:
        if isinstance(told, dict):
            assert "reason" in told or None not in told.values(), told
            for each in told.values():
                walk(each)

    for query in ("", "?threshold=1", "?threshold=0", "?threshold=1&positive=benign&prevalence=0.2"):
        walk(asked(client, cancer, query))
    assert asked(client, cancer, "?threshold=1")["net_benefit"] is None


def test_reasons_are_in_the_language_of_who_asks(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/evaluation.json?threshold=1&lang=zh").json()
    assert any("一" <= sign <= "鿿" for sign in answer["chosen_by"])


def test_subgroups_say_whom_the_network_harms(client: TestClient, engine: Engine, cancer: RunFeed) -> None:
    address = f"/descent/runs/{cancer.id}/subgroups.json"
    found = client.get(f"{address}?column=mean area&threshold=0.3&cost_missed=5").json()
    assert (found["column"], found["positive"], len(found["groups"])) == ("mean area", "malignant", 4)
    assert sum(group["n_rows"] for group in found["groups"]) == found["everybody"]["n_rows"]
    harms = [group["harm"]["value"] for group in found["groups"]]
    assert harms == sorted(harms, reverse=True)
    whole = asked(client, cancer, "?threshold=0.3")["metrics"]
    assert found["everybody"]["metrics"]["recall"] == whole["recall"]
    assert found["everybody"]["metrics"]["roc_auc"] == pytest.approx(whole["roc_auc"])
    answer = client.get(f"{address}?column=mean size")
    assert answer.status_code == 400
    assert "column is 'mean size', which is no column of this data set. Expected one of: mean radius" in answer.text
    config = ExperimentConfig.model_validate({"dataset": {"name": "clinic"}, "training": {"epochs": 2}})
    clinic = rested(engine, config, "evaluates")
    groups = client.get(f"/descent/runs/{clinic.id}/subgroups.json?column=smoker&rows=external").json()["groups"]
    assert {group["title"] for group in groups} == {"no", "yes"}
    assert sum(group["n_rows"] for group in groups) == 2000
