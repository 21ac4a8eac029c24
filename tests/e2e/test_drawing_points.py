"""Points of one's own, from the hand to the trained network and back through the link."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from core.experiment.drawing import Drawing
from tests.drawings import clusters
from tests.e2e.conftest import OpenTrain
from tests.e2e.train_page import TrainPage


def place(train: TrainPage, x: float, y: float) -> tuple[float, float]:
    """A place of the surface on the screen."""
    box = train.page.get_by_test_id("drawing-canvas").bounding_box()
    assert box
    return (
        box["x"] + 30 + (x + 6) / 12 * (box["width"] - 38),
        box["y"] + 8 + (6 - y) / 12 * (box["height"] - 32),
    )


def draw_cluster(train: TrainPage, x: float, y: float) -> None:
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            train.page.mouse.click(*place(train, x + dx / 2, y + dy / 2))


def copied_link(train: TrainPage) -> str:
    train.page.get_by_test_id("copy-link").click()
    expect(train.page.locator(".descent-did")).to_have_count(1)
    return str(train.page.evaluate("navigator.clipboard.readText()"))


def test_two_clusters_by_mouse_train_and_come_back_through_the_link(open_train: OpenTrain) -> None:
    train = open_train("?dataset=moons&layers=8-tanh&learning_rate=0.03&epochs=150")
    train.page.get_by_role("button", name="Draw your own").click()
    surface = train.page.get_by_test_id("drawing")
    expect(surface).to_be_visible()
    expect(train.button("train")).to_be_disabled()
    draw_cluster(train, -3, -2)
    train.page.keyboard.press("2")
    draw_cluster(train, 3, 2)
    expect(train.page.get_by_test_id("drawing-line")).to_have_text(
        re.compile(r"^18 points: 9 of class 1, 9 of class 2\.")
    )
    train.wait_for_query(dataset="drawn")
    expect(train.page.get_by_text("18 × 2 → 2 classes")).to_be_visible()

    train.click("add_layer")
    expect(train.control("units_1")).to_be_visible()
    expect(surface).to_have_attribute("data-points", "18")
    train.train()
    train.wait_for_state("done")
    expect(surface).to_have_count(0)
    expect(train.page.get_by_test_id("boundary-canvas")).to_be_visible()
    assert float(train.attribute("accuracy") or 0) > 0.95
    assert float(train.attribute("val-accuracy") or 0) > 0.95

    link = copied_link(train)
    assert len(link) < 2_000
    drawing = Drawing.read(dict(parse_qsl(urlsplit(link).query))["points"])
    assert drawing.counts == (9, 9)
    assert {(x > 0, label) for x, _, label in drawing.points} == {(False, 0), (True, 1)}
    other = open_train(f"?{urlsplit(link).query}", another_browser=True)
    expect(other.notices).to_have_count(0)
    assert other.query["points"] == drawing.text
    expect(other.page.get_by_text("18 × 2 → 2 classes")).to_be_visible()
    other.click("draw")
    expect(other.page.get_by_test_id("drawing")).to_have_attribute("data-points", "18")
    other.page.get_by_test_id("drawing-done").click()
    expect(other.page.get_by_test_id("drawing")).to_have_count(0)
    expect(other.page.get_by_test_id("boundary-canvas")).to_be_visible()


def test_undo_outlives_what_the_page_redraws(open_train: OpenTrain) -> None:
    train = open_train(f"?dataset=drawn&points={Drawing.of(clusters(10, 10)).text}&epochs=20")
    train.click("draw")
    surface = train.page.get_by_test_id("drawing")
    expect(surface).to_have_attribute("data-points", "20")
    train.page.mouse.click(*place(train, 3, 4))
    expect(train.page.get_by_text("21 × 2 → 2 classes")).to_be_visible()
    train.page.emulate_media(color_scheme="dark")
    train.click("add_layer")
    train.settle()
    train.page.get_by_test_id("drawing-canvas").focus()
    train.page.keyboard.press("Control+z")
    expect(train.page.get_by_text("20 × 2 → 2 classes")).to_be_visible()
    train.wait_for_query(points=Drawing.of(clusters(10, 10)).text)
    train.page.emulate_media(color_scheme="light")


def test_train_right_after_the_last_point_trains_with_it(open_train: OpenTrain) -> None:
    train = open_train(f"?dataset=drawn&points={Drawing.of(clusters(10, 10)).text}&epochs=20")
    train.click("draw")
    expect(train.page.get_by_test_id("drawing")).to_have_attribute("data-points", "20")
    train.settle()
    train.page.mouse.click(*place(train, 3, 4))
    train.train()
    train.wait_for_state("done")
    saved = train.page.request.get(f"{train.url}/descent/runs/{train.run}/config.json").json()
    assert len(Drawing.read(saved["dataset"]["points"])) == 21
    assert train.query["points"] == saved["dataset"]["points"]


def test_a_drawing_too_large_for_a_link_comes_back_on_this_server(open_train: OpenTrain) -> None:
    text = Drawing.of(clusters(*[100] * 6) * 3).text
    train = open_train(f"?dataset=drawn&points={text}&epochs=20")
    expect(train.notices).to_have_count(0)
    link = copied_link(train)
    assert re.search(r"points=sha-[0-9a-f]{32}$", link)
    other = open_train(f"?{urlsplit(link).query}", another_browser=True)
    expect(other.page.get_by_text("1,800 × 2 → 6 classes")).to_be_visible()
    expect(other.notices).to_have_count(0)


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 390, "height": 844}, "has_touch": True}])
def test_a_drawing_of_one_class_trains_nothing_and_says_why(open_train: OpenTrain, options: dict[str, object]) -> None:
    train = open_train("?dataset=drawn&epochs=20", **options)
    train.page.get_by_test_id("drawing-canvas").scroll_into_view_if_needed()
    for x in (-2, -1, 0, 1, 2):
        train.page.mouse.click(*place(train, x, 0))
    expect(train.page.get_by_test_id("drawing-line")).to_have_text(
        "All points are of class 1: choose another class and add some."
    )
    train.page.wait_for_timeout(600)
    train.settle()
    expect(train.button("train")).to_be_disabled()
    expect(train.notices).to_have_count(0)
    train.page.get_by_test_id("drawing-done").click()
    expect(train.notices).to_have_text(["Your drawing has one class only. Add points of a second class."])


def test_tab_reaches_the_surface_and_the_keyboard_draws(open_train: OpenTrain) -> None:
    train = open_train("?dataset=drawn&epochs=20")
    canvas = train.page.get_by_test_id("drawing-canvas")
    train.page.get_by_test_id("drawing-done").focus()
    for _ in range(12):
        train.page.keyboard.press("Tab")
        if canvas.evaluate("canvas => canvas === document.activeElement"):
            break
    expect(canvas).to_be_focused()
    for key in "1", "2":
        train.page.keyboard.press(key)
        for _ in range(6):
            train.page.keyboard.press("ArrowRight")
            train.page.keyboard.press("Enter")
    expect(train.page.get_by_text("12 × 2 → 2 classes")).to_be_visible()
    expect(canvas).to_be_focused()
