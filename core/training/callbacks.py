"""Keras callbacks: the one that streams every epoch's logs, and the check which callbacks an epoch loop can honour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from core.backend import keras
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

    Works with `Trainer` and with an ordinary `model.fit`. `send` only listens: several epochs may be over when it hears
    of the first of them.

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


class EpochHooks:
    """The callbacks' hooks around an epoch, called only where a callback has one: a small epoch is shorter than what
    `keras.callbacks.CallbackList` spends on hooks that do nothing.
    """

    def __init__(self, callbacks: Iterable[keras.callbacks.Callback]) -> None:
        callbacks = list(callbacks)

        def having(hook: str) -> list[Callable[..., None]]:
            return [getattr(callback, hook) for callback in callbacks if _overrides(callback, hook)]

        self._begin = having("on_epoch_begin")
        self._end = having("on_epoch_end")
        self._begin_test = having("on_test_begin")
        self._end_test = having("on_test_end")

    def begin(self, epoch: int) -> None:
        """Epoch `epoch`, counted from 0, begins."""
        for hook in self._begin:
            hook(epoch, {})

    def end(self, epoch: int, logs: dict[str, float]) -> None:
        """Its test rows, then the epoch, are over. Callbacks may add to `logs`, as a scheduler adds the rate."""
        if self._begin_test or self._end_test:
            tested = {name.removeprefix("val_"): value for name, value in logs.items() if name.startswith("val_")}
            for hook in self._begin_test:
                hook({})
            for hook in self._end_test:
                hook(tested)
        for hook in self._end:
            hook(epoch, logs)


def check_callbacks(callbacks: Iterable[keras.callbacks.Callback]) -> None:
    """Refuse callbacks that would silently do nothing, because they work between batches.

    Raises:
        CallbackNeedsBatches: names the callback and its hooks.
    """
    for callback in callbacks:
        hooks = [name for name in _BATCH_HOOKS if _overrides(callback, name) and not _does_nothing(callback, name)]
        if hooks:
            raise CallbackNeedsBatches(type(callback).__name__, hooks)


def may_fuse(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback reads logs only, and not the weights of its epoch: several may then run in one call."""
    if type(callback) is keras.callbacks.EarlyStopping:
        return not callback.restore_best_weights
    return getattr(callback, "needs_weights", True) is False or type(callback) in _ONLY_WATCH


def may_stop(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback may end the training, as far as we know it."""
    return type(callback) not in _ONLY_WATCH


_ONLY_WATCH = {EpochStream, keras.callbacks.CSVLogger, keras.callbacks.History}


def _overrides(callback: keras.callbacks.Callback, hook: str) -> bool:
    own = getattr(type(callback), hook, None)
    if own is not getattr(keras.callbacks.Callback, hook, None):
        return True
    return hook in vars(callback)  # LambdaCallback(on_train_batch_end=…) sets it on the instance


def _does_nothing(callback: keras.callbacks.Callback, hook: str) -> bool:
    """Whether a hook is Keras' own and, at this setting, leaves all work to the end of an epoch."""
    for keras_class, works_by_epoch in _WORKING_BY_EPOCH.items():
        own = getattr(type(callback), hook) is getattr(keras_class, hook) and hook not in vars(callback)
        if isinstance(callback, keras_class) and own:
            return works_by_epoch(callback)
    return False


_WORKING_BY_EPOCH: dict[type[keras.callbacks.Callback], Callable[[Any], bool]] = {
    keras.callbacks.ModelCheckpoint: lambda callback: callback.save_freq == "epoch",
    keras.callbacks.TensorBoard: lambda callback: (
        callback.update_freq == "epoch" and not callback._should_trace and not callback.write_steps_per_second
    ),
}
