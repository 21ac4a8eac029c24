"""Probabilities that mean what they say, sets of classes and bands that hold the truth as often as they promise.

Found on rows that a network has not learnt, and that nobody judges it with: `core.tasks.calibration` has networks of
the same kind predict training rows that were held out of them. Applying it needs NumPy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: How often sets and bands hold the truth.
LEVELS = (0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Calibration:
    """What was found.

    Attributes:
        rows: that it was found on.
        temperature: what logits are divided by; above 1 where the network is too sure. None for a regression.
        thresholds: by level: of classes, the most that 1 − probability may be for a class to be in the set; of a
            regression, half the width of the band in the target's own units. None where there are too few rows for the
            level.
    """

    rows: int
    temperature: float | None
    thresholds: Mapping[float, float | None]

    def probabilities(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated ones. (rows, classes) -> (rows, classes)."""
        return probabilities if self.temperature is None else at_temperature(probabilities, self.temperature)

    def sets(self, probabilities: np.ndarray, level: float) -> np.ndarray | None:
        """Which classes are in the set of each row, (rows, classes) bool; never none of them. None where there are too
        few rows for the level.

        Args:
            probabilities: (rows, classes), calibrated.
        """
        threshold = self.thresholds[level]
        if threshold is None:
            return None
        inside = 1.0 - probabilities <= threshold
        inside[np.arange(len(inside)), probabilities.argmax(axis=1)] = True
        return inside

    def to_json(self) -> dict[str, Any]:
        """Levels as text."""
        thresholds = {str(level): threshold for level, threshold in self.thresholds.items()}
        return {"rows": self.rows, "temperature": self.temperature, "thresholds": thresholds}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calibration:
        """What `to_json` gave."""
        thresholds = {float(level): threshold for level, threshold in data["thresholds"].items()}
        return cls(data["rows"], data["temperature"], thresholds)


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax of logits divided by a temperature: C. Guo and others (2017).

    >>> at_temperature(np.array([[0.9, 0.1]]), 2.0).round(3).tolist()
    [[0.75, 0.25]]
    """
    values = np.asarray(probabilities, dtype=np.float64)
    logits = np.log(values + np.finfo(np.float64).eps) / temperature  # as scikit-learn has it
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def conformal_threshold(scores: np.ndarray, level: float) -> float | None:
    """The score that at least `level` of further rows stay below, on average over samples: V. Vovk and others (2005),
    the ⌈(n + 1) · level⌉-th smallest of n. None where there are too few rows to promise that.

    >>> conformal_threshold(np.arange(1.0, 20.0), 0.9), conformal_threshold(np.arange(5.0), 0.9)
    (18.0, None)
    """
    place = int(np.ceil(round((len(scores) + 1) * level, 9)))
    return float(np.sort(scores)[place - 1]) if place <= len(scores) else None


def calibrate_classes(actual: np.ndarray, probabilities: np.ndarray, levels: Sequence[float] = LEVELS) -> Calibration:
    """Temperature and thresholds of rows that the networks had not learnt.

    Args:
        actual: (rows,) class indices.
        probabilities: (rows, classes).
    """
    temperature = fitted_temperature(actual, probabilities)
    calibrated = at_temperature(probabilities, temperature)
    scores = 1.0 - calibrated[np.arange(len(actual)), actual]
    return Calibration(len(actual), temperature, {level: conformal_threshold(scores, level) for level in levels})


def calibrate_numbers(actual: np.ndarray, predicted: np.ndarray, levels: Sequence[float] = LEVELS) -> Calibration:
    """Half widths of bands, from how far off the networks were on rows that they had not learnt.

    Args:
        actual, predicted: (rows,) in the target's own units.
    """
    scores = np.abs(actual - predicted)
    return Calibration(len(actual), None, {level: conformal_threshold(scores, level) for level in levels})


def fitted_temperature(actual: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature of the least log loss: scikit-learn's `CalibratedClassifierCV(method="temperature")` on a
    classifier that answers with these probabilities.
    """
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator

    class Answers(ClassifierMixin, BaseEstimator):
        """Knows the classes, and takes probabilities for rows."""

        def fit(self, answers: np.ndarray, classes: np.ndarray) -> Answers:
            self.classes_ = np.arange(answers.shape[1])
            return self

        def predict_proba(self, answers: np.ndarray) -> np.ndarray:
            return answers

        def predict(self, answers: np.ndarray) -> np.ndarray:
            return answers.argmax(axis=1)

    known, rows = FrozenEstimator(Answers().fit(probabilities, actual)), np.arange(len(actual))
    fitted = CalibratedClassifierCV(known, method="temperature", cv=[(rows, rows)], ensemble=False)
    fitted.fit(probabilities, actual)
    (calibrator,) = fitted.calibrated_classifiers_[0].calibrators
    return float(1.0 / calibrator.beta_)


@dataclass(frozen=True)
class SetsHeld:
    """How sets of a level do on rows that nothing was chosen by.

    Attributes:
        coverage: share of rows whose class is in the set.
        sizes: rows by how many classes are in the set, from 1.
        certain: share of rows with one class in the set.
        error: of these, the share that is wrong; None where there is none.
    """

    level: float
    coverage: float
    sizes: tuple[int, ...]
    certain: float
    error: float | None


def sets_held(calibration: Calibration, actual: np.ndarray, probabilities: np.ndarray) -> tuple[SetsHeld, ...]:
    """Of every level that there are rows enough for.

    Args:
        probabilities: (rows, classes), calibrated.
    """
    found = []
    for level in calibration.thresholds:
        inside = calibration.sets(probabilities, level)
        if inside is None or not len(actual):
            continue
        held, size = inside[np.arange(len(actual)), actual], inside.sum(axis=1)
        certain = size == 1
        sizes = np.bincount(size, minlength=probabilities.shape[1] + 1)[1:]
        found.append(
            SetsHeld(
                level,
                float(held.mean()),
                tuple(int(each) for each in sizes),
                float(certain.mean()),
                float(1.0 - held[certain].mean()) if certain.any() else None,
            )
        )
    return tuple(found)


def abstaining(actual: np.ndarray, probabilities: np.ndarray) -> dict[str, list[float]]:
    """ "I don't know" below a confidence: share of rows that are answered, and of these the share that is wrong.

    Args:
        probabilities: (rows, classes).

    Returns:
        `confidence`, `answered` and `error`, from all rows to the surest ones; rows of the same confidence together.
    """
    confidence, wrong = probabilities.max(axis=1), probabilities.argmax(axis=1) != actual
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))[::-1]
    count = ends + 1.0
    return {
        "confidence": ordered[ends].tolist(),
        "answered": (count / len(actual)).tolist(),
        "error": (np.cumsum(wrong[order])[ends] / count).tolist(),
    }
