"""A data set with faults: broken before the split, known before a row is read, there and back in a link."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from core import ExperimentConfig, load_dataset
from core.datasets import Dataset
from core.exchange.faults_link import read_faults, write_faults
from core.exchange.link import from_query, to_query
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.faults import FaultsConfig
from core.faults import FAULTS

CASES: dict[str, dict[str, Any]] = {
    "missing_at_random": {"missing": {"kind": "missing_at_random", "columns": ["age (years)"]}},
    "missing_by_target": {"missing": {"kind": "missing_by_target", "share": 0.5}},
    "wrong_labels": {"wrong_labels": {"kind": "wrong_labels"}},
    "missed_cases": {"wrong_labels": {"kind": "missed_cases", "seed": 3}},
    "imbalance": {"imbalance": {}},
    "leak": {"leak": {}},
    "copies": {"duplicates": {"times": 3}},
    "device": {"shift": {"kind": "device"}},
    "units": {"shift": {"kind": "units"}},
    "stuck_device": {"shift": {"kind": "stuck_device"}},
    "screening": {"shift": {"kind": "screening"}},
}


def clinic(faults: dict[str, Any] | None) -> DatasetConfig:
    return DatasetConfig.model_validate({"name": "clinic", "faults": faults})


def test_every_fault_is_here() -> None:
    assert set(CASES) == set(FAULTS)


@pytest.mark.parametrize("kind", CASES)
def test_what_is_known_before_is_what_is_loaded(kind: str) -> None:
    config = clinic(CASES[kind])
    dataset = load_dataset(config, seed=1)
    assert len(dataset.x_train) + len(dataset.x_test) == config.rows
    assert dataset.x_train.shape[1] == len(config.feature_names)
    assert np.isfinite(dataset.x_train).all()
    counts = np.bincount(np.concatenate([dataset.y_train, dataset.y_test]))
    assert tuple(counts) == config.info.class_rows
    assert len(dataset.raw_feature_names) == dataset.raw_train.shape[1]


def labels_by_row(dataset: Dataset) -> dict[int, int]:
    assert dataset.numbers is not None
    rows = zip(dataset.numbers.train, dataset.y_train, strict=True)
    return {int(row): int(label) for row, label in rows}


def test_the_same_seed_breaks_the_same_rows() -> None:
    first, same, other = (
        load_dataset(clinic({"wrong_labels": {"kind": "wrong_labels", "seed": seed}})) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.y_train, same.y_train)
    assert labels_by_row(first) == labels_by_row(same) != labels_by_row(other)


def test_copies_know_the_row_that_they_were() -> None:
    dataset = load_dataset(clinic({"duplicates": {"times": 3}}))
    assert dataset.numbers is not None
    shared = set(dataset.numbers.train) & set(dataset.numbers.test)
    assert shared, "the same patient stands on both sides: that is the fault"


def test_a_set_of_measurements_can_lack_values_too() -> None:
    config = DatasetConfig.model_validate(
        {"name": "breast_cancer", "faults": {"missing": {"kind": "missing_at_random"}}}
    )
    dataset = load_dataset(config)
    assert "worst area = ?" in dataset.feature_names
    assert np.isfinite(dataset.x_train).all()


def test_faults_leave_no_trace_where_there_are_none() -> None:
    assert clinic({}) == clinic(None)
    assert "faults" not in clinic({}).model_dump()
    outside = clinic({"shift": {"kind": "units"}})
    np.testing.assert_array_equal(load_dataset(outside).x_train, load_dataset(clinic(None)).x_train)


@pytest.mark.parametrize("name", ["diabetes", "moons", "digits", "patients"])
def test_what_cannot_be_broken_is_said(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate({"dataset": {"name": name, "faults": {"leak": {}}}})
    ((field, sentence),) = problems_of(caught.value)
    assert field == "dataset"
    assert f"not for '{name}'" in str(sentence)


@pytest.mark.parametrize("kind", CASES)
def test_a_link_has_them(kind: str) -> None:
    faults = FaultsConfig.model_validate(CASES[kind])
    assert FaultsConfig.model_validate(read_faults(write_faults(faults))) == faults
    config = ExperimentConfig.model_validate({"dataset": {"name": "clinic", "faults": CASES[kind]}})
    link = from_query(to_query(config))
    assert (link.config, link.problems) == (config, ())


@pytest.mark.parametrize("text", ["fire", "leak:spread-often", "leak:colour-3", "missing_at_random:columns-nobody"])
def test_a_bad_fault_in_a_link_is_named(text: str) -> None:
    link = from_query({"dataset": "clinic", "epochs": "7", "faults": text})
    assert len(link.problems) == 1
    assert "faults" in str(link.problems[0])
    assert (link.config.dataset.name, link.config.training.epochs) == ("clinic", 7)
