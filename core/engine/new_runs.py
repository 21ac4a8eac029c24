"""Runs and previews as they begin: from initial weights, or from a recorded epoch of another run.

What happens to a run after that is asked of `Controls`; which worker trains it is the `Scheduler`'s.
"""

from __future__ import annotations

import json
import math
import secrets
from dataclasses import asdict

from core.engine.run import LiveRun
from core.engine.scheduler import Scheduler
from core.engine.whose_rows import WhoseRows
from core.engine.worker_pool import WorkerPool
from core.errors import SnapshotNotKept
from core.evaluation.views import View
from core.experiment.architecture import architecture
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from core.protocol.run_state import RunState
from core.store import RunStore
from core.training.state import TrainingState
from core.words import Said


class NewRuns:
    """Makes runs and previews, records them, and hands them to the scheduler."""

    def __init__(self, store: RunStore, scheduler: Scheduler, pool: WorkerPool, whose_rows: WhoseRows) -> None:
        self._store = store
        self._scheduler = scheduler
        self._pool = pool
        self._whose_rows = whose_rows

    def preview(
        self, config: ExperimentConfig, view: View, *, browser: str | None = None, replaces: str | None = None
    ) -> LiveRun:
        """Show an experiment with its initial weights.

        Args:
            browser: for which it is shown.
            replaces: id of the preview that the same page showed before.

        Raises:
            RowsWithheld: the experiment is on a table whose rows this browser may not see.
        """
        self._whose_rows.check(config, browser)
        preview = LiveRun(
            f"preview-{secrets.token_urlsafe(12)}",
            view=view,
            owner="",
            config=config,
            state=RunState.IDLE,
            epochs=config.training.epochs,
        )
        preview.replaces = replaces
        preview.show_first_picture()
        with self._scheduler.lock:
            self._scheduler.remember(preview)
            self._pool.open(preview.opening())
        return preview

    def train(
        self,
        config: ExperimentConfig,
        *,
        owner: str,
        view: View | None = None,
        speed: float | None = None,
        steps: int | None = None,
    ) -> LiveRun:
        """Start a new run from the initial weights. The owner's other run, if one is active, is stopped first.

        Args:
            speed: epochs a second, None for as fast as possible.
            steps: train this many epochs and pause; None trains to the end.

        Raises:
            RowsWithheld: the experiment is on a table whose rows the owner may not see.
        """
        self._whose_rows.check(config, owner)
        with self._scheduler.lock:
            run = self._create(config, owner=owner, view=view, speed=speed, epochs=config.training.epochs)
            if steps is not None:
                run.begins, run.steps = RunState.PAUSED, steps
                # What it is to be, should the server die now.
                self._store.update(run.id, state=RunState.PAUSED, steps=steps)
            run.show_first_picture()
            self._scheduler.enqueue(run)
        return run

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
        """Start a new run that goes on from a recorded epoch of another, anybody's. What happened up to there is
        copied.

        Args:
            config: taken where it differs from the run's in training settings only; the run's otherwise.

        Raises:
            RunNotFound: there is no such run.
            SnapshotNotKept: that epoch was not recorded.
            RowsWithheld: it is on a table whose rows the owner may not see.
        """
        source = self._scheduler.find(source_id)
        trained = source.config
        self._whose_rows.check(trained, owner)
        snapshot = self._store.snapshot(source.id, epoch) if epoch in source.snapshots else None
        if snapshot is None:
            raise SnapshotNotKept(epoch)
        changes = [change for change in source.changes if change[0] <= epoch]
        rate = changes[-1][1] if changes else trained.training.learning_rate
        if config is None or not _may_go_on(trained, config):
            config = trained
        elif not math.isclose(config.training.learning_rate, rate, rel_tol=1e-6):
            rate = config.training.learning_rate
            changes = [*(change for change in changes if change[0] < epoch), (epoch, rate)]
        done_edits = TrainingState.from_bytes(snapshot).edits
        edits = source.edits[:done_edits] if done_edits is not None else _before(source.edits, epoch)
        with self._scheduler.lock:
            run = self._create(
                config,
                owner=owner,
                view=view,
                speed=speed,
                epochs=config.training.epochs if config.training.epochs > epoch else epoch + config.training.epochs,
                parent=source.id,
                forked_at=epoch,
            )
            run.restore(
                source.history()[:epoch].copy(),
                message=None,
                changes=changes,
                seconds=0.0,
                opened=None,
                frame=None,
                snapshots={kept: size for kept, size in source.snapshots.items() if kept <= epoch},
                edits=edits,
            )
            self._store.record_edits(run.id, [asdict(edit) for edit in edits])
            for changed, to in changes:
                self._store.record_change(run.id, changed, to)
            self._store.record(run.id, kept=snapshot)
            self._scheduler.enqueue(run)
        return run

    def _create(
        self,
        config: ExperimentConfig,
        *,
        owner: str,
        view: View | None,
        speed: float | None,
        epochs: int,
        parent: str | None = None,
        forked_at: int | None = None,
    ) -> LiveRun:
        """A new run, recorded and queued nowhere yet. The owner's other run is stopped."""
        self._scheduler.stop_all_of(owner, Said("Stopped: a newer run was started."))
        view, metric = view or View(), config.output.metric
        created = self._store.create(
            owner=owner,
            config=config.model_dump_json(),
            epochs=epochs,
            log_names=("loss", metric, "val_loss", f"val_{metric}", *_of_test_rows(config)),
            speed=speed,
            view=json.dumps(asdict(view)),
            parent=parent,
            forked_at=forked_at,
        )
        run = LiveRun(
            created.id,
            view=view,
            speed=speed,
            owner=owner,
            config=config,
            state=RunState.QUEUED,
            epochs=epochs,
            parent=parent,
            forked_at=forked_at,
        )
        self._scheduler.remember(run)
        return run


def _of_test_rows(config: ExperimentConfig) -> tuple[str, ...]:
    """The logs of the test rows, where those of the validation rows begin with `val_`."""
    return ("test_loss", f"test_{config.output.metric}") if config.dataset.validation_fraction else ()


def _may_go_on(trained: ExperimentConfig, wanted: ExperimentConfig) -> bool:
    """Whether a run may go on with other settings: same data, same network, same optimizer."""
    same_data = trained.dataset == wanted.dataset and trained.seed == wanted.seed
    return same_data and architecture(trained) == architecture(wanted)


def _before(edits: tuple[Edit, ...], epoch: int) -> tuple[Edit, ...]:
    """The weights that were set by hand before an epoch was over."""
    return tuple(edit for edit in edits if edit.epoch < epoch)
