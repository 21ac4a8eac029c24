"""What workers report of runs: into the store, and to whoever watches."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from core.engine.run import LiveRun
from core.engine.scheduler import UNEXPECTED, Scheduler
from core.protocol.messages import (
    Answer,
    Edited,
    Framed,
    Judged,
    Opened,
    Progress,
    RateChanged,
    Refused,
    Report,
    Rested,
)
from core.protocol.run_state import RunState
from core.protocol.wire import Part, encode
from core.runtime.plain_json import plain_json
from core.store import RunStore
from core.words import Said

_log = logging.getLogger(__name__)

#: Seconds between two pictures kept for after a crash.
_KEEP_FRAME = 2.0


class Reports:
    """Takes reports from the threads that listen to workers.

    Args:
        answered: takes the answers to questions, which belong to no run.
    """

    def __init__(self, store: RunStore, scheduler: Scheduler, answered: Callable[[Answer], None]) -> None:
        self._store = store
        self._scheduler = scheduler
        self._answered = answered

    def received(self, message: Any) -> None:
        """Take what a worker said, from whichever thread listens to it."""
        if isinstance(message, Answer):
            self._answered(message)
            return
        run = self._scheduler.in_memory(message.run)
        if run is None or self._scheduler.is_stopping:
            return
        try:
            with self._scheduler.lock:
                if run.belongs_to_attempt(message.attempt):
                    self._take(run, message)
        except Exception:  # of any kind: what is wrong with one run's report must not end its worker's listener
            if self._scheduler.is_stopping:
                return
            _log.exception("could not take a message")
            with self._scheduler.lock:
                self._scheduler.pool.close(run.id)
                self._scheduler.end_here(run, RunState.FAILED, UNEXPECTED)

    def _take(self, run: LiveRun, message: Report) -> None:
        match message:
            case Opened(part=part):
                self._opened(run, part)
            case Progress():
                self._progressed(run, message)
            case RateChanged(epoch=epoch, learning_rate=rate):
                run.record_change(epoch, rate)
                self._store.record_change(run.id, epoch, rate)
            case Edited(kept=kept):
                run.record_edit(message)
                self._store.record(run.id, kept=kept, edits=[asdict(edit) for edit in run.edits])
            case Framed(part=part):
                self._framed(run, part)
            case Judged(targets=targets, outputs=outputs):
                run.show_outputs(targets, outputs)
            case Rested(epoch=epoch, checkpoint=checkpoint, predictions=columns):
                predictions = {"epoch": epoch, "columns": columns}
                self._store.record(run.id, kept=checkpoint)
                self._store.keep(run.id, "predictions", plain_json(predictions).encode())
                if run.frame is not None:
                    self._store.keep(run.id, "frame", encode([run.frame]))
                self._scheduler.pool.retire()
            case Refused(sentence=sentence):
                self._refused(run, sentence)
        run.obey(message.obeyed)

    def _opened(self, run: LiveRun, part: Part) -> None:
        run.open(part)
        run.was_opened = True
        if not run.is_preview and run.opened is not None:
            self._store.keep(run.id, "opened", encode([run.opened]))

    def _progressed(self, run: LiveRun, report: Progress) -> None:
        was = run.state
        if run.is_preview:
            run.progress(report)
            return
        if len(report.logs) and report.first_epoch != run.epoch + 1:
            _log.error("epoch %s of run %s came after epoch %s", report.first_epoch, run.id, run.epoch)
            report = replace(report, logs=report.logs[:0], snapshots=(), kept=None)  # the record is never overwritten
        if report.state is RunState.STOPPED and run.reason:
            report = replace(report, message=run.reason)
        if report.state == was and was.has_ended and report.message is None:
            report = replace(report, message=run.message)  # it was only opened again
        before = (was, run.message, run.epochs, run.steps)
        run.take(report)
        fields: dict[str, Any] = {}
        if before != (run.state, run.message, run.epochs, run.steps):
            fields = {"state": run.state, "message": run.message, "epochs": run.epochs, "steps": run.steps}
        if fields or report.kept is not None:
            fields["seconds"] = run.seconds
        if len(report.logs) or report.snapshots or fields:
            self._store.record(
                run.id,
                first_epoch=report.first_epoch,
                logs=report.logs,
                snapshots=report.snapshots,
                kept=report.kept,
                **fields,
            )
        if run.state != was:
            if run.has_ended:
                run.reason = None
            self._scheduler.serve_queue()  # also a pause frees a place
            self._scheduler.close_oldest()

    def _framed(self, run: LiveRun, part: Part) -> None:
        run.show(part)
        now = time.monotonic()
        if not run.is_preview and now - run.picture_kept > _KEEP_FRAME:
            run.picture_kept = now
            self._store.keep(run.id, "frame", encode([part]))

    def _refused(self, run: LiveRun, sentence: Said) -> None:
        """A worker could not open or train it."""
        self._scheduler.pool.close(run.id)
        self._scheduler.end_here(run, RunState.FAILED, sentence)
