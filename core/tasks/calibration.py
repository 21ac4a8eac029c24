"""Calibration of a run's network: networks of the same kind predict training rows that were held out of them; by these
predictions temperature, sets and bands are found, and test rows only judge what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from core.evaluation.calibration import (
    Calibration,
    abstaining,
    calibrate_classes,
    calibrate_numbers,
    sets_held,
)
from core.evaluation.figures import figures_of_classes
from core.evaluation.missing_kinds import event_of
from core.evaluation.predictions import class_probabilities
from core.evaluation.reliability import expected_calibration_error, reliability
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    from core.datasets import Dataset
    from core.experiment.config import ExperimentConfig
    from core.tasks.learnt_rows import LearntRows


class CalibrationOptions(TaskOptions):
    """How the training rows are divided.

    Attributes:
        folds: each is predicted by a network that has learnt the others.
    """

    folds: int = Field(5, ge=2, le=20)


CHOSEN_BY = Said(
    "Found on the training rows, each predicted by a network that had not learnt it. No test row was looked at to "
    "choose anything; they only judge what came of it."
)

_TOO_FEW = Said("There are too few training rows to promise so much.")


def _work(context: Context, options: CalibrationOptions) -> Generator[Progress, None, bytes]:
    yield Progress(0.0, Said("reading the rows"))
    from core.tasks.learnt_rows import LearntRows

    trainer = context.trainer(context.epoch)
    dataset, config = trainer.dataset, context.config
    outputs = trainer.predict(dataset.x_test)
    rows = LearntRows.of(config, dataset, context.epoch)
    out_of_fold = yield from _out_of_fold(rows, options.folds, config.seed)
    told: dict[str, Any] = {"epoch": context.epoch, "rows": "test", "n_rows": len(outputs)}
    told |= {"chosen_by": CHOSEN_BY.to_json()}
    if dataset.task == "regression":
        bands = calibrate_numbers(rows.target, out_of_fold)
        predicted = dataset.in_own_units(outputs[:, 0])
        told |= {
            "calibration": bands.to_json(),
            "bands": _bands(bands, dataset.in_own_units(dataset.y_test), predicted),
        }
    else:
        found = calibrate_classes(rows.target, out_of_fold)
        told |= _of_classes(config, dataset, class_probabilities(outputs, config.output), found)
    return json.dumps(told).encode()


def _out_of_fold(rows: LearntRows, folds: int, seed: int) -> Generator[Progress, None, np.ndarray]:
    """What networks say of rows that they have not learnt, (rows, classes) or (rows,)."""
    divided = rows.folds(folds, seed)
    found: np.ndarray | None = None
    for number, (learn, judge) in enumerate(divided):
        words = Said("part {part} of {parts}", {"part": number + 1, "parts": len(divided)})
        training = rows.predicted(learn, judge)
        while True:
            try:
                share = next(training)
            except StopIteration as end:
                (predicted,) = end.value
                break
            yield Progress((number + share) / (len(divided) + 0.01), words)
        if found is None:
            found = np.zeros((len(rows.target), *predicted.shape[1:]))
        found[judge] = predicted
    assert found is not None
    return found


def _of_classes(
    config: ExperimentConfig, dataset: Dataset, probabilities: np.ndarray, found: Calibration
) -> dict[str, Any]:
    """Test rows before and after."""
    actual, event = dataset.y_test, event_of(config)
    calibrated = found.probabilities(probabilities)
    return {
        "calibration": found.to_json(),
        "classes": list(dataset.class_names),
        "positive": dataset.class_names[event],
        "before": _judged(actual, probabilities, event, config.seed),
        "after": _judged(actual, calibrated, event, config.seed),
        "sets": [asdict(each) for each in sets_held(found, actual, calibrated)],
        "abstaining": abstaining(actual, calibrated) if len(actual) else None,
    }


def _judged(actual: np.ndarray, probabilities: np.ndarray, event: int, seed: int) -> dict[str, Any]:
    if probabilities.shape[1] == 2:
        happened, promised = actual == event, probabilities[:, event]
    else:
        happened, promised = probabilities.argmax(axis=1) == actual, probabilities.max(axis=1)
    figures = figures_of_classes(actual, probabilities, event, seed=seed)
    return {
        "metrics": {name: figures[name].to_json() for name in ("log_loss", "brier_score")},
        "expected_calibration_error": expected_calibration_error(happened, promised),
        "reliability": [
            {
                "predicted": each.predicted,
                "observed": each.observed,
                "low": each.interval[0],
                "high": each.interval[1],
                "rows": each.rows,
            }
            for each in reliability(happened, promised)
        ],
    }


def _bands(found: Calibration, actual: np.ndarray, predicted: np.ndarray) -> list[dict[str, Any]]:
    """Of each level half the width, and the share of test rows that lie within."""
    off = np.abs(actual - predicted)
    return [
        {
            "level": level,
            "half_width": half,
            "coverage": float(np.mean(off <= half)) if half is not None and len(off) else None,
            **({"reason": _TOO_FEW.to_json()} if half is None else {}),
        }
        for level, half in found.thresholds.items()
    ]


KIND = Kind(options=CalibrationOptions, work=_work)
