"""Runs in SQLite: configuration, state, every epoch's logs, the last picture, the checkpoint; beside them the drawings
that are too large for a link.

The server is the only writer. Several threads of it may call at once.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.drawing import Drawing, reference_of

Kind = Literal["opened", "frame", "checkpoint", "predictions"]

#: Old runs are thinned: at each start of the server all but the newest this many are deleted.
KEPT_RUNS = 500

#: At each start only so many of the newest runs keep the states that looking back needs: 8 MB each at most.
RUNS_WITH_MOMENTS = 60

#: Columns that data folders of earlier versions lack.
_ADDED = {"parent": "TEXT", "forked_at": "INTEGER"}

#: Of drawings, those that were shown longest ago are deleted beyond this many (27 MB at most).
KEPT_DRAWINGS = 5_000

CUT_OFF = "The server stopped while this run was training. Everything up to epoch {epoch} is kept."


@dataclass(frozen=True)
class Run:
    """A row of `runs`; schema.sql says what the fields mean."""

    id: str
    owner: str
    config: str
    speed: float | None
    view: str
    state: str
    message: str | None
    epoch: int
    epochs: int
    log_names: tuple[str, ...]
    seconds: float
    created: float
    parent: str | None = None
    forked_at: int | None = None


class RunStore:
    """The runs of one data folder.

    Args:
        folder: made where it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._server = secrets.token_hex(8)
        self._presence = _Presence(folder, self._server)
        self._database = sqlite3.connect(
            folder / "runs.sqlite", timeout=10, isolation_level=None, check_same_thread=False
        )
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("PRAGMA foreign_keys = ON")
        self._database.executescript(files("core.store").joinpath("schema.sql").read_text("utf-8"))
        self._add_columns()
        self._mark_cut_off()
        self._thin()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._database.close()
            self._presence.close()

    def create(
        self,
        *,
        owner: str,
        config: str,
        epochs: int,
        log_names: tuple[str, ...],
        speed: float | None,
        view: str,
        parent: str | None = None,
        forked_at: int | None = None,
    ) -> Run:
        """Add a queued run under a new random id.

        Args:
            parent: the run that this one goes on from, after `forked_at` epochs: it gets a copy of all up to there.
        """
        run = Run(
            id=secrets.token_urlsafe(16),
            owner=owner,
            config=config,
            speed=speed,
            view=view,
            state="queued",
            message=None,
            epoch=0,
            epochs=epochs,
            log_names=log_names,
            seconds=0.0,
            created=time.time(),
            parent=parent,
            forked_at=forked_at,
        )
        with self._writing() as database:
            database.execute(
                "INSERT INTO runs"
                " (id, owner, server, created, config, speed, view, state, epochs, log_names, parent, forked_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.id,
                    owner,
                    self._server,
                    run.created,
                    config,
                    speed,
                    view,
                    run.state,
                    epochs,
                    json.dumps(log_names),
                    parent,
                    forked_at,
                ),
            )
            for table, column in (("epochs", "logs"), ("moments", "data"), ("changes", "learning_rate")):
                database.execute(
                    f"INSERT INTO {table} (run, epoch, {column}) SELECT ?, epoch, {column} FROM {table}"
                    " WHERE run = ? AND epoch <= ?",
                    (run.id, parent, forked_at),
                )
            database.execute(
                "INSERT INTO edits SELECT ?, number, epoch, edit FROM edits WHERE run = ? AND epoch < ?",
                (run.id, parent, forked_at),
            )
            database.execute("UPDATE runs SET epoch = ? WHERE id = ?", (forked_at or 0, run.id))
        return run if forked_at is None else replace(run, epoch=forked_at)

    def update(self, run: str, **fields: Any) -> None:
        """Set fields of a run: `state`, `message`, `epochs`, `speed`, `view`, `seconds`."""
        unknown = set(fields) - {"state", "message", "epochs", "speed", "view", "seconds"}
        if unknown:
            raise ValueError(f"Unknown fields {sorted(unknown)}.")
        assignments = ", ".join(f"{name} = ?" for name in fields)
        with self._writing() as database:
            database.execute(
                f"UPDATE runs SET {assignments}, server = ? WHERE id = ?",
                (*fields.values(), self._server, run),
            )

    def append(self, run: str, first_epoch: int, logs: np.ndarray, moments: Iterable[tuple[int, bytes]] = ()) -> None:
        """Record epochs as they happen.

        Args:
            logs: (epochs, log names) float32; none is allowed where there are moments.
            moments: (epoch, `TrainingState` as bytes) to look back at.
        """
        rows = [(run, first_epoch + index, np.asarray(row, dtype="<f4").tobytes()) for index, row in enumerate(logs)]
        with self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO epochs (run, epoch, logs) VALUES (?, ?, ?)", rows)
            if rows:
                database.execute("UPDATE runs SET epoch = ? WHERE id = ?", (first_epoch + len(rows) - 1, run))
            database.executemany(
                "INSERT OR REPLACE INTO moments VALUES (?, ?, ?)", [(run, epoch, data) for epoch, data in moments]
            )

    def record_change(self, run: str, epoch: int, learning_rate: float) -> None:
        """Record that the learning rate was changed after `epoch` epochs."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO changes VALUES (?, ?, ?)", (run, epoch, learning_rate))

    def record_edits(self, run: str, edits: Sequence[Mapping[str, Any]]) -> None:
        """Record all weights that were set by hand, each with its `epoch`."""
        rows = [(run, number, edit["epoch"], json.dumps(dict(edit))) for number, edit in enumerate(edits)]
        with self._writing() as database:
            database.execute("DELETE FROM edits WHERE run = ?", (run,))
            database.executemany("INSERT INTO edits VALUES (?, ?, ?, ?)", rows)

    def edits(self, run: str) -> list[dict[str, Any]]:
        """What `record_edits` recorded."""
        with self._lock:
            rows = self._database.execute("SELECT edit FROM edits WHERE run = ? ORDER BY number", (run,)).fetchall()
        return [json.loads(row["edit"]) for row in rows]

    def keep(self, run: str, kind: Kind, data: bytes) -> None:
        """Keep the latest picture, checkpoint or table of predictions of a run."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)", (run, kind, data))

    def get(self, run: str) -> Run | None:
        """A run by id, None where there is none."""
        row = self._one("SELECT * FROM runs WHERE id = ?", run)
        if row is None:
            return None
        names = Run.__dataclass_fields__
        values = {name: row[name] for name in names}
        return Run(**{**values, "log_names": tuple(json.loads(row["log_names"]))})

    def history(self, run: str) -> np.ndarray:
        """All logs, (epochs, log names) float32."""
        found = self.get(run)
        columns = len(found.log_names) if found else 0
        with self._lock:
            rows = self._database.execute("SELECT logs FROM epochs WHERE run = ? ORDER BY epoch", (run,)).fetchall()
        return np.frombuffer(b"".join(row["logs"] for row in rows), "<f4").reshape(len(rows), columns)

    def changes(self, run: str) -> list[tuple[int, float]]:
        """(epoch, learning rate) of each change."""
        with self._lock:
            rows = self._database.execute(
                "SELECT epoch, learning_rate FROM changes WHERE run = ? ORDER BY epoch", (run,)
            ).fetchall()
        return [(row["epoch"], row["learning_rate"]) for row in rows]

    def moments(self, run: str) -> dict[int, int]:
        """Size in bytes of each state that is kept to look back at, by its epoch."""
        with self._lock:
            rows = self._database.execute(
                "SELECT epoch, length(data) AS size FROM moments WHERE run = ? ORDER BY epoch", (run,)
            ).fetchall()
        return {row["epoch"]: row["size"] for row in rows}

    def moment(self, run: str, epoch: int) -> bytes | None:
        """The state after so many epochs, None where it was not kept."""
        row = self._one("SELECT data FROM moments WHERE run = ? AND epoch = ?", run, epoch)
        return None if row is None else row["data"]

    def kept(self, run: str, kind: Kind) -> bytes | None:
        """What `keep` kept last."""
        row = self._one("SELECT data FROM pictures WHERE run = ? AND kind = ?", run, kind)
        return None if row is None else row["data"]

    def keep_drawing(self, drawing: Drawing) -> str:
        """Keep points drawn by hand. Returns the reference that a link can hold."""
        reference = reference_of(drawing.text)
        with self._writing() as database:
            database.execute(
                "INSERT INTO drawings VALUES (?, ?, ?) ON CONFLICT (reference) DO UPDATE SET used = excluded.used",
                (reference, drawing.text, time.time()),
            )
            database.execute(
                "DELETE FROM drawings WHERE reference IN"
                " (SELECT reference FROM drawings ORDER BY used DESC, reference LIMIT -1 OFFSET ?)",
                (KEPT_DRAWINGS,),
            )
        return reference

    def find_drawing(self, reference: str) -> Drawing | None:
        """The points of a reference, None where they are not kept."""
        row = self._one("SELECT points FROM drawings WHERE reference = ?", reference)
        return None if row is None else Drawing.read(row["points"])

    def _one(self, statement: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            return self._database.execute(statement, values).fetchone()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        # IMMEDIATE takes the write lock at once: a plain BEGIN may fail at the first write, without waiting.
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _mark_cut_off(self) -> None:
        """Say of runs whose server is gone that they were cut off."""
        with self._lock:
            rows = self._database.execute(
                "SELECT id, epoch, server FROM runs WHERE state IN ('queued', 'running', 'paused')"
            ).fetchall()
        for row in rows:
            if not self._presence.is_alive(row["server"]):
                self.update(row["id"], state="failed", message=CUT_OFF.format(epoch=row["epoch"]))

    def _add_columns(self) -> None:
        with self._writing() as database:
            there = {row["name"] for row in database.execute("PRAGMA table_info(runs)")}
            for name, kind in _ADDED.items():
                if name not in there:
                    database.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")

    def _thin(self) -> None:
        with self._writing() as database:
            database.execute(
                "DELETE FROM moments WHERE run NOT IN (SELECT id FROM runs ORDER BY created DESC LIMIT ?)",
                (RUNS_WITH_MOMENTS,),
            )
            database.execute(
                "DELETE FROM runs WHERE id NOT IN (SELECT id FROM runs ORDER BY created DESC LIMIT ?)",
                (KEPT_RUNS,),
            )


class _Presence:
    """Shows other servers of the same folder that this one lives: a lock that the operating system drops with it."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder / "servers"
        self._folder.mkdir(exist_ok=True)
        self._remove_dead()
        self._path = self._folder / f"{server}.sqlite"
        self._lock = self._take_lock()

    def is_alive(self, server: str) -> bool:
        path = self._folder / f"{server}.sqlite"
        if path == self._path:
            return True
        if not path.exists():
            return False
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return True
        finally:
            other.close()
        return False

    def _take_lock(self) -> sqlite3.Connection:
        while True:
            lock = sqlite3.connect(self._path, timeout=5, isolation_level=None, check_same_thread=False)
            lock.execute("BEGIN EXCLUSIVE")
            if self._path.exists():
                return lock
            lock.close()  # between file and lock, another server took it for a dead one's and removed it

    def close(self) -> None:
        self._lock.close()
        self._path.unlink(missing_ok=True)

    def _remove_dead(self) -> None:
        self._path = self._folder / "none"
        for path in self._folder.glob("*.sqlite"):
            if not self.is_alive(path.stem):
                path.unlink(missing_ok=True)
