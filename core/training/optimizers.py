"""Optimizers by name, each as Keras builds it. Adding one is one entry."""

from __future__ import annotations

from collections.abc import Callable

from core.runtime.backend import keras


def build_optimizer(name: str, learning_rate: float) -> keras.Optimizer:
    """The named optimizer with Keras' own defaults for all but the learning rate."""
    return _OPTIMIZERS[name](learning_rate)


#: `momentum` is stochastic gradient descent with Nesterov-free momentum 0.9, the textbook's value
#: (Goodfellow, Bengio and Courville, Deep Learning, section 8.3.2).
_OPTIMIZERS: dict[str, Callable[[float], keras.Optimizer]] = {
    "sgd": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "rmsprop": lambda rate: keras.optimizers.RMSprop(rate),
    "adam": lambda rate: keras.optimizers.Adam(rate),
    "adamw": lambda rate: keras.optimizers.AdamW(rate),
    "nadam": lambda rate: keras.optimizers.Nadam(rate),
    "adagrad": lambda rate: keras.optimizers.Adagrad(rate),
}
