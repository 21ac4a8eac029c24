"""What networks output for the rows that judge them, for the viewers who ask: they are sent while anybody does."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

from core.engine.questions import Questions
from core.engine.run import LiveRun
from core.engine.worker_pool import WorkerPool
from core.errors import DescentError, SnapshotNotKept
from core.experiment.withholding import GONE
from core.protocol.messages import Watch
from core.protocol.row_outputs import parts_of_table
from core.store import RunStore

_log = logging.getLogger(__name__)

#: Seconds until a worker that could not answer is asked again, while anybody waits for the answer.
AGAIN = 0.5


class RowOutputs:
    """Gives them to feeds. Safe to use from several threads."""

    def __init__(self, store: RunStore, pool: WorkerPool, questions: Questions) -> None:
        self._store = store
        self._pool = pool
        self._questions = questions
        self._lock = threading.Lock()
        self._waiting: set[str] = set()

    def watch(self, run: LiveRun) -> Callable[[], None]:
        """Have a run's feed hold the outputs of single rows from now on. Returns what ends that.

        A run that rests has them in the store, where there are no validation rows; otherwise a worker is asked, so
        this may take a while; where none can answer now (the server has only begun), it is asked again and again
        for as long as somebody watches.
        """
        self._count(run, 1)
        if run.outputs is None and not run.state.is_training:
            self._show_kept(run)

        return lambda: self._count(run, -1)

    def _count(self, run: LiveRun, change: int) -> None:
        with self._lock:  # to the end: who leaves must not tell the worker after who has come
            if run.count_watching(change):
                self._pool.watch(Watch(run.id, run.is_watched))

    def _show_later(self, run: LiveRun) -> None:
        with self._lock:
            if run.id in self._waiting:
                return
            self._waiting.add(run.id)
        timer = threading.Timer(AGAIN, self._show_again, [run])
        timer.daemon = True
        timer.start()

    def _show_again(self, run: LiveRun) -> None:
        with self._lock:
            self._waiting.discard(run.id)
        if run.is_watched and run.outputs is None and not run.state.is_training:
            self._show_kept(run)

    def _show_kept(self, run: LiveRun) -> None:
        """Of a run that rests."""
        dataset = run.config.dataset
        if dataset.name == GONE:
            return
        try:
            if dataset.validation_fraction:
                run.show_outputs(*self._questions.row_outputs(run.id))
                return
            kept = self._store.kept(run.id, "predictions")
            found = json.loads(kept) if kept else None
            if found is not None and found["epoch"] == run.epoch:
                names = (dataset.info.class_names or ())[: dataset.n_classes]
                run.show_outputs(*parts_of_table(run.epoch, found["columns"], names))
        except SnapshotNotKept as error:
            if error.may_come:
                self._show_later(run)
            else:
                _log.info("no outputs of the rows of run %s: %s", run.id, error)
        except (DescentError, KeyError) as error:
            _log.info("no outputs of the rows of run %s: %s", run.id, error)
