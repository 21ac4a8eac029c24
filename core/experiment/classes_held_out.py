"""Whether every class has rows to learn from and rows that are held out: what is said where one has not."""

from __future__ import annotations

from typing import Any, Protocol

from core.errors import WrongValue
from core.experiment.splitting import (
    MAX_TEST_FRACTION,
    MIN_TEST_FRACTION,
    class_without_validation,
    missing_class,
    nearest_fraction,
    nearest_validation_fraction,
)
from core.words import Said, sentences


class HeldOut(Protocol):
    """What is known of a data set before its rows are read, as `DatasetConfig` has it."""

    @property
    def test_fraction(self) -> float: ...
    @property
    def validation_fraction(self) -> float: ...
    @property
    def points(self) -> Any: ...
    @property
    def info(self) -> Any: ...
    @property
    def split_by(self) -> str: ...
    @property
    def n_classes(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def test_rows(self) -> int: ...
    @property
    def validation_rows(self) -> int: ...
    @property
    def train_rows(self) -> int: ...
    def class_rows(self, seed: int | None) -> tuple[int, ...]: ...


class SplitMissesClass(WrongValue):
    """A split leaves a class without a training, a validation or a test row.

    Args:
        more: how to get more rows, one of `_MORE`.

    Attributes:
        nearest: the nearest share that does not, whatever the seed; None where there is none.
        share: what `nearest` is a value of: `test_fraction` or `validation_fraction`.
    """

    def __init__(self, what: Said, more: str, nearest: float | None, share: str = "test_fraction") -> None:
        self.nearest = nearest
        self.share = share
        alone, or_share = _MORE[more]
        advice = alone.filled(share=share) if nearest is None else or_share.filled(share=share, nearest=nearest)
        super().__init__(sentences([what, advice]))


#: How to get more rows, and the same where another share helps as well.
_MORE = {
    "points": (
        Said("Draw more points."),
        Said("Draw more points or choose {share} {nearest:g}, the nearest that works."),
    ),
    "points of it": (
        Said("Draw more points of it."),
        Said("Draw more points of it or choose {share} {nearest:g}, the nearest that works."),
    ),
    "samples": (
        Said("Use more samples."),
        Said("Use more samples or choose {share} {nearest:g}, the nearest that works."),
    ),
    "": (
        Said("Choose another {share}."),
        Said("Choose {share} {nearest:g}, the nearest that works."),
    ),
}


_WITHOUT = {
    "training": Said(
        "test_fraction {fraction:g} leaves '{name}', which has {count} of {rows} rows, without a training row."
    ),
    "test": Said("test_fraction {fraction:g} leaves '{name}', which has {count} of {rows} rows, without a test row."),
}

_OF_VALIDATION = "validation_fraction"

_WITHOUT_BESIDE_VALIDATION = {
    "training": Said(
        "validation_fraction {fraction:g} leaves '{name}', which has {count} of the {rows} rows that are not test "
        "rows, without a training row."
    ),
    "validation": Said(
        "validation_fraction {fraction:g} leaves '{name}', which has {count} of the {rows} rows that are not test "
        "rows, without a validation row."
    ),
}


def check_classes_held_out(dataset: HeldOut, seed: int | None) -> None:
    """Whether every class has a training and a test row and, where some rows are held out for it, a validation row.

    Args:
        seed: of the experiment; None asks what holds whatever the seed.

    Raises:
        SplitMissesClass: one has not.
    """
    fewest = max(dataset.n_classes, 1)
    if dataset.split_by != "random":
        return  # which rows go where is known when they are read
    more = "points" if dataset.points else "samples" if dataset.info.is_synthetic else ""
    left = dataset.rows - dataset.test_rows
    if dataset.test_rows < fewest or left < fewest:
        raise SplitMissesClass(
            Said(
                "test_fraction {fraction:g} leaves {train} training and {test} test rows, but each side needs at "
                "least one row of each of the {classes} classes.",
                {
                    "fraction": dataset.test_fraction,
                    "train": left,
                    "test": dataset.test_rows,
                    "classes": fewest,
                },
            ),
            more,
            _nearest_fraction(dataset, dataset.class_rows(0) or (dataset.rows,)),
        )
    counts = dataset.class_rows(seed)
    missing = missing_class(counts, dataset.test_fraction, seed) if counts else None
    if missing is not None:
        label, side = missing
        name = Said.marked((dataset.info.class_names or ())[label])
        raise SplitMissesClass(
            _WITHOUT[side].filled(fraction=dataset.test_fraction, name=name, count=counts[label], rows=dataset.rows),
            "points of it" if dataset.points else more,
            _nearest_fraction(dataset, counts),
        )
    if dataset.validation_fraction:
        _check_validation(dataset, counts, seed, fewest, more)


def _check_validation(dataset: HeldOut, counts: tuple[int, ...], seed: int | None, fewest: int, more: str) -> None:
    fraction = dataset.validation_fraction
    if dataset.validation_rows < fewest or dataset.train_rows < fewest:
        raise SplitMissesClass(
            Said(
                "validation_fraction {fraction:g} leaves {train} training and {validation} validation rows, but "
                "each side needs at least one row of each of the {classes} classes.",
                {
                    "fraction": fraction,
                    "train": dataset.train_rows,
                    "validation": dataset.validation_rows,
                    "classes": fewest,
                },
            ),
            more,
            nearest_validation_fraction(dataset.class_rows(0) or (dataset.rows,), dataset.test_fraction, fraction),
            _OF_VALIDATION,
        )
    missing = class_without_validation(counts, dataset.test_fraction, fraction, seed) if counts else None
    if missing is not None:
        label, side, count = missing
        name = Said.marked((dataset.info.class_names or ())[label])
        rows = dataset.rows - dataset.test_rows
        raise SplitMissesClass(
            _WITHOUT_BESIDE_VALIDATION[side].filled(fraction=fraction, name=name, count=count, rows=rows),
            "points of it" if dataset.points else more,
            nearest_validation_fraction(counts, dataset.test_fraction, fraction),
            _OF_VALIDATION,
        )


def _nearest_fraction(dataset: HeldOut, counts: tuple[int, ...]) -> float | None:
    return nearest_fraction(
        counts,
        dataset.test_fraction,
        least=MIN_TEST_FRACTION,
        most=MAX_TEST_FRACTION,
        validation_fraction=dataset.validation_fraction,
    )
