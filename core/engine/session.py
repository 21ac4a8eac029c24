"""One experiment inside a worker: a `Trainer`, its pace, its view, and what it reports."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from core.config import ExperimentConfig
from core.datasets import Dataset
from core.engine.depiction import depict
from core.engine.messages import ENDED, Edit, Edited, Framed, Open, Opened, Progress, RateChanged, Rested, State
from core.engine.pictures import describe, draw_plane, tabulate_predictions
from core.errors import NotFiniteLoss
from core.evaluation import View, plane_of
from core.training import EpochEnd, EpochStream, ProgramCache, Trainer, TrainingState
from core.training.program import EPOCHS_PER_CALL
from core.training.recording import is_recorded, recording_density, until_recorded

_log = logging.getLogger(__name__)

#: Seconds between two pictures of a run while it trains: 15 a second, a little more than the eye follows.
_FRAME_INTERVAL = 1 / 15

#: Seconds after which a run looks again whether its fast path has been compiled.
_COMPILING = 0.02

#: Pictures may take one part in this many of a run's time.
_FRAME_SHARE = 8


class Session:
    """An open experiment.

    Args:
        report: takes the messages for the server.

    Attributes:
        state: as the server shows it.
    """

    def __init__(self, command: Open, dataset: Dataset, programs: ProgramCache, report: Callable[[Any], None]) -> None:
        self.channel = command.channel
        self.config = ExperimentConfig.model_validate_json(command.config)
        self.state: State = command.state
        self._report = report
        self._dataset = dataset
        self._speed = command.speed
        self._steps = command.steps
        self._due = 0.0
        self._next_frame = 0.0
        self._framed: tuple[int, View] | None = None
        self._rested: int | None = None
        self._edits: list[Edit] = list(command.edits)
        self._ends: list[EpochEnd] = []
        self._search: threading.Thread | None = None
        self.trainer = Trainer(
            self.config, dataset=dataset, callbacks=[EpochStream(self._ends.append)], programs=programs
        )
        if command.checkpoint is not None:
            logs = [] if command.history is None else self._as_logs(command.history)
            self.trainer.restore(TrainingState.from_bytes(command.checkpoint), logs)
        if command.epochs is not None:
            self.trainer.epochs = command.epochs
        #: Epochs kept per doubling, for looking back.
        self._density = 0
        self._moments: list[tuple[int, bytes]] = []
        if self.state != "idle":
            data = self.trainer.state().to_bytes()
            self._density = recording_density(self.config.training.epochs, len(data))
            if self.trainer.epoch == 0:
                self._moments.append((0, data))
        self._view = command.view
        self._plane = plane_of(dataset, command.view)
        parts = describe(self.config, dataset, channel=self.channel, log_names=self.trainer.log_names)
        drawn = draw_plane(dataset, self._plane)
        parts.header["info"]["epochs"] = self.trainer.epochs
        self._report(Opened(self.channel, parts.joined(drawn)))
        if self.state not in ENDED:
            self._send_progress()
        rate = command.learning_rate
        if rate is not None and not math.isclose(rate, self.trainer.learning_rate, rel_tol=1e-6):
            self._do_learning_rate(rate)

    @property
    def wants_to_train(self) -> bool:
        """Whether there is an epoch to do, now or later."""
        return self.state == "running" or (self.state == "paused" and self._steps > 0)

    def waits_until(self) -> float:
        """When the next epoch is due on the monotonic clock; a run at full speed is always due."""
        if self.trainer.is_compiling:
            return time.monotonic() + _COMPILING
        return self._due if self._speed is not None and self.state == "running" else 0.0

    def train(self, seconds: float) -> None:
        """Train for about `seconds`, at least one epoch, and report."""
        end = time.monotonic() + seconds
        if self._steps > 0 and self.state == "paused":
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
        self._send_progress()

    def show(self, *, crowd: int) -> None:
        """Send a picture, if there is a new one to send and it is time.

        Args:
            crowd: number of runs that train here; each gets its share of pictures.
        """
        now = time.monotonic()
        resting = not self.wants_to_train
        slow = self._speed is not None and self._speed <= 1 / _FRAME_INTERVAL
        is_new = self._framed != (self.trainer.epoch, self._view)
        if is_new and (now >= self._next_frame or resting or slow):
            self._send_frame()
            cost = time.monotonic() - now
            interval = max(_FRAME_INTERVAL, _FRAME_SHARE * cost)
            self._next_frame = time.monotonic() + interval * max(1.0, crowd / 4)
        if resting and self.state != "idle" and self._rested != self.trainer.epoch:
            self._rest()

    def look_inside(self) -> None:
        """Trace the look inside the network, and show it."""
        self._send_frame(look=True)

    def explain_failure(self) -> bool:
        """Try out, beside everything else, why the run failed, and report it once it is known.

        Returns:
            Whether that is over; until then, ask again.
        """
        failure = self.trainer.failure
        if failure is None or self.state != "failed":
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

    def control(self, action: str, value: Any) -> None:
        """Carry out a `Control`."""
        getattr(self, f"_do_{action}")(value)

    def _do_pause(self, _: Any) -> None:
        if self.state == "running":
            self._change("paused")

    def _do_resume(self, _: Any) -> None:
        if self.state == "paused":
            self._change("running")

    def _do_step(self, value: Any) -> None:
        if self.state == "running":
            self._change("paused")
        if self.state == "paused":
            self._steps += int(value or 1)

    def _do_stop(self, _: Any) -> None:
        if self.state in {"running", "paused"}:
            self._steps = 0
            self._record()
            self._change("stopped")

    def _do_speed(self, value: Any) -> None:
        self._speed = value
        self._due = 0.0

    def _do_learning_rate(self, value: Any) -> None:
        self.trainer.learning_rate = float(value)
        self._rested = None
        self._send_progress()
        self._report(RateChanged(self.channel, self.trainer.epoch, float(value)))

    def _do_view(self, value: Any) -> None:
        self._plane = plane_of(self._dataset, value)
        self._view = value
        self._report(Opened(self.channel, draw_plane(self._dataset, self._plane)))

    def _do_edit(self, value: Edit) -> None:
        if self.state != "paused" or self._steps:
            return
        before = self.trainer.edit_weight(value.layer, value.row, value.unit, value.value)
        edit = replace(value, epoch=self.trainer.epoch, before=before)
        self._edits.append(edit)
        self._edited(Edited(self.channel, edit))

    def _do_undo_edit(self, _: Any) -> None:
        # What has been trained on since cannot be taken back.
        if self.state == "paused" and self._edits and self._edits[-1].epoch == self.trainer.epoch:
            edit = self._edits.pop()
            self.trainer.edit_weight(edit.layer, edit.row, edit.unit, edit.before)
            self._edited(Edited(self.channel, edit, undone=True))

    def _edited(self, report: Edited) -> None:
        self._report(report)
        self._framed = self._rested = None

    def _do_extend(self, value: Any) -> None:
        if self.state in {"done", "stopped"}:
            self.trainer.extend(int(value))
            self._change("running")

    def _advance_until(self, end: float) -> None:
        chunk = 1
        while not self.trainer.finished:
            started, before = time.monotonic(), self.trainer.epoch
            chunk = self._advance(chunk)
            now = time.monotonic()
            done = self.trainer.epoch - before
            if not done or done < chunk or now >= end:
                return
            # Larger calls cost less each, as long as they end in time.
            pace = (now - started) / done
            chunk = max(1, min(EPOCHS_PER_CALL, int((end - now) / max(pace, 1e-6))))

    def _advance(self, epochs: int) -> int:
        """Train for at most so many epochs, and no further than to the next one that is kept. Returns how many."""
        epochs = min(epochs, until_recorded(self.trainer.epoch, self._density) or epochs)
        before = self.trainer.epoch
        self.trainer.advance(epochs)
        if self.trainer.epoch > before and is_recorded(self.trainer.epoch, self._density):
            self._record()
        return epochs

    def _record(self) -> None:
        self._moments.append((self.trainer.epoch, self.trainer.state().to_bytes()))

    def _as_logs(self, history: np.ndarray) -> list[dict[str, float]]:
        names = self.trainer.log_names
        return [dict(zip(names, map(float, row), strict=True)) for row in history]

    def _change(self, state: State) -> None:
        self.state = state
        self._send_progress()

    def _end(self) -> None:
        self._record()
        self._steps = 0
        self.state = "failed" if self.trainer.failure else "done"

    def _ending(self) -> str | None:
        if self.trainer.failure is not None:
            return f"{self.trainer.failure} Shown is the last epoch before that."
        if self.state == "done" and self.trainer.epoch < self.trainer.epochs:
            stopping = self.config.training.early_stopping
            assert stopping is not None  # no other callback of a session can stop it
            loss = "test loss" if stopping.monitor == "val_loss" else "training loss"
            return f"Early stopping ended the run: no better {loss} for {stopping.patience} epochs."
        if self.state == "running" and self.trainer.is_compiling:
            return "Compiling for full speed …"
        return None

    def _send_progress(self) -> None:
        names = self.trainer.log_names
        ends, first = self._ends[:], self.trainer.epoch - len(self._ends) + 1
        self._ends.clear()
        moments, self._moments = tuple(self._moments), []
        logs = np.array([[end.logs[name] for name in names] for end in ends], dtype=np.float32)
        self._report(
            Progress(
                self.channel,
                self.state,
                self.trainer.epochs,
                first,
                logs.reshape(len(ends), len(names)),
                self.trainer.learning_rate,
                self._ending(),
                moments,
            )
        )
        # The server has them: 3 MB for 10,000 epochs, thirty times over in a class.
        del self.trainer.history[:-1]

    def _send_frame(self, *, look: bool = False) -> None:
        # Tracing the first look takes a tenth of a second: the first picture does not wait for it.
        look = look or self._framed is not None or self.trainer.can_look_inside
        try:
            part = depict(self.trainer, self._plane, look=look)
        except Exception:  # of any kind: a look inside that fails must not end anybody's run
            if not look:
                raise
            _log.exception("looking inside failed")
            part = depict(self.trainer, self._plane, look=False)
        self._framed = (self.trainer.epoch, self._view)
        self._report(Framed(self.channel, self.trainer.epoch, part))

    def _rest(self) -> None:
        outputs = self.trainer.predict(self._dataset.x_test)
        predictions = tabulate_predictions(self.config, self._dataset, outputs)
        self._rested = self.trainer.epoch
        self._report(Rested(self.channel, self.trainer.epoch, self.trainer.state().to_bytes(), predictions))


def _look_for_cause(failure: NotFiniteLoss) -> None:
    try:
        failure.cause  # noqa: B018 — found when it is asked for
    except Exception:  # of any kind: the possible causes have been said
        _log.exception("trying out the causes of a failure failed")
