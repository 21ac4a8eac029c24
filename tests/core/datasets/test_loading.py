"""Loading, against scikit-learn's own loaders, split and scalers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from core.datasets import Dataset, generate, load_dataset
from core.experiment.catalogue import CATALOG
from core.experiment.config import MAX_SEED, problems_of
from core.experiment.dataset import DatasetConfig
from tests.drawings import clusters, dataset_config

SYNTHETIC = [name for name, info in CATALOG.items() if info.is_synthetic]
CLASSIFIED = ["iris", "wine", "breast_cancer", "digits"]


def split(name: str, *, fraction: float, seed: int) -> list[np.ndarray]:
    """scikit-learn's rows, split by scikit-learn."""
    if name == "diabetes":
        x, y = datasets.load_diabetes(return_X_y=True, scaled=False)
        return train_test_split(x, y, test_size=fraction, random_state=seed)
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return train_test_split(x, y, test_size=fraction, random_state=seed, stratify=y)


@pytest.mark.parametrize(("fraction", "seed"), [(0.2, 0), (0.35, 7)])
@pytest.mark.parametrize("name", [*CLASSIFIED, "diabetes"])
def test_real_rows_are_scikit_learn_s_and_split_alike(name: str, fraction: float, seed: int) -> None:
    x_train, x_test, y_train, y_test = split(name, fraction=fraction, seed=seed)
    dataset = load_dataset(DatasetConfig(name=name, test_fraction=fraction), seed=seed)
    np.testing.assert_array_equal(dataset.raw_train, x_train)
    np.testing.assert_array_equal(dataset.raw_test, x_test)
    np.testing.assert_allclose(dataset.in_own_units(dataset.y_train), y_train, rtol=1e-5)
    np.testing.assert_allclose(dataset.in_own_units(dataset.y_test), y_test, rtol=1e-5)


def test_wine_has_thirty_six_test_rows_in_the_classes_proportions() -> None:
    dataset = load_dataset(DatasetConfig(name="wine"))
    assert len(dataset.x_train) == 142
    assert np.bincount(dataset.y_test).tolist() == [12, 14, 10]  # of 59, 71 and 48


@pytest.mark.parametrize("name", [*CLASSIFIED, *SYNTHETIC])
def test_classes_keep_their_proportions(name: str) -> None:
    config = DatasetConfig(name=name, test_fraction=0.3)
    dataset = load_dataset(config)
    if config.n_classes:
        shares = [np.bincount(y) / len(y) for y in (dataset.y_train, dataset.y_test)]
        np.testing.assert_allclose(shares[0], shares[1], atol=1 / len(dataset.y_test))
    else:
        assert dataset.y_train.dtype == np.float32


@pytest.mark.parametrize(("scaling", "scaler"), [("standard", StandardScaler), ("minmax", MinMaxScaler)])
@pytest.mark.parametrize("name", ["iris", "digits", "diabetes"])
def test_inputs_are_scaled_as_scikit_learn_would_on_the_training_rows(name: str, scaling: Any, scaler: Any) -> None:
    x_train, x_test, *_ = split(name, fraction=0.2, seed=0)
    fitted = scaler().fit(x_train)
    dataset = load_dataset(DatasetConfig(name=name, scaling=scaling))
    np.testing.assert_allclose(dataset.x_train, fitted.transform(x_train), atol=1e-6)
    np.testing.assert_allclose(dataset.x_test, fitted.transform(x_test), atol=1e-6)


def test_scaler_ignores_test_rows() -> None:
    dataset = load_dataset(DatasetConfig(name="wine"))
    np.testing.assert_allclose(dataset.x_train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dataset.x_train.std(axis=0), 1, atol=1e-5)
    assert np.abs(dataset.x_test.mean(axis=0)).max() > 0.01


