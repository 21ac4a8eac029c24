"""Labels that are wrong: both ways, or cases that were missed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.experiment.fault_kinds import MissedCases, WrongLabels
from core.experiment.faults import part_of, spread_over_others
from core.faults.rows import Chance, Injected, Rows


def both_ways(fault: WrongLabels, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Give a share of each class the label of another one."""
    return _relabel(fault.kind, rows, range(_classes(rows)), fault.share, chance)


def missed(fault: MissedCases, rows: Rows, chance: Chance) -> tuple[Rows, Injected]:
    """Label a share of the event as something else."""
    return _relabel(fault.kind, rows, (chance.event,), fault.share, chance)


def _relabel(
    kind: str, rows: Rows, labels: range | tuple[int, ...], share: float, chance: Chance
) -> tuple[Rows, Injected]:
    target, classes = rows.target.copy(), _classes(rows)
    wrong = []
    for label in labels:
        of_class = rows.of_class(label)
        chosen = chance.some(of_class, part_of(len(of_class), share))
        others = np.repeat(np.arange(classes), spread_over_others(len(chosen), label, classes))
        target[chosen] = chance.rng.permutation(others)
        wrong.append(chosen)
    return replace(rows, target=target), Injected(kind, np.sort(np.concatenate(wrong)))


def _classes(rows: Rows) -> int:
    return int(rows.target.max()) + 1
