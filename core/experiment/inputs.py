"""Inputs that can be computed from the two coordinates of a planar data set, and whether a choice of inputs can be.

Adding one is one entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import WrongValue
from core.words import Said, listed


@dataclass(frozen=True)
class InputSpec:
    """One computed input.

    Attributes:
        name: in configurations and links.
        title: as the page writes it.
        source: its formula in Python, of arrays x and y, with NumPy as np.
        compute: the same as a function of two (rows,) arrays -> (rows,).
    """

    name: str
    title: str
    source: str
    compute: Callable[[np.ndarray, np.ndarray], np.ndarray]


_ENTRIES = (
    InputSpec("x", "x", "x", lambda x, y: x),
    InputSpec("y", "y", "y", lambda x, y: y),
    InputSpec("x2", "x²", "x * x", lambda x, y: x * x),
    InputSpec("y2", "y²", "y * y", lambda x, y: y * y),
    InputSpec("xy", "x·y", "x * y", lambda x, y: x * y),
    InputSpec("sin_x", "sin x", "np.sin(x)", lambda x, y: np.sin(x)),
    InputSpec("sin_y", "sin y", "np.sin(y)", lambda x, y: np.sin(y)),
)

#: Every computed input by name, in the order in which the page offers them.
ENGINEERED_INPUTS: dict[str, InputSpec] = {entry.name: entry for entry in _ENTRIES}


def check_features(features: Sequence[str] | None, known: Sequence[str], dataset: str) -> None:
    """Whether a data set has the inputs that are chosen, each once.

    Args:
        features: None for all columns.
        known: what may be chosen.

    Raises:
        WrongValue: it has not, or none is chosen.
    """
    if features is None:
        return
    if not features:
        raise WrongValue(Said("features is empty: at least one input is needed."))
    if len(set(features)) != len(features):
        raise WrongValue(Said("features names an input twice."))
    for feature in features:
        if feature not in known:
            raise WrongValue(
                Said(
                    "'{feature}' is not an input of '{name}'. Choose from {names}.",
                    {"feature": feature[:40], "name": dataset, "names": listed(known)},
                )
            )
