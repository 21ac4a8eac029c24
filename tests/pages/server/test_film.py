"""A run as a film: a GIF, and an HTML file that needs no server."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.protocol.wire import Part, decode
from core.tasks.film import thinned
from core.tasks.film_colours import FilmColours
from core.tasks.gif import draw_gif
from core.tasks.lettering import CHINESE
from pages.languages import Script, browser_words
from pages.server import film_page as film_page_module
from pages.server.film_page import film_page
from pages.server.palette import PALETTE
from tests.pages.browsing import as_browser, experiment, finished

LIGHT = FilmColours.of(PALETTE["light"])


def _json_of(page: str, name: str) -> dict[str, object]:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def frames(gif: bytes) -> int:
    """How many pictures it shows."""
    return int(getattr(Image.open(io.BytesIO(gif)), "n_frames"))  # noqa: B009  # Pillow's types do not know it


@pytest.mark.parametrize("name", ["film.html", "film.gif"])
def test_a_run_that_does_not_exist_has_no_film(client: TestClient, name: str) -> None:
    assert client.get(f"/descent/runs/none/{name}").status_code == 404


def test_the_gif_has_a_picture_for_each_recorded_epoch(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/film.gif", headers=as_browser("routes"))
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["content-disposition"] == 'attachment; filename="descent-film.gif"'
    film = Image.open(io.BytesIO(answer.content))
    assert frames(answer.content) == len(run.snapshots) == 8
    assert film.size == (760, 440)


def test_the_gif_is_written_in_the_language_of_who_asks(client: TestClient, run: RunFeed) -> None:
    pictures = {}
    for language in ("en", "zh"):
        answer = client.get(f"/descent/runs/{run.id}/film.gif?lang={language}", headers=as_browser("routes"))
        pictures[language] = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB")).astype(int)
    differs = (pictures["en"] != pictures["zh"]).any(axis=2)
    assert differs[:60, 456:740].any(), "the title"
    assert differs[400:424, 456:740].any(), "the legend"
    assert not differs[20:420, 20:400].any(), "the map is the same"
    assert not differs[426:].any(), "a line about characters that are lacking"


def test_the_html_film_holds_everything_and_asks_nobody(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/film.html", headers=as_browser("routes"))
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text
    assert not re.search(r"""(?:src|href)\s*=\s*["']""", page.split('<script type="application/json"')[0])
    assert not re.search(r"""^import |\bimport\(|\bfrom ["']""", page, re.MULTILINE)
    pictures = _json_of(page, "pictures")
    past = pictures["past"]
    assert isinstance(past, dict)
    assert sorted(map(int, past)) == sorted(run.snapshots)
    assert decode(base64.b64decode(past["7"])).header["frame"]["epoch"] == 7
    now = decode(base64.b64decode(str(pictures["now"])))
    assert now.header["moments"]["epochs"] == sorted(run.snapshots)


def test_the_html_film_opens_from_a_file(client: TestClient, run: RunFeed, browser: Browser, tmp_path: Path) -> None:
    film = tmp_path / "film.html"
    film.write_text(client.get(f"/descent/runs/{run.id}/film.html", headers=as_browser("routes")).text, "utf-8")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(film.as_uri())
    page.wait_for_selector(f"[data-testid=live][data-epoch='{max(run.snapshots)}']")
    assert page.locator("[data-testid=loss-curve]").get_attribute("data-points") == str(len(run.history()))
    page.close()
    assert errors == []


def test_a_film_speaks_the_language_that_it_was_asked_for_in(
    client: TestClient, run: RunFeed, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {"Network": "网络", "of {n:,} epoch": ["共 {n:,} 轮"], "Play the run as a film": "像电影一样播放"}
    spoken = Script(json.dumps(words).encode(), "tag")
    monkeypatch.setattr(film_page_module, "browser_words", lambda code: spoken if code == "zh" else browser_words(code))
    address = f"/descent/runs/{run.id}/film.html"
    said = {}
    for query in ("", "?lang=zh", "?lang=xx"):
        film = tmp_path / "film.html"
        film.write_text(client.get(address + query, headers=as_browser("routes")).text, "utf-8")
        page = browser.new_page()
        page.goto(film.as_uri())
        page.wait_for_selector(f"[data-testid=live][data-epoch='{max(run.snapshots)}']")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        said[query] = (
            page.get_attribute("html", "lang"),
            page.inner_text(".dsc-network h2"),
            page.inner_text(".dsc-stat-epoch span"),
            page.get_attribute("[data-testid=play-film]", "aria-label"),
        )
        page.close()
    epochs = run.info.header["info"]["epochs"] if run.info else 0
    english = ("en", "Network", f"of {epochs} epochs", "Play the run as a film")
    assert said[""] == said["?lang=xx"] == english
    assert said["?lang=zh"] == ("zh", "网络", f"共 {epochs} 轮", "像电影一样播放")


def test_a_film_of_regression(client: TestClient, engine: Engine) -> None:
    feed = finished(engine, experiment(dataset="bumps", samples=60, epochs=3), "film")
    answer = client.get(f"/descent/runs/{feed.id}/film.gif", headers=as_browser("film"))
    assert frames(answer.content) == 4


def test_others_get_a_film_that_has_been_made_and_start_none(client: TestClient, engine: Engine) -> None:
    feed = finished(engine, experiment(epochs=3), "film")
    for headers in ({}, as_browser("somebody else")):
        answer = client.get(f"/descent/runs/{feed.id}/film.gif", headers=headers)
        assert (answer.status_code, "has not been made yet" in answer.text) == (403, True)
    made = client.get(f"/descent/runs/{feed.id}/film.gif", headers=as_browser("film"))
    assert client.get(f"/descent/runs/{feed.id}/film.gif").content == made.content


def test_who_does_not_wait_is_told_how_far_it_is_and_may_cancel(client: TestClient, engine: Engine) -> None:
    feed = finished(engine, experiment(dataset="iris", layers="16-relu,16-relu", epochs=200), "slow film")
    owner = as_browser("slow film")
    answer = client.get(f"/descent/runs/{feed.id}/film.html?wait=0", headers=owner)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["kind"], told["state"] in {"queued", "running"}, 0 <= told["progress"] < 1) == ("film", True, True)
    address = f"/descent/tasks/{told['task']}"
    assert client.get(address).json()["task"] == told["task"]
    assert client.post(f"{address}/cancel", headers=as_browser("somebody else")).status_code == 403
    assert client.post(f"{address}/cancel", headers={**owner, "origin": "http://elsewhere"}).status_code == 403
    assert client.post(f"{address}/cancel", headers=owner).json()["state"] == "cancelled"
    assert client.get("/descent/tasks/none").status_code == 404
    assert client.post("/descent/tasks/none/cancel", headers=owner).status_code == 404


