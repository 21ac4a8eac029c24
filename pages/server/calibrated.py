"""Answers for people as a run's calibration has them: probabilities, sets of classes, bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.evaluation.calibration import LEVELS, Calibration
from core.words import Said

#: How often the set holds the truth that an answer names first.
_LEVEL = LEVELS[0]

_NOT_CALIBRATED = Said("The network has not been calibrated.")
_TOO_FEW = Said("There are too few training rows for sets of {level:.0%}.", {"level": _LEVEL})


def with_calibration(told: Mapping[str, Any], found: Calibration | None) -> dict[str, Any]:
    """An answer with `calibrated`, `set` and `sets` by level, of a number `band` and `bands`; null with the reason."""
    reasons = [told["reason"]] if "reason" in told else []
    whole = {**told, "calibrated": None, "set": None, "sets": None, "band": None, "bands": None}
    if found is None:
        reasons.append(str(_NOT_CALIBRATED))
    elif told["probability"] is None:
        whole["bands"] = {str(level): _band(told["value"], half) for level, half in found.thresholds.items()}
        whole["band"] = whole["bands"][str(_LEVEL)]
    elif None not in told["probability"].values():
        whole |= _of_classes(told["probability"], found)
    if found is not None and whole["set"] is None and whole["band"] is None:
        reasons.append(str(_TOO_FEW))
    return {**whole, "reason": " ".join(reasons)} if reasons else whole


def _of_classes(probability: Mapping[str, float], found: Calibration) -> dict[str, Any]:
    names = list(probability)
    calibrated = found.probabilities(np.array([list(probability.values())]))
    sets: dict[str, list[str] | None] = {}
    for level in found.thresholds:
        inside = found.sets(calibrated, level)
        sets[str(level)] = None if inside is None else [names[place] for place in np.flatnonzero(inside[0])]
    return {
        "calibrated": dict(zip(names, calibrated[0].tolist(), strict=True)),
        "set": sets[str(_LEVEL)],
        "sets": sets,
    }


def _band(value: float | None, half: float | None) -> list[float] | None:
    return None if half is None or value is None else [value - half, value + half]
