"""One training process as the server sees it: told things, listened to, missed when it dies. Knows nothing of runs."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from core.engine.fork_server import ForkServer
from core.protocol.messages import Ready
from core.words import Said

_log = logging.getLogger(__name__)

#: What ends a process, for who reads of it.
_SIGNALS = {
    9: Said("killed by signal 9, as the system does where memory runs out"),
    11: Said("crashed, signal {signal}", {"signal": 11}),
    6: Said("crashed, signal {signal}", {"signal": 6}),
    7: Said("crashed, signal {signal}", {"signal": 7}),
    4: Said("crashed, signal 4: an instruction that this processor lacks"),
}
_UNKNOWN = Said("for an unknown reason")


class WorkerProcess:
    """One training process and the way to talk to it.

    Args:
        fork_server: where it comes from.
        received: called with each message, from the worker's own thread.
        died: called once, when the process is gone.
        role: what it is for, a key of `core.worker.process.ROLES`.
    """

    def __init__(
        self,
        name: str,
        fork_server: ForkServer,
        received: Callable[[WorkerProcess, Any], None],
        died: Callable[[WorkerProcess], None],
        role: str = "training",
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
        threading.Thread(target=self._listen, args=(listener, fork_server), name=name, daemon=True).start()
        fork_server.start_worker(listener.address, key, role)

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
    def cause_of_death(self) -> Said:
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
            return Said("with exit code {code}", {"code": status >> 8})
        return _SIGNALS.get(number, Said("by signal {signal}", {"signal": number}))

    def stop(self) -> None:
        """End the process. It also ends by itself when this process does."""
        self._is_stopped = True
        self._died = lambda _: None
        if self.ready.is_set():
            self._kill()
            self._has_ended.wait(2)

    def _listen(self, listener: Listener, fork_server: ForkServer) -> None:
        address = listener.address
        try:
            with listener.accept() as connection:
                listener.close()
                fork_server.has_connected(address)
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
