"""The training processes: started, listened to, and replaced when they die. Knows nothing of runs."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from core.protocol.messages import Ready

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]

#: Whether workers are forked from one process that has loaded Keras, and so share its memory. Only Linux can: macOS'
#: own libraries do not survive a fork, Windows has none.
FORKS = sys.platform == "linux"


#: A process that forks and ended sooner, in seconds, probably cannot start at all: it is not started again unasked.
_SERVED = 5.0


#: What ends a process, for who reads of it.
_SIGNALS = {
    9: "killed by signal 9, as the system does where memory runs out",
    11: "crashed, signal 11",
    6: "crashed, signal 6",
    7: "crashed, signal 7",
    4: "crashed, signal 4: an instruction that this processor lacks",
}
_UNKNOWN = "for an unknown reason"


class Parent:
    """Where workers come from: a process that loads Keras once and forks a worker whenever it is asked. Where forking
    is impossible, a process for each worker.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_stopped = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._awaited: dict[Any, tuple[subprocess.Popen[bytes], bytes]] = {}

    @property
    def pids(self) -> list[int]:
        """Process ids of the processes that fork; none where each worker is one of its own."""
        return [process.pid for process in self._processes if FORKS and process.poll() is None]

    def start_worker(self, address: Any, key: bytes) -> None:
        """Have a worker connect to a listener. If it dies first, a dummy client connects so that `accept` returns."""
        line = json.dumps({"address": address, "key": key.hex()}).encode() + b"\n"
        with self._lock:
            running = [process for process in self._processes if process.poll() is None]
            process = running[0] if FORKS and running else self._start()
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
            [sys.executable, "-m", "core.worker.process", *(["--fork"] if FORKS else [])],
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
            if FORKS and not self._is_stopped and time.monotonic() - started > _SERVED:
                self._start()
            orphaned = [(address, key) for address, (parent, key) in self._awaited.items() if parent is process]
            for address, _ in orphaned:
                self._awaited.pop(address)
        for address, key in orphaned:
            with suppress(OSError, EOFError, AuthenticationError):  # nobody waits any more
                Client(address, authkey=key).close()


class WorkerProcess:
    """One training process and the way to talk to it.

    Args:
        parent: where it comes from.
        received: called with each message, from the worker's own thread.
        died: called once, when the process is gone.
    """

    def __init__(
        self,
        name: str,
        parent: Parent,
        received: Callable[[WorkerProcess, Any], None],
        died: Callable[[WorkerProcess], None],
    ) -> None:
        self.name = name
        self.ready = threading.Event()
        self.started = time.monotonic()
        #: Process id, None until the process is ready.
        self.pid: int | None = None
        self._received = received
        self._died = died
        self._connection: Connection | None = None
        self._unsent: list[Any] = []
        self._sending = threading.Lock()
        self._is_stopped = False
        self._has_ended = threading.Event()
        key = secrets.token_bytes(32)
        listener = Listener(authkey=key)
        threading.Thread(target=self._listen, args=(listener, parent), name=name, daemon=True).start()
        parent.start_worker(listener.address, key)

    def send(self, message: Any) -> None:
        """Send now, or as soon as the process listens. A dead process loses it: `died` tells."""
        with self._sending:
            if self._connection is None:
                self._unsent.append(message)
                return
            try:
                self._connection.send(message)
            except OSError:
                _log.info("worker %s no longer listens", self.name)

    @property
    def cause_of_death(self) -> str:
        """Why the process ended, in a few words; "for an unknown reason" where the system does not say."""
        try:
            # The last field of a process that nobody has buried yet is its exit status, as `waitpid` gives it.
            status = int(Path(f"/proc/{self.pid}/stat").read_text().split()[-1])
        except (OSError, ValueError):
            return _UNKNOWN
        number = status & 0x7F
        if not status:
            return _UNKNOWN
        if not number:
            return f"with exit code {status >> 8}"
        return _SIGNALS.get(number, f"by signal {number}")

    def stop(self) -> None:
        """End the process. It also ends by itself when this process does."""
        self._is_stopped = True
        self._died = lambda _: None
        if self.ready.is_set():
            self._kill()
            self._has_ended.wait(2)

    def _listen(self, listener: Listener, parent: Parent) -> None:
        address = listener.address
        try:
            with listener.accept() as connection:
                listener.close()
                parent.has_connected(address)
                while not self._is_stopped:
                    message = connection.recv()
                    if isinstance(message, Ready):
                        self._open(connection, message.pid)
                    self._received(self, message)
        except (EOFError, OSError):
            pass  # the process ended
        finally:
            self._kill()
            self._has_ended.set()
            self._died(self)

    def _open(self, connection: Connection, pid: int) -> None:
        with self._sending:
            self.pid = pid
            self._connection = connection
            for message in self._unsent:
                connection.send(message)
            self._unsent.clear()
        self.ready.set()

    def _kill(self) -> None:
        """End it at once; nothing where it has ended."""
        if self.pid is not None:
            with suppress(OSError):
                os.kill(self.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
