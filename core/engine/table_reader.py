"""Has tables read in processes of their own, with a deadline: whatever is in a file, the server stays as it is."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import DescentError, TableRefused
from core.words import Said

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]

COMMAND = (sys.executable, "-m", "core.tables.process")

#: Seconds that reading may take, and further ones for each megabyte; those that a process may take to start.
SECONDS, SECONDS_PER_MB, SECONDS_TO_START = 8.0, 0.4, 60.0

#: Those that t-SNE may take: scikit-learn has to be loaded, and it is slow where others work, too.
SECONDS_TO_EMBED = 60.0

#: Files that are read at once; others wait.
AT_ONCE = 2

_TOO_LONG = Said("Reading the file took more than {seconds:.0f} seconds and was stopped. Keep fewer columns or rows.")
_ENDED = Said("The process that read the file ended unexpectedly; most often the file asks for too much memory.")
_STOPPED = Said("Reading was cancelled.")


@dataclass(frozen=True)
class ReadTable:
    """What a page is told of a table that was read and is kept.

    Attributes:
        content: where it is found in the store.
        about: `core.tables.process.description_of`; of a description that was asked for later, nothing.
    """

    content: str
    about: Mapping[str, Any] = field(default_factory=dict)


class TableReading:
    """One file that is being read. Its attributes may be read from any thread.

    Attributes:
        share: what is done, 0 to 1.
        words: what is done now.
        is_done: whether it has ended.
        table: what was read; None where it was refused, or still is read.
        refused: why not, None where it was not.
    """

    def __init__(self) -> None:
        self.share = 0.0
        self.words: Said | None = None
        self.table: ReadTable | None = None
        self.refused: DescentError | None = None
        self._ended = threading.Event()
        self._is_cancelled = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._listeners: set[Callable[[], None]] = set()

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._ended.is_set()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change, from any thread. Returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end. Returns whether it came in time."""
        return self._ended.wait(seconds)

    def result(self) -> ReadTable:
        """Wait for the table.

        Raises:
            TableRefused: the file cannot be read, it took too long, or somebody cancelled it.
        """
        self._ended.wait()
        if self.refused is not None:
            raise self.refused
        assert self.table is not None
        return self.table

    def cancel(self) -> None:
        """End it without a result; nothing where it has ended."""
        with self._lock:
            self._is_cancelled = True
            process = self._process
        if process is not None:
            process.kill()
        self._end(refused=TableRefused(_STOPPED))

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    def _has(self, process: subprocess.Popen[bytes]) -> bool:
        """Take the process; False where it is not wanted any more."""
        with self._lock:
            self._process = process
            return not self._is_cancelled

    def _advance(self, share: float, words: Mapping[str, Any]) -> None:
        self.share, self.words = share, Said.from_json(words)
        self._changed()

    def _end(self, *, table: ReadTable | None = None, refused: DescentError | None = None) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self.table, self.refused = table, refused
            self._ended.set()
        self._changed()


class TableReader:
    """Takes files from any thread.

    Args:
        folder: where Descent keeps its data; tables go into its store.
        command: starts a process that reads.
    """

    def __init__(self, folder: Path | str, command: tuple[str, ...] = COMMAND) -> None:
        self._folder = str(folder)
        self._command = command
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._current: set[TableReading] = set()

    def read(
        self,
        data: bytes,
        name: str,
        *,
        owner: str,
        title: str | None = None,
        profile: bool = True,
        choices: Mapping[str, Any] | None = None,
    ) -> TableReading:
        """Read a file, keep the table for its owner, and describe it (`core.tables.profile`)."""
        asked = {
            "task": "read",
            "name": name,
            "owner": owner,
            "title": title,
            "profile": profile,
            "choices": dict(choices or {}),
            "bytes": len(data),
        }
        return self._begin(asked, data, SECONDS + SECONDS_PER_MB * (len(data) >> 20))

    def people(self, data: bytes, name: str) -> TableReading:
        """Read a file of people to be answered (`core.tables.people`): they are told as what it is about, and kept
        nowhere.
        """
        asked = {"task": "people", "name": name, "bytes": len(data)}
        return self._begin(asked, data, SECONDS + SECONDS_PER_MB * (len(data) >> 20))

    def describe(self, content: str, target: int | None, *, kinds: str = "", megabytes: int = 0) -> TableReading:
        """Have the profile of a kept table made, unless it is there; it is kept with the table.

        Args:
            kinds: of columns that a person sees otherwise (`core.tables.corrected`).
        """
        asked = {"task": "describe", "content": content, "target": target, "kinds": kinds, "size": megabytes << 20}
        return self._begin(asked, b"", SECONDS + SECONDS_PER_MB * megabytes)

    def embed(self, content: str, target: int | None, *, kinds: str = "", megabytes: int = 0) -> TableReading:
        """Have the rows of a kept table laid out (`core.tables.embedding`), unless they are; it is kept as well."""
        asked = {"task": "embed", "content": content, "target": target, "kinds": kinds, "size": megabytes << 20}
        return self._begin(asked, b"", SECONDS_TO_EMBED + SECONDS_PER_MB * megabytes)

    def stop(self) -> None:
        """End all that is being read."""
        with self._lock:
            current = list(self._current)
        for reading in current:
            reading.cancel()

    def _begin(self, asked: dict[str, Any], data: bytes, seconds: float) -> TableReading:
        reading = TableReading()
        with self._lock:
            self._current.add(reading)
        work = threading.Thread(
            target=self._work,
            args=(reading, {**asked, "folder": self._folder}, [data], seconds),
            name="a table's reading",
            daemon=True,
        )
        work.start()
        return reading

    def _work(self, reading: TableReading, asked: dict[str, Any], data: list[bytes], seconds: float) -> None:
        try:
            with self._room:
                if not reading.is_done:
                    self._have_read(reading, asked, data, seconds)
        except Exception:  # whatever it was: who waits for the table must be told
            _log.exception("a table's process could not be started")
            reading._end(refused=TableRefused(_ENDED))
        finally:
            with self._lock:
                self._current.discard(reading)

    def _have_read(self, reading: TableReading, asked: dict[str, Any], data: list[bytes], seconds: float) -> None:
        process = subprocess.Popen(
            self._command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": str(_ROOT),
                # What is freed goes back; and no thread but ours, which what trains has need of.
                "ARROW_DEFAULT_MEMORY_POOL": "system",
                "MALLOC_ARENA_MAX": "2",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        clock = threading.Timer(SECONDS_TO_START, expire)
        clock.daemon = True
        try:
            clock.start()
            if not reading._has(process):
                return
            assert process.stdin is not None
            assert process.stdout is not None
            for line in process.stdout:
                told = json.loads(line)
                if "ready" in told:
                    clock.cancel()
                    clock = threading.Timer(seconds, expire)
                    clock.daemon = True
                    clock.start()
                    with suppress(OSError):  # it has ended already
                        process.stdin.write(json.dumps(asked).encode() + b"\n")
                        process.stdin.write(data.pop())
                        process.stdin.flush()
                elif "share" in told:
                    reading._advance(told["share"], told["words"])
                elif "done" in told:
                    about = told["done"]
                    reading._end(table=ReadTable(about.pop("content"), about))
                elif "refused" in told:
                    reading._end(refused=TableRefused(Said.from_json(told["refused"]), told["line"]))
        finally:
            clock.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]  # both were asked for
        why = _TOO_LONG.filled(seconds=seconds) if expired.is_set() else _ENDED
        reading._end(refused=TableRefused(why))
