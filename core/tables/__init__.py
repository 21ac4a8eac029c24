"""Tables that people bring: read safely, kept, described. Importing this imports no pandas and no pyarrow."""

from core.errors import TableNotFound, TableRefused
from core.tables.reading import read_table
from core.tables.table import Column, Question, Table

__all__ = ["Column", "Question", "Table", "TableNotFound", "TableRefused", "read_table"]
