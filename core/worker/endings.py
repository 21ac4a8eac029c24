"""Why a run ended, or stands still, in words."""

from __future__ import annotations

import logging
import threading

from core.errors import DescentError, NotFiniteLoss, said_of
from core.experiment.config import EarlyStopping
from core.words import Said, sentences

_log = logging.getLogger(__name__)

#: A run that is trained again up to where it was came out otherwise.
DIFFERS = Said(
    "Epoch {epoch} came out otherwise than it was recorded: this is another computer or another TensorFlow than the "
    "one that trained it. Nothing was overwritten. Go back to a recorded epoch and continue from there as a new run."
)


def failed(failure: NotFiniteLoss) -> Said:
    """A run whose loss is no number any more."""
    return sentences([failure.said, Said("Shown is the last epoch before that.")])


def stopped_early(stopping: EarlyStopping, *, by_validation: bool) -> Said:
    """A run that early stopping ended."""
    patience = {"n": stopping.patience}
    if stopping.monitor == "val_loss" and by_validation:
        return Said.counted(
            "Early stopping ended the run: no better validation loss for {n} epoch.",
            "Early stopping ended the run: no better validation loss for {n} epochs.",
            patience,
        )
    if stopping.monitor == "val_loss":
        return Said.counted(
            "Early stopping ended the run: no better test loss for {n} epoch.",
            "Early stopping ended the run: no better test loss for {n} epochs.",
            patience,
        )
    return Said.counted(
        "Early stopping ended the run: no better training loss for {n} epoch.",
        "Early stopping ended the run: no better training loss for {n} epochs.",
        patience,
    )


def unexpected(error: Exception) -> Said:
    """Whatever was raised while a run was trained or a question answered."""
    if isinstance(error, (DescentError, ValueError)):
        return said_of(error)
    if isinstance(error, MemoryError):
        return Said("There was not enough memory for this network. Try fewer units or samples.")
    return Said("Training failed for a reason that Descent did not expect; the server's log has the details.")


class SearchForCause:
    """Tries out, in a thread, why a loss was no number any more: tracing a trial's update takes a tenth of a second,
    and other runs must not wait for it.
    """

    def __init__(self, failure: NotFiniteLoss) -> None:
        self._failure = failure
        self._thread: threading.Thread | None = None

    def go_on(self) -> bool:
        """Begin, or see how far it is. Returns whether it has come to an end since the last time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._search, name="cause", daemon=True)
            self._thread.start()
        return not self._thread.is_alive()

    def _search(self) -> None:
        try:
            self._failure.cause  # noqa: B018 — found when it is asked for
        except Exception:  # of any kind: the possible causes have been said
            _log.exception("trying out the causes of a failure failed")
