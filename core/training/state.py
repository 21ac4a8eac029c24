"""A run between two epochs, as arrays and as bytes."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass

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
        """Arrays only, nothing executable: a JSON line that lists them, then their bytes."""
        arrays = [np.ascontiguousarray(value) for value in self.variables]
        listed = [[array.dtype.str, *np.shape(value)] for array, value in zip(arrays, self.variables, strict=True)]
        head = json.dumps({"epoch": self.epoch, "arrays": listed}, separators=(",", ":")).encode()
        return b"".join([head, b"\n", *(array.tobytes() for array in arrays)])

    @classmethod
    def from_bytes(cls, data: bytes) -> TrainingState:
        """Read what `to_bytes` wrote, also in versions that wrote .npz files."""
        if data.startswith(b"PK"):
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                names = sorted(name for name in archive.files if name != "epoch")
                return cls(int(archive["epoch"]), tuple(archive[name] for name in names))
        end = data.index(b"\n")
        head, offset, variables = json.loads(data[:end]), end + 1, []
        for kind, *shape in head["arrays"]:
            dtype, count = np.dtype(kind), math.prod(shape)
            variables.append(np.frombuffer(data, dtype, count, offset).reshape(shape))
            offset += count * dtype.itemsize
        return cls(head["epoch"], tuple(variables))
