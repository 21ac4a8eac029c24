"""A link of TensorFlow Playground fills every control, says what has no equal, and never breaks the page."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.exchange.playground import import_playground
from core.exchange.presets import PRESETS
from pages.components.problems import escape_markdown
from tests.pages.browsing import address, experiment_of, opened, problems, quiet, value

pytestmark = pytest.mark.usefixtures("engine")

LINK = (
    "http://playground.tensorflow.org/#activation=relu&regularization=L2&batchSize=30&dataset=spiral&regDataset=reg-plane"
    "&learningRate=0.003&regularizationRate=0.03&noise=20&networkShape=6,5,3&seed=0.00385&showTestData=true"
    "&discretize=false&percTrainData=70&x=true&y=false&xTimesY=true&xSquared=false&ySquared=false&cosX=true&sinX=true"
    "&cosY=false&sinY=false&collectStats=false&problem=classification&initZero=true&hideText=false"
)


def pasted(page: AppTest, link: str) -> AppTest:
    return quiet(page.text_input(key="playground_link").set_value(link).run())


def notes(page: AppTest) -> list[str]:
    """The sentences about what was imported."""
    lines = [line for each in page.markdown for line in each.value.splitlines() if line.startswith("- ")]
    return [re.sub(r"\\(.)", r"\1", line.removeprefix("- ")) for line in lines]


def captions(page: AppTest) -> str:
    return " ".join(caption.value for caption in page.caption)


def test_a_link_fills_every_control_and_the_address_bar() -> None:
    page = pasted(opened(), LINK)
    for key, expected in {
        "dataset": "spirals",
        "samples": 500,
        "noise": 0.07,
        "classes": 2,
        "features": ["x", "xy", "sin_x"],
        "test_fraction": 0.3,
        "scaling": "none",
        "seed": 385,
        "units_0": 6,
        "units_1": 5,
        "units_2": 3,
        "activation_2": "relu",
        "initializer": "zeros",
        "l2": 0.015,
        "optimizer": "sgd",
        "learning_rate": 0.003,
        "batch_size": 30,
        "loss": "mean_squared_error",
    }.items():
        assert value(page, key) == expected, key
    assert experiment_of(page) == import_playground(LINK).config
    assert problems(page) == []


def test_what_has_no_equal_is_said_until_it_is_dismissed() -> None:
    page = pasted(opened(), LINK)
    assert notes(page) == list(import_playground(LINK).unsupported)
    assert f"From TensorFlow Playground: {len(notes(page))} notes" in captions(page)
    config = experiment_of(page)
    page = quiet(page.button(key="dismiss_import").click().run())
    assert notes(page) == []
    assert "TensorFlow Playground:" not in captions(page)
    assert experiment_of(page) == config


def test_what_was_said_stays_while_the_experiment_does_and_goes_with_it() -> None:
    page = pasted(opened(), LINK)
    page = quiet(page.select_slider(key="speed").set_value(5).run())
    assert notes(page)
    page = quiet(page.number_input(key="epochs").set_value(7).run())
    assert notes(page) == []
    page = quiet(page.number_input(key="epochs").set_value(1000).run())
    assert notes(page) == []


def test_a_preset_after_an_import_speaks_for_itself() -> None:
    page = pasted(opened(), LINK)
    page = quiet(page.selectbox(key="preset").select("article").run())
    assert notes(page) == []
    assert PRESETS["article"].look_for in captions(page)


def test_the_same_link_can_be_pasted_again_after_a_change() -> None:
    page = pasted(opened(), LINK)
    page = quiet(page.number_input(key="epochs").set_value(7).run())
    assert page.text_input(key="playground_link").value == ""
    assert experiment_of(pasted(page, LINK)) == import_playground(LINK).config


def test_the_speed_stays_as_it_is() -> None:
    page = pasted(opened({"speed": "5"}), LINK)
    assert address(page)["speed"] == "5"


@pytest.mark.parametrize("text", ["hello", "https://example.com/#dataset", "<img src=x onerror=alert(1)>", "[a](b)"])
def test_another_text_is_refused_beside_the_input_and_changes_nothing(text: str) -> None:
    page = opened()
    before = address(page)
    page = pasted(page, text)
    (error,) = page.error
    assert "not a TensorFlow Playground link" in error.value
    assert error.value == escape_markdown(re.sub(r"\\(.)", r"\1", error.value).replace("\N{WORD JOINER}", ""))
    assert page.text_input(key="playground_link").value == text
    assert address(page) == before
    assert not pasted(page, LINK).error


def test_an_empty_input_says_nothing() -> None:
    page = pasted(opened(), "hello")
    page = pasted(page, "  ")
    assert not page.error
    assert notes(page) == []


@pytest.mark.parametrize(
    "link", ["&".join([LINK, *(f"key{index}=[x](y)" for index in range(400))]), "#x=1" + "9" * 60_000]
)
def test_a_hostile_link_leaves_a_page_that_works(link: str) -> None:
    page = pasted(opened(), link)
    assert len(notes(page)) < 12
    assert not page.button(key="train").disabled


@pytest.mark.parametrize("text", ["http://a.b", "https://a.b/c", "www.example.com", "me@example.com", "HTTP://A.B"])
def test_an_address_in_user_text_does_not_become_a_link(text: str) -> None:
    """Streamlit makes links of these by themselves, escaped or not."""
    shown = re.sub(r"\\(.)", r"\1", escape_markdown(text))
    assert shown.replace("\N{WORD JOINER}", "") == text
    assert not re.search(r"https?://|www\.|@\w", shown, re.IGNORECASE)
