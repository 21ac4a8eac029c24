"""What the columns are worth, against scikit-learn, finite differences, and Shapley values of all subsets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss, r2_score

from core.evaluation import class_probabilities
from core.explanation import attributions
from core.explanation.subject import Subject
from core.training import Trainer
from tests.core.explanation.networks_by_hand import (
    by_hand,
    odds_by_hand,
    outcome,
    slopes_by_hand,
    trained,
    trained_on_hospital,
)


class Given(ClassifierMixin, BaseEstimator):
    """A trained network on raw rows, as scikit-learn looks at one."""

    def __init__(self, trainer: Trainer | None = None, places: list[int] | None = None) -> None:
        self.trainer = trainer
        self.places = places

    def fit(self, x: Any, y: Any) -> Given:
        """It has been."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Probabilities, or standardised numbers."""
        assert self.trainer is not None
        rows = self.trainer.dataset.raw_test.copy()  # the network does not look at the other columns
        rows[:, self.places] = x
        outputs = self.trainer.predict(self.trainer.dataset.inputs(rows))
        if self.trainer.dataset.task == "regression":
            return outputs[:, 0]
        return class_probabilities(outputs, self.trainer.config.output)


def scikit_learn_s(trainer: Trainer, places: list[int]) -> Any:
    """Permutation importances of some raw columns."""
    rows = trainer.dataset

    def score(given: Given, x: np.ndarray, y: np.ndarray) -> float:
        predicted = given.predict(x).astype(float)
        if rows.task == "regression":
            return float(r2_score(y, predicted))
        return -float(log_loss(y, predicted, labels=range(rows.n_classes)))

    return permutation_importance(
        Given(trainer, places),
        rows.raw_test[:, places],
        rows.y_test,
        scoring=score,
        n_repeats=10,
        random_state=trainer.config.seed,
    )


@pytest.fixture(scope="module")
def cancer() -> Trainer:
    """Six of thirty columns, named in another order than they stand in."""
    chosen = ["worst area", "mean radius", "mean texture", "worst texture", "mean smoothness", "worst concavity"]
    return trained("breast_cancer", features=chosen)


@pytest.fixture(scope="module")
def iris() -> Trainer:
    return trained("iris")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_DATA", str(tmp_path_factory.mktemp("hospital")))
        yield trained_on_hospital()


@pytest.fixture(scope="module")
def circles() -> Trainer:
    """Inputs that are computed from two coordinates."""
    return trained("circles", samples=80, features=["x", "y2", "xy"])


@pytest.fixture(scope="module")
def diabetes() -> Trainer:
    return trained("diabetes")


@pytest.mark.parametrize("name", ["cancer", "iris", "hospital", "circles", "diabetes"])
def test_permutation_is_scikit_learn_s_on_the_raw_columns(name: str, request: pytest.FixtureRequest) -> None:
    trainer: Trainer = request.getfixturevalue(name)
    subject = Subject.of(trainer)
    places = list(subject.columns.places)
    expected = scikit_learn_s(trainer, places)
    found = outcome(attributions.permutation(subject))
    assert places == sorted(places)
    np.testing.assert_allclose(found.values, expected.importances_mean, rtol=1e-4, atol=2e-6)
    assert found.spread is not None
    np.testing.assert_allclose(found.spread, expected.importances_std, rtol=1e-3, atol=2e-6)


@pytest.mark.parametrize(("name", "label"), [("cancer", 0), ("iris", 2)])
def test_gradients_are_finite_differences_of_the_log_odds(
    name: str, label: int, request: pytest.FixtureRequest
) -> None:
    trainer: Trainer = request.getfixturevalue(name)
    subject, x = Subject.of(trainer, label), trainer.dataset.x_test
    found = outcome(attributions.gradient(subject, np.arange(len(x)))).values
    expected = slopes_by_hand(odds_by_hand(trainer, label), x)[:, np.concatenate(subject.columns.inputs)]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_a_number_s_gradient_is_in_its_own_units(diabetes: Trainer) -> None:
    rows = diabetes.dataset
    found = outcome(attributions.gradient(Subject.of(diabetes), np.arange(5))).values
    expected = slopes_by_hand(lambda x: by_hand(diabetes)(x)[:, 0] * rows.target_scale, rows.x_test[:5])
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_levels_of_one_column_are_summed(hospital: Trainer) -> None:
    subject, rows = Subject.of(hospital), hospital.dataset
    assert subject.columns.names == rows.raw_feature_names
    assert max(map(len, subject.columns.inputs)) > 1
    slopes = slopes_by_hand(odds_by_hand(hospital, subject.positive or 0), rows.x_test[:4])
    expected = np.stack([slopes[:, inputs].sum(axis=1) for inputs in subject.columns.inputs], axis=1)
    found = outcome(attributions.gradient(subject, np.arange(4))).values
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_computed_inputs_are_explained_by_their_coordinates(circles: Trainer) -> None:
    subject, rows = Subject.of(circles), circles.dataset
    odds, scale = odds_by_hand(circles, 1), rows.raw_train.std(axis=0)

    def of_raw(raw: np.ndarray) -> np.ndarray:
        return odds(rows.inputs.scaler.transform(rows.inputs.features(raw)))

    assert subject.columns.names == ("x", "y")
    found = outcome(attributions.gradient(subject, np.arange(len(rows.x_test)))).values
    np.testing.assert_allclose(found, slopes_by_hand(of_raw, rows.raw_test) * scale, rtol=2e-3, atol=1e-3)
    whole = outcome(attributions.integrated_gradients(subject, np.arange(3)))
    expected = of_raw(rows.raw_test[:3]) - of_raw(rows.raw_train.mean(axis=0)[None])
    np.testing.assert_allclose(whole.values.sum(axis=1), expected, rtol=0.01, atol=0.02)


