"""A callback hears what it hears in `fit`."""

from __future__ import annotations

from typing import Any

import pytest
from keras import callbacks

from core import Trainer
from core.datasets import dataset_of_arrays
from core.training import EpochEnd, EpochStream
from tests.core.training.like_fit import BINARY, PLAIN, Everything, Odd, X, compare, config, rows
from tests.core.training.own_models import MODELS


@pytest.mark.parametrize(
    ("name", "batch_size"),
    [
        *((name, 16) for name in ("batch normalisation and dropout", "full batches", "averaged weights", "schedule")),
        *(
            (name, 16)
            for name in ("several steps an execution", "no test rows", "NaN of a metric", "own training step")
        ),
        ("batch normalisation and dropout", 7),
        ("batch normalisation and dropout", 1000),
    ],
)
def test_every_hook_is_called_as_fit_calls_it(name: str, batch_size: int) -> None:
    """In its order, with its batch numbers and its logs to the last bit, on the test rows, too."""
    make, data = MODELS[name]
    trainer, (ours,), (theirs,) = compare(make, data, lambda: [Everything()], batch_size=batch_size)
    assert ours.calls == theirs.calls
    assert ours.params == theirs.params
    assert len(ours.calls) > 8
    assert ours.model is trainer.model


def test_a_callback_list_is_taken_as_it_is() -> None:
    inner = Everything()
    trainer = Trainer(
        config(2), dataset=dataset_of_arrays(*rows(X, BINARY)), model=PLAIN(), callbacks=callbacks.CallbackList([inner])
    )
    trainer.fit()
    assert [call[0] for call in inner.calls].count("on_epoch_end") == 2


class Fails(callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 2:
            raise RuntimeError("no more")


def test_a_callback_that_raises_is_heard() -> None:
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=PLAIN(), callbacks=[Fails()])
    with pytest.raises(RuntimeError, match="no more"):
        trainer.fit()


def test_a_stream_sends_the_numbers_among_the_logs() -> None:
    sent: list[EpochEnd] = []
    trainer = Trainer(
        config(1),
        dataset=dataset_of_arrays(*rows(X, BINARY)),
        model=PLAIN(),
        callbacks=[Odd(), EpochStream(sent.append)],
    )
    trainer.fit()
    assert set(sent[0].logs) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert trainer.history[0]["text"] == "hello"
