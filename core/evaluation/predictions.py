"""What a network's output means: probabilities, classes, counts, values in their own units.

Takes arrays; trains nothing and knows no Keras.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.outputs import Output


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


@dataclass(frozen=True)
class Baseline:
    """What a model reaches that looks at no inputs, on the test rows.

    Attributes:
        loss: in the units of the training loss, None where there is none.
        metric: accuracy, or mean absolute error of the standardised target; None without test rows.
        label, loss_label: what that model does, in words.
        reason: why `loss` or `metric` is None, empty where neither is.
    """

    loss: float | None
    metric: float | None
    label: str
    loss_label: str
    reason: str = ""


def baseline(dataset: Dataset, output: Output) -> Baseline:
    """Always the commonest class (accuracy) or the classes' training shares (cross-entropy); or always the mean.

    A classifier that knows the shares of the classes and nothing else reaches the cross-entropy −mean log share. Where
    a class has test rows and no training row, that is infinite: None, with the reason.
    """
    if dataset.task == "regression":
        label, loss_label = "always the mean", "always the mean"
        loss, metric, reason = _of_the_mean(dataset.y_test.astype(np.float64), output.loss)
    else:
        shares = np.bincount(dataset.y_train, minlength=dataset.n_classes) / max(1, len(dataset.y_train))
        majority = int(shares.argmax())
        label, loss_label = f"always '{dataset.class_names[majority]}'", "class shares alone"
        loss, metric, reason = _of_the_shares(dataset, shares, majority, output.loss)
    if not len(dataset.y_test):
        return Baseline(None, None, label, loss_label, "There are no test rows.")
    return Baseline(loss, metric, label, loss_label, reason)


_Figures = tuple[float | None, float | None, str]


def _of_the_mean(target: np.ndarray, loss: str) -> _Figures:
    """Loss, metric and what is missing, for a target that was standardised: its training mean is 0."""
    if not len(target):
        return None, None, ""
    losses = {"mean_squared_error": float(np.mean(target**2)), "mean_absolute_error": float(np.mean(np.abs(target)))}
    reason = "" if loss in losses else f"There is no usual baseline for the loss '{loss}'."
    return losses.get(loss), float(np.mean(np.abs(target))), reason


def _of_the_shares(dataset: Dataset, shares: np.ndarray, majority: int, loss: str) -> _Figures:
    target = dataset.y_test
    if not len(target):
        return None, None, ""
    accuracy = float(np.mean(target == majority))
    if loss == "mean_squared_error":
        return float(np.mean((target - shares[1]) ** 2)), accuracy, ""
    unseen = [name for index, name in enumerate(dataset.class_names) if not shares[index] and (target == index).any()]
    if unseen:
        return (
            None,
            accuracy,
            f"'{unseen[0]}' has no training row: the class shares give it no probability.",
        )
    return float(-np.mean(np.log(shares[target]))), accuracy, ""
