"""Connections that read, as many as threads read at once: nobody who reads waits for another who does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Connections kept open while nobody reads.
_IDLE = 4


class Readers:
    """Takes queries from any thread.

    Args:
        connect: opens a connection that any thread may use.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False

    def all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """All rows that a query finds."""
        with self._reader() as database:
            return database.execute(statement, values).fetchall()

    def close(self) -> None:
        """Let go of the file; a query that is going on does so at its end."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for database in idle:
            database.close()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._is_closed:
                raise sqlite3.ProgrammingError("The store is closed.")
            database = self._idle.pop() if self._idle else None
        if database is None:
            database = self._connect()
            database.execute("PRAGMA query_only = ON")
        try:
            yield database
        finally:
            with self._lock:
                keeps = not self._is_closed and len(self._idle) < _IDLE
                if keeps:
                    self._idle.append(database)
            if not keeps:
                database.close()
