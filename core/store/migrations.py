"""From the schema that a data folder has to the newest one, step by step; `PRAGMA user_version` counts the steps.

A step is one transaction: a server that is killed in it, or a disk that is full, leaves the folder as it was.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from importlib.resources import files

from core.store.extents import fill


def migrate(database: sqlite3.Connection) -> None:
    """Bring a database to the newest schema, also an empty one.

    Raises:
        sqlite3.DatabaseError: it was made by a later version of Descent, or the disk refuses.
    """
    version = _version(database)
    if version > len(_STEPS):
        raise sqlite3.DatabaseError("unable to open: the data folder belongs to a later version of Descent")
    while version < len(_STEPS):
        database.execute("BEGIN IMMEDIATE")  # another server of the folder may be at it
        try:
            version = _version(database)
            if version < len(_STEPS):
                _STEPS[version](database)
                version += 1
                database.execute(f"PRAGMA user_version = {version}")
            database.execute("COMMIT")
        except BaseException:
            database.execute("ROLLBACK")
            raise


def _artifacts(database: sqlite3.Connection) -> None:
    """Steps to train while paused; one table of artifacts instead of `moments` and `pictures`."""
    tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "runs" not in tables:
        schema = re.sub("--.*", "", files("core.store").joinpath("schema.sql").read_text("utf-8"))
        for statement in schema.split(";"):  # `executescript` would end the transaction
            database.execute(statement)
        return
    if "steps" not in _columns(database):
        database.execute("ALTER TABLE runs ADD COLUMN steps INTEGER NOT NULL DEFAULT 0")
    database.execute(
        "CREATE TABLE artifacts (run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, kind TEXT NOT NULL,"
        " epoch INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (run, kind, epoch))"
    )
    database.execute("INSERT INTO artifacts SELECT run, 'snapshot', epoch, data FROM moments")
    database.execute("INSERT INTO artifacts SELECT run, kind, -1, data FROM pictures")
    database.execute("DROP TABLE moments")
    database.execute("DROP TABLE pictures")


def _run_list(database: sqlite3.Connection) -> None:
    """What a list of runs shows: names and stars, what was deleted, the extents of the logs."""
    if "lowest" in _columns(database):
        return  # the first step has just made the newest schema
    for column in ("name TEXT", "starred INTEGER NOT NULL DEFAULT 0", "deleted REAL", "lowest BLOB", "highest BLOB"):
        database.execute(f"ALTER TABLE runs ADD COLUMN {column}")
    for row in database.execute("SELECT id FROM runs").fetchall():
        fill(database, row["id"])


#: Step n brings a database of version n to n + 1. A new one also writes schema.sql anew: a test compares the two ways.
_STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_artifacts, _run_list)


def _columns(database: sqlite3.Connection) -> set[str]:
    """The columns of `runs`."""
    return {row["name"] for row in database.execute("PRAGMA table_info(runs)")}


def _version(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)
