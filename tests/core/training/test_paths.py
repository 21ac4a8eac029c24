"""Which path an epoch takes is decided by the configuration alone."""

from __future__ import annotations

from typing import Any

import pytest

from core.config import ExperimentConfig
from core.training.paths import CHANGE_AT, fast_from


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


def test_where_arithmetic_outweighs_the_overhead_the_graph_is_as_fast() -> None:
    assert fast_from(experiment(dataset={"name": "digits"}, layers=[{"units": 512}, {"units": 512}])) is None


@pytest.mark.parametrize("seed", [0, 7])
def test_seed_and_learning_rate_do_not_matter(seed: int) -> None:
    config = experiment(training={"learning_rate": 0.3}).model_copy(update={"seed": seed})
    assert fast_from(config) == fast_from(experiment())
