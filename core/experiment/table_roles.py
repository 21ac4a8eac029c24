"""How a target alone, or with a few roles and kinds, says what an experiment takes of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from core.errors import WrongValue
from core.experiment.columns import KINDS, OF_LEVELS, ColumnConfig, Kind, Role, labels
from core.experiment.table import TableConfig
from core.experiment.table_schema import MAX_CLASSES, OF_PICTURES, ColumnSchema, TableSchema, find_schema
from core.experiment.task import Task
from core.words import Said, listed

#: Levels of an input that get a place of their own; the rarest of more share one.
MAX_LEVELS = 32

#: Whole numbers with at most so many different values are classes, when they are the target.
MAX_NUMBERS_AS_CLASSES = 10


def describe_table(
    schema: TableSchema,
    target: str,
    *,
    inputs: Sequence[str] | None = None,
    group: str | None = None,
    time: str | None = None,
    ignored: Sequence[str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> TableConfig:
    """The experiment's view of a table, from its target and, where they are named, the roles and kinds of others.

    Where only the target is given, constant columns, free text, and text with (almost) as many values as rows are
    ignored; everything else is an input. Whole numbers with at most `MAX_NUMBERS_AS_CLASSES` different values are
    classes when they are the target, unless `kinds` calls them numbers.

    Args:
        target, inputs, group, time, ignored: columns by their label (`labels`).
        kinds: by label; `ordered` may say its order after a colon, as in `ordered:low|middle|high`.

    Raises:
        WrongValue: a column that the table does not have, or a target that cannot be one.

    >>> schema = TableSchema("csv-" + 32 * "0", "small", 9, (
    ...     ColumnSchema("age", "number", distinct=9),
    ...     ColumnSchema("ill", "yes_no", distinct=2, levels=(("no", 5), ("yes", 4))),
    ... ))
    >>> table = describe_table(schema, "ill")
    >>> table.task, [column.role for column in table.columns]
    ('classification', ['input', 'target'])
    """
    names = labels(schema.columns)
    if schema.picture is not None:
        names, schema = (OF_PICTURES,), replace(schema, columns=schema.columns[:1])
    _check_names(names, [target, group, time, *(inputs or ()), *(ignored or ()), *(kinds or ())])
    columns = []
    for label, column in zip(names, schema.columns, strict=True):
        kind, order = kind_of(column, (kinds or {}).get(label))
        role: Role
        if label == target:
            role = "target"
        elif label == group:
            role = "group"
        elif label == time:
            role = "time"
        elif label in (ignored or ()):
            role = "ignored"
        elif inputs is not None:
            role = "input" if label in inputs else "ignored"
        else:
            role = "ignored" if _teaches_nothing(column, kind, schema.rows) else "input"
        if role == "target" and label not in (kinds or {}) and _is_of_few_numbers(column, kind):
            kind = "category"
        columns.append(_configured(column, kind, role, order, schema.rows))
    task: Task = "regression" if columns[names.index(target)].kind == "number" else "classification"
    try:
        return TableConfig(
            content=schema.content,
            title=schema.title,
            rows=schema.rows,
            columns=tuple(columns),
            task=task,
            picture=schema.picture,
        )
    except ValidationError as error:
        raise error.errors()[0]["ctx"]["error"] from None  # ours: see `_roles_make_sense`


def _check_names(known: Sequence[str], asked: Sequence[str | None]) -> None:
    for name in asked:
        if name is not None and name not in known:
            raise WrongValue(
                Said(
                    "The table has no column '{name}'. Its columns are {names}.",
                    {"name": name[:40], "names": listed([label[:40] for label in known[:12]])},
                )
            )


def kind_of(column: ColumnSchema, asked: str | None) -> tuple[Kind, tuple[str, ...]]:
    """A column's kind, and the order of its levels where that was given.

    Args:
        asked: what a person says it is; `ordered` may say its order after a colon.

    Raises:
        WrongValue: it cannot be that.
    """
    if asked is None:
        return column.kind, ()
    kind, _, order = asked.partition(":")
    if kind not in KINDS:
        raise WrongValue(
            Said("'{kind}' is no kind of column. Expected {kinds}.", {"kind": kind[:40], "kinds": listed(KINDS)})
        )
    if kind in {"number", "date"} and column.kind != kind and not (kind == "number" and column.numbers):
        raise WrongValue(
            Said(
                "'{name}' holds {found}, so it cannot be read as '{kind}'.",
                {"name": column.name[:40], "found": column.kind, "kind": kind},
            )
        )
    if kind == "yes_no" and column.distinct != 2:
        raise WrongValue(
            Said(
                "'{name}' has {n} different values; a column of the kind 'yes_no' has two.",
                {"name": column.name[:40], "n": column.distinct},
            )
        )
    if kind in OF_LEVELS and not column.levels and column.distinct:
        raise WrongValue(
            Said(
                "'{name}' has {n:,} different values, too many to be a category.",
                {"name": column.name[:40], "n": column.distinct},
            )
        )
    levels = tuple(order.split("|")) if order else ()
    known = {value for value, _ in column.levels}
    if levels and set(levels) != known:
        raise WrongValue(
            Said(
                "The order of '{name}' must name each of its levels once: {levels}.",
                {"name": column.name[:40], "levels": listed(sorted(known))},
            )
        )
    return kind, levels


def _teaches_nothing(column: ColumnSchema, kind: Kind, rows: int) -> bool:
    """Constant, free text, or text with almost as many values as rows."""
    filled = rows - column.missing
    return column.distinct <= 1 or kind == "text" or (kind in OF_LEVELS and column.distinct >= 0.9 * filled > 2)


def _is_of_few_numbers(column: ColumnSchema, kind: Kind) -> bool:
    return kind == "number" and column.is_whole and column.distinct <= MAX_NUMBERS_AS_CLASSES


def _configured(column: ColumnSchema, kind: Kind, role: Role, order: tuple[str, ...], rows: int) -> ColumnConfig:
    if role == "target":
        _check_can_be_target(column, kind)
    levels = column.levels if kind in OF_LEVELS and role in {"input", "target"} else ()
    if order:
        counted = dict(column.levels)
        levels = tuple((level, counted[level]) for level in order)
    elif role == "input":
        levels = _most_frequent(levels)
    return ColumnConfig(
        name=column.name,
        kind=kind,
        role=role,
        categories=tuple(level for level, _ in levels),
        counts=tuple(count for _, count in levels),
        missing=rows - column.numbers if kind == "number" and column.numbers else column.missing,
    )


def _check_can_be_target(column: ColumnSchema, kind: Kind) -> None:
    name = column.name[:40]
    if kind == "text":
        raise WrongValue(
            Said("'{name}' is free text, and its values are no classes. Choose another target.", {"name": name})
        )
    if kind == "date":
        raise WrongValue(
            Said(
                "'{name}' is a column of dates, which cannot be predicted here. Choose another target.", {"name": name}
            )
        )
    if kind in OF_LEVELS and column.distinct > MAX_CLASSES:
        raise WrongValue(
            Said(
                "'{name}' has {n:,} different values, and a target has at most {most} classes. Choose another target.",
                {"name": name, "n": column.distinct, "most": MAX_CLASSES},
            )
        )
    if column.distinct < 2:
        raise WrongValue(
            Said(
                "'{name}' has the same value in every row, so there is nothing to predict. Choose another target.",
                {"name": name},
            )
        )


def _most_frequent(levels: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """At most `MAX_LEVELS` of them, in the order in which they came."""
    kept = {level for level, _ in sorted(levels, key=lambda each: -each[1])[:MAX_LEVELS]}
    return tuple(each for each in levels if each[0] in kept)


#: What a configuration may say of a table instead of `table`, besides its name.
SHORTHAND = ("target", "inputs", "group", "time", "ignored", "kinds")


def from_shorthand(content: str, given: Mapping[str, Any]) -> TableConfig:
    """The table of a configuration that names its content, a target and perhaps some roles.

    Raises:
        LookupError: nobody keeps this content.
        WrongValue: it cannot be used like that.
    """
    schema = find_schema(content)
    if schema is None:
        raise LookupError(content)
    target = given.get("target", None if schema.picture is None else OF_PICTURES)
    if not isinstance(target, str):
        raise WrongValue(
            Said(
                "target is missing: which column is to be predicted? The columns are {names}.",
                {"names": listed([label[:40] for label in labels(schema.columns)[:12]])},
            )
        )
    return describe_table(
        schema,
        target,
        inputs=_names(given, "inputs"),
        group=given.get("group"),
        time=given.get("time"),
        ignored=_names(given, "ignored"),
        kinds=given.get("kinds"),
    )


def _names(given: Mapping[str, Any], key: str) -> list[str] | None:
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, str) or not all(isinstance(each, str) for each in value):
        raise WrongValue(Said("{key} is a list of column names.", {"key": key}))
    return list(value)
