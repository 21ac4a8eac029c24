"""Reads and describes tables in a process of its own: `python -m core.tables.process`. Started by `core.engine`.

It imports no Keras. Asked by one line of JSON on standard input, with the file behind it; answers with lines of JSON on
standard output: `{"ready": true}`, `{"share": …, "words": …}` and at last `{"done": …}` or `{"refused": …, "line": …}`.
The table itself goes into the store and not through the pipe. The process ends when standard input does.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from core.errors import DescentError, TableRefused
from core.tables.corrected import read_kinds, with_kinds
from core.tables.people import people_of
from core.tables.picture_table import classes_of_pictures, read_picture_table
from core.tables.profile import profile_of
from core.tables.progress import Progress
from core.tables.reading import read_table
from core.tables.resolving import open_tables
from core.tables.store import TableStore
from core.tables.table import Table
from core.words import Said

_log = logging.getLogger("descent.tables")

#: Bytes of memory beside what Python and its libraries take: for a file up to `SMALL` bytes, and for a larger one.
MEMORY, MEMORY_OF_LARGE = 512 * 2**20, 1100 * 2**20
SMALL = 50 * 2**20

#: Rows that a page shows at first.
PREVIEW = 20

_NO_MEMORY = Said("There is not enough memory for this table. Keep fewer columns or rows, or save it as plain CSV.")
_UNEXPECTED = Said("The file could not be read, for a reason that Descent did not expect. Save it again as CSV.")

_READING, _READING_PICTURES = Said("Reading the table"), Said("Reading the pictures")
_DESCRIBING = Said("Describing the table")
_EMBEDDING = Said("Laying the rows out by t-SNE")

Tell = Callable[[Mapping[str, Any]], None]


def profile_name(target: int | None, kinds: str = "") -> str:
    """Under which name a table's profile is kept with it.

    Args:
        kinds: those that a person chose (`core.tables.corrected.written_kinds`).

    >>> profile_name(None), profile_name(3)
    ('profile.json', 'profile-3.json')
    """
    return _name("profile", target, kinds)


def embedding_name(target: int | None, kinds: str = "") -> str:
    """The same of its rows laid out by t-SNE."""
    return _name("embedding", target, kinds)


def _name(what: str, target: int | None, kinds: str) -> str:
    mark = f"-k{hashlib.sha256(kinds.encode()).hexdigest()[:16]}" if kinds else ""
    return f"{what}{'' if target is None else f'-{target}'}{mark}.json"


def read(data: bytes, asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Read a file, keep it for its owner, and say what it is."""
    are_pictures = asked["name"].lower().endswith(".zip")
    describes = bool(asked.get("profile")) and not are_pictures
    share = 0.5 if describes else 0.9
    reads, words = (read_picture_table, _READING_PICTURES) if are_pictures else (read_table, _READING)
    table = reads(
        data,
        asked["name"],
        progress=lambda done: tell({"share": share * done, "words": words.to_json()}),
        **asked.get("choices", {}),
    )
    store = TableStore(asked["folder"])
    content = store.add(table, owner=asked["owner"], title=asked.get("title"))
    description = description_of(table)
    store.keep_beside(content, _DESCRIPTION, json.dumps(description).encode())
    if describes:
        _describe(store, content, table, None, lambda done: tell({"share": 0.55 + 0.45 * done, **_WORDS}))
    return {"content": content, **description}


def describe_kept(content: str) -> dict[str, Any]:
    """`description_of` a table that is kept, as it was read; no cell has to be read for it again.

    Raises:
        TableNotFound: nobody keeps it, or its file is damaged.
    """
    store = open_tables()
    kept = store.beside(content, _DESCRIPTION)
    description: dict[str, Any] = description_of(store.get(content)) if kept is None else json.loads(kept)
    return description


#: Under which name a table's description is kept with it.
_DESCRIPTION = "description.json"

_WORDS = {"words": _DESCRIBING.to_json()}


