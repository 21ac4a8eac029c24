"""Callbacks between batches: `Trainer` against `model.fit` with the same callback, in turns.

Both train the same network on the same rows, with validation, for as many epochs as take `fit` about a second; making
the pipelines is part of it, tracing is not. The ratio is that of the medians of five measurements each.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import table

_ROUNDS = 5

#: The most that `Trainer` may take of `fit`'s time.
GOAL = 1.05


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows = []
    for network, make in _networks().items():
        for name, callback in _callbacks().items():
            theirs, ours = _measure(make, callback)
            rows.append((network, name, theirs, ours, f"{ours / theirs:.2f}"))
            print(table(_HEADER, rows[-1:]).splitlines()[-1], flush=True)
    return table(_HEADER, rows)


_HEADER = ("network", "callback", "`fit`, ms an epoch", "`Trainer`, ms an epoch", "ratio (to reach ≤ 1.05)")


def _callbacks() -> dict[str, Callable[[], Any]]:
    import keras

    callbacks = keras.callbacks

    def folder() -> str:
        return tempfile.mkdtemp(prefix="descent-callbacks-")

    return {
        "LambdaCallback(on_train_batch_end=…)": lambda: callbacks.LambdaCallback(
            on_train_batch_end=lambda b, logs: None
        ),
        "TerminateOnNaN": callbacks.TerminateOnNaN,
        "ModelCheckpoint(save_freq=10)": lambda: callbacks.ModelCheckpoint(
            f"{folder()}/m.weights.h5", save_freq=10, save_weights_only=True
        ),
        'TensorBoard(update_freq="batch")': lambda: callbacks.TensorBoard(
            folder(), update_freq="batch", write_graph=False
        ),
    }


def _networks() -> dict[str, Callable[[], tuple[Any, tuple[Any, ...], int]]]:
    import keras
    import numpy as np

    from core import ExperimentConfig, load_dataset

    def of(name: str, units: tuple[int, ...], batch_size: int, **settings: Any) -> Callable[[], Any]:
        config = ExperimentConfig.model_validate({"dataset": {"name": name, **settings}})
        data = load_dataset(config.dataset)
        rows = (data.x_train, data.y_train, data.x_test, data.y_test)
        classes = data.n_classes

        def make() -> tuple[Any, tuple[Any, ...], int]:
            layers = [keras.layers.Dense(each, "relu") for each in units]
            end = keras.layers.Dense(classes, "softmax")
            model = keras.Sequential([keras.Input((data.x_train.shape[1],)), *layers, end])
            model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
            return model, tuple(map(np.asarray, rows)), batch_size

        return make

    return {
        "moons, 8-4": of("moons", (8, 4), 16, samples=300),
        "digits, 128-64": of("digits", (128, 64), 32),
    }


def _measure(make: Callable[[], Any], callback: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds an epoch of `fit` and of `Trainer`, medians of measurements in turns."""
    from core import ExperimentConfig, Trainer
    from core.datasets import dataset_of_arrays

    model, (x, y, x_test, y_test), batch_size = make()
    own, *_ = make()

    def fit(epochs: int) -> None:
        model.fit(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            validation_data=(x_test, y_test),
            shuffle=False,
            verbose=0,
            callbacks=[callback()],
        )

    config = ExperimentConfig.model_validate({"training": {"batch_size": batch_size, "epochs": 10_000}})
    trainer = Trainer(
        config,
        dataset=dataset_of_arrays(x, y, x_test, y_test),
        model=own,
        callbacks=[callback()],
        shuffle=False,
    )
    fit(2)  # traced
    trainer.advance(2)
    epochs = max(2, round(1.0 / _seconds(lambda: fit(2)) * 2))
    times: dict[str, list[float]] = {"fit": [], "trainer": []}
    for _ in range(_ROUNDS):
        times["fit"].append(_seconds(lambda: fit(epochs)) / epochs)
        times["trainer"].append(_seconds(lambda: trainer.advance(epochs)) / epochs)
    return 1e3 * statistics.median(times["fit"]), 1e3 * statistics.median(times["trainer"])


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
