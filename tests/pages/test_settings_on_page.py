"""Every control changes the experiment and the address bar, and only what it says."""

from __future__ import annotations

import pytest

from core.exchange.presets import PRESETS
from core.experiment.catalogue import CATALOG
from core.experiment.config import MAX_LAYERS
from tests.pages.browsing import address, experiment_of, opened, problems, quiet, value

pytestmark = pytest.mark.usefixtures("engine")


def test_every_preset_can_be_chosen_one_after_the_other() -> None:
    page = opened()
    for name in reversed(PRESETS):
        quiet(page.selectbox(key="preset").select(name).run())
        assert experiment_of(page) == PRESETS[name].config
        assert problems(page) == []


def test_every_data_set_can_be_chosen_one_after_the_other() -> None:
    page = opened(
        {
            "dataset": "blobs",
            "classes": "4",
            "features": "x,xy",
            "loss": "sparse_categorical_crossentropy",
            "seed": "42",
        }
    )
    names = [name for name, info in CATALOG.items() if not info.is_drawn]  # that one waits for points
    for name in [*names, *reversed(names)]:
        quiet(page.selectbox(key="dataset").select(name).run())
        assert problems(page) == [], name
        assert experiment_of(page).dataset.name == name
        assert experiment_of(page).seed == 42


def test_a_tile_chooses_its_data_set() -> None:
    page = opened()
    for name in (name for name, info in CATALOG.items() if info.is_synthetic):
        quiet(page.button(key=f"tile_{name}").click().run())
        assert value(page, "dataset") == name
        assert address(page)["dataset"] == name


@pytest.mark.parametrize(
    ("kind", "key", "chosen", "parameter", "written"),
    [
        ("slider", "noise", 0.4, "noise", "0.4"),
        ("slider", "test_fraction", 0.5, "test_fraction", "0.5"),
        ("slider", "validation_fraction", 0.15, "validation_fraction", "0.15"),
        ("number_input", "samples", 200, "samples", "200"),
        ("number_input", "seed", 7, "seed", "7"),
        ("number_input", "units_0", 9, "layers", "9-tanh,16-tanh"),
        ("selectbox", "activation_1", "relu", "layers", "16-tanh,16-relu"),
        ("slider", "dropout_0", 0.3, "layers", "16-tanh-d0.3,16-tanh"),
        ("checkbox", "batch_normalization_1", True, "layers", "16-tanh,16-tanh-bn"),
        ("selectbox", "optimizer", "sgd", "optimizer", "sgd"),
        ("select_slider", "learning_rate", 0.3, "learning_rate", "0.3"),
        ("number_input", "batch_size", 8, "batch_size", "8"),
        ("number_input", "epochs", 12, "epochs", "12"),
        ("selectbox", "scaling", "none", "scaling", "none"),
        ("selectbox", "initializer", "zeros", "initializer", "zeros"),
        ("number_input", "l1", 0.003, "l1", "0.003"),
        ("number_input", "l2", 0.5, "l2", "0.5"),
        ("toggle", "early_stopping", True, "early_stopping", "20"),
        ("pills", "features", ["x", "sin_y"], "features", "x,sin_y"),
        ("slider", "classes", 5, "classes", "5"),
        ("select_slider", "speed", 10, "speed", "10"),
    ],
)
def test_every_control_writes_its_parameter(kind: str, key: str, chosen: object, parameter: str, written: str) -> None:
    page = opened()
    before = address(page)
    quiet(getattr(page, kind)(key=key).set_value(chosen).run())
    assert address(page) == {**before, parameter: written}


def test_layers_are_added_up_to_the_limit_and_removed_down_to_none() -> None:
    page = opened({"layers": "4-relu-d0.1-bn"})
    for count in range(2, MAX_LAYERS + 1):
        quiet(page.button(key="add_layer").click().run())
        assert address(page)["layers"] == ",".join(["4-relu-d0.1-bn"] * count)
    assert page.button(key="add_layer").disabled
    for _ in range(MAX_LAYERS):
        quiet(page.button(key="remove_layer").click().run())
    assert address(page)["layers"] == "none"
    assert page.button(key="remove_layer").disabled
    quiet(page.button(key="add_layer").click().run())
    assert experiment_of(page).model.hidden_layers


def test_what_contradicts_itself_is_said_and_cannot_be_trained() -> None:
    page = opened({"dataset": "circles", "loss": "binary_crossentropy"})
    quiet(page.selectbox(key="output_activation").select("linear").run())
    assert problems(page) == []
    page = opened({"layers": ",".join(["512-relu"] * 12)})
    quiet(page.number_input(key="samples").set_value(10_000).run())
    quiet(page.number_input(key="epochs").set_value(10_000).run())
    assert any("too large" in line for line in problems(page))
    assert page.button(key="train").disabled
    assert page.button(key="step").disabled


def test_inputs_are_switched_in_the_page_s_order_and_never_all_off() -> None:
    page = opened({"dataset": "circles"})
    assert value(page, "features") == ["x", "y"]
    quiet(page.pills(key="features").set_value(["xy", "y", "x2"]).run())
    assert address(page)["features"] == "y,x2,xy"
    assert experiment_of(page).dataset.features == ("y", "x2", "xy")
    quiet(page.pills(key="features").set_value([]).run())
    assert "features" not in address(page)
    assert value(page, "features") == ["x", "y"]
