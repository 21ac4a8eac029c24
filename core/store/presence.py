"""Who lives: servers of one data folder see of each other whether they are still there."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class Presence:
    """Shows other servers of the same folder that this one lives: a lock that the operating system drops with it."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder / "servers"
        self._folder.mkdir(exist_ok=True)
        self._remove_dead()
        self._path = self._folder / f"{server}.sqlite"
        self._lock = self._take_lock()

    def is_alive(self, server: str) -> bool:
        """Whether a server of this folder lives."""
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
        """Show that this one has ended."""
        self._lock.close()
        self._path.unlink(missing_ok=True)

    def _remove_dead(self) -> None:
        self._path = self._folder / "none"
        for path in self._folder.glob("*.sqlite"):
            if not self.is_alive(path.stem):
                path.unlink(missing_ok=True)
