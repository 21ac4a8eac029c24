"""Keras callbacks: the one that streams every epoch's logs, which hooks the others have, and which need batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.runtime.backend import keras, tf
from core.training.events import EpochEnd

Logs = dict[str, Any]


class EpochStream(keras.callbacks.Callback):
    """Send each epoch's logs as an `EpochEnd`, the moment the epoch is over.

    Works with `Trainer` and with an ordinary `model.fit`. `send` only listens: several epochs may be over when it hears
    of the first of them. What another callback put into the logs is sent where it is a number.

    >>> from core import ExperimentConfig, Trainer
    >>> epochs = []
    >>> history = Trainer(ExperimentConfig(), callbacks=[EpochStream(epochs.append)]).advance(2)
    >>> [end.epoch for end in epochs]
    [1, 2]
    """

    #: Reads logs only, so that several epochs may run in one compiled call.
    needs_weights = False

    def __init__(self, send: Callable[[EpochEnd], None]) -> None:
        super().__init__()
        self._send = send

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keras counts epochs from 0; events count completed epochs, from 1."""
        logs = logs or {}
        try:
            numbers = {name: float(value) for name, value in logs.items()}
        except (TypeError, ValueError):  # an array, a text
            numbers = {name: value for name, value in plain(logs).items() if isinstance(value, float)}
        self._send(EpochEnd(epoch + 1, numbers))


class Hooks:
    """The callbacks' hooks, called only where a callback has one: a small epoch is shorter than what
    `keras.callbacks.CallbackList` spends on hooks that do nothing.

    Attributes:
        need_batches: whether a callback works between batches or around the test rows.
    """

    def __init__(self, callbacks: Iterable[keras.callbacks.Callback]) -> None:
        callbacks = list(callbacks)
        self.need_batches = any(map(needs_batches, callbacks))

        def having(hook: str, *older: str) -> list[Callable[..., None]]:
            # Keras' own `on_train_batch_end` calls the older `on_batch_end`.
            return [
                getattr(callback, hook)
                for callback in callbacks
                if any(_overrides(callback, name) for name in (hook, *older))
            ]

        self._epoch_begin = having("on_epoch_begin")
        self._epoch_end = having("on_epoch_end")
        self._test_begin = having("on_test_begin")
        self._test_end = having("on_test_end")
        self._train_batch_begin = having("on_train_batch_begin", "on_batch_begin")
        self._train_batch_end = having("on_train_batch_end", "on_batch_end")
        self._test_batch_begin = having("on_test_batch_begin")
        self._test_batch_end = having("on_test_batch_end")

    def epoch_begin(self, epoch: int) -> None:
        """Epoch `epoch`, counted from 0, begins."""
        for hook in self._epoch_begin:
            hook(epoch, {})

    def epoch_end(self, epoch: int, logs: Logs) -> None:
        """It is over, test rows included. Callbacks may add to `logs`, as a scheduler adds the rate."""
        if not self.need_batches and (self._test_begin or self._test_end):
            # Nobody here looks at anything but logs: the test rows may be judged already.
            tested = {name.removeprefix("val_"): value for name, value in logs.items() if name.startswith("val_")}
            if tested:
                self.test_begin()
                self.test_end(tested)
        for hook in self._epoch_end:
            hook(epoch, logs)

    def test_begin(self) -> None:
        """The test rows are about to be judged."""
        for hook in self._test_begin:
            hook({})

    def test_end(self, logs: Logs) -> None:
        """They have been, with these logs, whose names have no `val_` here."""
        for hook in self._test_end:
            hook(logs)

    def train_batch_begin(self, batch: int) -> None:
        """Batch `batch` of an epoch, counted from 0, is about to be trained on."""
        for hook in self._train_batch_begin:
            hook(batch, logs={})

    def train_batch_end(self, batch: int, logs: Any) -> None:
        """It has been; `logs` is what the training step returned."""
        if self._train_batch_end:
            logs = plain(logs)
            for hook in self._train_batch_end:
                hook(batch, logs=logs)

    def test_batch_begin(self, batch: int) -> None:
        """A batch of test rows is about to be judged."""
        for hook in self._test_batch_begin:
            hook(batch, logs={})

    def test_batch_end(self, batch: int, logs: Any) -> None:
        """It has been."""
        if self._test_batch_end:
            logs = plain(logs)
            for hook in self._test_batch_end:
                hook(batch, logs=logs)


def as_list(callbacks: Any) -> list[keras.callbacks.Callback]:
    """What `fit` takes as `callbacks`, flat: one, several, lists in lists, a `CallbackList`, None."""
    if callbacks is None:
        return []
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    if isinstance(callbacks, Iterable):
        return [each for part in callbacks for each in as_list(part)]
    return [callbacks]


def plain(logs: Mapping[str, Any] | None) -> Logs:
    """Logs as `fit` hands them to callbacks: sorted, without nesting, numbers as floats, the rest kept."""
    result: Logs = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, Mapping):
            result.update(plain(value))
            continue
        if tf.is_tensor(value) or isinstance(value, keras.Variable):
            value = value.numpy()
        try:
            value = float(value)
        except (TypeError, ValueError):
            pass  # an array, a text
        result[name] = value
    return result


def needs_batches(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback works between batches or around the test rows, so that an epoch cannot be one call."""
    return any(_overrides(callback, hook) and not _does_nothing(callback, hook) for hook in _INNER_HOOKS)


_INNER_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


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
    keras.callbacks.BackupAndRestore: lambda callback: callback.save_freq == "epoch",
    keras.callbacks.ModelCheckpoint: lambda callback: callback.save_freq == "epoch",
    # Around the test rows it writes their logs and counts, and looks at no weights.
    keras.callbacks.TensorBoard: lambda callback: (
        callback.update_freq == "epoch" and not callback._should_trace and not callback.write_steps_per_second
    ),
}
