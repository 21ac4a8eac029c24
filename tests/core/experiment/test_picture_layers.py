"""Convolution and pooling: sizes and counts as Keras has them, and what is wrong with them in words."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from core import ExperimentConfig, build_model, load_dataset
from core.exchange.link import from_query, to_query
from core.experiment.blocks import Block, chosen_blocks
from core.experiment.config import problems_of
from core.experiment.layers import LAYERS, LayerConfig
from core.experiment.picture_layers import ConvolutionConfig, PoolingConfig
from core.experiment.plan import plan_of
from core.training.paths import fast_from

CONVOLUTION = {"kind": "convolution", "filters": 4, "kernel": 3}
POOL = {"kind": "pooling", "size": 2}
DENSE = {"units": 5}


def digits(*layers: dict[str, Any], **dataset: Any) -> dict[str, Any]:
    return {"dataset": {"name": "digits", **dataset}, "model": {"hidden_layers": layers}, "training": {"epochs": 2}}


def problem(data: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate(data)
    ((_, said),) = problems_of(caught.value)
    return str(said)


@pytest.mark.parametrize(
    "layers",
    [
        (CONVOLUTION,),
        (CONVOLUTION, POOL, DENSE),
        (POOL, {**CONVOLUTION, "kernel": 2, "activation": "tanh"}),
        (CONVOLUTION, {**CONVOLUTION, "filters": 2}, {"kind": "pooling", "size": 3}, DENSE, DENSE),
    ],
)
def test_shapes_and_parameters_are_those_of_keras(layers: tuple[dict[str, Any], ...]) -> None:
    config = ExperimentConfig.model_validate(digits(*layers))
    model = build_model(config.model, load_dataset(config.dataset), output=config.output)
    assert config.parameters == model.count_params()
    entered = [model.get_layer("picture").output.shape[1:]]
    for index, layer in enumerate(config.model.hidden_layers):
        role = {"convolution": "convolution", "pooling": "pooling"}.get(str(getattr(layer, "kind", "")), "hidden")
        entered.append(model.get_layer(f"{role}_{index}").output.shape[1:])
    assert list(config.shapes) == entered
    assert isinstance(model.layers[0], keras.layers.Reshape)


def test_a_convolution_costs_its_parameters_at_every_place() -> None:
    config = ExperimentConfig.model_validate(digits(CONVOLUTION))
    assert config.parameters == (9 + 1) * 4 + (6 * 6 * 4 + 1) * 10
    assert config.multiplications == (9 + 1) * 4 * 36 + (6 * 6 * 4 + 1) * 10


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"model": {"hidden_layers": [CONVOLUTION]}},
            "Hidden layer 1 is 4-relu-c3, which needs a picture, and the inputs are none. Choose the digits with all "
            "of their pixels, or make it a Dense layer.",
        ),
        (
            digits(CONVOLUTION, features=["pixel_3_3", "pixel_3_4"]),
            "Hidden layer 1 is 4-relu-c3, which needs a picture, and the inputs are none. Choose the digits with all "
            "of their pixels, or make it a Dense layer.",
        ),
        (
            digits(CONVOLUTION, DENSE, POOL),
            "Hidden layer 3 is pool2, after a layer that is not one of pictures: a Dense layer leaves no picture. Put "
            "convolution and pooling first.",
        ),
        (
            digits({**CONVOLUTION, "kernel": 9}),
            "The kernel of 4-relu-c9 is 9×9 pixels, and the picture that enters it has 8×8. Choose a smaller kernel, "
            "or fewer layers before it.",
        ),
        (
            digits(CONVOLUTION, POOL, POOL, POOL),
            "pool2 takes the largest of 2×2 pixels, and the picture that enters it has 1×1. Choose a smaller one, or "
            "fewer layers before it.",
        ),
        (digits({**CONVOLUTION, "filters": 0}), "expected at least 1, received 0"),
        (digits({**CONVOLUTION, "kernel": True}), "Expected a number, received True."),
        (digits({**POOL, "size": 1}), "expected at least 2, received 1"),
        (digits({**CONVOLUTION, "dropout": 0.5}), "there is no such setting, received 0.5"),
        (
            {**digits(*[{**CONVOLUTION, "filters": 64}] * 3), "training": {"epochs": 10_000}},
            "This run is too large: 764,170 multiplications a row × 1,437 training rows × 10,000 epochs is 1.1e+13, "
            "and the limit is 1e+13. Use fewer epochs, filters or units.",
        ),
    ],
)
def test_what_cannot_be_built_is_said(data: dict[str, Any], said: str) -> None:
    assert problem(data) == said


def test_a_link_writes_and_reads_them() -> None:
    config = ExperimentConfig.model_validate(digits({**CONVOLUTION, "activation": "leaky_relu"}, POOL, DENSE))
    query = to_query(config)
    assert query["layers"] == "4-leaky_relu-c3,pool2,5-relu"
    link = from_query(query)
    assert (link.config, link.problems) == (config, ())


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("8-relu-c0", "layers was not used (expected at least 1, received 0). Using 8-tanh,8-tanh."),
        ("8-rely-c3", "layers was not used"),
        ("pool9", "layers was not used (expected at most 8, received 9). Using 8-tanh,8-tanh."),
        ("8-relu-c", "layers '8-relu-c' was not used ('c' is neither an activation nor d0.2 nor bn)."),
        ("8-relu-c3,pool2", ""),
    ],
)
def test_a_link_with_a_mistake_says_so_and_works(layers: str, said: str) -> None:
    link = from_query({"dataset": "digits", "layers": layers})
    assert all(str(each).startswith(said) for each in link.problems)
    assert bool(link.problems) == bool(said)


def test_they_train_on_the_graph_path_where_dense_networks_change_to_xla() -> None:
    long = {"epochs": 10_000, "batch_size": 512}
    assert fast_from(ExperimentConfig.model_validate({**digits(DENSE), "training": long})) is not None
    assert fast_from(ExperimentConfig.model_validate({**digits(CONVOLUTION, DENSE), "training": long})) is None


def test_a_dense_network_takes_the_digits_as_one_long_row() -> None:
    config = ExperimentConfig.model_validate(digits(DENSE))
    model = build_model(config.model, load_dataset(config.dataset), output=config.output)
    assert [layer.name for layer in model.layers] == ["hidden_0", "output"]


def test_the_kinds_stand_in_the_registry_under_their_own_names() -> None:
    assert {name for name, spec in LAYERS.items() if spec.config.takes_pictures} == {"convolution", "pooling"}
    assert not LayerConfig.takes_pictures


def test_a_picture_and_a_table_join_behind_the_picture_s_branch() -> None:
    scan = Block("scan", "scan", 0, (16, 16, 1), (ConvolutionConfig(filters=2),))
    table = Block("table", "table", 256, (5,))
    plan = plan_of((LayerConfig(units=3),), (scan, table), 261)
    assert plan.layers == (ConvolutionConfig(filters=2), LayerConfig(units=3))
    assert plan.shapes == ((16, 16, 1), (14 * 14 * 2 + 5,), (3,))
    own = plan_of((PoolingConfig(size=4), PoolingConfig(size=2), LayerConfig(units=3)), (scan, table), 261)
    assert own.branch == (PoolingConfig(size=4), PoolingConfig(size=2))
    assert own.shapes == ((16, 16, 1), (4, 4, 1), (2 * 2 * 1 + 5,), (3,))


def test_of_chosen_blocks_the_first_stands_at_the_beginning() -> None:
    blocks = (Block("scan", "scan", 0, (2, 2, 1)), Block("table", "table", 4, (3,)))
    assert chosen_blocks(blocks, ("scan", "table")) == blocks
    (table,) = chosen_blocks(blocks, ("table",))
    assert (table.start, table.stop) == (0, 3)
    np.testing.assert_array_equal(np.arange(7)[blocks[1].columns], [4, 5, 6])
