"""A pytest plugin: `model.fit` means `Trainer`, so that tests written for Keras run against ours.

Only translates arguments. A call that asks for what `Trainer` has no word for goes to Keras and is written down.
"""

from __future__ import annotations

import json
import math
import os
import sys
import types
from pathlib import Path
from typing import Any

import keras
import pytest

from core import ExperimentConfig, Trainer
from core.datasets import dataset_of_arrays

_keras_fit = keras.Model.fit

#: Keras' arguments that are for `Trainer` as they are at their defaults.
_DEFAULTS = {
    "class_weight": None,
    "sample_weight": None,
    "initial_epoch": 0,
    "steps_per_epoch": None,
    "validation_steps": None,
    "validation_freq": 1,
}

_handed_on: list[str] = []


def fit_by_trainer(
    self: keras.Model,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: Any = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    **others: Any,
) -> keras.callbacks.History:
    """As `keras.Model.fit`, by `Trainer`."""
    unknown = {name: value for name, value in others.items() if value != _DEFAULTS[name]}
    if unknown:
        _handed_on.append(f"{os.environ['PYTEST_CURRENT_TEST'].split('::')[-1].split(' ')[0]}: {unknown}")
        return _keras_fit(
            self, x, y, batch_size, epochs, verbose, callbacks, validation_split, validation_data, shuffle, **others
        )
    x_test = y_test = None
    if validation_data is not None:
        x_test, y_test = validation_data
    elif validation_split:
        kept = math.floor(len(x) * (1 - validation_split))
        x, y, x_test, y_test = x[:kept], y[:kept], x[kept:], y[kept:]
    training = {"batch_size": batch_size or 32, "epochs": epochs}
    history = keras.callbacks.History()
    listed = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    Trainer(
        ExperimentConfig.model_validate({"training": training}),
        dataset=dataset_of_arrays(x, y, x_test, y_test),
        model=self,
        callbacks=[*(each for each in listed if each is not None), history],
        shuffle=shuffle,
    ).fit()
    return history


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are collected."""
    # Keras' package comes without its conftest, which a test imports.
    conftest = types.ModuleType("conftest")
    conftest.skip_if_backend = lambda *_: pytest.mark.filterwarnings()  # type: ignore[attr-defined]
    sys.modules.setdefault("conftest", conftest)
    if os.environ.get("FIT_BY") != "keras":
        keras.Model.fit = fit_by_trainer


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say which calls went to Keras."""
    if target := os.environ.get("HANDED_ON"):
        Path(target).write_text(json.dumps(_handed_on), encoding="utf-8")
