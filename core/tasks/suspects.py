"""Suspected wrong labels: every row is judged by networks that have not learnt it, and the most doubtful come first."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from core.datasets.splits import Split
from core.experiment.config import ExperimentConfig
from core.experiment.faults import FaultsConfig
from core.faults.suspects import precision_at, quality_of_labels, ranked
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    from core.faults import Rows
    from core.tasks.lab_networks import LabNetworks
    from core.tasks.lab_rows import LabRows

#: Kinds of faults that make labels wrong.
_WRONG = ("wrong_labels", "missed_cases")


class SuspectsOptions(TaskOptions):
    """What is broken first, and how the rows are divided.

    Attributes:
        folds: each is judged by a network that has learnt the others.
        most: suspects that are told.
    """

    faults: FaultsConfig = FaultsConfig()
    folds: int = Field(5, ge=2, le=20)
    most: int = Field(200, ge=1, le=5_000)


def folds_of(rows: Rows, folds: int, seed: int) -> np.ndarray:
    """A fold for each row, (rows,): stratified, and copies of a row in one fold, or they would vouch for each other.

    Classes are dealt out one after the other, as scikit-learn's `StratifiedKFold` allots them.
    """
    _, first, group = np.unique(rows.origin, return_index=True, return_inverse=True)
    rng = np.random.default_rng(seed)
    fold_of_group = np.empty(len(first), dtype=np.int64)
    dealt = 0
    for label in np.unique(rows.target):
        of_class = rng.permutation(np.flatnonzero(rows.target[first] == label))
        fold_of_group[of_class] = (dealt + np.arange(len(of_class))) % folds
        dealt += len(of_class)
    folds_of_rows: np.ndarray = fold_of_group[group]
    return folds_of_rows


def out_of_fold(
    rows: Rows, lab: LabRows, networks: LabNetworks, faults: FaultsConfig, *, folds: int, seed: int
) -> Generator[int, None, np.ndarray]:
    """Probabilities of each row by a network that has not learnt it. Yields the number of folds done.

    Returns:
        (rows, classes) float64.
    """
    fold = folds_of(rows, folds, seed)
    probabilities = np.zeros((len(rows), lab.dataset.n_classes))
    for number in range(folds):
        yield number
        judged = np.flatnonzero(fold == number)
        split = Split(np.flatnonzero(fold != number), judged[:0], judged)
        dataset, _ = lab.prepare(rows, split, faults, seed)
        (probabilities[judged],) = networks.probabilities(dataset, seed, dataset.x_test)
    return probabilities


def _work(context: Context, options: SuspectsOptions) -> Generator[Progress, None, bytes]:
    from core.tasks.lab_networks import LabNetworks
    from core.tasks.lab_rows import LabRows

    config, faults = context.config, options.faults
    yield Progress(0.0, Said("reading the rows"))
    lab, networks = LabRows.of(config), LabNetworks(_without_validation(config))
    broken = lab.broken(faults)
    judging = out_of_fold(broken.rows, lab, networks, faults, folds=options.folds, seed=config.seed)
    while True:
        try:
            number = next(judging)
        except StopIteration as end:
            probabilities = end.value
            break
        words = Said("part {part} of {parts}", {"part": number + 1, "parts": options.folds})
        yield Progress(number / options.folds, words)
    quality = quality_of_labels(broken.rows.target, probabilities)
    ranking, wrong = ranked(quality), broken.rows_of(*_WRONG)
    return json.dumps(_told(broken.rows, quality, probabilities, ranking, wrong, options.most)).encode()


def _without_validation(config: ExperimentConfig) -> ExperimentConfig:
    """Here each fold is what is judged, and no further rows choose."""
    return config.model_copy(update={"dataset": config.dataset.model_copy(update={"validation_fraction": 0.0})})


def _told(
    rows: Rows, quality: np.ndarray, probabilities: np.ndarray, ranking: np.ndarray, wrong: np.ndarray, most: int
) -> dict[str, Any]:
    """What a page shows. `row` is the place among the unbroken rows, `values` stand in the columns' own units.

    `precision` is the share of injected wrong labels among as many suspects; null where none was injected.
    """
    is_wrong = np.isin(np.arange(len(rows)), wrong)
    return {
        "columns": list(rows.columns),
        "suspects": [
            {
                "row": int(rows.origin[place]),
                "label": int(rows.target[place]),
                "probabilities": [round(float(each), 6) for each in probabilities[place]],
                "quality": round(float(quality[place]), 6),
                "injected": bool(is_wrong[place]),
                "values": [None if np.isnan(value) else float(value) for value in rows.values[place]],
            }
            for place in ranking[:most]
        ],
        "rows": len(rows),
        "injected": len(wrong),
        "precision": precision_at(ranking, wrong),
        **({} if len(wrong) else {"reason": Said("No wrong labels were injected.").to_json()}),
    }


KIND = Kind(options=SuspectsOptions, work=_work, epochs=lambda _: (), is_of_epoch=False)
