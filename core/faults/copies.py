"""Rows that occur several times."""

from __future__ import annotations

import numpy as np

from core.experiment.fault_kinds import Copies
from core.experiment.faults import part_of
from core.faults.rows import Chance, Injected, Rows


def copies(fault: Copies, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Append copies of a share of each class; the rows that were there keep their places."""
    chosen = []
    for label in np.unique(rows.target):
        of_class = rows.of_class(label)
        chosen.append(chance.some(of_class, part_of(len(of_class), fault.share)))
    copied = np.tile(np.sort(np.concatenate(chosen)), fault.times - 1)
    broken = rows.take(np.concatenate([np.arange(len(rows)), copied]))
    return broken, Injected(fault.kind, np.arange(len(rows), len(broken)))
