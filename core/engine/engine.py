"""The engine: takes experiments from pages, has workers train them, records every epoch, tells the viewers.

Lives in the server and never imports Keras. Safe to use from several threads.
"""

from __future__ import annotations

import json
import logging
import math
import os
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from dataclasses import asdict, replace
from typing import Any

from core.architecture import architecture
from core.config import ExperimentConfig
from core.engine.channel import Channel
from core.engine.crew import Crew
from core.engine.edits import check_edit
from core.engine.messages import (
    ENDED,
    Answer,
    Control,
    Edit,
    Edited,
    Framed,
    Open,
    Opened,
    Progress,
    RateChanged,
    Refused,
    Rested,
    State,
)
from core.engine.questions import Questions, checkpoint_of
from core.engine.wire import decode, encode
from core.errors import CannotEdit, MomentNotKept, NotYourRun, RunNotFound, RunNotKept
from core.evaluation.views import View
from core.store import CUT_OFF, Run, RunStore

_log = logging.getLogger(__name__)

#: Runs that one worker trains at once; more wait in a queue.
_RUNS_PER_WORKER = 32

#: Previews and ended runs kept in memory.
_KEPT_CHANNELS = 200

#: Ended runs that workers keep at hand, so that another view of them or going on needs no rebuilding.
_HOSTED_RUNS = 8

#: Seconds between two pictures kept for after a crash.
_KEEP_FRAME = 2.0

_STARTING = "The training engine is starting; this run begins in a moment."
_UNEXPECTED = "The run ended for a reason that Descent did not expect; the server's log has the details."
_LOST = (
    "The training process ended unexpectedly after epoch {epoch}. Everything up to there is kept. "
    "Press Train to start again."
)


def default_workers() -> int:
    """A worker per core, at most four: `DESCENT_WORKERS` overrides it."""
    chosen = os.environ.get("DESCENT_WORKERS", "")
    return max(1, int(chosen)) if chosen.isdecimal() else max(1, min(4, os.cpu_count() or 1))


