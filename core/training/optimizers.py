"""A configuration's optimizer as Keras builds it. The names are those of `core.experiment.optimizers`."""

from __future__ import annotations

from core.experiment.optimizers import OPTIMIZERS
from core.runtime.backend import keras


def build_optimizer(name: str, learning_rate: float) -> keras.Optimizer:
    """The named optimizer with Keras' own defaults for all but the learning rate."""
    return OPTIMIZERS[name].call.build(keras, learning_rate)
