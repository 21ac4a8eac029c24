"""The loop: epochs a second with validation, metrics and the streaming callback, against the rivals."""

from __future__ import annotations

import importlib.util
import itertools
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import work
from benchmarks.measuring import interleaved
from benchmarks.report import table
from core.config import ExperimentConfig
from core.datasets import Dataset, load_dataset
from core.training.paths import CHANGE_AT
from core.training.program import EPOCHS_PER_CALL

_HIDDEN = {"2-4-2-1": [4, 2], "2-8×6-1": [8] * 6, "2-64-32-1": [64, 32]}


def run() -> str:
    """Measure everything. Returns Markdown."""
    works: dict[str, tuple[ExperimentConfig, Dataset, Any]] = {
        "article's example": _configured(work.article()),
        "digits MLP 128-64": _configured(work.digits_mlp()),
        "digits CNN": work.digits_cnn(),
        "12,000×784 MLP 256-128": work.large_mlp(),
        **{name: _configured(work.plane(hidden)) for name, hidden in _HIDDEN.items()},
    }
    rows = []
    for name, (config, dataset, model) in works.items():
        rates = interleaved(_contestants(config, dataset, model))
        fit = rates["fit"]
        ours, fused = rates["one a call"], rates["full speed"]
        sklearn, torch = rates.get("scikit-learn"), rates.get("torch")
        rows.append(
            (
                name,
                fit,
                sklearn or "–",
                torch or "–",
                ours,
                fused,
                _times(ours / fit),
                _times(fused / fit),
                _times(fused / sklearn) if sklearn else "–",
                _GOALS.get(name, "–"),
            )
        )
        print(table(_HEADER, rows[-1:]).splitlines()[-1], flush=True)
    return table(_HEADER, rows)


_HEADER = (
    "work, epochs/s",
    "`model.fit`",
    "scikit-learn MLP",
    "PyTorch loop",
    "Descent, one epoch a call",
    "Descent, full speed",
    "one a call / fit",
    "full / fit",
    "full / scikit-learn",
    "to reach",
)

_GOALS = {
    "article's example": "≥ 60× one a call, ≥ 300× full, ≥ 6× scikit-learn",
    "digits MLP 128-64": "≥ 30×",
    "digits CNN": "≥ 4×",
    "12,000×784 MLP 256-128": "≥ 3×",
}


def _times(ratio: float) -> str:
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.1f}×"


def _configured(config: ExperimentConfig) -> tuple[ExperimentConfig, Dataset, Any]:
    return config, load_dataset(config.dataset, seed=config.seed), None


def _contestants(config: ExperimentConfig, dataset: Dataset, model: Any) -> dict[str, Callable[[], int]]:
    contestants = {
        "fit": _keras_fit(config, dataset, model),
        "one a call": _descent(config, dataset, model, at_once=1),
        "full speed": _descent(config, dataset, model, at_once=2 * EPOCHS_PER_CALL),
    }
    if model is None:
        contestants["scikit-learn"] = _scikit_learn(config, dataset)
        if importlib.util.find_spec("torch"):
            contestants["torch"] = _torch(config, dataset)
    return contestants


def _descent(config: ExperimentConfig, dataset: Dataset, model: Any, *, at_once: int) -> Callable[[], int]:
    """Asks for `at_once` epochs in a call, fewer where they would take longer than half a second."""
    import keras

    from core.training import EpochStream, Trainer

    stream: list[Any] = []
    own = None if model is None else keras.models.clone_model(model)
    trainer = Trainer(config, dataset=dataset, model=own, callbacks=[EpochStream(stream.append)])
    trainer.advance(CHANGE_AT + 1)  # compilation included
    started = time.perf_counter()
    trainer.advance(2)
    epochs = max(1, min(at_once, int(1.0 / (time.perf_counter() - started))))

    def step() -> int:
        stream.clear()
        if trainer.epoch + epochs >= trainer.epochs:
            trainer.extend(trainer.config.training.epochs)
        trainer.advance(epochs)
        return len(stream)

    return step


def _keras_fit(config: ExperimentConfig, dataset: Dataset, model: Any) -> Callable[[], int]:
    import keras

    from core.models import build_model
    from core.training import EpochStream
    from core.training.compiling import compile_model

    stream: list[Any] = []
    own = build_model(config.model, dataset) if model is None else keras.models.clone_model(model)
    compile_model(own, config)
    epochs = 3

    def step() -> int:
        stream.clear()
        own.fit(
            dataset.x_train,
            dataset.y_train,
            validation_data=(dataset.x_test, dataset.y_test),
            batch_size=config.training.batch_size,
            epochs=epochs,
            verbose=0,
            callbacks=[EpochStream(stream.append)],
        )
        return epochs

    step()
    return step


def _scikit_learn(config: ExperimentConfig, dataset: Dataset) -> Callable[[], int]:
    """`partial_fit` trains one epoch; no validation, which flatters it."""
    from sklearn.neural_network import MLPClassifier

    training = config.training
    network = MLPClassifier(
        hidden_layer_sizes=[layer.units for layer in config.model.hidden_layers],
        activation=config.model.hidden_layers[0].activation,
        learning_rate_init=training.learning_rate,
        batch_size=min(training.batch_size, len(dataset.x_train)),
    )
    classes = np.unique(dataset.y_train)

    def step() -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.partial_fit(dataset.x_train, dataset.y_train, classes=classes)
        return 1

    step()
    return step


def _torch(config: ExperimentConfig, dataset: Dataset) -> Callable[[], int]:
    """PyTorch's plain loop over slices of shuffled tensors, with validation at the end of each epoch."""
    import torch

    torch.set_num_threads(1)
    widths = [dataset.x_train.shape[1], *(layer.units for layer in config.model.hidden_layers)]
    activation = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[config.model.hidden_layers[0].activation]
    layers: list[Any] = []
    for inputs, units in itertools.pairwise(widths):
        layers += [torch.nn.Linear(inputs, units), activation()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], dataset.n_classes))
    optimizer = torch.optim.Adam(network.parameters(), lr=config.training.learning_rate)
    loss_of = torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(dataset.x_train), torch.from_numpy(dataset.y_train)
    x_test, y_test = torch.from_numpy(dataset.x_test), torch.from_numpy(dataset.y_test)
    batch = config.training.batch_size

    def step() -> int:
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch):
            rows = order[start : start + batch]
            optimizer.zero_grad()
            loss_of(network(x[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            outputs = network(x_test)
            loss_of(outputs, y_test).item()
            (outputs.argmax(1) == y_test).float().mean().item()
        return 1

    step()
    return step
