"""`row-inside.json`: what every neuron outputs for the row of a point on the map. Whose rows: `test_whose_rows.py`."""

from __future__ import annotations

import asyncio

import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from tests.core.tiny_runs import wait_for_rest
from tests.pages.browsing import SECONDS, experiment, finished


@pytest.fixture(scope="module")
def run(engine: Engine) -> RunFeed:
    feed = finished(engine, experiment(epochs=2), "points")
    wait_for_rest(engine, feed)
    return feed


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: the answer is waited for."""
    monkeypatch.setattr("core.engine.questions._SOON", SECONDS)


def test_a_point_s_row_is_told_layer_by_layer(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/row-inside.json?point=5&x=0&y=1")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["epoch"], told["kind"], told["row"]) == (2, "train", 5)
    assert [len(values) for values in told["columns"]] == [2, 3, 3]
    assert sum(told["columns"][-1]) == pytest.approx(1)
    assert client.get(f"/descent/runs/{run.id}/row-inside.json?point=5&epoch=1").json()["epoch"] == 1


@pytest.mark.parametrize("query", ["", "?point=-1", "?point=1&x=0", "?point=one", "?point=1&epoch=2.5", "?point=²"])
def test_what_is_no_number_is_refused_in_words(client: TestClient, run: RunFeed, query: str) -> None:
    answer = client.get(f"/descent/runs/{run.id}/row-inside.json{query}")
    assert (answer.status_code, answer.text.startswith("Expected whole numbers")) == (400, True)


def test_a_point_or_a_run_that_is_not_there_is_said(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/row-inside.json?point=99999")
    assert (answer.status_code, "received 99999" in answer.text) == (400, True)
    assert client.get("/descent/runs/none/row-inside.json?point=1").status_code == 404


def test_what_cannot_be_had_at_this_moment_is_no_error(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/row-inside.json?point=1&epoch=77")
    assert (answer.status_code, answer.content) == (204, b"")


def test_who_points_while_many_do_gets_nothing_and_asks_again(
    client: TestClient, run: RunFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.server.row_inside._PLACES", asyncio.Semaphore(0))
    assert client.get(f"/descent/runs/{run.id}/row-inside.json?point=5").status_code == 204
