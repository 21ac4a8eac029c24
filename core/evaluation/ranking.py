"""How well scores rank rows with the event before those without, whatever the threshold."""

from __future__ import annotations

import math

import numpy as np

from core.evaluation.intervals import Interval, Z, draws_for, wilson

#: From so many rows on, rows of neighbouring scores are drawn together.
_MANY = 5_000
_BINS = 1_000


def influences(has_event: np.ndarray, scores: np.ndarray) -> tuple[float, np.ndarray]:
    """Area under the ROC curve, and what each row adds to its variance.

    E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988): the variance is the sum of the squares. X. Sun and W. Xu
    (2014) for how it is computed in n log n.

    Args:
        has_event: (rows,) bool, with both values in it.
        scores: (rows,), higher where the event is likelier.

    Returns:
        The area, and (rows,) float64.
    """
    with_event, without = scores[has_event], scores[~has_event]
    of_events, of_others = _ranked_above(with_event, without), 1.0 - _ranked_above(without, with_event)
    area = float(of_events.mean())
    found = np.zeros(len(scores))
    for rows, values in ((has_event, of_events), (~has_event, of_others)):
        n = len(values)
        found[rows] = (values - area) / math.sqrt(n * (n - 1)) if n > 1 else 0.0
    return area, found


def _ranked_above(these: np.ndarray, those: np.ndarray) -> np.ndarray:
    """For each of these, the share of those that lie below it; equal ones count by half."""
    ordered = np.sort(those)
    below, up_to = np.searchsorted(ordered, these, "left"), np.searchsorted(ordered, these, "right")
    return (below + up_to) / (2.0 * len(those))


def area_interval(area: float, influence: np.ndarray, fewest: int) -> Interval:
    """Of an area under the ROC curve: DeLong's variance on the logit scale, so that it ends within 0 and 1; where the
    area is 1 or 0 and has no variance, Wilson's bound of as many rows as the rarer class has.

    Args:
        influence: (rows,), as `influences` gives it, or the mean of several classes'.
        fewest: rows of the rarer class.
    """
    error = math.sqrt(float(np.sum(influence**2)))
    if not 0 < area < 1:
        low, high = wilson(round(area * fewest), fewest) or (0.0, 1.0)
        return low, high
    logit, spread = math.log(area / (1 - area)), error / (area * (1 - area))
    low, high = (1 / (1 + math.exp(-end)) for end in (max(-700.0, logit - Z * spread), min(700.0, logit + Z * spread)))
    return low, high


def average_precision_draws(has_event: np.ndarray, scores: np.ndarray, *, columns: int, seed: int) -> np.ndarray:
    """Average precision of samples of the rows with replacement, (draws,): each row as often as it was drawn.

    Args:
        columns: of how many classes this is one: then fewer samples are drawn of each.
    """
    rows = len(scores)
    order = np.argsort(-scores, kind="stable")
    event, ordered = has_event[order], scores[order]
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))  # the last of rows with equal scores
    rng = np.random.default_rng(seed)
    if rows > _MANY:
        return _of_bins(event, ends, rng)
    draws = draws_for(rows, columns)
    places = rng.integers(rows, size=(draws, rows), dtype=np.int32)
    counts = np.bincount((places + np.arange(draws, dtype=np.int64)[:, None] * rows).ravel(), minlength=draws * rows)
    counts = counts.reshape(draws, rows)
    return _average_precision(np.cumsum(counts * event, axis=1)[:, ends], np.cumsum(counts, axis=1)[:, ends])


def _of_bins(event: np.ndarray, ends: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same of many rows: how many of each bin of scores were drawn, with and without the event."""
    kept = ends[np.unique(np.linspace(0, len(ends) - 1, min(_BINS, len(ends))).astype(np.int64))]
    bins = np.searchsorted(kept, np.arange(len(event)))
    cells = np.bincount(2 * bins + event, minlength=2 * len(kept))
    drawn = rng.multinomial(len(event), cells / cells.sum(), size=200).reshape(200, len(kept), 2)
    return _average_precision(np.cumsum(drawn[..., 1], axis=1), np.cumsum(drawn.sum(-1), axis=1))


def _average_precision(found: np.ndarray, called: np.ndarray) -> np.ndarray:
    """Σ (recall − recall before) · precision, as scikit-learn's `average_precision_score`.

    Args:
        found, called: (draws, thresholds) events and rows down to each threshold.
    """
    events = found[:, -1].astype(np.float64)
    gained = np.diff(found, axis=1, prepend=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(called > 0, found / np.maximum(called, 1), 0.0)
        return np.where(events > 0, (gained * precision).sum(axis=1) / events, np.nan)