class Engine:
    """All experiments of one server.

    Args:
        store: where runs are recorded.
        workers: number of training processes.
        begin: whether to start them now; what is asked for before `begin` is kept for them.
    """

    def __init__(self, store: RunStore, *, workers: int | None = None, begin: bool = True) -> None:
        self.store = store
        self.crew = Crew(
            workers or default_workers(),
            is_training=self._is_training,
            is_needed=self._is_needed,
            ready=self._serve_queue,
            received=self._received,
            lost=self._lost,
        )
        self._lock = threading.RLock()
        self._channels: OrderedDict[str, Channel] = OrderedDict()
        self._opens: dict[str, Open] = {}
        self._queue: list[str] = []
        self._kept_frame: dict[str, float] = {}
        self._reasons: dict[str, str] = {}
        self.questions = Questions(store, self.crew, self.find)
        self._stopping = False
        if begin:
            self.begin()

    def begin(self) -> None:
        """Start the first training process, unless there is one; it starts the others when it is ready."""
        self.crew.begin()

    def stop(self) -> None:
        """End every worker; runs in training are recorded as cut off."""
        self._stopping = True
        with self._lock:
            for channel in self._channels.values():
                is_ours = channel.id in self._queue or self.crew.holds(channel.id)
                if channel.owner and not channel.has_ended and is_ours:
                    message = CUT_OFF.format(epoch=channel.epoch)
                    self.store.update(channel.id, state="failed", message=message, seconds=channel.seconds)
        self.crew.stop()
        self.store.close()

    @property
    def is_ready(self) -> bool:
        """Whether a worker has loaded Keras."""
        return self.crew.ready_workers > 0

    def preview(self, config: ExperimentConfig, view: View, *, replaces: str | None = None) -> Channel:
        """Show an experiment with its initial weights.

        Args:
            replaces: id of the preview that the same page showed before.
        """
        channel = Channel(
            f"preview-{secrets.token_urlsafe(12)}",
            owner="",
            config=config.model_dump_json(),
            state="idle",
            epochs=config.training.epochs,
        )
        with self._lock:
            self._remember(channel)
            self._opens[channel.id] = Open(channel.id, channel.config, view, replaces=replaces)
            self.crew.open(self._opens[channel.id])
        return channel

    def train(
        self,
        config: ExperimentConfig,
        *,
        owner: str,
        view: View | None = None,
        speed: float | None = None,
        steps: int | None = None,
    ) -> Channel:
        """Start a new run from the initial weights. The owner's other run, if one is active, is stopped first.

        Args:
            speed: epochs a second, None for as fast as possible.
            steps: train this many epochs and pause; None trains to the end.
        """
        view = view or View()
        metric = config.output.metric
        with self._lock:
            self._stop_all_of(owner, "Stopped: a newer run was started.")
            run = self.store.create(
                owner=owner,
                config=config.model_dump_json(),
                epochs=config.training.epochs,
                log_names=("loss", metric, "val_loss", f"val_{metric}"),
                speed=speed,
                view=json.dumps(asdict(view)),
            )
            channel = Channel(run.id, owner=owner, config=run.config, state="queued", epochs=config.training.epochs)
            self._remember(channel)
            state: State = "running" if steps is None else "paused"
            self._opens[run.id] = Open(run.id, run.config, view, state=state, steps=steps or 0, speed=speed)
            self._queue.append(run.id)
            self._serve_queue()
        return channel

    def branch(
        self,
        run: str,
        epoch: int,
        *,
        owner: str,
        config: ExperimentConfig | None = None,
        view: View | None = None,
        speed: float | None = None,
    ) -> Channel:
        """Start a new run that goes on from a recorded epoch of another, anybody's. What happened up to there is
        copied.

        Args:
            config: taken where it differs from the run's in training settings only; the run's otherwise.

        Raises:
            RunNotFound: there is no such run.
            MomentNotKept: that epoch was not recorded.
        """
        source = self.find(run)
        trained = ExperimentConfig.model_validate_json(source.config)
        moment = self.store.moment(run, epoch) if epoch in source.moments else None
        if moment is None:
            raise MomentNotKept(epoch)
        rate = None  # as it was
        if config is None or not _may_go_on(trained, config):
            config = trained
        else:
            rate = config.training.learning_rate
        epochs = config.training.epochs if config.training.epochs > epoch else epoch + config.training.epochs
        view = view or View()
        with self._lock:
            self._stop_all_of(owner, "Stopped: a newer run was started.")
            metric = config.output.metric
            created = self.store.create(
                owner=owner,
                config=config.model_dump_json(),
                epochs=epochs,
                log_names=("loss", metric, "val_loss", f"val_{metric}"),
                speed=speed,
                view=json.dumps(asdict(view)),
                parent=run,
                forked_at=epoch,
            )
            channel = self._load(created)
            self._remember(channel)
            self._opens[created.id] = Open(
                created.id,
                created.config,
                view,
                state="running",
                speed=speed,
                checkpoint=moment,
                epochs=epochs,
                learning_rate=rate,
                history=self.store.history(created.id),
            )
            self._queue.append(created.id)
            self._serve_queue()
        return channel

    def find(self, run: str) -> Channel:
        """A preview or a run by id, from memory or from the store.

        Raises:
            RunNotFound: there is none.
        """
        with self._lock:
            if run in self._channels:
                self._channels.move_to_end(run)
                return self._channels[run]
            found = self.store.get(run)
            if found is None:
                raise RunNotFound()
            channel = self._load(found)
            self._remember(channel)
            return channel

    def pause(self, run: str, *, owner: str) -> None:
        """Pause between two epochs; Resume goes on as if nothing had been."""
        self._ask(run, owner, "pause", None, lambda channel: channel.state != "running")

    def resume(self, run: str, *, owner: str) -> None:
        """Go on after a pause."""
        self._ask(run, owner, "resume", None, lambda channel: channel.state != "paused")

    def step(self, run: str, *, owner: str) -> None:
        """Train one epoch of a paused run, and stay paused."""
        channel = self._owned(run, owner)
        before = channel.epoch
        self._ask(run, owner, "step", 1, lambda channel: channel.epoch > before or channel.has_ended)

    def stop_run(self, run: str, *, owner: str) -> None:
        """End a run; what it learned is kept."""
        with self._lock:
            self._stop(self._owned(run, owner), None)
        self.find(run).wait_until(lambda channel: channel.has_ended, 0.5)

    def set_speed(self, run: str, speed: float | None, *, owner: str) -> None:
        """Change the epochs a second, None for as fast as possible."""
        self._owned(run, owner)
        self.store.update(run, speed=speed)
        self._send(run, "speed", speed)

    def set_learning_rate(self, run: str, learning_rate: float, *, owner: str) -> None:
        """Change the learning rate from the next epoch on, and record it."""
        channel = self._owned(run, owner)
        if channel.has_ended or math.isclose(channel.learning_rate or 0.0, learning_rate, rel_tol=1e-6):
            return
        self._send(run, "learning_rate", learning_rate)
        if channel.state != "queued":
            channel.wait_until(lambda channel: bool(channel.changes) and channel.changes[-1][1] == learning_rate, 0.5)

    def set_view(self, run: str, view: View, *, owner: str) -> None:
        """Show another plane of the input space."""
        channel = self._owned(run, owner)
        view.check(len(ExperimentConfig.model_validate_json(channel.config).dataset.info.feature_names))
        self._reopen_if_needed(channel, view)
        self.store.update(run, view=json.dumps(asdict(view)))
        self._send(run, "view", view)

    def edit_weight(self, run: str, edit: Edit, *, owner: str) -> None:
        """Set one weight of a paused run by hand, and record it.

        Raises:
            CannotEdit: the run is not paused, or there is no such weight, or the value is no usable number.
        """
        channel = self._owned(run, owner)
        if channel.state != "paused":
            raise CannotEdit("A weight can be set by hand while the run is paused. Press Pause first.")
        check_edit(ExperimentConfig.model_validate_json(channel.config), edit)
        self._reopen_if_needed(channel)
        count = len(channel.edits)
        self._send(run, "edit", edit)
        channel.wait_until(lambda channel: len(channel.edits) > count, 0.5)

    def undo_edit(self, run: str, *, owner: str) -> None:
        """Take the last weight that was set by hand back, unless an epoch was trained since."""
        channel = self._owned(run, owner)
        count = len(channel.edits)
        if channel.state == "paused" and count:
            self._reopen_if_needed(channel)
            self._send(run, "undo_edit", None)
            channel.wait_until(lambda channel: len(channel.edits) < count, 0.5)

    def extend(self, run: str, epochs: int, *, owner: str) -> None:
        """Continue an ended run for as many epochs more."""
        channel = self._owned(run, owner)
        if channel.state not in {"done", "stopped"}:
            return
        self._reopen_if_needed(channel)
        self._stop_all_of(owner, "Stopped: another run was continued.")
        self._send(run, "extend", epochs)
        channel.wait_until(lambda channel: not channel.has_ended, 0.5)

    def _owned(self, run: str, owner: str) -> Channel:
        channel = self.find(run)
        if not owner or channel.owner != owner:
            raise NotYourRun()
        return channel

    def _ask(self, run: str, owner: str, action: Any, value: Any, done: Any) -> None:
        channel = self._owned(run, owner)
        if channel.has_ended:
            return
        self._send(run, action, value)
        channel.wait_until(done, 0.5)

    def _send(self, run: str, action: Any, value: Any) -> None:
        with self._lock:
            if run in self._queue:  # it will begin this way
                self._opens[run] = _altered(self._opens[run], action, value)
            else:
                self.crew.send(Control(run, action, value))

    def _stop_all_of(self, owner: str, reason: str) -> None:
        """An owner trains one run at a time."""
        with self._lock:
            for channel in list(self._channels.values()):
                if channel.owner == owner:
                    self._stop(channel, reason)

    def _stop(self, channel: Channel, reason: str | None) -> None:
        if channel.has_ended:
            return
        if channel.id in self._queue:
            self._queue.remove(channel.id)
            self._opens.pop(channel.id, None)
            self._end(channel, "stopped", reason)
            return
        if reason:
            self._reasons[channel.id] = reason  # before it is sent: the answer may be quick
        self._send(channel.id, "stop", None)

    def _end(self, channel: Channel, state: State, message: str | None) -> None:
        """A run is over for another reason than its training: say so, record it, let the next one begin."""
        channel.enter(state, message)
        try:
            self.store.update(channel.id, state=state, message=message, seconds=channel.seconds)
        except sqlite3.Error:
            _log.exception("could not record the end of a run")
        self._serve_queue()

    def _reopen_if_needed(self, channel: Channel, view: View | None = None) -> None:
        """Have a worker hold a run again that none holds, from its checkpoint.

        Raises:
            RunNotKept: its last epoch was not kept.
        """
        with self._lock:
            if self.crew.holds(channel.id):
                return
            found, checkpoint = self.store.get(channel.id), checkpoint_of(self.store, channel)
            if found is None or checkpoint is None:
                raise RunNotKept()
            self.crew.open(
                Open(
                    channel.id,
                    found.config,
                    view or View(**json.loads(found.view)),
                    state=channel.state,
                    speed=found.speed,
                    checkpoint=checkpoint,
                    epochs=found.epochs,
                    edits=channel.edits,
                )
            )

    def _remember(self, channel: Channel) -> None:
        self._channels[channel.id] = channel
        if len(self._channels) > _KEPT_CHANNELS:
            for old in list(self._channels.values())[:-_KEPT_CHANNELS]:
                if (old.has_ended or not old.owner) and not old.viewers:
                    self._forget(old)

    def _forget(self, channel: Channel) -> None:
        self._channels.pop(channel.id, None)
        self._opens.pop(channel.id, None)
        self._kept_frame.pop(channel.id, None)
        self.crew.close(channel.id)

    def _close_oldest(self) -> None:
        """Have workers forget ended runs; they can be held again from their checkpoints."""
        with self._lock:
            ended = [run for run, channel in self._channels.items() if channel.has_ended and self.crew.holds(run)]
            for run in ended[:-_HOSTED_RUNS]:
                self.crew.close(run)

    def _load(self, run: Run) -> Channel:
        state: Any = run.state
        channel = Channel(
            run.id,
            owner=run.owner,
            config=run.config,
            state=state,
            epochs=run.epochs,
            parent=run.parent,
            forked_at=run.forked_at,
        )
        opened, frame = self.store.kept(run.id, "opened"), self.store.kept(run.id, "frame")
        channel.restore(
            self.store.history(run.id),
            message=run.message,
            changes=self.store.changes(run.id),
            seconds=run.seconds,
            opened=decode(opened) if opened else None,
            frame=decode(frame) if frame else None,
            moments=self.store.moments(run.id),
            edits=tuple(Edit(**edit) for edit in self.store.edits(run.id)),
        )
        return channel

    def _is_training(self, run: str) -> bool:
        channel = self._channels.get(run)
        return channel is not None and channel.state in {"queued", "running"}

    def _is_needed(self, run: str) -> bool:
        """Whether a run would lose something with its worker."""
        channel = self._channels.get(run)
        if channel is None or channel.state == "failed":
            return False
        if not channel.owner:
            return channel.info is None
        return channel.state in {"queued", "running"} or checkpoint_of(self.store, channel) is None

    def _serve_queue(self) -> None:
        """Give waiting runs to workers, and tell those that still wait where they stand."""
        with self._lock:
            active, room = self.crew.training, _RUNS_PER_WORKER * self.crew.ready_workers
            while self._queue and active < room:
                run = self._queue.pop(0)
                self._channels[run].enter("queued")
                self.crew.open(self._opens.pop(run))
                active += 1
            for position, run in enumerate(self._queue, start=1):
                if self.is_ready:
                    self._channels[run].enter("queued", queue_position=position)
                else:
                    self._channels[run].enter("queued", _STARTING)

    def _lost(self, runs: list[str]) -> None:
        """The training process that held these runs is gone: end them, or have another one hold them."""
        for run in runs:
            channel = self._channels.get(run)
            if channel is None:
                continue
            if channel.owner and channel.state in {"queued", "running"}:
                self._end(channel, "failed", _LOST.format(epoch=channel.epoch))
            elif not channel.owner and channel.info is None and run in self._opens:
                self.crew.open(self._opens[run])
            elif channel.state == "paused":
                try:
                    self._reopen_if_needed(channel)
                except RunNotKept:
                    self._end(channel, "failed", _LOST.format(epoch=channel.epoch))

    def _received(self, message: Any) -> None:
        if isinstance(message, Answer):
            self.questions.answered(message)
            return
        channel = self._channels.get(message.channel)
        if channel is None or self._stopping:
            return
        try:
            self._take(channel, message)
        except Exception as error:
            if self._stopping:
                return
            _log.exception("could not take a message")
            self.crew.close(channel.id)
            is_disk = isinstance(error, sqlite3.Error)
            why = f"The run could not be recorded ({error}). Is the disk full?" if is_disk else _UNEXPECTED
            self._end(channel, "failed", why)

    def _take(self, channel: Channel, message: Any) -> None:
        match message:
            case Opened(part=part):
                self._opened(channel, part)
            case Progress():
                self._progressed(channel, message)
            case RateChanged(epoch=epoch, learning_rate=rate):
                channel.record_change(epoch, rate)
                self.store.record_change(channel.id, epoch, rate)
            case Edited():
                channel.record_edit(message)
                self.store.record_edits(channel.id, [asdict(edit) for edit in channel.edits])
            case Framed(part=part):
                self._framed(channel, part)
            case Rested(epoch=epoch, checkpoint=checkpoint, predictions=columns):
                self.store.keep(channel.id, "checkpoint", checkpoint)
                predictions = {"epoch": epoch, "columns": columns}
                self.store.keep(channel.id, "predictions", json.dumps(predictions).encode())
                if channel.frame is not None:
                    self.store.keep(channel.id, "frame", encode([channel.frame]))
                self.crew.retire()
            case Refused(sentence=sentence):
                self.crew.close(channel.id)
                if channel.owner:
                    self._end(channel, "failed", sentence)
                else:
                    channel.enter("failed", sentence)

    def _opened(self, channel: Channel, part: Any) -> None:
        channel.open(part)
        if channel.owner and channel.opened is not None:
            self.store.keep(channel.id, "opened", encode([channel.opened]))

    def _progressed(self, channel: Channel, report: Progress) -> None:
        was = channel.state
        if not channel.owner:
            channel.progress(report)
            return
        if len(report.logs) or report.moments:
            self.store.append(channel.id, report.first_epoch, report.logs, report.moments)
        reason = self._reasons.pop(channel.id, None) if report.state in ENDED else None
        if report.state == "stopped" and reason:
            report = replace(report, message=reason)
        channel.progress(report)
        if channel.state == was:
            return
        self.store.update(
            channel.id,
            state=channel.state,
            message=channel.message,
            epochs=channel.epochs,
            seconds=channel.seconds,
        )
        self._serve_queue()  # also a pause frees a place
        self._close_oldest()

    def _framed(self, channel: Channel, part: Any) -> None:
        channel.show(part)
        now = time.monotonic()
        if channel.owner and now - self._kept_frame.get(channel.id, 0.0) > _KEEP_FRAME:
            self._kept_frame[channel.id] = now
            self.store.keep(channel.id, "frame", encode([part]))


def _may_go_on(trained: ExperimentConfig, wanted: ExperimentConfig) -> bool:
    """Whether a run may go on with other settings: same data, same network, same optimizer."""
    same_data = trained.dataset == wanted.dataset and trained.seed == wanted.seed
    return same_data and architecture(trained) == architecture(wanted)


def _altered(command: Open, action: str, value: Any) -> Open:
    """An `Open` that begins as if the control had already been used."""
    match action:
        case "pause":
            return replace(command, state="paused")
        case "resume":
            return replace(command, state="running")
        case "step":
            return replace(command, state="paused", steps=command.steps + 1)
        case "speed":
            return replace(command, speed=value)
        case "view":
            return replace(command, view=value)
        case "learning_rate":
            return replace(command, learning_rate=value)
    return command
