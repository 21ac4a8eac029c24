"""One experiment inside a worker: a `Trainer`, its pace, its view, and what it reports."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import NOTHING_YET, WrongValue
from core.protocol.messages import (
    Control,
    Edit,
    Edited,
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
from core.words import Said
from core.worker.endings import DIFFERS, SearchForCause, failed, stopped_early
from core.worker.keeping import Keeping
from core.worker.pictures import describe, tabulate_predictions
from core.worker.replay import Replay
from core.worker.sight import Sight

_log = logging.getLogger(__name__)

#: Seconds after which a run looks again whether its fast path has been compiled.
_COMPILING = 0.02

#: Controls that change the network: they wait until it is where the record ends.
_OF_THE_END = frozenset({"learning_rate", "edit", "undo_edit", "extend"})


class Session:
    """An open experiment.

    Args:
        report: takes the messages for the server.

    Attributes:
        state: as the server shows it.
        attempt: the `Open` that it came from.
        keeping: the states that are kept.
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
        self._rested: int | None = None
        self._edits: list[Edit] = list(command.edits)
        self._ends: list[EpochEnd] = []
        self._deferred: list[Control] = []
        self._search: SearchForCause | None = None
        self.trainer = Trainer(
            self.config, dataset=dataset, callbacks=[EpochStream(self._ends.append)], programs=programs
        )
        #: Why what was recorded does not come out again; None where it does, as far as is known.
        self._differs: Said | None = None
        self._replay = self._go_back(command, is_new=True)
        #: The learning rate at the end of the record.
        self._recorded_rate = command.changes[-1][1] if command.changes else self.trainer.learning_rate
        #: Where the replay began, to begin there once more.
        self._beginning = command if self._replay is not None else None
        self.keeping = Keeping(self.trainer, self._done_edits)
        if self.state is not RunState.IDLE:
            self.keeping.begin()
        self._sight = Sight(self.trainer, self.run, command.view, self._report, is_watched=command.is_watched)
        parts = describe(self.config, dataset, run=self.run, log_names=self.trainer.log_names)
        parts.header["info"]["epochs"] = self.trainer.epochs
        self._report(Opened(self.run, parts.joined(self._sight.axes())))
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
        resting = not self.wants_to_train
        self._sight.show(crowd=crowd, speed=self._speed, is_resting=resting)
        if resting and self.state is not RunState.IDLE and self._rested != self.trainer.epoch:
            self._rest()

    def shown(self) -> Trainer:
        """The trainer, once its picture as it is now has been sent.

        Raises:
            WrongValue: it is being trained up to where it was: what viewers see is newer.
        """
        if self._replay is not None or self.state is RunState.IDLE:
            raise WrongValue(NOTHING_YET)
        if not self._sight.is_current:
            self._sight.send()
        return self.trainer

    def watch(self, is_watched: bool) -> None:
        """Send the outputs of single rows, now and with each picture; or no longer."""
        self._sight.watch(is_watched)
        if self._sight.has_shown and self._replay is None:  # otherwise viewers have newer outputs
            self._sight.send_outputs()

    def look_inside(self) -> None:
        """Trace the look inside the network, and show it."""
        self._sight.send(look=True, with_outputs=self._replay is None)

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
            self._search = SearchForCause(failure)
        if not self._search.go_on():
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
                self.keeping.record()
            self.state = RunState.STOPPED

    def _do_speed(self, value: Any) -> None:
        self._speed = value
        self._due = 0.0

    def _do_learning_rate(self, value: Any) -> None:
        self.trainer.learning_rate = float(value)
        self._rested = None
        self._report(RateChanged(self.run, self.trainer.epoch, float(value)))

    def _do_view(self, value: Any) -> None:
        self._sight.turn(value)
        self._report(Opened(self.run, self._sight.axes()))

    def _do_edit(self, value: Edit) -> None:
        if self.state is not RunState.PAUSED or self._steps:
            return
        before = self.trainer.edit_weight(value.layer, value.row, value.unit, value.value)
        edit = replace(value, epoch=self.trainer.epoch, before=before)
        self._edits.append(edit)
        self._edited(Edited(self.run, edit, kept=self.keeping.as_bytes()))

    def _do_undo_edit(self, _: Any) -> None:
        # What has been trained on since cannot be taken back.
        if self.state is RunState.PAUSED and self._edits and self._edits[-1].epoch == self.trainer.epoch:
            edit = self._edits.pop()
            self.trainer.edit_weight(edit.layer, edit.row, edit.unit, edit.before)
            self._edited(Edited(self.run, edit, undone=True, kept=self.keeping.as_bytes()))

    def _edited(self, report: Edited) -> None:
        self._report(report)
        self._sight.forget()
        self._rested = None

    def _do_extend(self, value: Any) -> None:
        if self.state.may_be_continued:
            self.trainer.extend(int(value))
            self.state = RunState.RUNNING
            self.keeping.keep()  # early stopping begins anew: an older state would not

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
        epochs = self.keeping.most_epochs(epochs)
        before = self.trainer.epoch
        self.trainer.advance(epochs)
        if self.trainer.epoch > before:
            self.keeping.record_if_wanted()
        return epochs

    def _go_back(self, command: Open, *, is_new: bool = False) -> Replay | None:
        """Go to the state that was kept. Returns what was recorded after it, None for nothing.

        Args:
            is_new: the trainer has done nothing yet; putting it back costs a class 8 ms a run.
        """
        names = self.trainer.log_names
        history = np.empty((0, len(names)), np.float32) if command.history is None else command.history
        state = None if command.checkpoint is None else TrainingState.from_bytes(command.checkpoint)
        if state is None:
            if not is_new:
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
            if self.keeping.has_newest:
                self._send_progress()
            return
        self._replay = self._beginning = None
        self.keeping.keep()
        if self.state.has_ended:
            self.keeping.record()
        self._send_progress()
        waiting, self._deferred = self._deferred, []
        for control in waiting:
            self.control(control)

    def _stand_still(self, epoch: int) -> None:
        """What was recorded does not come out: leave the record alone, and say so."""
        _log.error("epoch %s of run %s came out otherwise than it was recorded", epoch, self.run)
        assert self._beginning is not None
        self._replay = self._go_back(self._beginning)
        self._differs = DIFFERS.filled(epoch=epoch)
        if self._deferred:  # nothing can come of it
            self._obeyed = self._deferred[-1].number
            self._deferred.clear()
        if self.state.has_ended:
            self._report(Refused(self.run, self._differs))
            return
        self.state, self._steps = RunState.PAUSED, 0
        self._send_progress()

    def _done_edits(self) -> int:
        return len(self._edits) - (0 if self._replay is None else self._replay.edits_left)

    def _keep_if_due(self) -> None:
        if self.wants_to_train:
            self.keeping.keep_if_due()

    def _take_logs(self) -> np.ndarray:
        """The logs of the epochs since the last time. (epochs, log names) float32."""
        names = self.trainer.log_names
        logs = np.array([[end.logs[name] for name in names] for end in self._ends], dtype=np.float32)
        logs = logs.reshape(len(self._ends), len(names))
        self._ends.clear()
        del self.trainer.history[:-1]  # the server has them: 3 MB for 10,000 epochs, thirty times over in a class
        return logs

    def _end(self) -> None:
        self.keeping.record()
        self._steps = 0
        self.state = RunState.FAILED if self.trainer.failure else RunState.DONE

    def _ending(self) -> Said | None:
        if self._replay is not None:
            return self._differs
        if self.trainer.failure is not None:
            return failed(self.trainer.failure)
        if self.state is RunState.DONE and self.trainer.epoch < self.trainer.epochs:
            stopping = self.config.training.early_stopping
            assert stopping is not None  # no other callback of a session can stop it
            return stopped_early(stopping, by_validation=self._dataset.has_validation_rows)
        if self.state is RunState.RUNNING and self.trainer.is_compiling:
            return Said("Compiling for full speed …")
        return None

    def _send_progress(self) -> None:
        logs = self._take_logs()
        snapshots, kept = self.keeping.take()
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

    def _rest(self) -> None:
        outputs = self.trainer.predict(self._dataset.x_test)
        predictions = tabulate_predictions(self.config, self._dataset, outputs)
        self._rested = self.trainer.epoch
        self._report(Rested(self.run, self.trainer.epoch, self.keeping.as_bytes(), predictions))


def _fitting(started: float, done: int, end: float) -> int:
    """How many epochs to ask for next, where `done` were trained since `started`: larger calls cost less each, as long
    as they end in time.
    """
    now = time.monotonic()
    pace = (now - started) / done
    return max(1, min(EPOCHS_PER_CALL, int((end - now) / max(pace, 1e-6))))