def describe(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Describe a kept table; the profile is kept with it."""
    store, content, target = TableStore(asked["folder"]), asked["content"], asked.get("target")
    kinds = asked.get("kinds", "")
    if store.beside(content, profile_name(target, kinds)) is None:
        table = _as_chosen(store, content, kinds)
        if target is not None and not 0 <= target < len(table.columns):
            raise TableRefused(Said("The table has no such column."))
        _describe(store, content, table, target, lambda done: tell({"share": done, **_WORDS}), kinds)
    return {"content": content}


def embed(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Lay a kept table's rows out by t-SNE; the places are kept with it."""
    from core.tables.embedding import embedding_of

    store, content, target = TableStore(asked["folder"]), asked["content"], asked.get("target")
    name = embedding_name(target, asked.get("kinds", ""))
    if store.beside(content, name) is None:
        table = _as_chosen(store, content, asked.get("kinds", ""))
        made = embedding_of(table, target, progress=lambda done: tell({"share": done, "words": _EMBEDDING.to_json()}))
        store.keep_beside(content, name, json.dumps(made.to_json(), allow_nan=False).encode())
    return {"content": content}


def _as_chosen(store: TableStore, content: str, kinds: str) -> Table:
    table = store.get(content)
    return with_kinds(table, read_kinds(kinds, store.schema(content)))


def _describe(
    store: TableStore,
    content: str,
    table: Table,
    target: int | None,
    progress: Progress,
    kinds: str = "",
) -> None:
    told = profile_of(table, target, progress=progress).to_json()
    store.keep_beside(content, profile_name(target, kinds), json.dumps(told, allow_nan=False).encode())


def description_of(table: Table) -> dict[str, Any]:
    """What a page shows of a table at once, as JSON: columns, what was assumed and asked, the first rows.

    Of pictures instead of the rows: `picture`, the shape of each, and `classes` (`classes_of_pictures`).
    """
    told = _description_of(table)
    if table.picture is None:
        return told
    return {**told, "preview": [], "picture": table.picture, "classes": classes_of_pictures(table)}


def _description_of(table: Table) -> dict[str, Any]:
    first = table.cells.slice(0, PREVIEW)
    return {
        "name": table.name,
        "rows": table.rows,
        "columns": [
            {
                "name": column.name,
                "kind": column.kind,
                "role": column.role,
                "missing": column.missing,
                "distinct": column.distinct,
            }
            for column in table.columns
        ],
        "reading": dict(table.reading),
        "assumed": [said.to_json() for said in table.assumed],
        "questions": [
            {"column": each.column, "said": each.said.to_json(), "rows": list(each.rows)} for each in table.questions
        ],
        "preview": [first.column(index).to_pylist() for index in range(len(table.columns))],
    }


def limit_memory(size: int) -> None:
    """Let the system refuse what a file asks for beyond its share, where it can (Linux).

    Not the address space: pyarrow reserves more of it than it uses, and aborts where it cannot.
    """
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/status", encoding="ascii") as status:
        taken = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = taken + size + (MEMORY if size <= SMALL else MEMORY_OF_LARGE)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def main() -> None:
    """Do what is asked, once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; it ends its processes
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    if hasattr(os, "nice"):
        os.nice(5)  # pages come first
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _load()

    def tell(what: Mapping[str, Any]) -> None:
        out.write(json.dumps(what).encode() + b"\n")
        out.flush()

    tell({"ready": True})
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(asked.get("bytes", 0))
    if sys.platform != "win32":  # there, a thread that reads a pipe blocks the loading of libraries
        threading.Thread(target=_end_with_server, name="server watch", daemon=True).start()
    limit_memory(max(len(data), asked.get("size", 0)))
    tell(_answer(asked, [data], tell))
    os._exit(0)


def _answer(asked: Mapping[str, Any], data: list[bytes], tell: Tell) -> dict[str, Any]:
    """`data` is taken out of its list, so that the reader may let it go."""
    try:
        if asked["task"] == "describe":
            return {"done": describe(asked, tell)}
        if asked["task"] == "embed":
            return {"done": embed(asked, tell)}
        if asked["task"] == "people":
            return {"done": {"content": "", **people_of(data.pop(), asked["name"])}}
        return {"done": read(data.pop(), asked, tell)}
    except DescentError as error:
        return {"refused": error.said.to_json(), "line": getattr(error, "line", None)}
    except MemoryError:
        return {"refused": _NO_MEMORY.to_json(), "line": None}
    except Exception as error:
        if "memory" in type(error).__name__.lower() or "malloc" in str(error):
            return {"refused": _NO_MEMORY.to_json(), "line": None}
        _log.exception("a table could not be read")
        return {"refused": _UNEXPECTED.to_json(), "line": None}


def _load() -> None:
    """What reading needs, before the clock starts."""
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401


def _end_with_server() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
