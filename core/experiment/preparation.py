"""How columns of a table become inputs of a network: what is asked for, and which inputs that gives.

`core.preparation` carries it out, on training rows only. Which inputs there are follows from the configuration alone,
so that a network can be drawn and counted before a row is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from core.errors import WrongValue
from core.experiment.checking import Frozen, no_booleans
from core.experiment.columns import ColumnConfig, labels
from core.experiment.scalings import Scaling
from core.words import N_, Said, listed

Missing = Literal["drop_rows", "drop_column", "mean", "median", "most_frequent"]
Outliers = Literal["keep", "clip", "drop"]
Encoding = Literal["one_hot", "ordinal"]
Balance = Literal["none", "weights", "oversample", "undersample"]

MISSING: tuple[Missing, ...] = get_args(Missing)
OUTLIERS: tuple[Outliers, ...] = get_args(Outliers)
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)
BALANCES: tuple[Balance, ...] = get_args(Balance)

MISSING_TITLES: dict[Missing, str] = {
    "drop_rows": N_("drop the row"),
    "drop_column": N_("drop the column"),
    "mean": N_("mean"),
    "median": N_("median"),
    "most_frequent": N_("most frequent value"),
}
OUTLIER_TITLES: dict[Outliers, str] = {
    "keep": N_("keep"),
    "clip": N_("clip"),
    "drop": N_("drop the row"),
}
ENCODING_TITLES: dict[Encoding, str] = {
    "one_hot": N_("an input for each level"),
    "ordinal": N_("the number of the level"),
}
BALANCE_TITLES: dict[Balance, str] = {
    "none": N_("none"),
    "weights": N_("class weights"),
    "oversample": N_("repeat rows of rare classes"),
    "undersample": N_("drop rows of frequent classes"),
}

MAX_RARE = 0.5

#: A number is far out beyond so many interquartile ranges from the quartiles: Tukey's outer fences (*Exploratory Data
#: Analysis*, 1977). His inner ones, 1.5, would call a tenth of a skewed laboratory value an outlier.
FENCE = 3.0

#: Settings of all columns that a single one may have otherwise.
_OF_ALL = ("missing", "indicator", "outliers", "encoding")


class ColumnPreparation(Frozen):
    """What is done otherwise with one column.

    Attributes:
        column: its label (`core.experiment.columns.labels`).
        missing, indicator, outliers, encoding, scaling: None as for all.
    """

    column: str
    missing: Missing | None = Field(None, exclude_if=lambda value: value is None)
    indicator: bool | None = Field(None, exclude_if=lambda value: value is None)
    outliers: Outliers | None = Field(None, exclude_if=lambda value: value is None)
    encoding: Encoding | None = Field(None, exclude_if=lambda value: value is None)
    scaling: Scaling | None = Field(None, exclude_if=lambda value: value is None)


class PreparationConfig(Frozen):
    """How missing values, outliers, categories and rare classes are dealt with.

    Attributes:
        missing: what stands where a value is missing. Categories have no mean: they get their most frequent level
            where there is no indicator.
        indicator: an input of its own says where a value was missing.
        outliers: of numbers, more than `FENCE` interquartile ranges from the quartiles of the training rows: kept,
            moved to that bound, or their training rows dropped.
        encoding: of categories without an order: an input for each level, or the number of the level.
        rare: levels with less than this share of the rows share one input.
        balance: whether rare classes weigh more, or rows are drawn until all classes are as frequent.
        columns: what is done otherwise with single columns.
    """

    missing: Missing = Field("median", exclude_if=lambda value: value == "median")
    indicator: bool = Field(True, exclude_if=lambda value: value is True)
    outliers: Outliers = Field("keep", exclude_if=lambda value: value == "keep")
    encoding: Encoding = Field("one_hot", exclude_if=lambda value: value == "one_hot")
    rare: Annotated[float, Field(ge=0.0, le=MAX_RARE, allow_inf_nan=False)] = Field(
        0.0, exclude_if=lambda value: value == 0
    )
    balance: Balance = Field("none", exclude_if=lambda value: value == "none")
    columns: tuple[ColumnPreparation, ...] = Field((), exclude_if=lambda value: not value)

    _numbers = field_validator("rare", mode="before")(no_booleans)

    @model_validator(mode="after")
    def _no_column_twice(self) -> Self:
        names = [each.column for each in self.columns]
        if len(set(names)) != len(names):
            raise WrongValue(Said("preparation names a column twice."))
        return self

    def of_column(self, label: str) -> ColumnPreparation:
        """What is done with a column: its own settings, and those of all where it has none."""
        own = next((each for each in self.columns if each.column == label), ColumnPreparation(column=label))
        common: dict[str, Any] = {name: getattr(self, name) for name in _OF_ALL}
        chosen = {name: value for name, value in own if value is not None}
        return ColumnPreparation(**{**common, **chosen})


@dataclass(frozen=True)
class PreparedColumn:
    """What becomes of one column.

    Attributes:
        place: of the column in the raw rows.
        label: its name.
        kind: `number` (numbers and dates), `level` (one input with the number of the level, among them columns of two
            levels), or `one_hot`.
        levels: (code, name) of the levels that have an input of their own; of `level` all of them.
        has_rest: further levels share one input.
        fill: how a missing value is replaced, None where missing is a level of its own or cannot be.
        indicator: an input says where the value was missing.
        outliers, scaling: of numbers and ordered levels.
        names: of the inputs that it gives, in their order.
    """

    place: int
    label: str
    kind: Literal["number", "level", "one_hot"]
    names: tuple[str, ...]
    levels: tuple[tuple[int, str], ...] = ()
    has_rest: bool = False
    fill: Literal["mean", "median", "most_frequent"] | None = None
    indicator: bool = False
    outliers: Outliers = "keep"
    scaling: Scaling = "none"


def prepared_columns(
    columns: Sequence[ColumnConfig], rows: int, preparation: PreparationConfig | None, scaling: Scaling
) -> tuple[PreparedColumn, ...]:
    """What becomes of each column that is kept.

    Args:
        columns: the inputs, in the order of the raw rows.
        rows: of the table.
        scaling: of columns without one of their own.

    Raises:
        WrongValue: a setting for a column that there is not, or no column is left.

    >>> age = ColumnConfig(name="age", kind="number", missing=3)
    >>> smoker = ColumnConfig(name="smoker", kind="yes_no", categories=("no", "yes"), counts=(6, 4))
    >>> [each.names for each in prepared_columns([age, smoker], 10, None, "standard")]
    [('age', 'age = ?'), ('smoker = yes',)]
    """
    preparation = preparation or PreparationConfig()
    names = labels(columns)
    unknown = [each.column for each in preparation.columns if each.column not in names]
    if unknown:
        raise WrongValue(
            Said(
                "preparation names the column '{name}', which is no input. The inputs are {names}.",
                {"name": unknown[0][:40], "names": listed([name[:40] for name in names[:12]])},
            )
        )
    prepared = []
    for place, (label, column) in enumerate(zip(names, columns, strict=True)):
        own = preparation.of_column(label)
        if column.missing and own.missing == "drop_column":
            continue
        prepared.append(_prepared(place, label, column, rows, own, preparation.rare, scaling))
    if not prepared:
        raise WrongValue(
            Said("Every input has missing values, and columns with missing values are dropped: none is left.")
        )
    return tuple(prepared)


def drops_rows(columns: Sequence[ColumnConfig], preparation: PreparationConfig | None) -> tuple[int, ...]:
    """The places of the columns in which a missing value drops the row."""
    if preparation is None:
        return ()
    named = zip(labels(columns), columns, strict=True)
    return tuple(
        place
        for place, (label, column) in enumerate(named)
        if column.missing and preparation.of_column(label).missing == "drop_rows"
    )


def _prepared(
    place: int,
    label: str,
    column: ColumnConfig,
    rows: int,
    own: ColumnPreparation,
    rare: float,
    scaling: Scaling,
) -> PreparedColumn:
    scaling = own.scaling or scaling
    can_miss = column.missing > 0 and own.missing != "drop_rows"
    indicator = can_miss and bool(own.indicator)
    mark = (f"{label} = ?",) if indicator else ()
    fill: Any = own.missing if own.missing in {"mean", "median", "most_frequent"} else "median"
    if column.kind in {"number", "date"}:
        return PreparedColumn(
            place,
            label,
            "number",
            (label, *mark),
            fill=fill if can_miss else None,
            indicator=indicator,
            outliers=own.outliers or "keep",
            scaling=scaling,
        )
    levels = tuple(enumerate(column.categories))
    if column.kind == "ordered" or (own.encoding == "ordinal" and len(levels) != 2):
        return PreparedColumn(
            place,
            label,
            "level",
            (label, *mark),
            levels=levels,
            fill=fill if can_miss else None,
            indicator=indicator,
            scaling=scaling,
        )
    rest = rows - column.missing - sum(column.counts)
    kept = tuple(level for level, count in zip(levels, column.counts, strict=True) if count >= rare * rows)
    has_rest = rest > 0 or len(kept) < len(levels)
    if len(kept) == 2 and not has_rest:
        return PreparedColumn(
            place,
            label,
            "level",
            (f"{label} = {levels[1][1]}", *mark),
            levels=levels,
            fill="most_frequent" if can_miss else None,
            indicator=indicator,
        )
    return PreparedColumn(
        place,
        label,
        "one_hot",
        tuple(_one_hot_names(label, kept, has_rest, indicator)),
        levels=kept,
        has_rest=has_rest,
        fill="most_frequent" if can_miss and not indicator else None,
        indicator=indicator,
    )


def _one_hot_names(label: str, levels: Sequence[tuple[int, str]], has_rest: bool, indicator: bool) -> Iterator[str]:
    for _, level in levels:
        yield f"{label} = {level}"
    if has_rest:
        yield f"{label} = …"
    if indicator:
        yield f"{label} = ?"
