"""What an experiment takes of a table of somebody's own: its columns with kind and role, its classes, its task.

How a target alone leads to that: `core.experiment.table_roles`.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Self

from pydantic import Field, model_validator

from core.errors import WrongValue
from core.experiment.checking import Frozen
from core.experiment.columns import ColumnConfig, Role, labels
from core.experiment.table_schema import CONTENT
from core.experiment.task import Task
from core.words import Said

MAX_COLUMNS = 1_000

#: Pixels along the sides and channels of pictures that people bring: (rows, columns, channels).
PictureShape = tuple[
    Annotated[int, Field(ge=1, le=64)], Annotated[int, Field(ge=1, le=64)], Annotated[int, Field(ge=1, le=3)]
]


class TableConfig(Frozen):
    """What an experiment takes of a table. Enough to know classes, rows and inputs without the file.

    Attributes:
        rows: of the table, those without a target included.
        picture: (rows, columns, channels) of the picture that each row has; its pixels are then the inputs, and the
            only column is the target. None of a table.
    """

    content: str = Field(pattern=CONTENT.pattern)
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
