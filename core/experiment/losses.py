"""The losses. Adding one is one entry: what it fits, how it is built, written and named follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.experiment.keras_call import KerasCall
from core.words import N_

#: What a target can be, in scikit-learn's words (`sklearn.utils.multiclass.type_of_target`).
Target = Literal["continuous", "binary", "multiclass"]


@dataclass(frozen=True)
class LossSpec:
    """One loss.

    Attributes:
        name: in configurations and links.
        title: as the page's choice shows it; marked.
        curve: as the curves name it; marked.
        symbol: its formula for one row, with the target y and the output a or, where that is a probability, p.
        outputs: the output activations that it can be used with, by the targets that it fits; the usual one first.
        call: builds and writes it; takes `from_logits` where `takes_logits`.
        symbol_of_zero: the formula where the target is the class 0 and the output is the probability of the class 1.
        is_first_for: the targets whose usual loss it is, before others that fit them.
        takes_logits: it can apply softmax or sigmoid itself.
        takes_classes: the network has an output for every class, and the target is a class' number.
        unit_power: it is measured in the target's unit to this power; 0 is in no unit.
    """

    name: str
    title: str
    curve: str
    symbol: str
    outputs: Mapping[Target, tuple[str, ...]]
    call: KerasCall
    symbol_of_zero: str = ""
    is_first_for: tuple[Target, ...] = ()
    takes_logits: bool = False
    takes_classes: bool = False
    unit_power: int = 0


_ENTRIES = (
    LossSpec(
        "sparse_categorical_crossentropy",
        N_("sparse categorical cross-entropy"),
        N_("cross-entropy"),
        "−ln p",
        {"binary": ("softmax", "linear"), "multiclass": ("softmax", "linear")},
        KerasCall("losses.SparseCategoricalCrossentropy"),
        takes_logits=True,
        takes_classes=True,
    ),
    LossSpec(
        "binary_crossentropy",
        N_("binary cross-entropy"),
        N_("cross-entropy"),
        "−ln p",
        {"binary": ("sigmoid", "linear")},
        KerasCall("losses.BinaryCrossentropy"),
        symbol_of_zero="−ln(1 − p)",
        is_first_for=("binary",),
        takes_logits=True,
    ),
    LossSpec(
        "mean_squared_error",
        N_("mean squared error"),
        N_("mean squared error"),
        "(a − y)²",
        {"continuous": ("linear",), "binary": ("sigmoid",)},
        KerasCall("losses.MeanSquaredError"),
        unit_power=2,
    ),
    LossSpec(
        "mean_absolute_error",
        N_("mean absolute error"),
        N_("mean absolute error"),
        "|a − y|",
        {"continuous": ("linear",)},
        KerasCall("losses.MeanAbsoluteError"),
        unit_power=1,
    ),
    LossSpec(
        "huber",
        N_("Huber"),
        N_("Huber loss"),
        "huber(a − y)",
        {"continuous": ("linear",)},
        KerasCall("losses.Huber"),
    ),
)

#: Every loss by name.
LOSSES: dict[str, LossSpec] = {entry.name: entry for entry in _ENTRIES}
