"""Bytes that are kept of a run: the latest picture, state and predictions; states to look back at; what tasks made."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from core.store.writer import Job

#: Artifacts of which a run has one, the latest. `checkpoint` is the state to go on from.
Kind = Literal["opened", "frame", "checkpoint", "predictions"]

#: The artifact that a run has of many epochs: a `TrainingState` as bytes, to look back at.
SNAPSHOT = "snapshot"

#: The epoch of artifacts of which there is only the latest.
_LATEST = -1

_PUT = "INSERT OR REPLACE INTO artifacts (run, kind, epoch, data) VALUES (?, ?, ?, ?)"
#: Of those of a run whose kind begins so, all that came before the newest ones of so many bytes; never the last.
_LET_GO = (
    "DELETE FROM artifacts WHERE rowid IN (SELECT rowid FROM ("
    "SELECT rowid, SUM(length(data)) OVER (ORDER BY rowid DESC) AS bytes, MAX(rowid) OVER () AS newest"
    " FROM artifacts WHERE run = ? AND substr(kind, 1, ?) = ?) WHERE bytes > ? AND rowid < newest)"
)
_GET = "SELECT data FROM artifacts WHERE run = ? AND kind = ? AND epoch = ?"


@dataclass
class _Blob:
    """Bytes to be written; None where newer ones of the same kind wait behind them."""

    data: bytes | None


class LatestArtifacts:
    """The artifacts of which only the latest counts: those that still wait to be written are read from memory.

    Args:
        read: rows of the database as it is, whatever waits to be written.
    """

    def __init__(self, read: Callable[..., list[sqlite3.Row]]) -> None:
        self._read = read
        self._lock = threading.RLock()
        self._waiting: dict[tuple[str, Kind], _Blob] = {}

    def kept(self, run: str, kind: Kind) -> bytes | None:
        """What was kept last of a kind."""
        with self._lock:
            waiting = self._waiting.get((run, kind))
            if waiting is not None and waiting.data is not None:
                return waiting.data
        rows = self._read(_GET, run, kind, _LATEST)
        return rows[0]["data"] if rows else None

    def keeping(self, run: str, kind: Kind, data: bytes) -> Job:
        """A job that writes the latest bytes of a kind; those that still wait are not written any more."""
        blob = _Blob(data)
        with self._lock:
            before = self._waiting.get((run, kind))
            if before is not None:
                before.data = None
            self._waiting[run, kind] = blob

        def write(database: sqlite3.Connection) -> Callable[[], None]:
            data = blob.data
            if data is not None:
                # Weights are large, come often, and are nobody's rows: what they replace need not be overwritten.
                overwrites = kind != "checkpoint"
                database.execute(f"PRAGMA secure_delete = {'ON' if overwrites else 'OFF'}")
                database.execute(_PUT, (run, kind, _LATEST, data))
                database.execute("PRAGMA secure_delete = ON")
            return written

        def written() -> None:
            with self._lock:
                if self._waiting.get((run, kind)) is blob:
                    del self._waiting[run, kind]

        return write

    def losing_rows(
        self, run: str, *, opened: bytes | None, frame: bytes | None
    ) -> Callable[[sqlite3.Connection], Callable[[], None]]:
        """A job that keeps of a run its states and the pictures that are given; of nothing else that was made of its
        rows anything stays in the file.
        """
        pictures = [("opened", opened), ("frame", frame)]
        kept = [(run, kind, _LATEST, data) for kind, data in pictures if data is not None]
        with self._lock:  # what still waits to be written is not to be
            for (of_run, kind), blob in self._waiting.items():
                if of_run == run and kind != "checkpoint":
                    blob.data = None

        def write(database: sqlite3.Connection) -> Callable[[], None]:
            database.execute("DELETE FROM artifacts WHERE run = ? AND kind NOT IN (?, 'checkpoint')", (run, SNAPSHOT))
            database.executemany(_PUT, kept)
            return lambda: _empty_log(database)

        return write


def _empty_log(database: sqlite3.Connection) -> None:
    """Write what the log holds into the database, and empty the log: it still has pages as they were. Where somebody
    reads just now, the next time does it.
    """
    (before,) = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute("PRAGMA busy_timeout = 200")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.execute(f"PRAGMA busy_timeout = {int(before)}")


def keeping_of_epoch(run: str, kind: str, epoch: int, data: bytes, family: str, most: int | None) -> Job:
    """A job that keeps what was made of one epoch of a run, while there is the run.

    Args:
        family, most: of the run's artifacts whose kind begins so, the oldest go, so that they have at most so many
            bytes; None for no limit.
    """

    def write(database: sqlite3.Connection) -> None:
        if database.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone() is not None:
            database.execute(_PUT, (run, kind, epoch, data))
            if most is not None:
                database.execute(_LET_GO, (run, len(family), family, most))

    return write


def put_snapshots(database: sqlite3.Connection, run: str, snapshots: Iterable[tuple[int, bytes]]) -> None:
    """Keep states to look back at, each with its epoch."""
    database.executemany(_PUT, [(run, SNAPSHOT, epoch, data) for epoch, data in snapshots])


def artifact_of(read: Callable[..., list[sqlite3.Row]], run: str, kind: str, epoch: int) -> bytes | None:
    """What was made of an epoch of a run, None where it is not kept."""
    rows: list[Any] = read(_GET, run, kind, epoch)
    return rows[0]["data"] if rows else None
