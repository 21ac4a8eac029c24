"""Every figure against scikit-learn, and undefined ones as no number with a reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from core.errors import WrongValue
from core.evaluation import Evaluation, evaluate

RNG = np.random.default_rng(5)
ROWS = 150


def probabilities(actual: np.ndarray, classes: int, strength: float = 1.5) -> np.ndarray:
    logits = RNG.normal(size=(len(actual), classes))
    logits[np.arange(len(actual)), actual] += strength
    shares = np.exp(logits)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


TWO = RNG.integers(2, size=ROWS)
OF_TWO = probabilities(TWO, 2).round(2)  # with ties
FOUR = RNG.integers(4, size=ROWS)
OF_FOUR = probabilities(FOUR, 4)


def values(found: Evaluation) -> dict[str, Any]:
    return {name: figure.value for name, figure in found.metrics.items()}


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.81])
@pytest.mark.parametrize("positive", [0, 1])
def test_two_classes_are_scikit_learn_s(threshold: float, positive: int) -> None:
    found = evaluate(TWO, OF_TWO, positive=positive, threshold=threshold)
    event, score = positive == TWO, OF_TWO[:, positive]
    called = score >= threshold
    expected = {
        "roc_auc": metrics.roc_auc_score(event, score),
        "average_precision": metrics.average_precision_score(event, score),
        "accuracy": metrics.accuracy_score(event, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(event, called),
        "matthews_corrcoef": metrics.matthews_corrcoef(event, called),
        "cohen_kappa": metrics.cohen_kappa_score(event, called),
        "log_loss": metrics.log_loss(TWO, OF_TWO),
        "brier_score": metrics.brier_score_loss(event, score),
        "f1": metrics.f1_score(event, called),
        "precision": metrics.precision_score(event, called),
        "recall": metrics.recall_score(event, called),
        "specificity": metrics.recall_score(event, called, pos_label=0),
        "positive_predictive_value": metrics.precision_score(event, called),
        "negative_predictive_value": metrics.precision_score(event, called, pos_label=0),
    }
    assert values(found) == pytest.approx(expected, abs=1e-12)
    predicted = np.where(called, positive, 1 - positive)
    np.testing.assert_array_equal(found.confusion, metrics.confusion_matrix(TWO, predicted))


def test_more_classes_are_scikit_learn_s_averages() -> None:
    found = evaluate(FOUR, OF_FOUR, positive=2, threshold=0.3)
    likeliest = OF_FOUR.argmax(axis=1)
    expected = {
        "roc_auc": metrics.roc_auc_score(FOUR, OF_FOUR, multi_class="ovr", average="macro"),
        "average_precision": metrics.average_precision_score(np.eye(4)[FOUR], OF_FOUR, average="macro"),
        "accuracy": metrics.accuracy_score(FOUR, likeliest),
        "balanced_accuracy": metrics.balanced_accuracy_score(FOUR, likeliest),
        "matthews_corrcoef": metrics.matthews_corrcoef(FOUR, likeliest),
        "cohen_kappa": metrics.cohen_kappa_score(FOUR, likeliest),
        "log_loss": metrics.log_loss(FOUR, OF_FOUR),
        "brier_score": metrics.brier_score_loss(FOUR, OF_FOUR),
        "f1": metrics.f1_score(FOUR, likeliest, average="macro"),
        "precision": metrics.precision_score(FOUR, likeliest, average="macro"),
        "recall": metrics.recall_score(FOUR, likeliest, average="macro"),
        "specificity": metrics.recall_score(FOUR != 2, OF_FOUR[:, 2] < 0.3),
        "positive_predictive_value": metrics.precision_score(FOUR == 2, OF_FOUR[:, 2] >= 0.3),
        "negative_predictive_value": metrics.precision_score(FOUR != 2, OF_FOUR[:, 2] < 0.3),
    }
    assert values(found) == pytest.approx(expected, abs=1e-12)
    np.testing.assert_array_equal(found.confusion, metrics.confusion_matrix(FOUR, likeliest))


def test_numbers_are_scikit_learn_s_in_their_own_units() -> None:
    actual = RNG.normal(150, 40, ROWS)
    predicted = actual + RNG.normal(0, 20, ROWS)
    found = evaluate(actual, predicted)
    assert values(found) == pytest.approx(
        {
            "r2": metrics.r2_score(actual, predicted),
            "mean_absolute_error": metrics.mean_absolute_error(actual, predicted),
            "root_mean_squared_error": metrics.root_mean_squared_error(actual, predicted),
        }
    )
    assert found.class_names == ()
    for figure in found.metrics.values():
        assert figure.low is not None
        assert figure.high is not None
        assert figure.value is not None
        assert figure.low < figure.value < figure.high


def test_an_interval_holds_its_value_and_lies_within_what_can_be() -> None:
    for found in (evaluate(TWO, OF_TWO), evaluate(FOUR, OF_FOUR), evaluate(TWO, np.eye(2)[TWO])):
        for name, figure in found.metrics.items():
            assert None not in (figure.value, figure.low, figure.high), name
            assert figure.low <= figure.value <= figure.high, name  # type: ignore[operator]
            if name not in {"log_loss", "brier_score", "matthews_corrcoef", "cohen_kappa"}:
                assert figure.low >= 0, name  # type: ignore[operator]
                assert figure.high <= 1, name  # type: ignore[operator]


def test_a_perfect_network_is_not_certain_to_stay_perfect() -> None:
    found = evaluate(TWO, np.eye(2)[TWO])
    for name in ("roc_auc", "accuracy", "f1", "matthews_corrcoef", "cohen_kappa", "balanced_accuracy"):
        figure = found.metrics[name]
        assert figure.value == 1
        assert figure.low is not None
        assert figure.low < 0.995, name


def test_prevalence_changes_decisions_and_not_what_rows_are() -> None:
    own, rare = evaluate(TWO, OF_TWO), evaluate(TWO, OF_TWO, prevalence=0.01)
    of_decisions = {"positive_predictive_value", "negative_predictive_value"}
    changed = {name for name in own.metrics if own.metrics[name] != rare.metrics[name]}
    assert changed == of_decisions
    hit, right = own.metrics["recall"].value, own.metrics["specificity"].value
    assert hit is not None
    assert right is not None
    # Of 1,000 people 10 have the event.
    assert rare.missed.value == pytest.approx(10 * (1 - hit))
    assert rare.false_alarms.value == pytest.approx(990 * (1 - right))
    assert rare.metrics["positive_predictive_value"].value == pytest.approx(10 * hit / (10 * hit + 990 * (1 - right)))
    assert rare.metrics["negative_predictive_value"].value == pytest.approx(
        990 * right / (990 * right + 10 * (1 - hit))
    )
    assert rare.net_benefit.value == pytest.approx(0.01 * hit - 0.99 * (1 - right))


def test_with_the_rows_own_prevalence_decisions_are_what_was_counted() -> None:
    found = evaluate(TWO, OF_TWO, threshold=0.3)
    assert found.counts is not None
    assert found.missed.value == pytest.approx(1000 * found.counts.false_negatives / ROWS)
    assert found.false_alarms.value == pytest.approx(1000 * found.counts.false_positives / ROWS)
    benefit = (found.counts.true_positives - found.counts.false_positives * 3 / 7) / ROWS
    assert found.net_benefit.value == pytest.approx(benefit)


@pytest.mark.parametrize(
    ("found", "undefined"),
    [
        (
            evaluate([1, 1, 1], [[0.2, 0.8]] * 3),
            {"roc_auc", "average_precision", "matthews_corrcoef", "cohen_kappa", "specificity"}
            | {"negative_predictive_value"},
        ),
        (evaluate([0, 1, 1], [[0.2, 0.8]] * 3, threshold=1.0), {"precision", "positive_predictive_value"}),
        (evaluate([0, 1, 1], [[0.2, 0.8]] * 3, threshold=0.0), {"negative_predictive_value"}),
        (evaluate([0, 1], [[0.5, 0.5], [np.nan, np.nan]]), None),
        (evaluate([], np.empty((0, 2))), None),
        (evaluate([], []), None),
        (evaluate([3.0, 3.0], [2.0, 4.0]), {"r2"}),
        (evaluate([1.0, 2.0], [np.inf, 0.0]), None),
        (evaluate([0, 1, 0], OF_FOUR[:3]), {"roc_auc", "average_precision", "recall_of_nobody"}),
    ],
)
def test_what_is_not_defined_is_no_number_and_says_why(found: Evaluation, undefined: set[str] | None) -> None:
    if undefined is None:
        undefined = set(found.metrics)
    for name, figure in found.metrics.items():
        if name in undefined:
            assert (figure.value, figure.low, figure.high) == (None, None, None), name
            assert str(figure.reason).endswith("."), name
        elif name not in {"negative_predictive_value", "positive_predictive_value"}:
            assert figure.value is not None, name
            assert figure.reason is None, name


def test_a_threshold_of_one_has_no_net_benefit() -> None:
    found = evaluate(TWO, OF_TWO, threshold=1.0)
    assert found.net_benefit.value is None
    assert "weighs without limit" in str(found.net_benefit.reason)


def test_the_same_seed_gives_the_same_intervals() -> None:
    assert evaluate(TWO, OF_TWO, seed=3).metrics == evaluate(TWO, OF_TWO, seed=3).metrics
    assert evaluate(TWO, OF_TWO, seed=3).metrics != evaluate(TWO, OF_TWO, seed=4).metrics


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"positive": "ill"}, "positive is 'ill', which is no class of this run. Expected one of: 0, 1."),
        ({"positive": 2}, "positive is '2', which"),
        ({"threshold": 1.5}, "threshold is 1.5. Expected a number from 0 to 1, such as 0.5."),
        ({"prevalence": 0.0}, "prevalence is 0. Expected a number between 0 and 1, without the two, such as 0.01."),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(asked: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WrongValue) as refusal:
        evaluate(TWO, OF_TWO, **asked)
    assert sentence in str(refusal.value)
