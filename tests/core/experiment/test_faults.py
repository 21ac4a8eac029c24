"""What is broken on purpose: left out of JSON where nothing is, and counted before a row is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from core.errors import WrongValue
from core.experiment.columns import ColumnConfig
from core.experiment.config import problems_of
from core.experiment.fault_kinds import LEAK_COLUMN
from core.experiment.faults import FaultsConfig
from core.faults import break_source
from tests.core.faults.rows_to_break import rows_to_break

EVERYTHING: dict[str, Any] = {
    "missing": {"kind": "missing_by_target"},
    "wrong_labels": {"kind": "wrong_labels", "share": 0.1},
    "imbalance": {"prevalence": 0.1},
    "leak": {},
    "duplicates": {"times": 2},
    "shift": {"kind": "units", "column": "column 3"},
}


def test_no_fault_leaves_no_trace_in_json() -> None:
    assert FaultsConfig().model_dump_json() == "{}"
    assert not FaultsConfig().parts


def test_json_holds_what_is_not_at_its_default() -> None:
    faults = FaultsConfig.model_validate(EVERYTHING)
    assert faults.model_dump(mode="json") == {
        "missing": {"kind": "missing_by_target"},
        "wrong_labels": {"kind": "wrong_labels", "share": 0.1},
        "imbalance": {"kind": "imbalance", "prevalence": 0.1},
        "leak": {"kind": "leak"},
        "duplicates": {"kind": "copies", "times": 2},
        "shift": {"kind": "units", "column": "column 3"},
    }
    assert FaultsConfig.model_validate_json(faults.model_dump_json()) == faults


def test_they_happen_in_one_order_whatever_the_order_in_json() -> None:
    backwards = FaultsConfig.model_validate(dict(reversed(EVERYTHING.items())))
    kinds = ["imbalance", "missing_by_target", "units", "wrong_labels", "leak", "copies"]
    assert [fault.kind for fault in backwards.parts] == kinds


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"leak": {"spread": -1}}, "leak.spread"),
        ({"imbalance": {"prevalence": 1}}, "imbalance.prevalence"),
        ({"duplicates": {"times": True}}, "duplicates.times"),
        ({"duplicates": {"times": 21}}, "duplicates.times"),
        ({"wrong_labels": {"kind": "wrong_labels", "share": float("nan")}}, "wrong_labels.wrong_labels.share"),
        ({"shift": {"kind": "weather"}}, "shift"),
        ({"missing": {"kind": "missing_at_random", "columns": []}}, ""),
        ({"missing": {"kind": "missing_at_random", "columns": ["a", "a"]}}, ""),
        ({"rain": {}}, "rain"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FaultsConfig.model_validate(wrong)
    assert [name for name, _ in problems_of(refused.value)] == [field]


@pytest.mark.parametrize("class_rows", [(40, 31), (23, 50), (30, 21, 17)])
@pytest.mark.parametrize("part", ["all", *EVERYTHING])
def test_rows_of_each_class_are_known_before_a_row_is_read(class_rows: tuple[int, ...], part: str) -> None:
    faults = FaultsConfig.model_validate(EVERYTHING if part == "all" else {part: EVERYTHING[part]})
    broken = break_source(rows_to_break(*class_rows), faults, event=1).rows
    assert faults.rows_after(class_rows, 1) == tuple(np.bincount(broken.target, minlength=len(class_rows)))


def test_missed_cases_are_counted_too() -> None:
    faults = FaultsConfig.model_validate({"wrong_labels": {"kind": "missed_cases"}})
    assert faults.rows_after((448, 352), 1) == (448 + 211, 352 - 211)


def test_inputs_are_known_before_a_row_is_read() -> None:
    columns = [ColumnConfig(name=name, kind="number") for name in "abcd"]
    faults = FaultsConfig.model_validate({"missing": {"kind": "missing_at_random"}, "leak": {}})
    after = faults.columns_after(columns)
    assert [column.name for column in after] == ["a", "b", "c", "d", LEAK_COLUMN]
    assert [column.missing > 0 for column in after] == [False, False, True, True, False]
    assert FaultsConfig().columns_after(columns) == tuple(columns)


def test_a_column_that_there_is_not_is_named() -> None:
    faults = FaultsConfig.model_validate({"missing": {"kind": "missing_at_random", "columns": ["b", "z"]}})
    with pytest.raises(WrongValue, match=r"there is no column 'z'\. Choose from a, b"):
        faults.columns_with_missing(["a", "b"])


def test_another_seed_moves_that_of_every_fault() -> None:
    faults = FaultsConfig.model_validate({"leak": {"seed": 3}, "duplicates": {}}).with_seed(2)
    assert faults.leak is not None
    assert faults.duplicates is not None
    assert (faults.leak.seed, faults.duplicates.seed) == (5, 2)
