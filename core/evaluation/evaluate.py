"""What a trained network is worth on some rows: every figure, with its interval, at a threshold and a prevalence.

Takes arrays; which rows they are, and what chose what by looking at them, `core.evaluation.choices` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.errors import WrongValue
from core.evaluation import counts as of_counts
from core.evaluation.decisions import (
    Counts,
    negative_predictive_value,
    net_benefit,
    positive_predictive_value,
    predictive_interval,
)
from core.evaluation.figures import NO_ROWS, NOT_FINITE, ONE_CLASS, Figure, figures_of_classes, figures_of_numbers
from core.evaluation.intervals import around, percentiles, wilson
from core.evaluation.predictions import confusion_matrix, predicted_classes
from core.words import Said

#: Figures of classes, in the order in which they are told.
OF_CLASSES = (
    *("roc_auc", "average_precision", "accuracy", "balanced_accuracy", "matthews_corrcoef", "cohen_kappa"),
    *("log_loss", "brier_score", "f1", "precision", "recall", "specificity"),
    *("positive_predictive_value", "negative_predictive_value"),
)

_NO_EVENTS = Said("None of these rows is '{name}'.")
_ONLY_EVENTS = Said("All of these rows are '{name}'.")
_NONE_CALLED = Said("At this threshold no row is called '{name}'.")
_ALL_CALLED = Said("At this threshold every row is called '{name}'.")
_WITHOUT_LIMIT = Said("At a threshold of 1 a false alarm weighs without limit.")
_NOTHING = Figure(None)


@dataclass(frozen=True)
class Evaluation:
    """Of some rows.

    Attributes:
        metrics: by scikit-learn's names.
        rows: how many there are.
        class_names: empty for a regression; what follows is then empty, too.
        positive: the class that threshold figures are about, an index.
        confusion: (classes, classes) counts by actual and predicted class: with two classes those at the threshold,
            with more the likeliest.
        counts: of the positive class against the rest, at the threshold.
        prevalence: share of people with the event; the rows' own where nothing else was said; None without rows.
        missed, false_alarms: of 1,000 people, at this prevalence.
        net_benefit: in true positives a person, at this prevalence.
    """

    metrics: Mapping[str, Figure]
    rows: int
    class_names: tuple[str, ...] = ()
    positive: int = 0
    threshold: float = 0.5
    prevalence: float | None = None
    confusion: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    counts: Counts | None = None
    missed: Figure = _NOTHING
    false_alarms: Figure = _NOTHING
    net_benefit: Figure = _NOTHING


def evaluate(
    actual: Sequence[Any] | np.ndarray,
    predicted: Sequence[Any] | np.ndarray,
    *,
    class_names: Sequence[str] = (),
    positive: int | str | None = None,
    threshold: float = 0.5,
    prevalence: float | None = None,
    seed: int = 0,
    figures: Mapping[str, Figure] | None = None,
) -> Evaluation:
    """Every figure of some rows.

    Args:
        actual: (rows,) class indices, or numbers.
        predicted: (rows, classes) probabilities; or (rows,): probabilities of the second of two classes where there are
            `class_names`, otherwise predicted numbers.
        class_names: by index; their numbers by default.
        positive: the class that threshold figures are about, by index or name; the last by default.
        threshold: a row is called positive where its probability is at least that.
        prevalence: share of people with the event where the network is to be used; the rows' own by default.
        seed: of the samples that some intervals are made of.
        figures: what no threshold changes, where it is known already.

    Raises:
        WrongValue: one of them is none of what was expected.

    >>> found = evaluate([0, 0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]])
    >>> found.confusion.tolist(), found.metrics["accuracy"].value
    ([[2, 0], [1, 1]], 0.75)
    """
    outputs = np.asarray(predicted, dtype=np.float64)
    if outputs.ndim == 1 and not class_names:
        return _of_numbers(np.asarray(actual, dtype=np.float64), outputs, seed, figures)
    probabilities = np.stack([1 - outputs, outputs], axis=1) if outputs.ndim == 1 else outputs
    names = tuple(class_names) or tuple(map(str, range(probabilities.shape[1])))
    truth, event = np.asarray(actual, dtype=np.int64), class_index(positive, names)
    check_share("threshold", threshold, ends=True)
    if prevalence is not None:
        check_share("prevalence", prevalence, ends=False)
    if figures is None:
        figures = figures_of_classes(truth, probabilities, event, seed=seed)
    blank = Evaluation({}, len(truth), names, event, threshold, prevalence)
    reason = NO_ROWS if not len(truth) else None if np.isfinite(probabilities).all() else NOT_FINITE
    if reason is not None:
        nothing = Figure.undefined(reason)
        return replace(
            blank, metrics=dict.fromkeys(OF_CLASSES, nothing), missed=nothing, false_alarms=nothing, net_benefit=nothing
        )
    return _of_classes(blank, truth, probabilities, figures, seed)


def _of_numbers(
    actual: np.ndarray, predicted: np.ndarray, seed: int, figures: Mapping[str, Figure] | None
) -> Evaluation:
    return Evaluation(figures or figures_of_numbers(actual, predicted, seed=seed), len(actual))


def class_index(positive: int | str | None, names: Sequence[str]) -> int:
    """Which class is meant; the last by default.

    Raises:
        WrongValue: there is no such class.
    """
    if positive is None:
        return len(names) - 1
    if isinstance(positive, str) and positive in names:
        return list(names).index(positive)
    if isinstance(positive, int) and 0 <= positive < len(names):
        return positive
    raise WrongValue(
        Said(
            "positive is '{received}', which is no class of this run. Expected one of: {names}.",
            {"received": str(positive)[:80], "names": ", ".join(names)},
        )
    )


def check_share(name: str, value: float, *, ends: bool) -> None:
    """Whether a number lies between 0 and 1.

    Args:
        ends: whether 0 and 1 are allowed.

    Raises:
        WrongValue: it does not.
    """
    if (0 <= value <= 1) if ends else (0 < value < 1):
        return
    expected = {"name": name, "received": f"{value:g}"}
    if ends:
        raise WrongValue(Said("{name} is {received}. Expected a number from 0 to 1, such as 0.5.", expected))
    raise WrongValue(
        Said("{name} is {received}. Expected a number between 0 and 1, without the two, such as 0.01.", expected)
    )


def _of_classes(
    blank: Evaluation, actual: np.ndarray, probabilities: np.ndarray, figures: Mapping[str, Figure], seed: int
) -> Evaluation:
    event, threshold, classes = blank.positive, blank.threshold, probabilities.shape[1]
    counts = Counts.at(actual == event, probabilities[:, event], threshold)
    prevalence = counts.events / counts.rows if blank.prevalence is None else blank.prevalence
    predicted = predicted_classes(probabilities)
    if classes == 2:
        predicted = np.where(probabilities[:, event] >= threshold, event, 1 - event)
    confusion = confusion_matrix(actual, predicted, classes)
    found = {
        **figures,
        **_of_matrix(confusion, event, blank.class_names[event], seed),
        **_of_decision(counts, prevalence, blank),
    }
    missed, false_alarms, benefit = _per_1000(counts, prevalence, blank)
    return replace(
        blank,
        metrics={name: found[name] for name in OF_CLASSES},
        prevalence=prevalence,
        confusion=confusion,
        counts=counts,
        missed=missed,
        false_alarms=false_alarms,
        net_benefit=benefit,
    )


def _of_matrix(confusion: np.ndarray, event: int, name: str, seed: int) -> dict[str, Figure]:
    """What the confusion matrix says: two classes seen from the event, more by their mean."""
    matrix, rows = confusion.astype(np.float64), int(confusion.sum())
    right = int(np.trace(confusion))
    found = {"accuracy": Figure.of(right / rows, wilson(right, rows))}
    functions: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        name: getattr(of_counts, name) for name in ("balanced_accuracy", "matthews_corrcoef", "cohen_kappa")
    }
    if len(confusion) == 2:
        functions["f1"] = lambda many: of_counts.f1(many, event)
        hits, called = int(confusion[event, event]), int(confusion[:, event].sum())
        there, values = int(confusion[event].sum()), {"name": Said.marked(name)}
        found["precision"] = _share(hits, called, _NONE_CALLED.filled(**values))
        found["recall"] = _share(hits, there, _NO_EVENTS.filled(**values))
    else:
        functions |= {name: of_counts.macro(getattr(of_counts, name)) for name in ("f1", "precision", "recall")}
    drawn = of_counts.drawn_matrices(confusion, seed)
    for each, function in functions.items():
        value = float(function(matrix))
        if np.isfinite(value):
            found[each] = Figure.of(value, percentiles(function(drawn)))
        else:
            found[each] = Figure.undefined(ONE_CLASS)
    return found


def _of_decision(counts: Counts, prevalence: float, blank: Evaluation) -> dict[str, Figure]:
    """The positive class against the rest; predictive values at the prevalence."""
    values = {"name": Said.marked(blank.class_names[blank.positive])}
    found = {"specificity": _share(counts.true_negatives, counts.others, _ONLY_EVENTS.filled(**values))}
    called, own = counts.true_positives + counts.false_positives, blank.prevalence is None
    hit, right = counts.sensitivity, counts.specificity
    for name, value_of, is_positive, some, reason in (
        ("positive_predictive_value", positive_predictive_value, True, called, _NONE_CALLED),
        ("negative_predictive_value", negative_predictive_value, False, counts.rows - called, _ALL_CALLED),
    ):
        right_ones = counts.true_positives if is_positive else counts.true_negatives
        if own:
            found[name] = _share(right_ones, some, reason.filled(**values))
            continue
        if hit is None or right is None:
            found[name] = Figure.undefined((_NO_EVENTS if hit is None else _ONLY_EVENTS).filled(**values))
            continue
        value = value_of(hit, right, prevalence)
        interval = predictive_interval(counts, prevalence, positive=is_positive)
        found[name] = Figure.undefined(reason.filled(**values)) if value is None else Figure.of(value, interval)
    return found


def _per_1000(counts: Counts, prevalence: float, blank: Evaluation) -> tuple[Figure, Figure, Figure]:
    values = {"name": Said.marked(blank.class_names[blank.positive])}
    hit, right = counts.sensitivity, counts.specificity
    no_events, only_events = (Figure.undefined(each.filled(**values)) for each in (_NO_EVENTS, _ONLY_EVENTS))
    missed = no_events if hit is None else _scaled(1000 * prevalence, counts.false_negatives, counts.events)
    alarms = only_events if right is None else _scaled(1000 * (1 - prevalence), counts.false_positives, counts.others)
    if hit is None or right is None:
        return missed, alarms, no_events if hit is None else only_events
    benefit = net_benefit(hit, right, prevalence, blank.threshold)
    return missed, alarms, Figure.undefined(_WITHOUT_LIMIT) if benefit is None else Figure(benefit)


def _share(part: int, whole: int, reason: Said) -> Figure:
    return Figure.of(part / whole, wilson(part, whole)) if whole else Figure.undefined(reason)


def _scaled(people: float, part: int, whole: int) -> Figure:
    """Of so many people, the share that was counted, with Wilson's interval."""
    low, high = around(part / whole, wilson(part, whole)) or (0.0, 1.0)
    return Figure(people * part / whole, people * low, people * high)
