"""What owners do with their tables, and what that means for the runs on them: sharing, and deleting for good."""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.engine.run import LiveRun
from core.engine.scheduler import Scheduler
from core.engine.tasks import Tasks
from core.engine.whose_rows import WhoseRows
from core.protocol.messages import Forget
from core.protocol.wire import encode
from core.store import RunStore
from core.tables import TableStore
from core.words import Said

_log = logging.getLogger(__name__)

_NOT_SHARED = Said("Stopped: the table that this run is on is private again.")
_DELETED = Said("Stopped: the table that this run is on was deleted.")


class OwnedTables:
    """The tables of all owners, each for its own. Safe to use from several threads.

    Args:
        tables: finds the tables that are kept.
    """

    def __init__(
        self,
        tables: Callable[[], TableStore],
        whose: WhoseRows,
        store: RunStore,
        scheduler: Scheduler,
        tasks: Tasks,
    ) -> None:
        self._tables = tables
        self._whose = whose
        self._store = store
        self._scheduler = scheduler
        self._tasks = tasks

    def share(self, content: str, is_shared: bool, *, owner: str) -> None:
        """Let whoever has the link see the rows, or no longer: at once, and others' runs on them end.

        Raises:
            TableNotFound: the table is not the owner's.
        """
        self._tables().share(content, is_shared, owner=owner)
        self._whose.ask_again()
        for run in self._on(content):
            if not run.is_preview and run.state.is_active and self._whose.withheld(run.config, run.owner) is not None:
                self._scheduler.stop(run, _NOT_SHARED)
            run.look_again()

    def delete(self, content: str, *, owner: str) -> bool:
        """Delete a table for good, and what was made of its rows: pictures' points, predictions, results of tasks, and
        what processes have of it in memory. Its runs end; their curves, their last picture without points and their
        weights stay.

        Somebody else who has brought the same table keeps it, and the runs on it.

        Returns:
            Whether its rows are gone.

        Raises:
            TableNotFound: the table is not the owner's.
        """
        is_gone = self._tables().delete(content, owner=owner)
        self._whose.ask_again()
        in_memory = {run.id: run for run in self._on(content)}
        recorded = {run.id: run for run in self._store.runs_about(content)}
        lost: set[str] = set()
        for run_id in in_memory.keys() | recorded.keys():
            try:
                run = in_memory.get(run_id) or LiveRun.from_record(recorded[run_id], self._store)
            except ValueError:
                _log.exception("the record of run %s cannot be read", run_id)
                continue
            if is_gone if run.is_preview else self._whose.withheld(run.config, run.owner) is not None:
                self._take_rows_of(run)
                lost.add(run_id)
        self._tasks.forget(lost, content if is_gone else None)
        if is_gone:
            self._scheduler.pool.tell_all(Forget(content))
        self._store.flush()
        for run in in_memory.values():
            run.look_again()
        return is_gone

    def _take_rows_of(self, run: LiveRun) -> None:
        with self._scheduler.lock:
            run.lose_rows()
            if not run.is_elsewhere:
                self._scheduler.take_away(run, _DELETED)
        if run.is_preview:
            self._scheduler.forget(run.id)
            return
        self._store.lose_rows(
            run.id,
            config=run.config.model_dump_json(),
            message=run.message,
            opened=None if run.opened is None else encode([run.opened]),
            frame=None if run.frame is None else encode([run.frame]),
        )

    def _on(self, content: str) -> list[LiveRun]:
        """The runs and previews in memory that are on a table."""
        runs = self._scheduler.all_in_memory()
        return [run for run in runs if run.config.dataset.name == content]
