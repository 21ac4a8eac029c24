"""Explanations as JSON has them, partial dependence against scikit-learn, and what is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import partial_dependence

from core.errors import WrongValue
from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.explanation.dependence import CURVES
from core.explanation.explain import explain, is_quick
from core.explanation.methods import METHODS
from core.runtime.plain_json import plain_json
from core.training import Trainer
from tests.core.explanation.networks_by_hand import outcome, trained, trained_on_hospital


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_DATA", str(tmp_path_factory.mktemp("hospital")))
        yield trained_on_hospital()


@pytest.fixture(scope="module")
def iris() -> Trainer:
    return trained("iris", epochs=5)


class Given(ClassifierMixin, BaseEstimator):
    """A trained network on raw rows, as scikit-learn looks at one."""

    classes_ = np.arange(2)

    def __init__(self, trainer: Any = None) -> None:
        self.trainer = trainer

    def fit(self, x: Any, y: Any) -> Given:
        """It has been."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """(rows, raw columns) -> (rows, classes)."""
        return class_probabilities(self.trainer.predict(self.trainer.dataset.inputs(x)), self.trainer.config.output)


def test_partial_dependence_is_scikit_learn_s_for_numbers_and_levels(hospital: Trainer) -> None:
    rows = hospital.dataset
    for number, column in enumerate(rows.columns):
        found = outcome(explain(hospital, "partial_dependence", feature=rows.raw_feature_names[number]))
        values = found["values"]
        if found["kind"] == "level":
            assert values == list(column.categories)
            values = list(range(len(values)))
        expected = partial_dependence(
            Given(hospital),
            np.nan_to_num(rows.raw_test, nan=np.nanmedian(rows.raw_test)),  # scikit-learn wants no gap here
            [number],
            kind="both",
            custom_values={number: np.array(values, float)},
            response_method="predict_proba",
        )
        gapless = ~np.isnan(rows.raw_test).any(axis=1)
        curves = np.array(found["rows"])
        np.testing.assert_allclose(curves[gapless], expected["individual"][0][gapless], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found["mean"], curves.mean(axis=0), rtol=1e-6)


def test_at_most_some_hundred_curves_are_told_and_the_mean_is_of_all() -> None:
    trainer = trained("spirals", epochs=1, samples=1300, test_fraction=0.5)
    found = outcome(explain(trainer, "partial_dependence", feature="x"))
    assert len(found["rows"]) == len(found["row_numbers"]) == CURVES
    assert found["own"] == trainer.dataset.raw_test[found["row_numbers"], 0].tolist()
    assert len(found["values"]) == 50
    assert abs(np.mean(found["rows"]) - np.mean(found["mean"])) < 0.02


def test_each_method_answers_as_the_contract_says(iris: Trainer) -> None:
    names = list(iris.dataset.raw_feature_names)
    for method, spec in METHODS.items():
        for row in (None, 3):
            if spec.takes_feature or (row is not None and not spec.of_a_row):
                continue
            found = outcome(explain(iris, method, row=row))
            assert [each["name"] for each in found["features"]] == names
            assert all(set(each) == {"name", "value", "spread"} for each in found["features"])
            assert (found["epoch"], found["method"], found["row"]) == (5, method, row)
            lacking = {"spread"} if found["features"][0]["spread"] is None else set()
            lacking |= {"completeness"} if found["completeness"] is None else set()
            assert set(found["reason"] or ()) == lacking
            assert "NaN" not in plain_json(found)


def test_without_a_row_the_mean_size_over_the_test_rows_is_told(iris: Trainer) -> None:
    each = [outcome(explain(iris, "occlusion", row=row, positive=1)) for row in range(len(iris.dataset.x_test))]
    values = np.array([[feature["value"] for feature in one["features"]] for one in each])
    together = outcome(explain(iris, "occlusion", positive=1))
    told = np.array([[feature["value"], feature["spread"]] for feature in together["features"]])
    np.testing.assert_allclose(told[:, 0], np.abs(values).mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(told[:, 1], np.abs(values).std(axis=0), rtol=1e-3)


def test_of_several_classes_that_which_the_network_predicts_is_explained(iris: Trainer) -> None:
    rows = iris.dataset
    predicted = iris.predict(rows.x_test).argmax(axis=1)
    for row in (0, 5, 11):
        found = outcome(explain(iris, "gradient", row=row))
        assert found["positive"] == rows.class_names[predicted[row]]
    assert outcome(explain(iris, "gradient"))["positive"] is None


def test_a_network_whose_numbers_are_not_finite_says_so() -> None:
    trainer = trained("iris", epochs=1)
    trainer.edit_weight(0, 0, 0, float("nan"))
    found = outcome(explain(trainer, "gradient", row=0))
    assert all(each["value"] is None for each in found["features"])
    assert "finite" in str(found["reason"]["value"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"method": "magic"}, "Expected one of: permutation, gradient"),
        ({"method": "permutation", "row": 1}, "Leave out row"),
        ({"method": "gradient", "row": 30}, "Expected a test row from 0 to 29"),
        ({"method": "gradient", "feature": "petal width (cm)"}, "Leave out feature"),
        ({"method": "partial_dependence"}, "feature=sepal length"),
        ({"method": "partial_dependence", "feature": "age"}, "Expected one of: sepal length"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(iris: Trainer, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongValue, match=r"Expected|Leave|Name") as refusal:
        outcome(explain(iris, **asked))
    assert words in str(refusal.value)


def test_two_sentences_stand_with_every_method() -> None:
    for spec in METHODS.values():
        assert spec.can.endswith(".")
        assert spec.cannot.endswith(".")


def test_long_work_is_known_before_it_is_begun() -> None:
    small = ExperimentConfig.model_validate({"dataset": {"name": "breast_cancer"}})
    large = ExperimentConfig.model_validate(
        {"dataset": {"name": "digits"}, "model": {"hidden_layers": [{"units": 128, "activation": "relu"}]}}
    )
    assert is_quick(small, "permutation", None)
    assert is_quick(large, "gradient", 3)
    assert not is_quick(large, "shapley", None)
