"""What a task is given, and what it tells while it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.experiment.config import ExperimentConfig
from core.protocol.wire import Part
from core.words import Said

if TYPE_CHECKING:
    from core.training import Trainer


@dataclass(frozen=True)
class Progress:
    """How far a task is.

    Attributes:
        done: share of the work, 0 to 1.
        words: what it does now, for who waits; without a full stop.
        partial: what there is of the result so far, where that is of use.
    """

    done: float
    words: Said | None = None
    partial: bytes | None = None


class Context(Protocol):
    """A run as a task sees it. Nothing that a task does changes the run."""

    @property
    def config(self) -> ExperimentConfig:
        """What was trained."""

    @property
    def epoch(self) -> int:
        """The epoch that the task is about."""

    @property
    def epochs(self) -> Sequence[int]:
        """The recorded epochs that the task was given, in order."""

    @property
    def history(self) -> np.ndarray:
        """(epochs, log names) float32, all epochs so far."""

    def trainer(self, epoch: int) -> Trainer:
        """A trainer of nobody's run with the weights after an epoch; one of `epochs`."""

    def picture(self, epoch: int) -> Part:
        """What the live view shows of an epoch: map, confusion matrix, network."""

    def description(self) -> tuple[dict[str, Any], Part]:
        """What the live view is told of the run once, and the plane with its points."""
