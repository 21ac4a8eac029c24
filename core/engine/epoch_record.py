"""The logs of a run's epochs in memory, in one array that grows."""

from __future__ import annotations

import numpy as np


class EpochRecord:
    """Every epoch's logs so far. Not safe to use from several threads.

    >>> record = EpochRecord()
    >>> record.append(1, np.array([[0.7], [0.6]], np.float32))
    2
    >>> record.between(1, 2).tolist() == np.array([[0.6]], np.float32).tolist()
    True
    """

    def __init__(self) -> None:
        self._logs = np.empty((0, 0), dtype=np.float32)

    def append(self, first_epoch: int, logs: np.ndarray) -> int:
        """Take the logs of epochs that follow, or that are known and come again.

        Args:
            first_epoch: from 1.
            logs: (epochs, log names), at least one epoch.

        Returns:
            The number of the last one.
        """
        if self._logs.shape[1] != logs.shape[1]:
            self._logs = np.empty((256, logs.shape[1]), dtype=np.float32)
        last = first_epoch - 1 + len(logs)
        while len(self._logs) < last:
            self._logs = np.concatenate([self._logs, np.empty_like(self._logs)])
        self._logs[first_epoch - 1 : last] = logs
        return last

    def between(self, after: int, last: int) -> np.ndarray:
        """The logs of the epochs after one, up to and including another, (epochs, log names) float32, as a view."""
        return self._logs[after:last]
