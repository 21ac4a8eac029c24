"""The runs of one browser: a list of them as they stand now, their names and stars, and how they are deleted.

A deleted run is gone for everybody at once. Its record stays for some minutes, in which it can be restored.
"""

from __future__ import annotations

import functools
import logging
import math
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from core.engine.run import LiveRun
from core.engine.scheduler import Scheduler
from core.errors import NameRefused, NotYourRun, RunNotFound
from core.experiment.config import ExperimentConfig
from core.experiment.metrics import METRICS
from core.protocol.run_state import RunState
from core.protocol.wire import decode
from core.store import ListedRun, Run, RunStore

_log = logging.getLogger(__name__)

#: The most characters of a name.
LONGEST_NAME = 80

#: Seconds in which a deleted run can be restored.
RESTORABLE = 600.0


@dataclass(frozen=True)
class Score:
    """How a network does on the rows that it is chosen by, in the units that pages show: the validation rows, or the
    test rows where there are none.

    Attributes:
        loss, metric: None where there is no finite number.
    """

    loss: float | None = None
    metric: float | None = None


@dataclass(frozen=True)
class RunSummary:
    """A run as a row of a list.

    Attributes:
        name: None where its owner gave it none.
        created: Unix time, in seconds.
        last: after the newest epoch.
        best: the lowest loss and the best metric of all epochs, each for itself.
        metric: log key of the metric (`core.experiment.metrics`).
        by_validation: whether the scores are those of validation rows.
        scales: what logs of the loss and of the metric are multiplied by to be shown.
        parent: the run that this one branched off.
    """

    id: str
    name: str | None
    state: RunState
    epoch: int
    epochs: int
    created: float
    config: ExperimentConfig
    last: Score
    best: Score
    metric: str
    by_validation: bool
    scales: tuple[float, float]
    starred: bool
    parent: str | None


