"""Tables as CSV: in parts, and nothing in them is calculated."""

from __future__ import annotations

import csv
import io

import pytest

from pages.server.saved_files import _lines


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    text = "".join(_lines([[cell]], [[cell]]))
    assert rows_of(text) == [[f"'{cell}"], [f"'{cell}"]]


def test_numbers_and_harmless_text_stay_as_they_are() -> None:
    text = "".join(_lines([["a"]], [[-1.5], [float("nan")], ["a=b"], ["-"[:0]], ['say "x", y']]))
    assert rows_of(text) == [["a"], ["-1.5"], ["nan"], ["a=b"], [""], ['say "x", y']]


def test_a_long_table_travels_in_parts() -> None:
    parts = list(_lines([["epoch"]], ([epoch] for epoch in range(1, 1202))))
    assert [part.count("\n") for part in parts] == [1, 500, 500, 201]
    assert "".join(parts).split() == ["epoch", *map(str, range(1, 1202))]