def test_names_in_a_film_end_no_script_and_open_no_element() -> None:
    page = film_page("<script>alert(1)</script>", b"</script><b>%script%", {1: b"x"})
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert page.count("</script>") == 2


def test_long_films_are_thinned_and_keep_both_ends() -> None:
    assert thinned([1, 2, 3]) == [1, 2, 3]
    epochs = thinned(list(range(1000)), 120)
    assert (len(epochs), epochs[0], epochs[-1]) == (120, 0, 999)
    assert sorted(set(epochs)) == epochs


def test_a_film_of_a_run_whose_loss_was_no_number() -> None:
    view = {"x_range": [0, 1], "y_range": [0, 1]}
    points = {name: np.zeros(3, np.float32) for name in ("points_x", "points_y", "points_target")}
    info = {"title": "t", "task": "classification", "scales": {"loss": 1.0}, "loss_name": "loss"}
    cells = np.zeros((100, 100), np.uint8)
    picture = Part({"frame": {"epoch": 2}}, {"map_class": cells, "map_confidence": cells})
    history = np.array([[1, 1, 2, 1], [np.nan, 0, np.inf, 0]], np.float32)
    data = draw_gif(
        info, Part({"view": view}, {**points, "points_test": np.ones(3, np.uint8)}), history, [picture], LIGHT
    )
    assert frames(data) == 1


def test_a_picture_of_a_run_without_an_epoch() -> None:
    points = {name: np.zeros(3, np.float32) for name in ("points_x", "points_y", "points_target")}
    info = {"title": "t", "task": "classification", "scales": {"loss": 1.0}, "loss_name": "loss"}
    cells = np.zeros((100, 100), np.uint8)
    picture = Part({"frame": {"epoch": 0}}, {"map_class": cells, "map_confidence": cells})
    view = Part({"view": {"x_range": [0, 1], "y_range": [0, 1]}}, {**points, "points_test": np.ones(3, np.uint8)})
    for width in (4, 0):
        data = draw_gif(info, view, np.empty((0, width), np.float32), [picture], LIGHT)
        assert frames(data) == 1


def test_a_chinese_film_brings_its_font_and_an_english_one_does_not() -> None:
    chinese, english = (film_page("Run", b"", {1: b"x"}, language) for language in ("zh", "en"))
    (data,) = re.findall(r'"Descent CJK"; src: url\(data:font/woff2;base64,([^)]+)\)', chinese)
    assert base64.b64decode(data) == CHINESE.read_bytes()
    assert "data:font" not in english


def test_a_film_of_a_run_with_validation_rows_has_a_third_line() -> None:
    points = {name: np.zeros(3, np.float32) for name in ("points_x", "points_y", "points_target")}
    info = {"title": "t", "task": "classification", "scales": {"loss": 1.0}, "loss_name": "loss"}
    cells = np.zeros((100, 100), np.uint8)
    picture = Part({"frame": {"epoch": 2}}, {"map_class": cells, "map_confidence": cells})
    view = Part(
        {"view": {"x_range": [0, 1], "y_range": [0, 1]}}, {**points, "points_test": np.arange(3, dtype=np.uint8)}
    )
    history = np.array([[0.9, 1, 0.6, 1, 0.3, 1], [0.8, 0, 0.5, 0, 0.2, 0]], np.float32)
    with_three = draw_gif({**info, "validation_rows": 1}, view, history, [picture], LIGHT)
    with_two = draw_gif(info, view, history[:, :4], [picture], LIGHT)
    assert frames(with_three) == 1
    assert with_three != with_two
