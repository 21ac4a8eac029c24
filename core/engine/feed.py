"""How one experiment on somebody's screen stands, as its viewers see it, and what of it a viewer has not seen yet.

What is drawn of it is kept by `core.engine.shown_parts`; what a worker needs to go on with it, by `core.engine.run`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from core.engine.cursor import Cursor
from core.engine.epoch_record import EpochRecord
from core.engine.others_view import FAILED, OthersView
from core.engine.pace import Pace
from core.engine.shown_parts import ShownParts
from core.engine.status_line import StatusLine
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit, Edited, Progress
from core.protocol.run_state import RunState
from core.protocol.wire import Part
from core.training.recording import LIMIT
from core.words import Said

_log = logging.getLogger(__name__)


class RunFeed(ShownParts):
    """A preview or a run, as its viewers see it. Safe to use from several threads.

    Attributes:
        id: unguessable; whoever has it may watch.
        owner: the browser that may control it; '' for previews.
        state: changes in one place only, along `core.protocol.run_state.TRANSITIONS`.
        config: what is trained.
        message: about the state.
        note: about something that happened to the run; shown where there is no message.
        trouble: why what is trained cannot be saved at the moment; shown after the message.
        parent, forked_at: the run that this one went on from, and after how many epochs of it.
        edits: weights set by hand, in their order.
        snapshots: sizes in bytes of the states that can be looked back at, by epoch.
    """

    def __init__(
        self,
        id: str,
        *,
        owner: str,
        config: ExperimentConfig,
        state: RunState | str,
        epochs: int,
        parent: str | None = None,
        forked_at: int | None = None,
    ) -> None:
        super().__init__()
        self.id = id
        self.owner = owner
        self.config = config
        self.state = RunState(state)
        self.epochs = epochs
        self.parent = parent
        self.forked_at = forked_at
        self.snapshots: dict[int, int] = {}
        self.edits: tuple[Edit, ...] = ()
        self.epoch = 0
        self.message: Said | None = None
        self.note: Said | None = None
        self.trouble: Said | None = None
        self.learning_rate: float | None = None
        self.queue_position: int | None = None
        self.changes: list[tuple[int, float]] = []
        self.seconds = 0.0
        self._record = EpochRecord()
        self._pace = Pace()
        self._running_since: float | None = None
        self._line = StatusLine()
        self._others: OthersView | None = None

    def progress(self, report: Progress) -> None:
        """Take new epochs and the state after them."""
        with self._waking:
            self._append(report.first_epoch, report.logs)
            self._add_snapshots({epoch: len(data) for epoch, data in report.snapshots})
            self.epochs = report.epochs
            self.learning_rate = report.learning_rate
            self.message = report.message
            self._enter(RunState(report.state))

    def enter(self, state: RunState, message: Said | None = None, *, queue_position: int | None = None) -> None:
        """Change the state without new epochs."""
        with self._waking:
            self.message = message
            self.queue_position = queue_position
            self._enter(state)

    def remark(self, note: Said | None) -> None:
        """Show a sentence about something that happened to the run, until there is another or None."""
        if note != self.note:
            with self._waking:
                self.note = note
                self._versions.state += 1

    def set_trouble(self, trouble: Said | None) -> None:
        """Say that what is trained cannot be saved now, or with None that it can."""
        if trouble != self.trouble:
            with self._waking:
                self.trouble = trouble
                self._versions.state += 1

    def record_change(self, epoch: int, learning_rate: float) -> None:
        """Note that the learning rate was changed after `epoch` epochs."""
        with self._waking:
            self.changes = [*(old for old in self.changes if old[0] != epoch), (epoch, learning_rate)]
            self.learning_rate = learning_rate
            self._versions.state += 1

    def record_edit(self, report: Edited) -> None:
        """Note that a weight was set by hand, or that the last such edit was taken back."""
        with self._waking:
            self.edits = self.edits[:-1] if report.undone else (*self.edits, report.edit)
            self._foretold = None  # these are the initial weights no longer
            self._versions.state += 1

    def restore(
        self,
        history: np.ndarray,
        *,
        message: Said | None,
        changes: list[tuple[int, float]],
        seconds: float,
        opened: Part | None,
        frame: Part | None,
        snapshots: dict[int, int] | None = None,
        edits: tuple[Edit, ...] = (),
    ) -> None:
        """Take what the store kept."""
        with self._waking:
            self._append(1, history)
            self._add_snapshots(snapshots or {})
            self.edits = edits
            self.message, self.changes, self.seconds = message, changes, seconds
            self.frame = frame
            self._versions.frame += frame is not None
            self._versions.state += 1
        if opened is not None:
            self.open(opened)

    @property
    def has_ended(self) -> bool:
        """Done, stopped or failed."""
        return self.state.has_ended

    def history(self) -> np.ndarray:
        """All logs so far, (epochs, log names) float32, as a view."""
        return self._record.between(0, self.epoch)

    def wait_until(self, condition: Callable[[RunFeed], bool], timeout: float) -> bool:
        """Wait until something holds of this feed. Returns whether it did in time."""
        return self._waking.wait_until(lambda: condition(self), timeout)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change, from any thread. Returns what ends that."""
        return self._waking.listen(listener)

    @property
    def viewers(self) -> int:
        """How many listen."""
        return self._waking.listeners

    def unseen(self, cursor: Cursor, *, withheld: Said | None = None) -> list[Part]:
        """The parts a viewer has not seen, and move its cursor past them.

        Args:
            withheld: why it may see no rows of the data set; None where it may.
        """
        with self._waking.lock:
            now, parts = self._versions, []
            if cursor.withheld != withheld:  # what it has seen of rows goes, or comes
                cursor.info = cursor.view = cursor.state = cursor.frame = cursor.targets = cursor.outputs = -1
                cursor.withheld = withheld
            if cursor.info != now.info and self.info is not None:
                parts.append(self.info)
            if cursor.view != now.view and self.view is not None:
                parts.append(self.view)
            if cursor.state != now.state or cursor.epoch != self.epoch or parts:
                parts.append(self._state_part())
            if cursor.epoch < self.epoch and self.info is not None:
                first = cursor.epoch + 1
                block = self._record.between(cursor.epoch, self.epoch).copy()
                parts.append(Part({"history": {"first_epoch": first}}, {"history": block}))
                cursor.epoch = self.epoch
            if cursor.frame != now.frame and self.frame is not None and self.info is not None:
                parts.append(self.frame)
                cursor.frame = now.frame
            if cursor.snapshots != now.snapshots and self.info is not None:
                kept = {"epochs": sorted(self.snapshots), "bytes": sum(self.snapshots.values()), "limit": LIMIT}
                parts.append(Part({"moments": kept}))
                cursor.snapshots = now.snapshots
            if cursor.asks_outputs and withheld is None and self.info is not None:
                parts += self._unseen_outputs(cursor)
            cursor.info, cursor.view, cursor.state = now.info, now.view, now.state
            return parts if withheld is None else [self.for_others(part, withheld) for part in parts]

    def for_others(self, part: Part, why: Said) -> Part:
        """A part of a picture of this run without the rows of its table.

        Args:
            why: they are not shown.
        """
        if self._others is None:
            self._others = OthersView(self.config)
        return self._others.part(part, why)

    def lose_rows(self) -> None:
        """The table of this run is gone: keep what others were told of it, and nothing else."""
        with self._waking:
            others = OthersView(self.config, is_deleted=True)
            self.info, self.view, self.frame = (
                None if part is None else others.part(part) for part in (self.info, self.view, self.frame)
            )
            if self.state is RunState.FAILED and self.message is not None:
                self.message = FAILED
            self.config, self._others, self._foretold = others.config, None, None
            self.targets = self.outputs = None
            self._versions.info += 1
            self._versions.view += 1
            self._versions.state += 1
            self._versions.frame += 1

    def look_again(self) -> None:
        """Who may see the rows has changed: have the viewers ask for what is new."""
        with self._waking:
            pass

    def _state_part(self) -> Part:
        pace = self._epochs_per_second()
        message, tone = self._line.of(self.state is RunState.FAILED, self.message, self.note, self.trouble)
        left = None
        if self.state == "running" and pace:
            left = (self.epochs - self.epoch) / pace
        return Part(
            {
                "state": {
                    "state": self.state,
                    "epoch": self.epoch,
                    "epochs": self.epochs,
                    "message": message,
                    "tone": tone,
                    "queue_position": self.queue_position,
                    "epochs_per_second": pace,
                    "seconds_left": left,
                    "learning_rate": self.learning_rate,
                    "edits": [asdict(edit) for edit in self.edits],
                    "parent": None if self.parent is None else {"run": self.parent, "epoch": self.forked_at},
                    "changes": [{"epoch": epoch, "learning_rate": rate} for epoch, rate in self.changes],
                }
            }
        )

    def _epochs_per_second(self) -> float | None:
        if self.state is RunState.RUNNING:
            return self._pace.lately
        return self._pace.overall if self.has_ended else None

    def _add_snapshots(self, snapshots: dict[int, int]) -> None:
        if snapshots:
            self.snapshots |= snapshots
            self._versions.snapshots += 1

    def _append(self, first_epoch: int, logs: np.ndarray) -> None:
        if not len(logs):
            return
        self.epoch = self._record.append(first_epoch, logs)
        self._pace.reached(self.epoch)

    def _enter(self, state: RunState) -> None:
        """The only place where a state changes."""
        if not self.state.may_become(state):
            _log.error("run %s is %s and cannot become %s", self.id, self.state, state)
            return
        now = time.monotonic()
        if self._running_since is not None:
            self.seconds += now - self._running_since
        self._running_since = now if state is RunState.RUNNING else None
        if state is RunState.RUNNING and self.state is not RunState.RUNNING:
            self._pace.begin(self.epoch)
            self.queue_position = None
        self.state = state
        self._versions.state += 1
