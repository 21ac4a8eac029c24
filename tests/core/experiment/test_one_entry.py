"""One entry means one entry: what a test adds to a registry is found wherever such a thing is known."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
import pytest
from pydantic import Field, ValidationError
from streamlit.testing.v1 import AppTest

from core import ExperimentConfig, Trainer, build_model, load_dataset
from core.exchange.link import from_query, to_query
from core.exchange.script import keras_script
from core.experiment.activations import ACTIVATIONS, ActivationSpec
from core.experiment.architecture import architecture
from core.experiment.config import problems_of
from core.experiment.inputs import ENGINEERED_INPUTS, InputSpec
from core.experiment.keras_call import KerasCall
from core.experiment.layers import LAYERS, Control, HiddenLayer, LayerConfig, LayerSpec, Part, Shape
from core.experiment.losses import LOSSES, LossSpec
from core.experiment.optimizers import OPTIMIZERS, OptimizerSpec
from core.training.divergence import possible_causes
from core.worker.pictures import title_of

LION = OptimizerSpec("lion", "Lion", "w − η·sign(m)", 0.001, 0.01, KerasCall("optimizers.Lion"))


class Scaling(HiddenLayer):
    """Multiplies each unit by a number of its own, which is learnt."""

    kind: Literal["scaling"] = "scaling"
    factor: int = Field(1, ge=1, le=9)

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> int:
        return math.prod(shape)

    def parts(self, index: int, shape: Shape, penalty: KerasCall | None) -> tuple[Part, ...]:
        start = KerasCall("initializers.Constant", (self.factor,))
        settings = {"output_shape": shape, "kernel_initializer": start}
        return (Part("scaling", KerasCall("layers.EinsumDense", ("ab,b->ab",), settings), {"kernel": self.factor}),)

    def text(self) -> str:
        return f"times{self.factor}"


def read_scaling(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(r"times(\d)", text)
    return {"kind": "scaling", "factor": int(found[1])} if found else None


SCALING = LayerSpec(
    "scaling",
    "Scaling",
    Scaling,
    Scaling(factor=2),
    read_scaling,
    (Control("factor", "Factor of hidden layer {number}", "number", 1, 9),),
)


class Convolution(HiddenLayer):
    """Two-dimensional convolution: of the pixels of a square image, where a row enters."""

    kind: Literal["convolution"] = "convolution"
    filters: int = Field(4, ge=1, le=64)
    activation: str = "relu"
    kernel: int = Field(3, ge=1, le=8)

    def _image(self, shape: Shape) -> Shape:
        if len(shape) == 3:
            return shape
        side = math.isqrt(shape[0])
        if side * side != shape[0]:
            raise ValueError(f"A convolution needs a square image, and gets {shape[0]} inputs. Choose the digits.")
        return (side, side, 1)

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns, _ = self._image(shape)
        if self.kernel > rows:
            raise ValueError(f"A kernel of {self.kernel} is larger than the image of {rows}. Choose a smaller one.")
        return (rows - self.kernel + 1, columns - self.kernel + 1, self.filters)

    def parameters(self, shape: Shape) -> int:
        return (self.kernel**2 * self._image(shape)[-1] + 1) * self.filters

    def parts(self, index: int, shape: Shape, penalty: KerasCall | None) -> tuple[Part, ...]:
        reshape = [Part("image", KerasCall("layers.Reshape", (self._image(shape),)))] if len(shape) == 1 else []
        call = KerasCall("layers.Conv2D", (self.filters, self.kernel), {"activation": self.activation})
        return (*reshape, Part("convolution", call, {"kernel": None, "bias": 0.0}))

    def text(self) -> str:
        return f"{self.filters}-{self.activation}-c{self.kernel}"


def read_convolution(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(r"(\d+)-(\w+)-c(\d)", text)
    if not found:
        return None
    return {"kind": "convolution", "filters": int(found[1]), "activation": found[2], "kernel": int(found[3])}


CONVOLUTION = LayerSpec(
    "convolution",
    "Convolution",
    Convolution,
    Convolution(),
    read_convolution,
    (
        Control("filters", "Filters of hidden layer {number}", "number", 1, 64),
        Control("activation", "Activation of hidden layer {number}", "choice", options=lambda: {"relu": "relu"}),
        Control("kernel", "Kernel of hidden layer {number}", "number", 1, 8),
    ),
)


@pytest.fixture(autouse=True)
def _entries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One entry each, and nothing else. Afterwards the kinds of layers are in their order again."""
    kinds = dict(LAYERS)
    monkeypatch.setitem(OPTIMIZERS, "lion", LION)
    for name in ("convolution", "pooling"):  # those of Descent
        monkeypatch.delitem(LAYERS, name)
    monkeypatch.setitem(LAYERS, "scaling", SCALING)
    monkeypatch.setitem(LAYERS, "convolution", CONVOLUTION)
    yield
    monkeypatch.undo()
    LAYERS.clear()
    LAYERS.update(kinds)


