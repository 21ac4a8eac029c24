"""Where tables are kept: each once, by the hash of its content and of how it was read, whoever brings it.

    tables/csv-<32 hex>/cells.parquet, table.json     `core.tables.kept_files`
                        owners/<hash of owner>.json   `core.tables.keepers`
    tables/zip-<32 hex>/…                             the same of pictures, with their pixels as a further column

Several processes may use one folder. What a table is (`schema`) is known without importing pandas or pyarrow.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import TableNotFound, TableRefused
from core.experiment.table_schema import TableSchema, is_content
from core.tables.keepers import Keeper, has_keeper, keeper_of, keepers_of, kept_by, remove_keeper, write_keeper
from core.tables.kept_files import (
    ABOUT,
    about_table,
    bytes_of_all,
    check_cells,
    not_found,
    put,
    read_kept,
    schema_of,
    write_table,
)
from core.tables.table import Table
from core.words import Said

_FOLDER = "tables"

#: Tables and bytes that one owner may keep.
MAX_TABLES = 50
MAX_OWNED = 2**30

#: Bytes that all may keep together.
MAX_ALL = 10 * 2**30

#: Characters of a title.
MAX_TITLE = 80

#: Schemas, and whole tables, that are kept in memory, the latest.
_SCHEMAS = 64
_TABLES = 2


@dataclass(frozen=True)
class KeptTable:
    """What a list shows of a table of an owner.

    Attributes:
        bytes: on the disk.
        added: seconds since 1970.
        share: whether whoever has the link may see its rows.
    """

    content: str
    title: str
    rows: int
    columns: int
    bytes: int
    added: float
    share: bool


class TableStore:
    """Tables in a folder.

    Args:
        folder: where Descent keeps its data (`core.runtime.folder.data_folder`); tables get a folder of their own.

    >>> store = TableStore(folder)  # doctest: +SKIP
    >>> content = store.add(read_table(data, "patients.csv"), owner="…")  # doctest: +SKIP
    >>> store.get(content).frame  # doctest: +SKIP
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder) / _FOLDER
        self._lock = threading.Lock()
        self._schemas: OrderedDict[str, TableSchema] = OrderedDict()
        self._tables: OrderedDict[str, Table] = OrderedDict()

    def add(self, table: Table, *, owner: str, title: str | None = None) -> str:
        """Keep a table for an owner. The same table twice is one.

        Returns:
            Its content: `csv-` and 32 hexadecimal digits, `zip-` of pictures.

        Raises:
            TableRefused: the owner keeps as many as there is room for.
        """
        content = content_of(table)
        place = self.folder / content
        if not has_keeper(place, owner):
            self._check_room(owner)
        if not self._is_whole(content):
            write_table(place, table)
        if not has_keeper(place, owner):
            write_keeper(place, Keeper(owner, (title or table.name)[:MAX_TITLE], share=False, added=time.time()))
        return content

    def get(self, content: str) -> Table:
        """A table.

        Raises:
            TableNotFound: nobody keeps it, or its file is damaged.
        """
        with self._lock:
            if content in self._tables and (self.folder / content / ABOUT).exists():
                self._tables.move_to_end(content)
                return self._tables[content]
        table = read_kept(self.folder / content, self._about(content))
        self._remember(self._tables, content, table, _TABLES)
        return table

    def schema(self, content: str) -> TableSchema:
        """What an experiment has to know of a table; reads no cell, and imports neither pandas nor pyarrow.

        Raises:
            TableNotFound: nobody keeps it.
        """
        with self._lock:
            known = self._schemas.get(content)
        if known is not None and (self.folder / content / ABOUT).exists():
            return known
        schema = schema_of(content, self._about(content))
        self._remember(self._schemas, content, schema, _SCHEMAS)
        return schema

    def find(self, content: str) -> TableSchema | None:
        """`schema`, None where nobody keeps the table: what `register_resolver` takes."""
        try:
            return self.schema(content)
        except TableNotFound:
            return None

    def owned(self, owner: str) -> list[KeptTable]:
        """The tables of an owner, the newest first."""
        found = []
        for content, keeper in kept_by(self.folder, owner):
            try:
                about = self._about(content)
            except TableNotFound:
                continue
            found.append(
                KeptTable(
                    content=content,
                    title=keeper.title,
                    rows=about["rows"],
                    columns=len(about["columns"]),
                    bytes=about["bytes"],
                    added=keeper.added,
                    share=keeper.share,
                )
            )
        return sorted(found, key=lambda kept: -kept.added)

    def title_of(self, content: str, owner: str) -> str | None:
        """What an owner calls a table; None where it is not theirs."""
        keeper = self._keeper(content, owner)
        return None if keeper is None else keeper.title

    def may_read(self, content: str, owner: str) -> bool:
        """Whether an owner may see the rows: they are theirs, or somebody who has the table shares it."""
        if not is_content(content):
            return False
        return any(keeper.owner == owner or keeper.share for keeper in keepers_of(self.folder / content))

    def is_owned(self, content: str, owner: str) -> bool:
        """Whether the table is among an owner's own."""
        return self._keeper(content, owner) is not None

    def share(self, content: str, is_shared: bool, *, owner: str) -> None:
        """Let whoever has the link see the rows, or no longer.

        Raises:
            TableNotFound: the table is not the owner's.
        """
        self._change(content, owner, share=is_shared)

    def rename(self, content: str, title: str, *, owner: str) -> None:
        """Give it another title.

        Raises:
            TableNotFound: the table is not the owner's.
            TableRefused: the title is empty or too long.
        """
        title = title.strip()
        if not title or len(title) > MAX_TITLE:
            raise TableRefused(
                Said(
                    "A table's name has 1 to {most} characters, and this one has {length}.",
                    {"most": MAX_TITLE, "length": len(title)},
                )
            )
        self._change(content, owner, title=title)

    def delete(self, content: str, *, owner: str) -> bool:
        """Delete it for good, unless somebody else has brought the same table.

        Returns:
            Whether its rows are gone.

        Raises:
            TableNotFound: the table is not the owner's.
        """
        self._own(content, owner)
        remove_keeper(self.folder / content, owner)
        if keepers_of(self.folder / content):
            return False
        gone = self.folder / f".gone-{secrets.token_hex(8)}"
        os.replace(self.folder / content, gone)
        shutil.rmtree(gone, ignore_errors=True)
        self.forget(content)
        return True

    def forget(self, content: str) -> None:
        """Let go of what is in memory of a table."""
        with self._lock:
            self._tables.pop(content, None)
            self._schemas.pop(content, None)

    def keep_beside(self, content: str, name: str, data: bytes) -> None:
        """Keep something that was made of a table, such as its profile; it goes with the table."""
        if (self.folder / content / ABOUT).exists():
            put(self.folder / content / _checked(name), data)

    def beside(self, content: str, name: str) -> bytes | None:
        """What was kept with a table under a name; None where nothing was."""
        if not is_content(content):
            return None
        try:
            return (self.folder / content / _checked(name)).read_bytes()
        except OSError:
            return None

    def _remember(self, known: OrderedDict[str, Any], content: str, what: Any, most: int) -> None:
        with self._lock:
            known[content] = what
            while len(known) > most:
                known.popitem(last=False)

    def _change(self, content: str, owner: str, **values: Any) -> None:
        write_keeper(self.folder / content, replace(self._own(content, owner), **values))

    def _own(self, content: str, owner: str) -> Keeper:
        keeper = self._keeper(content, owner)
        if keeper is None:
            raise not_found()
        return keeper

    def _keeper(self, content: str, owner: str) -> Keeper | None:
        return keeper_of(self.folder / content, owner) if is_content(content) else None

    def _check_room(self, owner: str) -> None:
        owned = self.owned(owner)
        size = sum(kept.bytes for kept in owned)
        if len(owned) >= MAX_TABLES or size >= MAX_OWNED:
            raise TableRefused(
                Said(
                    "You keep {n} tables of {size} MB together, and there is room for {most} tables and {room} MB. "
                    "Delete one that you no longer need.",
                    {"n": len(owned), "size": size >> 20, "most": MAX_TABLES, "room": MAX_OWNED >> 20},
                )
            )
        if bytes_of_all(self.folder) >= MAX_ALL:
            raise TableRefused(
                Said(
                    "All tables together take {room} GB, for which there is room. Delete some that nobody needs.",
                    {"room": MAX_ALL >> 30},
                )
            )

    def _about(self, content: str) -> dict[str, Any]:
        if not is_content(content):
            raise not_found()
        return about_table(self.folder / content)

    def _is_whole(self, content: str) -> bool:
        """Whether a table can be read: a damaged one is written anew when it is brought again."""
        try:
            check_cells(self.folder / content, self._about(content))
        except TableNotFound:
            return False
        return True


def content_of(table: Table) -> str:
    """`csv-` and 32 hexadecimal digits, of a table's content and of how it was read; `zip-` of pictures."""
    return f"{'csv' if table.picture is None else 'zip'}-{table.digest[:32]}"


def _checked(name: str) -> str:
    if re.fullmatch(r"[a-z0-9-]{1,80}\.json", name) is None or name == ABOUT:
        raise KeyError(name)
    return name
