"""The socket of the live view: every epoch once, for anybody who has the link, for no other site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.evaluation import View
from core.protocol.wire import Part, decode
from pages.server.live_socket import NOT_ALLOWED, NOT_FOUND
from tests.pages.browsing import SECONDS, experiment

#: What a browser sends along with a page of ours.
OURS = {"host": "localhost:8501", "origin": "http://localhost:8501"}


@contextmanager
def viewer(client: TestClient, feed: str, query: str = "", **headers: str) -> Iterator[Any]:
    with client.websocket_connect(f"/descent/live/{feed}{query}", headers={**OURS, **headers}) as socket:
        yield socket


def close_code(client: TestClient, feed: str, **headers: str) -> int:
    """With which code a socket is closed that was accepted first."""
    with viewer(client, feed, **headers) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_bytes()
    return closed.value.code


def receive_until(socket: Any, key: str) -> list[Part]:
    """Messages up to the first that has a part of this name."""
    parts = [decode(socket.receive_bytes())]
    while key not in parts[-1].header:
        parts.append(decode(socket.receive_bytes()))
    return parts


def test_a_viewer_gets_all_of_an_ended_run_in_one_message(client: TestClient, run: RunFeed) -> None:
    with viewer(client, run.id) as socket:
        part = decode(socket.receive_bytes())
    assert set(part.header) == {"info", "view", "state", "history", "frame", "network", "moments"}
    assert part.header["state"]["state"] == "done"
    assert part.header["history"]["first_epoch"] == 1
    assert np.array_equal(part.blocks["history"], run.history())
    assert part.header["frame"]["epoch"] == 7


@pytest.mark.parametrize(("since", "first"), [("0", 1), ("4", 5), ("6", 7)])
def test_a_viewer_that_comes_back_gets_the_epochs_since(
    client: TestClient, run: RunFeed, since: str, first: int
) -> None:
    with viewer(client, run.id, f"?since={since}") as socket:
        part = decode(socket.receive_bytes())
    assert part.header["history"]["first_epoch"] == first
    assert np.array_equal(part.blocks["history"], run.history()[first - 1 :])


@pytest.mark.parametrize("since", ["7", "8", "999999"])
def test_a_viewer_that_has_all_epochs_gets_none(client: TestClient, run: RunFeed, since: str) -> None:
    with viewer(client, run.id, f"?since={since}") as socket:
        part = decode(socket.receive_bytes())
    assert "history" not in part.header
    assert part.header["state"]["epoch"] == 7


@pytest.mark.parametrize("since", ["", "-1", "x", "1e3", "9" * 5000, "%00", "²"])
def test_a_since_that_is_no_number_means_from_the_start(client: TestClient, run: RunFeed, since: str) -> None:
    with viewer(client, run.id, f"?since={since}") as socket:
        assert decode(socket.receive_bytes()).header["history"]["first_epoch"] == 1


def test_a_viewer_sees_every_epoch_of_a_run_in_training_exactly_once(client: TestClient, engine: Engine) -> None:
    feed = engine.train(experiment(epochs=300, seed=1), owner="watched")
    first_epochs, blocks = [], []
    with viewer(client, feed.id) as socket:
        while True:
            part = decode(socket.receive_bytes())
            if "history" in part.header:
                first_epochs.append(part.header["history"]["first_epoch"])
                blocks.append(part.blocks["history"])
            if part.header.get("state", {}).get("state") == "done":
                break
    seen = np.concatenate(blocks)
    assert np.array_equal(seen, feed.history())
    assert len(seen) == 300
    assert first_epochs == [1, *(1 + np.cumsum([len(block) for block in blocks])[:-1])]


def test_a_preview_can_be_watched(client: TestClient, engine: Engine) -> None:
    preview = engine.preview(experiment(), View())
    with viewer(client, preview.id) as socket:
        parts = receive_until(socket, "frame")
    assert {"info", "view", "frame"} <= {name for part in parts for name in part.header}


def test_a_viewer_that_leaves_is_forgotten(client: TestClient, run: RunFeed) -> None:
    with viewer(client, run.id) as one, viewer(client, run.id) as other:
        one.receive_bytes()
        other.receive_bytes()
        assert run.viewers == 2
    assert run.wait_until(lambda feed: feed.viewers == 0, 0.1) or run.viewers == 0


@pytest.mark.parametrize("id", ["nothing", "%00", "x" * 5000, "preview-gone", "%E2%80%AE"])
def test_a_run_that_does_not_exist_closes_with_its_code(client: TestClient, id: str) -> None:
    assert close_code(client, id) == NOT_FOUND == 4404


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://evil.example:8501",
        "http://localhost:8502",
        "http://localhost",
        "http://localhost:8501.evil.example",
        "http://localhost:8501@evil.example",
        "null",
        "",
        "http://[",
    ],
)
def test_a_page_of_another_site_is_not_served(client: TestClient, run: RunFeed, origin: str) -> None:
    assert close_code(client, run.id, origin=origin) == NOT_ALLOWED == 4403


def test_a_name_that_this_server_does_not_go_by_is_not_served(client: TestClient, run: RunFeed) -> None:
    """DNS rebinding: the page and the socket agree on a name that is not ours."""
    headers = {"origin": "http://evil.example:8501", "host": "evil.example:8501"}
    assert close_code(client, run.id, **headers) == NOT_ALLOWED


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501"])
def test_every_name_of_this_computer_is_served(client: TestClient, run: RunFeed, host: str) -> None:
    with viewer(client, run.id, origin=f"http://{host}", host=host) as socket:
        assert decode(socket.receive_bytes()).header["state"]["epoch"] == 7


def test_nobody_can_control_a_run_through_the_socket(client: TestClient, engine: Engine) -> None:
    feed = engine.train(experiment(), owner="watched", steps=1)
    assert feed.wait_until(lambda feed: feed.epoch == 1, SECONDS)
    with viewer(client, feed.id) as socket:
        for text in ('{"action": "step"}', "stop", "{" * 10_000):
            socket.send_text(text)
        socket.receive_bytes()
    assert (feed.state, feed.epoch) == ("paused", 1)
    engine.stop_run(feed.id, owner="watched")


def test_bytes_through_the_socket_do_no_harm(client: TestClient, run: RunFeed) -> None:
    with viewer(client, run.id) as socket:
        socket.send_bytes(b"\0\xff")
        socket.receive_bytes()
    with viewer(client, run.id) as socket:
        socket.receive_bytes()
