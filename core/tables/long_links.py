"""What links say of a table and is too long for one: kept with the table, and gone with it.

A column's name may stand in it, and levels out of its cells: nobody finds it who does not name the table, and pages ask
first whether a browser may know of that.
"""

from __future__ import annotations

import os
from contextlib import suppress

from core.experiment.drawing import reference_of
from core.tables.resolving import open_tables

#: Texts that are kept with one table, those that were asked for last.
MOST_KEPT = 500


def keep_words(content: str, text: str) -> str | None:
    """Keep what a link says of a table. Returns its reference, None where nobody keeps the table."""
    tables, reference = open_tables(), reference_of(text)
    name = _file(reference)
    if tables.beside(content, name) is None:
        tables.keep_beside(content, name, text.encode())
        if tables.beside(content, name) is None:
            return None
        _make_room(content)
    return reference


def find_words(content: str, reference: str) -> str | None:
    """What a reference stands for, None where it is not kept (any more)."""
    tables = open_tables()
    found = tables.beside(content, _file(reference))
    if found is None:
        return None
    with suppress(OSError):
        os.utime(tables.folder / content / _file(reference))
    return found.decode()


def _file(reference: str) -> str:
    return f"link-{reference.removeprefix('sha-')}.json"


def _make_room(content: str) -> None:
    with suppress(OSError):
        kept = sorted((open_tables().folder / content).glob("link-*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MOST_KEPT]:
            path.unlink(missing_ok=True)
