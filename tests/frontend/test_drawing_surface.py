"""The drawing surface: pointer, touch and keys; undo; what is sent to Streamlit; and that it lies on the map."""

import base64
import random
import re

import pytest
from playwright.sync_api import expect

from core.experiment.drawing import Drawing
from tests.drawings import clusters, random_points

from .conftest import settle

REST = 700  # milliseconds: longer than the surface waits before it sends


@pytest.fixture
def open_drawing(open_harness):
    """The live view with the surface over its map."""

    def open_page(points="", query="scene=moons", **options):
        page = open_harness(query, **options)
        page.evaluate("points => harness.draw({points})", points)
        page.wait_for_selector("[data-testid=drawing]")
        page.wait_for_timeout(100)
        return page

    return open_page


@pytest.fixture
def drawing(open_drawing):
    return open_drawing()


def place(page, across, up):
    """A place on the screen, by its coordinates from −6 to 6."""
    box = page.get_by_test_id("drawing-canvas").bounding_box()
    width, height = box["width"] - 38, box["height"] - 32
    return box["x"] + 30 + (across + 6) / 12 * width, box["y"] + 8 + (6 - up) / 12 * height


def click(page, *places):
    for across, up in places:
        page.mouse.click(*place(page, across, up))
    settle(page)


def sent(page):
    """The drawings that Streamlit has got, as they are read by the server."""
    return [text for name, text in page.evaluate("harness.states") if name == "points"]


def size(page):
    settle(page)
    return int(page.get_by_test_id("drawing").get_attribute("data-points"))


def line(page):
    settle(page)
    return page.get_by_test_id("drawing-line").text_content()


def two_rows(page):
    """Five points of each of two classes."""
    click(page, *((x, -3) for x in range(-3, 2)))
    page.keyboard.press("2")
    click(page, *((x, 3) for x in range(-3, 2)))


def test_clicks_are_points_and_arrive_once_when_the_hand_rests(drawing):
    two_rows(drawing)
    assert sent(drawing) == []
    drawing.wait_for_timeout(REST)
    (text,) = sent(drawing)
    found = Drawing.read(text)
    assert found.counts == (5, 5)
    wanted = [(x, y, label) for label, y in enumerate((-3, 3)) for x in range(-3, 2)]
    for (x, y, label), (across, up, wanted_label) in zip(found.points, wanted, strict=True):
        assert label == wanted_label
        assert (x, y) == pytest.approx((across, up), abs=0.1)
    assert line(drawing).startswith("10 points: 5 of class 1, 5 of class 2.")


def test_a_text_comes_back_letter_by_letter(open_drawing):
    points = {(round(x, 1), round(y, 1)): label for x, y, label in random_points(random.Random(7), 6)}
    text = Drawing.of([(x, y, label) for (x, y), label in points.items()]).text
    page = open_drawing(text)
    again = page.evaluate(
        """async text => {
            const { Points } = await import("/pages/frontend/drawing/points.js");
            const limits = {cells: 240, classes: 6, fewest_of_class: 2, fewest: 10, most: 2000};
            return new Points(limits, text).text;
        }""",
        text,
    )
    assert again == text
    page.wait_for_timeout(REST)
    assert sent(page) == [], "nothing has changed"


@pytest.mark.parametrize("text", ["nonsense", "5.5.AAAA", "9999.9999.", "1.2.3.4.5.6.7.", "2.%%%%", "1.____"])
def test_a_text_that_cannot_be_read_is_an_empty_surface(open_drawing, text):
    page = open_drawing(text)
    assert size(page) == 0


def test_dragging_sprays_around_the_pointer(drawing):
    drawing.mouse.move(*place(drawing, -3, 0))
    drawing.mouse.down()
    for step in range(30):
        drawing.mouse.move(*place(drawing, -3 + step / 5, 0))
        drawing.wait_for_timeout(20)
    drawing.mouse.up()
    count = size(drawing)
    assert 10 <= count <= 31, "one every 25 ms"
    drawing.wait_for_timeout(REST)
    heights = {y for _, y, _ in points_of(sent(drawing)[-1])}
    assert len(heights) > 5, "they do not lie on a line"
    assert max(map(abs, heights)) < 3
    drawing.keyboard.press("Control+z")
    assert size(drawing) == 0, "one stroke is one step"


def points_of(text):
    """The points of a text of one class, which the server would not take yet."""
    cells = base64.urlsafe_b64decode(text.split(".")[-1] + "==")
    return [((x - 120) / 20, (y - 120) / 20, 0) for x, y in zip(cells[::2], cells[1::2], strict=True)]