def test_minmax_training_rows_fill_zero_to_one() -> None:
    dataset = load_dataset(DatasetConfig(name="iris", scaling="minmax"))
    np.testing.assert_allclose(dataset.x_train.min(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dataset.x_train.max(axis=0), 1, atol=1e-6)


def test_without_scaling_inputs_are_the_raw_rows() -> None:
    dataset = load_dataset(DatasetConfig(name="iris", scaling="none"))
    np.testing.assert_array_equal(dataset.x_test, dataset.raw_test.astype(np.float32))


@pytest.mark.parametrize("name", ["diabetes", "plane", "bumps"])
def test_targets_are_standardised_on_the_training_rows_only(name: str) -> None:
    dataset = load_dataset(DatasetConfig(name=name))
    assert dataset.y_train.mean() == pytest.approx(0, abs=1e-5)
    assert dataset.y_train.std() == pytest.approx(1, abs=1e-5)
    assert abs(dataset.y_test.mean()) > 1e-3
    own = dataset.in_own_units(dataset.y_train)
    assert own.mean() == pytest.approx(dataset.target_mean, rel=1e-4, abs=1e-6)
    assert own.std() == pytest.approx(dataset.target_scale, rel=1e-4)


def test_diabetes_is_in_years_and_its_own_units() -> None:
    dataset = load_dataset(DatasetConfig(name="diabetes"))
    age = np.concatenate([dataset.raw_train, dataset.raw_test])[:, 0]
    assert (age.min(), age.max()) == (19, 79)
    assert dataset.in_own_units(dataset.y_train).min() >= 24.9


@pytest.mark.parametrize("name", list(CATALOG))
def test_arrays_have_the_shapes_and_types_that_training_expects(name: str) -> None:
    dataset = load_dataset(dataset_config(name))
    for x, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        assert x.shape == (len(y), len(dataset.feature_names))
        assert y.shape == (len(x),)
        assert x.dtype == np.float32
        assert y.dtype == (np.float32 if dataset.task == "regression" else np.int64)
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()
        assert x.flags.c_contiguous


def arrays(dataset: Dataset) -> list[np.ndarray]:
    return [dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test]


@pytest.mark.parametrize("name", list(CATALOG))
@pytest.mark.parametrize("seed", [0, 1, MAX_SEED])
def test_the_same_seed_gives_the_same_rows(name: str, seed: int) -> None:
    one, again = (arrays(load_dataset(dataset_config(name), seed=seed)) for _ in range(2))
    for left, right in zip(one, again, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("name", list(CATALOG))
def test_another_seed_gives_another_split(name: str) -> None:
    one, other = (load_dataset(dataset_config(name), seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.raw_test, other.raw_test)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_rows_are_those_of_generate(name: str) -> None:
    config = DatasetConfig(name=name, samples=80)
    dataset = load_dataset(config, seed=5)
    drawn, _ = generate(config, seed=5)
    loaded = np.concatenate([dataset.raw_train, dataset.raw_test])
    np.testing.assert_array_equal(np.sort(loaded, axis=0), np.sort(drawn, axis=0))


def test_chosen_columns_come_in_the_order_chosen() -> None:
    names = ("petal width (cm)", "sepal length (cm)")
    some = load_dataset(DatasetConfig(name="iris", features=names))
    every = load_dataset(DatasetConfig(name="iris"))
    assert some.feature_names == names
    np.testing.assert_array_equal(some.x_train, every.x_train[:, [3, 0]])
    assert some.raw_feature_names == every.raw_feature_names
    np.testing.assert_array_equal(some.raw_test, every.raw_test)


def test_engineered_features_are_computed_and_then_scaled() -> None:
    names = ("x", "y", "x2", "y2", "xy", "sin_x", "sin_y")
    dataset = load_dataset(DatasetConfig(name="circles", features=names))
    x, y = dataset.raw_train.T
    features = np.stack([x, y, x**2, y**2, x * y, np.sin(x), np.sin(y)], axis=1)
    np.testing.assert_allclose(dataset.x_train, StandardScaler().fit_transform(features), atol=1e-5)


def test_the_order_of_engineered_features_is_kept() -> None:
    dataset = load_dataset(DatasetConfig(name="xor", features=("xy", "x"), scaling="none"))
    x, y = dataset.raw_test.T
    np.testing.assert_allclose(dataset.x_test, np.stack([x * y, x], axis=1), rtol=1e-6)


def drawn(*counts: int, **more: Any) -> DatasetConfig:
    return DatasetConfig.model_validate({"name": "drawn", "points": clusters(*counts), **more})


@pytest.mark.parametrize("seed", [0, 1, 77])
def test_drawn_points_are_the_rows_whatever_the_seed(seed: int) -> None:
    config = drawn(12, 30, 9)
    dataset = load_dataset(config, seed=seed)
    rows = np.concatenate([dataset.raw_train, dataset.raw_test])
    labels = np.concatenate([dataset.y_train, dataset.y_test])
    loaded = sorted((x, y, int(label)) for (x, y), label in zip(rows, labels, strict=True))
    np.testing.assert_allclose(loaded, sorted(clusters(12, 30, 9)))
    assert dataset.class_names == ("class 1", "class 2", "class 3")


def test_drawn_points_are_split_as_scikit_learn_would() -> None:
    x_train, x_test, y_train, y_test = train_test_split(
        *np.split(np.array(clusters(40, 60)), [2], axis=1), test_size=0.25, random_state=5, stratify=[0] * 40 + [1] * 60
    )
    dataset = load_dataset(drawn(40, 60, test_fraction=0.25), seed=5)
    np.testing.assert_allclose(dataset.raw_train, x_train)
    np.testing.assert_allclose(dataset.raw_test, x_test)
    assert dataset.y_train.tolist() == y_train.ravel().tolist()
    assert dataset.y_test.tolist() == y_test.ravel().tolist()


def test_every_small_drawing_either_splits_or_is_refused_in_a_sentence() -> None:
    split = 0
    for counts in [(5, 5), (2, 8), (2, 2, 6), (2, 2, 2, 2, 2), (2, 2, 2, 2, 2, 2), (2, 1998), (3, 3, 3, 3)]:
        for fraction in (0.05, 0.1, 0.2, 0.35, 0.5, 0.9):
            points = [(x % 6, y, label) for x, y, label in clusters(*counts)]
            try:
                config = DatasetConfig.model_validate({"name": "drawn", "points": points, "test_fraction": fraction})
            except ValidationError as error:
                ((_, sentence),) = problems_of(error)
                assert re.search(
                    r" Draw more points( of it)? or choose test_fraction 0\.\d+, the nearest that works\.$",
                    str(sentence),
                )
                continue
            dataset = load_dataset(config)
            assert (len(dataset.x_train), len(dataset.x_test)) == (config.train_rows, config.test_rows)
            split += 1
    assert split == 13  # of 42; the others leave a class without a training or a test row


def test_drawn_points_have_engineered_features() -> None:
    dataset = load_dataset(drawn(10, 10, features=["x2", "xy"], scaling="none"))
    x, y = dataset.raw_test.T
    np.testing.assert_allclose(dataset.x_test, np.stack([x * x, x * y], axis=1), rtol=1e-6)
