"""Outputs of single rows as they travel: which rows, which numbers, and the same from a worker and from the store."""

from __future__ import annotations

import numpy as np
import pytest

from core.protocol import row_outputs
from core.protocol.row_outputs import outputs_part, parts_of_table, targets_part

PROBABILITIES = np.array([[0.9, 0.1], [0.25, 0.75], [0.5, 0.5]])


def test_a_thousand_rows_of_two_classes_are_four_kilobytes() -> None:
    part = outputs_part(3, {"test": np.tile(PROBABILITIES[:2], (500, 1))}, 2)
    assert part.header == {"outputs": {"epoch": 3}}
    assert part.blocks["output_test"].nbytes == 4000


def test_of_two_classes_the_second_s_probability_travels_and_of_more_all() -> None:
    two = outputs_part(0, {"test": PROBABILITIES}, 2).blocks["output_test"]
    assert two.tolist() == [[np.float32(0.1)], [0.75], [0.5]]
    three = outputs_part(0, {"validation": np.eye(3)}, 3).blocks
    assert list(three) == ["output_validation"]
    assert three["output_validation"].tolist() == np.eye(3).tolist()


def test_the_store_s_table_says_what_a_worker_says() -> None:
    columns = {"actual": ["well", "ill", "ill"], "predicted": ["well", "ill", "well"]}
    columns |= {"probability_well": PROBABILITIES[:, 0].tolist(), "probability_ill": PROBABILITIES[:, 1].tolist()}
    targets, outputs = parts_of_table(7, columns, ["well", "ill"])
    assert targets.equals(targets_part({"test": np.array([0, 1, 1])}, 2))
    assert outputs.equals(outputs_part(7, {"test": PROBABILITIES}, 2))


def test_values_travel_in_their_own_units() -> None:
    targets, outputs = parts_of_table(2, {"actual": [1.5, 3.0], "predicted": [None, 2.5]}, [])
    assert targets.blocks["target_test"].tolist() == [1.5, 3.0]
    assert np.isnan(outputs.blocks["output_test"][0, 0])
    assert outputs.blocks["output_test"][1, 0] == 2.5


@pytest.mark.parametrize("classes", [0, 2, 4])
def test_of_very_many_rows_the_same_some_travel_with_their_numbers(
    monkeypatch: pytest.MonkeyPatch, classes: int
) -> None:
    monkeypatch.setattr(row_outputs, "MOST_NUMBERS", 8)
    targets = targets_part({"test": np.arange(100) % max(1, classes)}, classes)
    said = np.tile(np.arange(100)[:, None], (1, max(1, classes)))
    outputs = outputs_part(1, {"test": said}, classes)
    rows = targets.blocks["row_test"]
    assert targets.header["targets"]["kinds"] == {"test": {"rows": 100, "shown": len(rows)}}
    assert outputs.blocks["output_test"].size <= 8
    assert outputs.blocks["output_test"][:, 0].tolist() == rows.tolist()
    assert sorted(set(rows.tolist())) == rows.tolist()
