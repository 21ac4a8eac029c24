"""The compiled epoch on the XLA path: the same steps, one machine-code function for up to fifty epochs.

Pays on dense networks, where the graph path spends its time between operations; `core/training/paths.py` decides.
Shapes are fixed when it is compiled, which takes seconds; `prepare` does it ahead of time. It differs from the graph
path in the last bits (6e-8 after ten epochs of the article's example), and is as reproducible.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.compiled_function import Compiled
from core.training.paths import MOST_ARITHMETIC
from core.training.program import EPOCHS_PER_CALL, MAPS_PER_CALL, EpochProgram

#: Row numbers in a call, whose shape is fixed: two megabytes.
_MOST_ORDERS = 500_000


class XlaProgram(EpochProgram):
    """As `EpochProgram`, for one number of rows and one batch size. Cannot be interrupted within a call."""

    def __init__(self, model: keras.Model, arrays: Arrays, *, batch_size: int, lenient: bool = False) -> None:
        super().__init__(model, arrays, lenient=lenient)
        self._rows = int(arrays.x_train.shape[0])
        self._batch = min(batch_size, self._rows)
        self._array_specs = [tf.TensorSpec(array.shape, array.dtype) for array in arrays.given]
        arithmetic = model.count_params() * self._rows
        self.epochs_per_call = max(
            1, int(min(EPOCHS_PER_CALL, _MOST_ORDERS // self._rows, MOST_ARITHMETIC // arithmetic))
        )
        self._maps_per_call = min(MAPS_PER_CALL, self.epochs_per_call)
        self._run_fast = self._function_for(self.epochs_per_call)
        self._run_mapped: Compiled | None = None

    def prepare(self, arrays: Arrays) -> None:
        """Compile, without training."""
        self.run(arrays, np.empty((0, self._rows), dtype=np.int32), self._batch)

    def run(self, arrays: Arrays, orders: np.ndarray, batch_size: int) -> tuple[np.ndarray, bool]:
        """Train for at most `epochs_per_call` epochs in one call; see `EpochProgram.run`."""
        rows, _ = self._train(self._run_fast, self.epochs_per_call, arrays, orders)
        return rows, len(rows) == len(orders)

    def run_with_maps(
        self, arrays: Arrays, orders: np.ndarray, batch_size: int, grid: tf.Tensor
    ) -> tuple[np.ndarray, bool, np.ndarray]:
        """As `EpochProgram.run_with_maps`, for at most `MAPS_PER_CALL` epochs. Compiled at first use."""
        if self._run_mapped is None or self._run_mapped.signature[-1].shape != grid.shape:
            self._run_mapped = self._function_for(self._maps_per_call, tf.TensorSpec(grid.shape, grid.dtype))
        rows, (maps,) = self._train(self._run_mapped, self._maps_per_call, arrays, orders, grid)
        return rows, len(rows) == len(orders), maps.numpy()[: len(rows)]

    def _train(
        self, function: Compiled, at_most: int, arrays: Arrays, orders: np.ndarray, *grids: tf.Tensor
    ) -> tuple[np.ndarray, list[tf.Tensor]]:
        """Call one of the compiled functions. Returns the logs of the epochs that were finite, and its maps."""
        logs, *maps = function(
            *arrays.given, tf.constant(_padded(orders, at_most)), tf.constant(len(orders), tf.int32), *grids
        )
        rows = logs.numpy()[: len(orders)].astype(np.float64)
        rows, finite = rows[:, :-1], rows[:, -1] == 1
        if finite.all():
            return rows, maps
        done = int(finite.argmin())
        # The variables are as they were before the call: train up to the last finite epoch again.
        return self._train(function, at_most, arrays, orders[:done], *grids)

    def _function_for(self, epochs: int, *more: tf.TensorSpec) -> Compiled:
        orders, count = tf.TensorSpec((epochs, self._rows), tf.int32), tf.TensorSpec((), tf.int32)
        return Compiled(self._fast_epochs, *self._array_specs, orders, count, *more, jit_compile=True)

    def _fast_epochs(self, *given: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Train, and map each of some grids after every epoch. Where an epoch diverged, nothing has been trained.

        Args:
            given: what `Arrays.given` has, then the orders, how many of them are to be trained, and the grids.

        Returns:
            logs (epochs, names and 1 for an epoch that did not diverge), up to and including one that did; and maps.
        """
        arrays = Arrays.of_given(given[: len(self._array_specs)])
        orders, count, *grids = given[len(self._array_specs) :]
        # Compared and taken back once a call: a copy of every variable in each epoch cost the article's example 6 %.
        before = [tf.identity(variable.value) for variable in self._variables]

        def body(done: tf.Tensor, _: tf.Tensor, logs: tf.Tensor, *maps: tf.TensorArray) -> tuple[Any, ...]:
            order = orders[done]
            row = self._fast_epoch([tf.gather(each, order) for each in arrays.trained], arrays)
            finite = self._is_finite(row, arrays.watched)
            logs = tf.tensor_scatter_nd_update(logs, [[done]], [tf.concat([row, [tf.cast(finite, row.dtype)]], axis=0)])
            maps = tuple(
                each.write(done, self.model(grid, training=False)) for each, grid in zip(maps, grids, strict=True)
            )
            return done + 1, finite, logs, *maps

        epochs = orders.shape[0]
        no_maps = (
            tf.TensorArray(tf.float32, size=epochs, element_shape=self.model.compute_output_shape(grid.shape))
            for grid in grids
        )
        _, finite, logs, *maps = tf.while_loop(
            lambda done, finite, *_: tf.logical_and(done < count, finite),
            body,
            (tf.constant(0), tf.constant(True), tf.zeros((epochs, len(self.log_names) + 1)), *no_maps),
            parallel_iterations=1,
        )
        for variable, old in zip(self._variables, before, strict=True):
            variable.assign(tf.where(finite, variable.value, old))
        return logs, *(each.stack() for each in maps)

    def _fast_epoch(self, trained: list[tf.Tensor], arrays: Arrays) -> tf.Tensor:
        """As `EpochProgram._epoch`, on training rows in their order and with shapes that are known: XLA compiles no
        others.

        Args:
            trained: as `Arrays.trained`, in the epoch's order.
        """
        model, batch = self.model, self._batch
        model.reset_metrics()
        full = self._rows // batch

        def body(index: tf.Tensor) -> tf.Tensor:
            model.train_step(tuple(_batch_of(each, index, batch) for each in trained))
            return index + 1

        tf.while_loop(lambda index: index < full, body, (tf.constant(0),), parallel_iterations=1)
        if self._rows % batch:
            model.train_step(tuple(each[full * batch :] for each in trained))
        logs = list(model.get_metrics_result().values())
        for _, x_judged, y_judged in arrays.judged:
            model.reset_metrics()
            model.test_step((x_judged, y_judged))
            logs += model.get_metrics_result().values()
        return tf.stack([tf.cast(value, tf.float32) for value in logs])


def _padded(orders: np.ndarray, epochs: int) -> np.ndarray:
    """Row orders for a fixed number of epochs: shapes are part of what is compiled."""
    padded = np.zeros((epochs, orders.shape[1]), dtype=np.int32)
    padded[: len(orders)] = orders
    return padded


def _batch_of(tensor: tf.Tensor, index: tf.Tensor, size: int) -> tf.Tensor:
    rest = tensor.shape[1:].as_list()
    return tf.slice(tensor, [index * size, *([0] * len(rest))], [size, *rest])
