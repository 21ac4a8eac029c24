"""Figures that no threshold changes: area under the curve, average precision, log loss, Brier score; of a regression
all. Values are scikit-learn's own calls; it is imported where one is asked for, in a worker or a notebook.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.intervals import Interval, Z, around, bias_corrected, of_mean, of_mean_square, spread_of
from core.evaluation.ranking import (
    area_interval,
    average_precision_draws,
    influences,
)
from core.runtime.pieces import Pieces, finished
from core.words import Said

#: Higher whenever the same rows give another figure: what was kept of before does not count any more.
VERSION = 1

THRESHOLD_FREE = ("roc_auc", "average_precision", "log_loss", "brier_score")
OF_REGRESSION = ("r2", "mean_absolute_error", "root_mean_squared_error")


@dataclass(frozen=True)
class Figure:
    """A number with its interval of 95 %.

    Attributes:
        value: None where it is not defined.
        low, high: None where there is no interval.
        reason: why `value` is None.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Said | None = None

    @classmethod
    def of(cls, value: float, interval: Interval | None) -> Figure:
        """A value within its interval."""
        ends = around(value, interval)
        return cls(float(value)) if ends is None else cls(float(value), float(ends[0]), float(ends[1]))

    @classmethod
    def undefined(cls, reason: Said) -> Figure:
        """No number, and why."""
        return cls(None, reason=reason)

    def to_json(self) -> dict[str, Any]:
        """With what is said as JSON of a `Said`."""
        reason = {} if self.reason is None else {"reason": self.reason.to_json()}
        return {"value": self.value, "low": self.low, "high": self.high, **reason}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Figure:
        """What `to_json` gave."""
        reason = Said.from_json(data["reason"]) if "reason" in data else None
        return cls(data["value"], data["low"], data["high"], reason)


NO_ROWS = Said("There are no such rows.")
NOT_FINITE = Said("The network gives no finite numbers for these rows.")
ONE_CLASS = Said("All of these rows are of one class: there is nothing to tell apart.")
NOT_ALL_CLASSES = Said("Not every class occurs among these rows.")


def figures_of_classes(
    actual: np.ndarray, probabilities: np.ndarray, positive: int, *, seed: int = 0
) -> dict[str, Figure]:
    """What no threshold changes. More than two classes: the mean over the classes, each against the rest.

    Args:
        actual: (rows,) class indices.
        probabilities: (rows, classes).
        positive: the class that two classes are seen from.
        seed: of the samples that intervals are made of.
    """
    return finished(figures_of_classes_in_pieces(actual, probabilities, positive, seed=seed))


def figures_of_classes_in_pieces(
    actual: np.ndarray, probabilities: np.ndarray, positive: int, *, seed: int = 0
) -> Pieces[dict[str, Figure]]:
    """As `figures_of_classes`: a piece is one figure of one class."""
    if not len(actual):
        return dict.fromkeys(THRESHOLD_FREE, Figure.undefined(NO_ROWS))
    if not np.isfinite(probabilities).all():
        return dict.fromkeys(THRESHOLD_FREE, Figure.undefined(NOT_FINITE))
    classes = probabilities.shape[1]
    ranked = [positive] if classes == 2 else list(range(classes))
    of_ranking = yield from _of_ranking(actual, probabilities, ranked, seed)
    yield
    return {**of_ranking, **(yield from _of_losses(actual, probabilities, positive, seed))}


def _of_ranking(
    actual: np.ndarray, probabilities: np.ndarray, ranked: list[int], seed: int
) -> Pieces[dict[str, Figure]]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    events = [actual == each for each in ranked]
    if any(not event.any() or event.all() for event in events):
        reason = ONE_CLASS if len(ranked) == 1 or len(np.unique(actual)) == 1 else NOT_ALL_CLASSES
        return dict.fromkeys(("roc_auc", "average_precision"), Figure.undefined(reason))
    scores = [probabilities[:, each] for each in ranked]
    areas, added, precisions, drawn = [], [], [], []
    for event, score in zip(events, scores, strict=True):
        areas.append(roc_auc_score(event, score))
        yield
        added.append(influences(event, score)[1])
        yield
        precisions.append(average_precision_score(event, score))
        yield
        # The same seed: the same rows are drawn for each class.
        drawn.append(average_precision_draws(event, score, columns=len(ranked), seed=seed))
        yield
    area, precision = float(np.mean(areas)), float(np.mean(precisions))
    fewest = min(min(event.sum(), (~event).sum()) for event in events)
    return {
        "roc_auc": Figure.of(area, area_interval(area, np.mean(added, axis=0), int(fewest))),
        "average_precision": Figure.of(precision, bias_corrected(precision, np.mean(drawn, axis=0))),
    }


