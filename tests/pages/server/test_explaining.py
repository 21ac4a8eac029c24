"""What /explain asks for: maps of pictures, surrogate trees, and the check against the truth; and who gets them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core import ExperimentConfig
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.tasks.checked_against_truth import truth_experiment
from tests.core.tiny_runs import wait_for_rest
from tests.pages.browsing import as_browser, finished

DIGITS = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "digits", "test_fraction": 0.9},
        "model": {"hidden_layers": [{"units": 4, "activation": "tanh"}]},
        "training": {"epochs": 1},
    }
)
OURS = {"host": "localhost:8501", "origin": "http://localhost:8501"}


@pytest.fixture(scope="module")
def digits(engine: Engine) -> RunFeed:
    feed = finished(engine, DIGITS, "anna")
    wait_for_rest(engine, feed)
    return feed


def test_maps_of_a_test_row(client: TestClient, digits: RunFeed) -> None:
    address = f"/descent/runs/{digits.id}/picture-maps.json"
    told = client.get(f"{address}?row=2&label=7").json()
    assert (told["row"], told["label"], told["epoch"]) == (2, 7, 1)
    assert len(told["blocks"][0]["covered"]) == len(told["blocks"][0]["slope"]) == 64
    answer = client.get(f"{address}?row=99999")
    assert (answer.status_code, answer.text) == (400, "There is no test row 99999. Choose one from 0 to 1617.")
    assert client.get(f"{address}?row=-1").status_code == 400
    assert client.get(f"{address}?row=0&epoch=44").status_code == 409
    assert client.get("/descent/runs/none/picture-maps.json").status_code == 404


def test_inputs_without_a_picture_have_no_maps(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/picture-maps.json?row=0")
    assert (answer.status_code, answer.text) == (400, "The inputs of this network hold no picture.")


def test_a_surrogate_tree_is_made_for_the_run_s_owner_and_then_there_for_all(client: TestClient, run: RunFeed) -> None:
    address = f"/descent/runs/{run.id}/surrogate.json?depth=2"
    refused = client.get(address, headers=as_browser("somebody else"))
    assert refused.status_code == 403
    assert "only the browser that started the run" in refused.text
    owner = as_browser("routes")
    early = client.get(f"{address}&wait=0", headers=owner)
    assert early.status_code in {200, 202}
    while (answer := client.get(address, headers=owner)).status_code == 202:
        pass
    told = answer.json()
    assert (told["depth"], told["epoch"], told["test"]["rows"]) == (2, 7, 30)
    assert told["nodes"][0]["rows"] == 120
    assert client.get(address, headers=as_browser("somebody else")).json() == told
    assert client.get(f"/descent/runs/{run.id}/surrogate.json?depth=9", headers=owner).status_code == 400
    assert client.get(f"/descent/runs/{run.id}/surrogate.json?depth=x", headers=owner).status_code == 400
    assert client.get("/descent/runs/none/surrogate.json", headers=owner).status_code == 404


def test_a_task_is_asked_for_what_it_found(client: TestClient, engine: Engine, run: RunFeed) -> None:
    task = engine.begin_task(run.id, "surrogate", {"depth": 1}, owner="routes")
    address = f"/descent/explain/tasks/{task.id}.json"
    assert task.wait(60)
    assert client.get(address).json()["depth"] == 1
    film = engine.begin_task(run.id, "film", {"form": "messages"}, owner="routes")
    assert client.get(f"/descent/explain/tasks/{film.id}.json").status_code == 404
    engine.cancel_task(film.id, owner="routes")
    assert client.get("/descent/explain/tasks/none.json").status_code == 404


def test_the_check_against_the_truth_is_asked_for_by_a_page_of_ours(client: TestClient, engine: Engine) -> None:
    address, anna = "/descent/explain/truth", as_browser("anna")
    assert client.post(address, json={}, headers={**anna, "origin": "http://evil.example"}).status_code == 403
    headers = {**anna, **OURS}
    assert client.post(address, content=b"[]", headers=headers).status_code == 400
    assert client.post(address, content=b"{", headers=headers).status_code == 400
    assert client.post(address, json={"age_error": 9}, headers=headers).status_code == 400
    told = client.post(address, json={"age_error": 0.5, "seeds": 2}, headers=headers).json()
    task = engine.find_task(told["task"])
    assert (task.kind, task.owner, task.config) == ("checked_against_truth", "anna", truth_experiment())
    assert client.get(f"/descent/lab/{told['task']}.json", headers=anna).status_code == 200
    cancelled = client.post(f"/descent/tasks/{told['task']}/cancel", headers=headers)
    assert cancelled.json()["state"] in {"cancelled", "done"}
