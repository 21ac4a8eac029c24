"""Which output layer, loss and metric belong together, and why the other combinations are wrong.

Pure rules: builds no layers and knows no Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.experiment.catalogue import Task

OutputActivation = Literal["softmax", "sigmoid", "linear"]
Loss = Literal[
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
]

REGRESSION_LOSSES: tuple[Loss, ...] = ("mean_squared_error", "mean_absolute_error", "huber")


@dataclass(frozen=True)
class Output:
    """The end of a network: what it emits and how it is judged.

    Attributes:
        units: width of the output layer.
        from_logits: the loss applies softmax or sigmoid itself, because the layer does not.
        metric: log key of the metric besides the loss.
    """

    units: int
    activation: OutputActivation
    loss: Loss
    from_logits: bool
    metric: Literal["accuracy", "mae"]


def losses_for(task: Task, classes: int) -> tuple[Loss, ...]:
    """The losses that make sense for a task, the usual one first."""
    if task == "regression":
        return REGRESSION_LOSSES
    if classes == 2:
        return ("binary_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error")
    return ("sparse_categorical_crossentropy",)


def activations_for(loss: Loss, task: Task) -> tuple[OutputActivation, ...]:
    """The output activations a loss can be used with, the usual one first."""
    if task == "regression":
        return ("linear",)
    if loss == "sparse_categorical_crossentropy":
        return ("softmax", "linear")
    if loss == "binary_crossentropy":
        return ("sigmoid", "linear")
    return ("sigmoid",)


def resolve_output(
    task: Task,
    classes: int,
    *,
    activation: OutputActivation | None = None,
    loss: Loss | None = None,
    from_logits: bool | None = None,
) -> Output:
    """Fill in what was left open and refuse what contradicts itself.

    Args:
        classes: number of classes; ignored for regression.
        activation, loss, from_logits: the choices made, None for "follow from the task".

    Raises:
        ValueError: the combination is wrong; the message says why and what to choose instead.
    """
    if loss is None:
        loss = _loss_for_activation(task, classes, activation)
    allowed = losses_for(task, classes)
    if loss not in allowed:
        raise ValueError(
            f"loss '{loss}' does not fit this task ({_describe(task, classes)}). Choose {_one_of(allowed)}."
        )
    if activation is None:
        if from_logits and task == "classification":
            activation = "linear"
        else:
            activation = activations_for(loss, task)[0]
    _check_logits(task, activation, from_logits)
    if activation not in activations_for(loss, task):
        raise ValueError(_why_not(task, classes, activation, loss))
    logits = task == "classification" and activation == "linear"
    units = classes if loss == "sparse_categorical_crossentropy" else 1
    return Output(units, activation, loss, logits, "mae" if task == "regression" else "accuracy")


def _loss_for_activation(task: Task, classes: int, activation: OutputActivation | None) -> Loss:
    if task == "classification" and activation == "softmax":
        return "sparse_categorical_crossentropy"
    return losses_for(task, classes)[0]


def _check_logits(task: Task, activation: OutputActivation, from_logits: bool | None) -> None:
    if from_logits is None:
        return
    if task == "regression":
        if from_logits:
            raise ValueError("from_logits belongs to classification. A regression predicts values: leave it out.")
        return
    if from_logits and activation != "linear":
        raise ValueError(
            f"from_logits is true, but the output layer already applies {activation}: the loss would apply it a "
            f"second time and the gradients would shrink. Use a linear output, or leave from_logits out."
        )
    if not from_logits and activation == "linear":
        raise ValueError(
            "The output is linear (logits), but from_logits is false: the loss would read logits as probabilities. "
            "Leave from_logits out, or choose a softmax or sigmoid output."
        )


def _why_not(task: Task, classes: int, activation: OutputActivation, loss: Loss) -> str:
    if task == "regression":
        return (
            f"A {activation} output is limited to 0…1, but the target of a regression can be any number. "
            f"Choose a linear output."
        )
    return (
        f"A {activation} output does not fit the loss '{loss}' ({_describe(task, classes)}). "
        f"Choose {_one_of(activations_for(loss, task))}."
    )


def _describe(task: Task, classes: int) -> str:
    return "regression" if task == "regression" else f"{classes} classes"


def _one_of(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else "one of " + ", ".join(names)
