"""The columns that somebody is asked for: what kind they are of, and what the training rows hold of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.experiment.columns import OF_LEVELS, Kind
from core.experiment.config import ExperimentConfig

#: A column of numbers with at most so many different ones takes only these: a code, a count, yes and no as 0 and 1.
_FEW = 10

#: Decimals that are looked for in a column of numbers.
_MOST_DECIMALS = 6

#: Rows in which they are looked for.
_ROWS = 500


@dataclass(frozen=True)
class AskedColumn:
    """One column of the source that the network sees.

    Attributes:
        place: in the raw rows.
        name: as the source has it.
        levels: of a category, in order; the raw value is the place of the level.
        low, high: the smallest and the largest value of the training rows, in the source's units; of a category 0 and
            the last level. None where no training row has a value.
        typical: their median, of a category the commonest level.
        few: all values of the training rows where there are few; empty where there are many.
        decimals: with which the source writes its numbers.
        may_miss: a missing value is filled as the preparation says.
        pixel: it is one of a picture, and nothing that anybody would type.
    """

    place: int
    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    typical: float | None = None
    few: tuple[float, ...] = ()
    decimals: int = 0
    may_miss: bool = False
    pixel: bool = False

    @property
    def is_level(self) -> bool:
        """Whether its values are levels and no numbers."""
        return self.kind in OF_LEVELS and bool(self.levels)

    @property
    def width(self) -> float:
        """How wide the range of the training rows is."""
        return 0.0 if self.low is None or self.high is None else self.high - self.low

    def outside(self, values: np.ndarray) -> np.ndarray:
        """Which values the training rows do not reach, (n,) -> (n,) bool; a missing one is not among them."""
        if self.low is None or self.high is None:
            return ~np.isnan(values)
        slack = 1e-9 * max(abs(self.low), abs(self.high), 1e-12)
        return (values < self.low - slack) | (values > self.high + slack)

    def far_outside(self, values: np.ndarray) -> np.ndarray:
        """Which numbers lie outside by more than the whole range is wide: most often these are in another unit."""
        if self.is_level or self.low is None or self.high is None:
            return np.zeros(len(values), dtype=bool)
        return (values < self.low - self.width) | (values > self.high + self.width)

    def plausible(self, values: np.ndarray) -> np.ndarray:
        """Values moved to the nearest that the training rows could have had: within the range, of the same kind.

        Args:
            values: (n,) float64 without missing ones.
        """
        if self.low is None or self.high is None:
            return values
        if self.few:
            known = np.array(self.few)
            return known[np.abs(values[:, None] - known).argmin(axis=1)]
        rounded = np.round(np.clip(values, self.low, self.high), self.decimals)
        return np.clip(rounded, self.low, self.high)

    def written(self, value: float) -> Any:
        """A raw value as the source writes it: a number, a level, a date as text; None where it is missing."""
        if np.isnan(value):
            return None
        if self.is_level:
            return self.levels[int(value)] if 0 <= int(value) < len(self.levels) else "…"
        if self.kind == "date":
            return (datetime.date(1970, 1, 1) + datetime.timedelta(days=round(value))).isoformat()
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number


def asked_columns(config: ExperimentConfig, dataset: Dataset) -> tuple[AskedColumn, ...]:
    """The columns that the network sees, in the order of the source, with what the training rows hold of them."""
    settings = config.dataset
    if settings.prepared:
        places = [column.place for column in settings.prepared]
    elif dataset.inputs.columns is not None:
        places = sorted(dataset.inputs.columns)
    else:  # computed from the two coordinates
        places = [0, 1]
    pixels = {
        dataset.raw_feature_names.index(name)
        for block in settings.info.blocks
        if block.is_picture
        for name in settings.info.feature_names[block.columns]
    }
    return tuple(_asked(config, dataset, place, place in pixels) for place in places)


def written_row(columns: tuple[AskedColumn, ...], raw: np.ndarray) -> dict[str, Any]:
    """A raw row as somebody would type it, by the names of the columns."""
    return {column.name: column.written(raw[column.place]) for column in columns}


def _asked(config: ExperimentConfig, dataset: Dataset, place: int, pixel: bool) -> AskedColumn:
    name = dataset.raw_feature_names[place]
    meant = dataset.columns[place] if dataset.columns else None
    kind: Kind = meant.kind if meant is not None else "number"
    levels = meant.categories if meant is not None and kind in OF_LEVELS else ()
    values = dataset.raw_train[:, place]
    known = values[np.isfinite(values)]
    told: dict[str, Any] = {"place": place, "name": name, "kind": kind, "may_miss": meant is not None, "pixel": pixel}
    if levels:
        common = np.bincount(known[known < len(levels)].astype(np.int64), minlength=len(levels)).argmax()
        return AskedColumn(**told, levels=levels, low=0.0, high=len(levels) - 1.0, typical=float(common))
    if not len(known):
        return AskedColumn(**told)
    different = np.unique(known)
    return AskedColumn(
        **told,
        low=float(known.min()),
        high=float(known.max()),
        typical=float(np.median(known)),
        few=tuple(different.tolist()) if len(different) <= _FEW and not pixel else (),
        decimals=_decimals(known[:_ROWS]),
    )


def _decimals(values: np.ndarray) -> int:
    """The fewest decimals with which all are written as they are; at least so many that they differ."""
    for decimals in range(_MOST_DECIMALS):
        if np.allclose(np.round(values, decimals), values, rtol=0.0, atol=1e-9):
            return decimals
    span = float(np.ptp(values))
    return _MOST_DECIMALS if span <= 0 else max(_MOST_DECIMALS, int(np.ceil(4 - np.log10(span))))
