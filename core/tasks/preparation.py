"""What preparing does to a table, column by column: its training rows as they are, and the network's inputs."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import numpy as np

from core.datasets.loading import load_dataset, rows_of
from core.datasets.splits import split_rows
from core.errors import CannotTrain
from core.experiment.columns import OF_LEVELS, ColumnConfig
from core.experiment.config import ExperimentConfig
from core.experiment.preparation import PreparationConfig, PreparedColumn
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

#: Bars of a histogram, levels that are told apart, inputs of a column and columns that are told.
_BINS, _LEVELS, _INPUTS, _COLUMNS = 24, 8, 8, 60

_NO_TABLE = Said("Only the columns of a table are prepared.")


class PreparationOptions(TaskOptions):
    """Everything that there is to choose stands in the experiment."""


def _work(context: Context, options: PreparationOptions) -> Generator[Progress, None, bytes]:
    config = context.config
    if not config.dataset.prepared:
        raise CannotTrain(_NO_TABLE)
    yield Progress(0.0, Said("reading the rows"))
    before = _unprepared(config)
    yield Progress(0.4, Said("preparing them"))
    dataset = load_dataset(config.dataset, seed=config.seed)
    yield Progress(0.8, Said("comparing"))
    return json.dumps(_told(config, before, dataset.x_train), allow_nan=False).encode()


def _unprepared(config: ExperimentConfig) -> np.ndarray:
    """(training rows, columns) as they are where nothing is dropped and no class is balanced."""
    dataset = config.dataset.model_copy(update={"preparation": PreparationConfig()})
    source = rows_of(dataset, seed=config.seed)
    rows = split_rows(dataset, source.target, seed=config.seed, groups=source.groups, time=source.time)
    return source.raw[rows.train]


def _told(config: ExperimentConfig, before: np.ndarray, after: np.ndarray) -> dict[str, Any]:
    """What a page shows: of each column that is changed how its values were distributed, and how its inputs are."""
    columns, start = config.dataset.info.columns, 0
    changed: list[dict[str, Any]] = []
    unchanged: list[str] = []
    for prepared in config.dataset.prepared:
        inputs = after[:, start : start + len(prepared.names)]
        start += len(prepared.names)
        if _is_as_it_was(prepared, before, inputs):
            unchanged.append(prepared.label)
        elif len(changed) < _COLUMNS:
            changed.append(
                {
                    "label": prepared.label,
                    "before": _of_column(columns[prepared.place], before[:, prepared.place]),
                    "after": _of_inputs(prepared, inputs),
                }
            )
    kept = {prepared.label for prepared in config.dataset.prepared}
    left_out = [label for label in config.dataset.info.feature_names if label not in kept]
    return {
        "rows_before": len(before),
        "rows_after": len(after),
        "columns": changed,
        "more": len(config.dataset.prepared) - len(changed) - len(unchanged),
        "unchanged": unchanged,
        "left_out": left_out,
    }


def _is_as_it_was(prepared: PreparedColumn, before: np.ndarray, inputs: np.ndarray) -> bool:
    if prepared.kind != "number" or inputs.shape[1] != 1 or len(before) != len(inputs):
        return False
    return np.array_equal(before[:, prepared.place].astype(np.float32), inputs[:, 0])


def _of_column(column: ColumnConfig, values: np.ndarray) -> dict[str, Any]:
    """A column's values: a histogram of numbers and of days, or how many rows have each level."""
    known = values[~np.isnan(values)]
    missing = len(values) - len(known)
    if column.kind not in OF_LEVELS:
        return {"kind": column.kind, **_histogram(known), "missing": missing}
    counts = np.bincount(known.astype(np.int64), minlength=len(column.categories))
    named = sorted(zip(column.categories, counts.tolist(), strict=False), key=lambda each: -each[1])
    shown = [each for each in named if each[1]][:_LEVELS]
    rest = len(known) - sum(count for _, count in shown)
    return {"kind": "levels", "levels": [[name, count] for name, count in shown], "rest": rest, "missing": missing}


def _of_inputs(prepared: PreparedColumn, inputs: np.ndarray) -> list[dict[str, Any]]:
    """The inputs that a column gives; of those that only say yes or no, in how many rows they say yes."""
    told: list[dict[str, Any]] = []
    switches: list[list[Any]] = []
    for place, name in enumerate(prepared.names):
        if place > 0 or prepared.kind == "one_hot" or (prepared.kind == "level" and len(prepared.levels) == 2):
            switches.append([name, int((inputs[:, place] > 0).sum())])
        else:
            values = inputs[:, place].astype(np.float64)
            told.append({"name": name, "kind": "number", **_histogram(values[np.isfinite(values)]), "missing": 0})
    if switches:
        shown = sorted(switches, key=lambda each: -each[1])[:_INPUTS]
        rest = len(switches) - len(shown)
        told.append({"name": "", "kind": "levels", "levels": shown, "rest": 0, "missing": 0, "more": rest})
    return told


def _histogram(known: np.ndarray) -> dict[str, Any]:
    if not len(known):
        return {"low": None, "high": None, "counts": [], "mean": None}
    low, high = float(known.min()), float(known.max())
    reach = (low, high) if high > low else (low - 0.5, high + 0.5)
    # Divided first: the span of very large numbers has no place in a float.
    scale = max(abs(reach[0]), abs(reach[1])) or 1.0
    counts, _ = np.histogram(known / scale, bins=_BINS, range=(reach[0] / scale, reach[1] / scale))
    return {"low": low, "high": high, "counts": counts.tolist(), "mean": float((known / scale).mean()) * scale}


KIND = Kind(options=PreparationOptions, work=_work, epochs=lambda _: (), is_of_epoch=False)
