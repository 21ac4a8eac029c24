"""The rows that a program trains on and judges, moved to TensorFlow once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.runtime.backend import keras, tf


class Arrays(NamedTuple):
    """The rows a program runs over, as tensors: x (rows, …), y (rows, …), weights of training rows (rows,) or None.

    Models of the user's own may have several targets (lists or dictionaries of tensors), or None. The `val_` logs are
    those of the validation rows; where there are none, x_validation is None, and they are those of the test rows.
    """

    x_train: tf.Tensor
    y_train: Any
    x_test: tf.Tensor
    y_test: Any
    x_validation: tf.Tensor | None = None
    y_validation: Any = None
    train_weights: tf.Tensor | None = None

    @classmethod
    def of(
        cls,
        x_train: Any,
        y_train: Any,
        x_test: Any,
        y_test: Any,
        x_validation: Any = None,
        y_validation: Any = None,
        train_weights: Any = None,
    ) -> Arrays:
        """Move arrays to TensorFlow once, not once per epoch."""
        given = [x_train, y_train, x_test, y_test]
        if x_validation is not None and len(x_validation):
            given += [x_validation, y_validation]
        tensors = [keras.tree.map_structure(_tensor_of, array) for array in given]
        return cls(*tensors)._replace(train_weights=_tensor_of(train_weights))

    @classmethod
    def of_given(cls, given: Sequence[Any]) -> Arrays:
        """The inverse of `given`."""
        *rows, last = given
        return cls(*rows)._replace(train_weights=last) if len(given) % 2 else cls(*given)

    @property
    def given(self) -> tuple[Any, ...]:
        """The arrays of which there are any: four, or six with validation rows; and the weights."""
        weights = () if self.train_weights is None else (self.train_weights,)
        return (*(self[:4] if self.x_validation is None else self[:6]), *weights)

    @property
    def trained(self) -> tuple[Any, ...]:
        """What a training step takes, of all rows: x, y and, where rows are weighed, their weights."""
        weights = () if self.train_weights is None else (self.train_weights,)
        return (self.x_train, self.y_train, *weights)

    @property
    def judged(self) -> tuple[tuple[str, tf.Tensor, Any], ...]:
        """(prefix of the logs, x, y) of the rows that an epoch ends with, in the order of the logs. Some may have no
        rows, and then there are no such logs.
        """
        if self.x_validation is None:
            return (("val_", self.x_test, self.y_test),)
        return ("val_", self.x_validation, self.y_validation), ("test_", self.x_test, self.y_test)

    @property
    def watched(self) -> tf.Tensor:
        """The inputs of those whose logs begin with `val_`."""
        return self.judged[0][1]

    @property
    def has_watched_rows(self) -> bool:
        """Whether there are `val_` logs."""
        return int(self.watched.shape[0]) > 0

    @property
    def is_plain(self) -> bool:
        """Whether the targets are one array."""
        return tf.is_tensor(self.y_train)


def _tensor_of(array: Any) -> Any:
    if array is None:
        return None
    tensor = tf.convert_to_tensor(array)
    # As `fit` does: decimal numbers of any precision become Keras' own.
    wanted = tf.as_dtype(keras.config.floatx())
    return tf.cast(tensor, wanted) if tensor.dtype.is_floating and tensor.dtype != wanted else tensor
