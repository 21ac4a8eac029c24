"""Before and after of a preparation: the training rows' own values, and the inputs that training gets."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.datasets import load_dataset
from core.errors import CannotTrain
from core.experiment.config import ExperimentConfig
from core.tables import open_tables, read_table
from core.tasks import KINDS

ROWS = 100


def compared(config: ExperimentConfig) -> dict[str, Any]:
    kind = KINDS["preparation"]
    work = kind.work(SimpleNamespace(config=config), kind.options())
    shares = []
    while True:
        try:
            shares.append(next(work).done)
        except StopIteration as end:
            assert shares == sorted(shares)
            told: dict[str, Any] = json.loads(end.value)
            return told


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    lines = ["age,weight,city,smoker,height,ill"]
    for row in range(ROWS):
        age = "" if row % 10 == 3 else 9_000 if row == 50 else 20 + row % 60
        city = ["Lima", "Rome", "Oslo"][row % 3]
        lines.append(f"{age},{60.25 + row % 7},{city},{'yes' if row % 4 else 'no'},{1.5 + row / 100},{'yn'[row % 2]}")
    return open_tables().add(read_table("\n".join(lines).encode(), "t.csv"), owner="somebody")


def test_values_before_and_inputs_after_are_counted_on_training_rows(content: str) -> None:
    config = ExperimentConfig.model_validate(
        {
            "dataset": {
                "name": content,
                "target": "ill",
                "preparation": {
                    "outliers": "clip",
                    "columns": [{"column": "height", "scaling": "none", "outliers": "keep"}],
                },
            },
            "seed": 1,
        }
    )
    told = compared(config)
    dataset = load_dataset(config.dataset, seed=1)
    raw = dataset.raw_train
    assert (told["rows_before"], told["rows_after"]) == (80, 80)
    assert told["unchanged"] == ["height"]
    age, weight, city, smoker = told["columns"]
    known = raw[~np.isnan(raw[:, 0]), 0]
    assert (age["before"]["missing"], age["before"]["high"]) == (80 - len(known), known.max())
    assert age["before"]["counts"] == np.histogram(known, bins=24, range=(known.min(), known.max()))[0].tolist()
    filled, marked = age["after"]
    assert filled["name"] == "age"
    assert sum(filled["counts"]) == 80
    assert filled["high"] == pytest.approx(float(dataset.x_train[:, 0].max()))
    assert marked["levels"] == [["age = ?", 80 - len(known)]]
    assert weight["after"][0]["mean"] == pytest.approx(0.0, abs=1e-6)
    assert sorted(city["before"]["levels"]) == [
        [name, int((raw[:, 2] == place).sum())] for place, name in enumerate(("Lima", "Oslo", "Rome"))
    ]
    assert {name for name, _ in city["after"][0]["levels"]} == {"city = Lima", "city = Oslo", "city = Rome"}
    assert smoker["after"][0]["levels"] == [["smoker = yes", int(raw[:, 3].sum())]]


def test_dropped_and_balanced_rows_show(content: str) -> None:
    def rows(**preparation: Any) -> tuple[int, int]:
        given = {"name": content, "target": "smoker", "preparation": preparation}
        told = compared(ExperimentConfig.model_validate({"dataset": given}))
        return told["rows_before"], told["rows_after"]

    assert rows(balance="oversample") == (80, 120)
    assert rows(missing="drop_rows") == (80, 72)
    dropped = ExperimentConfig.model_validate(
        {"dataset": {"name": content, "target": "ill", "preparation": {"missing": "drop_column"}}}
    )
    assert compared(dropped)["left_out"] == ["age"]


def test_what_has_no_columns_is_refused() -> None:
    with pytest.raises(CannotTrain, match="Only the columns of a table are prepared"):
        compared(ExperimentConfig())
