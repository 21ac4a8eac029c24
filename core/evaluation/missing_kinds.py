"""What happens to whom when a kind of data is missing at prediction: a scan is not to be had, a laboratory is closed.

The network stays as it is. Every input of the missing kind becomes its mean over the training rows: the network is told
nothing about the patient by it. Whoever was recognised by that kind alone is then missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.evaluation.predictions import class_probabilities, predicted_classes
from core.experiment.config import ExperimentConfig
from core.words import Said


@dataclass(frozen=True)
class Figures:
    """How some test rows fare, by scikit-learn's names. None where it is not defined.

    Attributes:
        rows: how many there are.
        roc_auc: area under the curve of the event's probability; needs rows with and without the event.
        accuracy: share of rows whose class is predicted.
        recall: sensitivity: of the rows with the event, the share that is predicted to have it.
    """

    rows: int
    roc_auc: float | None
    accuracy: float | None
    recall: float | None


@dataclass(frozen=True)
class Circumstance:
    """The test rows with one kind of data missing, or none.

    Attributes:
        missing: the block's name; None for everything as it is.
        title: in words.
        figures: of all rows, and then of each group.
    """

    missing: str | None
    title: Said
    figures: tuple[Figures, ...]


def missing_kinds(
    config: ExperimentConfig, dataset: Dataset, predict: Callable[[np.ndarray], np.ndarray]
) -> tuple[Circumstance, ...]:
    """The test rows as they are, and with each kind of data missing in turn; nothing where there are no two kinds.

    Args:
        predict: what the network's output layer gives, (rows, features) -> (rows, units).
    """
    if len(dataset.blocks) < 2 or dataset.task != "classification":
        return ()
    found = []
    for block in (None, *dataset.blocks):
        inputs = dataset.x_test.copy()
        title = Said("everything there")
        if block is not None:
            inputs[:, block.columns] = dataset.x_train[:, block.columns].mean(axis=0)
            title = Said("{kind} missing", {"kind": Said.marked(block.title)})
        probabilities = class_probabilities(predict(inputs), config.output)
        figures = tuple(
            _figures(dataset.y_test[rows], probabilities[rows], event_of(config))
            for _, rows in groups_of(config, dataset)
        )
        found.append(Circumstance(None if block is None else block.name, title, figures))
    return tuple(found)


def groups_of(config: ExperimentConfig, dataset: Dataset) -> list[tuple[Said, np.ndarray]]:
    """All test rows, and the groups of the data set's entry: (title, which test rows)."""
    everybody = np.ones(len(dataset.y_test), dtype=bool)
    groups = config.dataset.info.groups
    if groups is None:
        return [(Said("all"), everybody)]
    second = dataset.raw_test[:, dataset.raw_feature_names.index(groups.column)] >= groups.limit
    return [
        (Said("all"), everybody),
        (Said.marked(groups.titles[0]), ~second),
        (Said.marked(groups.titles[1]), second),
    ]


def event_of(config: ExperimentConfig) -> int:
    """The class that is looked for."""
    names, event = config.dataset.info.class_names or (), config.dataset.info.event
    return names.index(event) if event in names else config.dataset.n_classes - 1


def _figures(actual: np.ndarray, probabilities: np.ndarray, event: int) -> Figures:
    from sklearn.metrics import accuracy_score, recall_score, roc_auc_score

    has_event = actual == event
    predicted = predicted_classes(probabilities)
    finite = bool(len(actual)) and bool(np.isfinite(probabilities).all())
    both = finite and bool(has_event.any()) and not bool(has_event.all())
    return Figures(
        rows=len(actual),
        roc_auc=float(roc_auc_score(has_event, probabilities[:, event])) if both else None,
        accuracy=float(accuracy_score(actual, predicted)) if finite else None,
        recall=float(recall_score(has_event, predicted == event)) if finite and has_event.any() else None,
    )
