"""Breaking rows as a configuration says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.experiment.fault_kinds import AnyFault
from core.experiment.faults import FaultsConfig
from core.faults.registry import FAULTS
from core.faults.rows import Chance, Injected, Rows


@dataclass(frozen=True)
class Broken:
    """Rows with faults, and what was done to them."""

    rows: Rows
    injected: tuple[Injected, ...] = ()

    def rows_of(self, *kinds: str) -> np.ndarray:
        """The places of the rows that faults of some kinds touched, copies of them included."""
        touched = [each.rows for each in self.injected if each.kind in kinds]
        origins = np.unique(self.rows.origin[np.concatenate(touched)]) if touched else np.arange(0)
        return np.flatnonzero(np.isin(self.rows.origin, origins))


def break_source(rows: Rows, faults: FaultsConfig, *, event: int) -> Broken:
    """The rows to learn from, with their faults: before they are split.

    Args:
        event: the class that the faults are about.

    Returns:
        New rows; those given stay as they are. Rows that were there keep their order; copies come at the end.

    Raises:
        WrongValue: a fault names a column that there is not.

    >>> rows = Rows.of(np.eye(4), np.array([0, 0, 1, 1]), "abcd")
    >>> broken = break_source(rows, FaultsConfig.model_validate({"duplicates": {"times": 2}}), event=1)
    >>> len(broken.rows), broken.injected[0].rows.tolist()
    (6, [4, 5])
    """
    return _break(rows, faults, event, is_outside=False)


def break_outside(rows: Rows, faults: FaultsConfig, *, event: int) -> Broken:
    """The external rows: untouched, unless the fault is the other hospital, or a column that it lacks."""
    return _break(rows, faults, event, is_outside=True)


def _break(rows: Rows, faults: FaultsConfig, event: int, *, is_outside: bool) -> Broken:
    injected = []
    for fault in faults.parts:
        entry = FAULTS[fault.kind]
        does = entry.outside if is_outside else entry.source
        if does is not None:
            rows, done = does(fault, rows, Chance(_rng(fault, is_outside), event))
            injected.append(done)
    return Broken(rows, tuple(injected))


def _rng(fault: AnyFault, is_outside: bool) -> np.random.Generator:
    """One of its own for each fault and side, so that adding a fault leaves the rows of the others."""
    return np.random.default_rng([fault.seed, list(FAULTS).index(fault.kind), int(is_outside)])
