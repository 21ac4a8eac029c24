"""The engine: takes experiments from pages, has workers train them, records every epoch, tells the viewers.

Lives in the server and never imports Keras. Safe to use from several threads. Pages talk to it, not to its parts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from core.engine.controls import Controls
from core.engine.evaluations import Evaluations, Judged
from core.engine.explanations import AskedExplanation, Explanations
from core.engine.feed import RunFeed
from core.engine.new_runs import NewRuns
from core.engine.owned_runs import OwnedRuns, RunSummary
from core.engine.owned_tables import OwnedTables
from core.engine.questions import Questions
from core.engine.recovery import Recovery
from core.engine.reports import Reports
from core.engine.row_outputs import RowOutputs
from core.engine.run import LiveRun
from core.engine.scheduler import Scheduler
from core.engine.task import Task
from core.engine.tasks import Tasks
from core.engine.whose_rows import WhoseRows
from core.engine.worker_pool import WorkerPool
from core.engine.worker_process import WorkerProcess
from core.evaluation.calibration import Calibration
from core.evaluation.choices import JudgedRows
from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.experiment.drawing import Drawing
from core.protocol.messages import Edit
from core.protocol.wire import Part
from core.store import RunStore
from core.tables import TableStore, open_tables
from core.words import Said


def default_workers() -> int:
    """A worker per core, at most four: `DESCENT_WORKERS` overrides it."""
    chosen = os.environ.get("DESCENT_WORKERS", "")
    return max(1, int(chosen)) if chosen.isdecimal() else max(1, min(4, os.cpu_count() or 1))


class Engine:
    """All experiments of one server. Runs that a dead server of the same folder left go on.

    Args:
        store: where runs are recorded.
        workers: number of training processes.
        begin: whether to start them now; what is asked for before `begin` is kept for them.
        make_pool: makes the pool of them.
        tables: finds the tables that are kept.
    """

    def __init__(
        self,
        store: RunStore,
        *,
        workers: int | None = None,
        begin: bool = True,
        make_pool: Callable[..., WorkerPool] = WorkerPool,
        tables: Callable[[], TableStore] = open_tables,
    ) -> None:
        self.store = store
        self.whose_rows = WhoseRows(tables)
        make = partial(make_pool, workers or default_workers())
        self.scheduler = Scheduler(
            store,
            make,
            received=lambda message: self._reports.received(message),
            lost=lambda runs, cause: self.recovery.lost(runs, cause),
            adopt=lambda run: self.recovery.adopt(run),
        )
        self.recovery = Recovery(store, self.scheduler)
        self.pool = self.scheduler.pool
        self.questions = Questions(store, self.pool, self.find)
        self.evaluations = Evaluations(store, self.questions, self.predictions)
        self.explanations = Explanations(self.questions, self.evaluations)
        self.row_outputs = RowOutputs(store, self.pool, self.questions)
        self.tasks = Tasks(store, self.find, self._start_task_process)
        self.owned = OwnedRuns(store, self.scheduler)
        self.owned_tables = OwnedTables(tables, self.whose_rows, store, self.scheduler, self.tasks)
        self._new_runs = NewRuns(store, self.scheduler, self.pool, self.whose_rows)
        self._controls = Controls(store, self.scheduler, self.whose_rows)
        self._reports = Reports(store, self.scheduler, self.questions.answered)
        self.recovery.adopt()
        if begin:
            self.begin()

    def begin(self) -> None:
        """Start the first training process, unless there is one; it starts the others when it is ready."""
        self.pool.begin()

    def stop(self) -> None:
        """End every worker. Runs in training go on when a server of the same data folder starts."""
        self.scheduler.begin_to_stop()
        self.tasks.stop()
        self.owned.stop()
        self.pool.stop()
        self.store.close()

    @property
    def is_ready(self) -> bool:
        """Whether a worker has loaded Keras."""
        return self.scheduler.is_ready

    def preview(
        self, config: ExperimentConfig, view: View, *, browser: str | None = None, replaces: str | None = None
    ) -> LiveRun:
        """Show an experiment with its initial weights; see `NewRuns.preview`."""
        return self._new_runs.preview(config, view, browser=browser, replaces=replaces)

    def train(
        self,
        config: ExperimentConfig,
        *,
        owner: str,
        view: View | None = None,
        speed: float | None = None,
        steps: int | None = None,
    ) -> LiveRun:
        """Start a new run from the initial weights; see `NewRuns.train`."""
        return self._new_runs.train(config, owner=owner, view=view, speed=speed, steps=steps)

    def branch(
        self,
        source_id: str,
        epoch: int,
        *,
        owner: str,
        config: ExperimentConfig | None = None,
        view: View | None = None,
        speed: float | None = None,
    ) -> LiveRun:
        """Start a new run from a recorded epoch of another; see `NewRuns.branch`."""
        return self._new_runs.branch(source_id, epoch, owner=owner, config=config, view=view, speed=speed)

    def find(self, run_id: str) -> LiveRun:
        """A preview or a run by id, from memory or from the store.

        Raises:
            RunNotFound: there is none.
        """
        return self.scheduler.find(run_id)

    def pause(self, run_id: str, *, owner: str) -> None:
        """Pause between two epochs; see `Controls.pause`."""
        self._controls.pause(run_id, owner=owner)

    def resume(self, run_id: str, *, owner: str) -> None:
        """Go on after a pause; see `Controls.resume`."""
        self._controls.resume(run_id, owner=owner)

    def step(self, run_id: str, *, owner: str) -> None:
        """Train one epoch of a paused run; see `Controls.step`."""
        self._controls.step(run_id, owner=owner)

    def stop_run(self, run_id: str, *, owner: str) -> None:
        """End a run; see `Controls.stop`."""
        self._controls.stop(run_id, owner=owner)

    def set_speed(self, run_id: str, speed: float | None, *, owner: str) -> None:
        """Change the epochs a second; see `Controls.set_speed`."""
        self._controls.set_speed(run_id, speed, owner=owner)

    def set_learning_rate(self, run_id: str, learning_rate: float, *, owner: str) -> None:
        """Change the learning rate; see `Controls.set_learning_rate`."""
        self._controls.set_learning_rate(run_id, learning_rate, owner=owner)

    def set_view(self, run_id: str, view: View, *, owner: str) -> None:
        """Show another plane of the input space; see `Controls.set_view`."""
        self._controls.set_view(run_id, view, owner=owner)

    def edit_weight(self, run_id: str, edit: Edit, *, owner: str) -> None:
        """Set one weight of a paused run by hand; see `Controls.edit_weight`."""
        self._controls.edit_weight(run_id, edit, owner=owner)

    def undo_edit(self, run_id: str, *, owner: str) -> None:
        """Take the last weight that was set by hand back; see `Controls.undo_edit`."""
        self._controls.undo_edit(run_id, owner=owner)

    def extend(self, run_id: str, epochs: int, *, owner: str) -> None:
        """Continue an ended run; see `Controls.extend`."""
        self._controls.extend(run_id, epochs, owner=owner)

    def rows_withheld(self, run: RunFeed, browser: str | None) -> Said | None:
        """Why a browser may not see the rows of a run's data set, None where it may; see `WhoseRows`."""
        return self.whose_rows.withheld(run.config, browser)

    def check_rows(self, config: ExperimentConfig, browser: str | None) -> None:
        """Whether a browser may see the rows of an experiment, and train on them; raises `RowsWithheld`."""
        self.whose_rows.check(config, browser)

    def config_for(self, config: ExperimentConfig, browser: str | None) -> ExperimentConfig:
        """An experiment as a browser may know it; see `WhoseRows.known_to`."""
        return self.whose_rows.known_to(config, browser)

    def share_table(self, content: str, is_shared: bool, *, owner: str) -> None:
        """Let whoever has the link see a table's rows, or no longer; see `OwnedTables.share`."""
        self.owned_tables.share(content, is_shared, owner=owner)

    def delete_table(self, content: str, *, owner: str) -> bool:
        """Delete a table for good, with all that was made of its rows; see `OwnedTables.delete`."""
        return self.owned_tables.delete(content, owner=owner)

    def check_table(self, content: str, browser: str | None) -> None:
        """Whether a browser may see the rows of a table, and train on them; raises `RowsWithheld`."""
        self.whose_rows.check_table(content, browser)

    def depict(self, run_id: str, epoch: int, *, browser: str | None) -> Part:
        """The picture of a recorded epoch, as a browser may see it; see `Questions.depict`."""
        part, run = self.questions.depict(run_id, epoch), self.find(run_id)
        withheld = self.whose_rows.withheld(run.config, browser)
        return part if withheld is None else run.for_others(part, withheld)

    def export(self, run_id: str) -> bytes:
        """A run's network as a `.keras` file; see `Questions.export`."""
        return self.questions.export(run_id)

    def missing_kinds(self, run_id: str, *, epoch: int | None = None) -> dict[str, Any]:
        """For whom a network still works when a kind of data is missing; see `Questions.missing_kinds`."""
        return self.questions.missing_kinds(run_id, epoch=epoch)

    def latest_network(self, run_id: str) -> bytes:
        """A run's network as it stands, to ask several questions about; see `Questions.latest`."""
        return self.questions.latest(run_id)

    def ask_latest(self, run_id: str, question: str, /, **options: Any) -> Any:
        """What a worker answers on a run's network as it stands; see `Questions.about_latest`."""
        return self.questions.about_latest(run_id, question, **options)

    def picture_maps(
        self, run_id: str, *, row: int, label: int | None = None, epoch: int | None = None
    ) -> dict[str, Any]:
        """Which pixels of a test row count; see `Questions.picture_maps`."""
        return self.questions.picture_maps(run_id, row=row, label=label, epoch=epoch)

    def dissect(self, run_id: str, **asked: int) -> dict[str, Any]:
        """A mini-batch in slow motion; see `Questions.dissect`."""
        return self.questions.dissect(run_id, **asked)

    def row_inside(
        self, run_id: str, *, point: int, axes: tuple[int, int] | None = None, epoch: int | None = None
    ) -> dict[str, Any]:
        """What every neuron outputs for a row on the map; see `Questions.row_inside`."""
        return self.questions.row_inside(run_id, point=point, axes=axes, epoch=epoch)

    def watch_outputs(self, run: LiveRun) -> Callable[[], None]:
        """Have the feed of a run hold what its network outputs for single rows; see `RowOutputs.watch`."""
        return self.row_outputs.watch(run)

    def raw_rows(self, run_id: str, rows: str) -> Part:
        """The rows that judge a run, in the units of their source; see `Questions.raw_rows`."""
        return self.questions.raw_rows(run_id, rows)

    def predictions(self, run_id: str) -> dict[str, list[Any]] | None:
        """Columns of the test rows' predictions after a run's last epoch; None while it trains."""
        run, kept = self.find(run_id), self.store.kept(run_id, "predictions")
        found = json.loads(kept) if kept else None
        if found is None or found["epoch"] != run.epoch or run.state.is_training:
            return None
        columns: dict[str, list[Any]] = found["columns"]
        return columns

    def judge(
        self, run_id: str, rows: JudgedRows, *, positive: int = 0, epoch: int | None = None, measured: bool = True
    ) -> Judged:
        """What a network says of rows, beside what is true of them; see `Evaluations.judge`."""
        return self.evaluations.judge(self.find(run_id), rows, positive=positive, epoch=epoch, measured=measured)

    def raw_column(self, run_id: str, rows: JudgedRows, column: int) -> np.ndarray:
        """A column of rows of a run in the units of its source; see `Questions.raw_column`."""
        return self.questions.raw_column(run_id, rows, column)

    def explain(self, run_id: str, asked: AskedExplanation, *, epoch: int | None = None) -> dict[str, Any] | None:
        """Why a network decides as it does; None where that has to be a task. See `Explanations.explain`."""
        return self.explanations.explain(self.find(run_id), asked, epoch)

    def calibration_of(self, run_id: str) -> Calibration | None:
        """What the task `calibration` found of a run as it was recorded last; None where it was not asked for. See
        `core.evaluation.calibration` for what can be done with it.
        """
        kept = self.kept_result(run_id, "calibration")
        return None if kept is None else Calibration.from_json(json.loads(kept)["calibration"])

    def begin_task(
        self, run_id: str, kind: str, options: Mapping[str, Any] | None = None, *, owner: str, epoch: int | None = None
    ) -> Task:
        """Ask for long work; see `Tasks.begin`."""
        return self.tasks.begin(run_id, kind, options, owner=owner, epoch=epoch)

    def begin_task_for(
        self, config: ExperimentConfig, kind: str, options: Mapping[str, Any] | None = None, *, owner: str
    ) -> Task:
        """Ask for long work on an experiment that is no run; see `Tasks.begin_for`.

        Raises:
            RowsWithheld: it is on a table whose rows the owner may not see.
        """
        self.whose_rows.check(config, owner)
        return self.tasks.begin_for(config, kind, options, owner=owner)

    def find_task(self, task_id: str) -> Task:
        """A task by id; see `Tasks.find`."""
        return self.tasks.find(task_id)

    def result_of(self, task: Task) -> bytes | None:
        """What a task made; see `Tasks.result`."""
        return self.tasks.result(task)

    def kept_result(self, run_id: str, kind: str, options: Mapping[str, Any] | None = None) -> bytes | None:
        """What a task made of a run's last recorded epoch before; see `Tasks.kept`."""
        return self.tasks.kept(run_id, kind, options)

    def cancel_task(self, task_id: str, *, owner: str) -> None:
        """End a task without a result; see `Tasks.cancel`."""
        self.tasks.cancel(task_id, owner=owner)

    def runs_of(self, owner: str) -> list[RunSummary]:
        """An owner's runs, the newest first; see `OwnedRuns.of`."""
        known = self.whose_rows.known_to
        return [replace(run, config=known(run.config, owner)) for run in self.owned.of(owner)]

    def rename(self, run_id: str, name: str, *, owner: str) -> None:
        """Give a run a name; see `OwnedRuns.rename`."""
        self.owned.rename(run_id, name, owner=owner)

    def star(self, run_id: str, starred: bool, *, owner: str) -> None:
        """Mark a run, or take the mark away; see `OwnedRuns.star`."""
        self.owned.star(run_id, starred, owner=owner)

    def delete(self, run_id: str, *, owner: str) -> None:
        """Delete a run; see `OwnedRuns.delete`."""
        self.owned.delete(run_id, owner=owner)

    def restore(self, run_id: str, *, owner: str) -> None:
        """Bring a deleted run back; see `OwnedRuns.restore`."""
        self.owned.restore(run_id, owner=owner)

    def _start_task_process(self, received: Callable[..., None], died: Callable[..., None]) -> WorkerProcess:
        self.begin()
        return WorkerProcess("tasks", self.pool.fork_server, received, died, role="tasks")

    def keep_drawing(self, drawing: Drawing) -> str:
        """Keep points drawn by hand. Returns the reference that a link can hold."""
        return self.store.keep_drawing(drawing)

    def find_drawing(self, reference: str) -> Drawing | None:
        """The points of a reference, None where they are not kept."""
        return self.store.find_drawing(reference)
