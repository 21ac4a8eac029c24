"""Which path an epoch takes is decided by what is trained alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest

from core.experiment.config import ExperimentConfig
from core.training.paths import CHANGE_AT, fast_from, fast_from_of_model


def experiment(**overrides: Any) -> ExperimentConfig:
    training = {"batch_size": 32, "epochs": 10_000} | overrides.pop("training", {})
    dataset = {"name": "iris"} | overrides.pop("dataset", {})
    layers = overrides.pop("layers", [{"units": 64}, {"units": 32}])
    return ExperimentConfig.model_validate(
        {"dataset": dataset, "model": {"hidden_layers": layers}, "training": training}
    )


def test_a_long_run_of_a_small_network_changes_to_xla() -> None:
    assert fast_from(experiment()) == CHANGE_AT <= 20


def test_a_run_that_is_over_before_xla_is_compiled_stays_on_the_graph() -> None:
    assert fast_from(experiment(training={"epochs": 100})) is None


def test_small_batches_make_an_epoch_long_enough() -> None:
    assert fast_from(experiment(training={"epochs": 400})) is None
    assert fast_from(experiment(training={"epochs": 400, "batch_size": 1})) == CHANGE_AT


def test_dropout_stays_on_the_graph() -> None:
    assert fast_from(experiment(layers=[{"units": 64, "dropout": 0.2}])) is None


def test_a_large_dense_network_changes_too() -> None:
    assert fast_from(experiment(dataset={"name": "digits"}, layers=[{"units": 512}] * 2)) == CHANGE_AT


def test_an_epoch_too_long_to_wait_for_stays_on_the_graph_where_it_can_be_interrupted() -> None:
    wide = [{"units": 512}] * 12
    assert fast_from(experiment(dataset={"name": "digits"}, layers=wide, training={"epochs": 1000})) is None


def test_rows_that_are_not_the_configuration_s_count() -> None:
    short = experiment(training={"epochs": 400})
    assert fast_from(short, rows=12_000) == CHANGE_AT
    assert fast_from(experiment(), rows=10_000_000) is None


def sequential(*layers: Any) -> keras.Model:
    return keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(3)])


class OwnLayer(keras.layers.Dense):
    """Nobody knows what it does."""


class OwnModel(keras.Sequential):
    """Nobody knows how it trains."""


def test_a_model_of_dense_layers_changes_whoever_built_it() -> None:
    dense = sequential(keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization())
    assert fast_from_of_model(dense, experiment(), rows=120) == CHANGE_AT
    functional = keras.Model(dense.inputs, dense.outputs)
    assert fast_from_of_model(functional, experiment(), rows=120) == CHANGE_AT
    assert fast_from_of_model(dense, experiment(training={"epochs": 100}), rows=120) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: sequential(keras.layers.Reshape((8, 8, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()),
        lambda: sequential(keras.layers.Dropout(0.1)),
        lambda: sequential(OwnLayer(4)),
        lambda: OwnModel([keras.Input((4,)), keras.layers.Dense(3)]),
    ],
    ids=["convolution", "dropout", "own layer", "own model"],
)
def test_any_other_model_stays_on_the_graph(make: Callable[[], keras.Model]) -> None:
    assert fast_from_of_model(make(), experiment(), rows=120) is None


def test_a_model_with_an_optimizer_of_one_s_own_stays_on_the_graph() -> None:
    class OwnOptimizer(keras.optimizers.SGD):
        """Nobody knows what it keeps."""

    model = sequential(keras.layers.Dense(8, "relu"))
    model.compile(OwnOptimizer(), "mse")
    assert fast_from_of_model(model, experiment(), rows=120) is None


@pytest.mark.parametrize("seed", [0, 7])
def test_seed_and_learning_rate_do_not_matter(seed: int) -> None:
    config = experiment(training={"learning_rate": 0.3}).model_copy(update={"seed": seed})
    assert fast_from(config) == fast_from(experiment())
