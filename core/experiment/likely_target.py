"""The column of a table that people most probably want to predict."""

from __future__ import annotations

import re

from core.errors import WrongValue
from core.experiment.columns import OF_LEVELS, labels
from core.experiment.table_roles import describe_table
from core.experiment.table_schema import TableSchema

#: Names that a column to be predicted often has.
_OF_TARGETS = re.compile(
    r"(?i)(.*[\s_.-])?(target|label|class|outcome|diagnosis|disease|ill|sick|dead|died|death|status|y|目标|标签|结局|诊断|患病|是否患病)"
)


def likely_target(schema: TableSchema) -> str:
    """The label of the column that people most probably want to predict, to be changed by whoever knows better.

    Of those that can be predicted the last whose name says so; otherwise the last of all where it has levels,
    otherwise the last that is yes or no, otherwise the last.

    >>> from core.experiment.table_schema import ColumnSchema
    >>> column = ColumnSchema("ill", "yes_no", distinct=2, levels=(("no", 5), ("yes", 4)))
    >>> likely_target(TableSchema("csv-" + 32 * "0", "small", 9, (column, ColumnSchema("age", "number", distinct=9))))
    'ill'
    """
    names = labels(schema.columns)
    possible = [label for label, column in zip(names, schema.columns, strict=True) if _can_be_target(schema, label)]
    if not possible:
        return names[-1]
    named = [label for label in possible if _OF_TARGETS.fullmatch(label)]
    kind_of = {label: column.kind for label, column in zip(names, schema.columns, strict=True)}
    yes_no = [label for label in possible if kind_of[label] == "yes_no"]
    last = possible[-1]
    return (named or ([last] if kind_of[last] in OF_LEVELS else []) or yes_no or [last])[-1]


def _can_be_target(schema: TableSchema, label: str) -> bool:
    try:
        describe_table(schema, label)
    except WrongValue:
        return False
    return True
