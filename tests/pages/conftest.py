"""The engine that pages and routes share, on a folder of its own, started and ended as the server does it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.engine import service
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from pages.server.app import lifespan, routes
from pages.server.identity import BrowserIdentity
from tests.pages.browsing import experiment, finished


@pytest.fixture(autouse=True, scope="module")
def _no_keras() -> Iterator[None]:
    """As in the server. Where Keras is imported, Streamlit clears its session after every script run: 300 ms each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "keras", raising=False)
        yield


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser's view of Descent's own routes. Entering it starts the engine, leaving it ends the engine."""
    begin_and_end: Any = lifespan  # it asks nothing of Streamlit's own application
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_DATA", str(tmp_path_factory.mktemp("pages")))
        patch.setenv("DESCENT_WORKERS", "1")
        service.stop_engine()
        app = Starlette(routes=routes(), lifespan=begin_and_end, middleware=[BrowserIdentity.middleware()])
        with TestClient(app, base_url="http://localhost:8501", follow_redirects=False) as client:
            yield client
        assert service._engine is None, "the server has ended and its engine has not"


@pytest.fixture(scope="session")
def engine(client: TestClient) -> Engine:
    """What the pages under test use: starting it here keeps their own start short."""
    return service.get_engine()


@pytest.fixture(scope="session")
def run(engine: Engine) -> RunFeed:
    """A run of Iris that has ended."""
    feed = finished(engine, experiment(dataset="iris", epochs=7), "routes")
    while engine.store.kept(feed.id, "predictions") is None:
        feed.wait_until(lambda feed: False, 0.01)
    return feed
