"""The rows that a run learns from, to be divided anew: tasks judge networks of the same kind by them, and leave the
run's validation and test rows alone.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import CannotTrain
from core.estimator import DescentClassifier, DescentRegressor
from core.experiment.config import ExperimentConfig
from core.tasks.steps import in_steps
from core.words import Said

#: Where a class has fewer rows than folds were asked for, there are fewer folds, and at least these.
_FEWEST_FOLDS = 2


@dataclass(frozen=True)
class LearntRows:
    """Rows before they are prepared: each network prepares those that it learns.

    Attributes:
        config: of each network: the run's, with as many epochs as the run has trained where nothing stops it early.
        raw: (rows, raw columns) float64.
        target: (rows,) class indices, or numbers in their own units.
        groups: (rows,) int64, equal where rows belong together: of one patient, or copies of one row.
    """

    config: ExperimentConfig
    raw: np.ndarray
    target: np.ndarray
    groups: np.ndarray

    @classmethod
    def of(cls, config: ExperimentConfig, dataset: Dataset, epoch: int) -> LearntRows:
        """The training rows of a run.

        Args:
            epoch: that the run is at.
        """
        from core.datasets.loading import rows_of

        raw, target = dataset.raw_train, dataset.y_train
        if dataset.task == "regression":
            target = dataset.in_own_units(target)
        assert dataset.numbers is not None
        numbers = dataset.numbers.train
        preparation = config.dataset.preparation
        if preparation is not None and preparation.balance in {"oversample", "undersample"}:
            numbers, first = np.unique(numbers, return_index=True)  # each network balances its own rows
            raw, target = raw[first], target[first]
        source = rows_of(config.dataset, seed=config.seed)
        groups = numbers if source.groups is None else source.groups[np.searchsorted(source.numbers, numbers)]
        if config.training.early_stopping is None:
            training = config.training.model_copy(update={"epochs": max(1, epoch)})
            config = config.model_copy(update={"training": training})
        return cls(config, raw, target, np.unique(groups, return_inverse=True)[1])

    @property
    def is_classification(self) -> bool:
        """Whether the target is a class."""
        return self.config.dataset.info.task == "classification"

    def taken(self, rows: np.ndarray) -> LearntRows:
        """Some of the rows, by place."""
        return LearntRows(self.config, self.raw[rows], self.target[rows], self.groups[rows])

    def folds(self, folds: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """(rows to learn, rows to judge) of each fold: stratified, groups whole.

        Raises:
            CannotTrain: there are too few rows for that.
        """
        from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

        has_groups = self.groups.max(initial=-1) + 1 < len(self.groups)
        if self.is_classification:
            folds = min([folds, *np.unique(self.target, return_counts=True)[1].tolist()])
        folds = min(folds, int(self.groups.max(initial=-1)) + 1)
        if folds < _FEWEST_FOLDS:
            raise CannotTrain(Said("There are too few training rows to divide: each class needs at least two."))
        kinds: dict[tuple[bool, bool], Any] = {
            (True, True): StratifiedGroupKFold,
            (True, False): StratifiedKFold,
            (False, True): GroupKFold,
            (False, False): KFold,
        }
        splitter = kinds[self.is_classification, has_groups](n_splits=folds, shuffle=True, random_state=seed)
        return list(splitter.split(self.raw, self.target, self.groups if has_groups else None))

    def network(self, tick: Callable[[float], None], seed: int | None = None) -> DescentClassifier | DescentRegressor:
        """An untrained network of the run's kind, for raw rows."""
        kind = DescentClassifier if self.is_classification else DescentRegressor
        return kind(self.config, rows="raw", random_state=seed, tick=tick)

    def predicted(
        self, learn: np.ndarray, *judged: np.ndarray, seed: int | None = None
    ) -> Generator[float, None, tuple[np.ndarray, ...]]:
        """Train on some rows and predict others. Yields the share that is done.

        Returns:
            For each of `judged`, (rows, classes) probabilities or (rows,) numbers.

        Raises:
            NotFiniteLoss: training diverged.
        """

        def work(tick: Callable[[float], None]) -> tuple[np.ndarray, ...]:
            network = self.network(tick, seed).fit(self.raw[learn], self.target[learn])
            predict = network.predict_proba if isinstance(network, DescentClassifier) else network.predict
            return tuple(predict(self.raw[rows]) for rows in judged)

        return (yield from in_steps(work))
