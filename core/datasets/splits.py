"""Which rows of a data set are for training, validation and testing. Splitting comes before anything is fitted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.datasets.grouped import check_classes, split_off_groups, split_off_latest
from core.experiment.dataset import DatasetConfig


class Split(NamedTuple):
    """Row numbers of a data set, each in one of three places, in the order in which they are used.

    Attributes:
        train, validation, test: (rows,) int64.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_rows(
    config: DatasetConfig,
    target: np.ndarray,
    *,
    seed: int,
    groups: np.ndarray | None = None,
    time: np.ndarray | None = None,
) -> Split:
    """Split the rows of a data set.

    Classification is split with scikit-learn's stratified `train_test_split`, regression with the plain one: first the
    test rows off all rows, then the validation rows off the rest. The test rows are the same however many validation
    rows there are. A table may hold out whole groups or the latest rows instead (`core.datasets.grouped`).

    Args:
        target: (rows,) of all rows.
        groups, time: (rows,), where the configuration splits by them.

    Raises:
        CannotTrain: groups or time leave a class without a training row.

    >>> [len(rows) for rows in split_rows(DatasetConfig(name="iris"), np.repeat([0, 1, 2], 50), seed=0)]
    [120, 0, 30]
    """
    from sklearn.model_selection import train_test_split

    is_classification = config.info.task == "classification"

    def split(rows: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
        if config.split_by == "group" and groups is not None:
            classes = target[rows] if is_classification else None
            return _taken(rows, split_off_groups(groups[rows], classes, fraction, seed))
        if config.split_by == "time" and time is not None:
            return _taken(rows, split_off_latest(time[rows], fraction))
        kept, held_out = train_test_split(
            rows, test_size=fraction, random_state=seed, stratify=target[rows] if is_classification else None
        )
        return kept, held_out

    train, test = split(np.arange(len(target)), config.test_fraction)
    validation = train[:0]
    if config.validation_fraction:
        train, validation = split(train, config.validation_fraction)
    if is_classification and config.split_by != "random":
        check_classes(target[train], config.info.class_names or (), config.split_by)
    return Split(train, validation, test)


def _taken(rows: np.ndarray, sides: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return rows[sides[0]], rows[sides[1]]
