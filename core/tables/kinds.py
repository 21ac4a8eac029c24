"""What the cells of a column mean, guessed from them; a person may say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.tables.cells import ABSENT
from core.tables.dates import format_of
from core.tables.table import Column, Question, Role
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
    from pyarrow import compute

    missing = array.null_count
    if array.type != "string":
        distinct = _different_numbers(array)
        is_whole = array.type == "int64"
        binary = distinct == 2 and compute.min(array).as_py() == 0 and compute.max(array).as_py() == 1
        kind = "yes_no" if binary and is_whole else "number"
        categories = ("0", "1") if kind == "yes_no" else ()
        role: Role = "input" if distinct > 1 or len(array) == 1 else "ignored"
        return Column(name, kind, role, categories, missing, distinct, is_whole=is_whole), None
    different = compute.unique(array).drop_null()
    distinct, filled = len(different), len(array) - missing
    if distinct <= 2 + len(ABSENT):
        words = [word for word in different.to_pylist() if word.strip() and word.strip() not in ABSENT]
        pair = _yes_no(words)
        if pair:
            absent = filled - sum(compute.sum(compute.equal(array, word)).as_py() for word in words)
            return Column(name, "yes_no", "input", pair, missing + absent, len(words), True), None
    if distinct <= 1 and len(array) > 1:
        return Column(name, "category", "ignored", tuple(different.to_pylist()), missing, distinct, True), None
    dates = _dates(different)
    if dates is not None:
        if dates:
            return Column(name, "date", "input", (), missing, distinct, True), None
        first = different[0].as_py()
        asked = Said(
            "The dates of column '{name}' can be read as day/month or as month/day (first: {cell}). Write them as "
            "year-month-day; until then they are text.",
            {"name": name, "cell": first},
        )
        return Column(name, "text", "ignored", (), missing, distinct, True), asked
    is_text = distinct > MAX_CATEGORIES or distinct >= _ALMOST_ALL * filled
    if not is_text and distinct > 20:
        is_text = (compute.mean(compute.utf8_length(different)).as_py() or 0) > _LONG
    if is_text:
        return Column(name, "text", "ignored", (), missing, distinct, True), None
    return Column(name, "category", "input", tuple(sorted(different.to_pylist())), missing, distinct, True), None


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
