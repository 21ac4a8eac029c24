"""The compiled epoch: Keras' own `train_step` and `test_step`, looped over the batches inside one graph.

This is the fast part, fenced off here; `Trainer` is the loop to read. `model.fit` spends nearly all its time between
batches on small data. One call per epoch removes that and keeps every Keras semantic, because the steps are Keras' own:
weights are bit-identical to `model.fit(shuffle=False)` on the same order (docs/decisions/training-loop.md).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.compiled_function import Compiled
from core.training.interruption import interrupt_flag
from core.training.state import check_shapes

#: Epochs in a call where nobody looks in between. An XLA call costs as much as four small epochs; fifty share it.
EPOCHS_PER_CALL = 50

#: The same where each epoch is mapped: maps of 10,000 points take memory.
MAPS_PER_CALL = 10

#: Test rows per `test_step`. The result does not depend on it where a loss is a mean over rows; larger is faster, up to
#: memory.
TEST_BATCH = 1024

_INT = tf.TensorSpec((), tf.int32)


class EpochProgram:
    """One compiled Keras model and the functions that train it for whole epochs.

    The learning rate is the optimizer's variable and the rows are arguments, so a program serves every run of the same
    architecture, optimizer and shapes: `state` and `load` swap a run's variables out and in.

    Args:
        test_batch: judged rows per `test_step`; None for the batch size, as `fit` has it, where the result depends on
            it.
        lenient: a `val_loss` that is not finite is no divergence while the weights are finite.

    Attributes:
        log_names: what the columns of `run`'s result are called.
        epochs_per_call: at most so many epochs in a call.
    """

    epochs_per_call = EPOCHS_PER_CALL

    def __init__(
        self, model: keras.Model, arrays: Arrays, *, test_batch: int | None = TEST_BATCH, lenient: bool = False
    ) -> None:
        self.model = model
        self._lenient = lenient
        self._test_batch = test_batch
        #: Whose variables the model holds; set by `ProgramLease`.
        self.owner: weakref.ref[Any] | None = None
        #: What else was compiled for this architecture, by its type; see `core.inspection`.
        self.kept: dict[type, Any] = {}
        self._build_variables(arrays)
        interrupt_flag()
        names = list(model.get_metrics_result())
        prefixes = ("", *(prefix for prefix, _, _ in arrays.judged))
        self.log_names = tuple(f"{prefix}{name}" for prefix in prefixes for name in names)
        # Metrics start from zero in every epoch: their variables are no part of a run's state.
        self._variables = [
            variable
            for variable in (*model.variables, *model.optimizer.variables)
            if not any(variable is metric for metric in model.metrics_variables)
        ]
        self._shapes = [tuple(variable.shape) for variable in self._variables]
        self._decimals = [each for each in model.trainable_variables if tf.as_dtype(each.dtype).is_floating]
        # Row counts and batch size stay open in the graph. One graph then serves all of them, and the arithmetic is
        # that of `model.fit`: with a batch size known while tracing, TensorFlow folds it into constants, and batch
        # normalisation differs from `fit` in the last bit.
        rows = [tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in arrays.given]
        values = [tf.TensorSpec(variable.shape, variable.dtype) for variable in self._variables]
        self._run = Compiled(self._epochs, *rows, tf.TensorSpec((None, None), tf.int32), _INT)
        mode = {"training": False} if model._call_has_training_arg else {}
        self._predict = Compiled(lambda inputs: model(inputs, **mode), rows[0])
        trained = [*rows[:2], *rows[len(rows) // 2 * 2 :]]  # with weights, the number of arrays is odd
        self._batches = Compiled(self._train_each, *trained, tf.TensorSpec((None,), tf.int32), _INT)
        self._save = Compiled(lambda: [tf.identity(variable.value) for variable in self._variables])
        self._load = Compiled(self._assign_all, *values)
        #: The optimizer's variables before the first update, and weights to be replaced.
        self.initial_state = [np.asarray(variable.value) for variable in self._variables]

    def prepare(self, arrays: Arrays) -> None:
        """Trace, without training."""
        self.run(arrays, np.empty((0, int(arrays.x_train.shape[0])), np.int32), 1)

    def train(self, arrays: Arrays, orders: np.ndarray, batch_size: int) -> tuple[list[dict[str, Any]], bool]:
        """As `run`, with the logs by their names."""
        rows, finite = self.run(arrays, orders, batch_size)
        return self._by_name(rows, arrays), finite

    def train_with_maps(
        self, arrays: Arrays, orders: np.ndarray, batch_size: int, grid: tf.Tensor
    ) -> tuple[list[dict[str, Any]], bool, np.ndarray]:
        """As `run_with_maps`, with the logs by their names."""
        rows, finite, maps = self.run_with_maps(arrays, orders, batch_size, grid)
        return self._by_name(rows, arrays), finite, maps

    def _by_name(self, rows: np.ndarray, arrays: Arrays) -> list[dict[str, Any]]:
        """The logs of `run` by their names; of no rows there are none."""
        names = self.names_for(arrays)
        return [dict(zip(names, row, strict=False)) for row in rows.tolist()]

    def names_for(self, arrays: Arrays) -> tuple[str, ...]:
        """What the logs over these rows are called."""
        parts = 1 + len(arrays.judged)
        kept = parts if int(arrays.x_test.shape[0]) else parts - 1  # only the last may have no rows
        return self.log_names[: len(self.log_names) // parts * kept]

    def run(self, arrays: Arrays, orders: np.ndarray, batch_size: int) -> tuple[np.ndarray, bool]:
        """Train for several epochs in one call.

        Args:
            orders: (epochs, training rows) int32, the row order of each epoch.
            batch_size: more than the training rows means one batch.

        Returns:
            (epochs done, logs) float64, and whether none diverged. Fewer rows than asked for mean that the epoch after
            them diverged, or was interrupted; the model has the weights from before that epoch.
        """
        logs, done, finite = self._run(*arrays.given, tf.constant(orders, tf.int32), tf.constant(batch_size, tf.int32))
        return logs.numpy()[: int(done)].astype(np.float64), bool(finite)

    def train_batches(self, arrays: Arrays, order: np.ndarray, batch_size: int) -> None:
        """Train on some rows, batch by batch, as an epoch that begins with them does. Traced at first use."""
        rows, batch = tf.constant(order, tf.int32), tf.constant(batch_size, tf.int32)
        self._batches(*arrays.trained, rows, batch)

    def run_with_maps(
        self, arrays: Arrays, orders: np.ndarray, batch_size: int, grid: tf.Tensor
    ) -> tuple[np.ndarray, bool, np.ndarray]:
        """As `run`, and what the output layer gives for `grid` after each epoch.

        Returns:
            Logs and finiteness as `run`; maps (epochs done, grid rows, units) float32.
        """
        rows, maps, finite = [], [], True
        for order in orders:
            row, finite = self.run(arrays, order[None], batch_size)
            if not len(row):
                break
            rows.append(row[0])
            maps.append(self._predict(grid).numpy())
        empty = (0, len(grid), *self.model.output_shape[1:])
        logs = np.stack(rows) if rows else np.empty((0, len(self.log_names)))
        return logs, finite, np.stack(maps) if maps else np.empty(empty, np.float32)

    def finalize(self) -> None:
        """The end of training, as in `fit`: averaged weights (`use_ema`) take the place of the last ones."""
        finalize(self.model)

    @property
    def variables(self) -> list[keras.Variable]:
        """What `state` copies, in its order."""
        return list(self._variables)

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """What the output layer gives. (rows, features) -> (rows, units) float32."""
        kind = self._predict.signature[0].dtype.as_numpy_dtype
        return self._predict(tf.convert_to_tensor(np.asarray(inputs, kind))).numpy()

    def state(self) -> list[tf.Tensor]:
        """Copies of all that a run changes: weights, optimizer, dropout's random state."""
        return list(self._save())

    def load(self, state: Sequence[Any]) -> None:
        """Put a run's variables back.

        Raises:
            ValueError: the state belongs to another architecture.
        """
        check_shapes(state, self._shapes)
        self._load(*(tf.convert_to_tensor(value) for value in state))

    def _build_variables(self, arrays: Arrays) -> None:
        # Keras makes optimizer and metric variables at first use, which a loop inside a graph does not allow.
        if not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        self.model.test_step((arrays.x_train[:1], arrays.y_train[:1]))
        self.model.reset_metrics()

    def _assign_all(self, *values: tf.Tensor) -> None:
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)

    def _epochs(self, *given: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Train. `given` is what `Arrays.given` has, then the orders and the batch size."""
        *rows, orders, batch = given
        arrays = Arrays.of_given(rows)
        count = tf.shape(orders)[0]

        def body(done: tf.Tensor, _: tf.Tensor, finite: tf.Tensor, logs: tf.TensorArray) -> tuple[Any, ...]:
            before = [tf.identity(variable.value) for variable in self._variables]
            order = orders[done]
            row = self._epoch(arrays, order, batch)
            with tf.control_dependencies([row]):  # two reads are not ordered by themselves
                interrupted = interrupt_flag().read_value()
            finite = tf.logical_or(interrupted, self._is_finite(row, arrays.watched))
            completed = tf.logical_and(finite, tf.logical_not(interrupted))

            def take_back() -> tf.Tensor:
                self._assign_all(*before)
                return tf.constant(False)

            tf.cond(completed, lambda: tf.constant(True), take_back)
            return done + tf.cast(completed, tf.int32), completed, finite, logs.write(done, row)

        done, _, finite, logs = tf.while_loop(
            lambda done, going_on, finite, logs: tf.logical_and(done < count, going_on),
            body,
            (
                tf.constant(0),
                tf.constant(True),
                tf.constant(True),
                tf.TensorArray(tf.float32, size=count, element_shape=(len(self.log_names),)),
            ),
            parallel_iterations=1,
        )
        return logs.stack(), done, finite

    def _epoch(self, arrays: Arrays, order: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
        """One epoch: every batch in the order given, then the rows that are judged. -> (logs,) float32."""
        self.model.reset_metrics()
        self._train_each(*arrays.trained, order, batch)
        logs = list(self.model.get_metrics_result().values())
        for _, x, y in arrays.judged:
            self.model.reset_metrics()
            self._judge(x, y, batch if self._test_batch is None else self._test_batch)
            logs += self.model.get_metrics_result().values()
        return tf.stack([tf.cast(value, tf.float32) for value in logs])

    def _judge(self, x: tf.Tensor, y: tf.Tensor, batch: tf.Tensor | int) -> None:
        def test_batch(start: tf.Tensor) -> None:
            self.model.test_step((x[start : start + batch], y[start : start + batch]))

        self._each_batch(test_batch, tf.shape(x)[0], batch)

    def _is_finite(self, row: tf.Tensor, watched: tf.Tensor) -> tf.Tensor:
        """Whether an epoch with these logs has not diverged: the training loss decides, and no metric.

        The last update of an epoch may spoil the weights after the last training loss: then `val_loss` shows it. One
        that is not finite although the weights are is no divergence where `lenient`: rows or a loss of the user's own
        may be the reason. Test rows beside validation rows are only judged.
        """
        names = self.log_names
        loss, val_loss = (
            row[names.index(name)] if name in names else tf.constant(0.0) for name in ("loss", "val_loss")
        )
        if not self._lenient:
            return tf.logical_and(tf.math.is_finite(loss), tf.math.is_finite(val_loss))
        suspicious = tf.logical_or(tf.logical_not(tf.math.is_finite(val_loss)), tf.equal(tf.shape(watched)[0], 0))

        def weights_are() -> tf.Tensor:
            finite = [tf.reduce_all(tf.math.is_finite(each.value)) for each in self._decimals]
            return tf.reduce_all(tf.stack([tf.constant(True), *finite]))

        return tf.logical_and(tf.math.is_finite(loss), tf.cond(suspicious, weights_are, lambda: tf.constant(True)))

    def _train_each(self, *given: tf.Tensor) -> None:
        """Train on every batch. `given` is what `Arrays.trained` has, then the order and the batch size."""
        *trained, order, batch = given

        def train_batch(start: tf.Tensor) -> None:
            # Gathered batch by batch: the rows are still in the processor's cache when they are used.
            rows = order[start : start + batch]
            self.model.train_step(tuple(tf.gather(each, rows) for each in trained))

        self._each_batch(train_batch, tf.shape(order)[0], batch)

    @staticmethod
    def _each_batch(step: Callable[[tf.Tensor], None], rows: tf.Tensor, batch: tf.Tensor | int) -> None:
        """Call `step` with the start of each batch; the last may be smaller, as in `model.fit`."""
        flag = interrupt_flag()

        def body(start: tf.Tensor) -> tf.Tensor:
            step(start)
            return start + batch

        tf.while_loop(
            lambda start: tf.logical_and(start < rows, tf.logical_not(flag.read_value())),
            body,
            (tf.constant(0),),
            parallel_iterations=1,
        )


def finalize(model: keras.Model) -> None:
    """Let a model's optimizer finish, as `fit` does at its end."""
    if isinstance(model.optimizer, keras.optimizers.Optimizer):
        model.optimizer.finalize_variable_values(model.trainable_weights)
