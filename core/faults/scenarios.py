"""Faults of the clinic that teach something, with the strengths at which they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment.faults import FaultsConfig
from core.words import N_

_GLUCOSE = "glucose (mmol/L)"
_DEVICE = "C-reactive protein (mg/L)"


@dataclass(frozen=True)
class Scenario:
    """One of them.

    Attributes:
        title: a few words.
        faults: nothing for the clinic as it is.
    """

    title: str
    faults: FaultsConfig


def _scenario(title: str, faults: Mapping[str, Any]) -> Scenario:
    return Scenario(title, FaultsConfig.model_validate(faults))


#: By name, in the order of the table in docs/data_quality.md.
SCENARIOS: dict[str, Scenario] = {
    "clean": _scenario(N_("The clinic as it is"), {}),
    "missing": _scenario(
        N_("Missing values in 60 % of the healthy, half the columns"), {"missing": {"kind": "missing_by_target"}}
    ),
    "leak": _scenario(N_("A leak, absent outside"), {"leak": {}}),
    "copies": _scenario(N_("Half the rows, four times each"), {"duplicates": {}}),
    "wrong_copies": _scenario(
        N_("20 % wrong labels, and 80 % of the rows four times each"),
        {"wrong_labels": {"kind": "wrong_labels"}, "duplicates": {"share": 0.8}},
    ),
    "device": _scenario(
        N_("Another device for 95 % of the ill"), {"shift": {"kind": "device", "column": _DEVICE, "offset": 1.5}}
    ),
    "units": _scenario(N_("Glucose in other units outside"), {"shift": {"kind": "units", "column": _GLUCOSE}}),
    "stuck_device": _scenario(N_("A stuck device outside"), {"shift": {"kind": "stuck_device", "column": _DEVICE}}),
    "imbalance": _scenario(N_("5 % ill at the source"), {"imbalance": {}}),
    "missed_cases": _scenario(N_("60 % of the cases missed"), {"wrong_labels": {"kind": "missed_cases"}}),
    "wrong_labels": _scenario(N_("20 % wrong labels"), {"wrong_labels": {"kind": "wrong_labels"}}),
    "screening": _scenario(N_("A screening site, 5 % ill"), {"shift": {"kind": "screening"}}),
}
