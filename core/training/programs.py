"""Compiled programs, kept and shared by runs of the same architecture. Bounded: the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from core.config import ExperimentConfig
from core.training.program import EpochProgram


def program_key(config: ExperimentConfig) -> Hashable:
    """Configurations with equal keys can share a program: all that differs between them is data, batch
    size and variables."""
    dataset, model, training = config.dataset, config.model, config.training
    return (
        model.model_copy(update={"initializer": "glorot_uniform"}),
        config.output,
        len(dataset.feature_names),
        training.optimizer,
    )


class ProgramCache:
    """At most `size` programs by key."""

    def __init__(self, size: int = 24) -> None:
        self._size = size
        self._programs: OrderedDict[Hashable, EpochProgram] = OrderedDict()

    def __len__(self) -> int:
        return len(self._programs)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._programs

    def get(self, key: Hashable, make: Callable[[], EpochProgram]) -> EpochProgram:
        """The program for a key, made at first use."""
        if key not in self._programs:
            self._programs[key] = make()
            while len(self._programs) > self._size:
                self._programs.popitem(last=False)
        self._programs.move_to_end(key)
        return self._programs[key]
