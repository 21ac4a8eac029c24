"""From counts at a threshold to what a decision costs: per 1,000 people, net benefit, predictive values, least cost.

A row is called positive where its probability is at least the threshold. `sensitivity` is the share of rows with the
event that are called positive, `specificity` the share of the others that are not; `prevalence` the share of people
with the event where the network is to be used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.evaluation.intervals import Interval, Z


@dataclass(frozen=True)
class Counts:
    """One class against the rest at a threshold."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @classmethod
    def at(cls, has_event: np.ndarray, probability: np.ndarray, threshold: float) -> Counts:
        """Of rows, (rows,) each.

        >>> Counts.at(np.array([True, False]), np.array([0.5, 0.4]), 0.5)
        Counts(true_positives=1, false_positives=0, false_negatives=0, true_negatives=1)
        """
        called = probability >= threshold
        hits, alarms = int(np.sum(called & has_event)), int(np.sum(called & ~has_event))
        events = int(np.sum(has_event))
        return cls(hits, alarms, events - hits, len(has_event) - events - alarms)

    @property
    def events(self) -> int:
        """Rows with the event."""
        return self.true_positives + self.false_negatives

    @property
    def others(self) -> int:
        """Rows without it."""
        return self.false_positives + self.true_negatives

    @property
    def rows(self) -> int:
        """All rows."""
        return self.events + self.others

    @property
    def sensitivity(self) -> float | None:
        """None where no row has the event."""
        return self.true_positives / self.events if self.events else None

    @property
    def specificity(self) -> float | None:
        """None where every row has the event."""
        return self.true_negatives / self.others if self.others else None


def net_benefit(sensitivity: float, specificity: float, prevalence: float, threshold: float) -> float | None:
    """What deciding by the network is worth, in true positives a person: false alarms are set off at the odds of the
    threshold. A. J. Vickers and E. B. Elkin (2006). None at a threshold of 1, where a false alarm weighs without limit.

    >>> round(net_benefit(1.0, 0.0, 0.3, 0.2), 3)  # treat all
    0.125
    """
    if threshold >= 1:
        return None
    return sensitivity * prevalence - (1 - specificity) * (1 - prevalence) * threshold / (1 - threshold)


def positive_predictive_value(sensitivity: float, specificity: float, prevalence: float) -> float | None:
    """Of those who are called positive, the share with the event, where the event is so frequent (Bayes). None where
    nobody is called positive.
    """
    right, wrong = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    return right / (right + wrong) if right + wrong > 0 else None


def negative_predictive_value(sensitivity: float, specificity: float, prevalence: float) -> float | None:
    """Of those who are called negative, the share without the event. None where nobody is called negative."""
    return positive_predictive_value(specificity, sensitivity, 1 - prevalence)


def predictive_interval(counts: Counts, prevalence: float, *, positive: bool) -> Interval | None:
    """Of a predictive value at another prevalence than the rows': N. D. Mercaldo, K. F. Lau, X. H. Zhou (2007), the
    adjusted logit interval: half of z² rows more on either side, and the delta method on the logit scale.
    """
    if not counts.events or not counts.others or not 0 < prevalence < 1:
        return None
    more = Z**2 / 2
    hit = (counts.true_positives + more) / (counts.events + 2 * more)
    right = (counts.true_negatives + more) / (counts.others + 2 * more)
    of_hit, of_right = (counts.events + 2 * more), (counts.others + 2 * more)
    if positive:
        logit = math.log(hit * prevalence / ((1 - right) * (1 - prevalence)))
        variance = (1 - hit) / hit / of_hit + right / (1 - right) / of_right
    else:
        logit = math.log(right * (1 - prevalence) / ((1 - hit) * prevalence))
        variance = hit / (1 - hit) / of_hit + (1 - right) / right / of_right
    half = Z * math.sqrt(variance)
    return 1 / (1 + math.exp(-(logit - half))), 1 / (1 + math.exp(-(logit + half)))


@dataclass(frozen=True)
class LeastCost:
    """The threshold at which missed events and false alarms cost least together.

    Attributes:
        threshold: a row is called positive from it on; above 1 where calling nobody positive costs least.
        cost: at it, a person.
        by_rows: found on rows; otherwise it follows from the costs alone, for probabilities that mean what they say.
    """

    threshold: float
    cost: float | None
    by_rows: bool


def least_cost_threshold(
    has_event: np.ndarray, probability: np.ndarray, *, prevalence: float, missed: float, false_alarm: float
) -> LeastCost:
    """Look through every threshold at which something changes. Of equally good ones the highest.

    Choose on rows that are not judged with the choice: validation rows, or rows that a network has not learnt.

    Args:
        has_event: (rows,) bool, with both values in it.
        probability: (rows,).
        missed, false_alarm: what one costs, in any unit.
    """
    order = np.argsort(-probability, kind="stable")
    event, ordered = has_event[order], probability[order]
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    hits, alarms = np.cumsum(event)[ends], np.cumsum(~event)[ends]
    sensitivity = np.concatenate([[0.0], hits / event.sum()])
    fall_out = np.concatenate([[0.0], alarms / (~event).sum()])
    costs = missed * prevalence * (1 - sensitivity) + false_alarm * (1 - prevalence) * fall_out
    best = int(np.argmin(costs))
    nobody = 1.0 if ordered[0] < 1 else math.nextafter(1.0, 2.0)  # only that is above a probability of exactly 1
    threshold = nobody if best == 0 else float(ordered[ends[best - 1]])
    return LeastCost(threshold, float(costs[best]), True)


def threshold_of_costs(
    *, missed: float, false_alarm: float, prevalence: float = 0.5, learnt: float | None = None
) -> LeastCost:
    """Where no rows may choose: C. Elkan (2001), the probability above which treating is expected to cost less.

    Args:
        prevalence: share of people with the event where the network is to be used.
        learnt: the same among the rows that it comes from; None where both are the same.

    >>> threshold_of_costs(missed=9, false_alarm=1).threshold
    0.1
    """
    if learnt is not None and 0 < learnt < 1 and 0 < prevalence < 1:
        false_alarm *= learnt / (1 - learnt)
        missed *= prevalence / (1 - prevalence)
    return LeastCost(false_alarm / (false_alarm + missed), None, False)


def decision_curve(
    has_event: np.ndarray, probability: np.ndarray, thresholds: np.ndarray, prevalence: float
) -> dict[str, np.ndarray]:
    """Net benefit at thresholds below 1: of the network, of treating all; treating none is 0.

    Args:
        has_event: (rows,) bool, with both values in it.

    Returns:
        `net_benefit` and `treat_all`, (thresholds,) each.
    """
    with_event, without = np.sort(probability[has_event]), np.sort(probability[~has_event])
    sensitivity = 1 - np.searchsorted(with_event, thresholds, "left") / len(with_event)
    fall_out = 1 - np.searchsorted(without, thresholds, "left") / len(without)
    odds = thresholds / (1 - thresholds)
    return {
        "net_benefit": sensitivity * prevalence - fall_out * (1 - prevalence) * odds,
        "treat_all": prevalence - (1 - prevalence) * odds,
    }
