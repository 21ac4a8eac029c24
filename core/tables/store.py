"""Where tables are kept: each once, by the hash of its content and of how it was read, whoever brings it.

    tables/csv-<32 hex>/cells.parquet   the columns, typed, named c0, c1, …
                        table.json      names, kinds, what was assumed, the checksum of the cells
                        owners/<hash of owner>.json   a title, whether it is shared, when it came
    tables/zip-<32 hex>/…               the same of pictures, with their pixels as a further column

Several processes may use one folder. A file is written beside its place and then put there, so that nobody reads half
of one. What a table is (`schema`) is known without importing pandas or pyarrow.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import TableNotFound, TableRefused
from core.experiment.table import TableSchema, is_content
from core.tables.table import Column, Question, Table
from core.words import Said

_FOLDER = "tables"
_CELLS, _ABOUT, _OWNERS = "cells.parquet", "table.json", "owners"

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

_VERSION = 1

#: Folders of tables and of pictures.
_ANY = "[cz][si][vp]-*"


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
        if not (place / _OWNERS / _name_of(owner)).exists():
            self._check_room(owner)
        if self._problem(content) is not None:
            self._write(place, table)
        entry = {"owner": owner, "title": (title or table.name)[:MAX_TITLE], "share": False, "added": time.time()}
        path = place / _OWNERS / _name_of(owner)
        if not path.exists():
            _put(path, json.dumps(entry, ensure_ascii=False).encode())
        return content

    def get(self, content: str) -> Table:
        """A table.

        Raises:
            TableNotFound: nobody keeps it, or its file is damaged.
        """
        with self._lock:
            if content in self._tables and (self.folder / content / _ABOUT).exists():
                self._tables.move_to_end(content)
                return self._tables[content]
        about = self._about(content)
        table = _read(self.folder / content, about)
        with self._lock:
            self._tables[content] = table
            while len(self._tables) > _TABLES:
                self._tables.popitem(last=False)
        return table

    def schema(self, content: str) -> TableSchema:
        """What an experiment has to know of a table; reads no cell, and imports neither pandas nor pyarrow.

        Raises:
            TableNotFound: nobody keeps it.
        """
        with self._lock:
            known = self._schemas.get(content)
        if known is not None and (self.folder / content / _ABOUT).exists():
            return known
        about = self._about(content)
        columns = tuple(_column(each).schema for each in about["columns"])
        schema = TableSchema(content, about["name"], about["rows"], columns, _picture(about))
        with self._lock:
            self._schemas[content] = schema
            while len(self._schemas) > _SCHEMAS:
                self._schemas.popitem(last=False)
        return schema

    def find(self, content: str) -> TableSchema | None:
        """`schema`, None where nobody keeps the table: what `core.experiment.table.register_resolver` takes."""
        try:
            return self.schema(content)
        except TableNotFound:
            return None

    def owned(self, owner: str) -> list[KeptTable]:
        """The tables of an owner, the newest first."""
        found = []
        for path in self.folder.glob(f"{_ANY}/{_OWNERS}/{_name_of(owner)}"):
            content = path.parent.parent.name
            entry = _entry(path)
            if entry is None or entry.get("owner") != owner:
                continue
            try:
                about = self._about(content)
            except TableNotFound:
                continue
            found.append(
                KeptTable(
                    content=content,
                    title=entry["title"],
                    rows=about["rows"],
                    columns=len(about["columns"]),
                    bytes=about["bytes"],
                    added=entry["added"],
                    share=bool(entry["share"]),
                )
            )
        return sorted(found, key=lambda kept: -kept.added)

    def title_of(self, content: str, owner: str) -> str | None:
        """What an owner calls a table; None where it is not theirs."""
        return next((str(entry["title"]) for entry in self._entries(content) if entry["owner"] == owner), None)

    def may_read(self, content: str, owner: str) -> bool:
        """Whether an owner may see the rows: they are theirs, or somebody who has the table shares it."""
        return any(entry["owner"] == owner or entry["share"] for entry in self._entries(content))

    def is_owned(self, content: str, owner: str) -> bool:
        """Whether the table is among an owner's own."""
        return any(entry["owner"] == owner for entry in self._entries(content))

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
        self._entry_of(content, owner)
        (self.folder / content / _OWNERS / _name_of(owner)).unlink(missing_ok=True)
        if self._entries(content):
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
        if (self.folder / content / _ABOUT).exists():
            _put(self.folder / content / _checked(name), data)

    def beside(self, content: str, name: str) -> bytes | None:
        """What was kept with a table under a name; None where nothing was."""
        if not is_content(content):
            return None
        try:
            return (self.folder / content / _checked(name)).read_bytes()
        except OSError:
            return None

    def _change(self, content: str, owner: str, **values: Any) -> None:
        entry = {**self._entry_of(content, owner), **values}
        _put(self.folder / content / _OWNERS / _name_of(owner), json.dumps(entry, ensure_ascii=False).encode())

    def _entry_of(self, content: str, owner: str) -> dict[str, Any]:
        entry = _entry(self.folder / content / _OWNERS / _name_of(owner)) if is_content(content) else None
        if entry is None or entry["owner"] != owner:
            raise _not_found()
        return entry

    def _entries(self, content: str) -> list[dict[str, Any]]:
        if not is_content(content):
            return []
        paths = (self.folder / content / _OWNERS).glob("*.json")
        return [entry for path in paths if (entry := _entry(path)) is not None]

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
        if sum(path.stat().st_size for path in self.folder.glob(f"{_ANY}/{_CELLS}")) >= MAX_ALL:
            raise TableRefused(
                Said(
                    "All tables together take {room} GB, for which there is room. Delete some that nobody needs.",
                    {"room": MAX_ALL >> 30},
                )
            )

    def _about(self, content: str) -> dict[str, Any]:
        if not is_content(content):
            raise _not_found()
        try:
            about = json.loads((self.folder / content / _ABOUT).read_bytes())
        except FileNotFoundError:
            raise _not_found() from None
        except (OSError, ValueError):
            raise _damaged() from None
        if not isinstance(about, dict) or about.get("version") != _VERSION:
            raise _damaged()
        return about

    def _problem(self, content: str) -> TableNotFound | None:
        """Why a table cannot be read, None where it can: a damaged one is written anew when it is brought again."""
        try:
            about = self._about(content)
            _check(self.folder / content / _CELLS, about["checksum"])
        except TableNotFound as error:
            return error
        return None

    def _write(self, place: Path, table: Table) -> None:
        import pyarrow.parquet

        place.mkdir(parents=True, exist_ok=True)
        path = place / _CELLS
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        try:
            # Dictionaries make columns of few words small; numbers as they are, since they rarely repeat.
            words = [name for name in table.cells.column_names if table.cells.schema.field(name).type == "string"]
            pyarrow.parquet.write_table(
                table.cells, unfinished, compression="zstd", compression_level=1, use_dictionary=words or False
            )
            checksum, size = _checksum(unfinished), unfinished.stat().st_size
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        about = {
            "version": _VERSION,
            "name": table.name[:200],
            "rows": table.rows,
            "bytes": size,
            "checksum": checksum,
            "digest": table.digest,
            "reading": dict(table.reading),
            "columns": [_plain(column) for column in table.columns],
            **({} if table.picture is None else {"picture": table.picture}),
            "assumed": [said.to_json() for said in table.assumed],
            "questions": [
                {"column": each.column, "said": each.said.to_json(), "rows": each.rows} for each in table.questions
            ],
        }
        _put(place / _ABOUT, json.dumps(about, ensure_ascii=False).encode())


