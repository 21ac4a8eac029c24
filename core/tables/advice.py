"""What to look at before training: identifiers, constants, copies of other columns, and leaks of the target.

Nothing is taken out: whoever knows where the columns come from decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.experiment.columns import labels
from core.tables.table import Table
from core.tables.vectors import binned, codes_of, numbers_of
from core.words import Said

AdviceKind = Literal["identifier", "constant", "copy", "leak"]

#: A column that alone ranks held-out rows of two classes with at least this area under the ROC curve is suspected to
#: give the target away. The best single column of the breast cancer data reaches .975; the target with noise of a
#: standard deviation of 0.3 reaches .991.
LEAK_AUC = 0.985

#: Of several classes: the share of the errors of always saying the most frequent class that the column takes away.
LEAK_ERRORS = 0.97

#: Of a number: the share of its variance in held-out rows.
LEAK_VARIANCE = 0.98

#: Correlation, of either sign, from which a column of numbers is a copy of another.
COPY = 0.999

#: Rows that are looked at, drawn with a fixed seed; and the fewest that tell anything.
_ROWS = 50_000
_FEWEST = 40

#: Quantiles into which a number is cut: a rule as simple as a table of so many lines.
_BINS = 32

_IDENTIFIER = re.compile(r"(?i)(.*[\s_.-])?(id|ids|nr|no|number|index|uuid|guid|key|code|row|编号|序号|号码|病历号)")


@dataclass(frozen=True)
class Advice:
    """One remark.

    Attributes:
        column: its index.
        said: the reason, and what to do.
        strength: of a leak or copy, what was measured, 0 to 1; None for others.
        other: the index of the column that it copies.
    """

    kind: AdviceKind
    column: int
    said: Said
    strength: float | None = None
    other: int | None = None


def advice_on(table: Table, target: int | None = None) -> list[Advice]:
    """All remarks, leaks first.

    Args:
        target: index of the column that is to be predicted.
    """
    names = labels([column.schema for column in table.columns])
    rows = _some_rows(table.rows)
    found = [*_leaks(table, target, rows, names)] if target is not None else []
    found += _identifiers(table, target, names)
    found += _constants(table, names)
    return found + _copies(table, target, rows, names)


def _some_rows(rows: int) -> np.ndarray:
    """Indices of at most `_ROWS` rows, in a random order that is always the same."""
    draw = np.random.default_rng(0)
    return draw.permutation(rows) if rows <= _ROWS else draw.choice(rows, _ROWS, replace=False)


def _identifiers(table: Table, target: int | None, names: Sequence[str]) -> list[Advice]:
    found = []
    for index, column in enumerate(table.columns):
        filled = table.rows - column.missing
        if index == target or column.distinct < filled or filled < 10 or column.kind == "date":
            continue
        is_numbered = False
        if column.is_whole:
            values = np.sort(numbers_of(table, index))  # type: ignore[arg-type]
            is_numbered = bool(values[filled - 1] - values[0] == filled - 1)
        is_named = _IDENTIFIER.fullmatch(column.name) is not None
        if column.is_text or is_numbered or (column.is_whole and is_named):
            said = Said(
                "'{name}' has another value in each row: it names rows and says nothing about new ones. Ignore it, or "
                "make it the group if several rows belong together.",
                {"name": names[index]},
            )
            found.append(Advice("identifier", index, said))
    return found


def _constants(table: Table, names: Sequence[str]) -> list[Advice]:
    said = Said("'{name}' has the same value in every row: nothing can be learned from it.")
    return [
        Advice("constant", index, said.filled(name=names[index]))
        for index, column in enumerate(table.columns)
        if column.distinct <= 1 and table.rows > 1
    ]


def _copies(table: Table, target: int | None, rows: np.ndarray, names: Sequence[str]) -> list[Advice]:
    """Columns of numbers that are others on another scale, and categories that are others by another name."""
    said = Said(
        "'{name}' says the same as '{other}' ({how}). One of them is enough: with both, importance is shared between "
        "them."
    )
    found: list[Advice] = []
    numbers, codes = {}, {}
    for index, column in enumerate(table.columns):
        if index == target or column.distinct < 2:
            continue
        if column.kind in {"category", "yes_no"} and column.is_text:
            codes[index] = codes_of(table, index).codes[rows]
        elif column.kind in {"number", "yes_no"}:
            values = numbers_of(table, index)
            assert values is not None
            numbers[index] = values[rows]
    places = list(numbers)
    close = _correlations([numbers[index] for index in places])
    for at, index in enumerate(places):
        for other in range(at):
            if close[at, other] >= COPY:
                strength = _correlation(numbers[index], numbers[places[other]])
                if strength < COPY:
                    continue
                how = Said("correlation {r:.4f}", {"r": strength})
                sentence = said.filled(name=names[index], other=names[places[other]], how=how)
                found.append(Advice("copy", index, sentence, strength, places[other]))
                break
    for at, index in enumerate(list(codes)):
        for other in list(codes)[:at]:
            if _is_one_to_one(codes[index], codes[other]):
                how = Said("each value of one goes with one value of the other")
                sentence = said.filled(name=names[index], other=names[other], how=how)
                found.append(Advice("copy", index, sentence, 1.0, other))
                break
    return found


def _correlations(columns: Sequence[np.ndarray]) -> np.ndarray:
    """(columns, columns) absolute, all at once; 1 where values are missing, so that a closer look is taken."""
    found = np.ones((len(columns), len(columns)))
    whole = [index for index, column in enumerate(columns) if not np.isnan(column).any()]
    if whole and len(columns[0]) >= 10:
        x = np.stack([columns[index] for index in whole])
        x = x - x.mean(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            x = x / np.sqrt((x * x).sum(axis=1, keepdims=True))
        found[np.ix_(whole, whole)] = np.nan_to_num(np.abs(x @ x.T))
    return found


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Absolute, of the rows that have both; 0 where they are few or one does not vary."""
    both = ~np.isnan(one) & ~np.isnan(other)
    if both.sum() < 10:
        return 0.0
    x, y = one[both] - one[both].mean(), other[both] - other[both].mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(abs(x @ y) / scale) if scale > 0 else 0.0


