"""Rows laid out by t-SNE: those that are alike lie close together.

For looking only: how far groups lie apart, and how large they are, says little.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import TableRefused
from core.tables.progress import Progress
from core.tables.table import Table
from core.tables.vectors import classes_of, numbers_of, numeric_columns
from core.words import Said

#: The most rows that are laid out, drawn with a fixed seed, and for how many steps.
MOST_ROWS = 1_000
ITERATIONS = 500
SEED = 0

#: About how many neighbours a row has (van der Maaten and Hinton, 2008: 5 to 50); fewer where rows are few.
PERPLEXITY = 30.0

_FEWEST = 10


@dataclass(frozen=True)
class Embedding:
    """Rows in a plane.

    Attributes:
        columns: indices of the columns that were used: those of numbers, standardised, missing values as the mean.
        rows: from 1.
        points: (x, y) of each; without a unit.
        classes: of each, −1 where it has none.
    """

    columns: tuple[int, ...]
    rows: tuple[int, ...]
    points: tuple[tuple[float, float], ...]
    classes: tuple[int, ...]
    perplexity: float
    iterations: int = ITERATIONS
    seed: int = SEED

    def to_json(self) -> dict[str, Any]:
        """As the browser takes it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def embedding_of(table: Table, target: int | None = None, *, progress: Progress = lambda share: None) -> Embedding:
    """Lay out at most `MOST_ROWS` rows by their columns of numbers. The target itself is not among them.

    Args:
        target: index of the column whose classes the points get.
        progress: told the share that is done; t-SNE itself tells it every fifty steps.

    Raises:
        TableRefused: there are too few rows, or too few columns of numbers.
    """
    columns = [index for index in numeric_columns(table) if index != target]
    if len(columns) < 2 or table.rows < _FEWEST:
        said = Said(
            "t-SNE needs at least two columns of numbers and {least} rows. This table has {columns} and {rows:,}.",
            {"least": _FEWEST, "columns": len(columns), "rows": table.rows},
        )
        raise TableRefused(said)
    progress(0.05)
    from sklearn.manifold import TSNE

    progress(0.4)
    rows = np.arange(table.rows)
    if table.rows > MOST_ROWS:
        rows = np.sort(np.random.default_rng(SEED).choice(table.rows, MOST_ROWS, replace=False))
    x = np.stack([_standard(table, index, rows) for index in columns], axis=1)
    perplexity = min(PERPLEXITY, (len(rows) - 1) / 3)
    layout = TSNE(perplexity=perplexity, max_iter=ITERATIONS, init="pca", random_state=SEED, n_jobs=1, verbose=2)
    with contextlib.redirect_stdout(_Steps(lambda step: progress(0.4 + 0.6 * step / ITERATIONS))):
        points = layout.fit_transform(x)
    progress(1.0)
    classes, _ = classes_of(table, target)
    return Embedding(
        columns=tuple(columns),
        rows=tuple(int(row) + 1 for row in rows),
        points=tuple((float(a), float(b)) for a, b in points),
        classes=tuple(int(each) for each in classes[rows]),
        perplexity=perplexity,
    )


class _Steps(io.TextIOBase):
    """Takes what scikit-learn prints while it works, its only word on how far it is: "[t-SNE] Iteration 150: error …".

    Args:
        told: gets the number of each step that is printed.
    """

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told = told
        self._last = 0

    def write(self, text: str) -> int:
        """Read it, and let it go."""
        for found in re.finditer(r"Iteration (\d+)", text):
            step = min(int(found[1]), ITERATIONS)
            if step > self._last:
                self._last = step
                self._told(step)
        return len(text)


def _standard(table: Table, index: int, rows: np.ndarray) -> np.ndarray:
    """A column's chosen rows, centred and divided by the deviation of them; 0 where missing or all the same."""
    values = numbers_of(table, index)
    assert values is not None
    chosen = values[rows]
    scale = np.nanmax(np.abs(chosen)) if not np.isnan(chosen).all() else 1.0
    chosen = chosen / (scale or 1.0)
    centred = np.nan_to_num(chosen - (np.nanmean(chosen) if not np.isnan(chosen).all() else 0.0))
    deviation = centred.std()
    return centred / deviation if deviation > 0 else centred
