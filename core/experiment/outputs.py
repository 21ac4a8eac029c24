"""Which output layer, loss and metric belong together, and why the other combinations are wrong.

Pure rules: builds no layers and knows no Keras.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from core.errors import WrongValue
from core.experiment.keras_call import KerasCall
from core.experiment.losses import LOSSES, Target
from core.experiment.task import Task
from core.words import Said, listed


@dataclass(frozen=True)
class Output:
    """The end of a network: what it emits and how it is judged.

    Attributes:
        units: width of the output layer.
        from_logits: the loss applies softmax or sigmoid itself, because the layer does not.
        metric: log key of the metric besides the loss.
    """

    units: int
    activation: str
    loss: str
    from_logits: bool
    metric: Literal["accuracy", "mae"]

    @property
    def loss_call(self) -> KerasCall:
        """How Keras makes the loss."""
        spec = LOSSES[self.loss]
        settings = {"from_logits": self.from_logits} if spec.takes_logits else {}
        return replace(spec.call, settings={**spec.call.settings, **settings})

    @property
    def metric_call(self) -> KerasCall:
        """How Keras makes the metric."""
        if self.metric == "mae":
            return KerasCall("metrics.MeanAbsoluteError", settings={"name": "mae"})
        if self.units > 1:
            return KerasCall("metrics.SparseCategoricalAccuracy", settings={"name": "accuracy"})
        # A logit of 0 is a probability of one half.
        threshold = 0.0 if self.from_logits else 0.5
        return KerasCall("metrics.BinaryAccuracy", settings={"name": "accuracy", "threshold": threshold})


def losses_for(task: Task, classes: int) -> tuple[str, ...]:
    """The losses that make sense for a task, the usual one first."""
    target = _target(task, classes)
    fitting = [spec for spec in LOSSES.values() if target in spec.outputs]
    return tuple(spec.name for spec in sorted(fitting, key=lambda spec: target not in spec.is_first_for))


def activations_for(loss: str, task: Task) -> tuple[str, ...]:
    """The output activations a loss can be used with, the usual one first; none where it does not fit the task."""
    outputs = LOSSES[loss].outputs
    targets: tuple[Target, ...] = ("continuous",) if task == "regression" else ("binary", "multiclass")
    return next((outputs[target] for target in targets if target in outputs), ())


def _target(task: Task, classes: int) -> Target:
    if task == "regression":
        return "continuous"
    return "binary" if classes == 2 else "multiclass"


def resolve_output(
    task: Task,
    classes: int,
    *,
    activation: str | None = None,
    loss: str | None = None,
    from_logits: bool | None = None,
) -> Output:
    """Fill in what was left open and refuse what contradicts itself.

    Args:
        classes: number of classes; ignored for regression.
        activation, loss, from_logits: the choices made, None for "follow from the task".

    Raises:
        WrongValue: the combination is wrong; the sentence says why and what to choose instead.
    """
    if loss is None:
        loss = _loss_for_activation(task, classes, activation)
    allowed = losses_for(task, classes)
    if loss not in allowed:
        raise WrongValue(
            Said(
                "loss '{loss}' does not fit this task ({task}). Choose {choice}.",
                {"loss": loss, "task": _describe(task, classes), "choice": _one_of(allowed)},
            )
        )
    if activation is None:
        if from_logits and task == "classification":
            activation = "linear"
        else:
            activation = activations_for(loss, task)[0]
    _check_logits(task, activation, from_logits)
    if activation not in activations_for(loss, task):
        raise WrongValue(_why_not(task, classes, activation, loss))
    logits = task == "classification" and activation == "linear"
    units = classes if LOSSES[loss].takes_classes else 1
    return Output(units, activation, loss, logits, "mae" if task == "regression" else "accuracy")


def _loss_for_activation(task: Task, classes: int, activation: str | None) -> str:
    losses = losses_for(task, classes)
    usual = (loss for loss in losses if activations_for(loss, task)[0] == activation)
    return next(usual, losses[0])


def _check_logits(task: Task, activation: str, from_logits: bool | None) -> None:
    if from_logits is None:
        return
    if task == "regression":
        if from_logits:
            raise WrongValue(Said("from_logits belongs to classification. A regression predicts values: leave it out."))
        return
    if from_logits and activation != "linear":
        raise WrongValue(
            Said(
                "from_logits is true, but the output layer already applies {activation}: the loss would apply it a "
                "second time and the gradients would shrink. Use a linear output, or leave from_logits out.",
                {"activation": activation},
            )
        )
    if not from_logits and activation == "linear":
        raise WrongValue(
            Said(
                "The output is linear (logits), but from_logits is false: the loss would read logits as probabilities. "
                "Leave from_logits out, or choose a softmax or sigmoid output."
            )
        )


def _why_not(task: Task, classes: int, activation: str, loss: str) -> Said:
    if task == "regression":
        return Said(
            "A {activation} output is limited to 0…1, but the target of a regression can be any number. "
            "Choose a linear output.",
            {"activation": activation},
        )
    choice = _one_of(activations_for(loss, task))
    return Said(
        "A {activation} output does not fit the loss '{loss}' ({task}). Choose {choice}.",
        {"activation": activation, "loss": loss, "task": _describe(task, classes), "choice": choice},
    )


def _describe(task: Task, classes: int) -> Said:
    if task == "regression":
        return Said("regression")
    return Said.counted("{n} class", "{n} classes", {"n": classes})


def _one_of(names: tuple[str, ...]) -> Said:
    return listed(names) if len(names) == 1 else Said("one of {names}", {"names": listed(names)})