def test_the_eraser_takes_away_what_it_touches(open_drawing):
    page = open_drawing(Drawing.of(clusters(20, 20)).text)
    page.click("[data-tool=eraser]")
    click(page, (-5, -5))
    assert 0 < 40 - size(page) < 20
    before = size(page)
    click(page, (5, 5))
    assert size(page) == before
    page.click("[data-class='2']")
    click(page, (5, 5))
    assert size(page) == before + 1, "a class is a brush again"


def test_undo_and_redo_with_keys_and_buttons(drawing):
    click(drawing, (0, 0), (1, 1), (2, 2))
    drawing.keyboard.press("Control+z")
    assert size(drawing) == 2
    drawing.keyboard.press("Control+z")
    drawing.keyboard.press("Control+Shift+z")
    assert size(drawing) == 2
    drawing.click("[data-tool=undo]")
    drawing.click("[data-tool=undo]")
    assert size(drawing) == 0
    assert drawing.locator("[data-tool=undo]").is_disabled()
    drawing.click("[data-tool=redo]")
    drawing.keyboard.press("Control+y")
    drawing.keyboard.press("Control+y")
    assert size(drawing) == 3
    assert drawing.locator("[data-tool=redo]").is_disabled()


def test_clearing_can_be_undone(open_drawing):
    page = open_drawing(Drawing.of(clusters(20, 20)).text)
    page.click("[data-tool=clear]")
    assert size(page) == 0
    page.wait_for_timeout(REST)
    assert sent(page) == [""]
    page.click("[data-tool=undo]")
    assert size(page) == 40
    page.wait_for_timeout(REST)
    assert sent(page)[1:] == [Drawing.of(clusters(20, 20)).text]


def test_everything_can_be_done_with_the_keyboard(drawing):
    canvas = drawing.get_by_test_id("drawing-canvas")
    canvas.focus()
    for key in ("Enter", "ArrowRight", "Space"):
        drawing.keyboard.press(key)
    assert size(drawing) == 2
    drawing.keyboard.press("3")
    for _ in range(3):  # farther than the eraser reaches
        drawing.keyboard.press("Shift+ArrowUp")
    drawing.keyboard.press("Enter")
    assert line(drawing) == "Class 2 has no points: it needs at least 2."
    expect(canvas).to_have_attribute(
        "aria-label", re.compile(r"3 points: 2 of class 1, 1 of class 3\. Cross-hair at x ")
    )
    drawing.keyboard.press("Delete")
    assert size(drawing) == 2
    drawing.wait_for_timeout(REST)
    assert sent(drawing)[-1].startswith("2.")


def test_the_space_bar_adds_a_point_and_pauses_nothing(drawing):
    drawing.evaluate("() => document.getElementById('pause').addEventListener('click', () => (window.paused = true))")
    drawing.get_by_test_id("drawing-canvas").focus()
    drawing.keyboard.press("Space")
    assert size(drawing) == 1
    assert drawing.evaluate("window.paused") is None


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ([], "Tap or click to add points of at least two classes."),
        ([1, 1, 1], "All points are of class 1: choose another class and add some."),
        ([1, 1, 2], "Class 2 has one point: it needs at least 2."),
        ([2, 2], "Class 1 has no points: it needs at least 2."),
        ([1, 1, 3, 3], "Class 2 has no points: it needs at least 2."),
        ([1, 1, 2, 2], "4 points so far: at least 10 are needed."),
    ],
)
def test_one_line_says_what_is_missing(drawing, classes, words):
    for index, number in enumerate(classes):
        drawing.keyboard.press("Escape")
        drawing.click(f"[data-class='{number}']")
        click(drawing, (-5 + index, 0))
    assert line(drawing) == words


def test_the_server_agrees_on_what_is_missing(drawing):
    drawing.click("[data-class='2']")
    click(drawing, *((x, 0) for x in range(-5, 6)))
    drawing.wait_for_timeout(REST)
    with pytest.raises(ValueError, match="no points of class 1"):
        Drawing.read(sent(drawing)[-1])


