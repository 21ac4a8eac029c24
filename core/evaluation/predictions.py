"""What a network's output means: probabilities, classes, counts, values in their own units.

Takes arrays; trains nothing and knows no Keras.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.experiment.outputs import Output
from core.words import Said


def class_probabilities(outputs: np.ndarray, output: Output) -> np.ndarray:
    """Probabilities of all classes from what the output layer gave.

    Args:
        outputs: (rows, units) probabilities or, with `from_logits`, logits.

    Returns:
        (rows, classes) float64; a single unit stands for class 1.
    """
    values = np.asarray(outputs, dtype=np.float64)
    if output.units == 1:
        # 1 / (1 + e^-z), written so that e^ never overflows.
        positive = 0.5 * (1.0 + np.tanh(values[:, 0] / 2.0)) if output.from_logits else values[:, 0]
        return np.stack([1.0 - positive, positive], axis=1)
    if output.from_logits:
        exponents = np.exp(values - values.max(axis=1, keepdims=True))  # the maximum keeps exp from overflowing
        return exponents / exponents.sum(axis=1, keepdims=True)
    return values


def predicted_classes(probabilities: np.ndarray) -> np.ndarray:
    """The likeliest class of each row. (rows, classes) -> (rows,). Undecided between two: the lower, as Keras does."""
    return probabilities.argmax(axis=1)


def confusion_matrix(actual: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Counts by actual (rows) and predicted class (columns), as `sklearn.metrics.confusion_matrix`."""
    pairs = actual.astype(np.int64) * n_classes + predicted
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


#: A network whose loss is above this share of a constant's has learnt nothing worth the name.
_LEARNT = 0.95


def does_better_than_a_constant(outputs: np.ndarray, target: np.ndarray, output: Output, n_classes: int) -> bool:
    """Whether a network tells rows apart: its loss without any penalty is below that of the best constant output.

    Args:
        outputs: (rows, units), what the output layer gave for the rows.
        target: (rows,) class indices or standardised values.
    """
    if not len(target):
        return False
    values = np.asarray(outputs, dtype=np.float64)
    if n_classes == 0:
        target = target.astype(np.float64)
        loss, constant = np.mean((values[:, 0] - target) ** 2), np.var(target)
    else:
        probabilities = class_probabilities(values, output)[np.arange(len(target)), target]
        shares = np.bincount(target, minlength=n_classes)[target] / len(target)
        if output.loss == "mean_squared_error":
            loss, constant = np.mean((1.0 - probabilities) ** 2), np.mean((1.0 - shares) ** 2)
        else:
            loss, constant = -np.mean(np.log(np.clip(probabilities, 1e-7, 1.0))), -np.mean(np.log(shares))
    return bool(loss < _LEARNT * constant)  # NaN is not


@dataclass(frozen=True)
class Baseline:
    """What a model reaches that looks at no inputs, on the test rows.

    Attributes:
        loss: in the units of the training loss, None where there is none.
        metric: accuracy, or mean absolute error of the standardised target; None without test rows.
        label, loss_label: what that model does.
        reason: why `loss` or `metric` is None; None where neither is.
    """

    loss: float | None
    metric: float | None
    label: Said
    loss_label: Said
    reason: Said | None = None


def baseline(dataset: Dataset, output: Output) -> Baseline:
    """Always the commonest class (accuracy) or the classes' training shares (cross-entropy); or always the mean.

    A classifier that knows the shares of the classes and nothing else reaches the cross-entropy −mean log share. Where
    a class has test rows and no training row, that is infinite: None, with the reason.
    """
    if dataset.task == "regression":
        label = loss_label = Said("always the mean")
        loss, metric, reason = _of_the_mean(dataset.y_test.astype(np.float64), output.loss)
    else:
        shares = np.bincount(dataset.y_train, minlength=dataset.n_classes) / max(1, len(dataset.y_train))
        majority = int(shares.argmax())
        label = Said("always '{name}'", {"name": Said.marked(dataset.class_names[majority])})
        loss_label = Said("class shares alone")
        loss, metric, reason = _of_the_shares(dataset, shares, majority, output.loss)
    if not len(dataset.y_test):
        return Baseline(None, None, label, loss_label, Said("There are no test rows."))
    return Baseline(loss, metric, label, loss_label, reason)


_Figures = tuple[float | None, float | None, Said | None]


def _of_the_mean(target: np.ndarray, loss: str) -> _Figures:
    """Loss, metric and what is missing, for a target that was standardised: its training mean is 0."""
    if not len(target):
        return None, None, None
    losses = {"mean_squared_error": float(np.mean(target**2)), "mean_absolute_error": float(np.mean(np.abs(target)))}
    reason = None if loss in losses else Said("There is no usual baseline for the loss '{loss}'.", {"loss": loss})
    return losses.get(loss), float(np.mean(np.abs(target))), reason


def _of_the_shares(dataset: Dataset, shares: np.ndarray, majority: int, loss: str) -> _Figures:
    target = dataset.y_test
    if not len(target):
        return None, None, None
    accuracy = float(np.mean(target == majority))
    if loss == "mean_squared_error":
        return float(np.mean((target - shares[1]) ** 2)), accuracy, None
    unseen = [name for index, name in enumerate(dataset.class_names) if not shares[index] and (target == index).any()]
    if unseen:
        reason = Said("'{name}' has no training row: the class shares give it no probability.")
        return None, accuracy, reason.filled(name=Said.marked(unseen[0]))
    return float(-np.mean(np.log(shares[target]))), accuracy, None
