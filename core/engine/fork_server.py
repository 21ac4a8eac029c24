"""Where training processes come from. Knows nothing of what they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]

#: Whether workers are forked from one process that has loaded Keras, and so share its memory. Only Linux can: macOS'
#: own libraries do not survive a fork, Windows has none.
FORKS = sys.platform == "linux"

#: Starts a training process: `worker` is in its name wherever processes are listed.
COMMAND = (sys.executable, "-m", "core.worker.process")

#: A process that forks and ended sooner, in seconds, probably cannot start at all: it is not started again unasked.
_SERVED = 5.0


class ForkServer:
    """Where workers come from: a process that loads Keras once and forks a worker whenever it is asked. Where forking
    is impossible, a process for each worker.

    Args:
        command: starts a process that reads from standard input where to connect.
        forks: whether that process forks a worker for each line, or is the worker.
    """

    def __init__(self, command: Sequence[str] = COMMAND, *, forks: bool = FORKS) -> None:
        self._command = [*command, "--fork"] if forks else list(command)
        self._forks = forks
        self._lock = threading.Lock()
        self._is_stopped = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._awaited: dict[Any, tuple[subprocess.Popen[bytes], bytes]] = {}

    @property
    def pids(self) -> list[int]:
        """Process ids of the processes that fork; none where each worker is one of its own."""
        return [process.pid for process in self._processes if self._forks and process.poll() is None]

    def start_worker(self, address: Any, key: bytes, role: str = "training") -> None:
        """Have a worker connect to a listener. If it dies first, a dummy client connects so that `accept` returns.

        Args:
            role: what it is for, a key of `core.worker.process.ROLES`.
        """
        line = json.dumps({"address": address, "key": key.hex(), "role": role}).encode() + b"\n"
        with self._lock:
            running = [process for process in self._processes if process.poll() is None]
            process = running[0] if self._forks and running else self._start()
            self._awaited[address] = process, key
            assert process.stdin is not None
            with suppress(OSError):  # it has ended already; its thread finds out
                # The key goes through the pipe, which nobody else can read; its end tells the process that we are gone.
                process.stdin.write(line)
                process.stdin.flush()

    def has_connected(self, address: Any) -> None:
        """Nobody waits for that worker any more."""
        with self._lock:
            self._awaited.pop(address, None)

    def stop(self) -> None:
        """End the processes. Workers that were forked end when their connection does."""
        self._is_stopped = True
        for process in list(self._processes):
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            # Not spawned with `multiprocessing`: its child would run app.py again.
            env={
                **os.environ,
                "PYTHONPATH": str(_ROOT),
                "KERAS_BACKEND": "tensorflow",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                # glibc: what one thread frees, another can use. A single arena trains a fifth slower.
                "MALLOC_ARENA_MAX": "2",
            },
        )
        self._processes.append(process)
        threading.Thread(target=self._bury, args=(process,), name="worker's end", daemon=True).start()
        return process

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a process' end. Where it was to start a worker, `accept` would wait for ever.

        One that has forked workers is started again at once: whoever loses a worker then need not wait for Keras.
        """
        started = time.monotonic()
        process.wait()
        with self._lock:
            self._processes.remove(process)
            if self._forks and not self._is_stopped and time.monotonic() - started > _SERVED:
                self._start()
            orphaned = [
                (address, key) for address, (fork_server, key) in self._awaited.items() if fork_server is process
            ]
            for address, _ in orphaned:
                self._awaited.pop(address)
        for address, key in orphaned:
            with suppress(OSError, EOFError, AuthenticationError):  # nobody waits any more
                Client(address, authkey=key).close()
