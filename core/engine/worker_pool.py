"""A server's training processes: how many there are, which of them holds which run, and who gets the next.

Knows runs by their ids only; what became of them is the engine's to know. What it remembers of each process is a
`core.engine.worker_record`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.engine.fork_server import ForkServer
from core.engine.worker_process import WorkerProcess
from core.engine.worker_record import WorkerRecord
from core.experiment.architecture import architecture
from core.protocol.messages import Answer, Close, Control, Drain, Drained, Forget, Open, Prepare, Question, Ready, Watch
from core.words import Said

_log = logging.getLogger(__name__)

#: Seconds until the next attempt, where a worker ended before it was ready: probably none can start at all.
_WAIT = 2.0

#: A network shown this often is a class's, whose runs several processes will share; one user's stay in one.
_A_CLASS = 4

#: Architectures after which a worker is replaced by a new one, as soon as nobody needs it: TensorFlow keeps 25–45 MB
#: for each, for as long as the process lives (docs/performance.md).
_GROWN = 32


class WorkerPool:
    """The training processes. Safe to use from several threads.

    The callbacks come from the threads that listen to the processes. `ready`, `received` and `lost` are called without
    the pool's lock; `is_training` and `is_needed` are asked under it, and must not wait.

    Args:
        wanted: number of processes. The first starts the others when it is ready, so that it is ready soon.
        is_training: whether a run takes time of the worker that holds it.
        is_needed: whether a run would lose something, were its worker gone.
        ready: called when one more process has loaded Keras.
        received: called with each message about a run.
        lost: called with the runs of a process that is gone, and why it died; None where it was replaced in order.
        start: starts a process, with its name, where it comes from, and what to call with its messages and its death.
        grown: architectures after which a process gets a successor.
        fork_server: where processes come from, where it serves others too: it does not end with the pool.
    """

    def __init__(
        self,
        wanted: int,
        *,
        is_training: Callable[[str], bool],
        is_needed: Callable[[str], bool],
        ready: Callable[[], None],
        received: Callable[[Any], None],
        lost: Callable[[list[str], Said | None], None],
        start: Callable[..., WorkerProcess] = WorkerProcess,
        grown: int = _GROWN,
        fork_server: ForkServer | None = None,
    ) -> None:
        self._wanted = wanted
        self._is_training = is_training
        self._is_needed = is_needed
        self._ready = ready
        self._take = received
        self._lost = lost
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        #: Where processes come from.
        self.fork_server = fork_server or ForkServer()
        self._ends_fork_server = fork_server is None
        self._start_process = start
        self._grown = grown
        self._workers: list[WorkerProcess] = []
        self._host: dict[str, WorkerProcess] = {}
        self._records: dict[WorkerProcess, WorkerRecord] = {}
        self._shown: Counter[Any] = Counter()
        self._unsent: list[Open | Control] = []

    def begin(self) -> None:
        """Start the first process, unless there is one."""
        with self._lock:
            if not self._workers:
                self._start()

    def stop(self) -> None:
        """End every process."""
        self._stopping.set()
        with self._lock:
            workers = list(self._workers)
        for worker in workers:
            worker.stop()
        if self._ends_fork_server:
            self.fork_server.stop()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are ready."""
        return [worker.pid for worker in self._workers if worker.pid is not None]

    def host_pid(self, run: str) -> int | None:
        """Process id of the worker that holds a run; None where none does, or it is not ready."""
        host = self._host.get(run)
        return None if host is None else host.pid

    @property
    def fork_server_pids(self) -> list[int]:
        """Process ids of what the workers are forked from, where they are."""
        return self.fork_server.pids

    @property
    def ready_workers(self) -> int:
        """How many have loaded Keras."""
        return sum(worker.ready.is_set() for worker in self._workers)

    @property
    def training(self) -> int:
        """How many runs train, in all processes."""
        with self._lock:
            return sum(self._load_of(worker) for worker in self._workers)

    def holds(self, run: str) -> bool:
        """Whether a process has the run open, or will as soon as there is one."""
        return run in self._host or any(command.run == run for command in self._unsent)

    def open(self, command: Open) -> None:
        """Have the process that suits it best open a run."""
        with self._lock:
            if not self._workers:  # none has been started yet, or the only one has just died
                self._unsent.append(command)
                return
            key = architecture(command.config)
            worker = self._choose(key)
            self._records[worker].compiled.add(key)
            before = self._host.get(command.run)
            if before is not None and before is not worker:
                self._tell(before, Close(command.run))
            self._host[command.run] = worker
            self._tell(worker, command)
            if command.state == "idle":
                self._shown[key] += 1
                if self._shown[key] >= _A_CLASS:
                    self._prepare_others(worker, key, command)
            self._replace_grown()

    def send(self, command: Control) -> None:
        """Do something to a run that is open; nothing where it is not."""
        with self._lock:
            if command.run in self._host:
                self._tell(self._host[command.run], command)
            elif self.holds(command.run):
                self._unsent.append(command)

    def watch(self, command: Watch) -> None:
        """Have the process that holds a run send the outputs of single rows, or no longer; nothing where none does."""
        with self._lock:
            if command.run in self._host:
                self._tell(self._host[command.run], command)
            self._unsent = [
                replace(waiting, is_watched=command.is_watched)
                if isinstance(waiting, Open) and waiting.run == command.run
                else waiting
                for waiting in self._unsent
            ]

    def ask(self, command: Question, run: str) -> bool:
        """Have a process answer a question about a run: the one that holds it, or one that suits it. Returns whether
        there is one.
        """
        with self._lock:
            ready = [worker for worker in self._workers if worker.ready.is_set()]
            if not ready:
                return False
            worker = self._host.get(run)
            if worker not in ready:
                key = architecture(command.config)
                worker = self._choose(key)
                self._records[worker].compiled.add(key)
            self._tell(worker, command)
            return True

    def close(self, run: str) -> None:
        """Have its process forget a run."""
        with self._lock:
            self._unsent = [command for command in self._unsent if command.run != run]
            worker = self._host.pop(run, None)
            if worker is not None:
                self._tell(worker, Close(run))

    def tell_all(self, message: Forget) -> None:
        """Have every process take a message that is about no single run."""
        with self._lock:
            for worker in self._workers:
                self._tell(worker, message)

    def retire(self) -> None:
        """End the workers that have grown and have a successor, unless somebody needs them. Call it when a run rests:
        what only stays at hand there can be opened elsewhere from its checkpoint.
        """
        with self._lock:
            for worker in [worker for worker in self._workers if self._can_leave(worker)]:
                record = self._records.get(worker)
                if record and record.ask():  # what it was told a moment ago may make somebody need it
                    worker.send(Drain(record.told))

    def _let_go(self, worker: WorkerProcess, answer: Drained) -> None:
        """A worker has done what it had been told when it was asked, and what came of it is known: it may go now."""
        with self._lock:
            if worker not in self._workers or not self._can_leave(worker):
                return
            record = self._records[worker]
            if not answer.resting:
                record.ask_again()  # when the run rests
                return
            if record.told != answer.number:
                self.retire()
                return
            held = [run for run, host in self._host.items() if host is worker]
            self._workers.remove(worker)
            self._records.pop(worker)
            for run in held:
                self._host.pop(run)
        if held:
            self._lost(held, None)
        worker.stop()
        _log.info("%s (process %s) had grown and was replaced", worker.name, worker.pid)

    def _can_leave(self, worker: WorkerProcess) -> bool:
        ready = sum(worker.ready.is_set() for worker in self._workers)
        held = (run for run, host in self._host.items() if host is worker)
        return ready > self._wanted and self._has_grown(worker) and not any(map(self._is_needed, held))

    def _has_grown(self, worker: WorkerProcess) -> bool:
        return self._records[worker].architectures >= self._grown

    def _tell(self, worker: WorkerProcess, command: Any) -> None:
        self._records[worker].told += 1
        worker.send(command)

    def _replace_grown(self) -> None:
        """Start the successor of a worker that has grown, one at a time: unless forked, each imports Keras."""
        if len(self._workers) == self._wanted and any(map(self._has_grown, self._records)):
            self._start()

    def _start(self) -> None:
        if self._stopping.is_set():
            return
        worker = self._start_process(f"worker {len(self._workers) + 1}", self.fork_server, self._received, self._died)
        self._workers.append(worker)
        self._records[worker] = WorkerRecord()
        unsent, self._unsent = self._unsent, []
        for command in unsent:
            if isinstance(command, Open):
                self.open(command)
            else:
                self.send(command)

    def _prepare_others(self, worker: WorkerProcess, key: Any, command: Open) -> None:
        for other in self._workers:
            record = self._records[other]
            if other is not worker and other.ready.is_set() and not record.has_seen(key):
                record.will_trace(key)
                self._tell(other, Prepare(command.run, command.config, command.replaces))

    def _load_of(self, worker: WorkerProcess) -> int:
        return sum(host is worker and self._is_training(run) for run, host in self._host.items())

    def _choose(self, key: Any) -> WorkerProcess:
        """The least busy worker; one that has compiled this architecture counts as one run and a half less busy, one
        that has only traced it as half of that. Among equals, the one with the fewest architectures: XLA compiles each
        of a class's networks in one place.
        """

        def cost(worker: WorkerProcess) -> tuple[float, int]:
            record = self._records[worker]
            waiting = 0.0 if worker.ready.is_set() else 100.0
            leaving = 100.0 if self._has_grown(worker) else 0.0
            return self._load_of(worker) + record.cost_of(key) + waiting + leaving, len(record.compiled)

        return min(self._workers, key=cost)

    def _received(self, worker: WorkerProcess, message: Any) -> None:
        if self._stopping.is_set():
            return
        if isinstance(message, Drained):
            self._let_go(worker, message)
            return
        if not isinstance(message, Ready):
            self._take(message)
            if isinstance(message, Answer):
                self.retire()  # that question may have been all that kept it
            return
        with self._lock:
            if len(self._workers) < self._wanted:
                self._start()
        self._ready()
        self.retire()

    def _died(self, worker: WorkerProcess) -> None:
        if self._stopping.is_set():
            return
        lived, cause = time.monotonic() - worker.started, worker.cause_of_death
        _log.error("%s (process %s) ended after %.0f s (%s)", worker.name, worker.pid, lived, cause)
        with self._lock:
            if worker not in self._workers:
                return  # it was on its way out
            self._workers.remove(worker)
            self._records.pop(worker)
            lost = [run for run, host in self._host.items() if host is worker]
            for run in lost:
                self._host.pop(run)
        try:
            self._lost(lost, cause)
        except Exception:  # of any kind: a successor is needed all the same
            _log.exception("the runs of a dead worker could not be gone on with")
        if not worker.ready.is_set():
            self._stopping.wait(_WAIT)
        with self._lock:
            if len(self._workers) < self._wanted:
                self._start()
