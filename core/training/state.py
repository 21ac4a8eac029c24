"""A run between two epochs, as arrays and as bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class TrainingState:
    """Enough to go on bit for bit.

    Attributes:
        epoch: number of completed epochs.
        variables: weights, optimizer variables (learning rate included) and dropout's random state.
    """

    epoch: int
    variables: tuple[np.ndarray, ...]

    def to_bytes(self) -> bytes:
        """As an .npz file: arrays only, nothing executable."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {f"v{index:04d}": value for index, value in enumerate(self.variables)}
        np.savez(buffer, epoch=np.int64(self.epoch), **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> TrainingState:
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            names = sorted(name for name in arrays.files if name != "epoch")
            return cls(int(arrays["epoch"]), tuple(arrays[name] for name in names))
