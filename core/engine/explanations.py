"""Why a run's network decides as it does: asked of a worker where that takes no longer than a turn, else a task."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from core.engine.evaluations import Evaluations
from core.engine.questions import Questions
from core.engine.run import LiveRun
from core.errors import WrongValue
from core.explanation.explain import is_quick
from core.words import Said


@dataclass(frozen=True)
class AskedExplanation:
    """What is to be explained; see `core.explanation.explain.explain`."""

    method: str
    row: int | None = None
    feature: str | None = None
    positive: int | None = None

    @property
    def options(self) -> dict[str, Any]:
        """As the question and the task take them."""
        return asdict(self)


class Explanations:
    """Asks for them. Safe to use from several threads, each of which waits for its own answer."""

    def __init__(self, questions: Questions, evaluations: Evaluations) -> None:
        self._questions = questions
        self._evaluations = evaluations

    def explain(self, run: LiveRun, asked: AskedExplanation, epoch: int | None = None) -> dict[str, Any] | None:
        """Of the epoch that the run rests at; of one that trains, of its picture. None where it has to be a task.

        Args:
            epoch: a recorded one.

        Raises:
            WrongValue: there is no such row.
            SnapshotNotKept: that epoch was not recorded, or nothing of the run is there yet, or no worker is.
        """
        state = self._evaluations.state_of(run, epoch)
        if not is_quick(run.config, asked.method, asked.row):
            return None
        about, snapshot = (run.epoch, None) if state is None else state
        found = self._questions.explanation(run.id, snapshot, about, asked.options)
        return None if found is None else answered(found)


def answered(found: dict[str, Any]) -> dict[str, Any]:
    """What was found.

    Raises:
        WrongValue: it could not be asked; what was found says why.
    """
    if "refused" in found:
        raise WrongValue(Said.from_json(found["refused"]))
    return found


def of_result(result: bytes) -> dict[str, Any]:
    """What the task found; raises as `answered`."""
    return answered(json.loads(result))
