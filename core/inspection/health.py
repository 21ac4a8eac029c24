"""Is the network in good health: does every layer get a gradient, do its units output different values?

    gradient   root mean square of a layer's kernel gradient
    spread     standard deviation of what a layer's units output, over rows and units
    dead       share of units that say the same whatever the input

A healthy network has about the same gradient and spread in every layer (Glorot & Bengio, "Understanding the difficulty
of training deep feedforward neural networks", AISTATS 2010, whose figures show both fading with depth). The limits
below are rules of thumb: they name what is plain to see in the charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.experiment.activations import ACTIVATIONS
from core.words import Said

#: The first layer's gradient as a share of the largest one's, below which it counts as vanishing.
_VANISHING = 0.02

#: Root mean square of a gradient above which steps of a usual learning rate overshoot.
_EXPLODING = 100.0

#: Share of a layer's units that may be dead before a word is said.
_DYING = 0.5

#: A unit is dead whose outputs vary by less than this share of their size, or of 1.
_SAME = 1e-5


@dataclass(frozen=True)
class Circumstances:
    """What of an experiment decides which word a figure deserves.

    Attributes:
        activations: of the hidden layers, by Keras' names; where they are unknown, units count as rectifiers.
        has_penalty: large weights add to the loss, so that a unit that is not needed is switched off.
        learns: the network does better than a constant output; None where that is unknown.
        normalises_single_rows: batch normalisation sees one row at a time.
        numbers: of the layers with weights among the hidden ones, from 1; where they are unknown, none is left out.
    """

    activations: tuple[str, ...] = ()
    has_penalty: bool = False
    learns: bool | None = None
    normalises_single_rows: bool = False
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Health:
    """The three figures of each layer with weights, from the first hidden one to the output.

    Attributes:
        words: a sentence for each thing that is wrong.
        notes: a sentence for what looks wrong and is not.
    """

    gradient: tuple[float, ...]
    spread: tuple[float, ...]
    dead: tuple[float, ...]
    words: tuple[Said, ...]
    notes: tuple[Said, ...] = ()


def health_of(
    kernel_gradients: Sequence[np.ndarray],
    outputs: Sequence[np.ndarray],
    circumstances: Circumstances = Circumstances(),
) -> Health:
    """Measure every layer.

    Args:
        kernel_gradients: (inputs, units) of each layer with weights, of any shape.
        outputs: (rows, units) of each, after the activation; of a convolution (rows, height, width, filters).

    >>> health_of([np.full((2, 2), 3.0)], [np.array([[0.0, 1.0], [0.0, 3.0]])]).dead
    (0.5,)
    """
    gradient = tuple(_root_mean_square(values) for values in kernel_gradients)
    spread = tuple(float(np.std(values)) if values.size else 0.0 for values in outputs)
    dead = tuple(_dead_share(values) for values in outputs)
    words: list[Said] = []
    notes: list[Said] = []
    if circumstances.normalises_single_rows:
        # Every other figure follows from it.
        words.append(Said("Batch size 1: batch normalisation makes all rows the same. Try 8 or more."))
    else:
        words += _on_gradients(gradient, circumstances.has_penalty)
        worst = int(np.argmax(dead[:-1])) if len(dead) > 1 else 0
        if len(dead) > 1 and dead[worst] >= _DYING:
            (notes if circumstances.learns else words).append(_on_dead_units(worst, dead[worst], circumstances))
    return Health(gradient, spread, dead, tuple(words), tuple(notes))


def _on_gradients(gradient: Sequence[float], has_penalty: bool) -> list[Said]:
    largest = max(gradient, default=0.0)
    if not np.all(np.isfinite(gradient)) or largest > _EXPLODING:
        if has_penalty:
            return [
                Said(
                    "Exploding: the gradient is so large that each step overshoots. Try a smaller learning rate or "
                    "penalty."
                )
            ]
        return [Said("Exploding: the gradient is so large that each step overshoots. Try a smaller learning rate.")]
    if len(gradient) > 2 and largest > 0.0 and gradient[0] < _VANISHING * largest:
        return [
            Said(
                "Vanishing: hardly any gradient reaches the first layers. Try ReLU, He initialisation or fewer layers."
            )
        ]
    return []


def _on_dead_units(layer: int, share: float, circumstances: Circumstances) -> Said:
    return _why_dead(layer, circumstances).filled(share=share, layer=_number(layer, circumstances))


def _number(layer: int, circumstances: Circumstances) -> int:
    return circumstances.numbers[layer] if layer < len(circumstances.numbers) else layer + 1


def _why_dead(layer: int, circumstances: Circumstances) -> Said:
    # Two lines of the page hold about eighty characters.
    if circumstances.learns:
        if circumstances.has_penalty:
            return Said("Spare: {share:.0%} of hidden layer {layer} is switched off by the penalty, and not needed.")
        return Said("Spare: {share:.0%} of hidden layer {layer} is constant, and not needed.")
    if circumstances.has_penalty:
        return Said("Switched off: {share:.0%} of hidden layer {layer} is constant. Try a smaller penalty (l1, l2).")
    known = circumstances.activations
    activation = known[layer] if layer < len(known) else "relu"
    flat = ACTIVATIONS[activation].flat if activation in ACTIVATIONS else ""
    if flat == "both":
        return Said(
            "Saturated: {share:.0%} of hidden layer {layer} is constant. Try scaled inputs, smaller initial weights or "
            "a smaller learning rate."
        )
    if flat == "below":  # no gradient brings such a unit back
        return Said(
            "Dying: {share:.0%} of hidden layer {layer} is constant. Try a smaller learning rate or leaky ReLU."
        )
    return Said(
        "Constant: {share:.0%} of hidden layer {layer} is constant. Try another initialisation or a smaller learning "
        "rate."
    )


def _root_mean_square(values: np.ndarray) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0


def _dead_share(outputs: np.ndarray) -> float:
    if len(outputs) < 2 or not outputs.size:
        return 0.0
    outputs = outputs.reshape(-1, outputs.shape[-1])  # a filter is dead where it is constant at every place
    varies = np.ptp(outputs, axis=0) > _SAME * np.maximum(1.0, np.abs(outputs).max(axis=0))
    return float(np.mean(~varies))
