"""In which order an epoch takes the training rows."""

from __future__ import annotations

import numpy as np


class RowOrders:
    """The order of every epoch, decided by the seed and the epoch's number alone.

    Args:
        rows: number of training rows.
        shuffle: False keeps them in the data set's order.

    >>> RowOrders(4, seed=7).of(2).tolist() == [np.random.default_rng([7, 2]).permutation(4).tolist()]
    True
    """

    def __init__(self, rows: int, *, seed: int, shuffle: bool = True) -> None:
        self._rows = rows
        self._seed = seed
        self._shuffle = shuffle

    def of(self, epoch: int, count: int = 1) -> np.ndarray:
        """The orders of `count` epochs, from `epoch` (from 0) on. (count, training rows) int32."""
        if not self._shuffle:
            return np.tile(np.arange(self._rows, dtype=np.int32), (count, 1))
        orders = np.empty((count, self._rows), dtype=np.int32)
        for ahead in range(count):
            # An array and not a list: NumPy reads the same seed from it in two thirds of the time.
            seed = np.array([self._seed, epoch + ahead], dtype=np.uint32)
            orders[ahead] = np.random.default_rng(seed).permutation(self._rows)
        return orders
