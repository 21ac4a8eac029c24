"""A run between two epochs, as arrays and as bytes."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import WrongValue
from core.words import Said


@dataclass(frozen=True)
class StoppingMemory:
    """What early stopping has come to know, with the meaning of `keras.callbacks.EarlyStopping`'s attributes.

    Attributes:
        wait: epochs since the last improvement.
        best: the best value of the monitored loss, None before the first.
        best_epoch: counted from 0.
        best_weights: of that epoch, as `keras.Model.get_weights` gives them, None where they are not to be restored.
    """

    wait: int = 0
    best: float | None = None
    best_epoch: int = 0
    best_weights: tuple[np.ndarray, ...] | None = None


@dataclass(frozen=True)
class TrainingState:
    """Enough to go on bit for bit.

    Attributes:
        epoch: number of completed epochs.
        variables: weights, optimizer variables (learning rate included) and dropout's random state.
        stopping: early stopping's memory; None where there is none, and in states that earlier versions wrote.
        has_ended: the run was over then (`on_train_end` has been called).
        edits: how many weights had been set by hand before; None in states that earlier versions wrote.
    """

    epoch: int
    variables: tuple[np.ndarray, ...]
    stopping: StoppingMemory | None = None
    has_ended: bool = False
    edits: int | None = None

    def to_bytes(self) -> bytes:
        """Arrays only, nothing executable: a JSON line that lists them, then their bytes."""
        head: dict[str, Any] = {"epoch": self.epoch, "arrays": _listed(self.variables)}
        arrays = list(self.variables)
        if self.stopping is not None:
            memory = self.stopping
            head["stopping"] = {"wait": memory.wait, "best": memory.best, "best_epoch": memory.best_epoch}
            if memory.best_weights is not None:
                head["best"] = _listed(memory.best_weights)
                arrays += memory.best_weights
        if self.has_ended:
            head["ended"] = True
        if self.edits is not None:
            head["edits"] = self.edits
        text = json.dumps(head, separators=(",", ":")).encode()
        return b"".join([text, b"\n", *(np.ascontiguousarray(array).tobytes() for array in arrays)])

    @staticmethod
    def epoch_of(data: bytes) -> int:
        """The epoch of a state as bytes, without reading its arrays."""
        if data.startswith(b"PK"):
            return TrainingState.from_bytes(data).epoch
        return int(json.loads(data[: data.index(b"\n")])["epoch"])

    @classmethod
    def from_bytes(cls, data: bytes) -> TrainingState:
        """Read what `to_bytes` wrote, also in versions that wrote .npz files."""
        if data.startswith(b"PK"):
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                names = sorted(name for name in archive.files if name != "epoch")
                return cls(int(archive["epoch"]), tuple(archive[name] for name in names))
        end = data.index(b"\n")
        head = json.loads(data[:end])
        variables, offset = _read(data, end + 1, head["arrays"])
        stopping = None
        if "stopping" in head:
            best = _read(data, offset, head["best"])[0] if "best" in head else None
            stopping = StoppingMemory(**head["stopping"], best_weights=best)
        return cls(head["epoch"], variables, stopping, head.get("ended", False), head.get("edits"))


def check_shapes(values: Sequence[Any], shapes: Sequence[tuple[int, ...]]) -> None:
    """Whether a state's values fit a network's variables.

    Raises:
        WrongValue: the state belongs to another architecture.
    """
    if len(values) != len(shapes):
        raise WrongValue(
            Said(
                "Expected {expected} variables, received {received}.",
                {"expected": len(shapes), "received": len(values)},
            )
        )
    for value, shape in zip(values, shapes, strict=True):
        if tuple(value.shape) != shape:
            raise WrongValue(
                Said(
                    "Expected a variable of the shape {expected}, received {received}.",
                    {"expected": str(shape), "received": str(tuple(value.shape))},
                )
            )


def _listed(arrays: Iterable[np.ndarray]) -> list[list[Any]]:
    return [[np.asarray(array).dtype.str, *np.shape(array)] for array in arrays]


def _read(data: bytes, offset: int, listed: list[list[Any]]) -> tuple[tuple[np.ndarray, ...], int]:
    """The arrays that a list describes, as views on the data, and where they end."""
    arrays = []
    for kind, *shape in listed:
        dtype, count = np.dtype(kind), math.prod(shape)
        arrays.append(np.frombuffer(data, dtype, count, offset).reshape(shape))
        offset += count * dtype.itemsize
    return tuple(arrays), offset
