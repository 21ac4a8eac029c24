"""A run as the store knows it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, fields

from core.words import Said


@dataclass(frozen=True)
class Run:
    """A row of `runs`; schema.sql says what the fields mean."""

    id: str
    owner: str
    config: str
    speed: float | None
    view: str
    state: str
    message: Said | None
    epoch: int
    epochs: int
    log_names: tuple[str, ...]
    seconds: float
    created: float
    parent: str | None = None
    forked_at: int | None = None
    server: str = ""
    steps: int = 0
    name: str | None = None
    starred: bool = False
    deleted: float | None = None

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> Run:
        """A row as it was read."""
        values = {field.name: row[field.name] for field in fields(cls)}
        message = None if row["message"] is None else Said.from_record(row["message"])
        log_names = tuple(json.loads(row["log_names"]))
        return cls(**{**values, "message": message, "log_names": log_names, "starred": bool(row["starred"])})
