"""A browser's runs over HTTP: its own and nobody else's, changed from pages of this server only."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from pages.server.runs_list import MOST_COMPARED
from tests.pages.browsing import as_browser, experiment, finished


@pytest.fixture
def owner() -> str:
    return secrets.token_urlsafe(16)


@pytest.fixture
def mine(engine: Engine, owner: str) -> RunFeed:
    return finished(engine, experiment(epochs=4, learning_rate=0.03), owner)


def runs(client: TestClient, owner: str) -> list[dict[str, Any]]:
    answer = client.get("/descent/runs.json", headers=as_browser(owner))
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["runs"]
    return found


def post(client: TestClient, run: str, action: str, owner: str, **how: Any) -> Any:
    headers = {**as_browser(owner), **how.pop("headers", {})}
    return client.post(f"/descent/runs/{run}/{action}", headers=headers, **how)


def test_a_browser_gets_its_own_runs(client: TestClient, mine: RunFeed, owner: str) -> None:
    (row,) = runs(client, owner)
    assert (row["id"], row["name"], row["state"], row["epoch"], row["epochs"]) == (mine.id, None, "done", 4, 4)
    assert (row["data"]["said"], row["network"], row["optimizer"]["said"]) == ("Blobs", "3-3", "Adam")
    assert (row["learning_rate"], row["batch_size"], row["seed"], row["metric"]) == (0.03, 16, 0, "accuracy")
    assert row["last"] == pytest.approx(mine.history()[-1, 2:].tolist())
    assert row["best"][0] == pytest.approx(float(mine.history()[:, 2].min()))
    assert runs(client, secrets.token_urlsafe(16)) == []


def test_without_our_cookie_nobody_is_known(client: TestClient) -> None:
    answer = client.get("/descent/runs.json", headers={"cookie": ""})
    assert answer.json() == {"runs": [], "is_known": False}


def test_a_list_that_has_not_changed_is_not_sent_again(client: TestClient, mine: RunFeed, owner: str) -> None:
    headers = as_browser(owner)
    first = client.get("/descent/runs.json", headers=headers)
    assert first.headers["cache-control"] == "no-cache"
    known = {**headers, "if-none-match": first.headers["etag"]}
    same = client.get("/descent/runs.json", headers=known)
    assert (same.status_code, same.content) == (304, b"")
    assert post(client, mine.id, "star", owner, json={"starred": True}).status_code == 204
    changed = client.get("/descent/runs.json", headers=known)
    assert changed.status_code == 200
    assert changed.json()["runs"][0]["starred"] is True


def test_a_run_is_named_starred_deleted_and_restored(client: TestClient, mine: RunFeed, owner: str) -> None:
    name = "<img src=x onerror=alert(1)> 宽"
    assert post(client, mine.id, "rename", owner, json={"name": name}).status_code == 204
    assert post(client, mine.id, "star", owner, json={"starred": True}).status_code == 204
    (row,) = runs(client, owner)
    assert (row["name"], row["starred"]) == (name, True)
    assert post(client, mine.id, "star", owner, json={"starred": False}).status_code == 204
    assert post(client, mine.id, "delete", owner).status_code == 204
    assert runs(client, owner) == []
    assert client.get(f"/descent/runs/{mine.id}/history.bin").status_code == 404
    assert post(client, mine.id, "rename", owner, json={"name": "x"}).status_code == 404
    assert post(client, mine.id, "restore", owner).status_code == 204
    (row,) = runs(client, owner)
    assert (row["name"], row["starred"]) == (name, False)


@pytest.mark.parametrize("action", ["rename", "star", "delete", "restore"])
def test_others_and_pages_of_another_site_are_refused(
    client: TestClient, mine: RunFeed, owner: str, action: str
) -> None:
    body = {"name": "stolen", "starred": True}
    assert post(client, mine.id, action, "somebody else", json=body).status_code == 403
    assert client.post(f"/descent/runs/{mine.id}/{action}", headers={"cookie": ""}, json=body).status_code == 403
    foreign = post(client, mine.id, action, owner, json=body, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert "Only a page of this server" in foreign.text
    assert client.get(f"/descent/runs/{mine.id}/{action}", headers=as_browser(owner)).status_code == 405
    (row,) = runs(client, owner)
    assert (row["name"], row["starred"]) == (None, False)


@pytest.mark.parametrize("action", ["rename", "star", "delete", "restore"])
def test_a_run_that_does_not_exist_is_not_found(client: TestClient, owner: str, action: str) -> None:
    assert post(client, "nothing", action, owner, json={"name": "x", "starred": True}).status_code == 404


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("rename", b"", "received nothing"),
        ("rename", b"wide", "received 'wide'"),
        ("rename", b'{"name": 3}', """received '{"name":3}'"""),
        ("rename", b"[]", "received '[]'"),
        ("rename", b'{"name": "' + b"x" * 81 + b'"}', "at most 80 characters, and this one has 81"),
        ("rename", b"x" * 100_000, "received 'xxxx"),
        ("rename", b"\xff\x00\n", "received '"),
        ("star", b'{"starred": 1}', "Expected {"),
        ("star", b'{"starred": "yes"}', 'Expected {"starred": true}'),
    ],
)
def test_what_cannot_be_used_is_said(
    client: TestClient, mine: RunFeed, owner: str, action: str, body: bytes, said: str
) -> None:
    answer = post(client, mine.id, action, owner, content=body)
    assert answer.status_code == 400
    assert said in answer.text
    assert answer.text.isprintable()
    assert len(answer.text) < 200
    (row,) = runs(client, owner)
    assert (row["name"], row["starred"]) == (None, False)


def test_a_comparison_says_what_differs_and_what_belongs_together(
    client: TestClient, engine: Engine, owner: str
) -> None:
    made = [
        finished(engine, experiment(epochs=3, learning_rate=rate, seed=seed), owner).id
        for rate, seed in ((0.01, 0), (0.1, 0), (0.01, 1))
    ]
    answer = client.get("/descent/comparison.json", params={"run": made})
    assert answer.status_code == 200
    told = answer.json()
    assert [(each["setting"]["said"], [value["values"]["value"] for value in each["values"]]) for each in
            told["differences"]] == [("learning rate", [0.01, 0.1, 0.01])]  # fmt: skip
    assert (told["groups"], told["seeds"]) == ([[0, 2], [1]], [0, 0, 1])


def test_what_was_done_while_training_keeps_runs_apart(client: TestClient, engine: Engine, owner: str) -> None:
    plain = finished(engine, experiment(epochs=6), owner)
    branch = engine.branch(plain.id, max(epoch for epoch in plain.snapshots if 0 < epoch < 6), owner=owner)
    assert branch.wait_until(lambda run: run.has_ended, 60)
    told = client.get("/descent/comparison.json", params={"run": [plain.id, branch.id]}).json()
    assert told["groups"] == [[0], [1]]
    assert told["differences"][-1]["setting"]["said"] == "while training"


def test_too_many_runs_none_and_the_same_twice_are_refused(client: TestClient, mine: RunFeed) -> None:
    for ids in ([], [mine.id, mine.id], [str(number) for number in range(MOST_COMPARED + 1)]):
        answer = client.get("/descent/comparison.json", params={"run": ids})
        assert answer.status_code == 400
        assert f"received {len(ids)}" in answer.text
    assert client.get("/descent/comparison.json", params={"run": [mine.id, "nothing"]}).status_code == 404
