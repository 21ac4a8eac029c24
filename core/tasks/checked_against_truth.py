"""Explanations checked against the truth: on synthetic patients with known causes, which method ranks them rightly.

A network is trained for each of several seeds, on other patients and from other weights, and explained by every method
of `core.explanation.rankings`. What is told after each seed is what is known so far.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from core.experiment.config import MAX_SEED, ExperimentConfig
from core.explanation.rankings import RANKINGS
from core.explanation.truth import CAUSES, COLUMNS, DECOY, TEST_ROWS, TRAINING_ROWS, ranks, true_in_top
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    from core.explanation.truth_trials import Trial

#: Seeds that tell a method's worth from chance.
SEEDS = 10

#: How closely the decoy goes with age where nothing else is said.
DECOY_CORRELATION = 0.98


class TruthOptions(TaskOptions):
    """How hard it is made.

    Attributes:
        age_error: with which age was recorded, in standard deviations of age.
        decoy: correlation of the decoy with age as it is.
        seeds: how many; the first is the experiment's own.
    """

    age_error: float = Field(0.0, ge=0.0, le=2.0)
    decoy: float = Field(DECOY_CORRELATION, ge=0.0, le=0.99)
    seeds: int = Field(SEEDS, ge=1, le=20)


def truth_experiment() -> ExperimentConfig:
    """The network of the check: 32 and 16 tanh units whose output is a logit, 50 epochs of Adam (.005).

    The rows are not those of its data set: they are drawn by `core.explanation.truth`.
    """
    return ExperimentConfig.model_validate(
        {
            "model": {
                "hidden_layers": [{"units": units, "activation": "tanh"} for units in (32, 16)],
                "output_activation": "linear",
            },
            "training": {"optimizer": "adam", "learning_rate": 0.005, "batch_size": 32, "epochs": 50},
        }
    )


def _work(context: Context, options: TruthOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("drawing patients"))
    from core.explanation.truth_trials import TruthTrials  # imports Keras

    trials = TruthTrials(context.config)
    found: list[Trial] = []
    for count in range(options.seeds):
        seed = (context.config.seed + count) % (MAX_SEED + 1)
        words = Said("seed {seed} of {seeds}", {"seed": count + 1, "seeds": options.seeds})
        yield Progress(count / options.seeds, words, as_json(found, options) if found else None)
        found.append(trials.trial(seed, decoy=options.decoy, age_error=options.age_error))
    return as_json(found, options)


def as_json(found: Sequence[Trial], options: TruthOptions) -> bytes:
    """What a page shows.

    Of each method: `true_in_top`, the share of the causes among as many columns that it ranks first; in how many seeds
    the decoy came first, and before age; each column's mean rank with its lowest and highest; and `agreement`, the mean
    rank correlation between two seeds, null for one seed.
    """
    told = {
        "columns": list(COLUMNS),
        "causes": CAUSES,
        "decoy": {"column": DECOY, "correlation": options.decoy},
        "age": {"error": options.age_error, "correlation": 1.0 / float(np.sqrt(1.0 + options.age_error**2))},
        "rows": {"train": TRAINING_ROWS, "test": TEST_ROWS},
        "seeds": {"done": len(found), "of": options.seeds},
        "accuracy": float(np.mean([trial.accuracy for trial in found])),
        "methods": [_of_method(name, title, found) for name, title in _titles()],
    }
    return json.dumps(told).encode()


def _titles() -> list[tuple[str, str]]:
    return [(name, ranking.title) for name, ranking in RANKINGS.items()]


def _of_method(name: str, title: str, found: Sequence[Trial]) -> dict[str, Any]:
    importance = [trial.importance[name] for trial in found]
    places = np.stack([ranks(each) for each in importance])  # (seeds, columns)
    shares = [true_in_top(each) for each in importance]
    return {
        "method": name,
        "title": title,
        "true_in_top": float(np.mean(shares)),
        "by_seed": shares,
        "decoy_first": int((places[:, DECOY] == 1).sum()),
        "decoy_before_age": int((places[:, DECOY] < places[:, 0]).sum()),
        "ranks": [
            {"mean": float(column.mean()), "low": int(column.min()), "high": int(column.max())} for column in places.T
        ],
        "agreement": _agreement(places),
    }


def _agreement(places: np.ndarray) -> float | None:
    """Mean Spearman correlation between the ranks of two seeds. (seeds, columns); there are no ties."""
    if len(places) < 2:
        return None
    return float(np.mean([np.corrcoef(one, other)[0, 1] for one, other in combinations(places, 2)]))


KIND = Kind(options=TruthOptions, work=_work, epochs=lambda _: (), is_of_epoch=False)
