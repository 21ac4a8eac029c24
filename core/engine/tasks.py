"""Tasks of one server: who waits, what is worked on, what came of it. One at a time, one owner after the other."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from core.engine.run import LiveRun
from core.engine.task import Task, TaskState
from core.engine.task_queue import TaskQueue
from core.engine.worker_process import WorkerProcess
from core.errors import NotYourRun, SnapshotNotKept, TaskNotFound, TaskRefused, said_of
from core.evaluation.views import View
from core.experiment.config import ExperimentConfig, problems_of
from core.protocol.messages import Edit, Forget
from core.protocol.tasks import Advanced, Begin, Finished
from core.store import RunStore
from core.tasks import KINDS, Kind, TaskOptions
from core.words import Said, listed, sentences

_log = logging.getLogger(__name__)

#: Ended tasks that are remembered.
_REMEMBERED = 200

#: Results that are kept in memory, for the case that the disk takes none.
_RESULTS = 4

#: Tasks of one owner that may wait.
_MOST = 8

_CRASHED = Said("Its process ended unexpectedly ({cause}). Most often the computer has too little memory for it.")


class Tasks:
    """Takes tasks from any thread.

    Args:
        find: a run by id; raises `RunNotFound`.
        start: starts the process that works, with what to call with its messages and its death.
    """

    def __init__(
        self,
        store: RunStore,
        find: Callable[[str], LiveRun],
        start: Callable[[Callable[..., None], Callable[..., None]], WorkerProcess],
    ) -> None:
        self._store = store
        self._find = find
        self._start_process = start
        self._lock = threading.RLock()
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._queue = TaskQueue()
        self._process: WorkerProcess | None = None
        self._current: Task | None = None
        self._numbers = itertools.count(1)
        self._is_stopped = False

    @property
    def pid(self) -> int | None:
        """Process id of the process that works on tasks, None where there is none."""
        return None if self._process is None else self._process.pid

    def begin(
        self, run_id: str, kind: str, options: Mapping[str, Any] | None = None, *, owner: str, epoch: int | None = None
    ) -> Task:
        """Ask for long work. What was asked for before and is kept, or is being made, is not made again.

        Args:
            epoch: what it is about; the last recorded one by default. Nothing to a kind that is of no epoch.

        Raises:
            RunNotFound: there is no such run.
            NotYourRun: another browser started it, and what is asked for is not there yet.
            SnapshotNotKept: that epoch was not recorded.
            TaskRefused: there is no such kind, an option is wrong, or too many tasks wait.
        """
        run = self._find(run_id)
        spec, chosen = _chosen(kind, options)
        recorded = sorted(each for each in run.snapshots if each <= run.epoch)
        about = (recorded[-1] if recorded else 0) if epoch is None else epoch
        if not spec.is_of_epoch:
            about = 0
        elif about not in run.snapshots or not run.epoch:
            raise SnapshotNotKept(about)
        key = _key(spec, kind, run, about, chosen)
        with self._lock:
            for task in self._tasks.values():
                if task.key == key and not task.state.has_ended:
                    return task
        kept = self._store.artifact(run_id, key, about)
        task = Task(
            secrets.token_urlsafe(12), kind, chosen.model_dump(mode="json"), run_id, about, owner, key, result=kept
        )
        if kept is not None:
            task.change(state=TaskState.DONE, done=1.0)
        elif not owner or run.owner != owner:
            raise NotYourRun()
        with self._lock:
            self._take(task)
        return task

    def begin_for(
        self, config: ExperimentConfig, kind: str, options: Mapping[str, Any] | None = None, *, owner: str
    ) -> Task:
        """Ask for long work on an experiment that is no run. What the owner asked for before is not made again.

        Raises:
            TaskRefused: there is no such kind, it is about a run's epochs, an option is wrong, or too many tasks wait.
        """
        spec, chosen = _chosen(kind, options)
        if spec.is_of_epoch or not owner:
            raise TaskRefused(Said("The task '{kind}' is about a run of your own.", {"kind": kind}))
        about = hashlib.sha256(config.model_dump_json().encode()).hexdigest()
        key = spec.key(kind, about, 0, chosen)
        with self._lock:
            for task in self._tasks.values():
                if (task.key, task.owner) == (key, owner) and (task.result is not None or not task.state.has_ended):
                    return task
            task = Task(
                *(secrets.token_urlsafe(12), kind, chosen.model_dump(mode="json"), "", 0, owner, key), config=config
            )
            self._take(task)
        return task

    def _take(self, task: Task) -> None:
        """Remember a task, and have it worked on unless it is done. Call it with the lock."""
        waiting = self._queue.waiting_of(task.owner)
        is_done = task.state.has_ended
        if not is_done and waiting >= _MOST:
            raise TaskRefused(
                Said("{waiting} tasks of yours wait already. Let one end, or cancel one.", {"waiting": waiting})
            )
        self._tasks[task.id] = task
        self._forget_oldest()
        self._let_go_of_results()
        if not is_done:
            self._queue.add(task)
            self._go_on()

    def find(self, task_id: str) -> Task:
        """A task by id.

        Raises:
            TaskNotFound: there is none, or it ended long ago.
        """
        with self._lock:
            if task_id not in self._tasks:
                raise TaskNotFound()
            return self._tasks[task_id]

    def result(self, task: Task) -> bytes | None:
        """What a task made, None where it is not kept any more."""
        if task.result is not None or task.config is not None:
            return task.result
        return self._store.artifact(task.run, task.key, task.epoch)

    def kept(self, run_id: str, kind: str, options: Mapping[str, Any] | None = None) -> bytes | None:
        """What a task of a kind made of a run as it stands, None where it has not been asked for. Begins nothing.

        Raises:
            RunNotFound: there is no such run.
        """
        run = self._find(run_id)
        spec, chosen = _chosen(kind, options)
        about = max((each for each in run.snapshots if each <= run.epoch), default=0) if spec.is_of_epoch else 0
        return self._store.artifact(run_id, _key(spec, kind, run, about, chosen), about)

    def cancel(self, task_id: str, *, owner: str) -> None:
        """End a task without a result; nothing where it has ended.

        Raises:
            TaskNotFound, NotYourRun
        """
        task = self.find(task_id)
        if task.owner != owner:
            raise NotYourRun()
        with self._lock:
            if task.state.has_ended:
                return
            if task in self._queue:
                self._queue.remove(task)
                task.change(state=TaskState.CANCELLED, position=0)
                self._queue.tell_places()
                return
            task.change(state=TaskState.CANCELLED)
            self._current = None
            process, self._process = self._process, None
        if process is not None:
            process.stop()  # whatever it does
        with self._lock:
            self._go_on()

    def forget(self, runs: Collection[str], content: str | None) -> None:
        """End the tasks of runs and experiments whose table was deleted, and let go of their results.

        Args:
            content: of the table, where its rows are gone.
        """
        with self._lock:
            tasks = [task for task in self._tasks.values() if task.run in runs or _is_on(task, content)]
        for task in tasks:
            self.cancel(task.id, owner=task.owner)
            task.change(partial=None, result=None)
        with self._lock:
            for task in tasks:
                self._tasks.pop(task.id, None)
            if content is not None and self._process is not None:
                self._process.send(Forget(content))

    def stop(self) -> None:
        """End everything."""
        with self._lock:
            self._is_stopped = True
            process, self._process = self._process, None
        if process is not None:
            process.stop()

    def _go_on(self) -> None:
        """Begin the next task, unless one is worked on."""
        if self._is_stopped:
            return
        while self._queue and self._current is None:
            task = self._queue.take()
            try:
                begin = self._beginning(task)
            except Exception as error:  # of any kind: the run may have been deleted meanwhile
                _log.exception("task %s could not be begun", task.kind)
                task.change(state=TaskState.FAILED, position=0, sentence=said_of(error))
                continue
            self._current = task
            task.change(state=TaskState.RUNNING, position=0)
            if self._process is None:
                self._process = self._start_process(self._received, self._died)
            self._process.send(begin)
        self._queue.tell_places()

    def _beginning(self, task: Task) -> Begin:
        if task.config is not None:
            task.number = next(self._numbers)
            return Begin(task.number, task.kind, dict(task.options), task.config, View(), task.run, task.epoch)
        run = self._find(task.run)
        recorded = [epoch for epoch in sorted(run.snapshots) if epoch <= task.epoch]
        # A weight may have been set by hand since the last epoch was recorded: the checkpoint has it.
        latest = run.state_at_rest(self._store) if task.epoch == run.epoch and _edits_at(run, task.epoch) else None
        snapshots = [
            (epoch, latest if latest is not None and epoch == task.epoch else self._store.snapshot(run.id, epoch))
            for epoch in KINDS[task.kind].epochs(recorded)
        ]
        task.number = next(self._numbers)
        return Begin(
            task.number,
            task.kind,
            dict(task.options),
            run.config,
            run.chosen_view,
            run.id,
            task.epoch,
            tuple((epoch, data) for epoch, data in snapshots if data is not None),
            run.history()[: task.epoch].copy(),
        )

    def _received(self, process: WorkerProcess, message: Any) -> None:
        with self._lock:  # to the end: a task may be cancelled, and another one begun, at any time
            task = self._current
            if process is not self._process or task is None or getattr(message, "number", None) != task.number:
                return
            if isinstance(message, Advanced):
                partial = message.partial or task.partial
                task.change(done=message.done, words=message.words, partial=partial)
            elif isinstance(message, Finished):
                self._current = None
                self._end(task, message)
                self._go_on()

    def _end(self, task: Task, message: Finished) -> None:
        if message.result is None:
            task.change(state=TaskState.FAILED, sentence=message.sentence)
            return
        if task.config is None:
            self._store.keep_artifact(task.run, task.key, task.epoch, message.result)
        task.change(state=TaskState.DONE, done=1.0, words=None, partial=None, result=message.result)
        self._let_go_of_results()

    def _died(self, process: WorkerProcess) -> None:
        with self._lock:
            if process is not self._process:
                return
            self._process = None
            task, self._current = self._current, None
            if task is not None and not self._is_stopped:
                cause = process.cause_of_death
                _log.error("the process of task %s ended (%s)", task.kind, cause)
                task.change(state=TaskState.FAILED, sentence=_CRASHED.filled(cause=cause))
            self._go_on()

    def _let_go_of_results(self) -> None:
        """Older results are read from the store again, where somebody asks."""
        ended = [task for task in self._tasks.values() if task.result is not None and task.config is None]
        for task in ended[:-_RESULTS]:
            task.result = None

    def _forget_oldest(self) -> None:
        for task in list(self._tasks.values())[:-_REMEMBERED]:
            if task.state.has_ended:
                self._tasks.pop(task.id)


def _chosen(kind: str, options: Mapping[str, Any] | None) -> tuple[Kind, TaskOptions]:
    """A kind of task, and what is chosen of it.

    Raises:
        TaskRefused: there is no such kind, or an option is wrong.
    """
    if kind not in KINDS:
        raise TaskRefused(
            Said("There is no task '{kind}'. Choose from {kinds}.", {"kind": kind[:40], "kinds": listed(sorted(KINDS))})
        )
    spec = KINDS[kind]
    try:
        return spec, spec.options.model_validate(dict(options or {}))
    except ValidationError as error:
        raise TaskRefused(sentences(said for _, said in problems_of(error))) from None


def _key(spec: Kind, kind: str, run: LiveRun, epoch: int, chosen: TaskOptions) -> str:
    """Under which a result is kept. Weights that were set by hand make another network of the same epoch."""
    edits = _edits_at(run, epoch) if spec.is_of_epoch else ()
    key = spec.key(kind, run.id, epoch, chosen)
    if not edits:
        return key
    return f"{key}:{hashlib.sha256(json.dumps([asdict(edit) for edit in edits]).encode()).hexdigest()[:16]}"


def _edits_at(run: LiveRun, epoch: int) -> tuple[Edit, ...]:
    return tuple(edit for edit in run.edits if edit.epoch == epoch)


def _is_on(task: Task, content: str | None) -> bool:
    return content is not None and task.config is not None and task.config.dataset.name == content
