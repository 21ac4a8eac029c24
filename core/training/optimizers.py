"""Optimizers by name, each as Keras builds it. Adding one is one entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def build_optimizer(name: str, learning_rate: float) -> keras.Optimizer:
    """The named optimizer with Keras' own defaults for all but the learning rate."""
    import keras

    return _OPTIMIZERS[name](keras.optimizers, learning_rate)


#: `momentum` is stochastic gradient descent with Nesterov-free momentum 0.9, the textbook's value
#: (Goodfellow, Bengio and Courville, Deep Learning, section 8.3.2).
_OPTIMIZERS: dict[str, Callable[[Any, float], Any]] = {
    "sgd": lambda optimizers, rate: optimizers.SGD(rate),
    "momentum": lambda optimizers, rate: optimizers.SGD(rate, momentum=0.9),
    "rmsprop": lambda optimizers, rate: optimizers.RMSprop(rate),
    "adam": lambda optimizers, rate: optimizers.Adam(rate),
    "adamw": lambda optimizers, rate: optimizers.AdamW(rate),
    "nadam": lambda optimizers, rate: optimizers.Nadam(rate),
    "adagrad": lambda optimizers, rate: optimizers.Adagrad(rate),
}
