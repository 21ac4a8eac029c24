"""Whether probabilities mean what they say: of the rows that get about 30 %, do about 30 % have the event?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.evaluation.intervals import Interval, wilson

#: Bins of a reliability diagram.
BINS = 10

Strategy = Literal["quantile", "uniform"]


@dataclass(frozen=True)
class Bin:
    """Rows of about the same probability.

    Attributes:
        predicted: their mean probability.
        observed: the share with the event.
        interval: of `observed`.
    """

    predicted: float
    observed: float
    rows: int
    interval: Interval


def reliability(
    happened: np.ndarray, probability: np.ndarray, *, bins: int = BINS, strategy: Strategy = "quantile"
) -> tuple[Bin, ...]:
    """The points of a reliability diagram, as scikit-learn's `calibration_curve` has them; empty bins are left out.

    Args:
        happened: (rows,) bool.
        probability: (rows,) of it, 0 to 1.
        strategy: `quantile` puts about as many rows into each bin, `uniform` makes bins of the same width.
    """
    if not len(happened):
        return ()
    edges = np.linspace(0.0, 1.0, bins + 1)
    if strategy == "quantile":
        edges = np.quantile(probability, edges)
    place = np.searchsorted(edges[1:-1], probability)
    found = []
    for each in range(bins):
        rows = place == each
        count, events = int(rows.sum()), int(happened[rows].sum())
        interval = wilson(events, count)
        if interval is not None:
            found.append(Bin(float(probability[rows].mean()), events / count, count, interval))
    return tuple(found)


def expected_calibration_error(
    happened: np.ndarray, probability: np.ndarray, *, bins: int = BINS, strategy: Strategy = "quantile"
) -> float | None:
    """Mean distance of what was promised and what came true, weighted by rows: M. P. Naeini and others (2015). None
    without rows.

    Args:
        happened: (rows,) bool: the event; or of the likeliest class, whether it was right (C. Guo and others, 2017).
        probability: (rows,) of it.
    """
    found = reliability(happened, probability, bins=bins, strategy=strategy)
    if not found:
        return None
    return float(sum(each.rows * abs(each.predicted - each.observed) for each in found) / len(happened))
