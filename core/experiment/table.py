"""A table of somebody's own: what an experiment holds of it, and how a target alone leads to that.

    TableSchema   what is known of a kept table without reading its rows
    TableConfig   what an experiment takes of it: columns with kind and role, classes, task

Reads no file. Whoever keeps tables registers where a schema is found (`register_resolver`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from core.errors import WrongValue
from core.experiment.checking import Frozen
from core.experiment.task import Task
from core.words import N_, Said, listed

Kind = Literal["number", "category", "ordered", "yes_no", "date", "text"]
Role = Literal["input", "target", "group", "time", "ignored"]

KINDS: tuple[Kind, ...] = get_args(Kind)
ROLES: tuple[Role, ...] = get_args(Role)

KIND_TITLES: dict[Kind, str] = {
    "number": N_("number"),
    "category": N_("category"),
    "ordered": N_("ordered category"),
    "yes_no": N_("yes or no"),
    "date": N_("date"),
    "text": N_("text"),
}

ROLE_TITLES: dict[Role, str] = {
    "input": N_("input"),
    "target": N_("target"),
    "group": N_("group"),
    "time": N_("time"),
    "ignored": N_("ignored"),
}

#: Kinds whose values are levels: each has a place in `categories`.
OF_LEVELS = frozenset({"category", "ordered", "yes_no"})

#: Levels of an input that get a place of their own; the rarest of more share one.
MAX_LEVELS = 32

#: Most classes of a target: what a confusion matrix can show and a table can teach.
MAX_CLASSES = 50

#: Whole numbers with at most so many different values are classes, when they are the target.
MAX_NUMBERS_AS_CLASSES = 10

MAX_COLUMNS = 1_000

_CONTENT = re.compile(r"(?:csv|zip)-[0-9a-f]{32}")

#: Pixels along the sides and channels of pictures that people bring: (rows, columns, channels).
PictureShape = tuple[
    Annotated[int, Field(ge=1, le=64)], Annotated[int, Field(ge=1, le=64)], Annotated[int, Field(ge=1, le=3)]
]

#: What the classes of pictures are called as a column.
OF_PICTURES = "class"


def is_content(name: str) -> bool:
    """Whether a data set's name is that of a kept table, or of kept pictures.

    >>> is_content("csv-0123456789abcdef0123456789abcdef"), is_content("iris")
    (True, False)
    """
    return _CONTENT.fullmatch(name) is not None


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


class ColumnConfig(Frozen):
    """A column in an experiment.

    Attributes:
        name: as the table has it; may be empty or repeated (`labels` tells columns apart).
        categories: the levels of an input that get a place of their own, or the classes of a target, in order.
        counts: rows of each of them.
        missing: rows without a value.
    """

    name: str = Field(max_length=32_767)
    kind: Kind
    role: Role = Field("input", exclude_if=lambda role: role == "input")
    categories: tuple[str, ...] = Field((), exclude_if=lambda levels: not levels)
    counts: tuple[Annotated[int, Field(ge=0)], ...] = Field((), exclude_if=lambda counts: not counts)
    missing: int = Field(0, ge=0, exclude_if=lambda missing: missing == 0)

    @model_validator(mode="after")
    def _levels_are_counted(self) -> Self:
        if len(self.categories) != len(self.counts):
            raise WrongValue(
                Said(
                    "The column '{name}' has {levels} categories and {counts} counts. Expected a count for each.",
                    {"name": self.name[:40], "levels": len(self.categories), "counts": len(self.counts)},
                )
            )
        return self


class TableConfig(Frozen):
    """What an experiment takes of a table. Enough to know classes, rows and inputs without the file.

    Attributes:
        rows: of the table, those without a target included.
        picture: (rows, columns, channels) of the picture that each row has; its pixels are then the inputs, and the
            only column is the target. None of a table.
    """

    content: str = Field(pattern=_CONTENT.pattern)
    title: str = Field("", max_length=200, exclude_if=lambda title: not title)
    rows: int = Field(ge=1)
    columns: tuple[ColumnConfig, ...] = Field(max_length=MAX_COLUMNS)
    task: Task
    picture: PictureShape | None = Field(None, exclude_if=lambda picture: picture is None)

    @model_validator(mode="after")
    def _roles_make_sense(self) -> Self:
        roles = Counter(column.role for column in self.columns)
        if roles["target"] != 1:
            raise WrongValue(Said("A table needs one target, and {n} columns have that role.", {"n": roles["target"]}))
        for role in ("group", "time"):
            if roles[role] > 1:
                raise WrongValue(
                    Said("{n} columns have the role '{role}'; at most one can.", {"n": roles[role], "role": role})
                )
        if not roles["input"] and self.picture is None:
            raise WrongValue(Said("No column is left as an input. Give at least one column the role 'input'."))
        for label, column in zip(labels(self.columns), self.columns, strict=True):
            if column.role == "input" and column.kind == "text":
                raise WrongValue(
                    Said(
                        "'{name}' is free text, which a network of numbers cannot take. Give it the role 'ignored', or "
                        "make it a category.",
                        {"name": label[:40]},
                    )
                )
        _check_target(self.target, self.task)
        return self

    @property
    def target(self) -> ColumnConfig:
        """The column that is predicted."""
        return next(column for column in self.columns if column.role == "target")

    @property
    def inputs(self) -> tuple[ColumnConfig, ...]:
        """The columns that the network sees, in the table's order."""
        return tuple(column for column in self.columns if column.role == "input")

    @property
    def labelled_rows(self) -> int:
        """Rows with a target: the others can teach nothing."""
        return self.rows - self.target.missing

    def place_of(self, role: Role) -> int | None:
        """The place of the column with a role, None where none has it."""
        return next((place for place, column in enumerate(self.columns) if column.role == role), None)


def _check_target(target: ColumnConfig, task: Task) -> None:
    if task == "regression":
        if target.kind != "number":
            raise WrongValue(
                Said("'{name}' is not a column of numbers, so no number can be predicted.", {"name": target.name[:40]})
            )
        return
    if len(target.categories) < 2:
        raise WrongValue(
            Said(
                "'{name}' has {classes} different values. Expected at least two classes: choose another target.",
                {"name": target.name[:40], "classes": len(target.categories)},
            )
        )


def labels(columns: Sequence[ColumnConfig | ColumnSchema]) -> tuple[str, ...]:
    """A name for each column that no other has: repeated ones are numbered, empty ones say their place.

    >>> labels([ColumnSchema("age", "number"), ColumnSchema("", "text"), ColumnSchema("age", "number")])
    ('age', '#2', 'age (2)')
    """
    taken: set[str] = {column.name for column in columns if column.name}
    seen: Counter[str] = Counter()
    result = []
    for place, column in enumerate(columns, start=1):
        seen[column.name] += 1
        label = column.name or f"#{place}"
        number = seen[column.name] if column.name else 1
        if number > 1:
            while (label := f"{column.name} ({number})") in taken:
                number += 1
            taken.add(label)
        result.append(label)
    return tuple(result)


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


_Resolver = Callable[[str], TableSchema | None]
_resolvers: list[_Resolver] = []


def register_resolver(resolver: _Resolver) -> None:
    """Say where schemas of kept tables are found: a function from a content's name to its schema, or None."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def find_schema(content: str) -> TableSchema | None:
    """What is known of a kept table; None where nobody keeps it (any more)."""
    return next((schema for resolver in _resolvers if (schema := resolver(content)) is not None), None)


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
