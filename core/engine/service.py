"""The one engine of this server process."""

from __future__ import annotations

import atexit
import threading

from core.engine.engine import Engine
from core.runtime.folder import data_folder
from core.store import open_store

_lock = threading.Lock()
_engine: Engine | None = None


def get_engine() -> Engine:
    """The engine, made at first use. `app.py` makes it with the server."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = Engine(open_store(data_folder()))
            atexit.register(stop_engine)
        return _engine


def stop_engine() -> None:
    """End the engine and its workers."""
    global _engine
    with _lock:
        if _engine is not None:
            _engine.stop()
            _engine = None
