"""Runs go on after a death: of the worker that held them, or of the server that they were begun on."""

from __future__ import annotations

import threading

from core.engine.run import LiveRun
from core.engine.scheduler import UNEXPECTED, Scheduler
from core.protocol.run_state import RunState
from core.store import RunStore
from core.words import Said

_LOST = Said(
    "A training process ended unexpectedly after epoch {epoch}; another one went on from there, nothing is lost."
)
_LOST_AT_ONCE = Said("A training process ended unexpectedly; another one took its place, nothing is lost.")
_RESTARTED = Said("The server was started again after epoch {epoch}; the run went on from there, nothing is lost.")
_KILLS_WORKERS = Said(
    "The training process ended unexpectedly {deaths} times when it was to show this network ({cause}). Most often the "
    "computer has too little memory for it: try fewer units, layers or samples."
)
_GIVEN_UP = Said(
    "The training process ended unexpectedly {deaths} times without finishing an epoch ({cause}), so this run was not "
    "tried again. Most often the computer has too little memory for it: try fewer units, layers or samples. Everything "
    "up to epoch {epoch} is kept."
)


class Recovery:
    """Hands the scheduler what dead processes left. Safe to use from several threads."""

    def __init__(self, store: RunStore, scheduler: Scheduler) -> None:
        self._store = store
        self._scheduler = scheduler
        self._pool = scheduler.pool
        self._adoption_waits = False
        store.on_trouble(self._trouble_changed)

    def adopt(self, run_id: str | None = None) -> None:
        """Go on with what dead servers left, or with one run of that."""
        adopted = self._store.adopt(run_id)
        if adopted is None:
            self._adoption_waits = True  # until the disk takes it
            return
        for found in adopted:
            run = self._scheduler.read(found)
            if run is None:
                self._store.update(found.id, state=RunState.FAILED, message=UNEXPECTED)
                continue
            with self._scheduler.lock:
                self._scheduler.remember(run)
                if run.state is RunState.PAUSED:
                    if run.steps:
                        self._scheduler.guard(run, self._scheduler.reopen)
                    continue  # until its owner comes back
                run.remark(_RESTARTED.filled(epoch=run.epoch) if run.epoch else None)
                run.begins = RunState.RUNNING
                run.enter(RunState.QUEUED)
                self._scheduler.enqueue(run)

    def lost(self, run_ids: list[str], cause: Said | None) -> None:
        """The worker that held these runs is gone: have another one go on with them.

        Args:
            cause: why it died, None where it was replaced in order.
        """
        with self._scheduler.lock:
            for run_id in run_ids:
                run = self._scheduler.in_memory(run_id)
                if run is not None and not self._pool.holds(run_id):
                    self._scheduler.guard(run, lambda run: self.go_on_with(run, cause))

    def go_on_with(self, run: LiveRun, cause: Said | None) -> None:
        """One run whose worker is gone; see `lost`."""
        if run.is_preview:
            if run.was_opened or run.state is not RunState.IDLE:
                return
            if cause is not None and run.count_death():
                run.enter(RunState.FAILED, _KILLS_WORKERS.filled(deaths=run.deaths, cause=cause))
            else:
                self._pool.open(run.opening())
            return
        if not run.state.is_active and not run.has_unobeyed_controls:
            if run.state is not RunState.FAILED and run.state_at_rest(self._store) is None:
                self._scheduler.reopen(run)
            return
        busy = run.state.is_training or run.steps > 0 or run.has_unobeyed_controls
        if cause is not None and busy and run.count_death():
            self._scheduler.end_here(
                run, RunState.FAILED, _GIVEN_UP.filled(deaths=run.deaths, cause=cause, epoch=run.epoch)
            )
            run.deaths = 0  # should it be continued
            return
        if cause is not None and run.state.is_training:
            run.remark(_LOST.filled(epoch=run.epoch) if run.epoch else _LOST_AT_ONCE)
        if run.state.is_training:
            if run.state is RunState.RUNNING:
                run.begins = RunState.RUNNING
            run.enter(RunState.QUEUED)
            self._scheduler.enqueue(run, first=True)
        else:
            self._scheduler.reopen(run)

    def _trouble_changed(self) -> None:
        """The disk refuses what is to be recorded, or takes it again."""
        trouble = self._store.trouble
        self._scheduler.tell_trouble(trouble)
        if trouble is None and self._adoption_waits:
            self._adoption_waits = False
            threading.Thread(target=self.adopt, name="adoption", daemon=True).start()
