"""Which weights may be set by hand: checked in the server, before a worker hears of it."""

from __future__ import annotations

from core.errors import CannotEdit
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from core.words import Said

#: Weights beyond it would only overflow.
LARGEST_WEIGHT = 1e6


def check_edit(config: ExperimentConfig, edit: Edit) -> None:
    """Whether a configuration's network has the weight, and may have the value.

    Raises:
        CannotEdit: it has not.
    """
    kernels = config.dense_kernels
    is_there = _is_place(edit.layer, len(kernels))
    if is_there:
        inputs, units = kernels[edit.layer]
        is_there = _is_place(edit.unit, units) and (edit.row is None or _is_place(edit.row, inputs))
    if not is_there:
        raise CannotEdit(Said("This network has no such weight. Point at one that is drawn."))
    if not isinstance(edit.value, (int, float)) or not abs(edit.value) <= LARGEST_WEIGHT:
        raise CannotEdit(
            Said("Expected a number between −{most:,.0f} and {most:,.0f} as a weight.", {"most": LARGEST_WEIGHT})
        )


def _is_place(place: object, size: int) -> bool:
    return type(place) is int and 0 <= place < size
