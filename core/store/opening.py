"""Opens the store of the data folder or, where that cannot be used, one that lasts as long as the server."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from pathlib import Path

from core.store.run_store import RunStore
from core.store.writer import words_for
from core.words import Said

_log = logging.getLogger(__name__)


def open_store(folder: Path) -> RunStore:
    """The store of a folder. Where the folder cannot be written, a store in a temporary folder with a copy of what can
    be read: runs train and are shown, and `RunStore.trouble` says that they are not kept.
    """
    try:
        return RunStore(folder)
    except (OSError, sqlite3.Error) as error:
        _log.error("the data folder cannot be used: %s", error)
        is_sqlite = isinstance(error, sqlite3.Error)
        why = words_for(error) if is_sqlite else Said("Descent's data folder cannot be written")
    substitute = Path(tempfile.mkdtemp(prefix="descent-"))
    for path in (folder / "runs.sqlite", folder / "runs.sqlite-wal"):
        try:
            shutil.copyfile(path, substitute / path.name)
        except OSError:
            continue
    try:
        return RunStore(substitute, substitute_for=why)
    except sqlite3.Error:  # the copy is no database, or half of one
        return RunStore(Path(tempfile.mkdtemp(prefix="descent-")), substitute_for=why)
