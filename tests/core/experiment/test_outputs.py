"""Which outputs, losses and logits belong together, and what is said about those that do not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from core import ExperimentConfig
from core.experiment.outputs import Output, activations_for, losses_for, resolve_output


@pytest.mark.parametrize(
    ("task", "classes", "chosen", "expected"),
    [
        ("classification", 2, {}, (1, "sigmoid", "binary_crossentropy", False, "accuracy")),
        ("classification", 2, {"from_logits": True}, (1, "linear", "binary_crossentropy", True, "accuracy")),
        (
            "classification",
            2,
            {"from_logits": False},
            (1, "sigmoid", "binary_crossentropy", False, "accuracy"),
        ),
        (
            "classification",
            2,
            {"activation": "linear"},
            (1, "linear", "binary_crossentropy", True, "accuracy"),
        ),
        (
            "classification",
            2,
            {"activation": "softmax"},
            (2, "softmax", "sparse_categorical_crossentropy", False, "accuracy"),
        ),
        (
            "classification",
            2,
            {"loss": "mean_squared_error"},
            (1, "sigmoid", "mean_squared_error", False, "accuracy"),
        ),
        ("classification", 3, {}, (3, "softmax", "sparse_categorical_crossentropy", False, "accuracy")),
        (
            "classification",
            10,
            {"from_logits": True},
            (10, "linear", "sparse_categorical_crossentropy", True, "accuracy"),
        ),
        ("regression", 0, {}, (1, "linear", "mean_squared_error", False, "mae")),
        ("regression", 0, {"loss": "huber"}, (1, "linear", "huber", False, "mae")),
        ("regression", 0, {"from_logits": False}, (1, "linear", "mean_squared_error", False, "mae")),
    ],
)
def test_what_was_left_open_follows_from_the_task(
    task: Any, classes: int, chosen: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    assert resolve_output(task, classes, **chosen) == Output(*expected)


@pytest.mark.parametrize(
    ("task", "classes", "chosen", "reason", "advice"),
    [
        ("regression", 0, {"loss": "binary_crossentropy"}, "regression", "mean_squared_error"),
        ("regression", 0, {"activation": "sigmoid"}, "limited to 0…1", "linear output"),
        ("regression", 0, {"activation": "softmax"}, "limited to 0…1", "linear output"),
        ("regression", 0, {"from_logits": True}, "belongs to classification", "leave it out"),
        (
            "classification",
            3,
            {"loss": "binary_crossentropy"},
            "3 classes",
            "sparse_categorical_crossentropy",
        ),
        ("classification", 3, {"loss": "mean_squared_error"}, "3 classes", "sparse_categorical_crossentropy"),
        ("classification", 3, {"activation": "sigmoid"}, "3 classes", "softmax, linear"),
        ("classification", 2, {"loss": "huber"}, "2 classes", "binary_crossentropy"),
        (
            "classification",
            2,
            {"activation": "softmax", "loss": "binary_crossentropy"},
            "A softmax output",
            "sigmoid",
        ),
        (
            "classification",
            2,
            {"activation": "linear", "loss": "mean_squared_error"},
            "A linear output",
            "sigmoid",
        ),
        (
            "classification",
            2,
            {"loss": "mean_squared_error", "from_logits": True},
            "A linear output",
            "sigmoid",
        ),
        (
            "classification",
            3,
            {"activation": "softmax", "from_logits": True},
            "a second time",
            "Use a linear output",
        ),
        (
            "classification",
            2,
            {"activation": "linear", "from_logits": False},
            "read logits as probabilities",
            "softmax or sigmoid",
        ),
    ],
)
def test_a_contradiction_is_refused_with_reason_and_advice(
    task: Any, classes: int, chosen: dict[str, Any], reason: str, advice: str
) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        resolve_output(task, classes, **chosen)
    assert advice in str(caught.value)


@pytest.mark.parametrize(("task", "classes"), [("classification", 2), ("classification", 4), ("regression", 0)])
def test_every_loss_and_activation_on_offer_is_accepted(task: Any, classes: int) -> None:
    offered = [(loss, activation) for loss in losses_for(task, classes) for activation in activations_for(loss, task)]
    assert offered
    for loss, activation in offered:
        output = resolve_output(task, classes, loss=loss, activation=activation)
        assert (output.loss, output.activation) == (loss, activation)


def test_the_configuration_refuses_a_contradiction() -> None:
    with pytest.raises(ValidationError, match="does not fit this task"):
        ExperimentConfig.model_validate({"dataset": {"name": "iris"}, "training": {"loss": "mean_absolute_error"}})
