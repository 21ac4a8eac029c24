"""Works on tasks, one after the other, in a process of its own. A crash here fails the task and nothing else."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from core.datasets import Dataset, load_dataset
from core.errors import DescentError, said_of
from core.evaluation import Plane, plane_of
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Forget, Ready
from core.protocol.tasks import Advanced, Begin, Finished
from core.protocol.wire import Part
from core.tables import open_tables
from core.tasks import KINDS
from core.training import ProgramCache, Trainer, TrainingState
from core.words import Said
from core.worker.depiction import depict
from core.worker.pictures import describe, draw_plane

_log = logging.getLogger("descent.worker")

#: Tasks step back behind everything that trains.
_NICER = 9

#: Bytes of memory that tasks may take beside what Keras took before them.
_MEMORY = 2 * 2**30

_UNEXPECTED = Said("It ended for a reason that Descent did not expect; the server's log has the details.")
_NO_MEMORY = Said("There was not enough memory for it. Try fewer samples, units or layers.")


def serve(connection: Connection) -> None:
    """Work until the server is gone."""
    if hasattr(os, "nice"):
        os.nice(_NICER)
    _limit_memory()
    programs = ProgramCache()
    connection.send(Ready(os.getpid()))
    while True:
        try:
            begin = connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        if isinstance(begin, Begin):
            _tell(connection, _finish(begin, RunContext(begin, programs), connection))
        elif isinstance(begin, Forget):
            open_tables().forget(begin.content)


def _finish(begin: Begin, context: RunContext, connection: Connection) -> Finished:
    kind = KINDS[begin.kind]
    try:
        work = kind.work(context, kind.options.model_validate(begin.options))
        while True:
            progress = next(work)
            _tell(connection, Advanced(begin.number, progress.done, progress.words, progress.partial))
    except StopIteration as end:
        return Finished(begin.number, end.value)
    except MemoryError:
        return Finished(begin.number, None, _NO_MEMORY)
    except DescentError as error:  # what was asked for cannot be had, and the sentence says why
        _log.info("task %s refused: %s", begin.kind, error)
        return Finished(begin.number, None, said_of(error))
    except ValueError as error:
        _log.exception("task %s failed", begin.kind)
        return Finished(begin.number, None, said_of(error))
    except Exception:  # of any kind: the next task must not suffer from it
        _log.exception("task %s failed", begin.kind)
        return Finished(begin.number, None, _UNEXPECTED)


def _tell(connection: Connection, message: Advanced | Finished) -> None:
    try:
        connection.send(message)
    except OSError:
        os._exit(0)  # the task was cancelled, or the server is gone


class RunContext:
    """A run as a task sees it: `core.tasks.Context`."""

    def __init__(self, begin: Begin, programs: ProgramCache) -> None:
        self._begin = begin
        self._programs = programs
        self._snapshots = dict(begin.snapshots)

    @property
    def config(self) -> ExperimentConfig:
        """What was trained."""
        return self._begin.config

    @property
    def epoch(self) -> int:
        """The epoch that the task is about."""
        return self._begin.epoch

    @property
    def epochs(self) -> Sequence[int]:
        """The recorded epochs that the task was given, in order."""
        return sorted(self._snapshots)

    @property
    def history(self) -> np.ndarray:
        """(epochs, log names) float32."""
        return self._begin.history

    def trainer(self, epoch: int) -> Trainer:
        """A trainer with the weights after an epoch."""
        self._trainer.restore(TrainingState.from_bytes(self._snapshots[epoch]))
        return self._trainer

    def picture(self, epoch: int) -> Part:
        """What the live view shows of an epoch."""
        return depict(self.trainer(epoch), self._plane)

    def description(self) -> tuple[dict[str, Any], Part]:
        """What the live view is told of the run once, and the plane with its points."""
        names = self._trainer.log_names
        info = describe(self.config, self._dataset, run=self._begin.run, log_names=names).header["info"]
        return info, draw_plane(self._dataset, self._plane)

    @functools.cached_property
    def _dataset(self) -> Dataset:
        return load_dataset(self.config.dataset, seed=self.config.seed)

    @functools.cached_property
    def _trainer(self) -> Trainer:
        return Trainer(self.config, dataset=self._dataset, programs=self._programs)

    @functools.cached_property
    def _plane(self) -> Plane:
        return plane_of(self._dataset, self._begin.view)


def _limit_memory() -> None:
    """Let the system refuse what a task asks for beyond `_MEMORY`, where it can (Linux)."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/status", encoding="ascii") as status:
        taken = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = taken + _MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
