"""Serves many runs in turn, a slice of time each, and answers questions between two turns."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict, deque
from multiprocessing.connection import Connection
from typing import Any

from core.datasets import Dataset, load_dataset
from core.errors import NOTHING_YET, WrongValue
from core.experiment.config import ExperimentConfig
from core.inspection.probe import look_inside
from core.protocol.messages import (
    Close,
    Control,
    Drain,
    Drained,
    Forget,
    Open,
    Prepare,
    Question,
    Ready,
    Refused,
    Watch,
)
from core.tables import open_tables
from core.training import ProgramCache, Trainer
from core.training.interruption import interrupt
from core.worker.answers import Answers
from core.worker.endings import unexpected
from core.worker.idle import IdleWork
from core.worker.questions import Respondent
from core.worker.session import Session

_log = logging.getLogger("descent.worker")

#: Seconds a run trains before the next one's turn: long beside a swap of variables (6 ms), short to the eye.
_SLICE = 0.03

#: Seconds before XLA compiles what is on screen, and before what another worker shows is traced here too: whoever
#: presses Train at once must not share the processor with preparations.
_XLA_AFTER = 1.0
_PREPARE_AFTER = 2.0

#: Seconds until a preparation for XLA looks again whether the one before it is through.
_ONE_AT_A_TIME = 0.1


class Worker:
    """Turns commands into sessions, and gives each session its turns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._programs = ProgramCache()
        self._datasets: OrderedDict[Any, Dataset] = OrderedDict()
        self._respondent = Respondent(self._programs, self._dataset, self._shown)
        self._commands: deque[Any] = deque()
        self._answers = Answers(self._respondent, self._report)
        self._answers_from = 0.0  # while runs train, questions have half of the time at most
        self._arrived = threading.Event()
        self._idle = IdleWork()
        self._training: str | None = None

    def serve(self) -> None:
        """Work until the server is gone."""
        self._report(Ready(os.getpid()))
        threading.Thread(target=self._listen, name="commands", daemon=True).start()
        while True:
            waiting = self._go_round()
            if waiting is None or waiting > 0:
                self._arrived.wait(waiting)
            self._arrived.clear()

    def _go_round(self) -> float | None:
        """Obey, give every run its turn, and answer; where nobody trains, do idle work.

        Returns:
            Seconds until there is more to do, None for none.
        """
        self._obey()
        waiting = self._take_turns()
        if self._answers:
            if waiting is None or waiting > 0:  # no run is due, before whose turn questions have theirs
                self._go_on_answering()
            return 0.0
        if waiting is None and not self._commands:
            return self._use_idle_time()
        return waiting

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
        """Carry commands out. Questions are answered later: whoever stops a run does not wait for what others ask."""
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
                    is_training = any(session.wants_to_train for session in self._sessions.values())
                    self._report(Drained(command.number, not is_training and not self._answers))
                elif isinstance(command, Question):
                    self._answers.add(command)
                elif isinstance(command, Control) and command.run in self._sessions:
                    self._sessions[command.run].control(command)
                    self._sessions[command.run].show(crowd=1)
                elif isinstance(command, Watch):
                    if command.run in self._sessions:
                        self._sessions[command.run].watch(command.is_watched)
                elif isinstance(command, Close):
                    self._sessions.pop(command.run, None)
                    self._idle.drop(command.run)
                elif isinstance(command, Forget):
                    self._forget(command.content)
            except Exception as error:
                _log.exception("%s failed", command)
                if isinstance(command, Open):
                    self._report(Refused(command.run, unexpected(error), attempt=command.attempt))
            if not self._commands:
                interrupt(False)

    def _go_on_answering(self) -> None:
        """Answer what was asked for as long as a run trains at a time."""
        if self._answers:
            self._answers.go_on(_SLICE, is_wanted=lambda: bool(self._commands))
            self._answers_from = time.monotonic() + _SLICE

    def _open(self, command: Open) -> None:
        if command.state == "idle" and self._superseded(command):
            return
        session = Session(command, self._dataset(command.config), self._programs, self._report)
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

    def _compile_when_idle(self, run: str, trainer: Trainer, *, after: float) -> None:
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

    def _explain_when_idle(self, session: Session) -> None:
        """Have a session try out why its run failed, when nobody trains, and look again until it knows."""

        def explain() -> None:
            if not session.explain_failure():
                self._idle.add(session.run, explain, after=_ONE_AT_A_TIME)

        self._idle.add(session.run, explain)

    def _prepare(self, command: Prepare) -> None:
        """Trace an experiment that another worker shows, so that a class that trains it can be shared out."""

        def trace() -> None:
            trainer = Trainer(command.config, dataset=self._dataset(command.config), programs=self._programs)
            trainer.warm_up()
            look_inside(trainer, trainer.dataset.x_train[:1])

        self._idle.drop(command.replaces)
        self._idle.add(command.run, trace, after=_PREPARE_AFTER)

    def _superseded(self, preview: Open) -> bool:
        """A newer preview of the same page is already waiting."""
        return any(getattr(command, "replaces", None) == preview.run for command in self._commands)

    def _dataset(self, config: ExperimentConfig) -> Dataset:
        """The data set of a configuration; the latest few are kept."""
        key = (config.seed, config.dataset)
        if key not in self._datasets:
            self._datasets[key] = load_dataset(config.dataset, seed=config.seed)
            while len(self._datasets) > 16:
                self._datasets.popitem(last=False)
        self._datasets.move_to_end(key)
        return self._datasets[key]

    def _shown(self, run: str) -> Trainer:
        """The trainer of an open run, once its picture as it is now has been sent.

        Raises:
            WrongValue: it is not open here, or it is being trained up to where it was.
        """
        if run not in self._sessions:
            raise WrongValue(NOTHING_YET)
        return self._sessions[run].shown()

    def _forget(self, content: str) -> None:
        """Let go of a table's rows, wherever they are here."""
        for run, session in list(self._sessions.items()):
            if session.config.dataset.name == content:
                self._sessions.pop(run)
                self._idle.drop(run)
        for key in [key for key in self._datasets if key[1].name == content]:
            self._datasets.pop(key)
        self._answers.forget(content)
        self._respondent.forget(content)
        open_tables().forget(content)

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
            self._obey()
            if index > new and time.monotonic() >= self._answers_from:
                self._go_on_answering()
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
                self._report(Refused(session.run, unexpected(error), attempt=session.attempt))
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
