"""What can be broken in a data set on purpose, how strongly, and from which seed.

`core.faults` carries it out, before rows are split. How many rows and which columns there are afterwards follows from
the configuration alone (`rows_after`, `added_columns`, `columns_with_missing`), so that a network can be drawn and
counted before a row is read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from core.errors import WrongValue
from core.experiment.checking import Frozen, no_booleans
from core.experiment.columns import ColumnConfig, labels
from core.words import N_, Said, listed

_Share = Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)]

#: The column that a leak adds. What is written down after the diagnosis is no input of a diagnosis.
LEAK_COLUMN = N_("treatment score")

MAX_TIMES = 20
_MAX_FAULT_SEED = 2**32 - 1


def _left_out_at(default: Any, **bounds: Any) -> Any:
    """A field that JSON holds only where it is not at its default."""
    return Field(default, exclude_if=lambda value: value == default, **bounds)


class _Fault(Frozen):
    """What all faults have.

    Attributes:
        seed: draws the rows. The same seed breaks the same rows.
    """

    seed: int = _left_out_at(0, ge=0, le=_MAX_FAULT_SEED)

    _numbers = field_validator(
        *("seed", "share", "prevalence", "spread", "times", "factor", "offset", "quantile"),
        mode="before",
        check_fields=False,
    )(no_booleans)


class MissingAtRandom(_Fault):
    """Values are missing, whoever they belong to.

    Attributes:
        share: of the rows, in each of the columns.
        columns: None for the second half of the columns.
    """

    kind: Literal["missing_at_random"] = "missing_at_random"
    share: _Share = _left_out_at(0.3)
    columns: tuple[str, ...] | None = _left_out_at(None)


class MissingByTarget(_Fault):
    """Values are missing in rows that are not of the event: nobody measured the healthy.

    Attributes:
        share: of these rows, in each of the columns.
        columns: None for the second half of the columns.
    """

    kind: Literal["missing_by_target"] = "missing_by_target"
    share: _Share = _left_out_at(0.6)
    columns: tuple[str, ...] | None = _left_out_at(None)


class WrongLabels(_Fault):
    """Rows of all classes are labelled as one of another class.

    Attributes:
        share: of the rows of each class.
    """

    kind: Literal["wrong_labels"] = "wrong_labels"
    share: _Share = _left_out_at(0.2)


class MissedCases(_Fault):
    """Rows of the event are labelled as if they were none; nobody is called ill by mistake.

    Attributes:
        share: of the rows of the event.
    """

    kind: Literal["missed_cases"] = "missed_cases"
    share: _Share = _left_out_at(0.6)


class Imbalance(_Fault):
    """Rows of the event are rare where the network learns: the others were not collected.

    Attributes:
        prevalence: share of the event that is left. Nothing is done where it is rarer already.
    """

    kind: Literal["imbalance"] = "imbalance"
    prevalence: Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)] = _left_out_at(0.05)


class Leak(_Fault):
    """A further column gives the target away, and does not exist where the network is used.

    Attributes:
        spread: standard deviation of the noise on it; the event itself is 1, everything else 0.
    """

    kind: Literal["leak"] = "leak"
    spread: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)] = _left_out_at(0.3)


class Copies(_Fault):
    """Rows occur several times, so that the split puts the same patient on both sides.

    Attributes:
        share: of the rows of each class that are copied.
        times: how often each of them stands in the table then.
    """

    kind: Literal["copies"] = "copies"
    share: _Share = _left_out_at(0.5)
    times: int = _left_out_at(4, ge=2, le=MAX_TIMES)


class OtherUnits(_Fault):
    """Outside, a column comes in another unit.

    Attributes:
        column: None for the column of numbers that tells the event best.
        factor: 18 makes mg/dL of mmol/L of glucose.
    """

    kind: Literal["units"] = "units"
    column: str | None = _left_out_at(None)
    factor: Annotated[float, Field(gt=0.0, le=1e6, allow_inf_nan=False)] = _left_out_at(18.0)


class OtherDevice(_Fault):
    """Where the network learns, the ill were measured with another device than the healthy; it shows more.

    Attributes:
        column: None for the column of numbers that tells the event best.
        offset: what the device adds, in standard deviations of the column.
        share: of the rows of the event that were measured with it.
    """

    kind: Literal["device"] = "device"
    column: str | None = _left_out_at(None)
    offset: Annotated[float, Field(ge=-10.0, le=10.0, allow_inf_nan=False)] = _left_out_at(1.5)
    share: _Share = _left_out_at(0.95)


class StuckDevice(_Fault):
    """Outside, a device shows the same value for everybody.

    Attributes:
        column: None for the column of numbers that tells the event best.
        quantile: the value, as a quantile of the column outside.
    """

    kind: Literal["stuck_device"] = "stuck_device"
    column: str | None = _left_out_at(None)
    quantile: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)] = _left_out_at(0.95)


class Screening(_Fault):
    """Outside, the event is rare: everybody is tested, not only who is suspected to be ill.

    Attributes:
        prevalence: share of the event outside.
    """

    kind: Literal["screening"] = "screening"
    prevalence: Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)] = _left_out_at(0.05)


AnyFault = (
    MissingAtRandom
    | MissingByTarget
    | WrongLabels
    | MissedCases
    | Imbalance
    | Leak
    | Copies
    | OtherUnits
    | OtherDevice
    | StuckDevice
    | Screening
)
_Missing = Annotated[MissingAtRandom | MissingByTarget, Field(discriminator="kind")]
_Labels = Annotated[WrongLabels | MissedCases, Field(discriminator="kind")]
_Shift = Annotated[OtherUnits | OtherDevice | StuckDevice | Screening, Field(discriminator="kind")]


#: A few words for each kind of fault; marked.
FAULT_TITLES: dict[str, str] = {
    "missing_at_random": N_("Missing values, at random"),
    "missing_by_target": N_("Missing values, in the healthy"),
    "wrong_labels": N_("Wrong labels, both ways"),
    "missed_cases": N_("Wrong labels, one way"),
    "imbalance": N_("Few cases"),
    "leak": N_("A leak"),
    "copies": N_("Copies across the split"),
    "units": N_("Another hospital: other units"),
    "device": N_("Another device for the ill"),
    "stuck_device": N_("Another hospital: a stuck device"),
    "screening": N_("Another hospital: screening"),
}


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

    missing: _Missing | None = _left_out_at(None)
    wrong_labels: _Labels | None = _left_out_at(None)
    imbalance: Imbalance | None = _left_out_at(None)
    leak: Leak | None = _left_out_at(None)
    duplicates: Copies | None = _left_out_at(None)
    shift: _Shift | None = _left_out_at(None)

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

        >>> FaultsConfig(wrong_labels=WrongLabels(), duplicates=Copies(share=0.8)).rows_after((448, 352), 1)
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
            name: fault.model_copy(update={"seed": (fault.seed + seed) % (_MAX_FAULT_SEED + 1)})
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
