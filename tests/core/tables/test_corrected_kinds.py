"""A table is looked at with the kinds that its owner chose, and stays as it was read."""

from __future__ import annotations

import pytest

from core.errors import WrongValue
from core.tables import Table, read_table
from core.tables.corrected import read_kinds, with_kinds, written_kinds
from core.tables.profile import profile_of
from core.tables.vectors import numeric_columns

TEXT = "glucose,ward,ill\n" + "".join(
    f"{'n.k.' if row == 7 else 4 + row / 10},{row % 3},{'yes' if row % 2 else 'no'}\n" for row in range(40)
)


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(TEXT.encode(), "t.csv")


def test_text_that_is_called_numbers_is_described_as_numbers(table: Table) -> None:
    assert [column.kind for column in table.columns] == ["text", "number", "yes_no"]
    assert profile_of(table, 2).columns[0].histogram is None
    told = profile_of(with_kinds(table, {0: "number"}), 2).columns[0]
    assert (told.kind, told.missing, told.missing_rows, told.distinct) == ("number", 1, (8,), 39)
    assert told.mean == pytest.approx(sum(4 + row / 10 for row in range(40) if row != 7) / 39)
    assert table.columns[0].is_text, "the table itself stays as it was read"


def test_numbers_that_are_called_a_category_are_described_by_their_levels(table: Table) -> None:
    chosen = with_kinds(table, {0: "number", 1: "category"})
    told = profile_of(chosen, 2).columns[1]
    assert [(level.value, level.count) for level in told.levels] == [("0", 14), ("1", 13), ("2", 13)]
    assert (numeric_columns(table), numeric_columns(chosen)) == ([1], [0])


def test_kinds_in_an_address_are_checked(table: Table) -> None:
    schema = table.schema("csv-" + 32 * "0", "t.csv")
    kinds = read_kinds("1:category,0:number", schema)
    assert written_kinds(kinds) == "0:number,1:category"
    assert read_kinds("", schema) == {}
    for text, words in {
        "1:yes_no": "has 3 different values",
        "2:number": "cannot be read as 'number'",
        "1:colour": "is no kind of column",
        "9:number": "Expected kinds such as",
        "<b>": "Expected kinds such as",
    }.items():
        with pytest.raises(WrongValue, match=words):
            read_kinds(text, schema)
