"""Files as they arrive: each is read as the table that it is, or refused in words. None is guessed in silence."""

from __future__ import annotations

import math
import time

import pytest

from core import read_table
from core.errors import DescentError, TableRefused
from tests.core.tables.bad_files import READ, REFUSED, BadFile


def same(read: object, expected: object) -> bool:
    """Equal in value and in type of number; a missing cell is None."""
    if expected is None:
        return read is None or (isinstance(read, float) and math.isnan(read))
    return read == expected and isinstance(read, str) == isinstance(expected, str)


def test_there_are_enough_of_them() -> None:
    assert len(READ) + len(REFUSED) >= 70
    assert len({file.name for file in (*READ, *REFUSED)}) == len(READ) + len(REFUSED)


@pytest.mark.parametrize("file", READ, ids=lambda file: file.name)
def test_a_readable_file_is_read_as_what_it_is(file: BadFile) -> None:
    assert file.columns is not None
    table = read_table(file.data, "file" + file.ending)
    names = [name for name, _ in file.columns]
    assert [column.name for column in table.columns] == names
    assert list(table.frame.columns) == names
    assert table.rows == len(table.frame) == len(file.columns[0][1])
    for index, (name, cells) in enumerate(file.columns):
        column = table.frame.iloc[:, index]
        assert all(same(*pair) for pair in zip(column.tolist(), cells, strict=True)), (name, column.tolist())
        numbers = [cell for cell in cells if not isinstance(cell, str) and cell is not None]
        if numbers:
            whole = all(isinstance(cell, int) for cell in cells)
            assert str(column.dtype) in ({"int64"} if whole else {"float64"} | ({"int64"} if all(cells) else set()))
    said = " ".join((*table.assumptions, *(str(question.said) for question in table.questions)))
    for words in file.said:
        assert words in said
    if not file.said:
        assert said == ""


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.name)
def test_a_file_that_is_no_table_is_refused_in_words(file: BadFile) -> None:
    started = time.process_time()
    with pytest.raises(TableRefused) as refused:
        read_table(file.data, "file" + file.ending)
    assert time.process_time() - started < 4
    said = str(refused.value)
    assert isinstance(refused.value, DescentError)
    assert any(words in said for words in file.said), said
    assert said.endswith(".") or said.endswith("?")
    assert "Traceback" not in said
    assert len(said) < 400
    if file.line is not None:
        assert refused.value.line == file.line, said
