"""Temperature, sets and bands against a search, a count and what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss

from core.evaluation.calibration import (
    LEVELS,
    Calibration,
    abstaining,
    at_temperature,
    calibrate_classes,
    calibrate_numbers,
    conformal_threshold,
    fitted_temperature,
    sets_held,
)


def too_sure(rows: int, classes: int, seed: int, factor: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Classes drawn from probabilities, and the probabilities of logits that are `factor` times too large."""
    rng = np.random.default_rng(seed)
    logits = 1.5 * rng.normal(size=(rows, classes))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    actual = (true.cumsum(axis=1) < rng.uniform(size=(rows, 1))).sum(axis=1)
    sure = np.exp(factor * logits)
    return actual, sure / sure.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("classes", [2, 4])
def test_the_temperature_is_the_one_of_the_least_log_loss(classes: int) -> None:
    actual, probabilities = too_sure(400, classes, seed=0)
    found = fitted_temperature(actual, probabilities)
    searched = minimize_scalar(
        lambda temperature: log_loss(actual, at_temperature(probabilities, temperature)), bounds=(0.1, 10)
    )
    assert found == pytest.approx(searched.x, rel=1e-3)
    assert found == pytest.approx(3.0, rel=0.25)


def test_temperature_keeps_the_order_of_classes_and_survives_certainty() -> None:
    sure = np.array([[1.0, 0.0], [0.2, 0.8]])
    cooled = at_temperature(sure, 4.0)
    np.testing.assert_allclose(cooled.sum(axis=1), 1.0)
    assert cooled.argmax(axis=1).tolist() == [0, 1]
    assert np.isfinite(cooled).all()
    np.testing.assert_allclose(at_temperature(sure, 1.0), sure, atol=1e-9)


def test_sets_hold_the_truth_as_often_as_promised_and_are_never_empty() -> None:
    coverage = {level: [] for level in LEVELS}  # type: dict[float, list[float]]
    for seed in range(30):
        actual, probabilities = too_sure(600, 3, seed)
        found = calibrate_classes(actual[:300], probabilities[:300])
        judged = found.probabilities(probabilities[300:])
        for each in sets_held(found, actual[300:], judged):
            coverage[each.level].append(each.coverage)
            assert sum(each.sizes) == 300
            inside = found.sets(judged, each.level)
            assert inside is not None
            assert inside.any(axis=1).all()
    for level in LEVELS:
        assert np.mean(coverage[level]) == pytest.approx(level, abs=0.012)


def test_bands_hold_the_truth_as_often_as_promised() -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(60):
        errors = rng.laplace(size=400)
        found = calibrate_numbers(errors[:200], np.zeros(200))
        half = found.thresholds[0.9]
        assert half is not None
        held.append(np.mean(np.abs(errors[200:]) <= half))
    assert np.mean(held) == pytest.approx(0.9, abs=0.01)


def test_too_few_rows_promise_nothing() -> None:
    assert conformal_threshold(np.arange(9.0), 0.9) == 8.0
    assert conformal_threshold(np.arange(8.0), 0.9) is None
    few = calibrate_numbers(np.arange(20.0), np.zeros(20))
    assert few.thresholds[0.9] == 18.0
    assert few.thresholds[0.99] is None
    assert Calibration(5, 1.0, {0.9: None}).sets(np.array([[0.6, 0.4]]), 0.9) is None


def test_who_answers_only_what_it_is_sure_of_is_counted_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.4, 0.6], [0.2, 0.8]])
    found = abstaining(np.array([0, 1, 1, 1]), probabilities)
    assert found == {
        "confidence": [0.6, 0.8, 0.9],
        "answered": [1.0, 0.5, 0.25],
        "error": [0.25, 0.0, 0.0],
    }


def test_what_was_found_survives_json() -> None:
    found = calibrate_classes(*too_sure(50, 2, seed=3))
    assert Calibration.from_json(found.to_json()) == found
    assert found.thresholds[0.99] is None
