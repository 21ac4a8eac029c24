"""What a link shows: every parameter in its control, and one line for each that is wrong."""

from __future__ import annotations

import re

import pytest

from core.exchange.link import SPEEDS, from_query, to_query
from core.exchange.presets import PRESETS
from core.experiment.catalogue import CATALOG
from core.experiment.config import ExperimentConfig
from pages.components.opening import WELCOME
from tests.drawings import dataset_config
from tests.pages.browsing import address, experiment, experiment_of, opened, problems, value

pytestmark = pytest.mark.usefixtures("engine")

#: Every parameter that a link may have, none of them at its default.
WHOLE_LINK = {
    "dataset": "blobs",
    "samples": "120",
    "noise": "0.25",
    "classes": "4",
    "test_fraction": "0.35",
    "scaling": "minmax",
    "features": "x,xy",
    "layers": "5-relu-d0.2,3-gelu-bn",
    "initializer": "he_normal",
    "l1": "0.001",
    "l2": "0.01",
    "optimizer": "nadam",
    "learning_rate": "0.07",
    "batch_size": "9",
    "epochs": "33",
    "early_stopping": "7",
    "output_activation": "softmax",
    "loss": "sparse_categorical_crossentropy",
    "seed": "42",
    "speed": "5",
}


#: Controls that have no parameter of their name in the welcome link.
MORE_CONTROLS = (
    *("preset", "test_fraction", "scaling", "features", "units_0", "activation_0", "dropout_0", "units_1"),
    *("batch_normalization_0", "initializer", "l1", "l2", "output_activation", "loss", "early_stopping", "patience"),
)


def test_an_empty_link_shows_the_first_preset_and_no_warning() -> None:
    page = opened()
    assert experiment_of(page) == WELCOME.config
    assert value(page, "preset") == WELCOME.name
    assert value(page, "dataset") == WELCOME.config.dataset.name
    assert value(page, "epochs") == WELCOME.config.training.epochs
    assert problems(page) == []
    assert "run" not in address(page)


def test_every_control_is_there_under_its_key() -> None:
    page = opened()
    for key in [*to_query(WELCOME.config, speed=5).keys() - {"layers"}, *MORE_CONTROLS]:
        value(page, key)


def test_every_button_is_there_under_its_key() -> None:
    keys = {button.key for button in opened().button}
    assert {"train", "pause", "step", "stop", "reset", "add_layer", "remove_layer"} <= keys


def test_a_whole_link_sets_every_control_and_stays_as_it_is() -> None:
    page = opened(WHOLE_LINK)
    assert problems(page) == []
    for key, expected in {
        "dataset": "blobs",
        "samples": 120,
        "noise": 0.25,
        "classes": 4,
        "test_fraction": 0.35,
        "scaling": "minmax",
        "features": ["x", "xy"],
        "units_0": 5,
        "activation_0": "relu",
        "dropout_0": 0.2,
        "batch_normalization_0": False,
        "units_1": 3,
        "activation_1": "gelu",
        "batch_normalization_1": True,
        "initializer": "he_normal",
        "l1": 0.001,
        "l2": 0.01,
        "optimizer": "nadam",
        "learning_rate": 0.07,
        "batch_size": 9,
        "epochs": 33,
        "early_stopping": True,
        "patience": 7,
        "output_activation": "softmax",
        "loss": "sparse_categorical_crossentropy",
        "seed": 42,
        "speed": 5,
    }.items():
        assert value(page, key) == expected, key
    assert address(page) == WHOLE_LINK


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens_from_its_link_and_says_what_to_look_for(name: str) -> None:
    preset = PRESETS[name]
    page = opened(to_query(preset.config))
    assert experiment_of(page) == preset.config
    assert value(page, "preset") == name
    assert preset.look_for in [caption.value for caption in page.caption]
    assert problems(page) == []


