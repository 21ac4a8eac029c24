"""The configuration: defaults, limits, what is refused and in which words."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from pydantic import ValidationError

from core import ExperimentConfig, build_model, load_dataset
from core.experiment.activations import ACTIVATIONS
from core.experiment.catalogue import CATALOG
from core.experiment.config import (
    BUDGET,
    MAX_EPOCHS,
    MAX_LAYERS,
    MAX_SEED,
    problems_of,
)
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import MAX_UNITS
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.scalings import SCALINGS
from tests.core.dense import dense_layers
from tests.drawings import dataset_config

LAYER = {"units": 4, "activation": "relu"}


def nested(path: str, value: Any) -> dict[str, Any]:
    """
    >>> nested("training.epochs", 5)
    {'training': {'epochs': 5}}
    """
    *sections, name = path.split(".")
    data = {name: value}
    for section in reversed(sections):
        data = {section: data}
    if path.startswith("layer."):
        data = {"model": {"hidden_layers": [{**LAYER, name: value}]}}
    return data


def field_at(config: ExperimentConfig, path: str) -> Any:
    value: Any = config
    for name in path.split("."):
        value = value.model.hidden_layers[0] if name == "layer" else getattr(value, name)
    return value


def refusal(data: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate(data)
    return caught.value


def test_the_design_document_s_example_is_valid() -> None:
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "iris", "test_fraction": 0.2, "scaling": "standard"},
            "model": {"hidden_layers": [{"units": 64, "activation": "relu"}, {"units": 32, "activation": "relu"}]},
            "training": {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 100},
            "seed": 0,
        }
    )
    assert (config.dataset.train_rows, config.dataset.test_rows) == (120, 30)
    assert config.parameters == (4 * 64 + 64) + (64 * 32 + 32) + (32 * 3 + 3)


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("dataset.name", "spirals"),
        ("dataset.samples", 300),
        ("dataset.noise", 0.1),
        ("dataset.classes", None),
        ("dataset.test_fraction", 0.2),
        ("dataset.scaling", "standard"),
        ("dataset.features", None),
        ("layer.dropout", 0.0),
        ("layer.batch_normalization", False),
        ("model.initializer", "glorot_uniform"),
        ("model.l1", 0.0),
        ("model.l2", 0.0),
        ("model.output_activation", None),
        ("training.optimizer", "adam"),
        ("training.learning_rate", 0.01),
        ("training.batch_size", 16),
        ("training.epochs", 400),
        ("training.loss", None),
        ("training.from_logits", None),
        ("training.early_stopping", None),
        ("seed", 0),
    ],
)
def test_what_is_left_out_has_its_default(path: str, default: Any) -> None:
    assert field_at(ExperimentConfig(), path) == default


def test_a_layer_without_activation_is_relu() -> None:
    config = ExperimentConfig.model_validate({"model": {"hidden_layers": [{"units": 3}]}})
    assert dense_layers(config)[0].activation == "relu"


def test_the_default_network_has_two_tanh_layers_of_eight() -> None:
    layers = dense_layers(ExperimentConfig())
    assert [(layer.units, layer.activation) for layer in layers] == [(8, "tanh"), (8, "tanh")]


LIMITS = [
    ("dataset.samples", 50, 10_000, 1),
    ("dataset.noise", 0.0, 1.0, 1e-6),
    ("dataset.test_fraction", 0.05, 0.9, 1e-6),
    ("layer.units", 1, MAX_UNITS, 1),
    ("layer.dropout", 0.0, 0.9, 1e-6),
    ("model.l1", 0.0, 10.0, 1e-6),
    ("model.l2", 0.0, 10.0, 1e-6),
    ("training.batch_size", 1, 10_000, 1),
    ("training.epochs", 1, MAX_EPOCHS, 1),
    ("training.early_stopping.patience", 1, MAX_EPOCHS, 1),
    ("seed", 0, MAX_SEED, 1),
]


@pytest.mark.parametrize(("path", "least", "most", "step"), LIMITS)
def test_the_ends_of_a_range_are_valid(path: str, least: float, most: float, step: float) -> None:
    for value in (least, most):
        assert field_at(ExperimentConfig.model_validate(nested(path, value)), path) == value


@pytest.mark.parametrize(("path", "least", "most", "step"), LIMITS)
def test_beyond_a_range_the_field_is_named(path: str, least: float, most: float, step: float) -> None:
    for value in (least - step, most + step):
        fields = [field for field, _ in problems_of(refusal(nested(path, value)))]
        assert fields == [path.replace("layer.", "model.hidden_layers.0.")]


@pytest.mark.parametrize("rate", [0.0, -0.1, 100.1])
def test_a_learning_rate_is_above_zero_and_at_most_a_hundred(rate: float) -> None:
    assert problems_of(refusal({"training": {"learning_rate": rate}}))[0][0] == "training.learning_rate"


NUMBERS = [path for path, *_ in LIMITS] + ["training.learning_rate", "training.early_stopping.min_delta"]


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, "NaN", "Infinity", "1e400", 10**400, "many"],
    ids=lambda value: str(value)[:12],
)
@pytest.mark.parametrize("path", NUMBERS)
def test_what_is_no_finite_number_is_refused(path: str, value: Any) -> None:
    data = nested(path, value)
    if path == "training.early_stopping.min_delta":
        data["training"]["early_stopping"]["patience"] = 3
    fields = [field for field, _ in problems_of(refusal(data))]
    assert fields == [path.replace("layer.", "model.hidden_layers.0.")]


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("path", NUMBERS)
def test_a_boolean_is_no_number(path: str, value: bool) -> None:
    data = nested(path, value)
    if path == "training.early_stopping.min_delta":
        data["training"]["early_stopping"]["patience"] = 3
    ((field, sentence),) = problems_of(refusal(data))
    assert field == path.replace("layer.", "model.hidden_layers.0.")
    assert str(sentence) == f"Expected a number, received {value}."


@pytest.mark.parametrize(
    "value", [True, math.nan, "1e400", 10**400, 2.5, "two", [2]], ids=lambda value: str(value)[:12]
)
def test_a_number_of_classes_is_a_small_whole_number(value: Any) -> None:
    ((field, _),) = problems_of(refusal({"dataset": {"name": "spirals", "classes": value}}))
    assert field in {"dataset", "dataset.classes"}


def test_early_stopping_true_is_no_patience() -> None:
    assert refusal({"training": {"early_stopping": True}}).error_count() == 1


def test_a_number_for_early_stopping_is_its_patience() -> None:
    config = ExperimentConfig.model_validate({"training": {"early_stopping": 7}})
    assert config.training.early_stopping is not None
    assert config.training.early_stopping.patience == 7
    assert config.training.early_stopping.monitor == "val_loss"
    assert config.training.early_stopping.min_delta == 0.0
    assert config.training.early_stopping.restore_best_weights is False


@pytest.mark.parametrize(
    "path",
    [
        "unknown",
        "dataset.unknown",
        "layer.unknown",
        "model.unknown",
        "training.unknown",
        "training.early_stopping.unknown",
    ],
)
def test_an_unknown_key_is_named(path: str) -> None:
    fields = [field for field, _ in problems_of(refusal(nested(path, 1)))]
    assert path.replace("layer.", "model.hidden_layers.0.") in fields


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dataset.name", "mnist"),
        ("dataset.name", "../../etc/passwd"),
        ("dataset.name", None),
        ("dataset.scaling", "huge"),
        ("dataset.features", "x"),
        ("layer.activation", "relu6"),
        ("model.initializer", "he"),
        ("model.hidden_layers", None),
        ("training.optimizer", "lion"),
        ("training.loss", "hinge"),
        ("model.output_activation", "relu"),
        ("training.epochs", 1.5),
        ("training.batch_size", [16]),
        ("seed", {}),
    ],
)
def test_an_unknown_name_or_a_wrong_kind_is_refused_at_its_field(path: str, value: Any) -> None:
    fields = [field for field, _ in problems_of(refusal(nested(path, value)))]
    assert fields == [path.replace("layer.", "model.hidden_layers.0.")]


def test_an_unknown_data_set_is_answered_with_those_that_exist() -> None:
    ((field, sentence),) = problems_of(refusal({"dataset": {"name": "mnist"}}))
    assert field == "dataset.name"
    assert str(sentence) == f"Unknown data set 'mnist'. Choose one of {', '.join(CATALOG)}."


def test_a_very_long_name_is_cut_in_the_answer() -> None:
    ((_, sentence),) = problems_of(refusal({"dataset": {"name": "x" * 100_000}}))
    assert len(str(sentence)) < 400


def test_a_problem_says_what_was_received() -> None:
    ((field, sentence),) = problems_of(refusal({"training": {"learning_rate": -1}}))
    assert (field, str(sentence)) == ("training.learning_rate", "expected more than 0.0, received -1")


def test_json_nested_a_hundred_thousand_deep_is_refused() -> None:
    with pytest.raises(ValidationError, match="recursion limit"):
        ExperimentConfig.model_validate_json('{"dataset":' * 100_000)


@pytest.mark.parametrize(
    ("name", "classes"),
    [("spirals", 1), ("spirals", 6), ("blobs", 1), ("blobs", 7), ("moons", 3), ("iris", 2)],
)
def test_classes_that_a_set_does_not_have_are_refused(name: str, classes: int) -> None:
    ((field, sentence),) = problems_of(refusal({"dataset": {"name": name, "classes": classes}}))
    assert field == "dataset"
    assert "classes" in str(sentence)
    assert name in str(sentence)


@pytest.mark.parametrize(
    ("dataset", "classes"),
    [
        ({"name": "spirals"}, 2),
        ({"name": "spirals", "classes": 5}, 5),
        ({"name": "blobs"}, 3),
        ({"name": "blobs", "classes": 2}, 2),
        ({"name": "moons"}, 2),
        ({"name": "iris"}, 3),
        ({"name": "digits"}, 10),
        ({"name": "diabetes"}, 0),
        ({"name": "plane"}, 0),
    ],
)
def test_the_number_of_classes_is_known_before_loading(dataset: dict[str, Any], classes: int) -> None:
    config = ExperimentConfig.model_validate({"dataset": dataset})
    assert config.dataset.n_classes == classes
    assert load_dataset(config.dataset).n_classes == classes


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ([], "empty"),
        (["x", "x"], "twice"),
        (["z"], "'z' is not an input of 'moons'"),
        (["alcohol"], "alcohol"),
    ],
)
def test_features_that_make_no_sense_are_refused(features: list[str], reason: str) -> None:
    error = refusal({"dataset": {"name": "moons", "features": features}})
    assert reason in str(problems_of(error)[0][1])


def test_a_split_that_leaves_a_class_without_test_rows_is_refused() -> None:
    error = refusal({"dataset": {"name": "blobs", "classes": 6, "samples": 50, "test_fraction": 0.1}})
    assert "leaves 45 training and 5 test rows" in str(problems_of(error)[0][1])


@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.2, 0.31, 0.5, 0.9])
@pytest.mark.parametrize("name", list(CATALOG))
@pytest.mark.parametrize("samples", [50, 333])
def test_rows_are_counted_as_the_split_divides_them(name: str, fraction: float, samples: int) -> None:
    """What the configuration accepts, scikit-learn can split; and into the rows that were announced."""
    config = ExperimentConfig.model_validate(
        {"dataset": {**dataset_config(name).model_dump(), "samples": samples, "test_fraction": fraction}}
    ).dataset
    dataset = load_dataset(config, seed=3)
    assert (len(dataset.x_train), len(dataset.x_test)) == (config.train_rows, config.test_rows)
    if config.n_classes:
        assert set(dataset.y_train) == set(dataset.y_test) == set(range(config.n_classes))


def test_no_more_layers_than_the_limit() -> None:
    ExperimentConfig.model_validate({"model": {"hidden_layers": [LAYER] * MAX_LAYERS}})
    error = refusal({"model": {"hidden_layers": [LAYER] * (MAX_LAYERS + 1)}})
    assert problems_of(error)[0][0] == "model.hidden_layers"


def test_the_budget_admits_digits_with_two_layers_of_512_over_ten_thousand_epochs() -> None:
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "digits"},
            "model": {"hidden_layers": [{"units": 512}, {"units": 512}]},
            "training": {"epochs": 10_000},
        }
    )
    parameters = 64 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10
    assert config.work == parameters * 1437 * 10_000
    assert config.work < BUDGET


def test_more_than_the_budget_is_refused_with_the_sum_and_the_limit() -> None:
    error = refusal(
        {
            "dataset": {"name": "moons", "samples": 10_000},
            "model": {"hidden_layers": [{"units": 512}] * 12},
            "training": {"epochs": 10_000},
        }
    )
    ((field, sentence),) = problems_of(error)
    parameters = 2 * 512 + 512 + 11 * (512 * 512 + 512) + 513
    assert field == ""
    assert f"{parameters:,} parameters × 8,000 training rows × 10,000 epochs" in str(sentence)
    assert "the limit is 1e+13" in str(sentence)


NETWORKS: list[dict[str, Any]] = [
    {"model": {"hidden_layers": []}},
    {"model": {"hidden_layers": [{"units": 1}]}},
    {"model": {"hidden_layers": [{"units": 7, "batch_normalization": True}, {"units": 5, "dropout": 0.5}]}},
    {"dataset": {"name": "digits"}, "model": {"hidden_layers": [{"units": 9}] * 12}},
    {"dataset": {"name": "wine", "features": ["hue", "ash"]}},
    {"dataset": {"name": "xor", "features": ["x", "xy", "sin_y"]}},
    {"dataset": {"name": "blobs", "classes": 5}},
    {"dataset": {"name": "diabetes"}},
    {"dataset": {"name": "moons"}, "training": {"loss": "sparse_categorical_crossentropy"}},
    {"dataset": {"name": "moons"}, "training": {"from_logits": True}},
]


@pytest.mark.parametrize("data", NETWORKS)
def test_parameters_are_what_keras_counts(data: dict[str, Any]) -> None:
    config = ExperimentConfig.model_validate(data)
    dataset = load_dataset(config.dataset)
    assert config.parameters == build_model(config.model, dataset, output=config.output).count_params()


@pytest.mark.parametrize("path", ["seed", "dataset", "dataset.noise", "training.epochs", "layer.units"])
def test_a_configuration_never_changes(path: str) -> None:
    config = ExperimentConfig()
    *sections, name = path.split(".")
    with pytest.raises(ValidationError, match="frozen"):
        setattr(field_at(config, ".".join(sections)) if sections else config, name, 5)


def test_equal_configurations_have_equal_hashes() -> None:
    one, other = (ExperimentConfig.model_validate({"dataset": {"features": ["x", "y2"]}}) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert hash(one) != hash(ExperimentConfig())


def test_json_gives_the_same_configuration_back() -> None:
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "spirals", "classes": 3, "features": ["x", "y", "sin_x"], "noise": 1 / 3},
            "model": {"hidden_layers": [{"units": 3, "dropout": 0.1}], "l2": 1e-5},
            "training": {"early_stopping": {"patience": 3, "monitor": "loss", "min_delta": 0.01}},
            "seed": MAX_SEED,
        }
    )
    assert ExperimentConfig.model_validate_json(config.model_dump_json()) == config
    assert ExperimentConfig.model_validate(json.loads(json.dumps(config.model_dump()))) == config


def test_the_names_one_can_choose_from() -> None:
    assert SCALINGS == ("none", "standard", "minmax", "robust")
    assert tuple(OPTIMIZERS) == ("sgd", "momentum", "rmsprop", "adam", "adamw", "nadam", "adagrad")
    assert len(ACTIVATIONS) == len(set(ACTIVATIONS)) == 10
    assert len(INITIALIZERS) == len(set(INITIALIZERS)) == 12