CASES: dict[str, dict[str, Any]] = {
    "optimizer": {"training": {"optimizer": "lion", "learning_rate": 0.001, "epochs": 4}},
    "layer": {
        "model": {
            "hidden_layers": [{"units": 6, "activation": "tanh"}, {"kind": "scaling", "factor": 3}, {"units": 4}],
            "l2": 0.001,
        },
        "training": {"epochs": 4},
    },
    "layer of images": {
        "dataset": {"name": "digits"},
        "model": {"hidden_layers": [{"kind": "convolution"}, {"kind": "convolution", "filters": 2}, {"units": 5}]},
        "training": {"epochs": 2, "batch_size": 64},
    },
}
EACH = pytest.mark.parametrize("data", CASES.values(), ids=list(CASES))


@EACH
def test_a_configuration_takes_it_and_its_json_comes_back(data: dict[str, Any]) -> None:
    config = ExperimentConfig.model_validate(data)
    assert ExperimentConfig.model_validate_json(config.model_dump_json()) == config
    assert ExperimentConfig.model_validate(config.model_dump()) == config
    assert hash(config) != hash(ExperimentConfig())
    assert ExperimentConfig.from_record(config.model_dump_json()) == config


def test_only_layers_that_are_not_dense_are_written_with_their_kind() -> None:
    layers = ExperimentConfig.model_validate(CASES["layer"]).model_dump()["model"]["hidden_layers"]
    assert layers == (
        {"units": 6, "activation": "tanh", "dropout": 0.0, "batch_normalization": False},
        {"kind": "scaling", "factor": 3},
        {"units": 4, "activation": "relu", "dropout": 0.0, "batch_normalization": False},
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            {"training": {"optimizer": "tiger"}},
            (
                "training.optimizer",
                "expected 'sgd', 'momentum', 'rmsprop', 'adam', 'adamw', 'nadam', 'adagrad' or 'lion', received tiger",
            ),
        ),
        (
            {"model": {"hidden_layers": [{"kind": "scaling", "factor": 0}]}},
            ("model.hidden_layers.0.factor", "expected at least 1, received 0"),
        ),
        (
            {"model": {"hidden_layers": [{"units": 3}, {"kind": "shift"}]}},
            ("model.hidden_layers.1.kind", "expected 'dense', 'scaling' or 'convolution', received shift"),
        ),
        (
            {"model": {"hidden_layers": [{"kind": "scaling", "units": 3}]}},
            ("model.hidden_layers.0.units", "there is no such setting, received 3"),
        ),
        (
            {"model": {"hidden_layers": [{"kind": "convolution"}]}},
            ("", "A convolution needs a square image, and gets 2 inputs. Choose the digits."),
        ),
    ],
)
def test_what_is_wrong_with_it_is_said(data: dict[str, Any], problem: tuple[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate(data)
    assert [(field, str(said)) for field, said in problems_of(caught.value)] == [problem]


@pytest.mark.parametrize(
    ("case", "name", "written"),
    [
        ("optimizer", "optimizer", "lion"),
        ("layer", "layers", "6-tanh,times3,4-relu"),
        ("layer of images", "layers", "4-relu-c3,2-relu-c3,5-relu"),
    ],
)
def test_a_link_writes_and_reads_it(case: str, name: str, written: str) -> None:
    config = ExperimentConfig.model_validate(CASES[case])
    query = to_query(config)
    assert query[name] == written
    link = from_query(query)
    assert link.problems == ()
    assert link.config == config


def test_a_link_says_what_is_wrong_with_a_layer() -> None:
    (problem,) = from_query({"layers": "6-tanh,times0"}).problems
    assert str(problem) == "layers was not used (expected at least 1, received 0). Using 8-tanh,8-tanh."


@EACH
def test_its_parameters_are_what_keras_counts(data: dict[str, Any]) -> None:
    config = ExperimentConfig.model_validate(data)
    model = build_model(config.model, load_dataset(config.dataset), output=config.output)
    assert config.parameters == model.count_params()


def test_a_scaling_layer_has_one_parameter_a_unit() -> None:
    config = ExperimentConfig.model_validate(CASES["layer"])
    assert config.parameters == (2 * 6 + 6) + 6 + (6 * 4 + 4) + (4 * 1 + 1)


@EACH
def test_the_script_ends_with_the_weights_of_the_trainer(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ExperimentConfig.model_validate(data)
    trainer = Trainer(config)
    before = [np.array(weight) for weight in trainer.model.weights]
    history = trainer.fit()
    assert len(history) == config.training.epochs
    assert all(math.isfinite(logs["loss"]) for logs in history)
    assert all(not np.array_equal(*pair) for pair in zip(before, trainer.model.get_weights(), strict=True))

    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(keras_script(config), "script.py", "exec"), names)
    for ours, theirs in zip(trainer.model.get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)

    trainer.reset()
    for weight, value in zip(trainer.model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_a_scaling_layer_begins_with_its_factor() -> None:
    config = ExperimentConfig.model_validate(CASES["layer"])
    kernel = build_model(config.model, load_dataset(config.dataset)).get_layer("scaling_1").kernel
    np.testing.assert_array_equal(kernel, np.full(6, 3.0))


def test_networks_with_it_share_no_compiled_program_with_others() -> None:
    keys = {architecture(ExperimentConfig.model_validate(data)) for data in [*CASES.values(), {}]}
    factors = [{"model": {"hidden_layers": [{"kind": "scaling", "factor": factor}]}} for factor in (1, 2)]
    keys |= {architecture(ExperimentConfig.model_validate(data)) for data in factors}
    assert len(keys) == len(CASES) + 3


def test_what_is_said_of_a_run_knows_it() -> None:
    assert str(title_of(ExperimentConfig.model_validate(CASES["layer"]))) == "Spirals · 6-times3-4-1"
    config = ExperimentConfig.model_validate(CASES["optimizer"])
    causes = str(possible_causes(config, 0.02))
    assert causes.startswith("A possible cause is the learning rate 0.02 (very high for lion)")


def cards() -> None:
    """The cards of the Train page that choose layers and optimizer. Streamlit runs this function's source."""
    import streamlit as st

    from core import ExperimentConfig
    from core.exchange.link import to_query
    from pages.components import settings
    from pages.components.network_card import network_card
    from pages.components.training_card import training_card

    if "dataset" not in st.session_state:
        settings.put(ExperimentConfig())
    settings.keep()
    config, problems = settings.get()
    network_card(config)
    training_card(lambda: None)
    st.session_state.query = to_query(config) if config else problems


def test_the_page_s_controls_offer_it() -> None:
    page = AppTest.from_function(cards, default_timeout=60).run()
    assert "Lion" in page.selectbox(key="optimizer").options
    assert page.selectbox(key="kind_0").options == ["Dense", "Scaling", "Convolution"]
    page.selectbox(key="optimizer").select("lion").run()
    page.selectbox(key="kind_1").select("scaling").run()
    assert page.number_input(key="factor_1").value == 2
    page.number_input(key="factor_1").set_value(5).run()
    page.button(key="add_layer").click().run()
    assert not page.exception
    assert {each.key for each in page.number_input} >= {"units_0", "factor_1", "factor_2"}
    assert "units_1" not in {each.key for each in page.number_input}
    link = from_query(page.session_state.query)
    assert link.config.training.optimizer == "lion"
    assert link.config.model.hidden_layers[1:] == (Scaling(factor=5), Scaling(factor=5))
    page.selectbox(key="kind_1").select("dense").run()
    assert page.session_state.query["layers"] == "8-tanh,8-tanh,times5"


def test_an_activation_a_loss_and_an_input_are_one_entry_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIVATIONS, "mish", ActivationSpec("mish", "z·tanh(ln(1 + e^z))", flat="below"))
    log_cosh = LossSpec(
        "log_cosh", "log cosh", "log cosh", "ln cosh(a − y)", {"continuous": ("linear",)}, KerasCall("losses.LogCosh")
    )
    monkeypatch.setitem(LOSSES, "log_cosh", log_cosh)
    monkeypatch.setitem(ENGINEERED_INPUTS, "x3", InputSpec("x3", "x³", "x ** 3", lambda x, y: x**3))
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "plane", "features": ["x", "x3"]},
            "model": {"hidden_layers": [{"units": 3, "activation": "mish"}]},
            "training": {"loss": "log_cosh", "epochs": 2},
        }
    )
    assert from_query(to_query(config)).config == config
    trainer = Trainer(config)
    trainer.fit()
    assert isinstance(trainer.model.loss, keras.losses.LogCosh)
    np.testing.assert_array_equal(trainer.dataset.raw_train.shape, (240, 2))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(keras_script(config), "script.py", "exec"), names)
    for ours, theirs in zip(trainer.model.get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_layer_without_a_kind_is_dense() -> None:
    (layer,) = ExperimentConfig.model_validate({"model": {"hidden_layers": [{"units": 3}]}}).model.hidden_layers
    assert layer == LayerConfig(units=3)
    (same,) = ExperimentConfig.model_validate(
        {"model": {"hidden_layers": [{"kind": "dense", "units": 3}]}}
    ).model.hidden_layers
    assert same == layer