def _is_one_to_one(one: np.ndarray, other: np.ndarray) -> bool:
    if len(one) < 10:
        return False
    ones, others = np.unique(one), np.unique(other)
    if len(ones) != len(others) or len(ones) > len(one) / 2:
        return False
    pairs = np.unique((one + 1) * (other.max() + 2) + other + 1)
    return len(pairs) == len(ones)


def _leaks(table: Table, target: int, rows: np.ndarray, names: Sequence[str]) -> list[Advice]:
    """Columns that alone tell the target of rows that they have not seen."""
    column = table.columns[target]
    is_number = column.kind == "number" and column.distinct > 10
    y = numbers_of(table, target) if is_number else codes_of(table, target).codes
    assert y is not None
    known = rows[~np.isnan(y[rows])] if is_number else rows[y[rows] >= 0]
    if len(known) < _FEWEST:
        return []
    y = y[known]
    half = len(known) // 2
    found = []
    for index, other in enumerate(table.columns):
        if index == target or other.distinct < 2 or other.kind == "text":
            continue
        values = numbers_of(table, index)
        parts = codes_of(table, index).codes[known] + 1 if values is None else binned(values[known], _BINS)
        if values is None and parts.max() > half / 4:
            continue  # a value for every few rows: nothing can be told from them
        if is_number:
            strength = _variance_told(parts, y, half)
            if strength >= LEAK_VARIANCE:
                found.append(_leak(index, names, strength, Said("{r:.1%} of its variance", {"r": strength})))
            continue
        classes = int(y.max()) + 1
        if np.bincount(y, minlength=classes).min() < 5 or classes < 2:
            continue
        if classes == 2:
            strength = _area(parts, None if values is None else values[known], y, half)
            if strength >= LEAK_AUC:
                found.append(
                    _leak(index, names, strength, Said("area under the ROC curve {auc:.3f}", {"auc": strength}))
                )
        else:
            strength = _errors_saved(parts, y, half, classes)
            if strength >= LEAK_ERRORS:
                found.append(_leak(index, names, strength, Said("{r:.1%} of the errors", {"r": strength})))
    return sorted(found, key=lambda advice: -(advice.strength or 0))


def _leak(index: int, names: Sequence[str], strength: float, how: Said) -> Advice:
    said = Said(
        "'{name}' alone tells the target of rows that were held out ({how}). Is it known before the target is, or is "
        "it a consequence? If it is, ignore it: the network would not need to learn anything else."
    )
    return Advice("leak", index, said.filled(name=names[index], how=how), strength)


def _shares(parts: np.ndarray, y: np.ndarray, classes: int) -> np.ndarray:
    """(parts, classes): how often each class was seen with a part, with half a row of the usual shares added."""
    counts = np.zeros((int(parts.max()) + 1, classes))
    np.add.at(counts, (parts, y), 1.0)
    usual = np.bincount(y, minlength=classes) / len(y)
    return (counts + 0.5 * usual) / (counts.sum(axis=1, keepdims=True) + 0.5)


def _area(parts: np.ndarray, values: np.ndarray | None, y: np.ndarray, half: int) -> float:
    """Area under the ROC curve in the second half: of shares seen in the first, or of the numbers themselves."""
    size = int(parts.max()) + 1
    shares = np.zeros((size, 2))
    seen = _shares(parts[:half], y[:half], 2)
    shares[: len(seen)] = seen
    shares[len(seen) :] = np.bincount(y[:half], minlength=2) / half
    best = _auc(shares[parts[half:], 1], y[half:])
    if values is not None:
        filled = np.where(np.isnan(values), np.nanmedian(values), values)
        sign = 1 if _auc(filled[:half], y[:half]) >= 0.5 else -1
        best = max(best, _auc(sign * filled[half:], y[half:]))
    return best


def _auc(scores: np.ndarray, y: np.ndarray) -> float:
    """Mann and Whitney's U, over the number of pairs; ties count half."""
    positives = int(y.sum())
    negatives = len(y) - positives
    if not positives or not negatives:
        return 0.5
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[y == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _errors_saved(parts: np.ndarray, y: np.ndarray, half: int, classes: int) -> float:
    usual = np.bincount(y[:half], minlength=classes)
    best = np.full(int(parts.max()) + 1, usual.argmax())
    seen = _shares(parts[:half], y[:half], classes)
    best[: len(seen)] = seen.argmax(axis=1)
    wrong, base = (best[parts[half:]] != y[half:]).mean(), (y[half:] != usual.argmax()).mean()
    return float(1 - wrong / base) if base else 0.0


def _variance_told(parts: np.ndarray, y: np.ndarray, half: int) -> float:
    """R² in the second half of the means seen in the first; of copies on another scale, what bins lose is small."""
    size = int(parts.max()) + 1
    counts = np.bincount(parts[:half], minlength=size)
    sums = np.bincount(parts[:half], weights=y[:half], minlength=size)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), y[:half].mean())
    rest = y[half:] - means[parts[half:]]
    total = y[half:] - y[half:].mean()
    return float(1 - (rest @ rest) / (total @ total)) if total @ total > 0 else 0.0
