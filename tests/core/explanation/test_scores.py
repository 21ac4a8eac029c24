"""What a network says before its last activation gives its probabilities, whatever it is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.explanation.scores import Scores, log_odds
from core.training import Trainer

ODD = {"units": 5, "activation": "relu", "dropout": 0.3, "batch_normalization": True}


@pytest.mark.parametrize(
    "network",
    [
        {"dataset": {"name": "iris"}, "model": {"hidden_layers": []}},
        {"dataset": {"name": "iris"}, "model": {"hidden_layers": [ODD, ODD], "output_activation": "linear"}},
        {"dataset": {"name": "breast_cancer"}, "training": {"loss": "sparse_categorical_crossentropy"}},
        {"dataset": {"name": "patients", "test_fraction": 0.6}},
    ],
    ids=["no hidden layer", "logits after dropout and batch normalisation", "two outputs", "a picture beside a table"],
)
def test_scores_give_the_probabilities_that_the_network_predicts(network: dict[str, Any]) -> None:
    training = {**network.get("training", {}), "epochs": 1}
    trainer = Trainer(ExperimentConfig.model_validate({**network, "training": training}))
    trainer.fit()
    x, output = trainer.dataset.x_test[:50], trainer.config.output
    expected = class_probabilities(trainer.predict(x), output)
    scores = Scores(trainer)
    of_logits = replace(output, activation="linear", from_logits=True)
    np.testing.assert_allclose(class_probabilities(scores.outputs(x), of_logits), expected, atol=2e-6)
    for label in range(trainer.dataset.n_classes):
        odds = scores.score(x, np.full(len(x), label))
        np.testing.assert_allclose(1 / (1 + np.exp(-odds)), expected[:, label], atol=2e-6)


def test_log_odds_stay_finite_where_a_probability_would_be_one() -> None:
    assert log_odds(np.array([[800.0, 0.0, 0.0]]), np.array([0]))[0] == pytest.approx(800 - np.log(2))
    assert log_odds(np.array([[800.0, 0.0, 0.0]]), np.array([1]))[0] == pytest.approx(-800)
