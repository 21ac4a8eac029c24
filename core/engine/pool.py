"""The training processes: started, listened to, and replaced when they die. Knows nothing of runs."""

from __future__ import annotations

import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from core.engine.messages import Ready

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]


class WorkerProcess:
    """One training process and the way to talk to it.

    Args:
        received: called with each message, from the worker's own thread.
        died: called once, when the process is gone.
    """

    def __init__(
        self, name: str, received: Callable[[WorkerProcess, Any], None], died: Callable[[WorkerProcess], None]
    ) -> None:
        self.name = name
        self.ready = threading.Event()
        self.started = time.monotonic()
        self._received = received
        self._died = died
        self._connection: Connection | None = None
        self._unsent: list[Any] = []
        self._sending = threading.Lock()
        self._process = self._start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

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

    def stop(self) -> None:
        """End the process. It also ends by itself when this process does."""
        self._died = lambda _: None
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        key = secrets.token_bytes(32)
        listener = Listener(authkey=key)
        process = subprocess.Popen(
            [sys.executable, "-m", "core.engine.worker"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            # Not spawned with `multiprocessing`: its child would run app.py again.
            env={
                **os.environ,
                "PYTHONPATH": str(_ROOT),
                "KERAS_BACKEND": "tensorflow",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "MALLOC_ARENA_MAX": "1",  # glibc: what one thread frees, another can use
            },
        )
        assert process.stdin is not None
        # The key goes through the pipe, which nobody else can read; its end tells the worker that we are gone.
        settings = {"address": listener.address, "key": key.hex()}
        try:
            process.stdin.write(json.dumps(settings).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            pass  # it has ended already; its threads find out
        threading.Thread(target=self._listen, args=(listener, process), name=self.name, daemon=True).start()
        threading.Thread(target=_unblock_when_dead, args=(listener.address, process, key), daemon=True).start()
        return process

    def _listen(self, listener: Listener, process: subprocess.Popen[bytes]) -> None:
        try:
            with listener.accept() as connection:
                listener.close()
                while True:
                    message = connection.recv()
                    if isinstance(message, Ready):
                        self._open(connection)
                    self._received(self, message)
        except (EOFError, OSError):
            pass  # the process ended
        finally:
            process.kill()
            process.wait()
            self._died(self)

    def _open(self, connection: Connection) -> None:
        with self._sending:
            self._connection = connection
            for message in self._unsent:
                connection.send(message)
            self._unsent.clear()
        self.ready.set()


def _unblock_when_dead(address: Any, process: subprocess.Popen[bytes], key: bytes) -> None:
    """A process that dies before it connects would leave `accept` waiting for ever: connect in its place and leave."""
    process.wait()
    try:
        Client(address, authkey=key).close()
    except (OSError, EOFError, AuthenticationError):
        pass  # it had connected, and nobody waits any more
