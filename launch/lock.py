"""One set-up at a time."""

from __future__ import annotations

import sys
import time

from launch import environment


class SetupLock:
    """Holds a lock file while one set-up works; a second one waits. The system frees it if we die."""

    def __enter__(self) -> None:
        self._file = open(environment.ROOT / ".venv.lock", "w", encoding="utf-8")
        told = False
        while not self._lock():
            if not told:
                print("Another set-up is at work here: waiting for it.", flush=True)
                told = True
            time.sleep(0.5)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _lock(self) -> bool:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
