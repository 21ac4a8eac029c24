"""The script of a table runs by itself on the downloaded file, and ends with the weights of `Trainer`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from core import ExperimentConfig, Trainer
from core.datasets.clinic import clinic_csv
from core.exchange.script import keras_script
from core.exchange.table_script import file_of
from core.tables import open_tables, read_table
from core.tables.writing import csv_of

ROWS = 150


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "data"))
    rng = np.random.default_rng(3)
    weight = rng.normal(70, 12, ROWS).round(1)
    weight[rng.random(ROWS) < 0.1] = np.nan
    weight[:3] = 900.0
    frame = pd.DataFrame(
        {
            "patient": [f"p{number}" if number else "" for number in rng.integers(0, 40, ROWS)],
            "weight, kg": weight,
            "smoker": rng.choice(["yes", "no", ""], ROWS, p=[0.4, 0.5, 0.1]),
            "city": rng.choice(["=Köln", "北京", "Lima", ""], ROWS, p=[0.5, 0.3, 0.1, 0.1]),
            "stage": rng.choice(["low", "mid", "high"], ROWS),
            "seen": [f"{day.day}.{day.month}.{day.year}" for day in pd.date_range("2024-01-01", periods=ROWS)],
            "ill": rng.choice(["yes", "no", ""], ROWS, p=[0.3, 0.6, 0.1]),
        }
    )
    table = read_table(frame.to_csv(index=False).encode(), "my patients.csv")
    return open_tables().add(table, owner="somebody")


CASES: dict[str, dict[str, Any]] = {
    "as usual": {"target": "ill"},
    "groups, validation rows": {"target": "ill", "group": "patient", "validation_fraction": 0.2},
    "the latest rows": {"target": "ill", "time": "seen", "inputs": ["weight, kg", "stage"], "scaling": "robust"},
    "all that can be prepared": {
        "target": "ill",
        "kinds": {"stage": "ordered:low|mid|high"},
        "scaling": "minmax",
        "preparation": {
            "missing": "mean",
            "indicator": False,
            "rare": 0.15,
            "outliers": "clip",
            "balance": "oversample",
            "columns": [{"column": "weight, kg", "outliers": "drop"}, {"column": "smoker", "missing": "drop_rows"}],
        },
    },
    "fewer rows, levels as numbers": {
        "target": "ill",
        "preparation": {"balance": "undersample", "encoding": "ordinal", "missing": "drop_column"},
    },
    "class weights": {"target": "ill", "preparation": {"balance": "weights"}, "validation_fraction": 0.2},
    "a number": {"target": "weight, kg", "ignored": ["ill"], "scaling": "none"},
}


@pytest.mark.parametrize("case", CASES)
def test_it_ends_with_the_weights_of_the_trainer(
    case: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": content, **CASES[case]},
            "model": {"hidden_layers": [{"units": 4}]},
            "training": {"epochs": 2},
            "seed": 11,
        }
    )
    script = keras_script(config)
    assert "core." not in script
    (tmp_path / file_of(config.dataset)).write_bytes(b"".join(csv_of(open_tables().get(content))))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), names)
    trainer = Trainer(config)
    trainer.fit()
    ours, theirs = trainer.model.get_weights(), names["model"].get_weights()
    assert isinstance(names["model"], keras.Model)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_clinic_s_script_reads_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = ExperimentConfig.model_validate(
        {"dataset": {"name": "clinic"}, "model": {"hidden_layers": [{"units": 4}]}, "training": {"epochs": 2}}
    )
    (tmp_path / "clinic.csv").write_bytes(clinic_csv())
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(keras_script(config), "script.py", "exec"), names)
    trainer = Trainer(config)
    trainer.fit()
    for one, other in zip(trainer.model.get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_file_has_a_name_that_every_system_takes(content: str) -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": content, "target": "ill"}}).dataset
    assert file_of(config) == "my_patients.csv"
    assert config.table is not None
    odd = config.table.model_copy(update={"title": "../../.csv"})
    assert file_of(config.model_copy(update={"table": odd})) == "table.csv"


FAULTS: dict[str, dict[str, Any]] = {
    "a column more": {"name": "clinic", "faults": {"leak": {"seed": 3}}},
    "missing values": {"name": "breast_cancer", "faults": {"missing": {"kind": "missing_at_random", "share": 0.2}}},
    "three classes, wrong labels and copies": {
        "name": "iris",
        "faults": {"wrong_labels": {"kind": "wrong_labels"}, "duplicates": {"times": 3}},
        "validation_fraction": 0.2,
    },
    "few cases, another device": {
        "name": "clinic",
        "faults": {"imbalance": {"prevalence": 0.2}, "shift": {"kind": "device"}},
        "preparation": {"balance": "oversample"},
    },
}


@pytest.mark.parametrize("case", FAULTS)
def test_rows_broken_on_purpose_are_broken_in_the_script(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clinic.csv").write_bytes(clinic_csv())
    _ends_with_the_same_weights(FAULTS[case], tmp_path, monkeypatch)


def test_rows_of_a_table_with_groups_are_broken_in_the_script(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = {
        "name": content,
        "target": "ill",
        "group": "patient",
        "faults": {
            "missing": {"kind": "missing_by_target", "columns": ["stage"]},
            "wrong_labels": {"kind": "missed_cases", "share": 0.3},
            "leak": {},
            "duplicates": {},
            "shift": {"kind": "units"},
        },
    }
    config = ExperimentConfig.model_validate({"dataset": dataset})
    (tmp_path / file_of(config.dataset)).write_bytes(b"".join(csv_of(open_tables().get(content))))
    _ends_with_the_same_weights(dataset, tmp_path, monkeypatch)


def _ends_with_the_same_weights(dataset: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = ExperimentConfig.model_validate(
        {"dataset": dataset, "model": {"hidden_layers": []}, "training": {"epochs": 1}, "seed": 5}
    )
    script = keras_script(config)
    assert "core." not in script
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), names)
    trainer = Trainer(config)
    trainer.fit()
    for one, other in zip(trainer.model.get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
