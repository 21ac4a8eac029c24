"""A column of a table: its kind, its role, what an experiment holds of it, and the label that no other column has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal, Protocol, Self, get_args

from pydantic import Field, model_validator

from core.errors import WrongValue
from core.experiment.checking import Frozen
from core.words import N_, Said

Kind = Literal["number", "category", "ordered", "yes_no", "date", "text"]
Role = Literal["input", "target", "group", "time", "ignored"]

KINDS: tuple[Kind, ...] = get_args(Kind)

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


class Named(Protocol):
    """Whatever has a name as a column has: as the table has it, which may be empty or repeated."""

    @property
    def name(self) -> str: ...


def labels(columns: Sequence[Named]) -> tuple[str, ...]:
    """A name for each column that no other has: repeated ones are numbered, empty ones say their place.

    >>> labels([ColumnConfig(name=name, kind="number") for name in ("age", "", "age")])
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
