"""What only a person can decide about a column of text that looks like numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.tables.numbers import CODE, COMMA, POINT, THOUSANDS_COMMAS
from core.tables.table import Question
from core.tables.text_columns import all_match, any_match, cast, cleaned, matching, sample_of
from core.words import Said, listed

#: Share of cells that are numbers from which a column of text is a question.
_MOSTLY = 0.5

#: Rows that a question names.
_NAMED = 20

_NUMBER = rf"{POINT}|{COMMA}|{THOUSANDS_COMMAS}"
_PADDED_NUMBER = re.compile(rf"\s*(?:{_NUMBER})\s*")
_WITH_UNIT = re.compile(
    r"\s*(?:([^\d\s.,+-]{1,4})\s*)?[+-]?\d+(?:[.,]\d+)*(?:\s*([^\d\s.,]{1,6}(?:/[^\d\s.,]{1,4})?))?\s*"
)


def question_about(index: int, text: Any, name: str, decimal: str | None) -> Question | None:
    """About a column that stayed text and is mostly numbers, or numbers with a unit; None where there is no question.

    Args:
        index, name: of the column.
        decimal: the mark that a person chose, None for none.
    """
    sample = sample_of(text)
    if not sample:
        return None
    numbers = sum(_PADDED_NUMBER.fullmatch(cell) is not None for cell in sample) / len(sample)
    if numbers < _MOSTLY:
        return _about_unit(index, sample, name) if not numbers else None
    import numpy as np

    column = cleaned(text)
    values: dict[str, Any] = {"name": name or Said("number {n}", {"n": index + 1})}
    if all_match(column, COMMA) and not any_match(column, CODE) and decimal is None and any_match(column, ","):
        said = Said(
            "Column '{name}' may have decimal commas or commas between thousands (first: {cell}). Choose the decimal "
            "mark; until then it is text."
        )
        return Question(index, said.filled(**values, cell=sample[0]))
    if all_match(column, THOUSANDS_COMMAS) and decimal is None and any_match(column, ","):
        said = Said(
            "Column '{name}' has commas between thousands (first: {cell}). If so, choose the decimal point; until then "
            "it is text."
        )
        return Question(index, said.filled(**values, cell=sample[0]))
    is_number = np.asarray(matching(column, _NUMBER).to_pandas())
    other = np.flatnonzero(np.equal(is_number, False))
    if not len(other):
        if all_match(column, POINT) and not any_match(column, CODE):
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


def _about_range(index: int, column: Any, values: dict[str, Any]) -> Question | None:
    """Numbers that no float holds."""
    import numpy as np
    from pyarrow import compute

    infinite = np.flatnonzero(np.asarray(compute.is_inf(cast(column, "double")).to_pandas() == True))  # noqa: E712
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
