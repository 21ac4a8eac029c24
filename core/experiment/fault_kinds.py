"""What can be broken in a data set on purpose: each kind of fault, how strongly it breaks rows, and from which seed.

`core.experiment.faults` puts them together; `core.faults` carries them out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from core.experiment.checking import Frozen, no_booleans
from core.words import N_

_Share = Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)]

#: The column that a leak adds. What is written down after the diagnosis is no input of a diagnosis.
LEAK_COLUMN = N_("treatment score")

MAX_TIMES = 20
MAX_FAULT_SEED = 2**32 - 1


def left_out_at(default: Any, **bounds: Any) -> Any:
    """A field that JSON holds only where it is not at its default."""
    return Field(default, exclude_if=lambda value: value == default, **bounds)


class _Fault(Frozen):
    """What all faults have.

    Attributes:
        seed: draws the rows. The same seed breaks the same rows.
    """

    seed: int = left_out_at(0, ge=0, le=MAX_FAULT_SEED)

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
    share: _Share = left_out_at(0.3)
    columns: tuple[str, ...] | None = left_out_at(None)


class MissingByTarget(_Fault):
    """Values are missing in rows that are not of the event: nobody measured the healthy.

    Attributes:
        share: of these rows, in each of the columns.
        columns: None for the second half of the columns.
    """

    kind: Literal["missing_by_target"] = "missing_by_target"
    share: _Share = left_out_at(0.6)
    columns: tuple[str, ...] | None = left_out_at(None)


class WrongLabels(_Fault):
    """Rows of all classes are labelled as one of another class.

    Attributes:
        share: of the rows of each class.
    """

    kind: Literal["wrong_labels"] = "wrong_labels"
    share: _Share = left_out_at(0.2)


class MissedCases(_Fault):
    """Rows of the event are labelled as if they were none; nobody is called ill by mistake.

    Attributes:
        share: of the rows of the event.
    """

    kind: Literal["missed_cases"] = "missed_cases"
    share: _Share = left_out_at(0.6)


class Imbalance(_Fault):
    """Rows of the event are rare where the network learns: the others were not collected.

    Attributes:
        prevalence: share of the event that is left. Nothing is done where it is rarer already.
    """

    kind: Literal["imbalance"] = "imbalance"
    prevalence: Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)] = left_out_at(0.05)


class Leak(_Fault):
    """A further column gives the target away, and does not exist where the network is used.

    Attributes:
        spread: standard deviation of the noise on it; the event itself is 1, everything else 0.
    """

    kind: Literal["leak"] = "leak"
    spread: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)] = left_out_at(0.3)


class Copies(_Fault):
    """Rows occur several times, so that the split puts the same patient on both sides.

    Attributes:
        share: of the rows of each class that are copied.
        times: how often each of them stands in the table then.
    """

    kind: Literal["copies"] = "copies"
    share: _Share = left_out_at(0.5)
    times: int = left_out_at(4, ge=2, le=MAX_TIMES)


class OtherUnits(_Fault):
    """Outside, a column comes in another unit.

    Attributes:
        column: None for the column of numbers that tells the event best.
        factor: 18 makes mg/dL of mmol/L of glucose.
    """

    kind: Literal["units"] = "units"
    column: str | None = left_out_at(None)
    factor: Annotated[float, Field(gt=0.0, le=1e6, allow_inf_nan=False)] = left_out_at(18.0)


class OtherDevice(_Fault):
    """Where the network learns, the ill were measured with another device than the healthy; it shows more.

    Attributes:
        column: None for the column of numbers that tells the event best.
        offset: what the device adds, in standard deviations of the column.
        share: of the rows of the event that were measured with it.
    """

    kind: Literal["device"] = "device"
    column: str | None = left_out_at(None)
    offset: Annotated[float, Field(ge=-10.0, le=10.0, allow_inf_nan=False)] = left_out_at(1.5)
    share: _Share = left_out_at(0.95)


class StuckDevice(_Fault):
    """Outside, a device shows the same value for everybody.

    Attributes:
        column: None for the column of numbers that tells the event best.
        quantile: the value, as a quantile of the column outside.
    """

    kind: Literal["stuck_device"] = "stuck_device"
    column: str | None = left_out_at(None)
    quantile: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)] = left_out_at(0.95)


class Screening(_Fault):
    """Outside, the event is rare: everybody is tested, not only who is suspected to be ill.

    Attributes:
        prevalence: share of the event outside.
    """

    kind: Literal["screening"] = "screening"
    prevalence: Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)] = left_out_at(0.05)


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

#: Which of them a part of `FaultsConfig` may be.
AnyMissing = Annotated[MissingAtRandom | MissingByTarget, Field(discriminator="kind")]
AnyLabels = Annotated[WrongLabels | MissedCases, Field(discriminator="kind")]
AnyShift = Annotated[OtherUnits | OtherDevice | StuckDevice | Screening, Field(discriminator="kind")]


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
