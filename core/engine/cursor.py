"""How far one viewer of a run has seen."""

from __future__ import annotations

from dataclasses import dataclass

from core.words import Said


@dataclass
class Cursor:
    """How far one viewer has seen.

    Attributes:
        epoch: epochs whose logs it has.
        info, view, state, frame, snapshots: versions it has; -1 for none (0 of snapshots, which may never come).
        withheld: why it has seen no rows; None where it has.
        asks_outputs: it wants what the network outputs for single rows.
        targets, outputs: versions it has of these.
    """

    epoch: int = 0
    info: int = -1
    view: int = -1
    state: int = -1
    frame: int = -1
    snapshots: int = 0
    withheld: Said | None = None
    asks_outputs: bool = False
    targets: int = -1
    outputs: int = -1
