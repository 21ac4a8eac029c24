"""What the cells of a column mean, guessed from them; a person may say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.experiment.columns import Kind, Role
from core.experiment.table_schema import MAX_CLASSES
from core.tables.dates import format_of
from core.tables.table import Column, Question
from core.tables.text_columns import ABSENT
from core.words import Said

#: Two words of which a column of yes and no is made: no first. In lower case.
YES_NO = (
    *(("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("0", "1"), ("off", "on"), ("absent", "present")),
    *(("negative", "positive"), ("nein", "ja"), ("non", "oui"), ("no", "si"), ("no", "sí"), ("нет", "да")),
    *(("否", "是"), ("无", "有"), ("無", "有"), ("不是", "是"), ("阴性", "阳性"), ("いいえ", "はい"), ("아니오", "예")),
)
_PAIRS = {frozenset(pair): pair for pair in YES_NO}

#: Most categories of a column; one with more is text.
MAX_CATEGORIES = 1_000

#: Share of different values from which words are text: names, notes, identifiers.
_ALMOST_ALL = 0.9

#: Characters of an average cell from which words are text.
_LONG = 60

#: Different values among which dates are looked for, before all are.
_DATES_TRIED = 200


def columns_of(names: Sequence[str], arrays: Sequence[Any]) -> tuple[tuple[Column, ...], list[Question]]:
    """The columns, and questions about them.

    Args:
        arrays: int64, float64 or string arrays of pyarrow.
    """
    columns, questions = [], []
    for index, (name, array) in enumerate(zip(names, arrays, strict=True)):
        column, asked = _column(name, array)
        columns.append(column)
        if asked is not None:
            questions.append(Question(index, asked))
    return tuple(columns), questions


def _column(name: str, array: Any) -> tuple[Column, Said | None]:
    missing = array.null_count
    if array.type != "string":
        return _of_numbers(name, array, missing), None
    from pyarrow import compute

    different = compute.unique(array).drop_null()
    distinct, filled = len(different), len(array) - missing
    if distinct <= 2 + len(ABSENT):
        words = [word for word in different.to_pylist() if word.strip() and word.strip() not in ABSENT]
        pair = _yes_no(words)
        if pair:
            levels = tuple((word, _times(array, word)) for word in pair)
            known = sum(count for _, count in levels)
            return Column(name, "yes_no", "input", len(array) - known, 2, levels, True), None
    dates = _dates(different) if distinct > 1 else None
    if dates:
        return Column(name, "date", "input", missing, distinct, (), True), None
    asked = None
    if dates is False:
        asked = Said(
            "The dates of column '{name}' can be read as day/month or as month/day (first: {cell}). Write them as "
            "year-month-day; until then they are text.",
            {"name": name, "cell": different[0].as_py()},
        )
    is_text = asked is not None or distinct > MAX_CATEGORIES or (distinct >= _ALMOST_ALL * filled and filled > 2)
    if not is_text and distinct > 20:
        is_text = (compute.mean(compute.utf8_length(different)).as_py() or 0) > _LONG
    kind: Kind = "text" if is_text and distinct > 1 else "category"
    role: Role = "ignored" if kind == "text" or _is_constant(distinct, len(array)) else "input"
    return Column(name, kind, role, missing, distinct, _levels(array, distinct), True), asked


def _of_numbers(name: str, array: Any, missing: int) -> Column:
    from pyarrow import compute

    distinct = _different_numbers(array)
    is_whole = array.type == "int64"
    binary = distinct == 2 and compute.min(array).as_py() == 0 and compute.max(array).as_py() == 1
    kind: Kind = "yes_no" if binary and is_whole else "number"
    role: Role = "ignored" if _is_constant(distinct, len(array)) else "input"
    levels = _levels(array, distinct) if distinct <= MAX_CLASSES else ()
    return Column(name, kind, role, missing, distinct, levels, is_whole=is_whole)


def _is_constant(distinct: int, rows: int) -> bool:
    """The same in every row: no network could learn from it. Of one row, nothing can be said."""
    return distinct <= 1 and rows > 1


def _levels(array: Any, distinct: int) -> tuple[tuple[str, int], ...]:
    """Values with the number of their cells: numbers by size, words by the alphabet; at most `MAX_CLASSES`, the most
    frequent ones."""
    if distinct > MAX_CATEGORIES:
        return ()
    counted = [(each["values"], each["counts"]) for each in array.drop_null().value_counts().to_pylist()]
    if len(counted) > MAX_CLASSES:
        counted = sorted(counted, key=lambda each: (-each[1], each[0]))[:MAX_CLASSES]
    return tuple((level_of(value), count) for value, count in sorted(counted))


def level_of(value: int | float | str) -> str:
    """A value as the level that it is: whole numbers without a point.

    >>> level_of(3), level_of(2.5), level_of("x")
    ('3', '2.5', 'x')
    """
    return value if isinstance(value, str) else repr(value + 0)


def _times(array: Any, word: str) -> int:
    from pyarrow import compute

    return int(compute.sum(compute.equal(array, word)).as_py() or 0)


def _different_numbers(array: Any) -> int:
    """How many; sorting takes a tenth of hashing them."""
    import numpy as np

    values = np.sort(array.drop_null().to_numpy(zero_copy_only=False))
    return int(np.count_nonzero(values[1:] != values[:-1])) + 1 if len(values) else 0


def _yes_no(words: Sequence[str]) -> tuple[str, ...]:
    """The words as written, no before yes; empty where they are others, or written in several ways."""
    pair = _PAIRS.get(frozenset(word.strip().lower() for word in words)) if len(words) == 2 else None
    return tuple(sorted(words, key=lambda word: pair.index(word.strip().lower()))) if pair else ()


def _dates(different: Any) -> bool | None:
    """Whether all are dates: False where they may be read in two ways, None where they are no dates."""
    first = [word for word in different.slice(0, _DATES_TRIED).to_pylist() if word.strip() not in {"", *ABSENT}]
    if not first or not any(sign.isdigit() for sign in first[0]) or format_of(first) is None:
        return None
    written = format_of([word for word in different.to_pylist() if word.strip() not in {"", *ABSENT}])
    return None if written is None else written.order is not None
