"""Activations: of hidden layers, and of the output. Adding one is one entry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from core.experiment.keras_call import KerasCall
from core.words import N_


@dataclass(frozen=True)
class ActivationSpec:
    """One activation function.

    Attributes:
        name: in configurations and links, and in Keras.
        symbol: its formula.
        flat: where it no longer changes, so that no gradient passes: for very negative inputs, for large ones of either
            sign, or nowhere.
        centre: the output that counts as undecided, around which a unit's picture is drawn.
        title: as the page shows it, marked where it has words; the name, where nothing else is said.
        keras: what Keras takes for it; the name, where nothing else is said.
    """

    name: str
    symbol: str
    flat: Literal["", "below", "both"] = ""
    centre: float = 0.0
    title: str = ""
    keras: str | KerasCall = ""

    def __post_init__(self) -> None:
        for field in ("title", "keras"):
            if not getattr(self, field):
                object.__setattr__(self, field, self.name)


# Formulas and constants as in keras.activations (Keras 3).
_ENTRIES = (
    ActivationSpec("relu", "max(0, z)", flat="below"),
    ActivationSpec("leaky_relu", "max(0.2·z, z)", flat="below"),
    ActivationSpec("elu", "z, below 0: e^z − 1", flat="below"),
    ActivationSpec("selu", "1.05·z, below 0: 1.76·(e^z − 1)", flat="below"),
    ActivationSpec("gelu", "z·Φ(z)", flat="below"),
    ActivationSpec("silu", "z/(1 + e^−z)", flat="below"),
    ActivationSpec("tanh", "tanh z", flat="both"),
    ActivationSpec("sigmoid", "1/(1 + e^−z)", flat="both", centre=0.5),
    ActivationSpec("softplus", "ln(1 + e^z)", flat="below"),
    ActivationSpec("linear", "z"),
)

#: Every activation of hidden layers by name, in the order in which the page offers them.
ACTIVATIONS: dict[str, ActivationSpec] = {entry.name: entry for entry in _ENTRIES}

#: Every activation of the output layer. Which of them goes with which loss is said by `core.experiment.losses`.
OUTPUT_ACTIVATIONS: dict[str, ActivationSpec] = {
    "softmax": ActivationSpec("softmax", "e^z / Σ e^z"),
    "sigmoid": ACTIVATIONS["sigmoid"],
    "linear": replace(ACTIVATIONS["linear"], title=N_("linear (logits, in classification)")),
}
