"""One explanation of a trained network, as JSON has it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import WrongValue
from core.evaluation import event_of
from core.experiment.config import ExperimentConfig
from core.explanation.attributions import Attribution
from core.explanation.columns import columns_of
from core.explanation.dependence import Dependence, partial_dependence
from core.explanation.methods import METHODS
from core.explanation.subject import Subject
from core.words import Said, listed

if TYPE_CHECKING:
    from core.training import Trainer

#: Seconds that a worker may explain between two turns, and what a call and a multiply-add of it take on the reference
#: machine; convolutions take longer. `python -m benchmarks explanations` measures them.
_QUICK, _CALL, _MULTIPLICATION = 0.04, 0.4e-3, 0.15e-9
_CONVOLUTION = 8

#: Calls of the network for which there is that time: an explanation takes no more steps.
MOST_STEPS = round(_QUICK / _CALL)

_NO_SPREAD = Said("Nothing is drawn by chance here, so nothing spreads.")
_NO_SUM = Said("This method promises no sum.")
_EXACT = Said("The values add up by construction, to the score minus the mean of the training rows that were drawn.")
_NOT_FINITE = Said("The network gives no finite numbers for these rows.")


def is_quick(config: ExperimentConfig, method: str, row: int | None) -> bool:
    """Whether a worker can explain between two turns of training."""
    spec, columns = METHODS[method], len(columns_of(config.dataset).names)
    rows = 1 if row is not None else config.dataset.test_rows
    slower = _CONVOLUTION if any(layer.takes_pictures for layer in config.plan.layers) else 1
    work = spec.passes(rows, columns) * config.multiplications * slower
    return spec.calls(rows, columns) * _CALL + work * _MULTIPLICATION <= _QUICK


def check(config: ExperimentConfig, method: str, row: int | None, feature: str | None) -> None:
    """Whether this can be asked of a run, as far as that is known without its rows.

    Raises:
        WrongValue: it cannot; the sentence says what can.
    """
    if method not in METHODS:
        raise WrongValue(
            Said(
                "method is '{received}'. Expected one of: {expected}.",
                {"received": method[:80], "expected": listed(list(METHODS))},
            )
        )
    spec, names = METHODS[method], columns_of(config.dataset).names
    if row is not None and not spec.of_a_row:
        raise WrongValue(
            Said(
                "{method} is about all test rows together. Leave out row, or choose another method.", {"method": method}
            )
        )
    if spec.takes_feature and feature is None:
        raise WrongValue(
            Said("{method} is about one column. Name it as feature, such as feature={name}.", _named(method, names[0]))
        )
    if not spec.takes_feature and feature is not None:
        raise WrongValue(Said("{method} tells of all columns. Leave out feature.", {"method": method}))
    if feature is not None and feature not in names:
        raise WrongValue(
            Said(
                "feature is '{received}', which the network does not look at. Expected one of: {expected}.",
                {"received": feature[:80], "expected": listed([name[:40] for name in names[:12]])},
            )
        )


def _named(method: str, name: str) -> dict[str, Any]:
    return {"method": method, "name": name[:40]}


def explain(
    trainer: Trainer, method: str, *, row: int | None = None, feature: str | None = None, positive: int | None = None
) -> Generator[float, None, dict[str, Any]]:
    """Explain what a network has learnt. Changes nothing; yields the share of the work that is done.

    Args:
        method: a key of `METHODS`.
        row: a test row, from 0 as in predictions.csv; None for the mean size over all test rows.
        feature: the column that `partial_dependence` is about.
        positive: the class whose odds are explained; see `Subject.of`.

    Returns:
        `features`: each column's name, value and spread, in the order of the data set; `completeness`: what integrated
        gradients lack of the difference that they explain, as a share of it. Of partial dependence `feature`, `values`,
        `mean` and `rows`. What is null has a `reason`.

    Raises:
        WrongValue: there is no such row.
    """
    check(trainer.config, method, row, feature)
    subject = Subject.of(trainer, positive)
    subject.check_row(row)
    rows = len(subject.x_test)
    about: dict[str, Any] = {"epoch": trainer.epoch, "method": method}
    if feature is not None:
        label = event_of(trainer.config) if positive is None else positive
        found = yield from partial_dependence(subject, feature, label, trainer.config.output)
        return {**about, "feature": feature, "positive": _class(subject, label), **_curves(found)}
    work = METHODS[method].work
    assert work is not None, "it takes a feature"
    attribution = yield from work(subject, np.arange(rows) if row is None else np.array([row]))
    explained = subject.positive if row is None else int(subject.classes[row])
    return {**about, "row": row, "positive": _class(subject, explained), **_bars(subject, method, attribution, row)}


def told(trainer: Trainer, **asked: Any) -> Generator[float, None, dict[str, Any]]:
    """As `explain`; of what cannot be asked, `refused` says why."""
    try:
        return (yield from explain(trainer, **asked))
    except WrongValue as error:
        return {"refused": error.said.to_json()}


def _class(subject: Subject, label: int | None) -> str | None:
    names = subject.dataset.class_names
    return names[label] if names and label is not None else None


def _bars(subject: Subject, method: str, found: Attribution, row: int | None) -> dict[str, Any]:
    values, spread = found.values, found.spread
    if values.ndim == 2:
        if row is None and spread is None:
            spread = np.abs(values).std(axis=0)  # from row to row
        values = values[0] if row is not None else np.abs(values).mean(axis=0)
    reasons = {}
    if not np.isfinite(values).all():
        reasons["value"] = _NOT_FINITE.to_json()
    if spread is None:
        reasons["spread"] = _NO_SPREAD.to_json()
    if found.residue is None:
        reasons["completeness"] = (_EXACT if method == "shapley" else _NO_SUM).to_json()
    return {
        "features": [
            {
                "name": name,
                "value": _number(values[number]),
                "spread": None if spread is None else _number(spread[number]),
            }
            for number, name in enumerate(subject.columns.names)
        ],
        "completeness": None if found.residue is None else _number(found.residue),
        "steps": found.steps,
        "reason": reasons or None,
    }


def _curves(found: Dependence) -> dict[str, Any]:
    levels = found.levels
    finite = np.isfinite(found.mean).all()
    return {
        "kind": found.kind,
        "values": [levels[int(value)] for value in found.values] if levels else found.values.tolist(),
        "mean": [_number(value) for value in found.mean],
        "rows": [[_number(value) for value in curve] for curve in found.curves],
        "row_numbers": found.rows.tolist(),
        "own": [_level(levels, value) if levels else _number(value) for value in found.own],
        "reason": None if finite else {"mean": _NOT_FINITE.to_json()},
    }


def _level(levels: tuple[str, ...], value: float) -> str | None:
    return levels[int(value)] if np.isfinite(value) and 0 <= value < len(levels) else None


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
