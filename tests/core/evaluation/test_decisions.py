"""Decisions and reliability against published worked examples, scikit-learn and a search through everything."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from core.evaluation import decision_curve, expected_calibration_error, least_cost_threshold, net_benefit, reliability
from core.evaluation.decisions import Counts, predictive_interval, threshold_of_costs

#: "Intervention to all patients" of a decision curve of 1,000 and more patients, of whom 30 % had the disease
#: (PMC6993280, table 4): threshold, net benefit.
TREAT_ALL = [(0.03, 0.278), (0.05, 0.263), (0.08, 0.239), (0.1, 0.222), (0.2, 0.125), (0.3, 0.0), (0.4, -0.167)]
TREAT_ALL += [(0.5, -0.4), (0.6, -0.75), (0.7, -1.333), (0.8, -2.5), (0.9, -6.0), (0.96, -16.5)]


@pytest.mark.parametrize(("threshold", "published"), TREAT_ALL)
def test_net_benefit_is_the_published_one(threshold: float, published: float) -> None:
    assert net_benefit(1.0, 0.0, 0.3, threshold) == pytest.approx(published, abs=6e-4)
    assert net_benefit(0.0, 1.0, 0.3, threshold) == 0


def test_a_decision_curve_is_the_net_benefit_at_each_threshold() -> None:
    rng = np.random.default_rng(0)
    event = rng.uniform(size=60) < 0.4
    probability = rng.uniform(size=60).round(1)
    thresholds = np.array([0.1, 0.25, 0.5, 0.9])
    curve = decision_curve(event, probability, thresholds, event.mean())
    for place, threshold in enumerate(thresholds):
        called = probability >= threshold
        by_hand = (np.sum(called & event) - np.sum(called & ~event) * threshold / (1 - threshold)) / 60
        assert curve["net_benefit"][place] == pytest.approx(by_hand)
        assert curve["treat_all"][place] == pytest.approx(net_benefit(1.0, 0.0, event.mean(), threshold))


def test_the_least_cost_is_found_by_looking_everywhere() -> None:
    rng = np.random.default_rng(1)
    event = rng.uniform(size=80) < 0.3
    probability = np.clip(rng.normal(0.3 + 0.3 * event, 0.2), 0, 1).round(2)

    def cost(threshold: float, missed: float) -> float:
        called = probability >= threshold
        return float(missed * 0.2 * np.mean(~called[event]) + 0.8 * np.mean(called[~event]))

    for missed in (0.01, 1.0, 4.0, 100.0):
        found = least_cost_threshold(event, probability, prevalence=0.2, missed=missed, false_alarm=1.0)
        everywhere = min(cost(threshold, missed) for threshold in [*np.unique(probability), 2.0])
        assert found.cost == pytest.approx(everywhere)
        assert cost(found.threshold, missed) == pytest.approx(everywhere)
    nobody = least_cost_threshold(event, 0.9 * probability, prevalence=0.2, missed=1e-6, false_alarm=1.0)
    assert nobody.threshold == 1, "a threshold that may be asked for"


def test_costs_alone_give_a_threshold_that_knows_how_rare_the_event_is() -> None:
    assert threshold_of_costs(missed=9, false_alarm=1).threshold == pytest.approx(0.1)
    same = threshold_of_costs(missed=9, false_alarm=1, prevalence=0.4, learnt=0.4)
    assert same.threshold == pytest.approx(0.1)
    # Learnt where half have it, used where one in eleven has it: odds are ten times lower there.
    rare = threshold_of_costs(missed=9, false_alarm=1, prevalence=1 / 11, learnt=0.5)
    assert rare.threshold == pytest.approx(10 / 19)


def test_predictive_values_at_another_prevalence_have_a_wider_interval_of_fewer_rows() -> None:
    few, many = Counts(9, 2, 1, 18), Counts(900, 200, 100, 1800)
    narrow = predictive_interval(many, 0.05, positive=True)
    wide = predictive_interval(few, 0.05, positive=True)
    value = 0.9 * 0.05 / (0.9 * 0.05 + 0.1 * 0.95)
    assert narrow is not None
    assert wide is not None
    assert wide[0] < narrow[0] < value < narrow[1] < wide[1]
    assert predictive_interval(Counts(0, 0, 0, 5), 0.05, positive=True) is None


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_a_reliability_diagram_is_scikit_learn_s(strategy: str) -> None:
    rng = np.random.default_rng(2)
    probability = rng.uniform(size=200)
    event = rng.uniform(size=200) < probability**2
    found = reliability(event, probability, strategy=strategy)  # type: ignore[arg-type]
    observed, predicted = calibration_curve(event, probability, n_bins=10, strategy=strategy)
    np.testing.assert_allclose([each.predicted for each in found], predicted)
    np.testing.assert_allclose([each.observed for each in found], observed)
    assert sum(each.rows for each in found) == 200
    assert all(each.interval[0] <= each.observed <= each.interval[1] for each in found)


def test_the_expected_calibration_error_of_a_published_worked_example() -> None:
    """M. Pavlovic, "Expected Calibration Error: a step-by-step visual explanation": nine samples, five bins."""
    first = np.array([0.78, 0.36, 0.08, 0.58, 0.49, 0.85, 0.30, 0.63, 0.17])
    probabilities = np.stack([first, 1 - first], axis=1)
    labels = np.array([0, 1, 0, 0, 0, 0, 1, 1, 1])
    right = probabilities.argmax(axis=1) == labels
    found = expected_calibration_error(right, probabilities.max(axis=1), bins=5, strategy="uniform")
    assert found == pytest.approx(0.10445, abs=1e-5)
    assert expected_calibration_error(right[:0], first[:0]) is None
