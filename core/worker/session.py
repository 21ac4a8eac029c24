"""One experiment inside a worker: a `Trainer`, its pace, its view, and what it reports."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import NOTHING_YET, NotFiniteLoss, WrongValue
from core.evaluation import View, plane_of
from core.experiment.config import EarlyStopping
from core.inspection.probe import can_look_inside
from core.protocol.messages import (
    Control,
    Edit,
    Edited,
    Framed,
    Judged,
    Open,
    Opened,
    Progress,
    RateChanged,
    Refused,
    Report,
    Rested,
)
from core.protocol.run_state import RunState
from core.training import EpochEnd, EpochStream, ProgramCache, Trainer, TrainingState
from core.training.program import EPOCHS_PER_CALL
from core.training.recording import is_recorded, recording_density, until_recorded
from core.words import Said, sentences
from core.worker.depiction import depict
from core.worker.pictures import describe, draw_plane, tabulate_predictions
from core.worker.replay import Replay
from core.worker.row_outputs import outputs_of, targets_of

_log = logging.getLogger(__name__)

#: Seconds between two pictures of a run while it trains: 15 a second, a little more than the eye follows.
_FRAME_INTERVAL = 1 / 15

#: Seconds after which a run looks again whether its fast path has been compiled.
_COMPILING = 0.02

#: Pictures may take one part in this many of a run's time.
_FRAME_SHARE = 8

#: While a run trains, its state is kept for the case that this process dies: after so many seconds or, where a copy
#: takes more than one part in `_KEEP_SHARE` of them, after as many more as that needs, up to `_KEEP_MOST`.
_KEEP_LEAST, _KEEP_MOST = 1.0, 4.5
_KEEP_SHARE = 200

_DIFFERS = Said(
    "Epoch {epoch} came out otherwise than it was recorded: this is another computer or another TensorFlow than the "
    "one that trained it. Nothing was overwritten. Go back to a recorded epoch and continue from there as a new run."
)

#: Controls that change the network: they wait until it is where the record ends.
_OF_THE_END = frozenset({"learning_rate", "edit", "undo_edit", "extend"})


class Session:
    """An open experiment.

    Args:
        report: takes the messages for the server.

    Attributes:
        state: as the server shows it.
        attempt: the `Open` that it came from.
    """

    def __init__(self, command: Open, dataset: Dataset, programs: ProgramCache, report: Callable[[Any], None]) -> None:
        self.run = command.run
        self.config = command.config
        self.state = RunState(command.state)
        self._tell = report
        self.attempt, self._obeyed = command.attempt, command.obeyed
        self._dataset = dataset
        self._speed = command.speed
        self._steps = command.steps
        self._due = 0.0
        self._next_frame = 0.0
        self._framed: tuple[int, View] | None = None
        self._rested: int | None = None
        self._is_watched, self._said_targets = command.is_watched, False
        self._edits: list[Edit] = list(command.edits)
        self._ends: list[EpochEnd] = []
        self._deferred: list[Control] = []
        self._search: threading.Thread | None = None
        self.trainer = Trainer(
            self.config, dataset=dataset, callbacks=[EpochStream(self._ends.append)], programs=programs
        )
        #: Why what was recorded does not come out again; None where it does, as far as is known.
        self._differs: Said | None = None
        self._replay = self._go_back(command)
        #: The learning rate at the end of the record.
        self._recorded_rate = command.changes[-1][1] if command.changes else self.trainer.learning_rate
        #: Where the replay began, to begin there once more.
        self._beginning = command if self._replay is not None else None
        #: Epochs kept per doubling, for looking back.
        self._density = 0
        self._snapshots: list[tuple[int, bytes]] = []
        #: The state that is kept now, and when the next one is due.
        self._kept: bytes | None = None
        self._keep_next = time.monotonic() + _KEEP_LEAST
        if self.state is not RunState.IDLE:
            self._density = recording_density(self.config.training.epochs, self._state_size())
            if self.trainer.epoch == 0:
                self._record()
        self._view = command.view
        self._plane = plane_of(dataset, command.view)
        parts = describe(self.config, dataset, run=self.run, log_names=self.trainer.log_names)
        drawn = draw_plane(dataset, self._plane)
        parts.header["info"]["epochs"] = self.trainer.epochs
        self._report(Opened(self.run, parts.joined(drawn)))
        if not self.state.has_ended:
            self._send_progress()
        for control in command.controls:
            self.control(control)

    @property
    def wants_to_train(self) -> bool:
        """Whether there is an epoch to do, now or later."""
        if self._replay is not None:
            return not self._differs
        return self.state is RunState.RUNNING or (self.state is RunState.PAUSED and self._steps > 0)

    def waits_until(self) -> float:
        """When the next epoch is due on the monotonic clock; a run at full speed is always due."""
        if self.trainer.is_compiling:
            return time.monotonic() + _COMPILING
        is_paced = self._speed is not None and self.state is RunState.RUNNING and self._replay is None
        return self._due if is_paced else 0.0

    def train(self, seconds: float) -> None:
        """Train for about `seconds`, at least one epoch, and report."""
        end = time.monotonic() + seconds
        if self._replay is not None:
            self._train_again(self._replay, end)
            return
        if self._steps > 0 and self.state is RunState.PAUSED:
            before = self.trainer.epoch
            self._advance(1)
            self._steps -= self.trainer.epoch - before
        elif self._speed is not None:
            # A late epoch does not make the next ones hurry.
            self._due = max(self._due, time.monotonic() - 1.0 / self._speed) + 1.0 / self._speed
            self._advance(1)
        else:
            self._advance_until(end)
        if self.trainer.finished:
            self._end()
        self._keep_if_due()
        self._send_progress()

    def show(self, *, crowd: int) -> None:
        """Send a picture, if there is a new one to send and it is time.

        Args:
            crowd: number of runs that train here; each gets its share of pictures.
        """
        if self._replay is not None:
            return  # the last picture is newer than what is trained again
        now = time.monotonic()
        resting = not self.wants_to_train
        slow = self._speed is not None and self._speed <= 1 / _FRAME_INTERVAL
        is_new = self._framed != (self.trainer.epoch, self._view)
        if is_new and (now >= self._next_frame or resting or slow):
            self._send_frame()
            cost = time.monotonic() - now
            interval = max(_FRAME_INTERVAL, _FRAME_SHARE * cost)
            self._next_frame = time.monotonic() + interval * max(1.0, crowd / 4)
        if resting and self.state is not RunState.IDLE and self._rested != self.trainer.epoch:
            self._rest()

    def shown(self) -> Trainer:
        """The trainer, once its picture as it is now has been sent.

        Raises:
            WrongValue: it is being trained up to where it was: what viewers see is newer.
        """
        if self._replay is not None or self.state is RunState.IDLE:
            raise WrongValue(NOTHING_YET)
        if self._framed != (self.trainer.epoch, self._view):
            self._send_frame()
        return self.trainer

    def watch(self, is_watched: bool) -> None:
        """Send the outputs of single rows, now and with each picture; or no longer."""
        self._is_watched, self._said_targets = is_watched, False
        if self._framed is not None:
            self._send_outputs()

    def look_inside(self) -> None:
        """Trace the look inside the network, and show it."""
        self._send_frame(look=True)

    def explain_failure(self) -> bool:
        """Try out, beside everything else, why the run failed, and report it once it is known.

        Returns:
            Whether that is over; until then, ask again.
        """
        failure = self.trainer.failure
        if failure is None or self.state is not RunState.FAILED:
            return True
        if self._search is None:
            if failure.is_tried:
                return True
            # A thread: tracing a trial's update takes a tenth of a second, and other runs must not wait for it.
            self._search = threading.Thread(target=_look_for_cause, args=(failure,), name="cause", daemon=True)
            self._search.start()
        if self._search.is_alive():
            return False
        self._search = None
        self._send_progress()
        return True

    def control(self, control: Control) -> None:
        """Carry out a `Control`, and say that it was."""
        if self._replay is not None and (self._deferred or control.action in _OF_THE_END):
            self._deferred.append(control)
            self._differs = None  # try once more
            return
        self._obeyed, before = control.number, self.state  # what the action reports includes it
        getattr(self, f"_do_{control.action}")(control.value)
        if self.state is not before or not self.wants_to_train:
            self._send_progress()  # else with the next epoch: viewers get at most 20 messages a second

    def _do_pause(self, _: Any) -> None:
        if self.state is RunState.RUNNING:
            self.state = RunState.PAUSED

    def _do_resume(self, _: Any) -> None:
        if self.state is RunState.PAUSED:
            self.state = RunState.RUNNING
            self._differs = None  # try once more

    def _do_step(self, value: Any) -> None:
        if self.state is RunState.RUNNING:
            self.state = RunState.PAUSED
        if self.state is RunState.PAUSED:
            self._steps += int(value or 1)
            self._differs = None

    def _do_stop(self, _: Any) -> None:
        if self.state in {RunState.RUNNING, RunState.PAUSED}:
            self._steps = 0
            if self._replay is None:
                self._record()
            self.state = RunState.STOPPED

    def _do_speed(self, value: Any) -> None:
        self._speed = value
        self._due = 0.0

    def _do_learning_rate(self, value: Any) -> None:
        self.trainer.learning_rate = float(value)
        self._rested = None
        self._report(RateChanged(self.run, self.trainer.epoch, float(value)))

    def _do_view(self, value: Any) -> None:
        self._plane = plane_of(self._dataset, value)
        self._view = value
        self._report(Opened(self.run, draw_plane(self._dataset, self._plane)))

    def _do_edit(self, value: Edit) -> None:
        if self.state is not RunState.PAUSED or self._steps:
            return
        before = self.trainer.edit_weight(value.layer, value.row, value.unit, value.value)
        edit = replace(value, epoch=self.trainer.epoch, before=before)
        self._edits.append(edit)
        self._edited(Edited(self.run, edit, kept=self._as_bytes()))

    def _do_undo_edit(self, _: Any) -> None:
        # What has been trained on since cannot be taken back.
        if self.state is RunState.PAUSED and self._edits and self._edits[-1].epoch == self.trainer.epoch:
            edit = self._edits.pop()
            self.trainer.edit_weight(edit.layer, edit.row, edit.unit, edit.before)
            self._edited(Edited(self.run, edit, undone=True, kept=self._as_bytes()))

    def _edited(self, report: Edited) -> None:
        self._report(report)
        self._framed = self._rested = None

    def _do_extend(self, value: Any) -> None:
        if self.state.may_be_continued:
            self.trainer.extend(int(value))
            self.state = RunState.RUNNING
            self._kept = self._as_bytes()  # early stopping begins anew: an older state would not

    def _advance_until(self, end: float) -> None:
        chunk = 1
        while not self.trainer.finished:
            started, before = time.monotonic(), self.trainer.epoch
            chunk = self._advance(chunk)
            done = self.trainer.epoch - before
            if not done or done < chunk or time.monotonic() >= end:
                return
            chunk = _fitting(started, done, end)

    def _advance(self, epochs: int) -> int:
        """Train for at most so many epochs, and no further than to the next one that is kept. Returns how many."""
        epochs = min(epochs, until_recorded(self.trainer.epoch, self._density) or epochs)
        before = self.trainer.epoch
        self.trainer.advance(epochs)
        if self.trainer.epoch > before and is_recorded(self.trainer.epoch, self._density):
            self._record()
        return epochs

    def _go_back(self, command: Open) -> Replay | None:
        """Go to the state that was kept. Returns what was recorded after it, None for nothing."""
        names = self.trainer.log_names
        history = np.empty((0, len(names)), np.float32) if command.history is None else command.history
        state = None if command.checkpoint is None else TrainingState.from_bytes(command.checkpoint)
        if state is None:
            self.trainer.reset()
        else:
            known = [dict(zip(names, map(float, row), strict=True)) for row in history[: state.epoch]]
            self.trainer.restore(state, known)
        if command.epochs is not None:
            self.trainer.epochs = command.epochs
        replay = Replay(
            history,
            start=self.trainer.epoch,
            changes=command.changes,
            edits=command.edits,
            done_edits=0 if state is None else state.edits,
        )
        return None if replay.is_over(self.trainer.epoch) else replay

    def _train_again(self, replay: Replay, end: float) -> None:
        """Train what was recorded again, without a word, until the time is over or all of it has come out."""
        trainer, chunk = self.trainer, 1
        while not replay.is_over(trainer.epoch):
            for rate in replay.changes_at(trainer.epoch):
                trainer.learning_rate = rate
            for edit in replay.edits_at(trainer.epoch):
                trainer.edit_weight(edit.layer, edit.row, edit.unit, edit.value)
            if replay.is_over(trainer.epoch):
                break
            started, before = time.monotonic(), trainer.epoch
            trainer.advance(min(chunk, replay.epochs_from(before)))
            logs, ends = self._take_logs(), trainer.epoch - before
            different = replay.first_difference(before + 1, logs) if ends else None
            if different is None and trainer.finished and trainer.epoch < replay.until:
                different = trainer.epoch + 1
            if different is not None:
                self._stand_still(different)
                return
            if not ends or time.monotonic() >= end:
                break
            chunk = _fitting(started, ends, end)
        if not replay.is_over(trainer.epoch):
            self._keep_if_due()
            if self._kept is not None:
                self._send_progress()
            return
        self._replay = self._beginning = None
        self._kept = self._as_bytes()
        if self.state.has_ended:
            self._record()
        self._send_progress()
        waiting, self._deferred = self._deferred, []
        for control in waiting:
            self.control(control)

    def _stand_still(self, epoch: int) -> None:
        """What was recorded does not come out: leave the record alone, and say so."""
        _log.error("epoch %s of run %s came out otherwise than it was recorded", epoch, self.run)
        assert self._beginning is not None
        self._replay = self._go_back(self._beginning)
        self._differs = _DIFFERS.filled(epoch=epoch)
        if self._deferred:  # nothing can come of it
            self._obeyed = self._deferred[-1].number
            self._deferred.clear()
        if self.state.has_ended:
            self._report(Refused(self.run, self._differs))
            return
        self.state, self._steps = RunState.PAUSED, 0
        self._send_progress()

    def _record(self) -> None:
        self._snapshots.append((self.trainer.epoch, self._as_bytes()))

    def _as_bytes(self) -> bytes:
        done = len(self._edits) - (0 if self._replay is None else self._replay.edits_left)
        return replace(self.trainer.state(), edits=done).to_bytes()

    def _state_size(self) -> int:
        """Bytes of a state, with the best weights where early stopping keeps them."""
        state = self.trainer.state()
        size = sum(value.nbytes for value in state.variables)
        stopping = self.config.training.early_stopping
        if stopping is not None and stopping.restore_best_weights:
            size += 4 * self.config.parameters
        return size

    def _keep_if_due(self) -> None:
        """Keep the state for the case that this process dies, now and then."""
        now = time.monotonic()
        if now < self._keep_next or not self.wants_to_train:
            return
        self._kept = self._as_bytes()
        cost = time.monotonic() - now
        self._keep_next = now + min(_KEEP_MOST, max(_KEEP_LEAST, _KEEP_SHARE * cost))

    def _take_logs(self) -> np.ndarray:
        """The logs of the epochs since the last time. (epochs, log names) float32."""
        names = self.trainer.log_names
        logs = np.array([[end.logs[name] for name in names] for end in self._ends], dtype=np.float32)
        logs = logs.reshape(len(self._ends), len(names))
        self._ends.clear()
        del self.trainer.history[:-1]  # the server has them: 3 MB for 10,000 epochs, thirty times over in a class
        return logs

    def _end(self) -> None:
        self._record()
        self._steps = 0
        self.state = RunState.FAILED if self.trainer.failure else RunState.DONE

    def _ending(self) -> Said | None:
        if self._replay is not None:
            return self._differs
        if self.trainer.failure is not None:
            return sentences([self.trainer.failure.said, Said("Shown is the last epoch before that.")])
        if self.state is RunState.DONE and self.trainer.epoch < self.trainer.epochs:
            stopping = self.config.training.early_stopping
            assert stopping is not None  # no other callback of a session can stop it
            return _stopped_early(stopping, by_validation=self._dataset.has_validation_rows)
        if self.state is RunState.RUNNING and self.trainer.is_compiling:
            return Said("Compiling for full speed …")
        return None

    def _send_progress(self) -> None:
        logs = self._take_logs()
        snapshots, self._snapshots = tuple(self._snapshots), []
        kept, self._kept = self._kept, None
        self._report(
            Progress(
                self.run,
                self.state,
                self.trainer.epochs,
                self.trainer.epoch - len(logs) + 1,
                logs,
                self.trainer.learning_rate if self._replay is None else self._recorded_rate,
                self._ending(),
                snapshots,
                kept,
                self._steps,
            )
        )

    def _report(self, report: Report) -> None:
        self._tell(replace(report, attempt=self.attempt, obeyed=self._obeyed))

    def _send_frame(self, *, look: bool = False) -> None:
        # Tracing the first look takes a tenth of a second: the first picture does not wait for it.
        look = look or self._framed is not None or can_look_inside(self.trainer)
        try:
            part = depict(self.trainer, self._plane, look=look)
        except Exception:  # of any kind: a look inside that fails must not end anybody's run
            if not look:
                raise
            _log.exception("looking inside failed")
            part = depict(self.trainer, self._plane, look=False)
        self._framed = (self.trainer.epoch, self._view)
        self._report(Framed(self.run, self.trainer.epoch, part))
        self._send_outputs()

    def _send_outputs(self) -> None:
        """For who asks. Not while old epochs are trained again: viewers have newer outputs."""
        if not self._is_watched or self._replay is not None:
            return
        targets = None if self._said_targets else targets_of(self._dataset)
        try:
            outputs = outputs_of(self.trainer)
        except Exception:  # of any kind: what somebody looks at must not end a run
            _log.exception("outputs of single rows failed")
            return
        self._report(Judged(self.run, targets, outputs))
        self._said_targets = True

    def _rest(self) -> None:
        outputs = self.trainer.predict(self._dataset.x_test)
        predictions = tabulate_predictions(self.config, self._dataset, outputs)
        self._rested = self.trainer.epoch
        self._report(Rested(self.run, self.trainer.epoch, self._as_bytes(), predictions))


def _fitting(started: float, done: int, end: float) -> int:
    """How many epochs to ask for next, where `done` were trained since `started`: larger calls cost less each, as long
    as they end in time.
    """
    now = time.monotonic()
    pace = (now - started) / done
    return max(1, min(EPOCHS_PER_CALL, int((end - now) / max(pace, 1e-6))))


def _stopped_early(stopping: EarlyStopping, *, by_validation: bool) -> Said:
    patience = {"n": stopping.patience}
    if stopping.monitor == "val_loss" and by_validation:
        return Said.counted(
            "Early stopping ended the run: no better validation loss for {n} epoch.",
            "Early stopping ended the run: no better validation loss for {n} epochs.",
            patience,
        )
    if stopping.monitor == "val_loss":
        return Said.counted(
            "Early stopping ended the run: no better test loss for {n} epoch.",
            "Early stopping ended the run: no better test loss for {n} epochs.",
            patience,
        )
    return Said.counted(
        "Early stopping ended the run: no better training loss for {n} epoch.",
        "Early stopping ended the run: no better training loss for {n} epochs.",
        patience,
    )


def _look_for_cause(failure: NotFiniteLoss) -> None:
    try:
        failure.cause  # noqa: B018 — found when it is asked for
    except Exception:  # of any kind: the possible causes have been said
        _log.exception("trying out the causes of a failure failed")
