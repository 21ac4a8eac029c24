"""Patients whose causes are known, and methods that rank them: against hand calculations and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import log_loss as sklearn_log_loss
from sklearn.tree import DecisionTreeClassifier

from core.explanation import rankings
from core.explanation.rankings import RANKINGS, Explained, log_loss
from core.explanation.truth import CAUSES, COLUMNS, DECOY, draw_patients, log_odds, ranks, true_in_top
from core.explanation.truth_trials import Trial, TruthTrials
from core.tasks import KINDS, Progress
from core.tasks.checked_against_truth import TruthOptions, as_json, truth_experiment

WEIGHTS = np.array([2.0, 0.0, -1.0])


@pytest.fixture(scope="module")
def linear() -> Explained:
    """A network that is a straight line, so that everything about it is known."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    y = (x @ WEIGHTS + rng.logistic(size=300) > 0).astype(int)
    return Explained(
        *(x[:200], y[:200], x[200:], y[200:]),
        logit=lambda rows: rows @ WEIGHTS,
        gradient=lambda rows: np.tile(WEIGHTS, (len(rows), 1)),
        first_layer=np.outer(WEIGHTS, [3.0, 4.0]),
    )


def test_the_decoy_goes_with_age_as_it_is_and_age_is_recorded_with_an_error() -> None:
    rows = 40_000
    exact, ill = draw_patients(rows, seed=1, decoy=0.9)
    blurred, same_ill = draw_patients(rows, seed=1, decoy=0.9, age_error=0.6)
    assert np.corrcoef(exact[:, 0], exact[:, DECOY])[0, 1] == pytest.approx(0.9, abs=0.01)
    assert np.corrcoef(exact[:, 0], blurred[:, 0])[0, 1] == pytest.approx(1 / np.sqrt(1.36), abs=0.01)
    assert exact.std(axis=0) == pytest.approx(np.ones(10), abs=0.02)
    assert np.array_equal(ill, same_ill), "the error is in the record, not in the patient"
    assert np.array_equal(exact[:, 1:], blurred[:, 1:])


def test_only_the_causes_make_ill() -> None:
    values, ill = draw_patients(40_000, seed=2)
    assert ill.mean() == pytest.approx(0.5, abs=0.05)
    other = values.copy()
    other[:, CAUSES:] = np.random.default_rng(3).normal(size=other[:, CAUSES:].shape)
    assert np.array_equal(log_odds(values), log_odds(other))
    for column in range(CAUSES):
        moved = values.copy()
        moved[:, column] = np.roll(moved[:, column], 1)
        assert np.abs(log_odds(moved) - log_odds(values)).mean() > 0.3, COLUMNS[column]


def test_ranks_and_shares_are_counted() -> None:
    importance = np.array([10, 9, 8, 7, 1, 6, 5, 4, 3, 2.0])
    assert ranks(importance).tolist() == [1, 2, 3, 4, 10, 5, 6, 7, 8, 9]
    assert true_in_top(importance) == 0.8
    assert true_in_top(np.zeros(10)) == 1.0, "of equals the earlier comes first"


def test_the_log_loss_is_that_of_scikit_learn(linear: Explained) -> None:
    logit = linear.logit(linear.x_test)
    expected = sklearn_log_loss(linear.y_test, 1 / (1 + np.exp(-logit)))
    assert log_loss(logit, linear.y_test) == pytest.approx(expected)


def test_of_a_straight_line_every_method_is_known(linear: Explained) -> None:
    size, x = np.abs(WEIGHTS), linear.x_test
    grid = np.quantile(linear.x_train, np.linspace(0.02, 0.98, 20), axis=0)
    assert rankings.gradient(linear) == pytest.approx(size)
    assert rankings.integrated_gradients(linear) == pytest.approx(
        size * np.abs(x - linear.x_train.mean(axis=0)).mean(axis=0)
    )
    assert rankings.individual_curves(linear) == pytest.approx(size * grid.std(axis=0))
    assert rankings.partial_dependence(linear) == pytest.approx(size * grid.std(axis=0))
    assert rankings.first_layer_weights(linear) == pytest.approx(5 * size)
    assert rankings.correlation(linear) == pytest.approx(
        [abs(np.corrcoef(linear.x_train[:, column], linear.y_train)[0, 1]) for column in range(3)]
    )
    tree = DecisionTreeClassifier(max_depth=4, random_state=0)
    tree.fit(linear.x_train, linear.logit(linear.x_train) > 0)
    assert rankings.surrogate_tree(linear) == pytest.approx(tree.feature_importances_)


