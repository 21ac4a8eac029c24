"""How often an interval of 95 % holds the truth: samples of a population whose figures are known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.evaluation import Evaluation, evaluate

#: Rows that the truth is measured on.
_POPULATION = 1_000_000

#: Share with the event, and how far the scores of those with and without it lie apart, in standard deviations.
PREVALENCE, DISTANCE = 0.4, 1.8

#: Figures that are proportions, and the area: they hold the truth in .93 to .98; the others in .90 to .985.
PROPORTIONS = (
    *("accuracy", "precision", "recall", "specificity", "positive_predictive_value", "negative_predictive_value"),
    "roc_auc",
)


@dataclass(frozen=True)
class Held:
    """Of one figure.

    Attributes:
        truth: in the population.
        samples: in which it was defined.
        share: of these, those whose interval held the truth.
        width: of the interval, on average.
    """

    truth: float
    samples: int
    share: float
    width: float


def patients(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Who has the event, (rows,) 0 or 1, and probabilities that are a little too sure, (rows,)."""
    ill = (rng.uniform(size=rows) < PREVALENCE).astype(np.int64)
    score = rng.normal(size=rows) + DISTANCE * (ill - 0.5)
    logit = 1.3 * (DISTANCE * score + np.log(PREVALENCE / (1 - PREVALENCE)))
    return ill, 1 / (1 + np.exp(-logit))


def of_three(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three classes, and probabilities, (rows, 3)."""
    actual = rng.choice(3, size=rows, p=[0.5, 0.3, 0.2])
    logits = rng.normal(size=(rows, 3)) + np.log([0.5, 0.3, 0.2])
    logits[np.arange(rows), actual] += 1.6
    shares = np.exp(logits)
    return actual, shares / shares.sum(axis=1, keepdims=True)


def heights(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Numbers, and predictions with a skewed error."""
    actual = rng.gamma(4.0, 10.0, rows)
    return actual, actual + rng.gumbel(0.0, 8.0, rows)


#: Populations by name: (draw, class names).
POPULATIONS = {"two classes": (patients, ("well", "ill")), "three classes": (of_three, ()), "a number": (heights, ())}


def coverage(
    population: str, *, rows: int, samples: int, seed: int = 0, population_rows: int = _POPULATION
) -> dict[str, Held]:
    """Of each figure, in samples of so many rows."""
    draw, names = POPULATIONS[population]
    rng = np.random.default_rng(seed)
    truth = _values(evaluate(*draw(population_rows, rng), class_names=names))
    held: Counter[str] = Counter()
    defined: Counter[str] = Counter()
    widths: Counter[str] = Counter()
    for sample in range(samples):
        found = evaluate(*draw(rows, rng), class_names=names, seed=sample)
        for name, figure in found.metrics.items():
            if figure.low is not None and figure.high is not None:
                defined[name] += 1
                held[name] += figure.low <= truth[name] <= figure.high
                widths[name] += figure.high - figure.low  # type: ignore[assignment]
    return {
        name: Held(truth[name], defined[name], held[name] / defined[name], widths[name] / defined[name])
        for name in truth
    }


def _values(found: Evaluation) -> dict[str, float]:
    return {name: figure.value for name, figure in found.metrics.items() if figure.value is not None}
