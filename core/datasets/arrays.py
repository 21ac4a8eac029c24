"""A data set of plain arrays, for `Trainer` in a notebook: nothing is loaded, split, scaled or copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.datasets.dataset import Dataset, Inputs, no_rows_of
from core.errors import CannotTrain
from core.experiment.task import Task
from core.words import Said


def dataset_of_arrays(
    x_train: Any,
    y_train: Any,
    x_test: Any = None,
    y_test: Any = None,
    x_validation: Any = None,
    y_validation: Any = None,
) -> Dataset:
    """The rows as they are, as a `Dataset`.

    Args:
        x_train, x_test, x_validation: (rows, …) of any shape and number type that `model.fit` takes. The `val_` logs
            are those of the validation rows and, where there are none, of the test rows; beside validation rows, those
            of the test rows are `test_`. No rows, or None: there are no such logs.
        y_train, y_test, y_validation: (rows, …), such as class numbers, one-hot classes, or one or several targets; for
            a model with several outputs a list or dictionary of such arrays; None for a model whose own `train_step`
            needs none.

    Returns:
        A data set that holds these arrays and no copies. Its task is classification where the targets are class
        numbers, one-hot classes, or 0 and 1; `Trainer` asks for it only where it has to build or compile a model.

    Raises:
        CannotTrain: several inputs, a generator, text, or as many targets as there are not rows.

    >>> dataset = dataset_of_arrays(np.eye(3), np.array([0, 1, 1]))
    >>> dataset.x_train.shape, dataset.task, len(dataset.x_test)
    ((3, 3), 'classification', 0)
    """
    x_train = _input("x_train", x_train)
    x_test = x_train[:0] if x_test is None else _input("x_test", x_test)
    y_train = _targets("y_train", y_train, len(x_train))
    y_test = no_rows_of(y_train) if y_test is None else y_test
    y_test = _targets("y_test", y_test, len(x_test))
    x_validation = x_train[:0] if x_validation is None else _input("x_validation", x_validation)
    y_validation = no_rows_of(y_train) if y_validation is None else y_validation
    y_validation = _targets("y_validation", y_validation, len(x_validation))
    task, classes = _task(y_train)
    columns = x_train.shape[1] if x_train.ndim == 2 else 0
    names = tuple(f"x{index + 1}" for index in range(columns))
    return Dataset(
        name="arrays",
        task=task,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        feature_names=names,
        class_names=tuple(map(str, range(classes))),
        target_name="y",
        raw_train=x_train,
        raw_test=x_test,
        raw_feature_names=names,
        inputs=Inputs(columns=tuple(range(columns))),
        x_validation=x_validation,
        y_validation=y_validation,
        raw_validation=x_validation,
    )


def _input(name: str, values: Any) -> np.ndarray:
    if isinstance(values, (list, tuple, Mapping)):
        raise CannotTrain(
            Said(
                "{name} is a {kind}, which Keras takes for several inputs. Expected one array; give one made with "
                "numpy.asarray, or train a model of several inputs with model.fit.",
                {"name": name, "kind": type(values).__name__},
            )
        )
    return _array(name, values)


def _array(name: str, values: Any) -> np.ndarray:
    if not hasattr(values, "__array__"):
        raise CannotTrain(
            Said(
                "{name} is a {kind}. Expected an array; read a generator or a tf.data.Dataset into one first, or train "
                "with model.fit.",
                {"name": name, "kind": type(values).__name__},
            )
        )
    array = np.asarray(values)
    if array.dtype.kind not in "biufc":
        held = Said("text or objects") if array.dtype.kind in "OUS" else str(array.dtype)
        raise CannotTrain(
            Said(
                "{name} holds {held}. Expected numbers: encode text first, for example with keras.layers.StringLookup "
                "or scikit-learn's OneHotEncoder.",
                {"name": name, "held": held},
            )
        )
    if array.ndim == 0:
        raise CannotTrain(Said("{name} is a single number. Expected an array of rows.", {"name": name}))
    # As `fit` does with a column of a table, such as a pandas Series.
    return array[:, None] if array.ndim == 1 and hasattr(values, "to_frame") else array


def _targets(name: str, values: Any, rows: int) -> Any:
    if values is None:
        return None
    if isinstance(values, Mapping):
        return {key: _targets(f"{name}[{key!r}]", each, rows) for key, each in values.items()}
    if isinstance(values, (list, tuple)):
        return [_targets(f"{name}[{index}]", each, rows) for index, each in enumerate(values)]
    array = _array(name, values)
    if len(array) != rows:
        x = name.split("[")[0].replace("y", "x")
        raise CannotTrain(
            Said(
                "{name} has {received} rows, and {x} has {rows}. Expected a target for each row.",
                {"name": name, "received": len(array), "x": x, "rows": rows},
            )
        )
    return array


def _task(targets: Any) -> tuple[Task, int]:
    """What the targets look like, and the number of classes."""
    if not isinstance(targets, np.ndarray) or not targets.size:
        return "regression", 0
    lowest, highest = targets.min(), targets.max()
    if targets.ndim == 2 and targets.shape[1] > 1:
        one_hot = lowest == 0 and highest == 1 and (targets.sum(axis=1) == 1).all()
        return ("classification", targets.shape[1]) if one_hot else ("regression", 0)
    if targets.dtype.kind in "biu" and lowest >= 0 and highest < 1000:
        return "classification", max(2, int(highest) + 1)
    if lowest == 0 and highest == 1 and ((targets == 0) | (targets == 1)).all():
        return "classification", 2
    return "regression", 0
