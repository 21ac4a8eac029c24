"""A table in a link: what is said of its columns, split and preparation, in words that can be edited by hand.

    ?dataset=csv-…&target=ill&group=hospital&ignored=note&kinds=stage:ordered:low|high&preparation=missing-mean

A list is written with commas. In a column's name `%`, commas and colons are written as `%25`, `%2C` and `%3A`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import WrongValue
from core.experiment.columns import ColumnConfig, labels
from core.experiment.preparation import ColumnPreparation, PreparationConfig
from core.experiment.table import TableConfig
from core.experiment.table_roles import describe_table
from core.experiment.table_schema import find_schema
from core.experiment.text import plain_number, shortened
from core.words import Said, listed


@dataclass(frozen=True)
class TableWords:
    """What a link says of a table; None where the usual is meant."""

    target: str | None
    inputs: tuple[str, ...] | None = None
    group: str | None = None
    time: str | None = None
    ignored: tuple[str, ...] | None = None
    kinds: Mapping[str, str] | None = None


def words_of(table: TableConfig) -> TableWords:
    """What has to be said of a table for its configuration to come out again.

    Of a table that nobody keeps here everything is said: what is usual for it is not known.
    """
    if table.picture is not None:
        return TableWords(None)
    names = labels(table.columns)
    role_of = {label: column.role for label, column in zip(names, table.columns, strict=True)}
    target = names[table.columns.index(table.target)]
    group, time = (_label_of(table, role) for role in ("group", "time"))
    schema = find_schema(table.content)
    inputs = tuple(label for label in names if role_of[label] == "input")
    if schema is None:
        kinds = {label: _kind(column) for label, column in zip(names, table.columns, strict=True)}
        return TableWords(target, inputs, group, time, None, kinds)
    try:
        usual = describe_table(schema, target, group=group, time=time)
    except WrongValue:
        usual = None  # as a target or an input it needs another kind
    kinds = {
        label: _kind(column)
        for label, column, other in zip(names, table.columns, usual.columns if usual else table.columns, strict=True)
        if usual is None or _kind(column) != _kind(other)
    }
    usual_inputs = (
        [label for label, column in zip(names, usual.columns, strict=True) if column.role == "input"] if usual else []
    )
    left_out = tuple(label for label in usual_inputs if label not in inputs)
    if usual is not None and list(inputs) == usual_inputs:
        return TableWords(target, None, group, time, None, kinds or None)
    if usual is not None and set(inputs) < set(usual_inputs) and len(left_out) < len(inputs):
        return TableWords(target, None, group, time, left_out, kinds or None)
    return TableWords(target, inputs, group, time, None, kinds or None)


def _label_of(table: TableConfig, role: Any) -> str | None:
    place = table.place_of(role)
    return None if place is None else labels(table.columns)[place]


def _kind(column: ColumnConfig) -> str:
    if column.kind == "ordered" and column.categories:
        return f"ordered:{'|'.join(column.categories)}"
    return column.kind


def write_names(names: Sequence[str]) -> str:
    """Column names as a list.

    >>> write_names(["age", "height, cm"])
    'age,height%2C cm'
    """
    return ",".join(map(_escaped, names))


def read_names(text: str) -> list[str]:
    """The same back.

    >>> read_names("age,height%2C cm")
    ['age', 'height, cm']
    """
    return [_plain(name) for name in text.split(",")] if text else []


def write_kinds(kinds: Mapping[str, str]) -> str:
    """Kinds by column.

    >>> write_kinds({"stage": "ordered:low|high"})
    'stage:ordered:low|high'
    """
    parts = []
    for label, kind in kinds.items():
        name, _, order = kind.partition(":")
        parts.append(f"{_escaped(label)}:{name}" + (f":{_escaped(order)}" if order else ""))
    return ",".join(parts)


def read_kinds(text: str) -> dict[str, str]:
    """The same back.

    Raises:
        WrongValue: a part that is not a column and a kind.
    """
    kinds = {}
    for part in text.split(","):
        label, colon, kind = part.partition(":")
        if not colon:
            raise WrongValue(Said("expected column:kind, received '{received}'", {"received": shortened(part)}))
        kinds[_plain(label)] = _plain(kind)
    return kinds


def write_preparation(preparation: PreparationConfig) -> str:
    """What is not as usual.

    >>> write_preparation(PreparationConfig(missing="mean", columns=[{"column": "age", "indicator": False}]))
    'missing-mean,age:indicator-off'
    """
    parts = [f"{name}-{_written(value)}" for name, value in _unusual(preparation)]
    for column in preparation.columns:
        own = [(name, value) for name, value in column if name != "column" and value is not None]
        parts += [f"{_escaped(column.column)}:{name}-{_written(value)}" for name, value in own]
    return ",".join(parts) or "usual"


def _unusual(preparation: PreparationConfig) -> Iterator[tuple[str, Any]]:
    usual = PreparationConfig()
    for name, value in preparation:
        if name != "columns" and value != getattr(usual, name):
            yield name, value


def read_preparation(text: str) -> dict[str, Any]:
    """The same back, as what `PreparationConfig` validates.

    Raises:
        WrongValue: a part that is no setting and value.

    >>> read_preparation("missing-mean,age:indicator-off")
    {'missing': 'mean', 'columns': [{'column': 'age', 'indicator': False}]}
    """
    settings: dict[str, Any] = {}
    columns: dict[str, dict[str, Any]] = {}
    for part in [] if text == "usual" else text.split(","):
        before, colon, after = part.rpartition(":")
        name, dash, value = after.partition("-")
        known = ColumnPreparation.model_fields if colon else PreparationConfig.model_fields
        if not dash or name not in known or name in {"column", "columns"}:
            raise WrongValue(
                Said(
                    "expected a setting and its value such as missing-mean, received '{received}'; the settings are "
                    "{names}",
                    {"received": shortened(part), "names": listed(n for n in known if n not in {"column", "columns"})},
                )
            )
        into = columns.setdefault(_plain(before), {"column": _plain(before)}) if colon else settings
        into[name] = _READ.get(name, str)(value)
    return {**settings, **({"columns": list(columns.values())} if columns else {})}


def _read_switch(text: str) -> bool:
    if text not in {"on", "off"}:
        raise WrongValue(Said("expected on or off, received '{received}'", {"received": shortened(text)}))
    return text == "on"


_READ: dict[str, Callable[[str], Any]] = {"indicator": _read_switch, "rare": float}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain_number(value) if isinstance(value, float) else str(value)


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")


def _plain(text: str) -> str:
    return text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
