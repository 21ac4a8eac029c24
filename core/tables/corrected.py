"""A table with the kinds that a person chose for its columns, for looking at it: its cells stay as they were read, but
for a text that is mostly numbers and called so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.errors import WrongValue
from core.experiment.columns import Kind
from core.experiment.table_roles import kind_of
from core.experiment.table_schema import TableSchema
from core.tables.numbers import as_number
from core.tables.table import Table
from core.tables.vectors import codes_of
from core.words import Said

_PART = re.compile(r"([0-9]{1,4}):([a-z_]{1,20})")


def read_kinds(text: str, schema: TableSchema) -> dict[int, Kind]:
    """Kinds by the place of a column, from 0, as in an address: `3:number,5:category`.

    Raises:
        WrongValue: a part that is none, a column that there is not, or a kind that it cannot have.
    """
    kinds: dict[int, Kind] = {}
    for part in text.split(",") if text else []:
        found = _PART.fullmatch(part)
        if found is None or int(found[1]) >= len(schema.columns):
            raise WrongValue(Said("Expected kinds such as 3:number,5:category: places of columns, and their kinds."))
        kinds[int(found[1])], _ = kind_of(schema.columns[int(found[1])], found[2])
    return kinds


def written_kinds(kinds: Mapping[int, str]) -> str:
    """The same back, always in the same words.

    >>> written_kinds({5: "category", 3: "number"})
    '3:number,5:category'
    """
    return ",".join(f"{place}:{kinds[place]}" for place in sorted(kinds))


def with_kinds(table: Table, kinds: Mapping[int, Kind]) -> Table:
    """The table as its owner means it."""
    columns, cells = list(table.columns), table.cells
    for place, kind in kinds.items():
        column = replace(columns[place], kind=kind)
        if kind == "number" and column.is_text:
            import pyarrow

            coded = codes_of(table, place)
            values = np.array([*(as_number(level) for level in coded.levels), np.nan])[coded.codes]
            known = values[np.isfinite(values)]
            cells = cells.set_column(place, cells.field(place).name, pyarrow.array(values))
            column = replace(
                column,
                role="input",
                missing=len(values) - len(known),
                distinct=len(np.unique(known)),
                levels=(),
                is_text=False,
                is_whole=bool((known == np.floor(known)).all()),
                numbers=0,
            )
        columns[place] = column
    return replace(table, columns=tuple(columns), cells=cells)
