"""What is written of a run in its own tables, as jobs for the writer; and what goes when a server starts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.store.artifacts import SNAPSHOT
from core.store.extents import fill
from core.store.run import Run
from core.store.writer import Job
from core.words import Said

#: Old runs are thinned: at each start of the server all but the newest this many are deleted, and those with a star.
KEPT_RUNS = 500

#: At each start only so many of the newest runs keep the states that looking back needs: 8 MB each at most.
RUNS_WITH_SNAPSHOTS = 60

_ACTIVE = "('queued', 'running', 'paused')"

_FIELDS = {"state", "message", "epochs", "speed", "view", "seconds", "steps"}


def inserting(run: Run) -> Job:
    """A job that adds a run, with a copy of its parent's epochs and states up to where it forked."""
    row = {
        "id": run.id,
        "owner": run.owner,
        "server": run.server,
        "created": run.created,
        "config": run.config,
        "speed": run.speed,
        "view": run.view,
        "state": run.state,
        "epoch": run.epoch,
        "epochs": run.epochs,
        "log_names": json.dumps(run.log_names),
        "parent": run.parent,
        "forked_at": run.forked_at,
    }

    def insert(database: sqlite3.Connection) -> None:
        database.execute(
            f"INSERT INTO runs ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})", tuple(row.values())
        )
        if run.parent is None:
            return
        database.execute(
            "INSERT INTO epochs (run, epoch, logs) SELECT ?, epoch, logs FROM epochs WHERE run = ? AND epoch <= ?",
            (run.id, run.parent, run.forked_at),
        )
        database.execute(
            "INSERT INTO artifacts (run, kind, epoch, data) SELECT ?, kind, epoch, data FROM artifacts"
            " WHERE run = ? AND kind = ? AND epoch <= ?",
            (run.id, run.parent, SNAPSHOT, run.forked_at),
        )
        fill(database, run.id)

    return insert


def updating(run: str, server: str, fields: Mapping[str, Any]) -> Job:
    """A job that sets fields of a run, which is then `server`'s.

    Raises:
        ValueError: there is no such field.
    """
    unknown = set(fields) - _FIELDS
    if unknown:
        raise ValueError(f"Unknown fields {sorted(unknown)}.")
    assignments = ", ".join(f"{name} = ?" for name in fields)
    values = [value.to_record() if isinstance(value, Said) else value for value in fields.values()]

    def write(database: sqlite3.Connection) -> None:
        database.execute(f"UPDATE runs SET {assignments}, server = ? WHERE id = ?", (*values, server, run))

    return write


def editing(run: str, edits: Sequence[Mapping[str, Any]]) -> Job:
    """A job that writes all weights of a run that were set by hand."""
    rows = [(run, number, edit["epoch"], json.dumps(dict(edit))) for number, edit in enumerate(edits)]

    def write(database: sqlite3.Connection) -> None:
        database.execute("DELETE FROM edits WHERE run = ?", (run,))
        database.executemany("INSERT INTO edits VALUES (?, ?, ?, ?)", rows)

    return write


class TakingOver:
    """A job that takes over the runs that dead servers left queued, running or paused.

    Args:
        server: whose they are then.
        is_alive: whether a server lives.
        run: only this one.

    Attributes:
        taken: their ids, the oldest first, once the job is done.
        is_wanted: whether somebody still waits for them; else nothing is taken.
    """

    def __init__(self, server: str, is_alive: Callable[[str], bool], run: str | None = None) -> None:
        self.taken: list[str] = []
        self.is_wanted = True
        self._server = server
        self._is_alive = is_alive
        self._run = run

    def write(self, database: sqlite3.Connection) -> None:
        self.taken.clear()
        if not self.is_wanted:
            return
        rows = database.execute(
            f"SELECT id, server FROM runs WHERE state IN {_ACTIVE} AND id = coalesce(?, id)"
            " AND deleted IS NULL ORDER BY rowid",
            (self._run,),
        ).fetchall()
        for row in rows:
            if row["server"] != self._server and not self._is_alive(row["server"]):
                database.execute("UPDATE runs SET server = ? WHERE id = ?", (self._server, row["id"]))
                self.taken.append(row["id"])


def thin(database: sqlite3.Connection) -> None:
    """Delete what their owners deleted, and what is too old. By the order in which runs were created: a clock may be
    set back.
    """
    database.execute(f"DELETE FROM runs WHERE deleted NOT NULL AND state NOT IN {_ACTIVE}")
    newest = "(SELECT id FROM runs ORDER BY rowid DESC LIMIT ?)"
    old = f"SELECT id FROM runs WHERE id NOT IN {newest} AND state NOT IN {_ACTIVE}"
    database.execute(
        f"DELETE FROM artifacts WHERE kind = '{SNAPSHOT}' AND run IN ({old})",
        (RUNS_WITH_SNAPSHOTS,),
    )
    database.execute(f"DELETE FROM runs WHERE id IN ({old}) AND NOT starred", (KEPT_RUNS,))
