"""The work that is measured: configurations and, for the larger rows, models and data of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from core.datasets import Dataset, load_dataset
from core.experiment.config import ExperimentConfig


class Work(NamedTuple):
    """What is trained. `model` is None where the configuration describes it."""

    config: ExperimentConfig
    dataset: Dataset
    model: Any = None


def configured(config: ExperimentConfig) -> Work:
    """An experiment with its own data set and network."""
    return Work(config, load_dataset(config.dataset, seed=config.seed))


def article(epochs: int = 10_000) -> ExperimentConfig:
    """The article's example: Iris, 64-32-3, Adam 0.001, batch 32."""
    return _config("iris", [64, 32], learning_rate=0.001, batch_size=32, epochs=epochs)


def digits_mlp(epochs: int = 10_000) -> ExperimentConfig:
    """Digits, 128-64, batch 32."""
    return _config("digits", [128, 64], learning_rate=0.001, batch_size=32, epochs=epochs)


def plane(hidden: list[int], epochs: int = 10_000) -> ExperimentConfig:
    """250 training and 250 test points in a circle and a ring, batch 10, tanh: the browser playgrounds' work."""
    data = {"name": "circles", "samples": 500, "test_fraction": 0.5, "noise": 0.05}
    return _config(data, hidden, learning_rate=0.03, batch_size=10, epochs=epochs, activation="tanh")


def digits_cnn() -> Work:
    """Digits as images through two convolutions, passed in as `model=`."""
    import keras

    config = digits_mlp(epochs=1_000)
    dataset = load_dataset(config.dataset, seed=config.seed)
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Reshape((8, 8, 1)),
            keras.layers.Conv2D(16, 3, activation="relu", padding="same"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(32, 3, activation="relu", padding="same"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    return Work(config, dataset, model)


def large_mlp() -> Work:
    """12,000 × 784 random rows of ten classes on 256-128, batch 128."""
    import keras

    config = _config("digits", [256, 128], learning_rate=0.001, batch_size=128, epochs=1_000)
    rng = np.random.default_rng(0)
    small = load_dataset(config.dataset, seed=0)
    x = rng.normal(size=(14_000, 784)).astype(np.float32)
    y = rng.integers(0, 10, size=14_000)
    dataset = replace(small, x_train=x[:12_000], y_train=y[:12_000], x_test=x[12_000:], y_test=y[12_000:])
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    return Work(config, dataset, model)


def _config(
    dataset: str | dict[str, Any],
    hidden: list[int],
    *,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    activation: str = "relu",
) -> ExperimentConfig:
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": dataset} if isinstance(dataset, str) else dataset,
            "model": {"hidden_layers": [{"units": units, "activation": activation} for units in hidden]},
            "training": {"learning_rate": learning_rate, "batch_size": batch_size, "epochs": epochs},
        }
    )


#: The networks of the browser playgrounds: hidden layers by name.
PLANES = {"2-4-2-1": [4, 2], "2-8×6-1": [8] * 6, "2-64-32-1": [64, 32]}

#: What the loops are compared on.
WORKS: dict[str, Callable[[], Work]] = {
    "article's example": lambda: configured(article()),
    "digits MLP 128-64": lambda: configured(digits_mlp()),
    "digits CNN": digits_cnn,
    "12,000×784 MLP 256-128": large_mlp,
    **{name: lambda hidden=hidden: configured(plane(hidden)) for name, hidden in PLANES.items()},  # type: ignore[misc]
}
