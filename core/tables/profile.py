"""What a table looks like: columns, classes, correlations, duplicates, components. Plain numbers, ready for JSON.

Everything is of all rows but rank correlations, advice on leaks and copies, and the points of the components: these are
of rows that are drawn, always the same. Lists of rows are cut; their counts are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.tables.advice import Advice, advice_on
from core.tables.column_profile import ColumnProfile, profile_of_column
from core.tables.components import Components, components_of
from core.tables.correlations import Correlations, correlations_of, pearson_and_products
from core.tables.progress import Progress
from core.tables.quality import Quality, quality_of
from core.tables.repeats import Repeats, repeats_of
from core.tables.table import Table
from core.tables.vectors import classes_of, numbers_of, numeric_columns
from core.words import Said


@dataclass(frozen=True)
class TableProfile:
    """All that is known of a table, and how good it is for learning.

    Attributes:
        classes: (class, rows) of the target, in its order; empty where it is a number, or there is none.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    classes: tuple[tuple[str, int], ...]
    correlations: Correlations
    repeats: Repeats
    components: Components
    advice: tuple[Advice, ...]
    quality: Quality

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and texts; sentences as the browser takes them."""
        told: dict[str, Any] = _plain(self)
        return told


def profile_of(table: Table, target: int | None = None, *, progress: Progress = lambda share: None) -> TableProfile:
    """Describe a table.

    Args:
        target: index of the column by whose classes others are told apart.
        progress: told the share that is done.
    """
    classes, names = classes_of(table, target)
    columns = []
    for index in range(len(table.columns)):
        columns.append(profile_of_column(table, index, classes, len(names)))
        progress(0.5 * (index + 1) / len(table.columns))
    repeats = repeats_of(table)
    progress(0.65)
    correlations, components = _together(table, numeric_columns(table), classes)
    progress(0.85)
    advice = tuple(advice_on(table, target))
    outlying = {index: column.outliers.count for index, column in enumerate(columns) if column.outliers is not None}
    outlying_rows = {index: column.outliers.rows for index, column in enumerate(columns) if column.outliers is not None}
    quality = quality_of(table, repeats, advice, outlying, outlying_rows, has_target=target is not None)
    counts = np.bincount(classes[classes >= 0], minlength=len(names)) if names else ()
    progress(1.0)
    return TableProfile(
        rows=table.rows,
        columns=tuple(columns),
        classes=tuple((name, int(count)) for name, count in zip(names, counts, strict=True)),
        correlations=correlations,
        repeats=repeats,
        components=components,
        advice=advice,
        quality=quality,
    )


def _together(table: Table, numeric: list[int], classes: np.ndarray) -> tuple[Correlations, Components]:
    """Pearson's correlations and the components of all rows, in pieces; rank correlations of some."""
    columns = [numbers for index in numeric if (numbers := numbers_of(table, index)) is not None]
    scales = np.array([np.nanmax(np.abs(column)) or 1.0 for column in columns])
    means = np.array([np.nanmean(column / scale) * scale for column, scale in zip(columns, scales, strict=True)])
    pearson, products = pearson_and_products(columns, means, scales)
    components = components_of(columns, means, scales, products, numeric, classes, table.rows)
    return correlations_of(columns, numeric, pearson, table.rows), components


def _plain(value: Any) -> Any:
    """Dataclasses as dictionaries, tuples as lists, sentences as the browser takes them."""
    if isinstance(value, Said):
        return value.to_json()
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value
