"""Serves many runs in turn, a slice of time each, and answers questions between two turns."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections import OrderedDict, deque
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from core.datasets import load_dataset
from core.errors import DescentError
from core.evaluation import plane_of
from core.experiment.config import ExperimentConfig
from core.inspection.probe import look_inside
from core.inspection.slow_motion import slow_motion
from core.protocol.messages import (
    Close,
    Control,
    Depict,
    Depicted,
    Dissect,
    Dissected,
    Drain,
    Drained,
    Export,
    Exported,
    Open,
    Prepare,
    Ready,
    Refused,
)
from core.training import ProgramCache, Trainer, TrainingState
from core.training.interruption import interrupt
from core.worker.depiction import depict
from core.worker.idle import IdleWork
from core.worker.session import Session
from core.worker.slow_picture import picture_of

_log = logging.getLogger("descent.worker")

#: Seconds a run trains before the next one's turn: long beside a swap of variables (6 ms), short to the eye.
_SLICE = 0.03

#: Seconds before XLA compiles what is on screen, and before what another worker shows is traced here too: whoever
#: presses Train at once must not share the processor with preparations.
_XLA_AFTER = 1.0
_PREPARE_AFTER = 2.0

#: Seconds until a preparation for XLA looks again whether the one before it is through.
_ONE_AT_A_TIME = 0.1

#: Runs looked back at whose trainers are kept: looking back goes from moment to moment of one run.
_LOOKED_AT = 8


class Worker:
    """Turns commands into sessions, and gives each session its turns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sessions: OrderedDict[str, Any] = OrderedDict()
        self._programs = ProgramCache()
        self._datasets: OrderedDict[str, Any] = OrderedDict()
        self._trainers: OrderedDict[str, Any] = OrderedDict()
        self._planes: OrderedDict[Any, Any] = OrderedDict()
        self._commands: deque[Any] = deque()
        self._arrived = threading.Event()
        self._idle = IdleWork()
        self._training: str | None = None

    def serve(self) -> None:
        """Work until the server is gone."""
        self._report(Ready(os.getpid()))
        threading.Thread(target=self._listen, name="commands", daemon=True).start()
        while True:
            self._obey()
            waiting = self._take_turns()
            if waiting is None and not self._commands:
                waiting = self._use_idle_time()
            if waiting is None or waiting > 0:
                self._arrived.wait(waiting)
            self._arrived.clear()

    def _report(self, message: Any) -> None:
        self._connection.send(message)

    def _listen(self) -> None:
        """Take commands as they come, and interrupt the epoch that stands in the way of a pause or a stop."""
        while True:
            try:
                command = self._connection.recv()
            except (EOFError, OSError):
                os._exit(0)
            in_the_way = getattr(command, "run", None) == self._training
            ends_epoch = isinstance(command, Close) or (
                isinstance(command, Control) and command.action in {"pause", "stop", "step"}
            )
            if ends_epoch and in_the_way:
                interrupt()  # until the command is obeyed, so it must be set before the command can be
            self._commands.append(command)
            self._arrived.set()

    def _obey(self) -> None:
        if self._commands:
            interrupt(False)
        while self._commands:
            command = self._commands.popleft()
            try:
                if isinstance(command, Open):
                    self._open(command)
                elif isinstance(command, Prepare):
                    self._prepare(command)
                elif isinstance(command, Drain):
                    resting = not any(session.wants_to_train for session in self._sessions.values())
                    self._report(Drained(command.number, resting))
                elif isinstance(command, Depict):
                    self._report(Depicted(command.number, self._depict(command)))
                elif isinstance(command, Export):
                    self._report(Exported(command.number, self._export(command)))
                elif isinstance(command, Dissect):
                    self._report(Dissected(command.number, self._dissect(command)))
                elif isinstance(command, Control) and command.run in self._sessions:
                    self._sessions[command.run].control(command)
                    self._sessions[command.run].show(crowd=1)
                elif isinstance(command, Close):
                    self._sessions.pop(command.run, None)
                    self._idle.drop(command.run)
            except Exception as error:
                _log.exception("%s failed", command)
                if isinstance(command, Open):
                    self._report(Refused(command.run, _sentence(error), attempt=command.attempt))
                elif isinstance(command, Depict):
                    self._report(Depicted(command.number, None, _sentence(error)))
                elif isinstance(command, Export):
                    self._report(Exported(command.number, None, _sentence(error)))
                elif isinstance(command, Dissect):
                    self._report(Dissected(command.number, None, _sentence(error)))
            if not self._commands:
                interrupt(False)

    def _open(self, command: Any) -> None:
        if command.state == "idle" and self._superseded(command):
            return
        session = Session(command, self._dataset(command), self._programs, self._report)
        if command.state == "idle":
            session.show(crowd=1)
            # It is on somebody's screen: with its graph traced, Train starts at once.
            self._idle.drop(command.replaces)
            self._idle.add(command.run, session.trainer.warm_up)
            self._idle.add(command.run, session.look_inside)
            self._compile_when_idle(command.run, session.trainer, after=_XLA_AFTER)
            return
        self._sessions[command.run] = session
        self._sessions.move_to_end(command.run)
        if not session.wants_to_train:
            session.show(crowd=1)

    def _compile_when_idle(self, run: str, trainer: Any, *, after: float) -> None:
        """Have XLA compile what somebody's page shows, for every page, one after the other.

        It compiles in a thread that slows first points down: that is why it begins only when nobody has pressed Train
        for a while, and why whoever does finds at most one page's compilation before that of a run.
        """

        def compile_it() -> None:
            if self._programs.is_busy:
                self._compile_when_idle(run, trainer, after=_ONE_AT_A_TIME)
            else:
                trainer.prepare_fast_path()

        self._idle.add(run, compile_it, after=after)

    def _explain_when_idle(self, session: Any) -> None:
        """Have a session try out why its run failed, when nobody trains, and look again until it knows."""

        def explain() -> None:
            if not session.explain_failure():
                self._idle.add(session.run, explain, after=_ONE_AT_A_TIME)

        self._idle.add(session.run, explain)

    def _prepare(self, command: Any) -> None:
        """Trace an experiment that another worker shows, so that a class that trains it can be shared out."""

        def trace() -> None:
            config = ExperimentConfig.from_record(command.config)
            trainer = Trainer(config, dataset=self._dataset(command), programs=self._programs)
            trainer.warm_up()
            look_inside(trainer, trainer.dataset.x_train[:1])

        self._idle.drop(command.replaces)
        self._idle.add(command.run, trace, after=_PREPARE_AFTER)

    def _depict(self, command: Any) -> Any:
        """A picture of a moment."""
        trainer = self._trainer_at(command)
        key = (command.config, command.view)
        if key not in self._planes:
            self._planes[key] = plane_of(trainer.dataset, command.view)
            while len(self._planes) > _LOOKED_AT:
                self._planes.popitem(last=False)
        return depict(trainer, self._planes[key])

    def _trainer_at(self, command: Any) -> Any:
        """A trainer of nobody's run, in the state that a question is about."""
        if command.config not in self._trainers:
            config = ExperimentConfig.from_record(command.config)
            self._trainers[command.config] = Trainer(config, dataset=self._dataset(command), programs=self._programs)
            while len(self._trainers) > _LOOKED_AT:
                self._trainers.popitem(last=False)
        self._trainers.move_to_end(command.config)
        trainer = self._trainers[command.config]
        if command.moment is None:
            trainer.reset()
        else:
            trainer.restore(TrainingState.from_bytes(command.moment))
        return trainer

    def _export(self, command: Any) -> bytes:
        """The network of a state as a file that `keras.models.load_model` reads, optimizer included."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            self._trainer_at(command).model.save(path)
            return path.read_bytes()

    def _dissect(self, command: Any) -> dict[str, Any]:
        """A mini-batch in slow motion."""
        trainer = self._trainer_at(command)
        return picture_of(trainer.config, trainer.dataset, slow_motion(trainer, command.batch, command.sample))

    def _superseded(self, preview: Any) -> bool:
        """A newer preview of the same page is already waiting."""
        return any(getattr(command, "replaces", None) == preview.run for command in self._commands)

    def _dataset(self, command: Any) -> Any:
        """The data set of a configuration; the latest few are kept."""
        config = ExperimentConfig.from_record(command.config)
        key = f"{config.seed}:{config.dataset.model_dump_json()}"
        if key not in self._datasets:
            self._datasets[key] = load_dataset(config.dataset, seed=config.seed)
            while len(self._datasets) > 16:
                self._datasets.popitem(last=False)
        self._datasets.move_to_end(key)
        return self._datasets[key]

    def _take_turns(self) -> float | None:
        """Give every run that is due a slice.

        Returns:
            Seconds until the next one is due, None for none.
        """
        training = [session for session in self._sessions.values() if session.wants_to_train]
        if not training:
            return None
        now = time.monotonic()
        due = [session for session in training if session.waits_until() <= now]
        # Whoever has nothing to see yet comes first, and gets one point before anybody gets a new picture.
        due.sort(key=lambda session: session.trainer.epoch > 0)
        new = sum(session.trainer.epoch == 0 for session in due)
        for index, session in enumerate(due, start=1):
            if self._commands:
                self._obey()
                if session.run not in self._sessions or not session.wants_to_train:
                    continue
            self._training = session.run
            try:
                session.train(0.0 if index <= new else _SLICE)
                if index >= new or not session.wants_to_train:
                    session.show(crowd=len(training))
                if session.state == "failed":
                    self._explain_when_idle(session)
            except Exception as error:
                _log.exception("training failed")
                self._sessions.pop(session.run, None)
                self._report(Refused(session.run, _sentence(error), attempt=session.attempt))
            finally:
                self._training = None
        soonest = min(session.waits_until() for session in training)
        return max(0.0, soonest - time.monotonic())

    def _use_idle_time(self) -> float | None:
        """Do the next piece of idle work, if it is due. Returns seconds until the next one, None for none."""
        if self._idle.waits() == 0.0:
            try:
                self._idle.do_next()
            except Exception:  # of any kind: nobody asked for this work, and Train will say why
                _log.exception("preparing an experiment failed")
        return self._idle.waits()


def _sentence(error: Exception) -> str:
    if isinstance(error, (DescentError, ValueError)):
        return str(error)
    if isinstance(error, MemoryError):
        return "There was not enough memory for this network. Try fewer units or samples."
    return "Training failed for a reason that Descent did not expect; the server's log has the details."
