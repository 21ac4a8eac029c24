"""From columns of text, or of types, to a `Table`: numbers, kinds, and what is to be said of names and marks."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from core.tables.cells import Cells, typed
from core.tables.choices import DELIMITERS
from core.tables.head import Head
from core.tables.kinds import columns_of
from core.tables.numbers import as_number
from core.tables.progress import Progress
from core.tables.table import Question, Table
from core.words import Said, listed


def table_of(
    name: str,
    names: Sequence[str],
    columns: Sequence[Any],
    assumed: Sequence[Said],
    reading: dict[str, Any],
    digest: str,
    decimal: str | None = None,
    progress: Progress = lambda share: None,
    type_them: Callable[..., Cells] = typed,
) -> Table:
    """Columns of text as a table: numbers where they are, kinds, and what is to be said of names."""
    import pyarrow

    cells = type_them(columns, names, decimal)
    progress(0.8)
    guessed, asked = columns_of(names, cells.arrays)
    progress(1.0)
    is_comma = bool(cells.comma_columns) or decimal == ","
    reading = {**reading, "decimal": "," if is_comma else "."}
    known = {question.column for question in asked}
    questions = [question for question in cells.questions if question.column not in known]
    questions += [Question(each.column, each.said) for each in asked]
    for question in questions:
        if question.is_mostly_numbers:
            column = guessed[question.column]
            counted = replace(column, kind="text", role="ignored", numbers=_numbers(cells.arrays[question.column]))
            guessed = (*guessed[: question.column], counted, *guessed[question.column + 1 :])
    return Table(
        name=name,
        columns=guessed,
        cells=pyarrow.table(cells.arrays, names=[f"c{index}" for index in range(len(names))]),
        assumed=(*assumed, *_about_names(names), *_about_decimals(cells, names, reading), *_about_total(cells)),
        questions=tuple(sorted(questions, key=lambda question: question.column)),
        reading=reading,
        digest=hashlib.sha256((digest + json.dumps(reading, sort_keys=True)).encode()).hexdigest(),
    )


def _numbers(array: Any) -> int:
    """How many cells of a column of text are numbers."""
    counted = array.drop_null().value_counts().to_pylist()
    return sum(each["counts"] for each in counted if not math.isnan(as_number(each["values"])))


def about_head(head: Head) -> list[Said]:
    said = []
    if head.delimiter != ",":
        sign = DELIMITERS.get(head.delimiter) or Said.exactly(repr(head.delimiter))
        said.append(Said("Cells are separated by a {delimiter}.", {"delimiter": sign}))
    if head.skipped:
        said.append(
            Said.counted(
                "{n} line above the names was skipped: '{first}'.",
                "{n} lines above the names were skipped, the first is '{first}'.",
                {"n": len(head.skipped), "first": head.skipped[0][:60]},
            )
        )
    if head.names is None and not head.is_sure:
        said.append(Said("The first line holds values, so the file has no header; the columns were numbered."))
    elif head.names is None:
        said.append(Said("The file has no header; the columns were numbered."))
    elif not head.is_sure:
        said.append(Said("The numbers of the first line are the names of the columns (the header)."))
    if head.is_trailing:
        said.append(Said("Each line ends with a trailing separator; there is no column behind it."))
    if head.is_padded:
        said.append(Said("Blanks before quotes are no part of the cells."))
    return said


def _about_names(names: Sequence[str]) -> list[Said]:
    said = []
    empty = [index + 1 for index, name in enumerate(names) if not name]
    if empty:
        said.append(
            Said.counted(
                "{n} column has no name: number {first}.",
                "{n} columns have no name, the first is number {first}.",
                {"n": len(empty), "first": empty[0]},
            )
        )
    repeated = [name for name, times in Counter(names).items() if times > 1 and name]
    if repeated:
        shown = listed([*(f"'{name[:40]}'" for name in repeated[:5]), *(["…"] if len(repeated) > 5 else [])])
        said.append(Said("Several columns have the same name (repeated): {names}.", {"names": shown}))
    return said


def _about_decimals(cells: Cells, names: Sequence[str], reading: dict[str, Any]) -> list[Said]:
    said = []
    if cells.comma_columns:
        said.append(
            Said(
                "Numbers have a decimal comma in {columns}.",
                {"columns": _columns(cells.comma_columns, names)},
            )
        )
    if cells.with_thousands:
        said.append(
            Said(
                "Points between thousands are no decimal points in {columns}.",
                {"columns": _columns(cells.with_thousands, names)},
            )
        )
    if cells.three_decimals and (reading.get("delimiter", ",") != "," or cells.comma_columns):
        said.append(
            Said(
                "Points are decimal points, not signs between thousands, in {columns}.",
                {"columns": _columns(cells.three_decimals, names)},
            )
        )
    return said


#: With what a line below a table begins that is none of its rows.
_TOTALS = {
    *("total", "totals", "grand total", "subtotal", "sum", "mean", "average", "count", "summe", "gesamt", "mittelwert"),
    *("合计", "总计", "小计", "共计", "平均", "合計", "總計", "итого"),
}


def _about_total(cells: Cells) -> list[Said]:
    """A last row that sums up the others."""
    for array in cells.arrays:
        if array.type == "string" and len(array) > 2:
            last = array[len(array) - 1].as_py()
            if last is not None and last.strip().rstrip(":").lower() in _TOTALS:
                return [
                    Said(
                        "The last row says '{word}', and was read as a row like the others. If it sums them up, take "
                        "it out.",
                        {"word": last.strip()},
                    )
                ]
    return []


def _columns(indices: Sequence[int], names: Sequence[str]) -> Said:
    shown = [f"'{names[index][:40]}'" for index in indices[:5]]
    return listed([*shown, *(["…"] if len(indices) > 5 else [])])
