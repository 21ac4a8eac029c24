"""The metrics' entries agree with what scikit-learn says of them."""

from __future__ import annotations

import pytest
from sklearn.metrics import get_scorer

from core.experiment.config import ExperimentConfig
from core.experiment.metrics import METRICS

SCORERS = {"accuracy": "accuracy", "mae": "neg_mean_absolute_error"}


@pytest.mark.parametrize("name", METRICS)
def test_less_is_better_where_scikit_learn_turns_the_sign(name: str) -> None:
    assert METRICS[name].less_is_better == SCORERS[name].startswith("neg_")
    assert get_scorer(SCORERS[name])


@pytest.mark.parametrize(("dataset", "name"), [("moons", "accuracy"), ("bumps", "mae")])
def test_what_an_experiment_is_measured_by_has_an_entry(dataset: str, name: str) -> None:
    metric = METRICS[ExperimentConfig.model_validate({"dataset": {"name": dataset}}).output.metric]
    assert metric.name == name
    assert "{value}" in metric.value
    assert "{value}" in metric.exact
