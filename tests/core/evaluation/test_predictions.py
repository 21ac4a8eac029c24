"""What outputs mean, against scikit-learn and Keras' own activations."""

from __future__ import annotations

import warnings
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error
from sklearn.metrics import confusion_matrix as sklearn_confusion_matrix

from core.datasets import Dataset, load_dataset
from core.evaluation import (
    baseline,
    class_probabilities,
    confusion_matrix,
    does_better_than_a_constant,
    predicted_classes,
)
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.outputs import Output, resolve_output

LOGITS = np.random.default_rng(0).normal(scale=5, size=(200, 4)).astype(np.float32)
SOFTMAX = resolve_output("classification", 4)
SOFTMAX_LOGITS = resolve_output("classification", 4, activation="linear")
SIGMOID = resolve_output("classification", 2)
SIGMOID_LOGITS = resolve_output("classification", 2, activation="linear")


def test_softmax_outputs_are_the_probabilities() -> None:
    outputs = np.asarray(keras.ops.softmax(LOGITS))
    assert np.array_equal(class_probabilities(outputs, SOFTMAX), outputs.astype(np.float64))


def test_logits_become_what_softmax_makes_of_them() -> None:
    probabilities = class_probabilities(LOGITS, SOFTMAX_LOGITS)
    assert np.allclose(probabilities, np.asarray(keras.ops.softmax(LOGITS)), atol=1e-6)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def test_one_sigmoid_unit_stands_for_the_second_class() -> None:
    outputs = np.array([[0.0], [0.2], [1.0]], np.float32)
    expected = [[1.0, 0.0], [0.8, 0.2], [0.0, 1.0]]
    assert np.allclose(class_probabilities(outputs, SIGMOID), expected, atol=1e-7)


def test_one_logit_becomes_what_sigmoid_makes_of_it() -> None:
    probabilities = class_probabilities(LOGITS[:, :1], SIGMOID_LOGITS)
    assert np.allclose(probabilities[:, 1], np.asarray(keras.ops.sigmoid(LOGITS[:, 0])), atol=1e-6)
    assert np.allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("output", [SIGMOID_LOGITS, SOFTMAX_LOGITS], ids=["sigmoid", "softmax"])
def test_huge_logits_give_certainty_and_no_warning(output: Output) -> None:
    logits = np.zeros((2, output.units), np.float32)
    logits[:, 0] = [-1e4, 1e4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        probabilities = class_probabilities(logits, output)
    assert np.isfinite(probabilities).all()
    assert set(probabilities[1].tolist()) == {0.0, 1.0}


def test_the_likeliest_class_is_predicted_and_the_lower_of_two_equals() -> None:
    probabilities = np.array([[0.1, 0.7, 0.2], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4]])
    assert predicted_classes(probabilities).tolist() == [1, 0, 1]
    assert predicted_classes(probabilities[:0]).tolist() == []


def test_an_undecided_sigmoid_predicts_what_keras_accuracy_counts() -> None:
    undecided = np.array([[0.5], [0.5]], np.float32)
    predicted = predicted_classes(class_probabilities(undecided, SIGMOID))
    accuracy = np.asarray(keras.metrics.binary_accuracy(np.array([[0.0], [1.0]]), undecided))
    assert (predicted == [0, 1]).tolist() == accuracy.ravel().astype(bool).tolist()


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_counts_are_scikit_learns(classes: int) -> None:
    rng = np.random.default_rng(classes)
    actual, predicted = rng.integers(classes, size=(2, 300))
    counts = confusion_matrix(actual, predicted, classes)
    assert np.array_equal(counts, sklearn_confusion_matrix(actual, predicted, labels=range(classes)))
    assert counts.sum() == 300
    assert counts.trace() / 300 == pytest.approx(accuracy_score(actual, predicted))


def test_rows_are_actual_and_columns_predicted() -> None:
    counts = confusion_matrix(np.array([0, 0, 2]), np.array([1, 1, 2]), 3)
    assert counts.tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_a_class_that_never_occurs_still_has_its_row() -> None:
    assert confusion_matrix(np.array([0]), np.array([0]), 4).shape == (4, 4)
    assert confusion_matrix(np.array([], np.int64), np.array([], np.int64), 2).tolist() == [[0, 0], [0, 0]]


def dataset_of(name: str, **choices: object) -> Dataset:
    return load_dataset(DatasetConfig.model_validate({"name": name, **choices}), seed=4)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits", "moons"])
