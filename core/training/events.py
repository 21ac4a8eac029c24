"""What training reports. Plain values: importing this imports no Keras."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochEnd:
    """An epoch is over.

    Attributes:
        epoch: number of completed epochs, from 1.
        logs: as Keras names them, such as {"loss": 0.3, "accuracy": 0.9, "val_loss": 0.4, "val_accuracy": 0.8}.
    """

    epoch: int
    logs: dict[str, float]
