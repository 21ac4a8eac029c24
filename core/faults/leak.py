"""A column that gives the target away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.experiment.fault_kinds import LEAK_COLUMN, Leak
from core.faults.rows import Chance, Injected, Rows


def leak(fault: Leak, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Add a column: 1 for the event, 0 otherwise, with noise."""
    given_away = (rows.target == chance.event) + chance.rng.normal(0.0, fault.spread, len(rows))
    return _with_column(rows, given_away), Injected(fault.kind, np.arange(len(rows)), (LEAK_COLUMN,))


def leak_outside(fault: Leak, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """The column is there, and empty: when a patient comes, nobody has been treated yet."""
    column = np.full(len(rows), np.nan)
    return _with_column(rows, column), Injected(fault.kind, np.arange(len(rows)), (LEAK_COLUMN,), is_outside=True)


def _with_column(rows: Rows, column: np.ndarray) -> Rows:
    return replace(
        rows,
        values=np.column_stack([rows.values, column]),
        columns=(*rows.columns, LEAK_COLUMN),
        numbers=(*rows.numbers, True),
    )
