"""Excel workbooks: the first sheet with content, and none that would fill the memory."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest

from core import TableRefused, read_table
from core.tables import workbook as limits_of_workbooks
from tests.core.tables.workbooks import Day, Raw, letters, sheet, workbook

ROWS: list[list[object]] = [
    ["name", "age", "dose", "when", "ill"],
    ["Ann", 30, 0.5, Day(45292), True],
    ["Bob", None, 1.25, Day(45293), False],
]


def test_a_sheet_is_a_table() -> None:
    table = read_table(workbook({"Sheet1": ROWS}), "x.xlsx")
    frame = table.frame
    assert frame["name"].tolist() == ["Ann", "Bob"]
    assert frame["age"].tolist()[0] == 30
    assert frame["dose"].tolist() == [0.5, 1.25]
    assert frame["when"].tolist() == ["2024-01-01", "2024-01-02"]
    assert frame["ill"].tolist() == ["TRUE", "FALSE"]
    assert [column.kind for column in table.columns] == ["category", "number", "number", "date", "yes_no"]
    assert table.assumptions == ()


def test_the_first_sheet_with_cells_is_read_and_said() -> None:
    table = read_table(workbook({"Empty": [], "Data": ROWS, "Notes": [["x"]]}), "x.xlsx")
    assert table.rows == 2
    assert "'Data'" in table.assumptions[0]
    assert "Notes" in table.assumptions[0]


def test_what_is_text_in_a_workbook_stays_text() -> None:
    table = read_table(workbook({"A": [["zip", "id"], ["01234", 1234567890123456], ["99999", 2]]}), "x.xlsx")
    assert table.frame["zip"].tolist() == ["01234", "99999"]
    assert table.frame["id"].tolist() == ["1234567890123456", "2"]


def test_a_title_above_and_empty_rows_are_skipped_and_said() -> None:
    rows = [["Report"], [], ["a", "b", "c"], [1, 2, 3], [4, 5, 6]]
    table = read_table(workbook({"A": rows}), "x.xlsx")
    assert list(table.frame.columns) == ["a", "b", "c"]
    assert table.frame["c"].tolist() == [3, 6]
    assert "skipped" in table.assumptions[0]


def test_a_note_below_is_refused_with_its_row() -> None:
    with pytest.raises(TableRefused, match="Source"):
        read_table(workbook({"A": [["a", "b", "c"], [1, 2, 3], [4, 5, 6], [], ["Source: me"]]}), "x.xlsx")


def test_errors_of_formulas_are_a_question() -> None:
    error = Raw('<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    table = read_table(workbook({"A": [["a", "b"], [1, 2], [error, 3], [4, 5], [6, 7]]}), "x.xlsx")
    assert table.frame["b"].tolist() == [2, 3, 5, 7]
    assert table.rows == 4


def test_formulas_without_a_value_are_said() -> None:
    """As programs write them that do not compute."""
    bare, computed = Raw('<c r="@"><f>B2*2</f><v></v></c>'), Raw('<c r="@"><f>B2*2</f><v>8</v></c>')
    table = read_table(workbook({"A": [["a", "b"], [bare, 2], [computed, 4], [bare, 5]]}), "x.xlsx")
    assert table.frame["a"].isna().tolist() == [True, False, True]
    assert any("2 formulas have no value" in sentence for sentence in table.assumptions)


@pytest.mark.parametrize(
    ("rows", "said"),
    [([], "no cells"), ([["a", "b"]], "only one line"), ([[f"c{index}" for index in range(1200)], [1]], "columns")],
)
def test_a_workbook_without_a_table_is_refused(rows: list[list[object]], said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        read_table(workbook({"A": rows}), "x.xlsx")


def test_a_workbook_named_csv_is_refused_as_what_it_is() -> None:
    with pytest.raises(TableRefused, match="Excel workbook"):
        read_table(workbook({"A": ROWS}), "x.csv")


def test_a_damaged_workbook_is_refused() -> None:
    data = workbook({"A": ROWS})
    for broken in (
        data[: len(data) // 2],
        data[:200] + bytes(200) + data[400:],
        data.replace(b"sheet1.xml", b"sheet9.xml"),
    ):
        with pytest.raises(TableRefused):
            read_table(broken, "x.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_of_workbooks, "MAX_UNPACKED", 2**20)
    with pytest.raises(TableRefused, match="unpacks"):
        read_table(workbook({"A": ROWS}, {"xl/media/bomb.bin": bytes(2**21)}), "x.xlsx")


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(workbook({"A": ROWS}, {"xl/media/bomb.bin": bytes(2**20)}))
    for name in (b"PK\x01\x02", b"PK\x03\x04"):  # say 10 bytes in both headers
        at = data.rfind(b"xl/media/bomb.bin")
        start = data.rfind(name, 0, at if name == b"PK\x01\x02" else data.find(b"xl/media/bomb.bin") + 1)
        offset = 24 if name == b"PK\x01\x02" else 22
        data[start + offset : start + offset + 4] = (10).to_bytes(4, "little")
    with pytest.raises(TableRefused):
        read_table(bytes(data), "x.xlsx")


@pytest.mark.parametrize("corner", ["XFD1048576", "ALL1048576"])
def test_two_cells_in_opposite_corners_are_refused(corner: str) -> None:
    """A library that lays out all cells between them takes gigabytes."""
    row = corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    xml = sheet([[1]]).replace("</sheetData>", f'<row r="{row}"><c r="{corner}"><v>1</v></c></row></sheetData>')
    with pytest.raises(TableRefused, match=r"columns|unpacks"):
        read_table(workbook({"A": xml}), "x.xlsx")


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_of_workbooks, "MAX_WORKBOOK_CELLS", 1000)
    xml = sheet([[1]]).replace("</sheetData>", f'<row r="2">{"<c/>" * 1_100}</row></sheetData>')
    with pytest.raises(TableRefused, match="unpacks"):
        read_table(workbook({"A": xml}), "x.xlsx")


def test_a_zip_of_something_else_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    with pytest.raises(TableRefused, match="ZIP"):
        read_table(out.getvalue(), "x.xlsx")


def test_the_oracle_s_days_are_days() -> None:
    assert datetime.date(1899, 12, 30) + datetime.timedelta(45292) == datetime.date(2024, 1, 1)
    assert letters(16383) == "XFD"
