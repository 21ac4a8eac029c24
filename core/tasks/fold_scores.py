"""How networks of a run's kind score on rows, by scikit-learn's names; figures that are not defined are null."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.evaluation.evaluate import evaluate

#: What is told of each network: of classes, and of numbers.
OF_CLASSES = ("roc_auc", "accuracy", "balanced_accuracy", "log_loss", "brier_score")
OF_NUMBERS = ("r2", "mean_absolute_error", "root_mean_squared_error")


def scores(actual: np.ndarray, predicted: np.ndarray, positive: int) -> dict[str, float | None]:
    """Of some rows.

    Args:
        predicted: (rows, classes) probabilities, or (rows,) numbers.
    """
    if predicted.ndim == 1:
        metrics = evaluate(actual, predicted).metrics
    else:
        metrics = evaluate(actual, predicted, positive=positive).metrics
    return {name: metrics[name].value for name in (OF_NUMBERS if predicted.ndim == 1 else OF_CLASSES)}


def summary(found: list[dict[str, float | None]]) -> dict[str, Any]:
    """Of several networks, each figure's values, their mean and standard deviation; null where none is defined."""
    told: dict[str, Any] = {}
    for name in found[0] if found else ():
        values = [each[name] for each in found]
        known = [value for value in values if value is not None]
        told[name] = {
            "values": values,
            "mean": float(np.mean(known)) if known else None,
            "sd": float(np.std(known, ddof=1)) if len(known) > 1 else None,
        }
    return told
