"""The tables of this computer's folder, for whoever names one: `{"name": "csv-…", "target": "…"}`."""

from __future__ import annotations

import functools
from pathlib import Path

from core.experiment.table_schema import TableSchema, register_resolver
from core.runtime.folder import data_folder
from core.tables.store import KeptTable, TableStore


def open_tables() -> TableStore:
    """The store of `DESCENT_DATA`, one for each folder."""
    return _store(data_folder())


def tables_of(owner: str) -> list[KeptTable]:
    """The tables that an owner keeps here, the newest first."""
    return open_tables().owned(owner)


def resolve(content: str) -> TableSchema | None:
    """What an experiment has to know of a table that is kept here; None where it is not."""
    return open_tables().find(content)


def register() -> None:
    """Have configurations find the tables that are kept here."""
    register_resolver(resolve)


@functools.lru_cache(maxsize=8)
def _store(folder: Path) -> TableStore:
    return TableStore(folder)
