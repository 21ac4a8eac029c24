"""From a `DatasetConfig` to a `Dataset`: read or draw the rows, split, then scale on the training rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.datasets import clinic, patients
from core.datasets.balance import balanced, class_weights, without_outliers
from core.datasets.dataset import Dataset, Inputs
from core.datasets.rows import Rows
from core.datasets.splits import Split, split_rows
from core.datasets.table_rows import rows_of_table
from core.experiment.catalogue import describe
from core.experiment.columns import labels
from core.experiment.dataset import DatasetConfig
from core.experiment.synthetic import generate


def load_dataset(config: DatasetConfig, *, seed: int = 0) -> Dataset:
    """Load, split and scale a data set.

    `split_rows` says which rows are for what. Scaling and the standardisation of regression targets see the training
    rows only.

    Args:
        seed: draws the points of a synthetic set and decides the split. Points drawn by hand stay as they are.

    >>> dataset = load_dataset(DatasetConfig(name="iris"), seed=0)
    >>> dataset.x_train.shape, dataset.x_test.shape
    ((120, 4), (30, 4))
    """
    source = rows_of(config, seed=seed)
    if config.faults is not None and config.faults.breaks_source:
        source = broken_rows(source, config)
    rows = split_rows(config, source.target, seed=seed, groups=source.groups, time=source.time)
    return prepare_rows(config, source, rows, seed=seed)


def prepare_rows(config: DatasetConfig, source: Rows, rows: Split, *, seed: int = 0) -> Dataset:
    """Scale rows that have been split, as `load_dataset` does: fitted on the training rows only.

    Args:
        source: all rows.
        rows: which of them are for what.
        seed: draws the rows that balance the classes, where the configuration asks for that.
    """
    raw, target = source.raw, source.target
    is_classification = config.info.task == "classification"
    if config.prepared:
        rows = rows._replace(train=without_outliers(raw, rows.train, config.prepared))
    raw_train, raw_validation, raw_test = (raw[each] for each in rows)
    inputs = _fit_inputs(config, raw_train)
    balance = config.preparation.balance if config.preparation is not None and is_classification else "none"
    if balance != "none":
        # After the steps were fitted: what is usual among the rows does not depend on how often some are shown.
        rows = rows._replace(train=balanced(rows.train, target, balance, seed))
        raw_train = raw[rows.train]
    learnt = target[rows.train]
    mean, scale = (0.0, 1.0) if is_classification else (learnt.mean(), learnt.std() or 1.0)
    target_type: Any = np.int64 if is_classification else np.float32
    y_train, y_validation, y_test = (((target[each] - mean) / scale).astype(target_type) for each in rows)
    return Dataset(
        name=config.name,
        task=config.info.task,
        x_train=inputs(raw_train),
        y_train=y_train,
        x_test=inputs(raw_test),
        y_test=y_test,
        feature_names=config.feature_names,
        class_names=(config.info.class_names or ())[: config.n_classes],
        target_name=config.info.target_name,
        raw_train=raw_train,
        raw_test=raw_test,
        raw_feature_names=config.info.feature_names,
        inputs=inputs,
        target_mean=float(mean),
        target_scale=float(scale),
        blocks=config.input_blocks,
        columns=config.info.columns,
        numbers=Split(*(source.numbers[each] for each in rows)),
        x_validation=inputs(raw_validation),
        y_validation=y_validation,
        raw_validation=raw_validation,
        train_weights=class_weights(y_train, balance),
    )


def broken_rows(rows: Rows, config: DatasetConfig) -> Rows:
    """The rows with the configuration's faults. Each knows the row of the source that it was."""
    from core.faults import Rows as FaultRows
    from core.faults import break_source

    assert config.faults is not None
    known = describe(config.name, config.table)
    columns = known.columns_to_break
    numbers = [column.kind in {"number", "date"} for column in columns]
    whole = FaultRows.of(rows.raw, rows.target, labels(columns), numbers)
    broken = break_source(whole, config.faults, event=known.event_index).rows
    kept = rows.taken(broken.origin)
    return Rows(broken.values, broken.target, kept.numbers, kept.groups, kept.time)


def rows_of(config: DatasetConfig, *, seed: int = 0) -> Rows:
    """All rows of a data set, in its order, before they are split.

    Args:
        seed: draws the points of a synthetic set.
    """
    if config.table is not None:
        return rows_of_table(config)
    if config.points is not None:
        points = np.array(config.points.points, dtype=np.float64)  # (x, y, class)
        return Rows.of(points[:, :2], points[:, 2].astype(np.int64))
    return Rows.of(*(generate(config, seed=seed) if config.info.is_synthetic else _read(config.name)))


def _read(name: str) -> tuple[np.ndarray, np.ndarray]:
    if name in GENERATED:
        return GENERATED[name]()
    from sklearn import datasets

    if name == "diabetes":
        # As measured, in years and mg/dl: scaling is the configuration's business.
        bunch = datasets.load_diabetes(scaled=False)
    else:
        bunch = getattr(datasets, f"load_{name}")()
    return np.asarray(bunch.data, dtype=np.float64), np.asarray(bunch.target)


#: Data sets that a formula draws once and for all, by name.
GENERATED: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
    "clinic": clinic.source_rows,
    "patients": patients.draw,
}


def _fit_inputs(config: DatasetConfig, raw_train: np.ndarray) -> Inputs:
    if config.prepared:
        from core.preparation import inputs_of

        return Inputs(tuple(range(raw_train.shape[1])), scaler=inputs_of(config.prepared).fit(raw_train))
    engineered: tuple[str, ...] = ()
    columns: tuple[int, ...] | None = None
    if config.info.is_planar and config.features is not None:
        engineered = config.features
    else:
        columns = tuple(config.info.feature_names.index(name) for name in config.feature_names)
    unscaled = Inputs(columns, engineered)
    return Inputs(columns, engineered, _fit_scaler(config.scaling, unscaled.features(raw_train)))


def _fit_scaler(scaling: str, features: np.ndarray) -> Any:
    from sklearn import preprocessing

    if scaling == "none":
        return None
    scalers = {
        "standard": preprocessing.StandardScaler,
        "minmax": preprocessing.MinMaxScaler,
        "robust": preprocessing.RobustScaler,
    }
    return scalers[scaling]().fit(features)
