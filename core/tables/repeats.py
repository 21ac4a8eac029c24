"""Rows that stand more than once, exactly or nearly: on both sides of a split they make a network look better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.tables.table import Column, Table
from core.tables.vectors import codes_of, numbers_of

#: Numbers are nearly the same where they round to the same hundredth of a standard deviation.
NEAR = 0.01

#: The share of rows that is held out where nothing else is said.
HELD_OUT = 0.2

#: Groups of rows that are named, and rows of each.
_GROUPS, _ROWS = 50, 10


@dataclass(frozen=True)
class Repeats:
    """Rows that repeat others.

    Attributes:
        exact: rows that repeat an earlier one in every column.
        near: rows that do in every column but identifiers, with numbers rounded and words in lower case without outer
            blanks; the exact ones are not among them.
        exact_groups, near_groups: rows that go together, from 1; the first ones.
        across: of the rows that a random split holds out (`HELD_OUT`), the share that is expected to have a copy, exact
            or near, among the others.
    """

    exact: int
    near: int
    exact_groups: tuple[tuple[int, ...], ...]
    near_groups: tuple[tuple[int, ...], ...]
    across: float = 0.0


def repeats_of(table: Table) -> Repeats:
    """Find them by a 64-bit hash of each row: of a million rows, the chance that two different ones agree is 3e-8."""
    from pandas.util import hash_array

    exact = np.zeros(table.rows, np.uint64)
    near = np.zeros(table.rows, np.uint64)
    with np.errstate(over="ignore"):
        for index, column in enumerate(table.columns):
            values = numbers_of(table, index) if not column.is_text else None
            if values is None:
                coded = codes_of(table, index)
                words = {word.strip().lower(): place for place, word in enumerate(coded.levels)}
                same = np.array([*(words[word.strip().lower()] for word in coded.levels), -1])
                exact = _mixed(exact, hash_array(coded.codes))
                rough = same[coded.codes]
            else:
                values = np.where(np.isnan(values), np.nan, values + 0.0)  # −0 and 0 are the same
                exact = _mixed(exact, hash_array(values))
                rough = _rounded(values, column.distinct)
            if not _names_rows(column, table.rows):
                near = _mixed(near, hash_array(np.asarray(rough, dtype=np.float64)))
    repeated, groups = _groups(exact)
    rest = np.flatnonzero(~repeated)
    is_near = np.zeros(table.rows, bool)
    if (near != 0).any():
        is_near[rest], near_groups = _groups(near[rest])
        near_groups = tuple(tuple(int(rest[row - 1]) + 1 for row in group) for group in near_groups)
    else:
        near_groups = ()
    across = _across(near if (near != 0).any() else exact)
    return Repeats(int(repeated.sum()), int(is_near.sum()), groups, near_groups, across)


def _across(hashes: np.ndarray) -> float:
    """Of a row in a group of n that is held out, one of the n − 1 others is not, with the probability 1 − p^(n − 1)."""
    sizes = np.unique(hashes, return_counts=True)[1]
    return float((sizes * (1 - HELD_OUT ** (sizes - 1.0))).sum() / max(1, len(hashes)))


def _rounded(values: np.ndarray, distinct: int) -> np.ndarray:
    known = values[~np.isnan(values)]
    step = NEAR * float(known.std()) if distinct > 1 else 0.0
    return np.nan_to_num(np.round(values / step), nan=2.0**53) if step > 0 else np.isnan(values)


def _names_rows(column: Column, rows: int) -> bool:
    """Whether every row has another word or whole number: an identifier, which differs in copies too."""
    return rows > 2 and column.distinct >= rows - column.missing and (column.is_text or column.is_whole)


def _mixed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)) ^ other


def _groups(hashes: np.ndarray) -> tuple[np.ndarray, tuple[tuple[int, ...], ...]]:
    """(rows,) whether a row repeats an earlier one; and the first groups, rows from 1."""
    order = np.argsort(hashes, kind="stable")
    follows = np.zeros(len(hashes), bool)
    ordered = hashes[order]
    follows[1:] = ordered[1:] == ordered[:-1]
    repeated = np.zeros(len(hashes), bool)
    repeated[order[follows]] = True
    starts = np.flatnonzero(~follows & np.append(follows[1:], False))
    starts = starts[np.argsort(order[starts], kind="stable")][:_GROUPS]
    groups = []
    for start in starts:
        stop = start + 1
        while stop < len(order) and follows[stop] and stop - start < _ROWS:
            stop += 1
        groups.append(tuple(int(row) + 1 for row in order[start:stop]))
    return repeated, tuple(groups)
