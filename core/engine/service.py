"""The one engine of this server process, and the one reader of tables."""

from __future__ import annotations

import atexit
import threading

from core.engine.engine import Engine
from core.engine.table_reader import TableReader
from core.runtime.folder import data_folder
from core.store import open_store

_lock = threading.Lock()
_engine: Engine | None = None
_reader: TableReader | None = None


def get_engine() -> Engine:
    """The engine, made at first use. `app.py` makes it with the server."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = Engine(open_store(data_folder()))
            atexit.register(stop_engine)
        return _engine


def get_table_reader() -> TableReader:
    """What has tables read and described, made at first use."""
    global _reader
    with _lock:
        if _reader is None:
            _reader = TableReader(data_folder())
            atexit.register(_reader.stop)
        return _reader


def stop_engine() -> None:
    """End the engine and its workers, and the reading of tables."""
    global _engine, _reader
    with _lock:
        if _reader is not None:
            _reader.stop()
            _reader = None
        if _engine is not None:
            _engine.stop()
            _engine = None
