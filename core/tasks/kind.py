"""What a kind of task is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.tasks.context import Context, Progress


class TaskOptions(BaseModel):
    """What can be chosen of a kind. Equal options of one epoch of a run give one result, which is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Kind:
    """One kind of long work.

    Attributes:
        options: its choices, checked before a task is begun.
        work: yields `Progress` and returns the result. It is not told that it is cancelled: its process is ended.
        version: higher whenever the same options give another result: kept results of before do not count any more.
        epochs: which recorded epochs it needs, of those that there are; the last one by default.
        is_of_epoch: its result belongs to an epoch. Where it does not, the run's configuration is all that it takes: it
            can be asked for before anything is recorded, and its result is kept as that of epoch 0.
    """

    options: type[TaskOptions]
    work: Callable[[Context, Any], Generator[Progress, None, bytes]]
    version: int = 1
    epochs: Callable[[Sequence[int]], Sequence[int]] = lambda recorded: recorded[-1:]
    is_of_epoch: bool = True

    def key(self, name: str, run: str, epoch: int, options: TaskOptions) -> str:
        """Under which a result is kept."""
        asked = json.dumps([run, epoch, name, options.model_dump(mode="json"), self.version], sort_keys=True)
        return f"task:{name}:{hashlib.sha256(asked.encode()).hexdigest()}"
