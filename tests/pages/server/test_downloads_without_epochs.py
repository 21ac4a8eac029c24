"""Every download of a run that has nothing yet: an answer or a refusal in one line, never an error of the server."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from pages.components.live import _FILES
from pages.components.run_panel import _downloads
from tests.pages.browsing import SECONDS, as_browser, experiment

FILES = [*_FILES.values(), "history.bin", "moments/0", "moments/1", "slow-motion.json"]


def stored(engine: Engine, state: str, initial: bytes | None = None, **parameters: object) -> RunFeed:
    """A run without an epoch, as a server finds it that starts; perhaps its initial state is recorded."""
    run = engine.store.create(
        owner="empty",
        config=experiment(**parameters).model_dump_json(),
        epochs=9,
        log_names=("loss", "accuracy", "val_loss", "val_accuracy"),
        speed=None,
        view='{"kind": "data", "x": null, "y": null}',
    )
    engine.store.update(run.id, state=state)
    if initial is not None:
        engine.store.record(run.id, snapshots=[(0, initial)])
    return engine.find(run.id)


def check(client: TestClient, feed: RunFeed) -> None:
    offered = [_FILES[name] for name in _downloads(feed)]
    if feed.state in {"queued", "running"}:
        offered = [
            file for file in offered if not file.startswith("film")
        ]  # the view hides them until there is an epoch
    for file in FILES:
        answer = client.get(f"/descent/runs/{feed.id}/{file}", headers=as_browser(feed.owner))
        assert answer.status_code in {200, 404, 409, 503}, (file, answer.status_code, answer.text)
        if answer.status_code != 200:
            assert len(answer.text.splitlines()) == 1
            assert file not in offered


@pytest.mark.parametrize("dataset", ["blobs", "iris", "bumps"])
@pytest.mark.parametrize("state", ["queued", "running", "paused", "stopped", "done", "failed"])
def test_a_run_without_an_epoch(client: TestClient, engine: Engine, state: str, dataset: str) -> None:
    check(client, stored(engine, state, dataset=dataset))


@pytest.mark.parametrize("dataset", ["blobs", "bumps"])
def test_a_run_that_is_paused_or_stopped_before_its_first_epoch(
    client: TestClient, engine: Engine, dataset: str
) -> None:
    feed = engine.train(experiment(dataset=dataset, epochs=10_000), owner="empty")
    engine.pause(feed.id, owner="empty")
    assert feed.wait_until(lambda feed: feed.state == "paused", SECONDS)
    check(client, feed)
    engine.stop_run(feed.id, owner="empty")
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS)
    check(client, feed)


def test_a_run_that_only_has_its_initial_weights_recorded(client: TestClient, engine: Engine) -> None:
    """Its films would have one picture and no curve."""
    feed = engine.train(experiment(epochs=5), owner="empty")
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS)
    state = engine.store.snapshot(feed.id, 0)
    assert state is not None
    empty = stored(engine, "paused", initial=state)
    check(client, empty)
    assert client.get(f"/descent/runs/{empty.id}/film.gif").status_code == 409