@pytest.mark.parametrize("name", CATALOG)
def test_every_data_set_opens_from_its_link(name: str) -> None:
    page = opened(to_query(ExperimentConfig(dataset=dataset_config(name))))
    assert value(page, "dataset") == name
    assert experiment_of(page).dataset.name == name
    assert problems(page) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"learning_rate": "NaN"}, ["learning_rate"]),
        ({"learning_rate": "1e400"}, ["learning_rate"]),
        ({"layers": "100000-relu"}, ["layers"]),
        ({"epochs": "1e9"}, ["epochs"]),
        ({"dataset": "nothing"}, ["dataset"]),
        ({"speed": "3"}, ["speed"]),
        ({"colour": "red"}, ["colour"]),
        ({"epochs": "-1", "batch_size": "x", "seed": "1.5"}, ["epochs", "batch_size", "seed"]),
        ({"dataset": ["iris", "wine"]}, ["dataset"]),
        ({"optimizer": "<img src=x onerror=alert(1)>"}, ["optimizer"]),
        ({"dataset": "iris", "classes": "9"}, ["classes"]),
        ({"layers": "512-relu,512-relu,512-relu", "samples": "10000", "epochs": "10000"}, ["too large"]),
        ({"run": "nothing"}, ["does not exist"]),
        (
            {"learning_rate": "NaN", "layers": "100000-relu", "epochs": "1e9", "speed": "warp", "nonsense": "1"},
            ["learning_rate", "layers", "epochs", "speed", "nonsense"],
        ),
        (
            {"learning_rate": "Infinity", "layers": "8-rleu", "epochs": "1000000000", "optimizer": "[" * 2000},
            ["learning_rate", "layers", "epochs", "optimizer"],
        ),
        (
            {
                "learning_rate": "1e400",
                "samples": "20",
                "test_fraction": "0.999",
                "features": "x,sqrt_x",
                "seed": "9" * 5000,
            },
            ["learning_rate", "samples", "test_fraction", "features", "seed"],
        ),
        (
            {
                "dataset": "moons",
                "learning_rate": "-1",
                "noise": "2",
                "epochs": "0",
                "seed": "-1",
                "layers": ",".join(["8-relu"] * 13),
            },
            ["learning_rate", "noise", "epochs", "seed", "layers"],
        ),
        ({"dataset": "wine", "features": "alcohol,<img src=x onerror=alert(1)>"}, ["features"]),
        (
            {"dataset": "titanic", "epochs": ["5", "7"], "layers": "\x00\u202e8-relu"},
            ["epochs", "layers", "dataset"],
        ),
        ({"dataset": "moons", "loss": "mean_absolute_error"}, ["loss"]),
        ({"dataset": "digits", "layers": ",".join(["512-relu"] * 12), "epochs": "10000"}, ["too large"]),
    ],
)
def test_a_bad_link_is_answered_in_one_line_for_each_mistake(query: dict[str, str], words: list[str]) -> None:
    page = opened(query)
    said = problems(page)
    assert len(said) == len(words)
    assert sorted(words) == sorted(word for word in words for line in said if word in line)
    assert all("\n" not in line and len(line) < 400 for line in said)
    assert all(line.rstrip().endswith(".") for line in said)
    text = " ".join(str(element.value) for element in page.main if hasattr(element, "value"))
    assert not re.search(r"Traceback|(/[\w.-]+){2,}\.py\b|[A-Z]:\\|pydantic|ValidationError", text + " ".join(said))
    assert from_query(address(page)).problems == ()  # what is written then is right
    assert "run" not in address(page)


def test_sixty_kilobytes_of_parameters_are_answered_in_a_line() -> None:
    page = opened({f"p{index}": "x" * 100 for index in range(600)})
    assert any("longer than" in line for line in problems(page))
    assert len(" ".join(problems(page))) < 20_000


@pytest.mark.parametrize("speed", [SPEEDS[0], SPEEDS[-2], None])
def test_any_speed_opens_from_its_link(speed: int | None) -> None:
    page = opened(to_query(experiment(), speed=speed))
    assert value(page, "speed") == speed
    assert problems(page) == []
