"""A step of the set-up while it works: the program that does it, and the line that says how far it is."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from launch import environment

if TYPE_CHECKING:
    from collections.abc import Iterator


class Running:
    """A program at work. Iterating gives its lines, and None four times a second so that a clock can tick."""

    def __init__(self, command: list[str], variables: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=environment.ROOT,
            env={**os.environ, **variables, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.exit_code: int | None = None

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def __iter__(self) -> Iterator[str | None]:
        while True:
            try:
                line = self._lines.get(timeout=0.25)
            except queue.Empty:
                yield None
                continue
            if line is None:
                self.exit_code = self._process.wait()
                return
            yield line

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:  # we were stopped: so is it
            self._process.terminate()
            self._process.wait()


class Step:
    """One numbered line of the set-up: live on a terminal, calm anywhere else."""

    TOTAL = 4
    CALM_SECONDS = 15

    def __init__(self, number: int, title: str) -> None:
        self._title = f"{number}/{self.TOTAL} {title}"
        self._begin = self._last_shown = time.monotonic()
        self._live = sys.stdout.isatty()
        if not self._live:
            print(self._title, flush=True)

    def show(self, detail: str = "") -> None:
        """Say how far the step is: often on a terminal, every 15 s elsewhere."""
        now = time.monotonic()
        if now - self._last_shown < (0.2 if self._live else self.CALM_SECONDS):
            return
        self._last_shown = now
        if self._live:
            self._line(f"{self._title}: {detail + ', ' if detail else ''}{seconds_since(self._begin)}")
        else:
            print(f"    {detail + ', ' if detail else ''}{seconds_since(self._begin)}", flush=True)

    def done(self, detail: str = "") -> None:
        """Say that the step has ended, and how long it took."""
        detail = f"{detail + ', ' if detail else ''}{seconds_since(self._begin)}"
        if self._live:
            self._line(f"{self._title}: {detail}")
            print(flush=True)
        else:
            print(f"    done: {detail}" if not detail.startswith("failed") else f"    {detail}", flush=True)

    def _line(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width), end="", flush=True)


def seconds_since(begin: float) -> str:
    """The time since a moment of the monotonic clock, as `12 s`."""
    return f"{time.monotonic() - begin:.0f} s"


def tail(lines: list[str], count: int = 12) -> str:
    """The last lines worth reading, indented."""
    telling = [line for line in lines if line.strip() and not line.startswith("WARNING: Location")]
    return "\n".join(f"    {line}" for line in telling[-count:])
