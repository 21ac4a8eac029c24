"""The page is alive before Keras is: its first picture came with the app."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.exchange.link import to_query
from core.exchange.presets import PRESETS
from pages.server.ahead import links
from tests.e2e.conftest import Server
from tests.e2e.train_page import TrainPage

#: How many pixels of the two canvases of the boundary card are painted: the map below, the points above.
PAINTED = """
card => [...card.querySelectorAll("canvas")].slice(0, 2).map(canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, index) => index % 4 === 3 && value > 0).length;
})
"""


def test_map_points_and_network_are_there_and_train_can_be_pressed(page: Page, without_keras: Server) -> None:
    train = TrainPage(page, without_keras.url).open()
    expect(train.boundary).to_have_attribute("data-epoch", "0")
    area, points = train.boundary.evaluate(PAINTED)
    assert area > 50_000
    assert points > 2_000
    expect(page.get_by_test_id("network")).to_be_visible()
    expect(train.status).to_have_text("Ready.")
    train.click("train")
    train.wait_for_state("queued")
    expect(train.boundary).to_have_attribute("data-epoch", "0")
    assert min(train.boundary.evaluate(PAINTED)) > 2_000
    train.click("stop")
    train.wait_for_state("stopped")


def test_presets_have_their_pictures_too(page: Page, without_keras: Server) -> None:
    for preset in ("article", "bumps", "digits"):
        query = "&".join(f"{name}={value}" for name, value in to_query(PRESETS[preset].config).items())
        train = TrainPage(page, without_keras.url).open(f"?{query}")
        expect(train.boundary).to_have_attribute("data-epoch", "0")
        assert min(train.boundary.evaluate(PAINTED)) > 2_000, preset


def test_what_the_header_names_is_loaded_once_and_before_the_page_is_told_what_stands_on_it(
    page: Page, without_keras: Server
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(without_keras.url)))
    page.on("websocket", lambda socket: asked.append("socket"))
    TrainPage(page, without_keras.url).open()
    named = [each.partition(">")[0].removeprefix("<") for each in links().split(", ")]
    socket = asked.index("socket")
    assert {name: asked.count(name) for name in named} == dict.fromkeys(named, 1)
    assert all(asked.index(name) < socket for name in named)
    assert not [address for address in asked[socket:] if address.endswith((".js", ".css"))]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system does not tell what a process has loaded")
def test_the_server_has_painted_the_page_without_pandas_scikit_learn_and_tensorflow(
    page: Page, without_keras: Server
) -> None:
    train = TrainPage(page, without_keras.url).open()
    expect(train.boundary).to_have_attribute("data-epoch", "0")
    loaded = Path(f"/proc/{without_keras.process.pid}/maps").read_text()
    assert "numpy" in loaded
    assert not [name for name in ("pandas/", "sklearn/", "tensorflow/") if name in loaded]
