"""The entry of a training process: connects to its server, loads Keras, serves. Started by `core.engine`.

    python -m core.worker.process          # reads where to connect from standard input
    python -m core.worker.process --fork   # loads Keras, then forks a worker for each line of standard input

It ends when its server does: standard input and the connection both close then. The only module of the worker that
imports late: it connects before Keras is there.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from typing import NoReturn

_log = logging.getLogger("descent.worker")


def _end_with_server() -> None:
    """Standard input closes when the server ends, however it ends."""
    sys.stdin.buffer.read()
    os._exit(0)


def _connect(line: bytes) -> tuple[Connection, str]:
    """The connection to the server, and what this process is for."""
    settings = json.loads(line)
    return Client(settings["address"], authkey=bytes.fromhex(settings["key"])), settings["role"]


def _serve_runs(connection: Connection) -> None:
    from core.worker.worker import Worker

    Worker(connection).serve()


def _serve_tasks(connection: Connection) -> None:
    from core.worker.task_process import serve

    serve(connection)


#: What a process can be for: runs that train, or tasks.
ROLES: dict[str, Callable[[Connection], None]] = {"training": _serve_runs, "tasks": _serve_tasks}


def _serve_alone() -> None:
    """Be the worker."""
    line = sys.stdin.buffer.readline()
    if sys.platform != "win32":  # there, a thread that reads a pipe blocks the loading of libraries
        threading.Thread(target=_end_with_server, name="server watch", daemon=True).start()
    connection, role = _connect(line)
    from core.worker.warmup import import_everything

    import_everything()
    ROLES[role](connection)


def _fork_workers() -> None:
    """Be the parent of workers. They are there at once, and what importing Keras took is in memory once for all.

    TensorFlow must not have computed anything before: its threads would be missing in a fork.
    """
    from core.worker.warmup import import_everything

    import_everything()
    gc.collect()
    gc.freeze()  # the collector would write to every object, and so copy it
    for line in iter(sys.stdin.buffer.readline, b""):
        while _bury_a_child():
            pass
        try:
            connection, role = _connect(line)
        except (OSError, EOFError, AuthenticationError):
            continue  # nobody waits for it any more
        if os.fork() == 0:
            _be_forked(connection, role)
        connection.close()


def _bury_a_child() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


def _be_forked(connection: Connection, role: str) -> NoReturn:
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # further lines are not for us
        ROLES[role](connection)
    except BaseException:
        _log.exception("the worker failed")
    finally:
        os._exit(1)


def main() -> None:
    """Serve until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; it ends its workers
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    if hasattr(os, "nice"):
        os.nice(10)  # pages stay responsive while every core trains
    if "--fork" in sys.argv:
        _fork_workers()
    else:
        _serve_alone()


if __name__ == "__main__":
    main()