def test_integrated_gradients_are_the_integral_of_finite_differences(iris: Trainer) -> None:
    subject = Subject.of(iris, 1)
    odds, x, start = odds_by_hand(iris, 1), iris.dataset.x_test[:3].astype(float), subject.start
    middles = (np.arange(400) + 0.5) / 400
    slopes = np.mean([slopes_by_hand(odds, start + share * (x - start)) for share in middles], axis=0)
    found = outcome(attributions.integrated_gradients(subject, np.arange(3)))
    np.testing.assert_allclose(found.values, slopes * (x - start), rtol=2e-3, atol=2e-3)
    assert found.residue is not None
    assert found.residue < attributions.RESIDUE


def test_nodes_are_doubled_until_the_parts_add_up(cancer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attributions, "NODES", 1)
    found = outcome(attributions.integrated_gradients(Subject.of(cancer), np.arange(20)))
    assert found.steps is not None
    assert found.steps > 1
    assert found.residue is not None
    assert found.residue < attributions.RESIDUE
    monkeypatch.setattr(attributions, "MOST_NODES", 1)
    crude = outcome(attributions.integrated_gradients(Subject.of(cancer), np.arange(20)))
    assert crude.residue is not None
    assert crude.residue > attributions.RESIDUE, "what is missing is told, not hidden"


def test_occlusion_takes_one_column_away(cancer: Trainer) -> None:
    subject, odds, x = Subject.of(cancer, 0), odds_by_hand(cancer, 0), cancer.dataset.x_test[:5].astype(float)
    column = subject.columns.names.index("worst area")
    (place,) = subject.columns.inputs[column]
    hidden = x.copy()
    hidden[:, place] = cancer.dataset.x_train[:, place].mean()
    found = outcome(attributions.occlusion(subject, np.arange(5))).values
    assert cancer.dataset.feature_names[place] == "worst area"
    np.testing.assert_allclose(found[:, column], odds(x) - odds(hidden), rtol=1e-3, atol=1e-3)


def shapley_of_all_subsets(trainer: Trainer, label: int, row: int) -> np.ndarray:
    """Every subset of the columns, with the others those of each training row in turn."""
    odds, x, behind = odds_by_hand(trainer, label), trainer.dataset.x_test[row], trainer.dataset.x_train
    columns = range(behind.shape[1])

    def worth(subset: tuple[int, ...]) -> float:
        rows = behind.astype(float)
        rows[:, list(subset)] = x[list(subset)]
        return float(odds(rows).mean())

    count, found = len(columns), np.zeros(len(columns))
    for column in columns:
        others = [each for each in columns if each != column]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for subset in combinations(others, size):
                found[column] += weight * (worth((*subset, column)) - worth(subset))
    return found


def test_shapley_values_are_those_of_all_subsets_within_their_error(iris: Trainer) -> None:
    subject = Subject.of(iris, 2)
    for row in (0, 7):
        found = outcome(attributions.shapley(subject, np.array([row])))
        expected = shapley_of_all_subsets(iris, 2, row)
        assert found.spread is not None
        assert (np.abs(found.values[0] - expected) <= 4 * found.spread + 1e-3).all()
        assert found.spread.max() < 0.15 * np.abs(expected).max()


def test_who_looks_does_not_change_the_network(iris: Trainer) -> None:
    before = iris.state().to_bytes()
    for work in (attributions.permutation(Subject.of(iris)), attributions.gradient(Subject.of(iris), np.arange(3))):
        outcome(work)
    assert iris.state().to_bytes() == before
