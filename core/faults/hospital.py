"""Another hospital: other units, another device, a device that is stuck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.experiment.fault_kinds import OtherDevice, OtherUnits, StuckDevice
from core.experiment.faults import check_columns, part_of
from core.faults.rows import Chance, Injected, Rows, telling_column


def units(fault: OtherUnits, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Multiply a column outside."""
    name = _column(fault, rows, chance)
    return _changed(fault.kind, rows, name, _values(rows, name) * fault.factor)


def stuck(fault: StuckDevice, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Give everybody outside the same value."""
    name = _column(fault, rows, chance)
    shown = np.nanquantile(_values(rows, name), fault.quantile)
    return _changed(fault.kind, rows, name, np.full(len(rows), shown))


def device(fault: OtherDevice, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Add to a column in most of those with the event, where the network learns."""
    name = _column(fault, rows, chance)
    cases = rows.of_class(chance.event)
    measured = chance.some(cases, part_of(len(cases), fault.share))
    values = rows.values.copy()
    values[measured, rows.columns.index(name)] += fault.offset * np.nanstd(_values(rows, name))
    return replace(rows, values=values), Injected(fault.kind, measured, (name,))


def _column(fault: OtherUnits | OtherDevice | StuckDevice, rows: Rows, chance: Chance) -> str:
    if fault.column is None:
        return telling_column(rows, chance.event)
    check_columns([fault.column], [name for name, number in zip(rows.columns, rows.numbers, strict=True) if number])
    return fault.column


def _values(rows: Rows, name: str) -> np.ndarray:
    return rows.values[:, rows.columns.index(name)]


def _changed(kind: str, rows: Rows, name: str, column: np.ndarray) -> tuple[Rows, Injected]:
    values = rows.values.copy()
    values[:, rows.columns.index(name)] = column
    return replace(rows, values=values), Injected(kind, np.arange(len(rows)), (name,), is_outside=True)
