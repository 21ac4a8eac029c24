"""Points of one's own on the page: choosing, drawing, the link, and what is said while they are too few."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core import ExperimentConfig
from core.engine.engine import Engine
from core.exchange.link import MAX_WITH_POINTS, to_query
from core.experiment.drawing import Drawing, is_reference
from pages.components.opening import WELCOME
from tests.drawings import clusters
from tests.pages.browsing import address, experiment_of, opened, problems, quiet, run_of, value

pytestmark = pytest.mark.usefixtures("engine")


def drawn(*counts: int) -> ExperimentConfig:
    return ExperimentConfig.model_validate({"dataset": {"name": "drawn", "points": clusters(*counts)}})


def draw(page: AppTest, text: str) -> None:
    """As the surface does it: AppTest draws no component."""
    page.session_state["_points"] = text
    quiet(page.run())


def is_open(page: AppTest) -> bool:
    return any(button.key == "end_drawing" for button in page.button)


def test_choosing_it_opens_an_empty_surface_and_keeps_the_last_experiment_on_screen() -> None:
    page = opened()
    quiet(page.button(key="tile_drawn").click().run())
    assert value(page, "dataset") == "drawn"
    assert is_open(page)
    assert problems(page) == [], "the surface says what is missing"
    assert page.button(key="train").disabled
    assert experiment_of(page) == WELCOME.config


def test_the_select_box_opens_it_too() -> None:
    page = opened({"dataset": "iris"})
    quiet(page.selectbox(key="dataset").select("drawn").run())
    assert is_open(page)


def test_points_make_an_experiment_and_its_link() -> None:
    page = opened()
    quiet(page.button(key="tile_drawn").click().run())
    draw(page, Drawing.of(clusters(20, 30, 10)).text)
    assert not page.button(key="train").disabled
    assert experiment_of(page).dataset.points == Drawing.of(clusters(20, 30, 10))
    assert is_open(page)
    quiet(page.button(key="end_drawing").click().run())
    assert not is_open(page)
    quiet(page.button(key="add_layer").click().run())
    assert experiment_of(page).dataset.points == Drawing.of(clusters(20, 30, 10))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Your drawing is empty."),
        ("2.AAAAAA", "Your drawing has one class only."),
        ("1.2.AAAAAAAA", "Your drawing has one point of class 1, and each class needs 2."),
        ("2.0.2.AAAAAAAAAAA", "Your drawing has no points of class 2, and each class needs 2."),
        ("<b>", "Your drawing cannot be read"),
    ],
)
def test_an_incomplete_drawing_is_said_in_one_line_once_its_surface_is_closed(text: str, words: str) -> None:
    page = opened(to_query(drawn(20, 20)))
    quiet(page.button(key="draw").click().run())
    draw(page, text)
    assert problems(page) == []
    quiet(page.button(key="end_drawing").click().run())
    (line,) = problems(page)
    assert line.startswith(words)
    assert page.button(key="train").disabled
    assert experiment_of(page) == drawn(20, 20), "the last usable experiment stays"


def test_a_drawing_comes_back_through_its_link_with_the_map_in_sight() -> None:
    page = opened(to_query(drawn(30, 20)))
    assert experiment_of(page) == drawn(30, 20)
    assert not is_open(page)
    assert page.session_state["_points"] == Drawing.of(clusters(30, 20)).text


def test_a_drawing_waits_while_another_data_set_is_shown() -> None:
    page = opened(to_query(drawn(30, 20)))
    quiet(page.selectbox(key="dataset").select("iris").run())
    assert "points" not in address(page)
    quiet(page.selectbox(key="dataset").select("drawn").run())
    assert experiment_of(page).dataset.points == Drawing.of(clusters(30, 20))


def test_a_large_drawing_is_kept_by_the_server_and_its_link_stays_short() -> None:
    page = opened()
    quiet(page.button(key="tile_drawn").click().run())
    draw(page, Drawing.of(clusters(*[100] * 6) * 3).text)
    query = address(page)
    assert is_reference(query["points"])
    assert sum(map(len, query.values())) < MAX_WITH_POINTS / 4
    again = opened(query)
    assert problems(again) == []
    assert address(again) == query
    assert again.session_state["_points"] == Drawing.of(clusters(*[100] * 6) * 3).text


def test_a_drawing_that_is_not_kept_here_is_said_in_one_line() -> None:
    page = opened({"dataset": "drawn", "points": "sha-" + "0" * 32, "epochs": "33"})
    (line,) = problems(page)
    assert "not kept on this server" in line
    assert experiment_of(page).training.epochs == 33


@pytest.mark.parametrize("points", ["", "20.20.AA", "<img src=x onerror=alert(1)>", "9999." * 300])
def test_points_that_cannot_be_used_are_said_in_one_line(points: str) -> None:
    page = opened({"dataset": "drawn", "points": points})
    (line,) = problems(page)
    assert re.match(r"points was not used \(.+\)\. Using spirals\.$", line)


def test_a_link_may_ask_for_a_drawing() -> None:
    page = opened({"dataset": "drawn", "layers": "3-relu", "epochs": "33"})
    assert is_open(page)
    assert problems(page) == []
    assert address(page)["layers"] == "3-relu"
    draw(page, Drawing.of(clusters(9, 9)).text)
    assert experiment_of(page).training.epochs == 33
    assert experiment_of(page).dataset.points == Drawing.of(clusters(9, 9))


def test_train_closes_the_surface_and_trains_on_the_points(engine: Engine) -> None:
    page = opened(to_query(drawn(30, 20)) | {"epochs": "5"})
    quiet(page.button(key="draw").click().run())
    assert is_open(page)
    quiet(page.button(key="train").click().run())
    assert not is_open(page)
    feed = run_of(page, engine)
    assert feed.wait_until(lambda feed: feed.has_ended, 60)
    assert feed.config.dataset == drawn(30, 20).dataset
    again = opened({"run": feed.id})
    assert again.session_state["_points"] == Drawing.of(clusters(30, 20)).text


def test_inputs_can_be_engineered_from_drawn_points() -> None:
    page = opened(to_query(drawn(30, 20)))
    quiet(page.pills(key="features").set_value(["x2", "xy"]).run())
    assert experiment_of(page).dataset.features == ("x2", "xy")
    with pytest.raises(AssertionError):
        value(page, "samples")
