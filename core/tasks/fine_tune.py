"""A copy of the network learns on from the next rows of one group: what that group gains, and everybody else loses."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from pydantic import Field, model_validator

from core.errors import CannotTrain, WrongValue
from core.tasks.context import Context, Progress
from core.tasks.kind import Kind, TaskOptions
from core.words import Said

if TYPE_CHECKING:
    from core.datasets import Dataset
    from core.experiment.config import ExperimentConfig
    from core.training import Trainer

#: Rows that a group must have at least, half of them to judge by.
LEAST_ROWS = 8


class FineTuneOptions(TaskOptions):
    """Whom the copy learns from, and how.

    Attributes:
        column: what the group is told by: an input, or another column of a table.
        level: the group has this level there.
        low, high: the group's numbers lie between these, both included; None for no bound.
        share: of the group's rows, the first ones, that the copy learns from; it is judged by the others.
        epochs: over those rows.
        rate: the learning rate, as a multiple of the run's.
        rehearsal: as many rows of the first training are learnt once more beside them.
    """

    column: str = Field(max_length=400)
    level: str | None = Field(None, max_length=400)
    low: float | None = Field(None, allow_inf_nan=False)
    high: float | None = Field(None, allow_inf_nan=False)
    share: float = Field(0.5, ge=0.1, le=0.9, allow_inf_nan=False)
    epochs: int = Field(20, ge=1, le=200)
    rate: float = Field(1.0, ge=0.01, le=10.0, allow_inf_nan=False)
    rehearsal: bool = False

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        if self.level is None and self.low is None and self.high is None:
            raise WrongValue(Said("Say whom the copy learns from: a level, or from which number to which."))
        return self


@dataclass(frozen=True)
class Unseen:
    """Rows that the run never learnt from: validation and test rows, as the source has them one after the other.

    Attributes:
        x, y, raw: as in `Dataset`.
        numbers: (rows,) their places in the source.
    """

    x: np.ndarray
    y: np.ndarray
    raw: np.ndarray
    numbers: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset) -> Unseen:
        """Those of a data set."""
        assert dataset.numbers is not None
        kinds = ["validation", "test"] if dataset.has_validation_rows else ["test"]
        numbers = np.concatenate([getattr(dataset.numbers, kind) for kind in kinds])
        order = np.argsort(numbers, kind="stable")
        x, y, raw = (
            np.concatenate([getattr(dataset, f"{name}_{kind}") for kind in kinds])[order] for name in ("x", "y", "raw")
        )
        return cls(x, y, raw, numbers[order])


def in_group(config: ExperimentConfig, dataset: Dataset, rows: Unseen, options: FineTuneOptions) -> np.ndarray:
    """Which of the rows belong to the group, (rows,) bool.

    Raises:
        WrongValue: there is no such column.
    """
    values = _values(config, dataset, rows, options.column)
    if values.dtype == object:
        found: np.ndarray = values == options.level
        return found
    inside = np.isfinite(values)
    if options.level is not None:
        try:
            inside &= np.isclose(values, float(options.level), rtol=0.0, atol=1e-9)
        except ValueError:
            inside[:] = False
    inside &= values >= (-np.inf if options.low is None else options.low)
    inside &= values <= (np.inf if options.high is None else options.high)
    return inside


def _values(config: ExperimentConfig, dataset: Dataset, rows: Unseen, column: str) -> np.ndarray:
    """(rows,) numbers, or levels as text."""
    if column in dataset.raw_feature_names:
        place = dataset.raw_feature_names.index(column)
        levels = dataset.columns[place].categories if dataset.columns else ()
        values = rows.raw[:, place]
        if not levels:
            return values
        names = np.array([*levels, "…", None], dtype=object)
        return names[np.where(np.isnan(values), len(levels) + 1, np.nan_to_num(values)).astype(np.int64)]
    table = config.dataset.table
    if table is not None:
        from core.experiment.columns import labels
        from core.tables import open_tables
        from core.tables.vectors import codes_of

        known = labels(table.columns)
        if column in known:
            coded = codes_of(open_tables().get(table.content), known.index(column))
            names = np.array([*coded.levels, None], dtype=object)
            return names[coded.codes[rows.numbers]]
    raise WrongValue(Said("The data set has no column '{column}'.", {"column": column[:80]}))


def _work(context: Context, options: FineTuneOptions) -> Generator[Progress, None, bytes]:
    from core.prediction.members import weights_of
    from core.training import ProgramCache, Trainer, TrainingState

    yield Progress(0.0, Said("reading the rows"))
    before = context.trainer(context.epoch)
    config, dataset = context.config, before.dataset
    rows = Unseen.of(dataset)
    group = np.flatnonzero(in_group(config, dataset, rows, options))
    if len(group) < LEAST_ROWS:
        raise CannotTrain(
            Said(
                "{n} of the {rows} rows that the network has not learnt belong to this group. Expected at least "
                "{least}: choose a larger one.",
                {"n": len(group), "rows": len(rows.y), "least": LEAST_ROWS},
            )
        )
    learnt, judged = np.split(group, [min(max(round(options.share * len(group)), 2), len(group) - 2)])
    others = np.setdiff1d(np.arange(len(rows.y)), group)
    copy = Trainer(
        _recipe(config, options, before.learning_rate),
        dataset=_next_rows(dataset, rows, learnt, options.rehearsal, config.seed),
        programs=ProgramCache(),
    )
    weights = weights_of(before)
    state = copy.state()
    copy.restore(TrainingState(0, (*weights, *state.variables[len(weights) :])))
    history = [_figures(copy, dataset, rows, judged, others, config)]
    for epoch in range(1, options.epochs + 1):
        while copy.epoch < epoch and not copy.finished:
            copy.advance()
        history.append(_figures(copy, dataset, rows, judged, others, config))
        yield Progress(
            epoch / options.epochs, Said("epoch {epoch} of {epochs}", {"epoch": epoch, "epochs": options.epochs})
        )
        if copy.finished:
            break
    told = {
        "epoch": context.epoch,
        "rows": {"learnt": len(learnt), "group": len(judged), "others": len(others)},
        "metric": "mean_absolute_error" if dataset.task == "regression" else "accuracy",
        "history": history,
    }
    return json.dumps(told).encode()


def _recipe(config: ExperimentConfig, options: FineTuneOptions, rate: float) -> ExperimentConfig:
    update = {"epochs": options.epochs, "early_stopping": None, "learning_rate": rate * options.rate}
    return config.model_copy(update={"training": config.training.model_copy(update=update)})


def _next_rows(dataset: Dataset, rows: Unseen, learnt: np.ndarray, rehearsal: bool, seed: int) -> Dataset:
    x, y = rows.x[learnt], rows.y[learnt]
    if rehearsal:
        again = np.random.default_rng(seed).choice(len(dataset.x_train), min(len(learnt), len(dataset.x_train)), False)
        x, y = np.concatenate([x, dataset.x_train[again]]), np.concatenate([y, dataset.y_train[again]])
    weights = None if dataset.train_weights is None else np.ones(len(y), dtype=np.float32)
    return replace(dataset, x_train=x, y_train=y, train_weights=weights)


def _figures(
    trainer: Trainer,
    dataset: Dataset,
    rows: Unseen,
    judged: np.ndarray,
    others: np.ndarray,
    config: ExperimentConfig,
) -> dict[str, Any]:
    """How the copy does now, on the group's rows that it has not learnt and on everybody else's."""
    return {
        name: figures_of(trainer.predict(rows.x[some]), rows.y[some], dataset, config)
        for name, some in (("group", judged), ("others", others))
    }


def figures_of(
    outputs: np.ndarray, target: np.ndarray, dataset: Dataset, config: ExperimentConfig
) -> dict[str, float | None]:
    """Loss and metric by scikit-learn's names; None where there are no rows.

    Returns:
        `log_loss` and `accuracy`, or of a regression `root_mean_squared_error` and `mean_absolute_error`, in the
        target's own units.
    """
    from core.prediction.answers import values_of

    names = ("root_mean_squared_error", "mean_absolute_error")
    if dataset.task != "regression":
        names = ("log_loss", "accuracy")
    if not len(target):
        return dict.fromkeys(names)
    values = values_of(outputs, dataset, config.output)
    if dataset.task == "regression":
        errors = values[:, 0] - dataset.in_own_units(target)
        found = float(np.sqrt(np.mean(errors**2))), float(np.mean(np.abs(errors)))
    else:
        chosen = values[np.arange(len(target)), target]
        found = float(-np.mean(np.log(np.maximum(chosen, 1e-12)))), float(np.mean(values.argmax(axis=1) == target))
    return {name: value if np.isfinite(value) else None for name, value in zip(names, found, strict=True)}


KIND = Kind(options=FineTuneOptions, work=_work)
