"""The least and the greatest value that each log of a run has had, kept beside the run while its epochs are recorded:
a list of runs shows the best of each without reading their epochs.
"""

from __future__ import annotations

import sqlite3

import numpy as np


def widen(database: sqlite3.Connection, run: str, logs: np.ndarray) -> None:
    """Take new epochs in.

    Args:
        logs: (epochs, log names) float32, at least one epoch.
    """
    lowest, highest = _extents(logs)
    row = database.execute("SELECT lowest, highest FROM runs WHERE id = ?", (run,)).fetchone()
    if row is not None and row["lowest"] is not None:
        lowest, highest = np.fmin(lowest, read_logs(row["lowest"])), np.fmax(highest, read_logs(row["highest"]))
    _put(database, run, lowest, highest)


def fill(database: sqlite3.Connection, run: str) -> None:
    """Find them in all epochs that are recorded."""
    rows = database.execute("SELECT logs FROM epochs WHERE run = ?", (run,)).fetchall()
    if rows:
        _put(database, run, *_extents(read_logs(b"".join(row["logs"] for row in rows)).reshape(len(rows), -1)))


def read_logs(data: bytes) -> np.ndarray:
    """Logs as the store keeps them: little-endian float32."""
    return np.frombuffer(data, "<f4")


def _extents(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(epochs, log names) -> least and greatest of each log; NaN where a log was never a finite number."""
    finite = np.where(np.isfinite(logs), logs, np.nan)
    return np.fmin.reduce(finite, axis=0), np.fmax.reduce(finite, axis=0)


def _put(database: sqlite3.Connection, run: str, lowest: np.ndarray, highest: np.ndarray) -> None:
    kept = [values.astype("<f4").tobytes() for values in (lowest, highest)]
    database.execute("UPDATE runs SET lowest = ?, highest = ? WHERE id = ?", (*kept, run))