def _of_losses(actual: np.ndarray, probabilities: np.ndarray, positive: int, seed: int) -> Pieces[dict[str, Figure]]:
    from sklearn.metrics import brier_score_loss, log_loss

    classes = probabilities.shape[1]
    places = np.arange(classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # float32 probabilities add up to 1 within 10⁻⁷
        of_log = float(log_loss(actual, probabilities, labels=places))
        if classes == 2:
            of_brier = float(brier_score_loss(actual == positive, probabilities[:, positive]))
            squares = (probabilities[:, positive] - (actual == positive)) ** 2
        else:
            of_brier = float(brier_score_loss(actual, probabilities, labels=places))
            squares = ((probabilities - (actual[:, None] == places)) ** 2).sum(axis=1)
    yield
    least = np.finfo(probabilities.dtype).eps
    losses = -np.log(np.clip(probabilities[np.arange(len(actual)), actual], least, 1 - least))
    of_losses = of_mean(losses, seed=seed)
    yield
    return {
        "log_loss": Figure.of(of_log, of_losses),
        "brier_score": Figure.of(of_brier, of_mean(squares, seed=seed)),
    }


def figures_of_numbers(actual: np.ndarray, predicted: np.ndarray, *, seed: int = 0) -> dict[str, Figure]:
    """Of a regression, in the target's own units.

    Args:
        actual, predicted: (rows,).
    """
    return finished(figures_of_numbers_in_pieces(actual, predicted, seed=seed))


def figures_of_numbers_in_pieces(
    actual: np.ndarray, predicted: np.ndarray, *, seed: int = 0
) -> Pieces[dict[str, Figure]]:
    """As `figures_of_numbers`: a piece is one figure."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    if not len(actual):
        return dict.fromkeys(OF_REGRESSION, Figure.undefined(NO_ROWS))
    if not np.isfinite(predicted).all():
        return dict.fromkeys(OF_REGRESSION, Figure.undefined(NOT_FINITE))
    errors = predicted - actual
    of_squares = of_mean_square(errors**2, seed=seed)
    roots = None if of_squares is None else (max(0.0, of_squares[0]) ** 0.5, max(0.0, of_squares[1]) ** 0.5)
    yield
    r2 = _r2(actual, errors, float(r2_score(actual, predicted)) if len(actual) > 1 else np.nan, seed)
    yield
    return {
        "r2": r2,
        "mean_absolute_error": Figure.of(
            float(mean_absolute_error(actual, predicted)), of_mean(np.abs(errors), seed=seed)
        ),
        "root_mean_squared_error": Figure.of(float(root_mean_squared_error(actual, predicted)), roots),
    }


def _r2(actual: np.ndarray, errors: np.ndarray, value: float, seed: int) -> Figure:
    """The interval is normal in the logarithm of 1 − R², so that it ends below 1."""
    if len(actual) < 2 or np.ptp(actual) == 0:
        return Figure.undefined(Said("R² compares with the mean, and all of these rows have the same value."))
    centred = actual - actual.mean()  # sums of squares of large numbers would lose their digits

    def unexplained(sums: np.ndarray, rows: int) -> np.ndarray:
        """The logarithm of 1 − R²."""
        return np.asarray(np.log(sums[..., 0] / (sums[..., 1] - sums[..., 2] ** 2 / rows)))

    if not np.any(errors):
        return Figure(value)
    half = np.exp(Z * spread_of(unexplained, np.stack([errors**2, centred**2, centred], axis=1), seed=seed))
    return Figure.of(value, (1 - (1 - value) * half, 1 - (1 - value) / half))