def test_a_column_that_the_network_ignores_costs_nothing_when_permuted(linear: Explained) -> None:
    rises = rankings.permutation(linear)
    assert rises[1] == pytest.approx(0, abs=1e-12)
    assert rises[0] > rises[2] > 0.05
    assert np.array_equal(rises, rankings.permutation(linear)), "the seed decides what is permuted"


def test_trials_are_repeatable_and_find_the_causes() -> None:
    trials = TruthTrials(truth_experiment())
    first = trials.trial(0, decoy=0.98, age_error=0.0)
    assert first.accuracy > 0.7
    assert true_in_top(first.importance["permutation"]) >= 0.8
    blurred = trials.trial(0, decoy=0.98, age_error=1.0)
    for method in set(RANKINGS) - {"first_layer_weights"}:
        assert blurred.importance[method][DECOY] > blurred.importance[method][0], method
    again = TruthTrials(truth_experiment()).trial(0, decoy=0.98, age_error=0.0)
    for method in RANKINGS:
        assert np.array_equal(first.importance[method], again.importance[method]), method


def _trial(*order: int) -> Trial:
    """Every method ranks the columns in this order."""
    importance = np.zeros(10)
    importance[list(order)] = np.arange(10, 0, -1)
    return Trial(0.75, dict.fromkeys(RANKINGS, importance))


def test_what_is_told_counts_over_the_seeds() -> None:
    right = _trial(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    fooled = _trial(5, 1, 2, 3, 4, 0, 6, 7, 8, 9)
    told = json.loads(as_json([right, fooled], TruthOptions(age_error=0.75, seeds=4)))
    assert told["seeds"] == {"done": 2, "of": 4}
    assert told["age"] == {"error": 0.75, "correlation": 0.8}
    assert [each["method"] for each in told["methods"]] == list(RANKINGS)
    method = told["methods"][0]
    assert (method["true_in_top"], method["by_seed"]) == (0.9, [1.0, 0.8])
    assert (method["decoy_first"], method["decoy_before_age"]) == (1, 1)
    assert method["ranks"][0] == {"mean": 3.5, "low": 1, "high": 6}
    assert method["agreement"] == pytest.approx(1 - 6 * 50 / (10 * 99)), "Spearman's formula"
    assert json.loads(as_json([right], TruthOptions()))["methods"][0]["agreement"] is None


def test_the_task_tells_what_it_knows_after_each_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    class Trials:
        def __init__(self, config: object) -> None: ...

        def trial(self, seed: int, *, decoy: float, age_error: float) -> Trial:
            assert (decoy, age_error) == (0.9, 0.25)
            seeds.append(seed)
            return _trial(*range(10))

    monkeypatch.setattr("core.explanation.truth_trials.TruthTrials", Trials)

    class Run:
        config = truth_experiment().model_copy(update={"seed": 7})

    kind = KINDS["checked_against_truth"]
    options = kind.options.model_validate({"seeds": 3, "decoy": 0.9, "age_error": 0.25})
    work, steps = kind.work(Run(), options), list[Progress]()  # type: ignore[arg-type]
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            result = json.loads(end.value)
            break
    assert seeds == [7, 8, 9]
    known = [json.loads(step.partial)["seeds"]["done"] for step in steps if step.partial]
    assert known == [1, 2]
    assert [round(step.done, 2) for step in steps] == [0.0, 0.0, 0.33, 0.67]
    assert result["seeds"] == {"done": 3, "of": 3}
