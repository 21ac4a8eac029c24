"""Values that are missing: whoever they belong to, or in those who were not ill."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.experiment.fault_kinds import MissingAtRandom, MissingByTarget
from core.experiment.faults import FaultsConfig, part_of
from core.faults.rows import Chance, Injected, Rows


def at_random(fault: MissingAtRandom, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Take values out of any row."""
    return _take_out(fault, rows, np.arange(len(rows)), chance)


def by_target(fault: MissingByTarget, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Take values out of rows that are not of the event."""
    return _take_out(fault, rows, np.flatnonzero(rows.target != chance.event), chance)


def _take_out(
    fault: MissingAtRandom | MissingByTarget, rows: Rows, among: np.ndarray, chance: Chance
) -> tuple[Rows, Injected]:
    """In each column on its own, so that few rows lack all of them and few none."""
    columns = FaultsConfig(missing=fault).columns_with_missing(rows.columns)
    values = rows.values.copy()
    touched = np.zeros(len(rows), dtype=bool)
    for name in columns:
        without = chance.some(among, part_of(len(among), fault.share))
        values[without, rows.columns.index(name)] = np.nan
        touched[without] = True
    return replace(rows, values=values), Injected(fault.kind, np.flatnonzero(touched), columns)
