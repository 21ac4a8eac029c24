"""Explanations checked against the truth: which method ranks known causes rightly, and when all are fooled.

Ten seeds of synthetic patients (`core/explanation/truth.py`), a network of 32 and 16 tanh units each. "Top five" is
the share of the five true causes among the five columns that a method ranks first; "decoy first" and "before age" count
seeds.
"""

from __future__ import annotations

import json
import time
from typing import Any

from benchmarks.report import table
from core.explanation.rankings import RANKINGS
from core.tasks.checked_against_truth import KIND, TruthOptions, truth_experiment

#: (correlation of the decoy with age, error in the record of age)
SITUATIONS = ((0.0, 0.0), (0.9, 0.0), (0.98, 0.0), (0.98, 0.2), (0.98, 0.6))


class _Run:
    config = truth_experiment()


def check(decoy: float, age_error: float) -> dict[str, Any]:
    """The task's result."""
    work = KIND.work(_Run(), TruthOptions(decoy=decoy, age_error=age_error))  # type: ignore[arg-type]
    while True:
        try:
            next(work)
        except StopIteration as end:
            told: dict[str, Any] = json.loads(end.value)
            return told


def run() -> str:
    """Measure everything. Returns Markdown."""
    begun = time.process_time()
    found = [{each["method"]: each for each in check(*situation)["methods"]} for situation in SITUATIONS]
    seconds = (time.process_time() - begun) / len(SITUATIONS)
    heads = ["method"]
    for decoy, error in SITUATIONS:
        heads.append(f"decoy {decoy:.2f}, error in age {error:.1f}: top five (decoy first, before age)")
    rows = [
        [
            ranking.title,
            *(
                f"{each[name]['true_in_top']:.2f} ({each[name]['decoy_first']}, {each[name]['decoy_before_age']})"
                for each in found
            ),
        ]
        for name, ranking in RANKINGS.items()
    ]
    return f"{table(heads, rows)}\nTen seeds of one situation: {seconds:.1f} s of processor time.\n"
