"""Optimizers by name, against one update by hand."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from core.experiment.optimizers import OPTIMIZERS
from core.training.optimizers import build_optimizer

RATE, GRADIENT, START = 0.1, 0.5, 2.0

#: Weight after the first and the second step on a constant gradient, from each optimizer's published rule.
_ADAM = [START - RATE, START - 2 * RATE]
EXPECTED = {
    "sgd": [START - RATE * GRADIENT, START - 2 * RATE * GRADIENT],
    "momentum": [START - RATE * GRADIENT, START - RATE * GRADIENT - RATE * (0.9 + 1) * GRADIENT],
    "rmsprop": [
        START - RATE / math.sqrt(0.1),
        START - RATE / math.sqrt(0.1) - RATE / math.sqrt(0.19),
    ],
    "adam": _ADAM,
    "adamw": [
        START * (1 - 0.004 * RATE) - RATE,
        (START * (1 - 0.004 * RATE) - RATE) * (1 - 0.004 * RATE) - RATE,
    ],
    "adagrad": [
        START - RATE * GRADIENT / math.sqrt(0.1 + GRADIENT**2),
        START - RATE * GRADIENT / math.sqrt(0.1 + GRADIENT**2) - RATE * GRADIENT / math.sqrt(0.1 + 2 * GRADIENT**2),
    ],
}


@pytest.mark.parametrize("name", list(EXPECTED))
def test_two_steps_are_those_of_the_published_rule(name: str) -> None:
    weight = keras.Variable(np.float32(START))
    optimizer = build_optimizer(name, RATE)
    for expected in EXPECTED[name]:
        optimizer.apply([np.float32(GRADIENT)], [weight])
        assert float(np.asarray(weight)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_name_builds_an_optimizer_with_its_rate(name: str) -> None:
    assert float(np.asarray(build_optimizer(name, 0.25).learning_rate)) == 0.25


def test_nadam_is_keras_nadam() -> None:
    assert type(build_optimizer("nadam", 0.1)) is keras.optimizers.Nadam
