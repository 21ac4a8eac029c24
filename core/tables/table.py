"""A table as it was read: its columns, its cells, and what had to be assumed to read it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.experiment.columns import Kind, Role
from core.experiment.table_schema import ColumnSchema, TableSchema
from core.words import Said

if TYPE_CHECKING:
    import pandas
    import pyarrow


@dataclass(frozen=True)
class Column:
    """What is known of a column.

    Attributes:
        name: as written, but for outer spaces; may be empty or stand twice.
        kind: what its cells mean, guessed from them; a person may say otherwise.
        role: `ignored` where a network could learn nothing from it (constants, text), else `input`.
        missing: number of cells without a value.
        distinct: number of different values.
        levels: values with the number of their cells, in their natural order: all where there are few, else the most
            frequent ones (`core.experiment.table_schema.ColumnSchema`).
        is_text: whether cells are text, not numbers.
        is_whole: whether cells are whole numbers.
        numbers: cells that are numbers, of a column of text that is mostly numbers; otherwise 0.
    """

    name: str
    kind: Kind
    role: Role = "input"
    missing: int = 0
    distinct: int = 0
    levels: tuple[tuple[str, int], ...] = ()
    is_text: bool = False
    is_whole: bool = False
    numbers: int = 0

    @property
    def categories(self) -> tuple[str, ...]:
        """The values of a column of categories, in order."""
        return tuple(value for value, _ in self.levels) if self.kind in {"category", "yes_no"} else ()

    @property
    def schema(self) -> ColumnSchema:
        """What an experiment has to know of it."""
        return ColumnSchema(self.name, self.kind, self.missing, self.distinct, self.levels, self.is_whole, self.numbers)


@dataclass(frozen=True)
class Question:
    """What only a person can decide about a column. Until then its cells stay text.

    Attributes:
        column: its index.
        said: what was found, and what to do.
        rows: the rows that it is about, from 1, at most 20 of them.
        is_mostly_numbers: the column's owner may call it numbers, and what is none is then missing.
    """

    column: int
    said: Said
    rows: tuple[int, ...] = ()
    is_mostly_numbers: bool = False


@dataclass(frozen=True, eq=False)
class Table:
    """A table that was read safely.

    Attributes:
        name: of the file.
        cells: a `pyarrow.Table` of int64, float64 and string columns named c0, c1, …: names of people may stand twice.
        assumed: what a reasonable reader could have decided otherwise, for pages.
        questions: what only a person can decide.
        reading: how the file was read: `encoding delimiter decimal header`, the sheet of a workbook.
        digest: 64 hex digits, of the content and of how it was read.
        picture: (rows, columns, channels) where each row is a picture (`core.tables.picture_table`); else None.
    """

    name: str
    columns: tuple[Column, ...]
    cells: pyarrow.Table
    assumed: tuple[Said, ...] = ()
    questions: tuple[Question, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    picture: tuple[int, int, int] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.cells.num_rows)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """`assumed` in English."""
        return tuple(map(str, self.assumed))

    @functools.cached_property
    def frame(self) -> pandas.DataFrame:
        """The cells as read, under the names as written: int64 or float64 where a whole column is numbers (missing
        ones are NaN, then float64), otherwise text exactly as written (empty cells are missing)."""
        frame = self.cells.select(range(len(self.columns))).to_pandas()
        frame.columns = [column.name for column in self.columns]
        return frame

    def schema(self, content: str, title: str) -> TableSchema:
        """What an experiment has to know of it, under the name that it is kept by."""
        columns = tuple(column.schema for column in self.columns)
        return TableSchema(content, title, self.rows, columns, self.picture)

    def __repr__(self) -> str:
        return f"<Table {self.name!r}: {self.rows} rows, {len(self.columns)} columns>"
