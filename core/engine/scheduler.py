"""Which run trains where and when: the queue, who holds what, and stopping.

The engine asks it; what workers report is taken by `core.engine.reports`, and what dead ones left by
`core.engine.recovery`.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from core.engine.run import LiveRun
from core.engine.worker_pool import WorkerPool
from core.errors import RunNotFound, RunNotKept
from core.experiment.withholding import GONE
from core.protocol.messages import Action, Control
from core.protocol.run_state import RunState
from core.store import Run, RunStore
from core.words import Said

_log = logging.getLogger(__name__)

#: Runs that one worker trains at once; more wait in a queue.
_RUNS_PER_WORKER = 32

#: Previews and ended runs kept in memory.
_KEPT_RUNS = 200

#: Ended runs that workers keep at hand, so that another view of them or going on needs no rebuilding.
_HOSTED_RUNS = 8

#: Seconds in which a worker may answer Stop; then the run ends without it.
_STOP_WITHIN = 0.15

_STARTING = Said("The training engine is starting; this run begins in a moment.")
UNEXPECTED = Said("The run ended for a reason that Descent did not expect; the server's log has the details.")


class Scheduler:
    """All runs of a server that are in memory. Safe to use from several threads.

    Args:
        make_pool: makes the pool of training processes, with what it asks and calls.
        received: takes what workers say of runs.
        lost: takes the runs of a worker that is gone, and why it died.
        adopt: goes on with a run whose server is gone.

    Attributes:
        pool: the training processes.
        lock: held while runs change hands; who holds it must not wait for a disk or a worker.
        is_stopping: the server ends: what dies now is not missed.
    """

    def __init__(
        self,
        store: RunStore,
        make_pool: Callable[..., WorkerPool],
        *,
        received: Callable[[Any], None],
        lost: Callable[[list[str], Said | None], None],
        adopt: Callable[[str], None],
    ) -> None:
        self._store = store
        self._adopt = adopt
        self.lock = threading.RLock()
        self.is_stopping = False
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._queue: list[LiveRun] = []
        self.pool = self._pool = make_pool(
            is_training=self.is_training,
            is_needed=self.is_needed,
            ready=self.serve_queue,
            received=received,
            lost=lost,
        )

    @property
    def is_ready(self) -> bool:
        """Whether a worker has loaded Keras."""
        return self._pool.ready_workers > 0

    def is_waiting(self, run: LiveRun) -> bool:
        """Whether a run waits for a worker."""
        return run in self._queue

    def in_memory(self, run_id: str) -> LiveRun | None:
        """A run that is in memory, without a look at the disk."""
        return self._runs.get(run_id)

    def all_in_memory(self) -> list[LiveRun]:
        """Every run and preview that is in memory."""
        with self.lock:
            return list(self._runs.values())

    def begin_to_stop(self) -> None:
        """The server ends: note how long runs have trained."""
        self.is_stopping = True
        with self.lock:
            for run in self._runs.values():
                if run.state is RunState.RUNNING:
                    self._store.update(run.id, seconds=run.seconds)

    def find(self, run_id: str) -> LiveRun:
        """A preview or a run by id, from memory or from the store.

        Raises:
            RunNotFound: there is none.
        """
        with self.lock:
            known = self._runs.get(run_id)
            if known is not None:
                if known.is_deleted:
                    raise RunNotFound()
                self._runs.move_to_end(run_id)
                return known
        found = self._store.get(run_id)  # without our lock: it may wait for the disk
        if found is None or found.deleted is not None:
            raise RunNotFound()
        run = self.read(found)
        if run is None:
            raise RunNotFound()
        if run.state.is_active and not self._store.is_ours(found):
            self._adopt(run_id)  # its server may have died since ours began; one that lives keeps it
        elif not run.is_elsewhere:
            with self.lock:
                if run_id not in self._runs:
                    self.remember(run)
        with self.lock:
            return self._runs.get(run_id, run)

    def remember(self, run: LiveRun) -> None:
        """Keep a run in memory, and let go of the oldest that nobody needs."""
        self._runs[run.id] = run
        run.set_trouble(self._store.trouble)
        if len(self._runs) > _KEPT_RUNS:
            for old in list(self._runs.values())[:-_KEPT_RUNS]:
                rests = (old.has_ended and not old.has_unobeyed_controls) or old.is_preview
                if rests and not old.viewers:
                    self._runs.pop(old.id)
                    self._pool.close(old.id)

    def forget(self, run_id: str) -> None:
        """Let go of a run that has ended, at once."""
        with self.lock:
            if self._runs.pop(run_id, None) is not None:
                self._pool.close(run_id)

    def send(self, run: LiveRun, action: Action, value: Any = None) -> None:
        """Have a worker do something to a run: the one that holds it, or the one that will."""
        with self.lock:
            is_held = self._pool.holds(run.id)
            if not is_held and run not in self._queue and run.state.has_ended and action == "speed":
                return  # it is in the record, which is all that an ended run needs
            control = run.control(action, value)
            if is_held:
                self._pool.send(control)
            elif run in self._queue:  # it will begin this way
                state = RunState.PAUSED if run.will_pause else RunState.QUEUED
                self._store.update(run.id, state=state, steps=run.steps_to_come if run.will_pause else 0)
            elif not run.state.is_training:  # else its worker has just died: `Recovery.lost` takes the control along
                self.reopen(run)

    def enqueue(self, run: LiveRun, *, first: bool = False) -> None:
        """Have a run wait for a worker with room."""
        self._queue.insert(0 if first else len(self._queue), run)
        self.serve_queue()

    def serve_queue(self) -> None:
        """Give waiting runs to workers, and tell those that still wait where they stand."""
        with self.lock:
            active, room = self._pool.training, _RUNS_PER_WORKER * self._pool.ready_workers
            while self._queue and active < room:
                run = self._queue.pop(0)
                run.enter(RunState.QUEUED)
                self.guard(run, self.reopen)
                active += 1
            for position, run in enumerate(self._queue, start=1):
                starting = None if self.is_ready or run.note else _STARTING
                run.enter(RunState.QUEUED, starting, queue_position=position if self.is_ready else None)

    def reopen(self, run: LiveRun) -> None:
        """Have a worker hold a run that none holds, from its newest state.

        Raises:
            RunNotKept: it failed, and its last state was not kept: what made it fail might come again.
        """
        with self.lock:
            if self._pool.holds(run.id):
                return
            if run.config.dataset.name == GONE:
                run.forget_controls()
                return  # without its rows nothing of it can be trained or drawn
            if run.state is RunState.FAILED and run.epoch and run.state_at_rest(self._store) is None:
                run.forget_controls()
                raise RunNotKept()
            self._pool.open(run.opening(run.latest_state(self._store)))

    def stop_all_of(self, owner: str, reason: Said) -> None:
        """An owner trains one run at a time."""
        with self.lock:
            for run in list(self._runs.values()):
                if run.owner == owner and not run.is_elsewhere:
                    self.stop(run, reason)

    def stop(self, run: LiveRun, reason: Said | None) -> None:
        """End a run; where its worker does not answer in time, without it.

        Args:
            reason: said where another run was the cause.
        """
        with self.lock:
            if run.has_ended:
                return
            if not self._pool.holds(run.id):
                self.end_here(run, RunState.STOPPED, reason)
                return
            run.reason = reason  # before it is sent: the answer may be quick
            stop = run.control("stop")
            self._pool.send(stop)
            attempt = run.attempt
        late = threading.Timer(_STOP_WITHIN, self._stop_unanswered, (run, stop, attempt))
        late.daemon = True
        late.start()

    def _stop_unanswered(self, run: LiveRun, stop: Control, attempt: int) -> None:
        """Its worker is busy with something long: the run ends with what has been reported."""
        with self.lock:
            # A run that was stopped and continued meanwhile has obeyed: it trains again because it was asked to.
            if run.has_ended or run.has_obeyed(stop) or run.attempt != attempt or self.is_stopping:
                return
            self._pool.close(run.id)
            self.end_here(run, RunState.STOPPED, run.reason)

    def end_here(self, run: LiveRun, state: RunState, message: Said | None) -> None:
        """A run is over for another reason than its training: say so, record it, let the next one begin."""
        if run in self._queue:
            self._queue.remove(run)
        if run.has_ended:
            run.forget_controls()
            run.remark(message)
            return
        run.attempt += 1  # what its worker still says of it comes too late
        run.forget_controls()
        run.steps, run.reason = 0, None
        if run.is_preview:
            run.enter(RunState.FAILED, message)
            return
        run.enter(state, message)
        self._store.update(run.id, state=run.state, message=message, seconds=run.seconds, steps=0)
        if state is RunState.STOPPED and run.epoch and run.state_at_rest(self._store) is None:
            self.reopen(run)  # for its last picture, its predictions and its state
        self.serve_queue()

    def take_away(self, run: LiveRun, reason: Said) -> None:
        """Have no worker hold a run any more, and end it where it trains: its rows are gone (`RunFeed.lose_rows`)."""
        with self.lock:
            self._pool.close(run.id)
            if not run.is_preview and not run.has_ended:
                self.end_here(run, RunState.STOPPED, reason)
            run.forget_controls()
            run.attempt += 1  # what its worker still says of it is about rows

    def close_oldest(self) -> None:
        """Have workers forget ended runs; they can be held again from their states."""
        with self.lock:
            at_rest = (run for run in self._runs.values() if run.has_ended and not run.has_unobeyed_controls)
            ended = [run.id for run in at_rest if self._pool.holds(run.id)]
            for run_id in ended[:-_HOSTED_RUNS]:
                self._pool.close(run_id)

    def is_training(self, run_id: str) -> bool:
        """Whether a run takes time of the worker that holds it."""
        run = self._runs.get(run_id)
        return run is not None and run.state.is_training

    def is_needed(self, run_id: str) -> bool:
        """Whether a run would lose something with its worker."""
        run = self._runs.get(run_id)
        if run is None or run.state is RunState.FAILED:
            return False
        if run.is_preview:
            return not run.was_opened
        return run.state.is_training or run.has_unobeyed_controls or run.state_at_rest(self._store) is None

    def tell_trouble(self, trouble: Said | None) -> None:
        """Have every run say that it cannot be saved now, or with None that it can."""
        for run in tuple(self._runs.values()):  # without our lock: who holds it may wait for the disk
            run.set_trouble(trouble)

    def read(self, found: Run) -> LiveRun | None:
        """A run of the store, None where its record cannot be read: one such run must not keep the others away."""
        try:
            return LiveRun.from_record(found, self._store)
        except ValueError:  # pydantic's own is one
            _log.exception("the record of run %s cannot be read", found.id)
            return None

    def guard(self, run: LiveRun, action: Callable[[LiveRun], None]) -> None:
        """Do something for a run; what goes wrong with it must not reach the others."""
        try:
            action(run)
        except Exception:  # of any kind: a damaged state, a disk that cannot be read
            _log.exception("could not go on with run %s", run.id)
            self.end_here(run, RunState.FAILED, UNEXPECTED)