def content_of(table: Table) -> str:
    """`csv-` and 32 hexadecimal digits, of a table's content and of how it was read; `zip-` of pictures."""
    return f"{'csv' if table.picture is None else 'zip'}-{table.digest[:32]}"


def _name_of(owner: str) -> str:
    """A file for an owner; what the owner is called is no name of a file."""
    return f"{hashlib.sha256(owner.encode()).hexdigest()[:32]}.json"


def _checked(name: str) -> str:
    if re.fullmatch(r"[a-z0-9-]{1,80}\.json", name) is None or name == _ABOUT:
        raise KeyError(name)
    return name


def _entry(path: Path) -> dict[str, Any] | None:
    try:
        entry = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) and {"owner", "title", "share", "added"} <= entry.keys() else None


def _put(path: Path, data: bytes) -> None:
    """Write beside the place, then put it there: nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(path: Path, checksum: str) -> None:
    try:
        is_whole = _checksum(path) == checksum
    except OSError:
        is_whole = False
    if not is_whole:
        raise _damaged()


def _read(place: Path, about: Mapping[str, Any]) -> Table:
    import pyarrow
    import pyarrow.parquet

    _check(place / _CELLS, about["checksum"])
    try:
        cells = pyarrow.parquet.read_table(place / _CELLS, use_threads=False, memory_map=True)
    except (pyarrow.ArrowException, OSError):
        raise _damaged() from None
    return Table(
        name=about["name"],
        columns=tuple(_column(each) for each in about["columns"]),
        cells=cells,
        assumed=tuple(Said.from_json(each) for each in about["assumed"]),
        questions=tuple(
            Question(each["column"], Said.from_json(each["said"]), tuple(each["rows"])) for each in about["questions"]
        ),
        reading=about["reading"],
        digest=about["digest"],
        picture=_picture(about),
    )


def _picture(about: Mapping[str, Any]) -> tuple[int, int, int] | None:
    shape = about.get("picture")
    return None if shape is None else (shape[0], shape[1], shape[2])


def _plain(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind,
        "role": column.role,
        "missing": column.missing,
        "distinct": column.distinct,
        "levels": column.levels,
        "is_text": column.is_text,
        "is_whole": column.is_whole,
        **({"numbers": column.numbers} if column.numbers else {}),
    }


def _column(about: Mapping[str, Any]) -> Column:
    return Column(**{**about, "levels": tuple((value, count) for value, count in about["levels"])})


def _not_found() -> TableNotFound:
    return TableNotFound(Said("This table does not exist (any more), or it is somebody else's. Bring it again."))


def _damaged() -> TableNotFound:
    return TableNotFound(Said("The file of this table is damaged. Bring the table again."))
