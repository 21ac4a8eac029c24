"""Ten networks that differ by chance alone: the seed of their weights and of the order of rows."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from core.training import Trainer, TrainingState


@dataclass(frozen=True)
class Members:
    """The weights of some networks of one architecture.

    Attributes:
        seeds: of each.
        weights: of each its variables without the optimizer's, in the order of `Trainer.values`.
    """

    seeds: tuple[int, ...]
    weights: tuple[tuple[np.ndarray, ...], ...]

    def to_bytes(self) -> bytes:
        """Arrays only, nothing executable."""
        arrays = {
            f"{member}_{place}": value
            for member, values in enumerate(self.weights)
            for place, value in enumerate(values)
        }
        buffer = io.BytesIO()
        np.savez(buffer, seeds=np.array(self.seeds, dtype=np.int64), **arrays)  # type: ignore[arg-type]  # its stubs want a bool among the names
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Members:
        """What `to_bytes` gave."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            seeds = tuple(int(each) for each in arrays["seeds"])
            count = (len(arrays.files) - 1) // max(len(seeds), 1)
            weights = tuple(
                tuple(arrays[f"{member}_{place}"] for place in range(count)) for member in range(len(seeds))
            )
        return cls(seeds, weights)

    def outputs(self, trainer: Trainer, inputs: np.ndarray) -> np.ndarray:
        """What each member gives. (rows, features) -> (members, rows, units) float32. The trainer stays as it is."""
        before = [np.asarray(value) for value in trainer.values()]
        outputs = []
        for weights in self.weights:
            with trainer.at(TrainingState(trainer.epoch, (*weights, *before[len(weights) :]))):
                outputs.append(trainer.predict(inputs))
        return np.stack(outputs)


def weights_of(trainer: Trainer) -> tuple[np.ndarray, ...]:
    """A network's variables without the optimizer's, as `Members` has them."""
    optimizer = len(trainer.model.optimizer.variables)
    values = trainer.values()
    return tuple(np.asarray(value) for value in values[: len(values) - optimizer])
