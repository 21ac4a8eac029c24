"""The data-quality lab: what the held-out rows promise, and what untouched rows deliver, clean and broken.

The configured network is trained for several seeds, each with another split, other weights and other rows that a fault
takes: first on the rows as they are, then on the same rows with the faults.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from core.experiment.config import MAX_SEED
from core.experiment.faults import FaultsConfig
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import N_, Said

if TYPE_CHECKING:
    from core.tasks.lab_networks import LabNetworks
    from core.tasks.lab_rows import LabRows

#: Seeds that tell an effect from chance.
SEEDS = 10

#: The figures, by scikit-learn's names; recall of the event is its sensitivity.
METRICS = ("roc_auc", "accuracy", "recall", "positive_predictive_value")

#: Why a figure has no value.
_UNDEFINED = {
    "roc_auc": N_("There are rows of one class only."),
    "accuracy": N_("There are no rows."),
    "recall": N_("There is no row of the event."),
    "positive_predictive_value": N_("No row is called positive."),
}

Figures = Mapping[str, float | None]


class LabOptions(TaskOptions):
    """What is broken, and how often it is tried.

    Attributes:
        seeds: how many; the first is the experiment's own.
    """

    faults: FaultsConfig = FaultsConfig()
    seeds: int = Field(SEEDS, ge=1, le=50)


@dataclass(frozen=True)
class Trial:
    """One network: figures of the rows that were held out, and of the external ones."""

    held_out: Figures
    external: Figures


@dataclass
class Comparison:
    """What is known so far.

    Attributes:
        clean, broken: one trial for each seed.
    """

    clean: list[Trial] = field(default_factory=list)
    broken: list[Trial] = field(default_factory=list)


def figures_of(target: np.ndarray, probability: np.ndarray, event: int) -> Figures:
    """How good probabilities of the event are. A row is called positive where its probability is at least a half.

    Args:
        target: (rows,) classes.
        probability: (rows,) of the event.

    Returns:
        `METRICS`, as scikit-learn computes them; None where one is not defined.
    """
    is_event, positive = target == event, probability >= 0.5
    hits, cases, alarms = int((is_event & positive).sum()), int(is_event.sum()), int(positive.sum())
    return {
        "roc_auc": _roc_auc(is_event, probability) if 0 < cases < len(target) else None,
        "accuracy": float((is_event == positive).mean()) if len(target) else None,
        "recall": hits / cases if cases else None,
        "positive_predictive_value": hits / alarms if alarms else None,
    }


def _roc_auc(is_event: np.ndarray, probability: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(is_event, probability))


def try_seed(lab: LabRows, networks: LabNetworks, faults: FaultsConfig, seed: int) -> Trial:
    """Break, split, prepare, train and judge, once."""
    return _try(lab, networks, faults, (faults,), seed)[0]


def compare(lab: LabRows, networks: LabNetworks, faults: FaultsConfig, seed: int) -> tuple[Trial, Trial]:
    """Clean and broken, from the same seed. Faults that leave the source alone cost no second network."""
    moved, none = faults.with_seed(seed), FaultsConfig()
    if not faults.breaks_source:
        clean, broken = _try(lab, networks, none, (none, moved), seed)
        return clean, broken
    return try_seed(lab, networks, none, seed), try_seed(lab, networks, moved, seed)


def _try(
    lab: LabRows, networks: LabNetworks, faults: FaultsConfig, outside: Sequence[FaultsConfig], seed: int
) -> list[Trial]:
    """One network on the source with `faults`, judged on external rows with each of `outside`."""
    rows, externals = lab.broken(faults).rows, [lab.outside(each).rows for each in outside]
    split = lab.split(rows, seed)
    dataset, inputs = lab.prepare(rows, split, faults, seed, externals)
    first, *others = networks.probabilities(dataset, seed, dataset.x_test, *inputs)
    promised = figures_of(rows.target[split.test], first[:, lab.event], lab.event)
    return [
        Trial(promised, figures_of(external.target, each[:, lab.event], lab.event))
        for external, each in zip(externals, others, strict=True)
    ]


def _work(context: Context, options: LabOptions) -> Generator[Progress, None, bytes]:
    from core.tasks.lab_networks import LabNetworks
    from core.tasks.lab_rows import LabRows

    config = context.config
    yield Progress(0.0, Said("reading the rows"))
    lab, networks, found = LabRows.of(config), LabNetworks(config), Comparison()
    for count in range(options.seeds):
        seed = (config.seed + count) % (MAX_SEED + 1)
        words = Said("seed {seed} of {seeds}", {"seed": count + 1, "seeds": options.seeds})
        partial = as_json(lab, options, found) if count else None
        yield Progress(count / options.seeds, words, partial)
        clean, broken = compare(lab, networks, options.faults, seed)
        found.clean.append(clean)
        found.broken.append(broken)
    return as_json(lab, options, found)


def as_json(lab: LabRows, options: LabOptions, found: Comparison) -> bytes:
    """What a page shows: of each side and each set of rows, every figure's mean, spread and values by seed.

    `external` says what the second set is: `external` rows of the data set, or `untouched` ones held back before
    anything was broken. The spread is the standard deviation over the seeds that have a value (n − 1).
    """
    faults = options.faults
    broken, outside = lab.broken(faults), lab.outside(faults)
    told: dict[str, Any] = {
        "event": lab.event_name,
        "external": "external" if lab.has_external else "untouched",
        "faults": faults.model_dump(mode="json"),
        "seeds": {"done": len(found.clean), "of": options.seeds},
        "rows": {"clean": len(lab.source), "broken": len(broken.rows), "external": len(outside.rows)},
        "injected": [
            {
                "kind": each.kind,
                "rows": len(each.rows),
                "removed": 0 if each.removed is None else len(each.removed),
                "columns": list(each.columns),
                "outside": each.is_outside,
            }
            for each in (*broken.injected, *outside.injected)
        ],
    }
    for name, trials in (("clean", found.clean), ("broken", found.broken)):
        told[name] = {
            "held_out": summary_of([trial.held_out for trial in trials]),
            "external": summary_of([trial.external for trial in trials]),
        }
    return json.dumps(told).encode()


def summary_of(figures: Sequence[Figures]) -> dict[str, dict[str, Any]]:
    """Mean and spread over the seeds, with the reason where no seed has a value.

    >>> summary_of([{"recall": 0.5}, {"recall": None}, {"recall": 1.0}])["recall"]["mean"]
    0.75
    """
    told = {}
    for metric in figures[0] if figures else ():
        values = [each[metric] for each in figures]
        known = [value for value in values if value is not None]
        told[metric] = {
            "mean": float(np.mean(known)) if known else None,
            "spread": float(np.std(known, ddof=1)) if len(known) > 1 else None,
            "values": values,
            **({} if known else {"reason": _UNDEFINED[metric]}),
        }
    return told


KIND = Kind(options=LabOptions, work=_work, epochs=lambda _: (), is_of_epoch=False)
