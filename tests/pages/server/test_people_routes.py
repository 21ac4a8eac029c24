"""People over HTTP: answered as the network answers, refused in words, and told of nobody whose rows are private."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from core import ExperimentConfig, Trainer
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.evaluation import class_probabilities
from core.prediction.people import People
from core.tables import open_tables, read_table
from tests.core.prediction.wards import wards_csv
from tests.core.tiny_runs import ENDLESS, until, wait_for_end, wait_for_rest
from tests.pages.browsing import as_browser

CLINIC = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "clinic"},
        "model": {"hidden_layers": [{"units": 6, "activation": "tanh"}]},
        "training": {"epochs": 8, "learning_rate": 0.02, "optimizer": "adam"},
    }
)
GLUCOSE = "glucose (mmol/L)"

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def people() -> tuple[People, Trainer]:
    """What the run's network says, from this process."""
    trainer = Trainer(CLINIC)
    trainer.fit()
    return People.of(CLINIC, trainer.dataset), trainer


@pytest.fixture(scope="module")
def feed(client: TestClient, engine: Engine) -> RunFeed:
    """A run of the clinic that has ended, of the client's own browser."""
    feed = engine.train(CLINIC, owner="anna")
    wait_for_end(feed)
    wait_for_rest(engine, feed)
    return feed


@pytest.fixture
def ask(client: TestClient, feed: RunFeed) -> Ask:
    """Post to an address of the run."""

    def post(name: str, body: Any = None, **more: Any) -> Any:
        content = {"json": body} if body is not None else {}
        headers = {**as_browser("anna"), **more.pop("headers", {})}
        return client.post(f"/descent/runs/{feed.id}/{name}", **content, headers=headers, **more)

    return post


@pytest.fixture
def row(client: TestClient, feed: RunFeed) -> dict[str, Any]:
    """A test row as somebody would type it."""
    found: dict[str, Any] = client.get(f"/descent/runs/{feed.id}/predict-row.json?row=3").json()
    return dict(found["values"])


def test_answers_are_the_network_s_own(ask: Ask, row: dict[str, Any], people: tuple[People, Trainer]) -> None:
    told = ask("predict.json", {"rows": [row, {**row, GLUCOSE: 180}]})
    assert told.status_code == 200
    first, second = told.json()["predictions"]
    reference, trainer = people
    expected = class_probabilities(trainer.predict(reference.dataset.x_test[3:4]), CLINIC.output)[0]
    np.testing.assert_allclose([first["probability"][each] for each in ("healthy", "ill")], expected, atol=1e-5)
    assert (first["outside"], second["outside"], second["other_unit"]) == ([], [GLUCOSE], [GLUCOSE])
    assert first["spread"] is None
    assert first["set"] is None
    assert "ten seeds" in first["reason"]


def test_a_missing_column_is_422_with_its_name(ask: Ask, row: dict[str, Any]) -> None:
    value = row.pop(GLUCOSE)
    told = ask("predict.json", {"rows": [row]})
    assert (told.status_code, GLUCOSE in told.text) == (422, True)
    told = ask("predict.json", {"rows": [{**row, "Glucose (mg/dL)": value}]})
    assert told.status_code == 422
    assert "'Glucose (mg/dL)' is in another unit" in told.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"rows": {}}', b'{"rows": []}', b'{"rows": [1]}', b'{"rows": ["x"]}', b"{}",
        b'{"rows": [{"age (years)": NaN}]}', b"[" * 100_000, b"\xff\xfe", json.dumps({"rows": [{}] * 1001}).encode(),
    ],
)  # fmt: skip
def test_what_is_no_people_is_400_in_words(ask: Ask, body: bytes) -> None:
    told = ask("predict.json", content=body)
    assert told.status_code == 400
    assert told.text
    assert "Traceback" not in told.text


@pytest.mark.parametrize("value", [[1], {"a": 1}, "many", True, "1e999"])
def test_a_value_of_the_wrong_type_names_row_and_column(ask: Ask, row: dict[str, Any], value: Any) -> None:
    told = ask("predict.json", {"rows": [row, {**row, "age (years)": value}]})
    assert told.status_code == 400
    assert "Row 2, column 'age (years)'" in told.text


