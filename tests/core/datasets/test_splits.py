"""Validation rows, against scikit-learn's `train_test_split`, called twice."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from core.datasets import Dataset, dataset_of_arrays, load_dataset, split_rows
from core.experiment.dataset import DatasetConfig


def loaded(name: str, share: float, *, seed: int = 3, **more: object) -> Dataset:
    config = DatasetConfig.model_validate({"name": name, "test_fraction": 0.3, "validation_fraction": share, **more})
    return load_dataset(config, seed=seed)


@pytest.mark.parametrize("name", ["iris", "wine", "diabetes"])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_the_rows_are_those_of_two_splits_by_scikit_learn(name: str, share: float) -> None:
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True, **({"scaled": False} if name == "diabetes" else {}))
    labels = None if name == "diabetes" else y
    rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.3, random_state=3, stratify=labels)
    x_train, x_validation, y_train, y_validation = train_test_split(
        rest, y_rest, test_size=share, random_state=3, stratify=None if labels is None else y_rest
    )
    dataset = loaded(name, share)
    for found, raw, target in (
        ((dataset.raw_train, dataset.y_train), x_train, y_train),
        ((dataset.raw_validation, dataset.y_validation), x_validation, y_validation),
        ((dataset.raw_test, dataset.y_test), x_test, y_test),
    ):
        np.testing.assert_array_equal(found[0], raw)
        np.testing.assert_allclose(dataset.in_own_units(found[1]), target, rtol=1e-5)


@pytest.mark.parametrize("name", ["iris", "digits", "diabetes", "moons", "plane"])
def test_the_test_rows_are_the_same_however_many_validation_rows_there_are(name: str) -> None:
    without, with_some = loaded(name, 0.0), loaded(name, 0.25)
    np.testing.assert_array_equal(without.raw_test, with_some.raw_test)
    np.testing.assert_array_equal(
        without.in_own_units(without.y_test).round(3), with_some.in_own_units(with_some.y_test).round(3)
    )
    others = np.concatenate([with_some.raw_train, with_some.raw_validation])
    assert sorted(map(tuple, others)) == sorted(map(tuple, without.raw_train))


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_scalers_and_targets_see_the_remaining_training_rows_only(scaling: str) -> None:
    dataset = loaded("diabetes", 0.3, scaling=scaling)
    scaler = (StandardScaler if scaling == "standard" else MinMaxScaler)().fit(dataset.raw_train)
    for held, raw in (
        (dataset.x_train, dataset.raw_train),
        (dataset.x_validation, dataset.raw_validation),
        (dataset.x_test, dataset.raw_test),
    ):
        np.testing.assert_allclose(held, scaler.transform(raw), atol=1e-6)
    own = dataset.in_own_units(dataset.y_train)
    assert own.mean() == pytest.approx(dataset.target_mean, rel=1e-5)
    assert own.std() == pytest.approx(dataset.target_scale, rel=1e-5)


def test_there_are_as_many_rows_as_the_configuration_says() -> None:
    for name in ("iris", "digits", "moons", "diabetes"):
        for share in (0.0, 0.05, 0.33, 0.5):
            config = DatasetConfig(name=name, validation_fraction=share)
            dataset = load_dataset(config, seed=1)
            found = (len(dataset.x_train), len(dataset.x_validation), len(dataset.x_test))
            assert found == (config.train_rows, config.validation_rows, config.test_rows)


def test_without_a_share_there_are_no_validation_rows() -> None:
    dataset = loaded("iris", 0.0)
    assert not dataset.has_validation_rows
    assert dataset.x_validation.shape == dataset.raw_validation.shape == (0, 4)
    assert dataset.y_validation.shape == (0,)
    assert dataset.x_validation.dtype == dataset.x_train.dtype


def test_a_split_has_every_row_once() -> None:
    config = DatasetConfig(name="wine", validation_fraction=0.25)
    target = datasets.load_wine().target
    split = split_rows(config, target, seed=8)
    assert sorted(np.concatenate(split).tolist()) == list(range(len(target)))


def test_validation_arrays_of_ones_own_are_held_as_they_are() -> None:
    x, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
    dataset = dataset_of_arrays(x, y, x[:2], y[:2], x[2:5], y[2:5])
    assert np.shares_memory(dataset.x_validation, x)
    assert dataset.y_validation.tolist() == [0, 1, 0]
    assert not dataset_of_arrays(x, y, x[:2], y[:2]).has_validation_rows
