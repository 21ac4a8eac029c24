"""Epochs that were recorded and whose state is lost: trained again from the last kept state, and compared.

The same configuration and seed give the same bits, so the record says what has to come out. Where something else does
(another machine, another TensorFlow), nothing of the record is touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.protocol.messages import Edit


class Replay:
    """What has to be done, and to come out, from one epoch to another.

    Args:
        history: (epochs, log names) float32, the record from the first epoch on.
        start: completed epochs of the state to begin from.
        changes: (completed epochs, learning rate) of each change of the run.
        edits: all weights of the run that were set by hand.
        done_edits: how many of them the state contains; None where that is not known.
    """

    def __init__(
        self,
        history: np.ndarray,
        *,
        start: int,
        changes: Sequence[tuple[int, float]],
        edits: Sequence[Edit],
        done_edits: int | None,
    ) -> None:
        self.until = len(history)
        self._history = history
        self._changes = [change for change in changes if change[0] >= start]
        if done_edits is None:  # a weight may be set to the same value twice
            done_edits = sum(edit.epoch < start for edit in edits)
        self._edits = list(edits[done_edits:])

    def is_over(self, epoch: int) -> bool:
        """Whether nothing is left to do after so many epochs."""
        return epoch >= self.until and not self._changes and not self._edits

    @property
    def edits_left(self) -> int:
        """How many of the weights are still to be set."""
        return len(self._edits)

    def changes_at(self, epoch: int) -> list[float]:
        """Learning rates that were set after so many epochs. Given once."""
        due = [rate for at, rate in self._changes if at <= epoch]
        self._changes = [change for change in self._changes if change[0] > epoch]
        return due

    def edits_at(self, epoch: int) -> list[Edit]:
        """Weights that were set by hand after so many epochs. Given once."""
        due = [edit for edit in self._edits if edit.epoch <= epoch]
        self._edits = [edit for edit in self._edits if edit.epoch > epoch]
        return due

    def epochs_from(self, epoch: int) -> int:
        """How many epochs may be trained in one go after so many."""
        stops = [self.until, *(at for at, _ in self._changes), *(edit.epoch for edit in self._edits)]
        return min(stop for stop in stops if stop > epoch) - epoch

    def first_difference(self, first_epoch: int, logs: np.ndarray) -> int | None:
        """The first epoch that came out otherwise than it is recorded, None where none did.

        Args:
            logs: (epochs, log names) float32, from `first_epoch` (from 1) on.
        """
        recorded = self._history[first_epoch - 1 : first_epoch - 1 + len(logs)]
        same = np.all((logs == recorded) | (np.isnan(logs) & np.isnan(recorded)), axis=1)
        return None if same.all() else first_epoch + int(np.argmin(same))
