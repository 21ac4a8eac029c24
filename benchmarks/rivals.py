"""The training loops that somebody could pick instead, each as a function that trains some epochs and says how many.

Every one trains in long calls, as its users do: what a call costs to begin is no part of an epoch.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from benchmarks.work import Work

Contestant = Callable[[], int]

#: Seconds of a rival's call.
_CALL_SECONDS = 1.0


def keras_fit(work: Work, *, one_execution_an_epoch: bool = False) -> Contestant:
    """`model.fit` with validation, metrics and the streaming callback.

    Args:
        one_execution_an_epoch: with Keras' own remedy, `steps_per_execution` as large as an epoch.
    """
    import keras

    from core.models import build_model
    from core.training import EpochStream
    from core.training.compiling import compile_model

    config, dataset = work.config, work.dataset
    model = build_model(config.model, dataset) if work.model is None else keras.models.clone_model(work.model)
    compile_model(model, config)
    if one_execution_an_epoch:
        model.steps_per_execution = math.ceil(len(dataset.x_train) / config.training.batch_size)
    stream: list[Any] = []

    def train(epochs: int) -> None:
        stream.clear()
        model.fit(
            dataset.x_train,
            dataset.y_train,
            validation_data=(dataset.x_test, dataset.y_test),
            batch_size=config.training.batch_size,
            epochs=epochs,
            verbose=0,
            callbacks=[EpochStream(stream.append)],
        )

    return _in_long_calls(train)


class PlainFit:
    """`keras_fit` in a process of its own, with TensorFlow as it comes: its own threads and graph optimizer."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, "-m", "benchmarks.plain_fit", name]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self()

    def __call__(self) -> int:
        """Have it train for about a second. Returns how many epochs."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def scikit_learn(work: Work) -> Contestant:
    """`MLPClassifier`; without validation, which flatters it."""
    from sklearn.neural_network import MLPClassifier

    training, hidden = work.config.training, work.config.model.dense_layers
    network = MLPClassifier(
        hidden_layer_sizes=[layer.units for layer in hidden],
        activation=hidden[0].activation,
        learning_rate_init=training.learning_rate,
        batch_size=min(training.batch_size, len(work.dataset.x_train)),
        tol=0.0,
    )

    def train(epochs: int) -> None:
        network.set_params(max_iter=epochs, n_iter_no_change=epochs + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.fit(work.dataset.x_train, work.dataset.y_train)

    return _in_long_calls(train)


def torch_loop(work: Work) -> Contestant:
    """PyTorch's plain loop over slices of shuffled tensors, with validation at the end of each epoch."""
    import torch

    torch.set_num_threads(1)
    dataset, training = work.dataset, work.config.training
    network = _torch_network(work)
    optimizer = torch.optim.Adam(network.parameters(), lr=training.learning_rate)
    loss_of = torch.nn.CrossEntropyLoss()
    x, y = torch.from_numpy(dataset.x_train), torch.from_numpy(dataset.y_train)
    x_test, y_test = torch.from_numpy(dataset.x_test), torch.from_numpy(dataset.y_test)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            order = torch.randperm(len(x))
            for start in range(0, len(x), training.batch_size):
                rows = order[start : start + training.batch_size]
                optimizer.zero_grad()
                loss_of(network(x[rows]), y[rows]).backward()
                optimizer.step()
            with torch.no_grad():
                outputs = network(x_test)
                loss_of(outputs, y_test).item()
                (outputs.argmax(1) == y_test).float().mean().item()

    return _in_long_calls(train)


def _torch_network(work: Work) -> Any:
    """The same layers in PyTorch, ending in logits."""
    import keras
    from torch import nn

    from core.models import build_model

    activations = {"relu": nn.ReLU, "tanh": nn.Tanh}
    network: list[Any] = []
    model = work.model or build_model(work.config.model, work.dataset)
    for layer in model.layers:
        inputs = layer.input.shape
        if isinstance(layer, keras.layers.Dense):
            # Two classes are one output in Keras, and two logits here.
            network.append(nn.Linear(inputs[-1], max(2, layer.units)))
        elif isinstance(layer, keras.layers.Conv2D):
            network.append(nn.Conv2d(inputs[-1], layer.filters, layer.kernel_size, padding=layer.padding))
        elif isinstance(layer, keras.layers.MaxPooling2D):
            network.append(nn.MaxPool2d(layer.pool_size))
        elif isinstance(layer, keras.layers.Flatten):
            network.append(nn.Flatten())
        elif isinstance(layer, keras.layers.Reshape):
            rows, columns, channels = layer.target_shape
            network.append(nn.Unflatten(1, (channels, rows, columns)))
        name = getattr(getattr(layer, "activation", None), "__name__", None)
        if name in activations and layer is not model.layers[-1]:
            network.append(activations[name]())
    return nn.Sequential(*network)


def _in_long_calls(train: Callable[[int], None]) -> Contestant:
    """Train so many epochs at once as take about a second, found out by trying."""
    train(2)
    started, epochs = time.perf_counter(), 1
    while time.perf_counter() - started < _CALL_SECONDS / 2:
        started, epochs = time.perf_counter(), epochs * 4
        train(epochs)
    epochs = max(1, int(epochs * _CALL_SECONDS / (time.perf_counter() - started)))

    def step() -> int:
        train(epochs)
        return epochs

    return step
