"""How much an explanation is chance: the same rows, explained by networks that differ in their seed only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np


def ranks_of(sizes: np.ndarray) -> np.ndarray:
    """(…, columns) -> (…, columns): 1 for the largest; equal sizes share the mean of their ranks.

    >>> ranks_of(np.array([0.1, 3.0, 0.1])).tolist()
    [2.5, 1.0, 2.5]
    """
    larger = (sizes[..., None, :] > sizes[..., :, None]).sum(axis=-1)
    equal = (sizes[..., None, :] == sizes[..., :, None]).sum(axis=-1)
    return np.asarray(larger + (equal + 1) / 2)


def agreement(sizes: np.ndarray) -> float | None:
    """Mean Spearman correlation between the ranks of two seeds.

    Args:
        sizes: (seeds, columns), larger for more important.

    Returns:
        None for a single seed or column, and where a network finds no difference among its columns.
    """
    ranks = ranks_of(sizes)
    if len(sizes) < 2 or (ranks.std(axis=1) == 0).any():
        return None
    return float(np.mean([np.corrcoef(one, other)[0, 1] for one, other in combinations(ranks, 2)]))


def agreement_of_rows(values: np.ndarray) -> float | None:
    """The mean of `agreement` over rows. (seeds, rows, columns) -> None where it is defined for no row."""
    found = [each for row in range(values.shape[1]) if (each := agreement(np.abs(values[:, row]))) is not None]
    return float(np.mean(found)) if found else None


def same_first(values: np.ndarray) -> float:
    """Share of the rows whose strongest column is the same for every seed. (seeds, rows, columns) -> 0 to 1."""
    first = np.abs(values).argmax(axis=2)
    return float((first == first[:1]).all(axis=0).mean())


def spread_over_seeds(values: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (n − 1) of each column over the seeds. (seeds, columns) -> (columns,) each."""
    several = np.stack(values)
    return several.mean(axis=0), several.std(axis=0, ddof=1) if len(several) > 1 else np.zeros(several.shape[1])
