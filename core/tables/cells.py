"""From columns of text to numbers, where a whole column is numbers beyond doubt; otherwise text stays as written.

Numbers are 64-bit integers or floats with a decimal point or, where the file says so, a decimal comma with points
between thousands: which of the two, all columns decide together. These stay text: what has leading zeros (007),
integers of 16 or more digits (identifiers, which a float would change), and what no float holds (1e400, inf). Within
numbers, blanks around a cell are no part of it, and the words in `core.tables.text_columns.ABSENT` are missing cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.tables.numbers import INTEGER, Numbers, with_comma, with_point, with_thousands_commas
from core.tables.questions import question_about
from core.tables.table import Question
from core.tables.text_columns import first_cells_match

if TYPE_CHECKING:
    import pyarrow


@dataclass
class Cells:
    """The columns of a table.

    Attributes:
        arrays: int64, float64 or string.
        comma_columns: indices of those read with a decimal comma; `with_thousands` of those with points between
            thousands.
        three_decimals: of those whose points may also have stood between thousands.
        questions: what only a person can decide.
    """

    arrays: list[Any] = field(default_factory=list)
    comma_columns: list[int] = field(default_factory=list)
    with_thousands: list[int] = field(default_factory=list)
    three_decimals: list[int] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def typed(columns: Sequence[pyarrow.ChunkedArray], names: Sequence[str], decimal: str | None) -> Cells:
    """Numbers where a whole column is numbers.

    Args:
        columns: text; None where a cell is empty. The list is emptied meanwhile, to free memory.
        names: for questions.
        decimal: the mark that a person chose, None to find it.
    """
    cells = Cells()
    waiting: dict[int, Numbers] = {}
    pointed = comma = False
    columns = columns if isinstance(columns, list) else list(columns)
    for index in range(len(columns)):
        text, columns[index] = columns[index], None
        point = with_point(text) if decimal != "," or first_cells_match(text, INTEGER) else None
        other = with_comma(text) if point is None or (point.is_doubtful and decimal != ".") else None
        if point is not None and not point.is_doubtful:
            cells.arrays.append(point.array)
            pointed |= point.has_fractions
            continue
        if decimal == "." and point is None:
            other = with_thousands_commas(text)
            cells.arrays.append(text if other is None else other.array)
            continue
        cells.arrays.append(text if point is None else point.array)
        if other is not None:
            waiting[index] = other
            comma |= not other.is_doubtful
    is_comma = decimal == "," or (decimal is None and comma)
    for index, numbers in waiting.items():
        is_point = cells.arrays[index].type != "string"
        if not numbers.is_doubtful or (is_comma and not pointed) or decimal == ",":
            cells.arrays[index] = numbers.array
            cells.comma_columns.append(index)
            if numbers.has_thousands:
                cells.with_thousands.append(index)
        elif is_point:
            cells.three_decimals.append(index)
    for index, array in enumerate(cells.arrays):
        if array.type == "string":
            question = question_about(index, array, names[index], decimal)
            if question is not None:
                cells.questions.append(question)
    cells.arrays = [_joined(array) for array in cells.arrays]
    return cells


def _joined(array: Any) -> Any:
    import pyarrow

    if not isinstance(array, pyarrow.ChunkedArray):
        return array
    if array.type == "string":  # one chunk of text may hold 2 GB at most; it stays in its chunks
        return array
    return array.combine_chunks()
