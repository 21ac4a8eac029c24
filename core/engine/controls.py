"""What owners ask of their runs: pause, go on, another learning rate, a weight set by hand.

A run of somebody else's is refused (`NotYourRun`). What the page shows is waited for a moment, so that the page that is
drawn next shows it as it is then.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.engine.edits import check_edit
from core.engine.feed import RunFeed
from core.engine.run import LiveRun
from core.engine.scheduler import Scheduler
from core.engine.whose_rows import WhoseRows
from core.errors import CannotEdit
from core.evaluation.views import View
from core.protocol.messages import Action, Edit
from core.protocol.run_state import RunState
from core.store import RunStore
from core.words import Said


class Controls:
    """Hands what owners ask to the scheduler, and keeps what has to outlive the server."""

    def __init__(self, store: RunStore, scheduler: Scheduler, whose_rows: WhoseRows) -> None:
        self._store = store
        self._scheduler = scheduler
        self._whose_rows = whose_rows

    def pause(self, run_id: str, *, owner: str) -> None:
        """Pause between two epochs; Resume goes on as if nothing had been."""
        self._control(run_id, owner, "pause", seen=lambda run: run.state is not RunState.RUNNING)

    def resume(self, run_id: str, *, owner: str) -> None:
        """Go on after a pause."""
        self._check_rows_of(run_id, owner)
        self._control(run_id, owner, "resume", seen=lambda run: run.state is not RunState.PAUSED)

    def step(self, run_id: str, *, owner: str) -> None:
        """Train one epoch of a paused run, and stay paused."""
        self._check_rows_of(run_id, owner)
        before = self._owned(run_id, owner).epoch
        self._control(run_id, owner, "step", 1, seen=lambda run: run.epoch > before or run.has_ended)

    def stop(self, run_id: str, *, owner: str) -> None:
        """End a run; what it learned is kept. It ends also where its worker does not answer."""
        run = self._owned(run_id, owner)
        run.remark(None)
        self._scheduler.stop(run, None)
        run.wait_until(lambda run: run.has_ended, 0.5)

    def set_speed(self, run_id: str, speed: float | None, *, owner: str) -> None:
        """Change the epochs a second, None for as fast as possible."""
        run = self._owned(run_id, owner)
        with self._scheduler.lock:
            run.speed = speed
            self._store.update(run.id, speed=speed)
            self._scheduler.send(run, "speed", speed)

    def set_learning_rate(self, run_id: str, learning_rate: float, *, owner: str) -> None:
        """Change the learning rate from the next epoch on, and record it."""
        run = self._owned(run_id, owner)
        with self._scheduler.lock:
            if run.has_ended or math.isclose(run.wanted_rate, learning_rate, rel_tol=1e-6):
                return
            if self._scheduler.is_waiting(run):  # no worker has it: the change is made where the record ends
                run.drop_rates()
                run.record_change(run.epoch, learning_rate)
                self._store.record_change(run.id, run.epoch, learning_rate)
                return
            self._scheduler.send(run, "learning_rate", learning_rate)
        run.wait_until(lambda run: bool(run.changes) and run.changes[-1][1] == learning_rate, 0.5)

    def set_view(self, run_id: str, view: View, *, owner: str) -> None:
        """Show another plane of the input space."""
        run = self._owned(run_id, owner)
        view.check(len(run.config.dataset.info.feature_names))
        with self._scheduler.lock:
            run.chosen_view = view
            self._store.update(run.id, view=json.dumps(asdict(view)))
            self._scheduler.send(run, "view", view)

    def edit_weight(self, run_id: str, edit: Edit, *, owner: str) -> None:
        """Set one weight of a paused run by hand, and record it.

        Raises:
            CannotEdit: the run is not paused, or there is no such weight, or the value is no usable number.
        """
        run = self._owned(run_id, owner)
        if run.state is not RunState.PAUSED:
            raise CannotEdit(Said("A weight can be set by hand while the run is paused. Press Pause first."))
        check_edit(run.config, edit)
        count = len(run.edits)
        self._scheduler.send(run, "edit", edit)
        run.wait_until(lambda run: len(run.edits) > count, 0.5)

    def undo_edit(self, run_id: str, *, owner: str) -> None:
        """Take the last weight that was set by hand back, unless an epoch was trained since."""
        run = self._owned(run_id, owner)
        count = len(run.edits)
        if run.state is RunState.PAUSED and count:
            self._scheduler.send(run, "undo_edit")
            run.wait_until(lambda run: len(run.edits) < count, 0.5)

    def extend(self, run_id: str, epochs: int, *, owner: str) -> None:
        """Continue an ended run for as many epochs more."""
        self._check_rows_of(run_id, owner)
        run = self._owned(run_id, owner)
        if not run.state.may_be_continued:
            return
        with self._scheduler.lock:
            self._scheduler.stop_all_of(owner, Said("Stopped: another run was continued."))
            run.remark(None)
            self._scheduler.send(run, "extend", epochs)
        run.wait_until(lambda run: not run.has_ended, 0.5)

    def _owned(self, run_id: str, owner: str) -> LiveRun:
        run = self._scheduler.find(run_id)
        run.check_owner(owner)
        return run

    def _check_rows_of(self, run_id: str, owner: str) -> None:
        self._whose_rows.check(self._owned(run_id, owner).config, owner)

    def _control(
        self, run_id: str, owner: str, action: Action, value: Any = None, *, seen: Callable[[RunFeed], bool]
    ) -> None:
        run = self._owned(run_id, owner)
        if run.has_ended:
            return
        with self._scheduler.lock:
            run.remark(None)
            self._scheduler.send(run, action, value)
        run.wait_until(seen, 0.5)