class OwnedRuns:
    """The runs of all owners, each for its own. Safe to use from several threads."""

    def __init__(self, store: RunStore, scheduler: Scheduler) -> None:
        self._store = store
        self._scheduler = scheduler
        self._scales: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()
        self._removal: threading.Timer | None = None

    def of(self, owner: str) -> list[RunSummary]:
        """An owner's runs, the newest first, those that train as they are at this moment.

        A run whose record cannot be read is left out, and the log says so.
        """
        return [summary for listed in self._store.runs.of(owner) if (summary := self._summary(listed)) is not None]

    def rename(self, run_id: str, name: str, *, owner: str) -> None:
        """Give a run a name. One of no characters takes its name away.

        Raises:
            NameRefused: it is too long.
            RunNotFound, NotYourRun: as for everything that is done to a run.
        """
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise NameRefused(len(name), LONGEST_NAME)
        self._check(run_id, owner)
        self._store.runs.rename(run_id, name or None)

    def star(self, run_id: str, starred: bool, *, owner: str) -> None:
        """Mark a run, so that it is kept when old runs are deleted; or take the mark away."""
        self._check(run_id, owner)
        self._store.runs.star(run_id, starred)

    def delete(self, run_id: str, *, owner: str) -> None:
        """Delete a run; one that trains is stopped first.

        Raises:
            RunElsewhere: another server trains it.
        """
        run = self._check(run_id, owner)
        if not isinstance(run, LiveRun) and RunState(run.state).is_active:
            run = self._scheduler.find(run_id)
        if isinstance(run, LiveRun):
            run.check_owner(owner)
            self._scheduler.stop(run, None)
            run.wait_until(lambda run: run.has_ended, 0.5)
            run.is_deleted = True
        self._store.runs.delete(run_id)
        late = self._scheduler.in_memory(run_id)
        if late is not None:
            late.is_deleted = True  # read from the store by somebody just before
        self._remove_after(RESTORABLE)

    def restore(self, run_id: str, *, owner: str) -> None:
        """Bring a deleted run back, as it was when it was deleted.

        Raises:
            RunNotFound: its record has been removed.
        """
        run = self._check(run_id, owner, may_be_deleted=True)
        if isinstance(run, LiveRun):
            run.is_deleted = False
        self._store.runs.restore(run_id)

    def remove_deleted(self, before: float) -> None:
        """Remove the records of the runs that were deleted before a moment, in Unix time."""
        waiting = self._store.runs.deleted()
        due = [run_id for run_id, deleted in waiting.items() if deleted < before]
        for run_id in due:
            self._scheduler.forget(run_id)
            self._scales.pop(run_id, None)
        self._store.runs.remove(due)
        later = [deleted for run_id, deleted in waiting.items() if run_id not in due]
        if later:
            self._remove_after(max(1.0, min(later) - before))

    def stop(self) -> None:
        """The server ends. The next one removes what was deleted."""
        with self._lock:
            if self._removal is not None:
                self._removal.cancel()

    def _remove_after(self, seconds: float) -> None:
        with self._lock:
            if self._removal is None or not self._removal.is_alive():
                self._removal = threading.Timer(seconds, self._remove)
                self._removal.daemon = True
                self._removal.start()

    def _remove(self) -> None:
        with self._lock:
            self._removal = None
        try:
            self.remove_deleted(time.time() - RESTORABLE)
        except sqlite3.Error:
            _log.exception("deleted runs are removed at the next start")

    def _check(self, run_id: str, owner: str, *, may_be_deleted: bool = False) -> LiveRun | Run:
        """A run of an owner, without reading what it has recorded.

        Raises:
            RunNotFound: there is none, or it was deleted.
            NotYourRun: it is somebody else's.
        """
        run = self._scheduler.in_memory(run_id) or self._store.get(run_id)
        if run is None:
            raise RunNotFound()
        if not owner or run.owner != owner:
            raise NotYourRun()
        is_deleted = run.is_deleted if isinstance(run, LiveRun) else run.deleted is not None
        if is_deleted and not may_be_deleted:
            raise RunNotFound()
        return run

    def _summary(self, listed: ListedRun) -> RunSummary | None:
        run, live = listed.run, self._scheduler.in_memory(listed.run.id)
        try:
            config = _read_config(run.config)
        except ValueError:  # pydantic's own is one
            _log.exception("the record of run %s cannot be read", run.id)
            return None
        metric = config.output.metric
        scales = self._scales_of(run.id, metric, live)
        last = listed.last
        if live is not None and live.epoch:
            last = dict(zip(run.log_names, live.history()[-1].tolist(), strict=False))
        best = listed.lowest if METRICS[metric].less_is_better else listed.highest
        return RunSummary(
            id=run.id,
            name=run.name,
            state=live.state if live is not None else RunState(run.state),
            epoch=live.epoch if live is not None else run.epoch,
            epochs=live.epochs if live is not None else run.epochs,
            created=run.created,
            config=config,
            last=_score(last, last, metric, scales),
            best=_score(listed.lowest, best, metric, scales),
            metric=metric,
            by_validation=config.dataset.validation_fraction > 0,
            scales=scales,
            starred=run.starred,
            parent=run.parent,
        )

    def _scales_of(self, run_id: str, metric: str, live: LiveRun | None) -> tuple[float, float]:
        """Of a regression whoever trained it has told them; until then, and for classes, there is nothing to scale."""
        if METRICS[metric].is_share:
            return 1.0, 1.0
        if run_id not in self._scales:
            opened = None if live is not None and live.info is not None else self._store.kept(run_id, "opened")
            part = decode(opened) if opened else live.info if live is not None else None
            if part is None:
                return 1.0, 1.0
            told = part.header["info"]["scales"]
            self._scales[run_id] = float(told["loss"]), float(told["metric"])
        return self._scales[run_id]


@functools.lru_cache(maxsize=1024)
def _read_config(text: str) -> ExperimentConfig:
    """A list is asked for again and again, and its configurations never change."""
    return ExperimentConfig.from_record(text)


def _score(
    losses: Mapping[str, float], metrics: Mapping[str, float], metric: str, scales: tuple[float, float]
) -> Score:
    loss, value = losses.get("val_loss", math.nan) * scales[0], metrics.get(f"val_{metric}", math.nan) * scales[1]
    return Score(loss if math.isfinite(loss) else None, value if math.isfinite(value) else None)
