"""Parquet: columns with types, read once it is known how many cells it declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import TableRefused
from core.tables.assembling import table_of
from core.tables.cells import Cells
from core.tables.limits import MAX_CELL, MAX_CELLS, MAX_COLUMNS, too_many_cells, too_many_columns
from core.tables.progress import Progress
from core.tables.table import Table
from core.words import Said

#: Bytes of text that a file may decode to.
_MAX_TEXT = 2**30


def read_parquet(data: bytes, name: str, digest: str, progress: Progress) -> Table:
    """All columns. Numbers stay numbers; dates, yes and no, and text become text.

    Raises:
        TableRefused: it is damaged, too large, or has columns of lists or structures.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data))
        metadata, schema = file.metadata, file.schema_arrow
        if len(schema) > MAX_COLUMNS:
            raise too_many_columns(len(schema))
        if metadata.num_rows * max(1, len(schema)) > MAX_CELLS:
            raise too_many_cells(metadata.num_rows, len(schema))
        if not metadata.num_rows or not len(schema):
            raise TableRefused(Said("The Parquet file has no rows. Expected at least one."))
        for field in schema:
            if pyarrow.types.is_nested(field.type) or pyarrow.types.is_binary(field.type):
                raise TableRefused(
                    Said(
                        "Column '{name}' holds lists, structures or bytes. Expected numbers, text and dates: leave it "
                        "out.",
                        {"name": field.name[:80]},
                    )
                )
        words = [field.name for field in schema if pyarrow.types.is_string(field.type)]
        reader = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data), read_dictionary=words)
        columns = []
        if len(set(schema.names)) < len(schema):
            raise TableRefused(Said("Several columns of the Parquet file have the same name. Rename them."))
        for done, each in enumerate(schema.names, start=1):
            column = reader.read([each], use_threads=False).column(each)
            column.validate(full=True)  # text of a damaged file may be no UTF-8
            column = _column(column, each)
            if len(column) != metadata.num_rows:
                raise ValueError  # it declares other rows than it has
            columns.append(column)
            progress(0.6 * done / len(schema))
    except TableRefused:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, KeyError):
        raise TableRefused(Said("The Parquet file is damaged. Write it again.")) from None
    names = [each.strip() for each in schema.names]
    return table_of(name, names, columns, (), {"format": "parquet"}, digest, ".", progress, _as_they_are)


def _as_they_are(columns: Sequence[Any], names: Sequence[str], decimal: str | None) -> Cells:
    return Cells(arrays=list(columns))


def _column(column: Any, name: str) -> Any:
    """int64, float64 or text."""
    import pyarrow
    from pyarrow import compute

    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column = _checked_words(column, name)
        kind = column.type
    if pyarrow.types.is_boolean(kind):
        return compute.if_else(column, "true", "false")
    if pyarrow.types.is_integer(kind):
        bounds = compute.min_max(column).as_py()
        largest = max(abs(bounds["min"] or 0), abs(bounds["max"] or 0))
        return column.cast("string" if largest >= 10**15 else "int64").combine_chunks()
    if pyarrow.types.is_floating(kind) or pyarrow.types.is_decimal(kind):
        numbers = column.cast("double", safe=False).combine_chunks()
        numbers = compute.if_else(compute.is_nan(numbers), pyarrow.scalar(None, "double"), numbers)
        if compute.any(compute.is_inf(numbers)).as_py():
            raise TableRefused(
                Said(
                    "Column '{name}' holds infinite numbers. Expected finite ones; leave such cells empty.",
                    {"name": name[:80]},
                )
            )
        return numbers
    if pyarrow.types.is_null(kind):
        return column.cast("string")
    if pyarrow.types.is_timestamp(kind):
        text = compute.strftime(column.cast(pyarrow.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
        midnight = compute.all(compute.ends_with(text, " 00:00:00")).as_py()
        return compute.utf8_slice_codeunits(text, 0, 10) if midnight else text
    if pyarrow.types.is_large_string(kind) or pyarrow.types.is_string(kind) or pyarrow.types.is_string_view(kind):
        column = column.cast("string")
        if (compute.max(compute.utf8_length(column)).as_py() or 0) > MAX_CELL:
            raise _too_long(name)
        return compute.if_else(compute.equal(column, ""), pyarrow.scalar(None, "string"), column)
    return column.cast("string")


def _checked_words(column: Any, name: str) -> Any:
    """A dictionary may hold a long text once, and mean it a million times."""
    from pyarrow import compute

    size = 0
    for chunk in column.chunks:
        lengths = compute.binary_length(chunk.dictionary.cast("string"))
        if (compute.max(lengths).as_py() or 0) > 4 * MAX_CELL:
            raise _too_long(name)
        size += compute.sum(compute.take(lengths, chunk.indices)).as_py() or 0
    if size > _MAX_TEXT:
        raise _too_long(name)
    return column.cast("string")


def _too_long(name: str) -> TableRefused:
    return TableRefused(
        Said(
            "Column '{name}' has cells of more than {most:,} characters, or too much text. Leave it out.",
            {"name": name[:80], "most": MAX_CELL},
        )
    )
