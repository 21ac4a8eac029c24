"""What is known of a kept table without reading its rows, by the name of its content.

Reads no file. Whoever keeps tables registers where a schema is found (`register_resolver`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.experiment.columns import Kind

#: Most classes of a target: what a confusion matrix can show and a table can teach.
MAX_CLASSES = 50

#: The name of a kept table's content, or of kept pictures'.
CONTENT = re.compile(r"(?:csv|zip)-[0-9a-f]{32}")

#: What the classes of pictures are called as a column.
OF_PICTURES = "class"


def is_content(name: str) -> bool:
    """Whether a data set's name is that of a kept table, or of kept pictures.

    >>> is_content("csv-0123456789abcdef0123456789abcdef"), is_content("iris")
    (True, False)
    """
    return CONTENT.fullmatch(name) is not None


def are_pictures(content: str) -> bool:
    """Whether a name of kept content is that of pictures."""
    return is_content(content) and content.startswith("zip-")


@dataclass(frozen=True)
class ColumnSchema:
    """What is known of a column.

    Attributes:
        kind: as the reader sees it; people may see it otherwise.
        missing: cells without a value.
        distinct: different values.
        levels: values with the number of their cells, in their natural order: numbers by size, no before yes, text
            alphabetically. Complete where `distinct` is at most `MAX_CLASSES`; otherwise the most frequent ones.
        is_whole: all values are whole numbers.
        numbers: cells that are numbers, of a column of text that is mostly numbers: it may be called numbers, and what
            is none is then missing. Otherwise 0.
    """

    name: str
    kind: Kind
    missing: int = 0
    distinct: int = 0
    levels: tuple[tuple[str, int], ...] = ()
    is_whole: bool = False
    numbers: int = 0


@dataclass(frozen=True)
class TableSchema:
    """What is known of a kept table without reading its rows.

    Attributes:
        content: `csv-` and 32 hexadecimal digits, the hash of its cells and of how they were read; `zip-` of pictures.
        title: what its owner calls it.
        picture: (rows, columns, channels) where each row is a picture and its class; None of a table.
    """

    content: str
    title: str
    rows: int
    columns: tuple[ColumnSchema, ...]
    picture: tuple[int, int, int] | None = None


_Resolver = Callable[[str], TableSchema | None]
_resolvers: list[_Resolver] = []


def register_resolver(resolver: _Resolver) -> None:
    """Say where schemas of kept tables are found: a function from a content's name to its schema, or None."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def find_schema(content: str) -> TableSchema | None:
    """What is known of a kept table; None where nobody keeps it (any more)."""
    return next((schema for resolver in _resolvers if (schema := resolver(content)) is not None), None)
