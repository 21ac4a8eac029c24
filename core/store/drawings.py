"""Drawings that are too large for a link, under a reference that a link can hold."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from core.experiment.drawing import Drawing, reference_of
from core.store.writer import Job

#: Of drawings, those that were shown longest ago are deleted beyond this many (27 MB at most).
KEPT_DRAWINGS = 5_000


class Drawings:
    """The drawings of one data folder.

    Args:
        write: hands a job to the writer.
        read: rows, with what was handed over before.
    """

    def __init__(self, write: Callable[[Job], None], read: Callable[..., list[sqlite3.Row]]) -> None:
        self._write = write
        self._read = read

    def keep(self, drawing: Drawing) -> str:
        """Keep points drawn by hand. Returns their reference."""
        reference = reference_of(drawing.text)

        def write(database: sqlite3.Connection) -> None:
            # Later than all others, also where the clock was set back.
            (latest,) = database.execute("SELECT coalesce(max(used), 0) FROM drawings").fetchone()
            used = max(time.time(), latest + 1e-3)
            database.execute(
                "INSERT INTO drawings VALUES (?, ?, ?) ON CONFLICT (reference) DO UPDATE SET used = excluded.used",
                (reference, drawing.text, used),
            )
            database.execute(
                "DELETE FROM drawings WHERE reference IN"
                " (SELECT reference FROM drawings ORDER BY used DESC, reference LIMIT -1 OFFSET ?)",
                (KEPT_DRAWINGS,),
            )

        self._write(write)
        return reference

    def find(self, reference: str) -> Drawing | None:
        """The points of a reference, None where they are not kept."""
        rows = self._read("SELECT points FROM drawings WHERE reference = ?", reference)
        return Drawing.read(rows[0]["points"]) if rows else None
