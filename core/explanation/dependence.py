"""How the answer changes with one column: partial dependence (Friedman 2001) with the curve of every row (Goldstein
2015).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.evaluation import class_probabilities
from core.experiment.columns import OF_LEVELS
from core.experiment.outputs import Output
from core.explanation.subject import Subject

#: Values that a curve is drawn through, and the quantiles of the training rows between which they lie.
VALUES, WITHIN = 50, (0.05, 0.95)

#: Curves of single rows that are told; the mean is of all.
CURVES = 500

#: Numbers that go through the network in one call.
_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Dependence:
    """Curves over the values of a column.

    Attributes:
        kind: what the column holds. Dates are days since 1970-01-01.
        values: in the units of the source, (values,); of levels their places among `levels`.
        levels: the names of a column's levels; none of a number.
        mean: (values,), over all test rows: the probability of the class, or the number in its own units.
        curves: (rows told, values).
        rows: (rows told,), the numbers of those test rows.
        own: (rows told,), the value that each row has itself; NaN where it is missing.
    """

    kind: Literal["number", "date", "level"]
    values: np.ndarray
    levels: tuple[str, ...]
    mean: np.ndarray
    curves: np.ndarray
    rows: np.ndarray
    own: np.ndarray


def partial_dependence(subject: Subject, column: str, label: int, output: Output) -> Generator[float, None, Dependence]:
    """Give every test row one value of a column after the other, and leave its other columns as they are.

    Args:
        label: the class whose probability is told; nothing to a number.
        output: of the network.
    """
    number = subject.columns.names.index(column)
    place, inputs = subject.columns.places[number], subject.columns.inputs[number]
    kind, levels = _kind(subject, place)
    values = np.arange(float(len(levels))) if levels else values_of(subject.dataset.raw_train[:, place])
    given = _inputs_of(subject, place, inputs, values)
    x = subject.x_test
    curves = np.empty((len(x), len(values)))
    at_once = max(1, _AT_ONCE // max(1, x.size))
    for begin in range(0, len(values), at_once):
        some = given[begin : begin + at_once]
        rows = np.tile(x, (len(some), 1))
        rows[:, inputs] = np.repeat(some, len(x), axis=0)
        curves[:, begin : begin + len(some)] = _answer(subject, rows, label, output).reshape(len(some), -1).T
        yield (begin + len(some)) / len(values)
    told = np.arange(len(x))
    if len(x) > CURVES:
        told = np.linspace(0, len(x) - 1, CURVES).round().astype(int)
    return Dependence(
        kind, values, levels, curves.mean(axis=0), curves[told], told, subject.dataset.raw_test[told, place]
    )


def values_of(learnt: np.ndarray) -> np.ndarray:
    """The values of a number that a curve is drawn through: all that it takes in the training rows where these are few,
    otherwise equally spaced ones between its quantiles.

    >>> values_of(np.array([2.0, 1.0, 2.0, np.nan])).tolist()
    [1.0, 2.0]
    """
    distinct = np.unique(learnt[np.isfinite(learnt)])
    if len(distinct) <= VALUES:
        return distinct
    low, high = np.quantile(learnt[np.isfinite(learnt)], WITHIN)
    return np.linspace(low, high, VALUES) if high > low else distinct[[0, -1]]


def _kind(subject: Subject, place: int) -> tuple[Literal["number", "date", "level"], tuple[str, ...]]:
    columns = subject.dataset.columns
    if not columns:
        return "number", ()
    column = columns[place]
    if column.kind in OF_LEVELS:
        return "level", column.categories
    return ("date" if column.kind == "date" else "number"), ()


def _inputs_of(subject: Subject, place: int, inputs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A column's inputs for some of its values, (values, its inputs)."""
    if subject.columns.is_computed:
        raw = subject.dataset.raw_train[:, place]
        return np.asarray((values - raw.mean()) / (raw.std() or 1.0))[:, None]
    rows = np.tile(subject.dataset.raw_test[:1], (len(values), 1))  # the other columns do not matter
    rows[:, place] = values
    return subject.dataset.inputs(rows)[:, inputs]


def _answer(subject: Subject, x: np.ndarray, label: int, output: Output) -> np.ndarray:
    z = subject.outputs(x)
    if subject.dataset.task == "regression":
        return subject.dataset.in_own_units(z[:, 0])
    logits = Output(output.units, "linear", output.loss, True, output.metric)
    return class_probabilities(z, logits)[:, label]
