"""Is the network in good health: does every layer get a gradient, do its units say different things?

    gradient   root mean square of a layer's kernel gradient
    spread     standard deviation of what a layer's units say, over rows and units
    dead       share of units that say the same whatever the input

A healthy network has about the same gradient and spread in every layer (Glorot & Bengio, "Understanding the difficulty
of training deep feedforward neural networks", AISTATS 2010, whose figures show both fading with depth). The limits
below are rules of thumb: they name what is plain to see in the charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: The first layer's gradient as a share of the largest one's, below which it counts as vanishing.
_VANISHING = 0.02

#: Root mean square of a gradient above which steps of a usual learning rate overshoot.
_EXPLODING = 100.0

#: Share of a layer's units that may be dead before a word is said.
_DYING = 0.5

#: A unit is dead whose outputs vary by less than this share of their size, or of 1.
_SAME = 1e-5


@dataclass(frozen=True)
class Health:
    """The three figures of each Dense layer, from the first hidden one to the output, and words where one is wrong."""

    gradient: tuple[float, ...]
    spread: tuple[float, ...]
    dead: tuple[float, ...]
    words: tuple[str, ...]


def health_of(kernel_gradients: Sequence[np.ndarray], outputs: Sequence[np.ndarray]) -> Health:
    """Measure every layer.

    Args:
        kernel_gradients: (inputs, units) of each Dense layer.
        outputs: (rows, units) of each, after the activation.

    >>> health_of([np.full((2, 2), 3.0)], [np.array([[0.0, 1.0], [0.0, 3.0]])]).dead
    (0.5,)
    """
    gradient = tuple(_root_mean_square(values) for values in kernel_gradients)
    spread = tuple(float(np.std(values)) if values.size else 0.0 for values in outputs)
    dead = tuple(_dead_share(values) for values in outputs)
    return Health(gradient, spread, dead, tuple(_words(gradient, dead)))


def _words(gradient: Sequence[float], dead: Sequence[float]) -> list[str]:
    words = []
    largest = max(gradient, default=0.0)
    if not np.all(np.isfinite(gradient)) or largest > _EXPLODING:
        words.append("Exploding: the gradient is so large that each step overshoots. Try a smaller learning rate.")
    elif len(gradient) > 2 and largest > 0.0 and gradient[0] < _VANISHING * largest:
        words.append(
            "Vanishing: hardly any gradient reaches the first layers. Try ReLU, He initialisation or fewer layers."
        )
    hidden = dead[:-1]
    if hidden and max(hidden) >= _DYING:
        layer = int(np.argmax(hidden)) + 1
        words.append(
            f"Dying: {hidden[layer - 1]:.0%} of hidden layer {layer} says the same whatever the input. "
            "Try a smaller learning rate or leaky ReLU."
        )
    return words


def _root_mean_square(values: np.ndarray) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0


def _dead_share(outputs: np.ndarray) -> float:
    if len(outputs) < 2 or not outputs.size:
        return 0.0
    varies = np.ptp(outputs, axis=0) > _SAME * np.maximum(1.0, np.abs(outputs).max(axis=0))
    return float(np.mean(~varies))
