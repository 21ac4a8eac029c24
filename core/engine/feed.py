"""What the server knows of one experiment on somebody's screen, and which parts of it a viewer has not seen yet."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.engine.others_view import FAILED, OthersView
from core.engine.pace import Pace
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit, Edited, Progress
from core.protocol.run_state import RunState
from core.protocol.wire import Part
from core.training.recording import LIMIT
from core.words import Said, sentences

_log = logging.getLogger(__name__)


@dataclass
class Cursor:
    """How far one viewer has seen.

    Attributes:
        epoch: epochs whose logs it has.
        info, view, state, frame, snapshots: versions it has; -1 for none (0 of snapshots, which may never come).
        withheld: why it has seen no rows; None where it has.
        asks_outputs: it wants what the network outputs for single rows.
        targets, outputs: versions it has of these.
    """

    epoch: int = 0
    info: int = -1
    view: int = -1
    state: int = -1
    frame: int = -1
    snapshots: int = 0
    withheld: Said | None = None
    asks_outputs: bool = False
    targets: int = -1
    outputs: int = -1


class RunFeed:
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
        self.info: Part | None = None
        self.view: Part | None = None
        self.frame: Part | None = None
        self.targets: Part | None = None
        self.outputs: Part | None = None
        self._watching = 0
        self._foretold: Part | None = None
        self._history = np.empty((0, 0), dtype=np.float32)
        self._versions = Cursor(info=0, view=0, state=0, frame=0, snapshots=0, targets=0, outputs=0)
        self._pace = Pace()
        self._running_since: float | None = None
        self._to_say: tuple[bool, Said | None, Said | None, Said | None] = (False, None, None, None)
        self._as_said: tuple[dict[str, Any] | None, str] = (None, "info")
        self._others: OthersView | None = None
        self._listeners: set[Callable[[], None]] = set()
        self._changed = threading.Condition()

    def foretell(self, opened: Part, frame: Part) -> None:
        """Show a picture of the initial weights that no worker has drawn, until one has."""
        self.open(opened)
        self.show(frame)
        self._foretold = frame

    def open(self, part: Part) -> None:
        """Take the description, the plane, or both. What viewers have already is not sent again."""
        with self._changing():
            if "info" in part.header:
                info = Part({"info": part.header["info"]})
                self._versions.info += self.info is None or not info.equals(self.info)
                self.info = info
            if "view" in part.header:
                view = Part({"view": part.header["view"]}, part.blocks)
                if self.view is not None and _axes(view) != _axes(self.view):
                    self._foretold = None  # it shows another plane
                self._versions.view += self.view is None or not view.equals(self.view)
                self.view = view

    def progress(self, report: Progress) -> None:
        """Take new epochs and the state after them."""
        with self._changing():
            self._append(report.first_epoch, report.logs)
            self._add_snapshots({epoch: len(data) for epoch, data in report.snapshots})
            self.epochs = report.epochs
            self.learning_rate = report.learning_rate
            self.message = report.message
            self._enter(RunState(report.state))

    def enter(self, state: RunState, message: Said | None = None, *, queue_position: int | None = None) -> None:
        """Change the state without new epochs."""
        with self._changing():
            self.message = message
            self.queue_position = queue_position
            self._enter(state)

    def remark(self, note: Said | None) -> None:
        """Show a sentence about something that happened to the run, until there is another or None."""
        if note != self.note:
            with self._changing():
                self.note = note
                self._versions.state += 1

    def set_trouble(self, trouble: Said | None) -> None:
        """Say that what is trained cannot be saved now, or with None that it can."""
        if trouble != self.trouble:
            with self._changing():
                self.trouble = trouble
                self._versions.state += 1

    def show(self, frame: Part) -> None:
        """Take a picture; the newest wins. One that viewers have already is not sent again while it was foretold."""
        if self._foretold is not None:
            frame, before = self._completed(frame, self._foretold), self.frame
            if before is not None and frame.equals(before):
                return
        with self._changing():
            self.frame = frame
            self._versions.frame += 1

    def show_outputs(self, targets: Part | None, outputs: Part) -> None:
        """Take what the network outputs for single rows; the newest wins. Viewers get it who ask: where none does (any
        more), nothing is taken, so that who comes later is not shown what was on its way.

        Args:
            targets: what these rows are; None where that is known.
        """
        with self._changing():
            if not self._watching:
                return
            if targets is not None and self.targets is None:  # worker and store may both tell them: they are the same
                self.targets = targets
                self._versions.targets += 1
            self.outputs = outputs
            self._versions.outputs += 1

    @property
    def is_watched(self) -> bool:
        """Whether viewers ask for the outputs of single rows."""
        return self._watching > 0

    def count_watching(self, change: int) -> bool:
        """Count who asks for the outputs of single rows. Returns whether the first came, or the last went.

        Args:
            change: 1 for one more, -1 for one less.
        """
        with self._changed:
            before, self._watching = self._watching, max(0, self._watching + change)
            if not self._watching:
                self.targets = self.outputs = None
            return (before == 0) != (self._watching == 0)

    def _completed(self, frame: Part, foretold: Part) -> Part:
        """A worker's first pictures do not look inside the network yet: what was shown of that stays until they do."""
        looks_inside = "weight_gradients" in frame.blocks
        if looks_inside or frame.header["frame"]["epoch"] != foretold.header["frame"]["epoch"]:
            self._foretold = None
            return frame
        network = {**foretold.header.get("network", {}), **frame.header.get("network", {})}
        return foretold.joined(frame).joined(Part({"network": network}))

    def record_change(self, epoch: int, learning_rate: float) -> None:
        """Note that the learning rate was changed after `epoch` epochs."""
        with self._changing():
            self.changes = [*(old for old in self.changes if old[0] != epoch), (epoch, learning_rate)]
            self.learning_rate = learning_rate
            self._versions.state += 1

    def record_edit(self, report: Edited) -> None:
        """Note that a weight was set by hand, or that the last such edit was taken back."""
        with self._changing():
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
        with self._changing():
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

    @property
    def opened(self) -> Part | None:
        """Description and plane in one, for the store."""
        if self.info is None or self.view is None:
            return None
        return Part({**self.info.header, **self.view.header}, self.view.blocks)

    def history(self) -> np.ndarray:
        """All logs so far, (epochs, log names) float32, as a view."""
        return self._history[: self.epoch]

    def wait_until(self, condition: Callable[[RunFeed], bool], timeout: float) -> bool:
        """Wait until something holds of this feed. Returns whether it did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), timeout)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change, from any thread. Returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @property
    def viewers(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def unseen(self, cursor: Cursor, *, withheld: Said | None = None) -> list[Part]:
        """The parts a viewer has not seen, and move its cursor past them.

        Args:
            withheld: why it may see no rows of the data set; None where it may.
        """
        with self._changed:
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
                block = self._history[cursor.epoch : self.epoch].copy()
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

    def _unseen_outputs(self, cursor: Cursor) -> list[Part]:
        """What the network outputs for single rows, with what these are where that is new."""
        now, parts = self._versions, []
        if self.targets is not None and cursor.targets != now.targets:
            parts.append(self.targets)
            cursor.targets = now.targets
        if self.targets is not None and self.outputs is not None and cursor.outputs != now.outputs:
            parts.append(self.outputs)
            cursor.outputs = now.outputs
        return parts

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
        with self._changing():
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
        with self._changing():
            pass

    def _state_part(self) -> Part:
        pace = self._epochs_per_second()
        message, tone = self._line()
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

    def _line(self) -> tuple[dict[str, Any] | None, str]:
        """The one line that viewers read, as JSON, and its tone. Made anew where something else is to be said."""
        to_say = (self.state is RunState.FAILED, self.message, self.note, self.trouble)
        if to_say != self._to_say:
            said, tone = _one_line(*to_say)
            self._to_say, self._as_said = to_say, (None if said is None else said.to_json(), tone)
        return self._as_said

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
        if self._history.shape[1] != logs.shape[1]:
            self._history = np.empty((256, logs.shape[1]), dtype=np.float32)
        last = first_epoch - 1 + len(logs)
        while len(self._history) < last:
            self._history = np.concatenate([self._history, np.empty_like(self._history)])
        self._history[first_epoch - 1 : last] = logs
        self.epoch = last
        self._pace.reached(last)

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

    def _changing(self) -> _Changing:
        return _Changing(self._changed, self._listeners)


def _one_line(failed: bool, message: Said | None, note: Said | None, trouble: Said | None) -> tuple[Said | None, str]:
    if failed:
        return message, "error"
    said = message if message is not None else note
    if trouble is not None:
        return sentences([said, trouble] if said is not None else [trouble]), "warning"
    return said, "info"


def _axes(view: Part) -> list[Any]:
    """What a plane's two directions are."""
    return [view.header["view"].get(name) for name in ("kind", "x", "y")]


class _Changing:
    """Hold the lock, then wake everyone who waits or listens."""

    def __init__(self, changed: threading.Condition, listeners: set[Callable[[], None]]) -> None:
        self._changed = changed
        self._listeners = listeners

    def __enter__(self) -> None:
        self._changed.acquire()

    def __exit__(self, *_: Any) -> None:
        self._changed.notify_all()
        self._changed.release()
        for listener in tuple(self._listeners):
            try:
                listener()
            except RuntimeError:
                self._listeners.discard(listener)  # its event loop has ended
