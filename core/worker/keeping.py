"""The states of a run that are kept: those of some epochs for looking back, and the newest, should this process die."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from core.training import Trainer, TrainingState
from core.training.recording import is_recorded, recording_density, until_recorded

#: While a run trains, its state is kept for the case that this process dies: after so many seconds or, where a copy
#: takes more than one part in `_KEEP_SHARE` of them, after as many more as that needs, up to `_KEEP_MOST`.
_KEEP_LEAST, _KEEP_MOST = 1.0, 4.5
_KEEP_SHARE = 200


class Keeping:
    """Takes the states of a trainer and holds them until they are reported.

    Args:
        done_edits: how many weights had been set by hand when the trainer got to where it is.
    """

    def __init__(self, trainer: Trainer, done_edits: Callable[[], int]) -> None:
        self._trainer = trainer
        self._done_edits = done_edits
        #: Epochs kept per doubling, for looking back.
        self._density = 0
        self._recorded: list[tuple[int, bytes]] = []
        self._newest: bytes | None = None
        self._due = time.monotonic() + _KEEP_LEAST

    def begin(self) -> None:
        """From now on keep epochs for looking back: a preview keeps none."""
        state = self._trainer.state()  # once for both: a class waits for it
        self._density = recording_density(self._trainer.config.training.epochs, self._size(state))
        if self._trainer.epoch == 0:
            self._recorded.append((0, self._written(state)))

    def record_none(self) -> None:
        """Keep no epochs for looking back, so that a benchmark can say what they cost."""
        self._density = 0

    def keep_none(self) -> None:
        """Keep no newest state, so that a benchmark can say what it costs."""
        self._due = float("inf")

    @property
    def has_newest(self) -> bool:
        """Whether a newest state has been kept that is not reported yet."""
        return self._newest is not None

    def as_bytes(self) -> bytes:
        """The state of the trainer as it is now."""
        return self._written(self._trainer.state())

    def most_epochs(self, epochs: int) -> int:
        """At most so many epochs, and no further than to the next one that is kept."""
        return min(epochs, until_recorded(self._trainer.epoch, self._density) or epochs)

    def record(self) -> None:
        """Keep the state for looking back."""
        self._recorded.append((self._trainer.epoch, self.as_bytes()))

    def record_if_wanted(self) -> None:
        """Keep the state for looking back, where this epoch is one of those that are."""
        if is_recorded(self._trainer.epoch, self._density):
            self.record()

    def keep(self) -> None:
        """Keep the state as the newest."""
        self._newest = self.as_bytes()

    def keep_if_due(self) -> None:
        """Keep the state as the newest, now and then."""
        now = time.monotonic()
        if now < self._due:
            return
        self.keep()
        cost = time.monotonic() - now
        self._due = now + min(_KEEP_MOST, max(_KEEP_LEAST, _KEEP_SHARE * cost))

    def take(self) -> tuple[tuple[tuple[int, bytes], ...], bytes | None]:
        """What was kept since the last time: (epoch, state) for looking back, and the newest state or None."""
        recorded, self._recorded = tuple(self._recorded), []
        newest, self._newest = self._newest, None
        return recorded, newest

    def _written(self, state: TrainingState) -> bytes:
        return replace(state, edits=self._done_edits()).to_bytes()

    def _size(self, state: TrainingState) -> int:
        """Bytes of a state, with the best weights where early stopping keeps them."""
        size = sum(value.nbytes for value in state.variables)
        stopping = self._trainer.config.training.early_stopping
        if stopping is not None and stopping.restore_best_weights:
            size += 4 * self._trainer.config.parameters
        return size
