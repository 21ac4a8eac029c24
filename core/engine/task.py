"""One piece of long work, as the server knows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.experiment.config import ExperimentConfig
from core.words import Said


class TaskState(StrEnum):
    """What a task does."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        """Whether nothing comes after it."""
        return self in {TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}


@dataclass
class Task:
    """One piece of long work.

    Attributes:
        run: which run it is about; empty where it is about an experiment that is no run.
        config: that experiment. Its result is kept for as long as the task is remembered.
        position: its place in the queue, from 1; 0 where it does not wait.
        done: share of the work, 0 to 1.
        words: what it does now.
        sentence: why it failed.
        partial: what there is of the result so far.
    """

    id: str
    kind: str
    options: Mapping[str, Any]
    run: str
    epoch: int
    owner: str
    key: str
    state: TaskState = TaskState.QUEUED
    position: int = 0
    done: float = 0.0
    words: Said | None = None
    sentence: Said | None = None
    partial: bytes | None = None
    result: bytes | None = None
    number: int = 0
    config: ExperimentConfig | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _listeners: set[Callable[[], None]] = field(default_factory=set, repr=False)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change, from any thread. Returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def wait(self, seconds: float) -> bool:
        """Wait for its end. Returns whether it came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state.has_ended, seconds)

    def change(self, **values: Any) -> None:
        """Set attributes, and wake who waits."""
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()
        for listener in tuple(self._listeners):
            listener()


def describe(task: Task) -> str:
    """What a page is told of a task, as JSON."""
    told = {
        "task": task.id,
        "kind": task.kind,
        "state": task.state,
        "position": task.position,
        "progress": round(task.done, 4),
        "words": None if task.words is None else task.words.to_json(),
        "sentence": None if task.sentence is None else task.sentence.to_json(),
    }
    return json.dumps(told)
