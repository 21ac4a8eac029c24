"""From columns of text to numbers, where a whole column is numbers beyond doubt; otherwise text stays as written.

Numbers are 64-bit integers or floats with a decimal point or, where the file says so, a decimal comma with points
between thousands. Text stay: what has leading zeros (007), integers of 16 or more digits (identifiers, which a float
would change), and what no float holds (1e400, inf). Within numbers, blanks around a cell are no part of it, and the
words in `ABSENT` are missing cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.tables.table import Question
from core.words import Said, listed

if TYPE_CHECKING:
    import pyarrow

#: In a column of numbers, a cell that is missing. Among words they stay what they are: NA may be Namibia.
ABSENT = (
    *("NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "-NaN"),
    *("NULL", "null", "Null", "None", "none"),
)

#: Cells of the beginning of a column that say whether it may be numbers.
_SAMPLE = 1000

#: Share of cells that are numbers from which a column of text is a question.
_MOSTLY = 0.5

#: Rows that a question names.
_NAMED = 20

_POINT = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMMA = r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?(?:[eE][+-]?\d+)?"
_THOUSANDS_POINTS = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"
_THOUSANDS_COMMAS = r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?"
_AMBIGUOUS_COMMA = r"[+-]?(?:[1-9]\d{0,2},\d{3}|\d+)"

#: Leading zeros (also 0x1F, which pyarrow takes for a number), integers of 16 digits and more, telephone numbers.
_CODE = r"^[+-]?(0[0-9xX]|[0-9]{16,}$)|^[+][0-9]{7,}$"

_NUMBER = rf"{_POINT}|{_COMMA}|{_THOUSANDS_COMMAS}"
_PADDED_NUMBER = re.compile(rf"\s*(?:{_NUMBER})\s*")
_WITH_UNIT = re.compile(
    r"\s*(?:([^\d\s.,+-]{1,4})\s*)?[+-]?\d+(?:[.,]\d+)*(?:\s*([^\d\s.,]{1,6}(?:/[^\d\s.,]{1,4})?))?\s*"
)


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


@dataclass(frozen=True)
class _Numbers:
    """What a column is with a decimal mark: its numbers, and whether the mark might mean something else."""

    array: Any
    is_doubtful: bool = False
    has_fractions: bool = False
    has_thousands: bool = False


def typed(columns: Sequence[pyarrow.ChunkedArray], names: Sequence[str], decimal: str | None) -> Cells:
    """Numbers where a whole column is numbers.

    Args:
        columns: text; None where a cell is empty. The list is emptied meanwhile, to free memory.
        names: for questions.
        decimal: the mark that a person chose, None to find it.
    """
    cells = Cells()
    waiting: dict[int, _Numbers] = {}
    pointed = comma = False
    columns = columns if isinstance(columns, list) else list(columns)
    for index in range(len(columns)):
        text, columns[index] = columns[index], None
        point = _point(text) if decimal != "," or _is_sample_of_integers(text) else None
        other = _comma(text) if point is None or (point.is_doubtful and decimal != ".") else None
        if point is not None and not point.is_doubtful:
            cells.arrays.append(point.array)
            pointed |= point.has_fractions
            continue
        if decimal == "." and point is None:
            other = _with_commas(text)
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
            question = _question(index, array, names[index], decimal)
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


def _sample(text: Any) -> list[str]:
    """The first cells that are not missing, without blanks around."""
    found: list[str] = []
    for start in range(0, len(text), _SAMPLE):
        for cell in text.slice(start, _SAMPLE).drop_null().to_pylist():
            stripped = cell.strip()
            if stripped and stripped not in ABSENT:
                found.append(stripped)
        if len(found) >= _SAMPLE:
            break
    return found


def _matches(sample: Sequence[str], pattern: str) -> bool:
    compiled = re.compile(pattern, re.ASCII)
    return bool(sample) and all(compiled.fullmatch(cell) for cell in sample)


def _is_sample_of_integers(text: Any) -> bool:
    return _matches(_sample(text), r"[+-]?\d+")


def _matching(text: Any, pattern: str) -> Any:
    """Of each cell, whether all of it matches; None where it is missing."""
    from pyarrow import compute

    return compute.match_substring_regex(text, f"^(?:{pattern})$")


def _all_match(text: Any, pattern: str) -> bool:
    from pyarrow import compute

    return compute.all(_matching(text, pattern)).as_py() is not False


def _any_match(text: Any, pattern: str) -> bool:
    from pyarrow import compute

    return compute.any(compute.match_substring_regex(text, pattern)).as_py() is True


def _cleaned(text: Any) -> Any:
    """Without blanks around cells, and without the words for what is missing."""
    import pyarrow
    from pyarrow import compute

    trimmed = compute.utf8_trim_whitespace(text)
    absent = compute.is_in(trimmed, value_set=pyarrow.array(["", *ABSENT]))
    return compute.if_else(absent, pyarrow.scalar(None, pyarrow.string()), trimmed)


def _cast(text: Any, to: str) -> Any:
    """Numbers, None where a cell is none."""
    import pyarrow
    from pyarrow import compute

    try:
        return compute.cast(text, to)
    except pyarrow.ArrowInvalid:
        return None


def _point(text: Any) -> _Numbers | None:
    """With a decimal point, or integers."""
    from pyarrow import compute

    if not _matches(_sample(text), _POINT):
        return None
    for is_clean in (False, True):  # cleaned only where it has to be
        column = _cleaned(text) if is_clean else text
        whole = _cast(column, "int64")
        if whole is not None:
            return None if _are_codes(column, whole) else _Numbers(whole)
        numbers = _cast(column, "double")
        if numbers is None:
            continue
        if not compute.all(compute.is_finite(numbers)).as_py():
            if compute.any(compute.is_inf(numbers)).as_py():
                return None
            column = _cleaned(column)
            numbers = _cast(column, "double")
        if _may_be_codes(column, numbers) and _any_match(column, _CODE):
            return None
        if compute.any(compute.starts_with(column, "+")).as_py():
            whole = _cast(compute.replace_substring_regex(column, "^[+]", ""), "int64")  # which knows no +5
            if whole is not None:
                return _Numbers(whole)
        doubtful = _matches(_sample(column), _THOUSANDS_POINTS) and _all_match(column, _THOUSANDS_POINTS)
        return _Numbers(numbers, doubtful, has_fractions=True)
    return None


def _are_codes(text: Any, whole: Any) -> bool:
    """Whether integers were written otherwise than numbers are, such as 007, or have 16 digits and more."""
    from pyarrow import compute

    bounds = compute.min_max(whole).as_py()
    if max(abs(bounds["min"] or 0), abs(bounds["max"] or 0)) >= 10**15:
        return True
    other = compute.not_equal(compute.cast(whole, "string"), text)
    return compute.any(other).as_py() is True and _any_match(text, _CODE)


def _may_be_codes(text: Any, numbers: Any) -> bool:
    """Whether it is worth looking: a cell begins with 0 and goes on with no point, or has 16 digits and more."""
    from pyarrow import compute

    bounds = compute.min_max(numbers).as_py()
    if max(abs(bounds["min"] or 0), abs(bounds["max"] or 0)) >= 1e15:
        return True

    def begin_with(start: str) -> int:
        return compute.sum(compute.starts_with(text, start)).as_py() or 0

    return begin_with("+") > 0 or any(begin_with(sign + "0") != begin_with(sign + "0.") for sign in ("", "-"))


def _comma(text: Any) -> _Numbers | None:
    """With a decimal comma, or points between thousands."""
    from pyarrow import compute

    sample = _sample(text)
    if not _matches(sample, _COMMA):
        return None
    column = _cleaned(text)
    if not _all_match(column, _COMMA) or _any_match(column, _CODE):
        return None
    has_commas, has_points = (_any_match(column, sign) for sign in (",", r"\."))
    doubtful = (
        not _any_match(column, r"\.\d{3}\.")
        and not (has_commas and has_points and _any_match(column, r"\..*,"))
        and (_all_match(column, _AMBIGUOUS_COMMA) or not has_commas)
    )
    plain = compute.replace_substring(column, ".", "") if has_points else column
    plain = compute.replace_substring(plain, ",", ".")
    numbers = _cast(plain, "double" if has_commas else "int64")
    if numbers is None or (has_commas and not compute.all(compute.is_finite(numbers)).as_py()):
        return None
    return _Numbers(numbers, doubtful, has_commas, has_points)


def _with_commas(text: Any) -> _Numbers | None:
    """With commas between thousands, where a person chose the decimal point."""
    from pyarrow import compute

    if not _matches(_sample(text), _THOUSANDS_COMMAS):
        return None
    column = _cleaned(text)
    if not _all_match(column, _THOUSANDS_COMMAS) or _any_match(column, _CODE):
        return None
    plain = compute.replace_substring(column, ",", "")
    whole = _cast(plain, "int64")
    numbers = _cast(plain, "double") if whole is None else whole
    return None if numbers is None else _Numbers(numbers)


def _question(index: int, text: Any, name: str, decimal: str | None) -> Question | None:
    """About a column of text that is mostly numbers."""
    sample = _sample(text)
    if not sample:
        return None
    numbers = sum(_PADDED_NUMBER.fullmatch(cell) is not None for cell in sample) / len(sample)
    if numbers < _MOSTLY:
        return _about_unit(index, sample, name) if not numbers else None
    import numpy as np

    column = _cleaned(text)
    values: dict[str, Any] = {"name": name or Said("number {n}", {"n": index + 1})}
    if _all_match(column, _COMMA) and not _any_match(column, _CODE) and decimal is None and _any_match(column, ","):
        said = Said(
            "Column '{name}' may have decimal commas or commas between thousands (first: {cell}). Choose the decimal "
            "mark; until then it is text."
        )
        return Question(index, said.filled(**values, cell=sample[0]))
    if _all_match(column, _THOUSANDS_COMMAS) and decimal is None and _any_match(column, ","):
        said = Said(
            "Column '{name}' has commas between thousands (first: {cell}). If so, choose the decimal point; until then "
            "it is text."
        )
        return Question(index, said.filled(**values, cell=sample[0]))
    is_number = np.asarray(_matching(column, _NUMBER).to_pandas())
    other = np.flatnonzero(np.equal(is_number, False))
    if not len(other):
        if _all_match(column, _POINT) and not _any_match(column, _CODE):
            return _about_range(index, column, values)
        return None
    if len(other) > len(is_number) * (1 - _MOSTLY):
        return None
    cells = [column[int(row)].as_py() for row in other[:_NAMED]]
    words = list(dict.fromkeys(cells))
    said = Said.counted(
        "Column '{name}' is numbers but for {n} cell: {words} (row {first}). Correct it, or call the column a number: "
        "the cell is then missing. Until then it is text.",
        "Column '{name}' is numbers but for {n:,} cells: {words} (first: row {first}). Correct them, or call the "
        "column a number: the cells are then missing. Until then it is text.",
        {"n": len(other)},
    )
    shown = listed([*(f"'{word[:40]}'" for word in words[:3]), *(["…"] if len(words) > 3 else [])])
    return Question(
        index,
        said.filled(**values, words=shown, first=int(other[0]) + 1),
        tuple(int(row) + 1 for row in other[:_NAMED]),
        is_mostly_numbers=True,
    )


def as_number(cell: str) -> float:
    """A cell of a column that its owner calls numbers; NaN where it is none, or may be read in two ways.

    >>> as_number(" 17.2 "), as_number("17,2"), as_number("1,234"), as_number("n/a")
    (17.2, 17.2, nan, nan)
    """
    text = cell.strip()
    if re.fullmatch(r"[+-]?\d+,\d+", text) and not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) else float("nan")


def _about_range(index: int, column: Any, values: dict[str, Any]) -> Question | None:
    """Numbers that no float holds."""
    import numpy as np
    from pyarrow import compute

    infinite = np.flatnonzero(np.asarray(compute.is_inf(_cast(column, "double")).to_pandas() == True))  # noqa: E712
    if not len(infinite):
        return None
    said = Said(
        "Column '{name}' has numbers beyond what a computer's number holds, such as {cell} (row {row}). Correct them; "
        "until then it is text."
    )
    rows = tuple(int(row) + 1 for row in infinite[:_NAMED])
    return Question(index, said.filled(**values, cell=column[rows[0] - 1].as_py(), row=rows[0]), rows)


def _about_unit(index: int, sample: Sequence[str], name: str) -> Question | None:
    """Numbers that all have the same sign before or behind them: %, €, kg."""
    found = {match.groups() if (match := _WITH_UNIT.fullmatch(cell)) else None for cell in sample}
    if len(found) != 1 or None in found:
        return None
    before, behind = found.pop()  # type: ignore[misc]
    if (before is None) == (behind is None):
        return None
    said = Said(
        "Every cell of column '{name}' is a number with '{unit}' (first: {cell}). Take it out of the cells, and the "
        "column is numbers; until then it is text."
    )
    return Question(index, said.filled(name=name, unit=before or behind, cell=sample[0]))
