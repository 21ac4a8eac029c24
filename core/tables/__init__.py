"""Tables that people bring: read safely, kept, described. Importing this imports no pandas and no pyarrow."""

import core.tables.resolving as _resolving
from core.errors import TableNotFound, TableRefused
from core.tables.reading import read_table
from core.tables.resolving import open_tables, tables_of
from core.tables.store import KeptTable, TableStore, content_of
from core.tables.table import Column, Question, Table

__all__ = [
    "Column",
    "KeptTable",
    "Question",
    "Table",
    "TableNotFound",
    "TableRefused",
    "TableStore",
    "content_of",
    "open_tables",
    "read_table",
    "tables_of",
]

_resolving.register()
