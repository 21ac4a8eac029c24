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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.drawing import Drawing, reference_of

Kind = Literal["opened", "frame", "checkpoint", "predictions"]

#: Old runs are thinned: at each start of the server all but the newest this many are deleted.
KEPT_RUNS = 500

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
    ) -> Run:
        """Add a queued run under a new random id."""
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
        )
        with self._writing() as database:
            database.execute(
                "INSERT INTO runs (id, owner, server, created, config, speed, view, state, epochs, log_names)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                ),
            )
        return run

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

    def append(self, run: str, first_epoch: int, logs: np.ndarray) -> None:
        """Record epochs as they happen. logs: (epochs, log names) float32."""
        rows = [(run, first_epoch + index, np.asarray(row, dtype="<f4").tobytes()) for index, row in enumerate(logs)]
        with self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO epochs (run, epoch, logs) VALUES (?, ?, ?)", rows)
            database.execute("UPDATE runs SET epoch = ? WHERE id = ?", (first_epoch + len(rows) - 1, run))

    def record_change(self, run: str, epoch: int, learning_rate: float) -> None:
        """Record that the learning rate was changed after `epoch` epochs."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO changes VALUES (?, ?, ?)", (run, epoch, learning_rate))

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

    def _thin(self) -> None:
        with self._writing() as database:
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
