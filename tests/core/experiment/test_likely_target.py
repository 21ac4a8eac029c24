"""Which column is taken for the one to be predicted, until somebody chooses another."""

from __future__ import annotations

import pytest

from core.experiment.likely_target import likely_target
from core.experiment.table_schema import ColumnSchema, TableSchema

AGE = ColumnSchema("age", "number", distinct=60)
NOTE = ColumnSchema("note", "text", distinct=98)
CITY = ColumnSchema("city", "category", distinct=3, levels=(("A", 60), ("B", 25), ("C", 15)))
SMOKER = ColumnSchema("smoker", "yes_no", distinct=2, levels=(("no", 70), ("yes", 30)))


def called(name: str) -> ColumnSchema:
    return ColumnSchema(name, "category", distinct=2, levels=(("a", 50), ("b", 50)))


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ([called("outcome"), SMOKER, AGE], "outcome"),
        ([called("30-day death"), CITY], "30-day death"),
        ([called("诊断"), SMOKER], "诊断"),
        ([called("class"), called("y"), CITY], "y"),
        ([SMOKER, CITY], "city"),
        ([SMOKER, CITY, AGE], "smoker"),
        ([CITY, AGE, NOTE], "age"),
        ([CITY, AGE, ColumnSchema("status", "text", distinct=98)], "age"),
        ([AGE, AGE], "age (2)"),
    ],
    ids=[
        "its name",
        "the end of its name",
        "a Chinese name",
        "the last of several names",
        "the last, which has levels",
        "yes or no before a last number",
        "the last number before free text",
        "no name makes a target of free text",
        "its label, where names repeat",
    ],
)
def test_a_target_is_proposed(columns: list[ColumnSchema], target: str) -> None:
    assert likely_target(TableSchema("csv-" + 32 * "0", "", 100, tuple(columns))) == target


def test_where_nothing_can_be_predicted_the_last_column_is_named_and_refused_later() -> None:
    assert (
        likely_target(TableSchema("csv-" + 32 * "0", "", 100, (NOTE, ColumnSchema("seen", "date", distinct=9))))
        == "seen"
    )
