"""Small trained networks, and what they compute in NumPy's float64: an oracle apart from Keras' graphs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from core.experiment.config import ExperimentConfig
from core.tables import open_tables, read_table
from core.training import Trainer

Found = TypeVar("Found")


def trained(name: str, epochs: int = 20, layers: tuple[int, ...] = (8,), **dataset: Any) -> Trainer:
    """A network of tanh units: finite differences would stumble over the kinks of ReLU."""
    config = {
        "dataset": {"name": name, **dataset},
        "model": {"hidden_layers": [{"units": units, "activation": "tanh"} for units in layers]},
        "training": {"epochs": epochs},
    }
    trainer = Trainer(ExperimentConfig.model_validate(config))
    trainer.fit()
    return trainer


def trained_on_hospital(**settings: Any) -> Trainer:
    """On a table with gaps, dates, and a column of three levels. `DESCENT_DATA` is to be a folder of the test's own."""
    rng = np.random.default_rng(0)
    age = rng.integers(20, 90, 160).astype(float)
    age[rng.random(160) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "age": age,
            "smoker": rng.choice(["yes", "no"], 160),
            "city": rng.choice(["Köln", "北京", "Lima"], 160),
            "lactate": rng.normal(2, 1, 160).round(2),
            "ill": np.where(np.nan_to_num(age, nan=50) + rng.normal(0, 20, 160) > 55, "yes", "no"),
        }
    )
    content = open_tables().add(read_table(frame.to_csv(index=False).encode(), "hospital.csv"), owner="somebody")
    return trained(content, epochs=5, target="ill", **settings)


def outcome(work: Generator[float, None, Found]) -> Found:
    """What a generator returns; what it yields are shares that grow up to 1."""
    shares = [0.0]
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            assert shares == sorted(shares)
            assert shares[-1] <= 1 + 1e-9
            found: Found = end.value
            return found


def by_hand(trainer: Trainer) -> Callable[[np.ndarray], np.ndarray]:
    """The network before its last activation: (rows, inputs) -> (rows, units), in float64."""
    weights = [np.asarray(each, np.float64) for each in trainer.model.get_weights()]
    pairs = list(zip(weights[::2], weights[1::2], strict=True))

    def outputs(x: np.ndarray) -> np.ndarray:
        values = np.asarray(x, np.float64)
        for kernel, bias in pairs[:-1]:
            values = np.tanh(values @ kernel + bias)
        kernel, bias = pairs[-1]
        return np.asarray(values @ kernel + bias)

    return outputs


def odds_by_hand(trainer: Trainer, label: int) -> Callable[[np.ndarray], np.ndarray]:
    """log p / (1 − p) of a class, from probabilities. (rows, inputs) -> (rows,)."""
    outputs = by_hand(trainer)

    def odds(x: np.ndarray) -> np.ndarray:
        z = outputs(x)
        if z.shape[1] == 1:
            p = 1 / (1 + np.exp(-z[:, 0]))
            p = p if label == 1 else 1 - p
        else:
            exponents = np.exp(z - z.max(axis=1, keepdims=True))
            p = (exponents / exponents.sum(axis=1, keepdims=True))[:, label]
        return np.asarray(np.log(p) - np.log1p(-p))

    return odds


def slopes_by_hand(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Central differences. (rows, inputs) -> (rows, inputs)."""
    x = np.asarray(x, np.float64)
    found = np.empty(x.shape)
    for place in range(x.shape[1]):
        moved = np.zeros(x.shape[1])
        moved[place] = step
        found[:, place] = (function(x + moved) - function(x - moved)) / (2 * step)
    return found
