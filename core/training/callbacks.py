"""Keras callbacks: the one that streams every epoch's logs, and the check which callbacks an epoch loop can honour."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import keras

from core.errors import CallbackNeedsBatches
from core.training.events import EpochEnd

_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


class EpochStream(keras.callbacks.Callback):
    """Send each epoch's logs as an `EpochEnd`, the moment the epoch is over.

    Works with `Trainer` and with an ordinary `model.fit`:

    >>> model.fit(x, y, callbacks=[EpochStream(print)])
    """

    #: Reads logs only, so that several epochs may run in one compiled call.
    needs_weights = False

    def __init__(self, send: Callable[[EpochEnd], None]) -> None:
        super().__init__()
        self._send = send

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras counts epochs from 0; events count completed epochs, from 1."""
        self._send(EpochEnd(epoch + 1, {name: float(value) for name, value in (logs or {}).items()}))


def check_callbacks(callbacks: Iterable[keras.callbacks.Callback]) -> None:
    """Refuse callbacks that would silently do nothing, because they work between batches.

    Raises:
        CallbackNeedsBatches: names the callback and its hooks.
    """
    for callback in callbacks:
        hooks = [name for name in _BATCH_HOOKS if _overrides(callback, name)]
        if hooks and not _hooks_do_nothing(callback):
            raise CallbackNeedsBatches(type(callback).__name__, hooks)


def may_fuse(callbacks: Iterable[keras.callbacks.Callback]) -> bool:
    """Whether no callback looks at the model between two epochs, nor may stop it."""
    return all(
        getattr(callback, "needs_weights", True) is False or type(callback) in _READ_LOGS_ONLY
        for callback in callbacks
    )


_READ_LOGS_ONLY = {keras.callbacks.CSVLogger, keras.callbacks.History}


def _overrides(callback: keras.callbacks.Callback, hook: str) -> bool:
    own = getattr(type(callback), hook, None)
    if own is not getattr(keras.callbacks.Callback, hook, None):
        return True
    return hook in vars(callback)  # LambdaCallback(on_train_batch_end=…) sets it on the instance


def _hooks_do_nothing(callback: keras.callbacks.Callback) -> bool:
    """Keras callbacks that override batch hooks but, at this setting, do their work at the end of an epoch."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint):
        return callback.save_freq == "epoch"
    if isinstance(callback, keras.callbacks.TensorBoard):
        return callback.update_freq == "epoch" and not callback._should_trace and not callback.write_steps_per_second
    return False