def test_too_large_a_request_is_not_read_to_its_end(ask: Ask) -> None:
    assert ask("predict.json", content=b" " * (2 * 2**20 + 1)).status_code == 413


@pytest.mark.parametrize(
    "name",
    ["predict.json", "person.json", "response.json", "counterfactual.json", "ensemble.json", "fine-tune.json",
     "predict.csv"],
)  # fmt: skip
def test_only_pages_of_this_server_ask(ask: Ask, name: str) -> None:
    assert ask(name, {"rows": [{}]}, headers={"origin": "http://elsewhere.invalid"}).status_code == 403


def test_without_a_state_it_is_409_and_without_a_run_404(client: TestClient, engine: Engine) -> None:
    from core.evaluation.views import View

    preview = engine.preview(CLINIC, View())
    assert client.post(f"/descent/runs/{preview.id}/predict.json", json={"rows": [{}]}).status_code == 409
    assert client.post(f"/descent/runs/{preview.id}/ensemble.json", json={}).status_code == 409
    assert client.post("/descent/runs/none/predict.json", json={"rows": [{}]}).status_code == 404


def test_a_run_that_trains_answers_for_its_last_recorded_epoch(client: TestClient, engine: Engine) -> None:
    moving = engine.train(ENDLESS, owner="moving")
    address = f"/descent/runs/{moving.id}/person.json"

    def answer() -> Any:
        return client.post(address, json={"row": {"x": 0.5, "y": -0.5}})

    until(lambda: answer().status_code == 200, "no epoch was recorded")
    told = answer().json()
    assert 0 < told["epoch"] <= moving.epoch
    assert sum(told["probability"].values()) == pytest.approx(1)
    engine.stop_run(moving.id, owner="moving")


def test_one_person_with_neighbours_contributions_curve_and_another_like_them(
    client: TestClient, feed: RunFeed, ask: Ask, row: dict[str, Any]
) -> None:
    form = client.get(f"/descent/runs/{feed.id}/predict-form.json").json()
    assert [each["name"] for each in form["columns"]] == list(row)
    assert (form["classes"], form["event"]) == (["healthy", "ill"], 1)
    told = ask("person.json", {"row": row}).json()
    assert len(told["nearest"]) == 5
    assert [each["name"] for each in told["contributions"]] == list(row)
    curve = ask("response.json", {"row": row, "column": GLUCOSE}).json()
    assert len(curve["values"]) == len(curve["answers"])
    wished = "healthy" if told["probability"]["ill"] > 0.5 else "ill"
    other = ask("counterfactual.json", {"row": row, "class": wished, "locked": ["age (years)", "sex"]}).json()["found"]
    assert other["probability"][wished] > 0.5
    assert not {"age (years)", "sex"} & {each["name"] for each in other["changes"]}
    for name, body in (
        ("person.json", {"row": 3}),
        ("response.json", {"row": row, "column": 3}),
        ("response.json", {"row": row, "column": "ward"}),
        ("counterfactual.json", {"row": row, "class": "dead"}),
        ("counterfactual.json", {"row": row, "class": "ill", "locked": "sex"}),
    ):
        assert ask(name, body).status_code == 400, (name, body)
    assert client.get(f"/descent/runs/{feed.id}/predict-row.json?row=99999").status_code == 400
    assert client.get(f"/descent/runs/{feed.id}/predict-row.json?row=-1").status_code == 400


