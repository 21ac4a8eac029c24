"""What a server and the process of its tasks say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.words import Said


@dataclass(frozen=True)
class Begin:
    """Work on a task: answered by any number of `Advanced` and one `Finished`, all with the same number.

    Attributes:
        kind: a key of `core.tasks.KINDS`.
        options: as its `TaskOptions` take them.
        epoch: what the task is about.
        snapshots: (epoch, `TrainingState` as bytes) of the epochs that it needs.
        history: (epochs, log names) float32.
    """

    number: int
    kind: str
    options: dict[str, Any]
    config: ExperimentConfig
    view: View
    run: str
    epoch: int
    snapshots: tuple[tuple[int, bytes], ...] = ()
    history: np.ndarray = field(default_factory=lambda: np.empty((0, 0), np.float32))


@dataclass(frozen=True)
class Advanced:
    """How far a task is; see `core.tasks.Progress`."""

    number: int
    done: float
    words: Said | None
    partial: bytes | None = None


@dataclass(frozen=True)
class Finished:
    """A task's result, or a sentence why there is none."""

    number: int
    result: bytes | None
    sentence: Said | None = None
