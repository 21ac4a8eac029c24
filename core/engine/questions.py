"""What one viewer wants to see of a run, asked of a worker and answered once: a recorded epoch, a mini-batch in slow
motion, the model as a file. Changes no run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import numpy as np

from core.engine.run import LiveRun
from core.engine.worker_pool import WorkerPool
from core.errors import RunNotKept, SnapshotNotKept, WrongValue
from core.protocol.messages import Answer, Question
from core.protocol.wire import Part
from core.store import RunStore
from core.training.state import TrainingState
from core.words import Said

#: Seconds that somebody waits who points here and there.
_SOON = 2.0


class Questions:
    """Asks workers. Safe to use from several threads, each of which waits for its own answer.

    Args:
        find: a preview or run by id; raises `RunNotFound`.
    """

    def __init__(self, store: RunStore, pool: WorkerPool, find: Callable[[str], LiveRun]) -> None:
        self._store = store
        self._pool = pool
        self._find = find
        self._asked: dict[int, Future[Answer]] = {}
        self._numbers = itertools.count()

    def depict(self, run: str, epoch: int, *, seconds: float = 10.0) -> Part:
        """The picture of a recorded epoch, in the plane that the run is shown in.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded, or no worker could draw it in time.
        """
        feed = self._find(run)
        snapshot = self._snapshot(feed, epoch)
        if snapshot is None:
            raise SnapshotNotKept(epoch)
        part: Part = self._ask("picture", feed, snapshot, epoch, seconds, view=feed.chosen_view)
        return part

    def export(self, run: str, *, seconds: float = 20.0) -> bytes:
        """A run's network after its last epoch, as a `.keras` file.

        Raises:
            RunNotFound: there is no such run.
            RunNotKept: its last epoch was not kept, or it still trains.
            SnapshotNotKept: no worker could write it in time.
        """
        feed = self._find(run)
        checkpoint = feed.state_at_rest(self._store)
        if checkpoint is None or feed.state.is_training:
            raise RunNotKept()
        data: bytes = self._ask("model_file", feed, checkpoint, feed.epoch, seconds)
        return data

    def dissect(
        self, run: str, *, epoch: int | None = None, batch: int = 0, sample: int = 0, seconds: float = 10.0
    ) -> dict[str, Any]:
        """One mini-batch of the epoch after a recorded one, in slow motion.

        Args:
            epoch: None for the last one, where it was kept; a preview has only its initial weights.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded, or there is no such batch, or no worker could answer in time.
        """
        feed = self._find(run)
        snapshot, epoch = self._rested(feed, epoch)
        picture: dict[str, Any] = self._ask("slow_motion", feed, snapshot, epoch, seconds, batch=batch, sample=sample)
        return picture

    def row_inside(self, run: str, *, point: int, axes: tuple[int, int] | None, epoch: int | None) -> dict[str, Any]:
        """What every neuron outputs for a row that is a point on the map; see `core.worker.row_inside`.

        Args:
            epoch: a recorded one; None for the network as it is now. A preview has only its initial weights.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded, or no worker could answer soon.
            WrongValue: there is no such point, or the inputs hold a picture.
        """
        feed, asked = self._find(run), {"point": point, "axes": axes}
        if epoch is None and feed.state.is_training:
            found = self._ask("shown_row_inside", feed, None, feed.epoch, _SOON, run=run, **asked)
        else:
            snapshot, epoch = self._rested(feed, epoch)
            found = self._ask("row_inside", feed, snapshot, epoch, _SOON, **asked)
        if isinstance(found, Said):
            raise WrongValue(found)
        told: dict[str, Any] = found
        return told

    def missing_kinds(self, run: str, *, epoch: int | None = None, seconds: float = 10.0) -> dict[str, Any]:
        """What happens to whom when a kind of data is missing: see `core.evaluation.missing_kinds`.

        Args:
            epoch: a recorded one; None for the last one, where it was kept.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded, or no worker could answer in time.
        """
        feed = self._find(run)
        snapshot, epoch = self._rested(feed, epoch)
        if snapshot is None:
            raise SnapshotNotKept(epoch)
        figures: dict[str, Any] = self._ask("missing_kinds", feed, snapshot, epoch, seconds)
        return figures

    def latest(self, run: str) -> bytes:
        """A run's network as it stands: after its last epoch, or while it trains after the last one that was kept.

        Raises:
            RunNotFound: there is no such run.
            RunNotKept: no epoch of it was recorded.
        """
        snapshot = self._find(run).latest_state(self._store)
        if snapshot is None or not TrainingState.epoch_of(snapshot):
            raise RunNotKept()
        return snapshot

    def about_latest(
        self, run: str, question: str, /, *, snapshot: bytes | None = None, seconds: float = 10.0, **options: Any
    ) -> Any:
        """What a worker answers on a run's network as it stands.

        Args:
            snapshot: what `latest` gave, where several questions shall be about the same network.

        Raises:
            RunNotFound: there is no such run.
            RunNotKept: no epoch of it was recorded.
            SnapshotNotKept: no worker could answer in time.
        """
        state = self.latest(run) if snapshot is None else snapshot
        return self._ask(question, self._find(run), state, TrainingState.epoch_of(state), seconds, **options)

    def picture_maps(
        self, run: str, *, row: int, label: int | None = None, epoch: int | None = None, seconds: float = 10.0
    ) -> dict[str, Any]:
        """Which pixels of a test row count: see `core.explanation.picture_maps`.

        Args:
            label: the class; None for the predicted one.
            epoch: a recorded one; None for the last one that there is.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded, or no worker could answer in time.
            WrongValue: there is no such row or class, or the inputs hold no picture.
        """
        feed = self._find(run)
        latest = feed.state_at_rest(self._store) if epoch in {None, feed.epoch} else None
        if epoch is None:
            recorded = [each for each in feed.snapshots if 0 < each <= feed.epoch]
            epoch = feed.epoch if latest is not None else max(recorded, default=feed.epoch)
        snapshot = latest or self._snapshot(feed, epoch)
        if snapshot is None:
            raise SnapshotNotKept(epoch)
        found: dict[str, Any] | Said = self._ask("picture_maps", feed, snapshot, epoch, seconds, row=row, label=label)
        if isinstance(found, Said):
            raise WrongValue(found)
        return found

    def judged_rows(self, run: str, rows: str, snapshot: bytes | None, epoch: int, *, seconds: float = 10.0) -> Part:
        """What a network says of rows, beside what is true of them; see `core.worker.judged_rows`.

        Args:
            snapshot: its state; None for the open run as it is now, whose picture is sent before.
            epoch: to be named where it cannot be had.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: no worker has it open, or could answer in time.
        """
        feed = self._find(run)
        if snapshot is None:
            part: Part = self._ask("shown_rows", feed, None, epoch, seconds, run=run, rows=rows)
        else:
            part = self._ask("judged_rows", feed, snapshot, epoch, seconds, rows=rows)
        return part

    def raw_column(self, run: str, rows: str, column: int, *, seconds: float = 10.0) -> np.ndarray:
        """A column of rows in the units of its source; see `core.worker.judged_rows.raw_column`.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: no worker could answer in time.
        """
        feed = self._find(run)
        values: np.ndarray = self._ask("raw_column", feed, None, feed.epoch, seconds, rows=rows, column=column)
        return values

    def explanation(
        self, run: str, snapshot: bytes | None, epoch: int, asked: Mapping[str, Any], *, seconds: float = 10.0
    ) -> dict[str, Any] | None:
        """Why a network decides as it does; see `core.worker.explanation`.

        Args:
            snapshot: its state; None for the open run as it is now, whose picture is sent before.
            epoch: to be named where it cannot be had.
            asked: what `core.explanation.explain.explain` takes.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: no worker has it open, or could answer in time.
        """
        feed = self._find(run)
        if snapshot is None:
            found: dict[str, Any] | None = self._ask("shown_explanation", feed, None, epoch, seconds, run=run, **asked)
        else:
            found = self._ask("explanation", feed, snapshot, epoch, seconds, **asked)
        return found

    def figures(
        self, run: str, actual: np.ndarray, predicted: np.ndarray, positive: int, *, seconds: float = 10.0
    ) -> dict[str, Any]:
        """The figures of rows that no threshold changes, as JSON of each; see `core.evaluation.figures`.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: no worker could answer in time.
        """
        feed = self._find(run)
        numbers = {"actual": actual, "predicted": predicted, "positive": positive, "seed": feed.config.seed}
        found: dict[str, Any] = self._ask("figures", feed, None, feed.epoch, seconds, **numbers)
        return found

    def row_outputs(self, run: str, *, seconds: float = 10.0) -> tuple[Part, Part]:
        """Targets and outputs of the rows that judge a run that rests; see `core.protocol.row_outputs`.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: its last epoch was not kept, or no worker could answer in time.
        """
        feed = self._find(run)
        snapshot, epoch = self._rested(feed, None)
        if snapshot is None:
            raise SnapshotNotKept(epoch)
        targets, outputs = self._ask("row_outputs", feed, snapshot, feed.epoch, seconds)
        return targets, outputs

    def raw_rows(self, run: str, rows: str, *, seconds: float = 10.0) -> Part:
        """The rows that judge a run, in the units of their source; see `core.worker.row_outputs.raw_rows`.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: no worker could answer in time.
        """
        feed = self._find(run)
        part: Part = self._ask("raw_rows", feed, None, feed.epoch, seconds, rows=rows)
        return part

    def answered(self, answer: Answer) -> None:
        """Take what a worker said; nobody may be waiting for it any more."""
        asked = self._asked.get(answer.number)
        if asked is not None:
            asked.set_result(answer)

    def _rested(self, feed: LiveRun, epoch: int | None) -> tuple[bytes | None, int]:
        """The state after an epoch, the last one where it is None; a preview has none but its initial weights."""
        epoch = feed.epoch if epoch is None else epoch
        # A weight may have been set by hand since the last epoch was recorded: the checkpoint has it.
        latest = feed.state_at_rest(self._store) if epoch == feed.epoch else None
        snapshot = latest or self._snapshot(feed, epoch)
        if snapshot is None and feed.owner:
            raise SnapshotNotKept(epoch)
        return snapshot, epoch

    def _snapshot(self, feed: LiveRun, epoch: int) -> bytes | None:
        return self._store.snapshot(feed.id, epoch) if epoch in feed.snapshots else None

    def _ask(
        self, kind: str, feed: LiveRun, snapshot: bytes | None, epoch: int, seconds: float, /, **options: Any
    ) -> Any:
        question = Question(next(self._numbers), kind, feed.config, snapshot, options)
        waiting: Future[Answer] = Future()
        self._asked[question.number] = waiting
        try:
            if not self._pool.ask(question, feed.id):
                raise SnapshotNotKept(epoch, Said("The training engine is starting."), may_come=True)
            answer = waiting.result(seconds)
        except TimeoutError:
            raise SnapshotNotKept(epoch, Said("The training engine is busy."), may_come=True) from None
        finally:
            self._asked.pop(question.number, None)
        if answer.sentence is not None:
            raise SnapshotNotKept(epoch, answer.sentence)
        return answer.value
