"""Early stopping: Keras' callback as a configuration asks for it, and its memory, so that a run goes on in another
process as if nothing had been.
"""

from __future__ import annotations

import numpy as np

from core.experiment.config import ExperimentConfig
from core.runtime.backend import keras
from core.training.state import StoppingMemory


def early_stopping(config: ExperimentConfig) -> list[keras.callbacks.EarlyStopping]:
    """The callback that a configuration asks for, or none."""
    chosen = config.training.early_stopping
    if chosen is None:
        return []
    return [
        keras.callbacks.EarlyStopping(
            monitor=chosen.monitor,
            patience=chosen.patience,
            min_delta=chosen.min_delta,
            restore_best_weights=chosen.restore_best_weights,
            mode="min",
        )
    ]


def memory_of(callback: keras.callbacks.EarlyStopping) -> StoppingMemory:
    """What the callback has come to know, as copies."""
    weights = callback.best_weights
    return StoppingMemory(
        wait=int(callback.wait),
        best=None if callback.best is None else float(callback.best),
        best_epoch=int(callback.best_epoch),
        best_weights=None if weights is None else tuple(np.array(value) for value in weights),
    )


def recall(callback: keras.callbacks.EarlyStopping, memory: StoppingMemory) -> None:
    """Give a callback, after its `on_train_begin`, the memory of another."""
    callback.wait = memory.wait
    callback.best = memory.best
    callback.best_epoch = memory.best_epoch
    callback.best_weights = None if memory.best_weights is None else [np.array(value) for value in memory.best_weights]
