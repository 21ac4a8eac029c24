"""The catalogue says what is loaded, for every data set."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from core.datasets import load_dataset
from core.experiment.catalogue import CATALOG
from core.experiment.dataset import DatasetConfig
from core.experiment.inputs import ENGINEERED_INPUTS
from tests.drawings import dataset_config

REAL = [name for name, info in CATALOG.items() if not info.is_planar]


def test_the_data_sets_of_the_design_are_there() -> None:
    synthetic = {"circles", "moons", "xor", "spirals", "blobs", "checkerboard", "plane", "bumps"}
    assert {*REAL} == {"iris", "wine", "breast_cancer", "clinic", "digits", "diabetes", "patients"}
    assert set(CATALOG) == {*REAL, *synthetic, "drawn"}


@pytest.mark.parametrize("name", list(CATALOG))
def test_an_entry_describes_what_is_loaded(name: str) -> None:
    info = CATALOG[name]
    config = dataset_config(name)
    dataset = load_dataset(config)
    assert info.name == dataset.name == name
    assert info.task == dataset.task
    assert info.target_name == dataset.target_name
    assert info.feature_names == dataset.raw_feature_names
    assert dataset.feature_names == (config.feature_names if info.columns else info.feature_names)
    assert dataset.raw_train.shape[1] == len(info.feature_names)
    assert len(dataset.x_train) + len(dataset.x_test) == (info.rows or config.rows)
    if info.task == "regression":
        assert info.class_names is None
        assert dataset.class_names == ()
        assert len(set(dataset.y_train)) > 20
    else:
        assert info.class_names is not None
        shown = info.class_names[: config.n_classes]
        assert dataset.class_names == shown
        assert len(shown) == (info.classes[2] if info.classes else 3 if info.is_drawn else len(info.class_names))
        assert set(dataset.y_train) == set(range(len(shown)))


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_columns_are_called_as_in_scikit_learn(name: str) -> None:
    assert list(CATALOG[name].feature_names) == list(getattr(datasets, f"load_{name}")().feature_names)


def test_pixels_are_called_by_row_and_column() -> None:
    assert list(CATALOG["digits"].feature_names) == [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_classes_are_called_as_in_scikit_learn(name: str) -> None:
    names = getattr(datasets, f"load_{name}")().target_names
    assert list(CATALOG[name].class_names or ()) == [str(each) for each in names]


@pytest.mark.parametrize("name", list(CATALOG))
def test_every_entry_has_a_title_and_one_sentence(name: str) -> None:
    info = CATALOG[name]
    assert info.title
    assert info.sentence[-1] in ".?)"
    if info.rows:
        assert f"{info.rows:,}" in info.sentence


def test_titles_are_told_apart() -> None:
    assert len({info.title for info in CATALOG.values()}) == len(CATALOG)


@pytest.mark.parametrize("name", ["spirals", "blobs"])
def test_as_many_names_as_the_largest_number_of_classes(name: str) -> None:
    info = CATALOG[name]
    assert info.classes is not None
    fewest, most, default = info.classes
    assert fewest <= default <= most == len(info.class_names or ())
    for classes in range(fewest, most + 1):
        dataset = load_dataset(DatasetConfig(name=name, classes=classes))
        assert len(dataset.class_names) == len(np.unique(dataset.y_train)) == classes


def test_every_engineered_feature_can_be_computed() -> None:
    dataset = load_dataset(DatasetConfig(name="moons", features=tuple(ENGINEERED_INPUTS)))
    assert dataset.x_train.shape == (240, len(ENGINEERED_INPUTS))
    assert np.isfinite(dataset.x_train).all()
