"""How good a table is for learning: five parts, each explained, each with the rows that it is about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.experiment.columns import labels
from core.tables.advice import Advice
from core.tables.repeats import Repeats
from core.tables.table import Table
from core.tables.vectors import codes_of
from core.words import N_, Said, listed, sentences

#: Rows that a part names, from 1.
_NAMED = 100

#: Parts by key: title and weight in the score. Leakage counts only where a target is chosen.
PARTS: dict[str, tuple[str, float]] = {
    "completeness": (N_("Completeness"), 0.30),
    "uniqueness": (N_("Uniqueness"), 0.20),
    "validity": (N_("Validity"), 0.20),
    "consistency": (N_("Consistency"), 0.15),
    "leakage": (N_("Leakage"), 0.15),
}


@dataclass(frozen=True)
class QualityPart:
    """One part of the score.

    Attributes:
        key: of `PARTS`.
        score: 0 to 100.
        said: what it counts, and what was found.
        count: cells or rows that it is about.
        rows: from 1, the first ones.
        columns: indices.
    """

    key: str
    score: float
    said: Said
    count: int = 0
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class Quality:
    """The weighted mean of the parts, 0 to 100."""

    score: float
    parts: tuple[QualityPart, ...]


def quality_of(
    table: Table,
    repeats: Repeats,
    advice: Sequence[Advice],
    outliers: Mapping[int, int],
    outlying_rows: Mapping[int, Sequence[int]],
    *,
    has_target: bool,
) -> Quality:
    """The score and its parts.

    Args:
        outliers, outlying_rows: of columns by index: how many, and the first ones.
    """
    parts = [
        _completeness(table),
        _uniqueness(table, repeats),
        _validity(table, outliers, outlying_rows),
        _consistency(table),
    ]
    if has_target:
        parts.append(_leakage(table, advice))
    weights = [PARTS[part.key][1] for part in parts]
    score = sum(part.score * weight for part, weight in zip(parts, weights, strict=True)) / sum(weights)
    return Quality(round(score, 1), tuple(parts))


def _points(share: float) -> float:
    """Of 100, cut to one digit, so that the smallest fault shows."""
    return math.floor(1000 * max(0.0, share)) / 10


def _completeness(table: Table) -> QualityPart:
    """The share of cells that have a value. Named are the rows that lack most."""
    missing = np.zeros(table.rows, np.int32)
    columns = []
    for index, column in enumerate(table.columns):
        if column.missing:
            columns.append(index)
            array = table.cells.column(index)
            missing += (codes_of(table, index).codes < 0) if column.kind == "yes_no" else np.asarray(array.is_null())
    count = int(missing.sum())
    share = count / max(1, table.rows * len(table.columns))
    worst = np.argsort(-missing, kind="stable")[:_NAMED]
    rows = tuple(sorted(int(row) + 1 for row in worst if missing[row]))
    said = Said("Every cell has a value.")
    if count:
        said = Said.counted(
            "{n} cell has no value ({share:.1%} of all).",
            "{n:,} cells have no value ({share:.1%} of all); columns with such cells: {columns}.",
            {"n": count, "share": share, "columns": len(columns)},
        )
    return QualityPart("completeness", _points(1 - share), said, count, rows, tuple(columns))


def _uniqueness(table: Table, repeats: Repeats) -> QualityPart:
    """The share of rows that repeat no earlier one; those that nearly do count half."""
    share = (repeats.exact + repeats.near / 2) / max(1, table.rows)
    groups = (*repeats.exact_groups, *repeats.near_groups)
    rows = tuple(sorted({row for group in groups for row in group[1:]}))[:_NAMED]
    said = Said("No row repeats another one.")
    if repeats.exact or repeats.near:
        said = Said(
            "{exact:,} rows repeat an earlier one exactly, and {near:,} nearly. On both sides of a split they make a "
            "network look better than it is.",
            {"exact": repeats.exact, "near": repeats.near},
        )
    return QualityPart("uniqueness", _points(1 - share), said, repeats.exact + repeats.near, rows)


def _validity(table: Table, outliers: Mapping[int, int], outlying_rows: Mapping[int, Sequence[int]]) -> QualityPart:
    """The share of cells that are what their column is: no far outliers, no words among numbers."""
    asked = [question for question in table.questions if question.rows]
    columns = sorted({*(index for index, count in outliers.items() if count), *(each.column for each in asked)})
    count = sum(outliers.values()) + sum(len(question.rows) for question in asked)
    cells = sum(
        table.rows - column.missing
        for index, column in enumerate(table.columns)
        if index in outliers or index in {each.column for each in asked}
    )
    rows = {row for each in outlying_rows.values() for row in each} | {row for each in asked for row in each.rows}
    share = count / max(1, cells)
    said = Said("No number lies far from the others, and no word stands among numbers.")
    if count:
        said = Said.counted(
            "{n} cell lies far from the others of its column (more than three interquartile ranges beyond the "
            "quartiles), or is a word among numbers: {columns}.",
            "{n:,} cells lie far from the others of their column (more than three interquartile ranges beyond the "
            "quartiles), or are words among numbers: {columns}.",
            {"n": count, "columns": _named(table, columns)},
        )
    # A fifth of the cells being wrong is as bad as all of them.
    return QualityPart("validity", _points(1 - 5 * share), said, count, tuple(sorted(rows))[:_NAMED], tuple(columns))


def _consistency(table: Table) -> QualityPart:
    """The share of columns whose words are each written in one way, with a name of their own, and not constant."""
    names = [column.name for column in table.columns]
    variants: list[int] = []
    rows: list[int] = []
    wrong = []
    for index, column in enumerate(table.columns):
        if not column.name or names.count(column.name) > 1 or (column.distinct <= 1 and table.rows > 1):
            wrong.append(index)
        if column.is_text and column.kind in {"category", "yes_no"} and column.distinct > 1:
            coded = codes_of(table, index)
            found = _variants(coded.levels, np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.levels)))
            if found:
                variants.append(index)
                rows += [int(row) + 1 for row in np.flatnonzero(np.isin(coded.codes, list(found)))[:_NAMED]]
    columns = sorted({*wrong, *variants})
    parts = []
    if variants:
        said = Said("The same word is written in several ways (capitals, blanks) in {columns}.")
        parts.append(said.filled(columns=_named(table, variants)))
    if wrong:
        said = Said("A name is empty or repeated, or the column is constant: {columns}.")
        parts.append(said.filled(columns=_named(table, wrong)))
    return QualityPart(
        "consistency",
        _points(1 - len(columns) / max(1, len(table.columns))),
        sentences(parts) if parts else Said("Words are written in one way, and every column has a name of its own."),
        len(columns),
        tuple(sorted(set(rows)))[:_NAMED],
        tuple(columns),
    )


def _variants(levels: Sequence[str], counts: np.ndarray) -> set[int]:
    """The rarer ways to write a word."""
    ways: dict[str, list[int]] = {}
    for place, level in enumerate(levels):
        ways.setdefault(" ".join(level.lower().split()), []).append(place)
    found: set[int] = set()
    for places in ways.values():
        if len(places) > 1:
            usual = max(places, key=lambda place: (counts[place], -place))
            found |= {place for place in places if place != usual}
    return found


def _leakage(table: Table, advice: Sequence[Advice]) -> QualityPart:
    """0 where a column gives the target away, 100 where none does."""
    columns = tuple(each.column for each in advice if each.kind == "leak")
    if not columns:
        return QualityPart("leakage", 100.0, Said("No single column gives the target away."))
    said = Said("The target may be given away by {columns}.", {"columns": _named(table, columns)})
    return QualityPart("leakage", 0.0, said, len(columns), (), columns)


def _named(table: Table, columns: Sequence[int]) -> Said:
    names = labels([column.schema for column in table.columns])
    return listed([*(f"'{names[index][:40]}'" for index in columns[:5]), *(["…"] if len(columns) > 5 else [])])
