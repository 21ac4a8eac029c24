"""A callback does what it does in `fit`: stop, change weights and rates, save, go on from a backup."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import callbacks

from core import Trainer
from core.datasets import dataset_of_arrays
from tests.core.training.like_fit import BINARY, PLAIN, Everything, Odd, X, averaging, compare, config, rows


class ZeroWhileTesting(callbacks.Callback):
    """Judges the test rows with other weights."""

    def on_test_begin(self, logs: Any = None) -> None:
        self.kept = self.model.get_weights()
        self.model.set_weights([np.zeros_like(each) for each in self.kept])

    def on_test_end(self, logs: Any = None) -> None:
        self.model.set_weights(self.kept)


class HalveWeights(callbacks.Callback):
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.set_weights([0.5 * each for each in self.model.get_weights()])


class Stop(callbacks.Callback):
    """Asks for the end in one of the hooks that an epoch in one call has, at the second time."""

    def __init__(self, hook: str) -> None:
        super().__init__()
        self.times = 0
        setattr(self, hook, self.stop)

    def stop(self, *_: Any, **__: Any) -> None:
        self.times += 1
        if self.times == 2 or self.on_train_begin == self.stop:
            self.model.stop_training = True


def stops(hook: str) -> Callable[[], list[callbacks.Callback]]:
    return lambda: [Stop(hook)]


CALLBACKS: dict[str, tuple[Callable[[], Any], int]] = {
    "weights while testing": (lambda: [ZeroWhileTesting()], 3),
    "weights before an epoch": (lambda: [HalveWeights()], 3),
    **{
        f"stops in {hook}": (stops(hook), 5)
        for hook in ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_batch_end", "on_test_begin")
    },
    "what is no number": (lambda: [Odd()], 3),
    "two that see each other": (
        lambda: [Odd(), callbacks.LambdaCallback(on_epoch_end=lambda _, logs: logs["text"])],
        2,
    ),
    "one alone": (Everything, 2),
    "a list in a list": (lambda: [[Everything()], [callbacks.History()]], 2),
    "none": (lambda: None, 2),
    "plateau": (lambda: [callbacks.ReduceLROnPlateau(patience=0, min_delta=10)], 4),
    "scheduler between batches": (
        lambda: [callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2), Everything()],
        3,
    ),
    "early stopping that starts late": (
        lambda: [callbacks.EarlyStopping("loss", patience=1, min_delta=5, start_from_epoch=3)],
        9,
    ),
    "early stopping by a score": (
        lambda: [callbacks.EarlyStopping("accuracy", patience=2, mode="max", baseline=0.99, restore_best_weights=True)],
        9,
    ),
    "checkpoint by batch": (
        lambda: [callbacks.ModelCheckpoint(tempfile.mkdtemp() + "/model.keras", save_freq=3)],
        2,
    ),
    "backup by batch": (lambda: [callbacks.BackupAndRestore(tempfile.mkdtemp(), save_freq=2)], 2),
    "TensorBoard by batch": (lambda: [callbacks.TensorBoard(tempfile.mkdtemp(), update_freq="batch")], 2),
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_has_the_effect_that_it_has_in_fit(name: str) -> None:
    given, epochs = CALLBACKS[name]
    trainer, ours, theirs = compare(PLAIN, rows(X, BINARY), given, epochs=epochs)
    assert trainer.finished
    assert (trainer.epoch < epochs) == ("stop" in name)
    if isinstance(ours, Everything):
        assert ours.calls == theirs.calls


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_swapped_averages_are_judged_as_in_fit(swap_on_epoch: bool) -> None:
    compare(averaging(), rows(X, BINARY), lambda: [callbacks.SwapEMAWeights(swap_on_epoch=swap_on_epoch)])


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_training_goes_on_where_a_backup_was_made(tmp_path: Path, save_freq: Any) -> None:
    """As a second `fit` after a crash: from the epoch of the backup, with its weights."""
    crash = callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: 1 / (2 - epoch))
    x, y, *judged = rows(X, BINARY)

    def backup(who: str) -> callbacks.Callback:
        return callbacks.BackupAndRestore(tmp_path / who, save_freq=save_freq)

    def fit(*given: callbacks.Callback) -> list[int]:
        return model.fit(
            x, y, batch_size=16, epochs=5, validation_data=judged, shuffle=False, verbose=0, callbacks=[*given]
        ).epoch

    keras.utils.set_random_seed(7)
    model = PLAIN()
    with pytest.raises(ZeroDivisionError):
        fit(backup("fit"), crash)
    epochs = fit(backup("fit"))

    keras.utils.set_random_seed(7)
    own = PLAIN()

    def trainer(*given: callbacks.Callback) -> Trainer:
        data = dataset_of_arrays(*rows(X, BINARY))
        return Trainer(config(5), dataset=data, model=own, callbacks=given, shuffle=False)

    with pytest.raises(ZeroDivisionError):
        trainer(backup("trainer"), crash).fit()
    resumed = trainer(backup("trainer"))
    history = resumed.fit()
    assert 0 < epochs[0] == resumed.epoch - len(history)
    assert resumed.epoch == epochs[-1] + 1 == 5
    for left, right in zip(model.get_weights(), own.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    assert resumed.fit() == history, "what is done trains nothing more"