def test_ten_seeds_and_a_copy_are_made_for_the_owner_and_then_there_for_all(
    client: TestClient, feed: RunFeed, ask: Ask, row: dict[str, Any]
) -> None:
    address = f"/descent/runs/{feed.id}/ensemble.json"
    assert client.post(address, json={}, headers=as_browser("others")).status_code == 403
    assert ask("ensemble.json", {}).json() == {"state": "done"}
    assert client.post(address, json={}, headers=as_browser("others")).status_code == 200
    (told,) = ask("predict.json", {"rows": [row]}).json()["predictions"]
    assert len(told["seeds"]) == 10
    assert told["spread"] == pytest.approx(np.std(told["seeds"], ddof=1))
    found = client.get(f"/descent/runs/{feed.id}/calibration.json", headers=as_browser("anna"))
    assert found.status_code == 200
    (told,) = ask("predict.json", {"rows": [row]}).json()["predictions"]
    assert sum(told["calibrated"].values()) == pytest.approx(1)
    assert told["calibrated"] != told["probability"]
    assert set(told["set"]) <= set(told["sets"]["0.95"]) <= set(told["sets"]["0.99"]) <= {"healthy", "ill"}
    assert told["set"], "no set is empty"
    assert "reason" not in told
    copy = ask("fine-tune.json", {"column": "smoker", "level": "yes", "epochs": 2}).json()
    assert len(copy["result"]["history"]) == 3
    assert ask("fine-tune.json", {"column": "smoker"}).status_code == 400
    assert ask("fine-tune.json", {"column": "age (years)", "low": 500, "epochs": 1}).status_code == 503


def posted(ask: Ask, text: str, name: str = "people.csv") -> Any:
    return ask("predict.csv", content=text.encode(), params={"name": name})


def table_of(row: dict[str, Any], rows: int = 3, **more: Any) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = {"who": "=1+1", **row, **more}
    writer.writerow(columns)
    writer.writerows([list(columns.values())] * rows)
    return stream.getvalue()


def test_a_file_of_people_comes_back_with_its_answers_and_no_formula(ask: Ask, row: dict[str, Any]) -> None:
    told = posted(ask, table_of(row))
    assert told.status_code == 200
    assert "attachment" in told.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(told.text)))
    assert len(lines) == 3
    assert lines[0]["who"] == "'=1+1"
    (one,) = ask("predict.json", {"rows": [row]}).json()["predictions"]
    assert float(lines[0]["probability ill"]) == pytest.approx(one["probability"]["ill"])
    assert lines[0]["prediction"] == max(one["probability"], key=one["probability"].get)
    assert lines[0]["outside"] == ""


def test_a_file_with_a_missing_column_or_another_unit_is_refused_with_the_reason(ask: Ask, row: dict[str, Any]) -> None:
    glucose = row.pop(GLUCOSE)
    told = posted(ask, table_of(row))
    assert (told.status_code, GLUCOSE in told.text) == (422, True)
    told = posted(ask, table_of({**row, "glucose (mg/dL)": 18 * glucose}))
    assert (told.status_code, "glucose (mg/dL)" in told.text) == (422, True)
    told = posted(ask, table_of({**row, GLUCOSE: 18 * glucose}))
    assert told.status_code == 400
    assert "another unit" in told.text
    assert f"{18 * glucose:g}" in told.text
    told = posted(ask, "who\n")
    assert told.status_code in {400, 422}


@pytest.fixture
def private(engine: Engine, client: TestClient) -> RunFeed:
    """A run on a table that is another browser's."""
    content = open_tables().add(read_table(wards_csv(), "wards.csv"), owner="somebody else")
    config = ExperimentConfig.model_validate({"dataset": {"name": content, "target": "ill"}, "training": {"epochs": 1}})
    feed = engine.train(config, owner="somebody else")
    wait_for_end(feed)
    return feed


def test_of_a_private_table_nothing_is_told_to_others(client: TestClient, private: RunFeed) -> None:
    folder = f"/descent/runs/{private.id}"
    for name in ("predict-form.json", "predict-row.json"):
        assert client.get(f"{folder}/{name}").status_code == 403
    for name in ("predict.json", "person.json", "response.json", "counterfactual.json", "ensemble.json",
                 "fine-tune.json", "predict.csv"):  # fmt: skip
        answer = client.post(f"{folder}/{name}", json={"rows": [{}], "row": {}, "column": "lab", "locked": []})
        assert answer.status_code == 403, name
        assert "private" in answer.text
