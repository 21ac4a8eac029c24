"""What is broken in a data set on purpose, together, and which rows and columns there are then.

`core.experiment.fault_kinds` has each fault; `core.faults` carries them out, before rows are split. How many rows and
which columns there are afterwards follows from the configuration alone (`rows_after`, `columns_after`), so that a
network can be drawn and counted before a row is read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import model_validator

from core.errors import WrongValue
from core.experiment.checking import Frozen
from core.experiment.columns import ColumnConfig, labels
from core.experiment.fault_kinds import (
    LEAK_COLUMN,
    MAX_FAULT_SEED,
    AnyFault,
    AnyLabels,
    AnyMissing,
    AnyShift,
    Copies,
    Imbalance,
    Leak,
    MissedCases,
    OtherUnits,
    Screening,
    StuckDevice,
    left_out_at,
)
from core.words import Said, listed


class FaultsConfig(Frozen):
    """What is broken; nothing where nothing is said.

    Attributes:
        missing, wrong_labels, imbalance, leak, duplicates: where the network learns, before the split.
        shift: where the network learns and where it is used are not alike.

    >>> FaultsConfig().model_dump_json()
    '{}'
    >>> FaultsConfig.model_validate({"leak": {}}).model_dump(mode="json")
    {'leak': {'kind': 'leak'}}
    """

    missing: AnyMissing | None = left_out_at(None)
    wrong_labels: AnyLabels | None = left_out_at(None)
    imbalance: Imbalance | None = left_out_at(None)
    leak: Leak | None = left_out_at(None)
    duplicates: Copies | None = left_out_at(None)
    shift: AnyShift | None = left_out_at(None)

    #: The parts in the order in which they happen: who comes, what is measured of them, what is written down.
    ORDER: ClassVar[tuple[str, ...]] = ("imbalance", "missing", "shift", "wrong_labels", "leak", "duplicates")

    @model_validator(mode="after")
    def _columns_are_named_once(self) -> Self:
        columns = self.missing.columns if self.missing else None
        if columns is not None and (not columns or len(set(columns)) != len(columns)):
            raise WrongValue(Said("faults: name each column with missing values once, and at least one."))
        return self

    @property
    def parts(self) -> tuple[AnyFault, ...]:
        """The faults that there are, in the order in which they happen."""
        found = (getattr(self, name) for name in self.ORDER)
        return tuple(fault for fault in found if fault is not None)

    @property
    def breaks_source(self) -> bool:
        """Whether the rows to learn from are touched, and not only those outside."""
        return any(not isinstance(fault, OtherUnits | StuckDevice | Screening) for fault in self.parts)

    @property
    def added_columns(self) -> tuple[str, ...]:
        """Columns of numbers that come after those of the data set."""
        return (LEAK_COLUMN,) if self.leak is not None else ()

    def columns_with_missing(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Which of the data set's columns get missing values.

        Raises:
            WrongValue: a column is named that there is not.
        """
        if self.missing is None:
            return ()
        chosen = self.missing.columns
        if chosen is None:
            return tuple(columns[len(columns) // 2 :])
        check_columns(chosen, columns)
        return chosen

    def columns_after(self, columns: Sequence[ColumnConfig]) -> tuple[ColumnConfig, ...]:
        """The inputs as they are then: some may lack values, and a leak comes last.

        Raises:
            WrongValue: a column is named that there is not.
        """
        names = labels(columns)
        lacking = self.columns_with_missing(names)
        after = [
            column.model_copy(update={"missing": max(1, column.missing)}) if name in lacking else column
            for name, column in zip(names, columns, strict=True)
        ]
        return (*after, *(ColumnConfig(name=name, kind="number") for name in self.added_columns))

    def rows_after(self, class_rows: Sequence[int], event: int) -> tuple[int, ...]:
        """Rows of each class, before the split.

        Args:
            class_rows: without faults.
            event: the class that the faults are about.

        >>> both = {"wrong_labels": {"kind": "wrong_labels"}, "duplicates": {"share": 0.8}}
        >>> FaultsConfig.model_validate(both).rows_after((448, 352), 1)
        (1454, 1266)
        """
        rows = list(class_rows)
        if self.imbalance is not None:
            rows[event] = kept_of_event(rows, event, self.imbalance.prevalence)
        if isinstance(self.wrong_labels, MissedCases):
            wrong = part_of(rows[event], self.wrong_labels.share)
            rows[event] -= wrong
            for label, more in enumerate(spread_over_others(wrong, event, len(rows))):
                rows[label] += more
        elif self.wrong_labels is not None:
            wrong_of = [part_of(each, self.wrong_labels.share) for each in rows]
            for label, wrong in enumerate(wrong_of):
                rows[label] -= wrong
                for other, more in enumerate(spread_over_others(wrong, label, len(rows))):
                    rows[other] += more
        if self.duplicates is not None:
            rows = [each + part_of(each, self.duplicates.share) * (self.duplicates.times - 1) for each in rows]
        return tuple(rows)

    def with_seed(self, seed: int) -> FaultsConfig:
        """The same faults with other rows: each seed is moved by `seed`."""
        moved = {
            name: fault.model_copy(update={"seed": (fault.seed + seed) % (MAX_FAULT_SEED + 1)})
            for name in self.ORDER
            if (fault := getattr(self, name)) is not None
        }
        return self.model_copy(update=moved)


def check_columns(asked: Sequence[str], columns: Sequence[str]) -> None:
    """Whether there are such columns.

    Raises:
        WrongValue: there are not.
    """
    for name in asked:
        if name not in columns:
            raise WrongValue(
                Said(
                    "faults: there is no column '{name}'. Choose from {names}.",
                    {"name": name[:40], "names": listed([each[:40] for each in columns[:12]])},
                )
            )


def part_of(rows: int, share: float) -> int:
    """How many of some rows a share of them is: to the nearest, halves up.

    >>> part_of(5, 0.5), part_of(3, 0.01)
    (3, 0)
    """
    return math.floor(rows * share + 0.5)


def kept_of_event(class_rows: Sequence[int], event: int, prevalence: float) -> int:
    """Rows of the event that are left where they become rare; at least two, so that both sides of a split get one."""
    others = sum(class_rows) - class_rows[event]
    return min(class_rows[event], max(2, part_of(others, prevalence / (1.0 - prevalence))))


def spread_over_others(rows: int, label: int, classes: int) -> list[int]:
    """How many of some rows get each of the other classes: as equally as it goes, lower ones first.

    >>> spread_over_others(5, 0, 3)
    [0, 3, 2]
    """
    others = classes - 1
    counts = [rows // others + (place < rows % others) for place in range(others)]
    return [*counts[:label], 0, *counts[label:]]
