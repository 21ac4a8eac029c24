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
        loss: in the units of the training loss, None where that has no counterpart.
        metric: accuracy, or mean absolute error of the standardised target.
        label, loss_label: what that model does, in words.
    """

    loss: float | None
    metric: float
    label: str
    loss_label: str


def baseline(dataset: Dataset, output: Output) -> Baseline:
    """Always the commonest class (accuracy) or the classes' training shares (cross-entropy); or always the mean.

    A classifier that knows the shares of the classes and nothing else reaches the cross-entropy −mean log share.
    """
    if dataset.task == "regression":
        error = dataset.y_test.astype(np.float64)  # standardised: the training mean is 0
        losses = {
            "mean_squared_error": float(np.mean(error**2)),
            "mean_absolute_error": float(np.mean(np.abs(error))),
        }
        return Baseline(losses.get(output.loss), float(np.mean(np.abs(error))), "always the mean", "always the mean")
    shares = np.bincount(dataset.y_train, minlength=dataset.n_classes) / len(dataset.y_train)
    majority = int(shares.argmax())
    accuracy = float(np.mean(dataset.y_test == majority))
    if output.loss == "mean_squared_error":
        loss = float(np.mean((dataset.y_test - shares[1]) ** 2))
    else:
        loss = float(-np.mean(np.log(shares[dataset.y_test])))
    return Baseline(loss, accuracy, f"always '{dataset.class_names[majority]}'", "class shares alone")
