"""A run or a preview as the server knows it: what viewers see of it, and what a worker needs to go on with it."""

from __future__ import annotations

import json
from typing import Any

from core.engine.feed import RunFeed
from core.errors import NotYourRun, RunElsewhere
from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.protocol.first_pictures import first_picture
from core.protocol.messages import Action, Control, Edit, Open, Progress
from core.protocol.run_state import RunState
from core.protocol.wire import decode
from core.store import Run, RunStore
from core.training.state import TrainingState
from core.words import Said

#: Deaths of a run's worker without a new epoch in between, after which it is not tried again.
MOST_DEATHS = 3


class LiveRun(RunFeed):
    """One experiment of this server.

    The engine changes it under its own lock. What viewers see of it may be read from any thread.

    Attributes:
        begins: how a queued run begins: running or paused.
        steps: epochs still to train while paused.
        chosen_view: the plane that it is shown in.
        speed: epochs a second, None for as fast as possible.
        attempt: counts the times that a worker was told to open it, and the ends that no worker reported.
        deaths: of its workers, since its last new epoch.
        reason: why it is being stopped, where its owner did not ask for it.
        is_elsewhere: another server of the same data folder trains it.
        replaces: the preview that this preview makes needless.
        picture_kept: when its picture was last stored, on the monotonic clock.
        was_opened: whether a worker has described it; a picture that came with the app does not count.
        is_deleted: its owner deleted it: nobody finds it, until it is restored or its record removed.
    """

    def __init__(self, id: str, *, view: View, speed: float | None = None, **known: Any) -> None:
        super().__init__(id, **known)
        self.chosen_view = view
        self.speed = speed
        self.begins = RunState.RUNNING
        self.steps = 0
        self.attempt = 0
        self.deaths = 0
        self.reason: Said | None = None
        self.is_elsewhere = False
        self.replaces: str | None = None
        self.picture_kept = 0.0
        self.was_opened = False
        self.is_deleted = False
        self._controls: list[Control] = []
        self._numbered = self._obeyed = 0

    @classmethod
    def from_record(cls, run: Run, store: RunStore) -> LiveRun:
        """A run of the store.

        Raises:
            ValidationError: its configuration cannot be read.
        """
        live = cls(
            run.id,
            view=View(**json.loads(run.view)),
            speed=run.speed,
            owner=run.owner,
            config=ExperimentConfig.from_record(run.config),
            state=run.state,
            epochs=run.epochs,
            parent=run.parent,
            forked_at=run.forked_at,
        )
        opened, frame = store.kept(run.id, "opened"), store.kept(run.id, "frame")
        live.restore(
            store.history(run.id)[: run.epoch],
            message=run.message,
            changes=store.changes(run.id),
            seconds=run.seconds,
            opened=decode(opened) if opened else None,
            frame=decode(frame) if frame else None,
            snapshots=store.snapshots(run.id),
            edits=tuple(Edit(**edit) for edit in store.edits(run.id)),
        )
        if not live.epoch and live.frame is None and not live.edits and live.parent is None:
            live.show_first_picture()
        live.steps = run.steps
        live.is_elsewhere = live.state.is_active and store.is_elsewhere(run)
        return live

    def show_first_picture(self) -> None:
        """Show the picture of the initial weights that came with the app, where there is one."""
        picture = first_picture(self.config, self.chosen_view)
        if picture is not None:
            self.foretell(*picture.of(self.id))

    @property
    def is_preview(self) -> bool:
        """Nobody's run: initial weights."""
        return not self.owner

    def check_owner(self, owner: str) -> None:
        """Whether a browser may control the run.

        Raises:
            NotYourRun: another one started it.
            RunElsewhere: another server trains it.
        """
        if not owner or self.owner != owner:
            raise NotYourRun()
        if self.is_elsewhere:
            raise RunElsewhere()

    def control(self, action: Action, value: Any = None) -> Control:
        """A control that is kept until a report shows that it was obeyed: a worker that dies before takes it along."""
        self._numbered += 1
        control = Control(self.id, action, value, self._numbered)
        self._controls.append(control)
        return control

    def drop_rates(self) -> None:
        """A newer learning rate was recorded: those that were asked for before do not count any more."""
        self._controls = [control for control in self._controls if control.action != "learning_rate"]

    @property
    def wanted_rate(self) -> float:
        """The learning rate that was asked for last, whether or not a worker has heard of it."""
        asked = [control.value for control in self._controls if control.action == "learning_rate"]
        changed = [rate for _, rate in self.changes]
        return float([self.config.training.learning_rate, *changed, *asked][-1])

    @property
    def steps_to_come(self) -> int:
        """Epochs to train while paused, with what was asked for since the last report."""
        return self.steps + sum(control.action == "step" for control in self._controls)

    def forget_controls(self) -> None:
        """The run is over: nothing that was asked for counts any more."""
        self._controls.clear()

    @property
    def has_unobeyed_controls(self) -> bool:
        """Whether something was asked for that no report shows yet."""
        return bool(self._controls)

    def has_obeyed(self, control: Control) -> bool:
        """Whether a report shows what came of a control."""
        return control.number <= self._obeyed

    @property
    def will_pause(self) -> bool:
        """Whether a queued run begins paused, with what was asked for meanwhile."""
        paused = self.begins is RunState.PAUSED
        for control in self._controls:
            if control.action in {"pause", "step"}:
                paused = True
            elif control.action == "resume":
                paused = False
        return paused

    def belongs_to_attempt(self, attempt: int) -> bool:
        """Whether a report comes from the worker that has the run now."""
        return attempt == self.attempt

    def take(self, report: Progress) -> None:
        """New epochs, and the state after them."""
        if len(report.logs):
            self.deaths = 0
        self.steps = report.steps
        self.progress(report)

    def obey(self, number: int) -> None:
        """Controls up to a number are included in what was reported."""
        self._obeyed = max(self._obeyed, number)
        if self._controls:
            self._controls = [control for control in self._controls if control.number > self._obeyed]

    def count_death(self) -> bool:
        """Count a death of the run's worker. Returns whether the run is not to be tried again."""
        self.deaths += 1
        return self.deaths >= MOST_DEATHS

    def opening(self, checkpoint: bytes | None = None) -> Open:
        """What tells a worker to open it, or to go on with it.

        Args:
            checkpoint: a `TrainingState` as bytes, not newer than the record.
        """
        self.attempt += 1
        state = self.begins if self.state is RunState.QUEUED else self.state
        return Open(
            self.id,
            self.config,
            self.chosen_view,
            state=state,
            steps=self.steps,
            speed=self.speed,
            checkpoint=checkpoint,
            epochs=None if self.is_preview else self.epochs,
            replaces=self.replaces,
            history=self.history().copy() if self.epoch else None,
            changes=tuple(self.changes),
            edits=self.edits,
            controls=tuple(self._controls),
            attempt=self.attempt,
            obeyed=self._obeyed,
            is_watched=self.is_watched,
        )

    def state_at_rest(self, store: RunStore) -> bytes | None:
        """The stored state after the last epoch, None where it is not there (yet)."""
        checkpoint = store.kept(self.id, "checkpoint")
        if checkpoint is None or TrainingState.epoch_of(checkpoint) != self.epoch:
            return None
        return checkpoint

    def latest_state(self, store: RunStore) -> bytes | None:
        """A stored state that is not newer than the record; None where only the initial weights are left."""
        checkpoint = store.kept(self.id, "checkpoint")
        if checkpoint is not None and TrainingState.epoch_of(checkpoint) <= self.epoch:
            return checkpoint
        # Runs of earlier versions have only the states to look back at.
        recorded = max((epoch for epoch in self.snapshots if 0 < epoch <= self.epoch), default=None)
        return None if recorded is None else store.snapshot(self.id, recorded)
