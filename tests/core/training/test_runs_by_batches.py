"""A run that trains batch by batch is a run like any other: divided, interrupted, taken back."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import callbacks, optimizers

from core import Trainer
from core.datasets import dataset_of_arrays
from core.training.interruption import interrupt
from tests.core.training.like_fit import BINARY, NOISY, NUMBERS, PLAIN, Everything, X, compare, config, network, rows


def test_a_run_that_a_callback_ends_for_a_nan_has_the_nan_in_its_history() -> None:
    make = network(optimizer=lambda: optimizers.SGD(1e30), loss="mse", end=(1, "linear"))
    trainer, *_ = compare(make, rows(X * 1e20, NUMBERS), lambda: [callbacks.TerminateOnNaN()])
    assert len(trainer.history) == 1
    assert not np.isfinite(trainer.history[0]["loss"])


@pytest.mark.parametrize("given", [[], [callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)]])
def test_a_loss_that_is_no_number_ends_the_run_with_the_weights_from_before(given: list[Any]) -> None:
    model = network(optimizer=lambda: optimizers.SGD(1e30), loss="mse", end=(1, "linear"))()
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X * 1e20, NUMBERS)), model=model, callbacks=given)
    before = model.get_weights()
    assert trainer.fit() == []
    assert trainer.failure is not None
    for left, right in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("callback", [callbacks.Callback, Everything])
def test_weights_that_the_last_update_spoilt_are_taken_back(callback: Any) -> None:
    """The training loss was still finite; the test rows show it, or where there are none, the weights."""
    for data in (rows(X, NUMBERS), (X, NUMBERS, None, None)):
        model = network(optimizer=lambda: optimizers.SGD(float("inf")), loss="mse", end=(1, "linear"))()
        before = model.get_weights()
        trainer = Trainer(config(batch_size=50), dataset=dataset_of_arrays(*data), model=model, callbacks=[callback()])
        assert trainer.fit() == []
        assert trainer.failure is not None
        np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_a_run_by_batches_may_be_divided_restored_and_reset() -> None:
    def trainer() -> Trainer:
        keras.utils.set_random_seed(7)
        data = dataset_of_arrays(*rows(X, BINARY))
        return Trainer(config(4), dataset=data, model=NOISY(), callbacks=[Everything()])

    whole, stepwise, resumed = trainer(), trainer(), trainer()
    history = list(whole.fit())
    for _ in range(4):
        stepwise.advance()
    half = trainer()
    half.advance(2)
    resumed.restore(half.state(), half.history)
    assert history == stepwise.history == resumed.fit()
    for other in (stepwise, resumed):
        for left, right in zip(whole.state().variables, other.state().variables, strict=True):
            np.testing.assert_array_equal(left, right)
    whole.reset()
    assert whole.fit() == history
    assert whole.predict(X[:3]).shape == (3, 1)


def test_a_configured_run_is_the_same_batch_by_batch() -> None:
    """Shuffling included: weights bit for bit, and the scores of the test rows to the last bits."""
    plain, watched = Trainer(config(4)), Trainer(config(4), callbacks=[Everything()])
    for ours, theirs in zip(plain.fit(), watched.fit(), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)
    for left, right in zip(plain.state().variables, watched.state().variables, strict=True):
        np.testing.assert_array_equal(left, right)
    assert watched.log_names == plain.log_names


def test_an_interrupted_epoch_by_batches_leaves_no_trace() -> None:
    def stop(batch: int, logs: Any) -> None:
        if batch == 1:
            interrupt()

    trainer = Trainer(
        config(),
        dataset=dataset_of_arrays(*rows(X, BINARY)),
        model=NOISY(),
        callbacks=[callbacks.LambdaCallback(on_train_batch_end=stop)],
    )
    before = trainer.state()
    try:
        assert trainer.advance(2) == []
    finally:
        interrupt(False)
    for left, right in zip(before.variables, trainer.state().variables, strict=True):
        np.testing.assert_array_equal(left, right)


def test_maps_by_batches_are_the_predictions_after_each_epoch() -> None:
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=PLAIN(), callbacks=[Everything()])
    logs, maps = trainer.advance_with_maps(X[:7], 3)
    assert (len(logs), maps.shape) == (3, (3, 7, 1))
    np.testing.assert_array_equal(maps[-1], trainer.predict(X[:7]))
