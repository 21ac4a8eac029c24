"""The rows of the data-quality lab: those that may be broken, and those that nothing touches.

Split and prepared as `core.datasets.load_dataset` does, so that the lab's clean network is the run of the Train page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.datasets import Dataset, dataset_of_arrays
from core.datasets.balance import balanced, class_weights, without_outliers
from core.datasets.clinic import external_rows
from core.datasets.loading import rows_of
from core.datasets.rows import Rows as Loaded
from core.datasets.splits import Split, split_rows
from core.experiment.columns import ColumnConfig, labels
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.faults import FaultsConfig
from core.experiment.preparation import prepared_columns
from core.faults import Broken, Rows, break_outside, break_source
from core.preparation import inputs_of
from core.tasks.lab_experiment import check_suits

#: Share of the rows that is held back where a data set has no external ones.
_HELD_BACK = 1 / 3


@dataclass(frozen=True)
class LabRows:
    """Where a network learns, and where it is used.

    Attributes:
        dataset: how rows are split and prepared.
        source: rows to learn from and to hold out, before any fault.
        external: rows that no fault of the source reaches.
        columns: what the columns are.
        event: the class that the lab is about.
        event_name: what it is called.
        has_external: the data set has external rows of its own; otherwise a third of its rows was held back first.
        loaded: all rows as the data set has them, with their groups and times.
    """

    dataset: DatasetConfig
    source: Rows
    external: Rows
    columns: tuple[ColumnConfig, ...]
    event: int
    event_name: str
    has_external: bool
    loaded: Loaded

    @classmethod
    def of(cls, config: ExperimentConfig, *, holds_back: bool = True) -> LabRows:
        """The rows of an experiment's data set.

        Args:
            holds_back: False where nothing is judged on external rows: then there are none, and the source is all rows.

        Raises:
            CannotTrain: it predicts a number, or its rows are pictures.
        """
        dataset = config.dataset
        check_suits(dataset)
        classes, loaded = dataset.info.class_names or (), rows_of(dataset, seed=config.seed)
        event = classes.index(dataset.info.event) if dataset.info.event in classes else dataset.n_classes - 1
        columns = dataset.info.columns or tuple(
            ColumnConfig(name=name, kind="number") for name in dataset.info.feature_names
        )
        rows = _rows(loaded.raw, loaded.target, columns)
        if not holds_back:
            source, external = rows, rows.take(np.arange(0))
        elif dataset.name == "clinic":
            source, external = rows, _rows(*external_rows(), columns)
        else:
            fractions = {"test_fraction": _HELD_BACK, "validation_fraction": 0.0}
            kept, _, back = _split(dataset.model_copy(update=fractions), rows, loaded, config.seed)
            source, external = rows.take(np.sort(kept)), rows.take(np.sort(back))
        return cls(dataset, source, external, columns, event, classes[event], dataset.name == "clinic", loaded)

    def broken(self, faults: FaultsConfig) -> Broken:
        """The source with faults."""
        return break_source(self.source, faults, event=self.event)

    def outside(self, faults: FaultsConfig) -> Broken:
        """The external rows, with what the faults change outside."""
        return break_outside(self.external, faults, event=self.event)

    def split(self, rows: Rows, seed: int) -> Split:
        """Which of the rows of the source, broken or not, are for what."""
        return _split(self.dataset, rows, self.loaded, seed)

    def prepare(
        self, rows: Rows, split: Split, faults: FaultsConfig, seed: int, externals: Sequence[Rows] = ()
    ) -> tuple[Dataset, list[np.ndarray]]:
        """Network inputs, as the experiment prepares a table; fitted on the training rows only.

        Returns:
            What is trained on, and external rows as the network takes them, each (rows, inputs) float32.
        """
        dataset, preparation = self.dataset, self.dataset.preparation
        chosen = (*(dataset.features or labels(self.columns)), *faults.added_columns)
        everything = prepared_columns(
            faults.columns_after(self.columns), len(self.source), preparation, dataset.scaling
        )
        prepared = [column for column in everything if column.label in chosen]
        train = without_outliers(rows.values, split.train, prepared)
        transformer = inputs_of(prepared).fit(rows.values[train])
        if preparation is not None:
            train = balanced(train, rows.target, preparation.balance, seed)

        def inputs(values: np.ndarray) -> np.ndarray:
            empty = np.empty((0, sum(len(column.names) for column in prepared)))
            found = transformer.transform(values) if len(values) else empty
            return np.ascontiguousarray(found, dtype=np.float32)

        x_train, x_validation, x_test = (inputs(rows.values[each]) for each in (train, *split[1:]))
        y_train, y_validation, y_test = (rows.target[each] for each in (train, *split[1:]))
        data = dataset_of_arrays(x_train, y_train, x_test, y_test, x_validation, y_validation)
        if preparation is not None:
            data = replace(data, train_weights=class_weights(y_train, preparation.balance))
        return data, [inputs(each.values) for each in externals]


def _rows(values: np.ndarray, target: np.ndarray, columns: tuple[ColumnConfig, ...]) -> Rows:
    return Rows.of(values, target, labels(columns), [column.kind in {"number", "date"} for column in columns])


def _split(dataset: DatasetConfig, rows: Rows, loaded: Loaded, seed: int) -> Split:
    groups = None if loaded.groups is None else loaded.groups[rows.origin]
    time = None if loaded.time is None else loaded.time[rows.origin]
    return split_rows(dataset, rows.target, seed=seed, groups=groups, time=time)
