"""What an address asks of an evaluation, and the evaluation that it gets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
from starlette.datastructures import QueryParams

from core.engine.evaluations import Judged
from core.engine.run import LiveRun
from core.engine.service import get_engine
from core.errors import SnapshotNotKept, WrongValue
from core.evaluation.choices import JudgedRows, what_chose
from core.evaluation.decisions import LeastCost, least_cost_threshold, threshold_of_costs
from core.evaluation.evaluate import Evaluation, check_share, class_index, evaluate
from core.evaluation.reliability import Bin, expected_calibration_error, reliability
from core.experiment.config import ExperimentConfig
from core.words import Said

#: Parameters that say nothing to a run that predicts a number.
_OF_CLASSES = ("threshold", "prevalence", "positive", "cost_missed", "cost_false_alarm")

_NO_THRESHOLD = Said(
    "This run predicts a number: it has no threshold, no prevalence and no positive class. Leave out {name}."
)


@dataclass(frozen=True)
class AskedEvaluation:
    """The parameters of an address.

    Attributes:
        rows: `train`, `validation`, `test` (where left out) or `external`.
        positive: index of the class that threshold figures are about.
        threshold: from 0 to 1; 0.5 where left out.
        prevalence: between 0 and 1; the rows' own where left out.
        costs: what a missed event and a false alarm cost (`cost_missed`, `cost_false_alarm`); 1 where left out.
        epoch: a recorded one; where the run stands where left out.
    """

    rows: JudgedRows
    positive: int
    threshold: float
    prevalence: float | None
    costs: tuple[float, float]
    epoch: int | None

    @classmethod
    def of(cls, query: QueryParams, config: ExperimentConfig) -> AskedEvaluation:
        """Read an address.

        Args:
            config: the experiment as who asks may know it, with the names of its classes.

        Raises:
            WrongValue: something in it is not as expected.
        """
        rows = query.get("rows", "test")
        if rows not in get_args(JudgedRows):
            expected = ", ".join(get_args(JudgedRows))
            raise WrongValue(
                Said(
                    "rows is '{received}'. Expected one of: {expected}.", {"received": rows[:80], "expected": expected}
                )
            )
        epoch = query.get("epoch")
        if epoch is not None and not (epoch.isdecimal() and len(epoch) < 7):
            raise WrongValue(Said("Expected a whole number for epoch."))
        if config.dataset.info.task == "regression":
            named = next((name for name in _OF_CLASSES if name in query), None)
            if named is not None:
                raise WrongValue(_NO_THRESHOLD.filled(name=named))
        threshold, prevalence = _number(query, "threshold"), _number(query, "prevalence")
        if threshold is not None:
            check_share("threshold", threshold, ends=True)
        if prevalence is not None:
            check_share("prevalence", prevalence, ends=False)
        return cls(
            rows=rows,  # type: ignore[arg-type]  # is one of them
            positive=_positive(query, config),
            threshold=0.5 if threshold is None else threshold,
            prevalence=prevalence,
            costs=(_cost(query, "cost_missed"), _cost(query, "cost_false_alarm")),
            epoch=None if epoch is None else int(epoch),
        )


@dataclass(frozen=True)
class RunEvaluation:
    """An evaluation of some rows of a run.

    Attributes:
        epoch: of the network.
        choices: what was chosen by looking at which rows.
        target: what is predicted.
        costs: of a missed event and a false alarm.
        least_cost: the threshold at which they cost least; found on validation rows, or from the costs alone.
        reliability, calibration_error: of the positive class; of more than two classes, of the likeliest.
        judged: the rows themselves.
    """

    epoch: int
    rows: JudgedRows
    evaluation: Evaluation
    choices: Said
    target: str
    costs: tuple[float, float]
    least_cost: LeastCost
    reliability: tuple[Bin, ...]
    calibration_error: float | None
    judged: Judged


def evaluated(run: LiveRun, known: ExperimentConfig, asked: AskedEvaluation) -> RunEvaluation:
    """Evaluate a run.

    Args:
        known: its experiment as who asks may know it.

    Raises:
        WrongValue: the data set has no such rows.
        SnapshotNotKept: there is nothing of that epoch (yet).
    """
    judged = get_engine().judge(run.id, asked.rows, positive=asked.positive, epoch=asked.epoch)
    names = _class_names(known)
    evaluation = evaluate(
        judged.actual,
        judged.predicted,
        class_names=names,
        positive=asked.positive if names else None,
        threshold=asked.threshold,
        prevalence=asked.prevalence,
        seed=known.seed,
        figures=judged.figures,
    )
    happened, probability = _promises(judged, asked.positive)
    return RunEvaluation(
        judged.epoch,
        asked.rows,
        evaluation,
        what_chose(known, asked.rows),
        known.dataset.info.target_name,
        asked.costs,
        _least_cost(run, known, asked, evaluation) if names else threshold_of_costs(missed=1, false_alarm=1),
        reliability(happened, probability),
        expected_calibration_error(happened, probability),
        judged,
    )


def _class_names(config: ExperimentConfig) -> tuple[str, ...]:
    return (config.dataset.info.class_names or ())[: config.dataset.n_classes]


def _promises(judged: Judged, positive: int) -> tuple[np.ndarray, np.ndarray]:
    """What was promised with which probability, and whether it came true."""
    probabilities = judged.predicted
    if probabilities.ndim == 1 or not np.isfinite(probabilities).all():
        return np.zeros(0, bool), np.zeros(0)
    if probabilities.shape[1] == 2:
        return judged.actual == positive, probabilities[:, positive]
    likeliest = probabilities.argmax(axis=1)
    return judged.actual == likeliest, probabilities.max(axis=1)


def _least_cost(run: LiveRun, known: ExperimentConfig, asked: AskedEvaluation, evaluation: Evaluation) -> LeastCost:
    """Found on the validation rows, also where these are judged; where there are none, from the costs alone."""
    (missed, false_alarm), counts = asked.costs, evaluation.counts
    prevalence = 0.5 if evaluation.prevalence is None else evaluation.prevalence
    learnt = counts.events / counts.rows if counts is not None and asked.prevalence is not None else None
    alone = threshold_of_costs(missed=missed, false_alarm=false_alarm, prevalence=prevalence, learnt=learnt)
    if not known.dataset.validation_fraction or not 0 < prevalence < 1:
        return alone
    try:
        rows = get_engine().judge(run.id, "validation", positive=asked.positive, epoch=asked.epoch, measured=False)
    except SnapshotNotKept:  # no worker is ready
        return alone
    event = rows.actual == asked.positive
    if event.all() or not event.any() or not np.isfinite(rows.predicted).all():
        return alone
    probability = rows.predicted[:, asked.positive]
    return least_cost_threshold(event, probability, prevalence=prevalence, missed=missed, false_alarm=false_alarm)


def _positive(query: QueryParams, config: ExperimentConfig) -> int:
    names, positive = _class_names(config), query.get("positive")
    if not names:
        return 0
    if positive is None:
        event = config.dataset.info.event
        return names.index(event) if event in names else len(names) - 1
    return class_index(positive, names)


def _number(query: QueryParams, name: str) -> float | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise WrongValue(
            Said("{name} is '{received}'. Expected a number, such as 0.5.", {"name": name, "received": text[:80]})
        )
    return value


def _cost(query: QueryParams, name: str) -> float:
    value = _number(query, name)
    if value is None:
        return 1.0
    if not 0 < value <= 1e6:
        raise WrongValue(
            Said(
                "{name} is {received}. Expected a number above 0, such as 10.", {"name": name, "received": f"{value:g}"}
            )
        )
    return value
