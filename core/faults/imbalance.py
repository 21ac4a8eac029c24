"""The event is rare: where the network learns, or where it is used."""

from __future__ import annotations

import numpy as np

from core.experiment.fault_kinds import Imbalance, Screening
from core.experiment.faults import kept_of_event
from core.faults.rows import Chance, Injected, Rows


def at_the_source(fault: Imbalance, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Leave out rows of the event where the network learns."""
    return _thin(fault.kind, rows, fault.prevalence, chance, is_outside=False)


def outside(fault: Screening, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Leave out rows of the event where the network is used."""
    return _thin(fault.kind, rows, fault.prevalence, chance, is_outside=True)


def _thin(kind: str, rows: Rows, prevalence: float, chance: Chance, *, is_outside: bool) -> tuple[Rows, Injected]:
    counts = np.bincount(rows.target, minlength=chance.event + 1).tolist()
    cases = rows.of_class(chance.event)
    kept = chance.some(cases, kept_of_event(counts, chance.event, prevalence))
    removed = np.setdiff1d(cases, kept)
    left = np.setdiff1d(np.arange(len(rows)), removed)
    return rows.take(left), Injected(kind, np.arange(0), removed=rows.origin[removed], is_outside=is_outside)
