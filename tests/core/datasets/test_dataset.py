"""`Inputs`, the way from a raw row to the network, and `Dataset`'s units."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from core.datasets import Inputs, load_dataset
from core.experiment.dataset import DatasetConfig


def test_columns_are_chosen() -> None:
    np.testing.assert_array_equal(Inputs((2, 0))(np.array([[1, 2, 3], [4, 5, 6]])), [[3, 1], [6, 4]])


def test_features_are_computed_by_their_formulas() -> None:
    inputs = Inputs(None, ("x", "y", "x2", "y2", "xy", "sin_x", "sin_y"))
    expected = np.array([[2, -3, 4, 9, -6, 0.90929743, -0.14112001]])
    np.testing.assert_allclose(inputs(np.array([[2.0, -3.0]])), expected, rtol=1e-6)


def test_new_rows_go_the_way_of_the_training_rows() -> None:
    for config in (
        DatasetConfig(name="wine", features=("hue", "ash"), scaling="minmax"),
        DatasetConfig(name="moons", features=("x2", "sin_y")),
    ):
        dataset = load_dataset(config)
        np.testing.assert_array_equal(dataset.inputs(dataset.raw_test), dataset.x_test)
        np.testing.assert_array_equal(dataset.inputs(dataset.raw_train[:1]), dataset.x_train[:1])
        assert dataset.inputs(dataset.raw_test).dtype == np.float32


def test_a_target_in_its_own_units() -> None:
    dataset = load_dataset(DatasetConfig(name="diabetes"))
    np.testing.assert_allclose(
        dataset.in_own_units(np.array([-1.0, 0.0, 2.0])),
        dataset.target_mean + dataset.target_scale * np.array([-1.0, 0.0, 2.0]),
    )


def test_classes_have_no_units_to_undo() -> None:
    dataset = load_dataset(DatasetConfig(name="iris"))
    assert (dataset.target_mean, dataset.target_scale) == (0.0, 1.0)
    assert dataset.n_classes == 3


def test_a_data_set_is_frozen() -> None:
    dataset = load_dataset(DatasetConfig(name="iris"))
    with pytest.raises(FrozenInstanceError):
        dataset.name = "wine"  # type: ignore[misc]
