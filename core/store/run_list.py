"""The runs of one owner as a list: what each has come to, and what its owner has made of it (name, star, deleted).

Everything else of a run is `core.store.run_store`'s.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from core.store.extents import read_logs
from core.store.run import Run
from core.store.writer import Job

#: What a list shows of its runs. The last epoch's logs are found by their key, and no other epoch is read.
_LIST = """
    SELECT runs.*, epochs.logs AS last
    FROM runs LEFT JOIN epochs ON epochs.run = runs.id AND epochs.epoch = runs.epoch
    WHERE runs.owner = ? AND runs.deleted IS NULL
    ORDER BY runs.rowid DESC
"""


@dataclass(frozen=True)
class ListedRun:
    """A run, and of its logs by their names the last values, the least and the greatest; none before the first epoch.

    A log that never was a finite number is NaN.
    """

    run: Run
    last: Mapping[str, float]
    lowest: Mapping[str, float]
    highest: Mapping[str, float]


class RunList:
    """The lists of all owners.

    Args:
        write: hands a job to the thread that writes.
        read: all rows that a query finds, with what was handed over before.
    """

    def __init__(self, write: Callable[[Job], None], read: Callable[..., list[sqlite3.Row]]) -> None:
        self._write = write
        self._read = read

    def of(self, owner: str) -> list[ListedRun]:
        """An owner's runs, the newest first, by the order in which they were created: a clock may be set back."""
        return [_listed(row) for row in self._read(_LIST, owner)]

    def rename(self, run: str, name: str | None) -> None:
        """Give a run a name, or with None take it away."""
        self._do("UPDATE runs SET name = ? WHERE id = ?", name, run)

    def star(self, run: str, starred: bool) -> None:
        """Mark a run: it is not deleted when old runs are. Or take the mark away."""
        self._do("UPDATE runs SET starred = ? WHERE id = ?", int(starred), run)

    def delete(self, run: str) -> None:
        """Take a run off the list. Its record stays until `remove`."""
        self._do("UPDATE runs SET deleted = ? WHERE id = ?", time.time(), run)

    def restore(self, run: str) -> None:
        """Put a deleted run back on the list."""
        self._do("UPDATE runs SET deleted = NULL WHERE id = ?", run)

    def deleted(self) -> dict[str, float]:
        """When each run was deleted whose record is still there, by id."""
        return {row["id"]: row["deleted"] for row in self._read("SELECT id, deleted FROM runs WHERE deleted NOT NULL")}

    def remove(self, runs: Iterable[str]) -> None:
        """Delete the records of deleted runs, with their epochs and artifacts; not of one that was restored since."""
        ids = [(run,) for run in runs]

        def write(database: sqlite3.Connection) -> None:
            database.executemany("DELETE FROM runs WHERE id = ? AND deleted NOT NULL", ids)

        self._write(write)

    def _do(self, statement: str, *values: object) -> None:
        def write(database: sqlite3.Connection) -> None:
            database.execute(statement, values)

        self._write(write)


def _listed(row: sqlite3.Row) -> ListedRun:
    run = Run.of_row(row)

    def named(data: bytes | None) -> dict[str, float]:
        return {} if data is None else dict(zip(run.log_names, read_logs(data).tolist(), strict=False))

    return ListedRun(run, named(row["last"]), named(row["lowest"]), named(row["highest"]))
