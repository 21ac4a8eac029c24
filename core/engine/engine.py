"""The engine: takes experiments from pages, has workers train them, records every epoch, tells the viewers.

Lives in the server and never imports Keras. Safe to use from several threads. Pages talk to it, not to its parts.
"""

from __future__ import annotations

import json
import logging
import math
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from core.engine.edits import check_edit
from core.engine.feed import RunFeed
from core.engine.questions import Questions
from core.engine.run import LiveRun
from core.engine.tasks import Task, Tasks
from core.engine.worker_pool import WorkerPool
from core.engine.worker_process import WorkerProcess
from core.errors import CannotEdit, RunNotFound, RunNotKept, SnapshotNotKept
from core.evaluation.views import View
from core.experiment.architecture import architecture
from core.experiment.config import ExperimentConfig
from core.experiment.drawing import Drawing
from core.protocol.messages import (
    Action,
    Answer,
    Control,
    Edit,
    Edited,
    Framed,
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
from core.store import Run, RunStore
from core.training.state import TrainingState

_log = logging.getLogger(__name__)

#: Runs that one worker trains at once; more wait in a queue.
_RUNS_PER_WORKER = 32

#: Previews and ended runs kept in memory.
_KEPT_RUNS = 200

#: Ended runs that workers keep at hand, so that another view of them or going on needs no rebuilding.
_HOSTED_RUNS = 8

#: Seconds between two pictures kept for after a crash.
_KEEP_FRAME = 2.0

#: Seconds in which a worker may answer Stop; then the run ends without it.
_STOP_WITHIN = 0.15

_STARTING = "The training engine is starting; this run begins in a moment."
_UNEXPECTED = "The run ended for a reason that Descent did not expect; the server's log has the details."
_LOST = "A training process ended unexpectedly after epoch {epoch}; another one went on from there, nothing is lost."
_LOST_AT_ONCE = "A training process ended unexpectedly; another one took its place, nothing is lost."
_RESTARTED = "The server was started again after epoch {epoch}; the run went on from there, nothing is lost."
_KILLS_WORKERS = (
    "The training process ended unexpectedly {deaths} times when it was to show this network ({cause}). Most often the "
    "computer has too little memory for it: try fewer units, layers or samples."
)
_GIVEN_UP = (
    "The training process ended unexpectedly {deaths} times without finishing an epoch ({cause}), so this run was not "
    "tried again. Most often the computer has too little memory for it: try fewer units, layers or samples. Everything "
    "up to epoch {epoch} is kept."
)


def default_workers() -> int:
    """A worker per core, at most four: `DESCENT_WORKERS` overrides it."""
    chosen = os.environ.get("DESCENT_WORKERS", "")
    return max(1, int(chosen)) if chosen.isdecimal() else max(1, min(4, os.cpu_count() or 1))


class Engine:
    """All experiments of one server. Runs that a dead server of the same folder left go on.

    Args:
        store: where runs are recorded.
        workers: number of training processes.
        begin: whether to start them now; what is asked for before `begin` is kept for them.
        make_pool: makes the pool of them.
    """

    def __init__(
        self,
        store: RunStore,
        *,
        workers: int | None = None,
        begin: bool = True,
        make_pool: Callable[..., WorkerPool] = WorkerPool,
    ) -> None:
        self.store = store
        self.pool = make_pool(
            workers or default_workers(),
            is_training=self._is_training,
            is_needed=self._is_needed,
            ready=self._serve_queue,
            received=self._received,
            lost=self._lost,
        )
        self._lock = threading.RLock()
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._queue: list[LiveRun] = []
        self.questions = Questions(store, self.pool, self.find)
        self.tasks = Tasks(store, self.find, self._start_task_process)
        self._stopping = False
        self._adoption_waits = False
        store.on_trouble(self._tell_trouble)
        self._adopt()
        if begin:
            self.begin()

    def begin(self) -> None:
        """Start the first training process, unless there is one; it starts the others when it is ready."""
        self.pool.begin()

    def stop(self) -> None:
        """End every worker. Runs in training go on when a server of the same data folder starts."""
        self._stopping = True
        with self._lock:
            for run in self._runs.values():
                if run.state is RunState.RUNNING:
                    self.store.update(run.id, seconds=run.seconds)
        self.tasks.stop()
        self.pool.stop()
        self.store.close()

    @property
    def is_ready(self) -> bool:
        """Whether a worker has loaded Keras."""
        return self.pool.ready_workers > 0

    @property
    def has_waiting_runs(self) -> bool:
        """Whether a run waits for a worker, as those of a dead server do."""
        return bool(self._queue)

    def preview(self, config: ExperimentConfig, view: View, *, replaces: str | None = None) -> LiveRun:
        """Show an experiment with its initial weights.

        Args:
            replaces: id of the preview that the same page showed before.
        """
        preview = LiveRun(
            f"preview-{secrets.token_urlsafe(12)}",
            view=view,
            owner="",
            config=config,
            state=RunState.IDLE,
            epochs=config.training.epochs,
        )
        preview.replaces = replaces
        with self._lock:
            self._remember(preview)
            self.pool.open(preview.opening())
        return preview

    def train(
        self,
        config: ExperimentConfig,
        *,
        owner: str,
        view: View | None = None,
        speed: float | None = None,
        steps: int | None = None,
    ) -> LiveRun:
        """Start a new run from the initial weights. The owner's other run, if one is active, is stopped first.

        Args:
            speed: epochs a second, None for as fast as possible.
            steps: train this many epochs and pause; None trains to the end.
        """
        with self._lock:
            run = self._create(config, owner=owner, view=view, speed=speed, epochs=config.training.epochs)
            if steps is not None:
                run.begins, run.steps = RunState.PAUSED, steps
                # What it is to be, should the server die now.
                self.store.update(run.id, state=RunState.PAUSED, steps=steps)
            self._enqueue(run)
        return run

    def branch(
        self,
        source_id: str,
        epoch: int,
        *,
        owner: str,
        config: ExperimentConfig | None = None,
        view: View | None = None,
        speed: float | None = None,
    ) -> LiveRun:
        """Start a new run that goes on from a recorded epoch of another, anybody's. What happened up to there is
        copied.

        Args:
            config: taken where it differs from the run's in training settings only; the run's otherwise.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded.
        """
        source = self.find(source_id)
        trained = source.config
        snapshot = self.store.snapshot(source.id, epoch) if epoch in source.snapshots else None
        if snapshot is None:
            raise SnapshotNotKept(epoch)
        changes = [change for change in source.changes if change[0] <= epoch]
        rate = changes[-1][1] if changes else trained.training.learning_rate
        if config is None or not _may_go_on(trained, config):
            config = trained
        elif not math.isclose(config.training.learning_rate, rate, rel_tol=1e-6):
            rate = config.training.learning_rate
            changes = [*(change for change in changes if change[0] < epoch), (epoch, rate)]
        done_edits = TrainingState.from_bytes(snapshot).edits
        edits = source.edits[:done_edits] if done_edits is not None else _before(source.edits, epoch)
        with self._lock:
            run = self._create(
                config,
                owner=owner,
                view=view,
                speed=speed,
                epochs=config.training.epochs if config.training.epochs > epoch else epoch + config.training.epochs,
                parent=source.id,
                forked_at=epoch,
            )
            run.restore(
                source.history()[:epoch].copy(),
                message=None,
                changes=changes,
                seconds=0.0,
                opened=None,
                frame=None,
                snapshots={kept: size for kept, size in source.snapshots.items() if kept <= epoch},
                edits=edits,
            )
            self.store.record_edits(run.id, [asdict(edit) for edit in edits])
            for changed, to in changes:
                self.store.record_change(run.id, changed, to)
            self.store.record(run.id, kept=snapshot)
            self._enqueue(run)
        return run

    def find(self, run_id: str) -> LiveRun:
        """A preview or a run by id, from memory or from the store.

        Raises:
            RunNotFound: there is none.
        """
        with self._lock:
            if run_id in self._runs:
                self._runs.move_to_end(run_id)
                return self._runs[run_id]
        found = self.store.get(run_id)  # without our lock: it may wait for the disk
        if found is None:
            raise RunNotFound()
        run = self._read(found)
        if run is None:
            raise RunNotFound()
        if run.state.is_active and not self.store.is_ours(found):
            self._adopt(run_id)  # its server may have died since ours began; one that lives keeps it
        elif not run.is_elsewhere:
            with self._lock:
                if run_id not in self._runs:
                    self._remember(run)
        with self._lock:
            return self._runs.get(run_id, run)

    def pause(self, run_id: str, *, owner: str) -> None:
        """Pause between two epochs; Resume goes on as if nothing had been."""
        self._control(run_id, owner, "pause", seen=lambda run: run.state is not RunState.RUNNING)

    def resume(self, run_id: str, *, owner: str) -> None:
        """Go on after a pause."""
        self._control(run_id, owner, "resume", seen=lambda run: run.state is not RunState.PAUSED)

    def step(self, run_id: str, *, owner: str) -> None:
        """Train one epoch of a paused run, and stay paused."""
        before = self._owned(run_id, owner).epoch
        self._control(run_id, owner, "step", 1, seen=lambda run: run.epoch > before or run.has_ended)

    def stop_run(self, run_id: str, *, owner: str) -> None:
        """End a run; what it learned is kept. It ends also where its worker does not answer."""
        run = self._owned(run_id, owner)
        run.remark(None)
        self._stop(run, None)
        run.wait_until(lambda run: run.has_ended, 0.5)

    def set_speed(self, run_id: str, speed: float | None, *, owner: str) -> None:
        """Change the epochs a second, None for as fast as possible."""
        run = self._owned(run_id, owner)
        with self._lock:
            run.speed = speed
            self.store.update(run.id, speed=speed)
            self._send(run, "speed", speed)

    def set_learning_rate(self, run_id: str, learning_rate: float, *, owner: str) -> None:
        """Change the learning rate from the next epoch on, and record it."""
        run = self._owned(run_id, owner)
        with self._lock:
            if run.has_ended or math.isclose(run.wanted_rate, learning_rate, rel_tol=1e-6):
                return
            if run in self._queue:  # no worker has it: the change is made where the record ends
                run.drop_rates()
                run.record_change(run.epoch, learning_rate)
                self.store.record_change(run.id, run.epoch, learning_rate)
                return
            self._send(run, "learning_rate", learning_rate)
        run.wait_until(lambda run: bool(run.changes) and run.changes[-1][1] == learning_rate, 0.5)

    def set_view(self, run_id: str, view: View, *, owner: str) -> None:
        """Show another plane of the input space."""
        run = self._owned(run_id, owner)
        view.check(len(run.config.dataset.info.feature_names))
        with self._lock:
            run.chosen_view = view
            self.store.update(run.id, view=json.dumps(asdict(view)))
            self._send(run, "view", view)

    def edit_weight(self, run_id: str, edit: Edit, *, owner: str) -> None:
        """Set one weight of a paused run by hand, and record it.

        Raises:
            CannotEdit: the run is not paused, or there is no such weight, or the value is no usable number.
        """
        run = self._owned(run_id, owner)
        if run.state is not RunState.PAUSED:
            raise CannotEdit("A weight can be set by hand while the run is paused. Press Pause first.")
        check_edit(run.config, edit)
        count = len(run.edits)
        self._send(run, "edit", edit)
        run.wait_until(lambda run: len(run.edits) > count, 0.5)

    def undo_edit(self, run_id: str, *, owner: str) -> None:
        """Take the last weight that was set by hand back, unless an epoch was trained since."""
        run = self._owned(run_id, owner)
        count = len(run.edits)
        if run.state is RunState.PAUSED and count:
            self._send(run, "undo_edit")
            run.wait_until(lambda run: len(run.edits) < count, 0.5)

    def extend(self, run_id: str, epochs: int, *, owner: str) -> None:
        """Continue an ended run for as many epochs more."""
        run = self._owned(run_id, owner)
        if not run.state.may_be_continued:
            return
        with self._lock:
            self._stop_all_of(owner, "Stopped: another run was continued.")
            run.remark(None)
            self._send(run, "extend", epochs)
        run.wait_until(lambda run: not run.has_ended, 0.5)

    def depict(self, run_id: str, epoch: int) -> Part:
        """The picture of a recorded epoch; see `Questions.depict`."""
        return self.questions.depict(run_id, epoch)

    def export(self, run_id: str) -> bytes:
        """A run's network as a `.keras` file; see `Questions.export`."""
        return self.questions.export(run_id)

    def dissect(self, run_id: str, **asked: int) -> dict[str, Any]:
        """A mini-batch in slow motion; see `Questions.dissect`."""
        return self.questions.dissect(run_id, **asked)

    def predictions(self, run_id: str) -> dict[str, list[Any]] | None:
        """Columns of the test rows' predictions after a run's last epoch; None while it trains."""
        run, kept = self.find(run_id), self.store.kept(run_id, "predictions")
        found = json.loads(kept) if kept else None
        if found is None or found["epoch"] != run.epoch or run.state.is_training:
            return None
        columns: dict[str, list[Any]] = found["columns"]
        return columns

    def begin_task(
        self, run_id: str, kind: str, options: Mapping[str, Any] | None = None, *, owner: str, epoch: int | None = None
    ) -> Task:
        """Ask for long work; see `Tasks.begin`."""
        return self.tasks.begin(run_id, kind, options, owner=owner, epoch=epoch)

    def find_task(self, task_id: str) -> Task:
        """A task by id; see `Tasks.find`."""
        return self.tasks.find(task_id)

    def result_of(self, task: Task) -> bytes | None:
        """What a task made; see `Tasks.result`."""
        return self.tasks.result(task)

    def cancel_task(self, task_id: str, *, owner: str) -> None:
        """End a task without a result; see `Tasks.cancel`."""
        self.tasks.cancel(task_id, owner=owner)

    def _start_task_process(self, received: Callable[..., None], died: Callable[..., None]) -> WorkerProcess:
        self.begin()
        return WorkerProcess("tasks", self.pool.fork_server, received, died, role="tasks")

    def keep_drawing(self, drawing: Drawing) -> str:
        """Keep points drawn by hand. Returns the reference that a link can hold."""
        return self.store.keep_drawing(drawing)

    def find_drawing(self, reference: str) -> Drawing | None:
        """The points of a reference, None where they are not kept."""
        return self.store.find_drawing(reference)

    def _create(
        self,
        config: ExperimentConfig,
        *,
        owner: str,
        view: View | None,
        speed: float | None,
        epochs: int,
        parent: str | None = None,
        forked_at: int | None = None,
    ) -> LiveRun:
        """A new run, recorded and queued nowhere yet. The owner's other run is stopped."""
        self._stop_all_of(owner, "Stopped: a newer run was started.")
        view, metric = view or View(), config.output.metric
        created = self.store.create(
            owner=owner,
            config=config.model_dump_json(),
            epochs=epochs,
            log_names=("loss", metric, "val_loss", f"val_{metric}"),
            speed=speed,
            view=json.dumps(asdict(view)),
            parent=parent,
            forked_at=forked_at,
        )
        run = LiveRun(
            created.id,
            view=view,
            speed=speed,
            owner=owner,
            config=config,
            state=RunState.QUEUED,
            epochs=epochs,
            parent=parent,
            forked_at=forked_at,
        )
        self._remember(run)
        return run

    def _owned(self, run_id: str, owner: str) -> LiveRun:
        run = self.find(run_id)
        run.check_owner(owner)
        return run

    def _control(
        self, run_id: str, owner: str, action: Action, value: Any = None, *, seen: Callable[[RunFeed], bool]
    ) -> None:
        run = self._owned(run_id, owner)
        if run.has_ended:
            return
        with self._lock:
            run.remark(None)
            self._send(run, action, value)
        run.wait_until(seen, 0.5)

    def _send(self, run: LiveRun, action: Action, value: Any = None) -> None:
        """Have a worker do something to a run: the one that holds it, or the one that will."""
        with self._lock:
            is_held = self.pool.holds(run.id)
            if not is_held and run not in self._queue and run.state.has_ended and action == "speed":
                return  # it is in the record, which is all that an ended run needs
            control = run.control(action, value)
            if is_held:
                self.pool.send(control)
            elif run in self._queue:  # it will begin this way
                state = RunState.PAUSED if run.will_pause else RunState.QUEUED
                self.store.update(run.id, state=state, steps=run.steps_to_come if run.will_pause else 0)
            elif not run.state.is_training:  # else its worker has just died: `_lost` takes the control along
                self._reopen(run)

    def _stop_all_of(self, owner: str, reason: str) -> None:
        """An owner trains one run at a time."""
        with self._lock:
            for run in list(self._runs.values()):
                if run.owner == owner and not run.is_elsewhere:
                    self._stop(run, reason)

    def _stop(self, run: LiveRun, reason: str | None) -> None:
        with self._lock:
            if run.has_ended:
                return
            if not self.pool.holds(run.id):
                self._end_here(run, RunState.STOPPED, reason)
                return
            run.reason = reason  # before it is sent: the answer may be quick
            stop = run.control("stop")
            self.pool.send(stop)
            attempt = run.attempt
        late = threading.Timer(_STOP_WITHIN, self._stop_unanswered, (run, stop, attempt))
        late.daemon = True
        late.start()

    def _stop_unanswered(self, run: LiveRun, stop: Control, attempt: int) -> None:
        """Its worker is busy with something long: the run ends with what has been reported."""
        with self._lock:
            # A run that was stopped and continued meanwhile has obeyed: it trains again because it was asked to.
            if run.has_ended or run.has_obeyed(stop) or run.attempt != attempt or self._stopping:
                return
            self.pool.close(run.id)
            self._end_here(run, RunState.STOPPED, run.reason)

    def _end_here(self, run: LiveRun, state: RunState, message: str | None) -> None:
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
        self.store.update(run.id, state=run.state, message=message, seconds=run.seconds, steps=0)
        if state is RunState.STOPPED and run.epoch and run.state_at_rest(self.store) is None:
            self._reopen(run)  # for its last picture, its predictions and its state
        self._serve_queue()

    def _reopen(self, run: LiveRun) -> None:
        """Have a worker hold a run that none holds, from its newest state.

        Raises:
            RunNotKept: it failed, and its last state was not kept: what made it fail might come again.
        """
        with self._lock:
            if self.pool.holds(run.id):
                return
            if run.state is RunState.FAILED and run.epoch and run.state_at_rest(self.store) is None:
                run.forget_controls()
                raise RunNotKept()
            self.pool.open(run.opening(run.latest_state(self.store)))

    def _enqueue(self, run: LiveRun, *, first: bool = False) -> None:
        """Have a run wait for a worker with room."""
        self._queue.insert(0 if first else len(self._queue), run)
        self._serve_queue()

    def _serve_queue(self) -> None:
        """Give waiting runs to workers, and tell those that still wait where they stand."""
        with self._lock:
            active, room = self.pool.training, _RUNS_PER_WORKER * self.pool.ready_workers
            while self._queue and active < room:
                run = self._queue.pop(0)
                run.enter(RunState.QUEUED)
                self._guard(run, self._reopen)
                active += 1
            for position, run in enumerate(self._queue, start=1):
                starting = None if self.is_ready or run.note else _STARTING
                run.enter(RunState.QUEUED, starting, queue_position=position if self.is_ready else None)

    def _guard(self, run: LiveRun, action: Callable[[LiveRun], None]) -> None:
        """Do something for a run; what goes wrong with it must not reach the others."""
        try:
            action(run)
        except Exception:  # of any kind: a damaged state, a disk that cannot be read
            _log.exception("could not go on with run %s", run.id)
            self._end_here(run, RunState.FAILED, _UNEXPECTED)

    def _adopt(self, run_id: str | None = None) -> None:
        """Go on with what dead servers left, or with one run of that."""
        adopted = self.store.adopt(run_id)
        if adopted is None:
            self._adoption_waits = True  # until the disk takes it
            return
        for found in adopted:
            run = self._read(found)
            if run is None:
                self.store.update(found.id, state=RunState.FAILED, message=_UNEXPECTED)
                continue
            with self._lock:
                self._remember(run)
                if run.state is RunState.PAUSED:
                    if run.steps:
                        self._guard(run, self._reopen)
                    continue  # until its owner comes back
                run.remark(_RESTARTED.format(epoch=run.epoch) if run.epoch else None)
                run.begins = RunState.RUNNING
                run.enter(RunState.QUEUED)
                self._enqueue(run)

    def _read(self, found: Run) -> LiveRun | None:
        """A run of the store, None where its record cannot be read: one such run must not keep the others away."""
        try:
            return LiveRun.from_record(found, self.store)
        except ValueError:  # pydantic's own is one
            _log.exception("the record of run %s cannot be read", found.id)
            return None

    def _remember(self, run: LiveRun) -> None:
        self._runs[run.id] = run
        run.set_trouble(self.store.trouble)
        if len(self._runs) > _KEPT_RUNS:
            for old in list(self._runs.values())[:-_KEPT_RUNS]:
                rests = (old.has_ended and not old.has_unobeyed_controls) or old.is_preview
                if rests and not old.viewers:
                    self._runs.pop(old.id)
                    self.pool.close(old.id)

    def _close_oldest(self) -> None:
        """Have workers forget ended runs; they can be held again from their states."""
        with self._lock:
            at_rest = (run for run in self._runs.values() if run.has_ended and not run.has_unobeyed_controls)
            ended = [run.id for run in at_rest if self.pool.holds(run.id)]
            for run_id in ended[:-_HOSTED_RUNS]:
                self.pool.close(run_id)

    def _is_training(self, run_id: str) -> bool:
        run = self._runs.get(run_id)
        return run is not None and run.state.is_training

    def _is_needed(self, run_id: str) -> bool:
        """Whether a run would lose something with its worker."""
        run = self._runs.get(run_id)
        if run is None or run.state is RunState.FAILED:
            return False
        if run.is_preview:
            return run.info is None
        return run.state.is_training or run.has_unobeyed_controls or run.state_at_rest(self.store) is None

    def _tell_trouble(self) -> None:
        """The disk refuses what is to be recorded, or takes it again."""
        trouble = self.store.trouble
        for run in tuple(self._runs.values()):  # without our lock: who holds it may wait for the disk
            run.set_trouble(trouble)
        if trouble is None and self._adoption_waits:
            self._adoption_waits = False
            threading.Thread(target=self._adopt, name="adoption", daemon=True).start()

    def _lost(self, run_ids: list[str], cause: str | None) -> None:
        """The worker that held these runs is gone: have another one go on with them.

        Args:
            cause: why it died, None where it was replaced in order.
        """
        with self._lock:
            for run in [self._runs[run_id] for run_id in run_ids if run_id in self._runs]:
                if not self.pool.holds(run.id):
                    self._guard(run, lambda run: self._go_on_with(run, cause))

    def _go_on_with(self, run: LiveRun, cause: str | None) -> None:
        if run.is_preview:
            if run.info is not None or run.state is not RunState.IDLE:
                return
            if cause is not None and run.count_death():
                run.enter(RunState.FAILED, _KILLS_WORKERS.format(deaths=run.deaths, cause=cause))
            else:
                self.pool.open(run.opening())
            return
        if not run.state.is_active and not run.has_unobeyed_controls:
            if run.state is not RunState.FAILED and run.state_at_rest(self.store) is None:
                self._reopen(run)
            return
        busy = run.state.is_training or run.steps > 0 or run.has_unobeyed_controls
        if cause is not None and busy and run.count_death():
            self._end_here(run, RunState.FAILED, _GIVEN_UP.format(deaths=run.deaths, cause=cause, epoch=run.epoch))
            run.deaths = 0  # should it be continued
            return
        if cause is not None and run.state.is_training:
            run.remark(_LOST.format(epoch=run.epoch) if run.epoch else _LOST_AT_ONCE)
        if run.state.is_training:
            if run.state is RunState.RUNNING:
                run.begins = RunState.RUNNING
            run.enter(RunState.QUEUED)
            self._enqueue(run, first=True)
        else:
            self._reopen(run)

    def _received(self, message: Any) -> None:
        if isinstance(message, Answer):
            self.questions.answered(message)
            return
        run = self._runs.get(message.run)
        if run is None or self._stopping:
            return
        try:
            with self._lock:
                if run.belongs_to_attempt(message.attempt):
                    self._take(run, message)
        except Exception:  # of any kind: what is wrong with one run's report must not end its worker's listener
            if self._stopping:
                return
            _log.exception("could not take a message")
            with self._lock:
                self.pool.close(run.id)
                self._end_here(run, RunState.FAILED, _UNEXPECTED)

    def _take(self, run: LiveRun, message: Report) -> None:
        match message:
            case Opened(part=part):
                self._opened(run, part)
            case Progress():
                self._progressed(run, message)
            case RateChanged(epoch=epoch, learning_rate=rate):
                run.record_change(epoch, rate)
                self.store.record_change(run.id, epoch, rate)
            case Edited(kept=kept):
                run.record_edit(message)
                self.store.record(run.id, kept=kept, edits=[asdict(edit) for edit in run.edits])
            case Framed(part=part):
                self._framed(run, part)
            case Rested(epoch=epoch, checkpoint=checkpoint, predictions=columns):
                predictions = {"epoch": epoch, "columns": columns}
                self.store.record(run.id, kept=checkpoint)
                self.store.keep(run.id, "predictions", plain_json(predictions).encode())
                if run.frame is not None:
                    self.store.keep(run.id, "frame", encode([run.frame]))
                self.pool.retire()
            case Refused(sentence=sentence):
                self._refused(run, sentence)
        run.obey(message.obeyed)

    def _opened(self, run: LiveRun, part: Part) -> None:
        run.open(part)
        if not run.is_preview and run.opened is not None:
            self.store.keep(run.id, "opened", encode([run.opened]))

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
            self.store.record(
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
            self._serve_queue()  # also a pause frees a place
            self._close_oldest()

    def _framed(self, run: LiveRun, part: Part) -> None:
        run.show(part)
        now = time.monotonic()
        if not run.is_preview and now - run.picture_kept > _KEEP_FRAME:
            run.picture_kept = now
            self.store.keep(run.id, "frame", encode([part]))

    def _refused(self, run: LiveRun, sentence: str) -> None:
        """A worker could not open or train it."""
        self.pool.close(run.id)
        self._end_here(run, RunState.FAILED, sentence)


def _may_go_on(trained: ExperimentConfig, wanted: ExperimentConfig) -> bool:
    """Whether a run may go on with other settings: same data, same network, same optimizer."""
    same_data = trained.dataset == wanted.dataset and trained.seed == wanted.seed
    return same_data and architecture(trained) == architecture(wanted)


def _before(edits: tuple[Edit, ...], epoch: int) -> tuple[Edit, ...]:
    """The weights that were set by hand before an epoch was over."""
    return tuple(edit for edit in edits if edit.epoch < epoch)
