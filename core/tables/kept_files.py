"""The files of a kept table: its cells as Parquet, and what is known of it without them, as JSON.

    cells.parquet   the columns, typed, named c0, c1, …
    table.json      names, kinds, what was assumed, the checksum of the cells

A file is written beside its place and then put there, so that nobody reads half of one. Importing this imports neither
pandas nor pyarrow.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import TableNotFound
from core.experiment.table_schema import TableSchema
from core.tables.table import Column, Question, Table
from core.words import Said

_CELLS = "cells.parquet"

#: The file of what is known of a table; where it is, the table is.
ABOUT = "table.json"

#: The names of the folders of tables and of pictures.
FOLDERS = "[cz][si][vp]-*"

_VERSION = 1


def put(path: Path, data: bytes) -> None:
    """Write beside the place, then put it there: nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_table(place: Path, table: Table) -> None:
    """Write the cells, then what is known of them: without the second file nobody finds the first."""
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
        "columns": [_as_json(column) for column in table.columns],
        **({} if table.picture is None else {"picture": table.picture}),
        "assumed": [said.to_json() for said in table.assumed],
        "questions": [
            {"column": each.column, "said": each.said.to_json(), "rows": each.rows} for each in table.questions
        ],
    }
    put(place / ABOUT, json.dumps(about, ensure_ascii=False).encode())


def about_table(place: Path) -> dict[str, Any]:
    """What is known of a table in a folder.

    Raises:
        TableNotFound: there is none, or its file is damaged.
    """
    try:
        about = json.loads((place / ABOUT).read_bytes())
    except FileNotFoundError:
        raise not_found() from None
    except (OSError, ValueError):
        raise _damaged() from None
    if not isinstance(about, dict) or about.get("version") != _VERSION:
        raise _damaged()
    return about


def schema_of(content: str, about: Mapping[str, Any]) -> TableSchema:
    """What an experiment has to know of a table of which that is known."""
    columns = tuple(_column(each).schema for each in about["columns"])
    return TableSchema(content, about["name"], about["rows"], columns, _picture(about))


def read_kept(place: Path, about: Mapping[str, Any]) -> Table:
    """A table with its cells.

    Args:
        about: `about_table`.

    Raises:
        TableNotFound: the file of the cells is damaged.
    """
    import pyarrow
    import pyarrow.parquet

    check_cells(place, about)
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


def bytes_of_all(folder: Path) -> int:
    """What the cells of all tables in a folder of tables take on the disk."""
    return sum(path.stat().st_size for path in folder.glob(f"{FOLDERS}/{_CELLS}"))


def check_cells(place: Path, about: Mapping[str, Any]) -> None:
    """Whether the file of the cells is the one that was written.

    Raises:
        TableNotFound: it is not.
    """
    try:
        is_whole = _checksum(place / _CELLS) == about["checksum"]
    except OSError:
        is_whole = False
    if not is_whole:
        raise _damaged()


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _picture(about: Mapping[str, Any]) -> tuple[int, int, int] | None:
    shape = about.get("picture")
    return None if shape is None else (shape[0], shape[1], shape[2])


def _as_json(column: Column) -> dict[str, Any]:
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


def not_found() -> TableNotFound:
    """What is said of a table that nobody keeps, or that is somebody else's."""
    return TableNotFound(Said("This table does not exist (any more), or it is somebody else's. Bring it again."))


def _damaged() -> TableNotFound:
    return TableNotFound(Said("The file of this table is damaged. Bring the table again."))
