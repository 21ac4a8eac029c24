"""Who among the training rows is most like somebody, and whether anybody is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Training rows that distances are measured to, and rows of which the usual distance is taken.
_MOST_ROWS, _MOST_ASKED = 20_000, 500

#: Farther from the nearest training row than this share of the training rows is from theirs: far away.
_USUAL = 0.95


@dataclass(frozen=True)
class Neighbourhood:
    """Training rows, to be measured from.

    The distance of two rows is Euclidean over the network inputs, each in standard deviations of the training rows,
    divided by the root of their number: so it is about 1 for two rows that were drawn at random, up to a root of 2.

    Attributes:
        rows: (rows, features) float32, standardised.
        squares: (rows,) their lengths squared.
        numbers: (rows,) which training rows they are.
        mean, deviation: of the inputs.
        usual: the distance within which 95 % of the training rows have their nearest other one.
    """

    rows: np.ndarray
    squares: np.ndarray
    numbers: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    usual: float

    @classmethod
    def of(cls, x_train: np.ndarray) -> Neighbourhood:
        """The neighbourhood of training rows; of very many, evenly spread ones.

        Args:
            x_train: (rows, features) network inputs.
        """
        numbers = np.arange(len(x_train))
        if len(numbers) > _MOST_ROWS:
            numbers = np.linspace(0, len(x_train) - 1, _MOST_ROWS).astype(np.int64)
        kept = np.asarray(x_train[numbers], dtype=np.float32)
        mean, deviation = kept.mean(axis=0), kept.std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1.0).astype(np.float32)
        rows = (kept - mean) / deviation
        asked = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _MOST_ASKED)).astype(np.int64))
        squares = np.einsum("ij,ij->i", rows, rows)
        distances = _distances(rows[asked], rows, squares)
        distances[np.arange(len(asked)), asked] = np.inf
        nearest = distances.min(axis=1)
        usual = float(np.quantile(nearest, _USUAL)) if len(rows) > 1 else float("inf")
        return cls(rows, squares, numbers, mean, deviation, usual)

    def nearest(self, inputs: np.ndarray, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
        """The nearest training rows.

        Args:
            inputs: (features,) of one person.

        Returns:
            (count,) numbers of training rows, the nearest first, and (count,) distances.
        """
        distances = _distances(((inputs - self.mean) / self.deviation)[None], self.rows, self.squares)[0]
        order = np.argsort(distances, kind="stable")[:count]
        return self.numbers[order], distances[order]

    def is_far(self, distance: float) -> bool:
        """Whether who is so far from the nearest training row is farther than these are from each other."""
        return distance > self.usual * (1 + 1e-6)


def _distances(some: np.ndarray, rows: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """(some, rows) float32."""
    apart = (some**2).sum(axis=1)[:, None] + squares - 2 * some @ rows.T
    distances: np.ndarray = np.sqrt(np.maximum(apart, 0.0) / rows.shape[1])
    return distances
