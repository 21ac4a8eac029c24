"""What owners do with their tables, and what that means for the runs on them: sharing, and deleting for good."""

from __future__ import annotations

from collections.abc import Callable

from core.engine.run import LiveRun
from core.engine.scheduler import Scheduler
from core.engine.tasks import Tasks
from core.engine.whose_rows import WhoseRows
from core.store import RunStore
from core.tables import TableStore
from core.words import Said

_NOT_SHARED = Said("Stopped: the table that this run is on is private again.")


class OwnedTables:
    """The tables of all owners, each for its own. Safe to use from several threads.

    Args:
        tables: finds the tables that are kept.
    """

    def __init__(self, tables: Callable[[], TableStore], store: RunStore, scheduler: Scheduler, tasks: Tasks) -> None:
        self._tables = tables
        self._whose = WhoseRows(tables)
        self._store = store
        self._scheduler = scheduler
        self._tasks = tasks

    def share(self, content: str, is_shared: bool, *, owner: str) -> None:
        """Let whoever has the link see the rows, or no longer: at once, and others' runs on them end.

        Raises:
            TableNotFound: the table is not the owner's.
        """
        self._tables().share(content, is_shared, owner=owner)
        for run in self._on(content):
            if not run.is_preview and run.state.is_active and self._whose.withheld(run.config, run.owner) is not None:
                self._scheduler.stop(run, _NOT_SHARED)
            run.look_again()

    def _on(self, content: str) -> list[LiveRun]:
        """The runs and previews in memory that are on a table."""
        runs = self._scheduler.all_in_memory()
        return [run for run in runs if run.config.dataset.name == content]