def test_the_most_points_are_said_and_kept(open_drawing):
    points = [(-5 + 0.05 * (index % 200), -5 + 0.5 * (index // 200), index % 2) for index in range(1999)]
    page = open_drawing(Drawing.of(points).text)
    click(page, (0, 4), (1, 4), (2, 4))
    assert size(page) == 2000
    assert line(page).endswith("More do not fit.")
    page.wait_for_timeout(REST)
    assert len(Drawing.read(sent(page)[-1])) == 2000


def test_done_sends_what_is_there_and_says_so(drawing):
    two_rows(drawing)
    drawing.get_by_test_id("drawing-done").click()
    assert len(sent(drawing)) == 1
    assert drawing.evaluate("harness.triggers") == [["done", True]]


def test_whoever_presses_elsewhere_at_once_has_the_last_point(drawing):
    two_rows(drawing)
    drawing.mouse.click(2, 2)
    assert len(sent(drawing)) == 1


def test_another_invocation_keeps_drawing_and_undo(drawing):
    two_rows(drawing)
    drawing.wait_for_timeout(REST)
    drawing.evaluate("harness.draw({points: ''}); harness.mount({note: 'something else'})")
    assert size(drawing) == 10
    assert drawing.locator("[data-testid=drawing]").count() == 1
    drawing.keyboard.press("Control+z")
    assert size(drawing) == 9


def test_it_lies_on_the_map_and_leaves_it_as_it_was(drawing):
    card = drawing.get_by_test_id("boundary")
    assert drawing.get_by_test_id("drawing").bounding_box()["width"] == pytest.approx(
        card.bounding_box()["width"], abs=3
    )
    assert not drawing.get_by_test_id("boundary-canvas").is_visible()
    drawing.evaluate("harness.easel.remove(); harness.putAway()")
    drawing.wait_for_selector("[data-testid=drawing]", state="detached")
    assert drawing.get_by_test_id("boundary-canvas").is_visible()


def test_it_comes_back_with_a_live_view_that_is_built_anew(drawing):
    two_rows(drawing)
    drawing.evaluate(
        """() => {
            const next = document.createElement("div");
            harness.host.replaceWith(next);
            harness.cleanup();
            harness.host = next;
            const nothing = () => {};
            harness.module.mount({data: harness.data, parentElement: next, key: "live",
                setStateValue: nothing, setTriggerValue: nothing});
        }"""
    )
    drawing.wait_for_timeout(500)
    assert drawing.get_by_test_id("drawing").is_visible()
    assert size(drawing) == 10


@pytest.mark.parametrize(("query", "colour"), [("scene=moons", "#0877bd"), ("scene=moons&dark=1", "#4aa8e8")])
def test_colours_follow_the_theme(open_drawing, query, colour):
    page = open_drawing(query=query)
    assert page.get_by_test_id("drawing").evaluate("root => root.style.getPropertyValue('--dsc-a')") == colour


def test_every_tool_has_a_name_and_says_whether_it_is_chosen(drawing):
    names = drawing.locator("[data-testid=drawing] button").evaluate_all(
        "all => all.map(button => button.getAttribute('aria-label') || button.textContent)"
    )
    assert all(names)
    assert len(set(names)) == len(names)
    drawing.keyboard.press("Escape")
    drawing.locator("[data-class='4']").click()
    settle(drawing)
    pressed = drawing.locator("[data-testid=drawing] [aria-pressed=true]")
    assert [each.get_attribute("data-class") for each in pressed.all()] == ["4"]


def test_fingers_draw_and_the_page_stays_where_it_is(open_drawing):
    page = open_drawing(width=390, height=700, has_touch=True)
    canvas = page.get_by_test_id("drawing-canvas")
    canvas.scroll_into_view_if_needed()
    assert canvas.evaluate("canvas => getComputedStyle(canvas).touchAction") == "none"
    page.touchscreen.tap(*place(page, 0, 0))
    page.touchscreen.tap(*place(page, 2, 2))
    assert size(page) == 2
    before = page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    x, y = place(page, -3, 3)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 12):
        touch = [{"x": x, "y": y + 10 * step}]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": touch})
        page.wait_for_timeout(30)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.evaluate("scrollY") == before
    assert size(page) > 6


@pytest.mark.parametrize("width", [360, 390, 768, 1102])
def test_it_fits_its_card_at_every_width(open_drawing, width):
    page = open_drawing(Drawing.of(clusters(*[100] * 6)).text, width=width, height=800, has_touch=width < 700)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    root = page.get_by_test_id("drawing")
    box = root.bounding_box()
    for part in root.locator("button, input, canvas[tabindex], p").all():
        inner = part.bounding_box()
        assert inner["x"] >= box["x"]
        assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1
        assert inner["y"] + inner["height"] <= box["y"] + box["height"] + 1
    canvas = page.get_by_test_id("drawing-canvas").bounding_box()
    assert canvas["height"] > 180
