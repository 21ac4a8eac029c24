"""For whom a network works, and whom it harms: the figures of groups of rows, by any column.

A group's harm is what its errors cost a person: missed events and false alarms at the threshold, or the mean absolute
error of a number. Groups are sorted by it, the worst first.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.decisions import Counts
from core.evaluation.evaluate import Figure
from core.evaluation.intervals import of_mean, wilson
from core.evaluation.ranking import area_interval, influences
from core.experiment.columns import ColumnConfig
from core.words import Said

#: Different numbers of a column that are groups of their own; of more, quarters of the rows are.
_MOST_VALUES = 6

#: Groups with fewer rows than this, or fewer of either kind than the second, say little.
FEW_ROWS, FEW_OF_A_KIND = 30, 5

_MISSING = Said("missing")


@dataclass(frozen=True)
class Subgroup:
    """Rows with something in common.

    Attributes:
        title: what.
        rows: how many.
        events: of these with the event; None of a regression.
        figures: `recall`, `specificity`, `roc_auc` and `accuracy`, or `mean_absolute_error`.
        harm: what errors cost a person.
        is_uncertain: there are so few that most of the difference may be chance.
    """

    title: Said
    rows: int
    events: int | None
    figures: Mapping[str, Figure]
    harm: Figure
    is_uncertain: bool


def groups_by(
    values: np.ndarray, column: ColumnConfig, limits: tuple[float, ...] | None = None
) -> list[tuple[Said, np.ndarray]]:
    """The groups of a column: its levels, its few different numbers, or quarters of the rows.

    Args:
        values: (rows,) as `Dataset.raw_test` has them: levels by their place, dates in days since 1970-01-01, NaN where
            a value is missing.
        limits: where groups of numbers begin, instead of quarters.

    Returns:
        (title, (rows,) bool) of each group that has rows.
    """
    missing = ~np.isfinite(values)
    found: list[tuple[Said, np.ndarray]] = []
    if column.categories and column.kind in {"category", "yes_no", "ordered"}:
        found = [(Said.marked(name), values == place) for place, name in enumerate(column.categories)]
        found.append((Said("something else"), ~missing & (values >= len(column.categories))))
    else:
        known = np.unique(values[~missing])
        write = _date if column.kind == "date" else _number
        if limits is None and len(known) <= _MOST_VALUES:
            found = [(write(value), values == value) for value in known]
        else:
            found = _between(values, limits or tuple(np.quantile(values[~missing], [0.25, 0.5, 0.75])), write)
    found.append((_MISSING, missing))
    return [(title, rows) for title, rows in found if rows.any()]


def _between(
    values: np.ndarray, limits: tuple[float, ...], say: Callable[[float], Said]
) -> list[tuple[Said, np.ndarray]]:
    edges = sorted(set(limits))
    found = [(Said("under {limit}", {"limit": say(edges[0])}), values < edges[0])]
    for low, high in itertools.pairwise(edges):
        title = Said("{low} to under {high}", {"low": say(low), "high": say(high)})
        found.append((title, (values >= low) & (values < high)))
    return [*found, (Said("{limit} and more", {"limit": say(edges[-1])}), values >= edges[-1])]


def _number(value: float) -> Said:
    return Said.exactly(format(value, ".4g"))


def _date(value: float) -> Said:
    return Said.exactly((datetime.date(1970, 1, 1) + datetime.timedelta(days=int(value))).isoformat())


def subgroups_of_classes(
    groups: list[tuple[Said, np.ndarray]],
    actual: np.ndarray,
    probabilities: np.ndarray,
    *,
    positive: int,
    threshold: float,
    missed: float = 1.0,
    false_alarm: float = 1.0,
    seed: int = 0,
) -> list[Subgroup]:
    """The worst first.

    Args:
        actual: (rows,) class indices.
        probabilities: (rows, classes).
        missed, false_alarm: what one costs.
    """
    event, score = actual == positive, probabilities[:, positive]
    called = score >= threshold
    right = called == event if probabilities.shape[1] == 2 else probabilities.argmax(axis=1) == actual
    costs = missed * (event & ~called) + false_alarm * (~event & called)
    found = []
    for title, rows in groups:
        counts = Counts.at(event[rows], score[rows], threshold)
        few = min(counts.events, counts.others)
        figures = {
            "recall": _share(counts.true_positives, counts.events),
            "specificity": _share(counts.true_negatives, counts.others),
            "roc_auc": _area(event[rows], score[rows]),
            "accuracy": _share(int(right[rows].sum()), counts.rows),
        }
        harm = Figure.of(float(costs[rows].mean()), of_mean(costs[rows], seed=seed))
        is_uncertain = counts.rows < FEW_ROWS or few < FEW_OF_A_KIND
        found.append(Subgroup(title, counts.rows, counts.events, figures, harm, is_uncertain))
    return sorted(found, key=lambda group: -(group.harm.value or 0.0))


def subgroups_of_numbers(
    groups: list[tuple[Said, np.ndarray]], actual: np.ndarray, predicted: np.ndarray, *, seed: int = 0
) -> list[Subgroup]:
    """The worst first.

    Args:
        actual, predicted: (rows,) in the target's own units.
    """
    found = []
    for title, rows in groups:
        errors = np.abs(predicted[rows] - actual[rows])
        harm = Figure.of(float(errors.mean()), of_mean(errors, seed=seed))
        found.append(Subgroup(title, len(errors), None, {"mean_absolute_error": harm}, harm, len(errors) < FEW_ROWS))
    return sorted(found, key=lambda group: -(group.harm.value or 0.0))


def _share(part: int, whole: int) -> Figure:
    if not whole:
        return Figure.undefined(Said("There are no such rows in this group."))
    return Figure.of(part / whole, wilson(part, whole))


def _area(event: np.ndarray, score: np.ndarray) -> Figure:
    if event.all() or not event.any():
        return Figure.undefined(Said("All rows of this group are of one kind: there is nothing to tell apart."))
    area, influence = influences(event, score)
    return Figure.of(area, area_interval(area, influence, int(min(event.sum(), (~event).sum()))))
