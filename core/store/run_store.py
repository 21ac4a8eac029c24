"""Runs in SQLite: configuration, state, every epoch's logs, the last picture, the last kept state; beside them the
drawings that are too large for a link. What an owner's list shows of them is `core.store.run_list`'s.

The server is the only writer. Several threads of it may call at once. What is written is handed to one thread
(`core.store.writer`), so that nobody waits for the disk; what is read includes all that was handed over before, where
the disk takes it.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.experiment.drawing import Drawing
from core.store.artifacts import SNAPSHOT, Kind, LatestArtifacts, artifact_of, keeping_of_epoch, put_snapshots
from core.store.drawings import Drawings
from core.store.extents import widen
from core.store.migrations import migrate
from core.store.presence import Presence
from core.store.readers import Readers
from core.store.run import Run
from core.store.run_list import RunList
from core.store.statements import TakingOver, editing, inserting, thin, updating
from core.store.writer import Writer
from core.words import Said

#: Seconds that who reads waits for what is being written.
_READ_WAITS = 1.0


class RunStore:
    """The runs of one data folder.

    Args:
        folder: made where it does not exist.
        substitute_for: why this temporary folder stands in for the data folder, as the beginning of a sentence. The
            folder goes with the server, and what it has of other servers is left to them.

    Attributes:
        runs: the lists of their owners, with names, stars and deletions.

    Raises:
        OSError, sqlite3.Error: the folder cannot be used.
    """

    def __init__(self, folder: Path, *, substitute_for: Said | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._substitute_for = substitute_for
        self._server = secrets.token_hex(8)
        self._presence = Presence(folder, self._server)
        self._listener: Callable[[], None] = lambda: None
        database = _connect(folder)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("PRAGMA foreign_keys = ON")
            migrate(database)
            database.execute("BEGIN IMMEDIATE")
            thin(database)
            database.execute("COMMIT")
            database.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten: it may be somebody's rows
            self._readers = Readers(lambda: _connect(folder))
        except BaseException:
            database.close()
            self._presence.close()
            raise
        self._writer = Writer(database, lambda: self._listener())
        self._latest = LatestArtifacts(self._readers.all)
        self._drawings = Drawings(self._writer.do, self._all)
        self.runs = RunList(self._writer.do, self._all)

    def close(self) -> None:
        """Write what waits and let go of the files."""
        self._writer.close()
        self._readers.close()
        self._presence.close()
        if self._substitute_for is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def trouble(self) -> Said | None:
        """Why what is trained is not saved at the moment, in two sentences; None where it is."""
        if self._substitute_for is not None:
            return Said(
                "{reason}. Runs are kept until the server ends, and no longer.", {"reason": self._substitute_for}
            )
        if self._writer.trouble is not None:
            return Said(
                "{reason}. What is trained now is not saved yet; it is as soon as that can be.",
                {"reason": self._writer.trouble},
            )
        return None

    def on_trouble(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever `trouble` begins, changes or ends, from any thread."""
        self._listener = listener

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until all that was handed over is on the disk. Returns whether it is."""
        return self._writer.flush(seconds)

    def adopt(self, run: str | None = None) -> list[Run] | None:
        """Take over the runs that dead servers left queued, running or paused.

        Args:
            run: only this one.

        Returns:
            Those that are ours now, the oldest first; None where the database took nothing: ask again later.
        """
        if self._substitute_for is not None:
            return []
        taking = TakingOver(self._server, self._presence.is_alive, run)
        self._writer.do(taking.write)
        if not self.flush():
            taking.is_wanted = False
            return None
        return [found for found in map(self.get, taking.taken) if found is not None]

    def is_ours(self, run: Run) -> bool:
        """Whether this server trains a run, or did so last."""
        return run.server == self._server

    def is_elsewhere(self, run: Run) -> bool:
        """Whether a run is another server's: of one that lives or, in a substitute, of any."""
        if self.is_ours(run):
            return False
        return self._substitute_for is not None or self._presence.is_alive(run.server)

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
            parent: the run that this one goes on from, after `forked_at` epochs: it gets a copy of the epochs and of
                the states up to there.
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
        run = replace(run, epoch=forked_at or 0, server=self._server)
        self._writer.do(inserting(run))
        return run

    def update(self, run: str, **fields: Any) -> None:
        """Set fields of a run: `state`, `message`, `epochs`, `speed`, `view`, `seconds`, `steps`."""
        self._writer.do(updating(run, self._server, fields))

    def record(
        self,
        run: str,
        *,
        first_epoch: int = 1,
        logs: np.ndarray | Sequence[Any] = (),
        snapshots: Iterable[tuple[int, bytes]] = (),
        kept: bytes | None = None,
        edits: Sequence[Mapping[str, Any]] | None = None,
        **fields: Any,
    ) -> None:
        """Record what a worker reported, in one transaction.

        Args:
            logs: (epochs, log names) float32, from `first_epoch` on.
            snapshots: (epoch, `TrainingState` as bytes) to look back at.
            kept: the state to go on from after a crash; replaces the one before.
            edits: all weights that were set by hand, each with its `epoch`; None leaves them as they are.
            fields: as for `update`.
        """
        table = np.asarray(logs, dtype="<f4")
        rows = [(run, first_epoch + index, row.tobytes()) for index, row in enumerate(table)]
        states = list(snapshots)
        keep = None if kept is None else self._latest.keeping(run, "checkpoint", kept)
        set_edits = None if edits is None else editing(run, edits)
        update = updating(run, self._server, fields) if fields else None

        def write(database: sqlite3.Connection) -> Callable[[], None] | None:
            if rows:
                database.executemany("INSERT OR REPLACE INTO epochs (run, epoch, logs) VALUES (?, ?, ?)", rows)
                database.execute("UPDATE runs SET epoch = ? WHERE id = ?", (first_epoch + len(rows) - 1, run))
                widen(database, run, table)
            put_snapshots(database, run, states)
            for job in (set_edits, update):
                if job is not None:
                    job(database)
            return keep(database) if keep is not None else None

        self._writer.do(write)

    def record_change(self, run: str, epoch: int, learning_rate: float) -> None:
        """Record that the learning rate was changed after `epoch` epochs."""

        def write(database: sqlite3.Connection) -> None:
            database.execute("INSERT OR REPLACE INTO changes VALUES (?, ?, ?)", (run, epoch, learning_rate))

        self._writer.do(write)

    def record_edits(self, run: str, edits: Sequence[Mapping[str, Any]]) -> None:
        """Record all weights that were set by hand, each with its `epoch`."""
        self._writer.do(editing(run, edits))

    def edits(self, run: str) -> list[dict[str, Any]]:
        """What `record_edits` recorded."""
        rows = self._all("SELECT edit FROM edits WHERE run = ? ORDER BY number", run)
        return [json.loads(row["edit"]) for row in rows]

    def keep(self, run: str, kind: Kind, data: bytes) -> None:
        """Keep the latest picture, state or table of predictions of a run."""
        self._writer.do(self._latest.keeping(run, kind, data))

    def get(self, run: str) -> Run | None:
        """A run by id, None where there is none."""
        rows = self._all("SELECT * FROM runs WHERE id = ?", run)
        return Run.of_row(rows[0]) if rows else None

    def history(self, run: str) -> np.ndarray:
        """All logs, (epochs, log names) float32."""
        found = self.get(run)
        columns = len(found.log_names) if found else 0
        rows = self._all("SELECT logs FROM epochs WHERE run = ? ORDER BY epoch", run)
        return np.frombuffer(b"".join(row["logs"] for row in rows), "<f4").reshape(len(rows), columns)

    def changes(self, run: str) -> list[tuple[int, float]]:
        """(epoch, learning rate) of each change."""
        rows = self._all("SELECT epoch, learning_rate FROM changes WHERE run = ? ORDER BY epoch", run)
        return [(row["epoch"], row["learning_rate"]) for row in rows]

    def snapshots(self, run: str) -> dict[int, int]:
        """Size in bytes of each state that is kept to look back at, by its epoch."""
        rows = self._all(
            "SELECT epoch, length(data) AS size FROM artifacts WHERE run = ? AND kind = ? ORDER BY epoch",
            run,
            SNAPSHOT,
        )
        return {row["epoch"]: row["size"] for row in rows}

    def snapshot(self, run: str, epoch: int) -> bytes | None:
        """The state after so many epochs, None where it was not kept."""
        return self.artifact(run, SNAPSHOT, epoch)

    def kept(self, run: str, kind: Kind) -> bytes | None:
        """What was kept last of a kind."""
        return self._latest.kept(run, kind)

    def keep_artifact(
        self, run: str, kind: str, epoch: int, data: bytes, *, family: str = "", most: int | None = None
    ) -> None:
        """Keep what was made of one epoch of a run, such as a task's result. It is deleted with the run.

        Args:
            family, most: of the run's artifacts whose kind begins so, the oldest go, so that they have at most so many
                bytes; None for no limit.
        """
        self._writer.do(keeping_of_epoch(run, kind, epoch, data, family, most))

    def artifact(self, run: str, kind: str, epoch: int) -> bytes | None:
        """What was made of an epoch of a run, None where it is not kept."""
        return artifact_of(self._all, run, kind, epoch)

    def runs_about(self, content: str) -> list[Run]:
        """The runs on a table, deleted ones too."""
        return [Run.of_row(row) for row in self._all("SELECT * FROM runs WHERE instr(config, ?)", content)]

    def lose_rows(
        self, run: str, *, config: str, message: Said | None, opened: bytes | None, frame: bytes | None
    ) -> None:
        """Keep of a run what is left without its table: weights, and the pictures that are given; of nothing else that
        was made of its rows anything stays in the file.
        """
        told = None if message is None else message.to_record()
        keep = self._latest.losing_rows(run, opened=opened, frame=frame)

        def write(database: sqlite3.Connection) -> Callable[[], None]:
            database.execute("UPDATE runs SET config = ?, message = ? WHERE id = ?", (config, told, run))
            return keep(database)

        self._writer.do(write)

    def keep_drawing(self, drawing: Drawing) -> str:
        """Keep points drawn by hand. Returns the reference that a link can hold."""
        return self._drawings.keep(drawing)

    def find_drawing(self, reference: str) -> Drawing | None:
        """The points of a reference, None where they are not kept."""
        return self._drawings.find(reference)

    def _all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        self.flush(_READ_WAITS)  # longer only where the disk is in trouble: then what it has is read
        return self._readers.all(statement, *values)


def _connect(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "runs.sqlite", timeout=10, isolation_level=None, check_same_thread=False)
    database.row_factory = sqlite3.Row
    return database
