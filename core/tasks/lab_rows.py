"""The rows of the data-quality lab: those that may be broken, and those that nothing touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset, dataset_of_arrays, load_dataset
from core.datasets.clinic import external_rows, source_rows
from core.errors import CannotTrain
from core.experiment.config import DatasetConfig, ExperimentConfig
from core.experiment.faults import FaultsConfig
from core.experiment.preparation import prepared_columns
from core.experiment.table import ColumnConfig, labels
from core.faults import Broken, Rows, break_outside, break_source
from core.preparation import inputs_of
from core.words import Said

#: Share of the rows that is held back where a data set has no external ones.
_HELD_BACK = 1 / 3


@dataclass(frozen=True)
class LabRows:
    """Where a network learns, and where it is used.

    Attributes:
        source: rows to learn from and to hold out, before any fault.
        external: rows that no fault of the source reaches.
        columns: what the columns are.
        event: the class that the lab is about.
        event_name: what it is called.
        has_external: the data set has external rows of its own; otherwise a third of its rows was held back first.
    """

    source: Rows
    external: Rows
    columns: tuple[ColumnConfig, ...]
    event: int
    event_name: str
    has_external: bool

    @classmethod
    def of(cls, config: ExperimentConfig) -> LabRows:
        """The rows of an experiment's data set.

        Raises:
            CannotTrain: it predicts a number, or has no columns to break.
        """
        dataset = config.dataset
        if dataset.info.task != "classification":
            raise CannotTrain(Said("The data-quality lab compares classes. Choose a data set with classes."))
        classes, columns = dataset.info.class_names or (), _columns(dataset)
        event = classes.index(dataset.info.event) if dataset.info.event in classes else dataset.n_classes - 1
        if dataset.name == "clinic":
            source, external = (_rows(*rows, columns) for rows in (source_rows(), external_rows()))
        else:
            source, external = _hold_back(_all_rows(dataset, columns, config.seed), config.seed)
        return cls(source, external, columns, event, classes[event], dataset.name == "clinic")

    def broken(self, faults: FaultsConfig) -> Broken:
        """The source with faults."""
        return break_source(self.source, faults, event=self.event)

    def outside(self, faults: FaultsConfig) -> Broken:
        """The external rows, with what the faults change outside."""
        return break_outside(self.external, faults, event=self.event)


@dataclass(frozen=True)
class Prepared:
    """A data set to train on, and external rows as the network takes them.

    Attributes:
        externals: each (rows, inputs) float32.
    """

    dataset: Dataset
    externals: tuple[np.ndarray, ...]


def split_rows(rows: Rows, dataset: DatasetConfig, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are learnt from and which are held out: as `load_dataset` splits them."""
    from sklearn.model_selection import train_test_split

    train, held_out = train_test_split(
        np.arange(len(rows)), test_size=dataset.test_fraction, random_state=seed, stratify=rows.target
    )
    return train, held_out


def prepare(
    train: Rows,
    held_out: Rows,
    externals: Sequence[Rows],
    lab: LabRows,
    faults: FaultsConfig,
    dataset: DatasetConfig,
) -> Prepared:
    """Network inputs of all of them, as the experiment prepares a table; fitted on the training rows only."""
    columns = faults.columns_after(lab.columns)
    chosen = (*(dataset.features or labels(lab.columns)), *faults.added_columns)
    prepared = prepared_columns(columns, len(lab.source), dataset.preparation, dataset.scaling)
    inputs = inputs_of([column for column in prepared if column.label in chosen])
    x_train = _as_inputs(inputs.fit_transform(train.values))
    x_held_out = _as_inputs(inputs.transform(held_out.values))
    return Prepared(
        dataset_of_arrays(x_train, train.target, x_held_out, held_out.target),
        tuple(_as_inputs(inputs.transform(each.values)) for each in externals),
    )


def _as_inputs(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32)


def _columns(dataset: DatasetConfig) -> tuple[ColumnConfig, ...]:
    return dataset.info.columns or tuple(ColumnConfig(name=name, kind="number") for name in dataset.info.feature_names)


#: Settings that have no say in which rows a data set has.
_OF_LATER = {"faults", "features", "preparation", "scaling", "split", "validation_fraction"}


def _all_rows(dataset: DatasetConfig, columns: tuple[ColumnConfig, ...], seed: int) -> Rows:
    plain = DatasetConfig.model_validate(dataset.model_dump(exclude=_OF_LATER))
    loaded = load_dataset(plain, seed=seed)
    values = np.concatenate([loaded.raw_train, loaded.raw_test])
    return _rows(values, np.concatenate([loaded.y_train, loaded.y_test]), columns)


def _rows(values: np.ndarray, target: np.ndarray, columns: tuple[ColumnConfig, ...]) -> Rows:
    return Rows.of(values, target, labels(columns), [column.kind in {"number", "date"} for column in columns])


def _hold_back(rows: Rows, seed: int) -> tuple[Rows, Rows]:
    from sklearn.model_selection import train_test_split

    source, back = train_test_split(np.arange(len(rows)), test_size=_HELD_BACK, random_state=seed, stratify=rows.target)
    return rows.take(np.sort(source)), rows.take(np.sort(back))
