"""The states of a run, and which may follow which. The server, the workers and the pages mean the same by them."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands. Equal to the text that the store, the live view and tests know it by."""

    #: A preview: initial weights, nothing to train.
    IDLE = "idle"
    #: Waits for a worker: not begun yet, or its worker is gone.
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    #: All epochs trained, or early stopping ended it.
    DONE = "done"
    #: Its owner ended it.
    STOPPED = "stopped"
    #: The loss was no longer a number, or it could not be trained.
    FAILED = "failed"

    @property
    def has_ended(self) -> bool:
        """Nothing is left to train, unless the owner continues it."""
        return self in _ENDED

    @property
    def is_training(self) -> bool:
        """Trains, or will as soon as a worker has room."""
        return self in {RunState.QUEUED, RunState.RUNNING}

    @property
    def is_active(self) -> bool:
        """Trains, or waits for its owner to go on."""
        return self.is_training or self is RunState.PAUSED

    @property
    def may_be_continued(self) -> bool:
        """Ended in order: more epochs can follow."""
        return self in {RunState.DONE, RunState.STOPPED}

    def may_become(self, other: RunState) -> bool:
        """Whether another state may follow this one."""
        return other is self or other in TRANSITIONS[self]


_ENDED = frozenset({RunState.DONE, RunState.STOPPED, RunState.FAILED})

#: What may follow each state. A run is queued again when its worker or its server is gone.
TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.IDLE: frozenset({RunState.FAILED}),
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.PAUSED}) | _ENDED,
    RunState.RUNNING: frozenset({RunState.QUEUED, RunState.PAUSED}) | _ENDED,
    RunState.PAUSED: frozenset({RunState.RUNNING}) | _ENDED,
    RunState.DONE: frozenset({RunState.RUNNING}),
    RunState.STOPPED: frozenset({RunState.RUNNING}),
    RunState.FAILED: frozenset(),
}
