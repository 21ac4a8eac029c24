"""A data set of plain arrays: what is given is what is held."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.datasets import Dataset, dataset_of_arrays
from core.errors import CannotTrain

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])


def test_the_arrays_are_held_and_not_copied_or_scaled() -> None:
    given = (X, Y, X[:2], Y[:2])
    dataset = dataset_of_arrays(*given)
    assert isinstance(dataset, Dataset)
    for held, array in zip((dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test), given, strict=True):
        assert np.shares_memory(held, array)
        assert held.dtype == array.dtype
        np.testing.assert_array_equal(held, array)


@pytest.mark.parametrize("none", [(None, None), (X[:0], Y[:0]), (X[:0], None)])
def test_there_may_be_no_test_rows(none: tuple[Any, Any]) -> None:
    dataset = dataset_of_arrays(X, Y, *none)
    assert dataset.x_test.shape == (0, 2)
    assert dataset.y_test.shape == (0,)


@pytest.mark.parametrize(
    ("targets", "task", "classes"),
    [
        (Y, "classification", 3),
        (Y[:, None], "classification", 3),
        (np.eye(3)[Y], "classification", 3),
        (np.array([0.0, 1, 1, 0, 1, 0]), "classification", 2),
        (np.array([True, False] * 3), "classification", 2),
        (np.linspace(0, 1, 6), "regression", 0),
        (Y - 1, "regression", 0),
        (X, "regression", 0),
        ([Y, X], "regression", 0),
        (None, "regression", 0),
    ],
)
def test_the_task_is_what_the_targets_look_like(targets: Any, task: str, classes: int) -> None:
    dataset = dataset_of_arrays(X, targets)
    assert (dataset.task, dataset.n_classes) == (task, classes)


def test_columns_of_a_table_are_taken_as_fit_takes_them() -> None:
    frame = pd.DataFrame(X, columns=["a", "b"])
    dataset = dataset_of_arrays(frame, frame["a"])
    assert dataset.x_train.shape == (6, 2)
    assert dataset.y_train.shape == (6, 1)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([X, X], Y, "several inputs"),
        ({"a": X}, Y, "several inputs"),
        ((row for row in X), Y, "generator"),
        (np.array([["a", "b"]] * 6), Y, "text"),
        (X, np.array(["a", "b"] * 3), "text"),
        (X, np.array([None] * 6), "objects"),
        (X, Y[:5], "y_train has 5 rows, and x_train has 6"),
        (X, [Y, Y[:5]], r"y_train\[1\] has 5 rows"),
        (np.float64(3), Y, "single number"),
        ("moons", Y, "is a str"),
    ],
)
def test_what_cannot_be_rows_is_refused_in_words(x: Any, y: Any, words: str) -> None:
    with pytest.raises(CannotTrain, match=words):
        dataset_of_arrays(x, y)