def test_the_baseline_of_a_classification_is_scikit_learns_dummy(name: str) -> None:
    dataset = dataset_of(name)
    reference = baseline(dataset, resolve_output("classification", dataset.n_classes))
    commonest = DummyClassifier(strategy="most_frequent").fit(dataset.x_train, dataset.y_train)
    shares = DummyClassifier(strategy="prior").fit(dataset.x_train, dataset.y_train)
    assert reference.metric == pytest.approx(commonest.score(dataset.x_test, dataset.y_test))
    loss = log_loss(dataset.y_test, shares.predict_proba(dataset.x_test), labels=range(dataset.n_classes))
    assert reference.loss == pytest.approx(loss)
    majority = dataset.class_names[commonest.predict(dataset.x_test[:1])[0]]
    assert str(reference.label) == f"always '{majority}'"


def test_the_baseline_of_a_squared_error_of_classes_is_the_brier_score_of_the_shares() -> None:
    dataset = dataset_of("breast_cancer")
    reference = baseline(dataset, resolve_output("classification", 2, loss="mean_squared_error"))
    shares = DummyClassifier(strategy="prior").fit(dataset.x_train, dataset.y_train)
    probability = shares.predict_proba(dataset.x_test)[:, 1]
    assert reference.loss == pytest.approx(mean_squared_error(dataset.y_test, probability))


@pytest.mark.parametrize("name", ["diabetes", "plane", "bumps"])
@pytest.mark.parametrize(
    ("loss", "measure"),
    [("mean_squared_error", mean_squared_error), ("mean_absolute_error", mean_absolute_error), ("huber", None)],
)
def test_the_baseline_of_a_regression_is_scikit_learns_dummy(name: str, loss: str, measure: object) -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": name}, "training": {"loss": loss}})
    dataset = load_dataset(config.dataset, seed=4)
    reference = baseline(dataset, config.output)
    mean = DummyRegressor(strategy="mean").fit(dataset.x_train, dataset.y_train).predict(dataset.x_test)
    assert reference.metric == pytest.approx(mean_absolute_error(dataset.y_test, mean), rel=1e-4)
    if callable(measure):
        assert reference.loss == pytest.approx(measure(dataset.y_test, mean), rel=1e-4)
    else:
        assert reference.loss is None
    assert str(reference.label) == "always the mean"


def without_rows(dataset: Dataset, side: str, label: int | None) -> Dataset:
    """A data set that lacks the rows of a class on one side, or all of them."""
    keep = getattr(dataset, f"y_{side}") != label if label is not None else slice(0, 0)
    return replace(
        dataset, **{f"{kind}_{side}": getattr(dataset, f"{kind}_{side}")[keep] for kind in ("x", "y", "raw")}
    )


def test_a_class_without_training_rows_leaves_no_cross_entropy_to_compare_with_and_says_why() -> None:
    dataset = without_rows(dataset_of("iris"), "train", 1)
    reference = baseline(dataset, resolve_output("classification", 3))
    assert reference.loss is None
    assert reference.metric == pytest.approx(1 / 3)
    assert "'versicolor' has no training row" in str(reference.reason)


def test_a_class_without_test_rows_changes_nothing() -> None:
    dataset = without_rows(dataset_of("iris"), "test", 1)
    reference = baseline(dataset, resolve_output("classification", 3))
    assert reference.loss == pytest.approx(np.log(3))
    assert reference.reason is None


@pytest.mark.parametrize("name", ["iris", "moons", "diabetes"])
def test_without_test_rows_there_is_nothing_to_compare_with(name: str) -> None:
    dataset = without_rows(dataset_of(name), "test", None)
    with np.errstate(all="raise"):
        reference = baseline(dataset, resolve_output(dataset.task, dataset.n_classes))
    assert (reference.loss, reference.metric) == (None, None)
    assert str(reference.reason) == "There are no test rows."


@pytest.mark.parametrize(
    ("name", "loss"),
    [("iris", None), ("moons", None), ("moons", "mean_squared_error"), ("diabetes", None), ("diabetes", "huber")],
)
def test_a_perfect_network_does_better_than_a_constant_and_a_constant_does_not(name: str, loss: str | None) -> None:
    dataset = dataset_of(name)
    output = resolve_output(dataset.task, dataset.n_classes, loss=loss)
    target = dataset.y_train
    perfect = target[:, None] if output.units == 1 else np.eye(dataset.n_classes)[target]
    best = np.full_like(perfect, target.mean() if output.units == 1 else perfect.mean(axis=0), dtype=float)
    for outputs, better in ((perfect, True), (best, False), (perfect * np.nan, False)):
        assert does_better_than_a_constant(outputs, target, output, dataset.n_classes) is better
    assert not does_better_than_a_constant(perfect[:0], target[:0], output, dataset.n_classes)
