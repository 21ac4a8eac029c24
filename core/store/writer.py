"""The one thread that writes to the database: jobs in their order, in whole transactions.

Whoever hands a job over does not wait. While the disk is full, the database locked or the folder read-only, jobs wait
and are tried again; `trouble` says so.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable

from core.words import Said

_log = logging.getLogger(__name__)

#: Writes with the connection it is given. What it returns, if anything, is called once that is committed.
Job = Callable[[sqlite3.Connection], Callable[[], None] | None]

#: Seconds until refused jobs are tried again.
_AGAIN = 0.5

#: Milliseconds that SQLite itself waits for a lock, and seconds after which a lock is trouble: another server of the
#: same folder holds it for moments only.
_BUSY = 1000
_PATIENCE = 3.0

_WORDS = {
    "disk is full": Said("The disk is full"),
    "locked": Said("Another program has locked Descent's data"),
    "readonly": Said("Descent's data folder is read-only"),
    "unable to open": Said("Descent's data folder cannot be opened"),
    "disk I/O": Said("The disk reports an error"),
}


def words_for(error: Exception) -> Said:
    """Why the database refuses, as the beginning of a sentence; names no path."""
    text = str(error)
    return next((words for sign, words in _WORDS.items() if sign in text), Said("Descent's data cannot be written"))


class _WrongJob(Exception):
    """A job that no database would take."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__()


class Writer:
    """Takes jobs from any thread.

    Args:
        database: used by the writer's thread only, from now on.
        changed: called from that thread when `trouble` begins, changes or ends.

    Attributes:
        trouble: why nothing can be written at the moment, None where it can.
    """

    def __init__(self, database: sqlite3.Connection, changed: Callable[[], None]) -> None:
        self.trouble: Said | None = None
        self._database = database
        self._notify = changed
        self._jobs: list[Job] = []
        self._taken = self._done = 0
        self._closing = False
        self._changed = threading.Condition()
        database.execute(f"PRAGMA busy_timeout = {_BUSY}")
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def do(self, job: Job) -> None:
        """Have a job done after all that were handed over before."""
        with self._changed:
            self._jobs.append(job)
            self._taken += 1
            self._changed.notify_all()

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until all that was handed over is on the disk. Returns whether it is; at once where there is trouble."""
        with self._changed:
            goal = self._taken
            self._changed.wait_for(lambda: self._done >= goal or self.trouble is not None, seconds)
            return self._done >= goal

    def close(self, seconds: float = 5.0) -> None:
        """Write what is left, if that is possible, and let go of the database."""
        if not self.flush(seconds):
            _log.error("what could not be written is lost: %s", self.trouble)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(seconds)
        self._database.close()

    def _serve(self) -> None:
        refused_since: float | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing)
                if self._closing:
                    return
                jobs = list(self._jobs)
            try:
                self._write(jobs)
            except sqlite3.Error as error:
                refused_since = refused_since or time.monotonic()
                if "locked" not in str(error) or time.monotonic() - refused_since > _PATIENCE:
                    self._say(words_for(error), error)
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, _AGAIN)
                continue
            with self._changed:
                del self._jobs[: len(jobs)]
                self._done += len(jobs)
                self._changed.notify_all()
            refused_since = None
            self._say(None)

    def _write(self, jobs: list[Job]) -> None:
        """Do the jobs in one transaction. One that is wrong in itself is left out, and the log says so.

        Raises:
            sqlite3.Error: the database takes nothing now; nothing has been done.
        """
        jobs = list(jobs)
        while jobs:
            try:
                self._transact(jobs)
                return
            except _WrongJob as wrong:
                _log.error("a record was not written", exc_info=wrong.__cause__)
                jobs.remove(wrong.job)

    def _transact(self, jobs: list[Job]) -> None:
        # IMMEDIATE takes the write lock at once: a plain BEGIN may fail at the first write, without waiting.
        self._database.execute("BEGIN IMMEDIATE")
        try:
            afterwards = [self._do(job) for job in jobs]
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # SQLite may have rolled back by itself
                self._database.execute("ROLLBACK")
            raise
        for call in afterwards:
            if call is not None:
                call()

    def _do(self, job: Job) -> Callable[[], None] | None:
        try:
            return job(self._database)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError) as error:
            raise _WrongJob(job) from error
        except sqlite3.Error:
            raise  # the database's fault: it is tried again
        except Exception as error:
            raise _WrongJob(job) from error

    def _say(self, trouble: Said | None, error: Exception | None = None) -> None:
        if trouble == self.trouble:
            return
        if trouble is None:
            _log.warning("what had waited has been written")
        else:
            _log.error("%s: %s", trouble, error)
        with self._changed:
            self.trouble = trouble
            self._changed.notify_all()
        try:
            self._notify()
        except Exception:  # of any kind: this thread must go on writing
            _log.exception("telling of trouble failed")
