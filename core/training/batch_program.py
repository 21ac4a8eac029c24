"""The epoch batch by batch, as `fit` trains it: for callbacks that work between batches, and models that need it.

Keras' own functions (`train_function`, `test_function`) train and judge each batch, with every hook where `fit` has it,
so weights, logs and optimizer are those of `model.fit(shuffle=False)` on the same order, bit for bit. Whole epochs in
one call are in `core/training/program.py`.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from core.runtime.backend import keras, tf
from core.training.arrays import Arrays
from core.training.callbacks import Hooks, Logs, plain
from core.training.interruption import is_interrupted
from core.training.program import finalize
from core.training.state import check_shapes

#: Whoever follows the test rows of `fit` means those whose logs begin with `val_`.
_NO_HOOKS = Hooks(())


class BatchProgram:
    """One compiled Keras model that is trained batch by batch.

    Answers as `EpochProgram` does. A model that can be built only by its first batch has no variables before.

    Attributes:
        log_names: as far as they are known before the first epoch; a training step of one's own may return others.
    """

    epochs_per_call = 1

    def __init__(self, model: keras.Model, arrays: Arrays, *, batch_size: int, hooks: Hooks, lenient: bool) -> None:
        self.model = model
        self._lenient = lenient
        self.owner: weakref.ref[Any] | None = None
        #: What else was compiled for this architecture, by its type; see `core.inspection`.
        self.kept: dict[type, Any] = {}
        self._arrays = arrays
        self._hooks = hooks
        self._order = tf.Variable(tf.range(_rows(arrays.x_train), dtype=tf.int64), trainable=False)
        self._train_batches = self._batches(arrays.trained, batch_size, self._order)
        self._judged = [
            (prefix, self._batches((x, y), batch_size), math.ceil(_rows(x) / batch_size))
            for prefix, x, y in arrays.judged
            if _rows(x)
        ]
        self._steps = math.ceil(_rows(arrays.x_train) / batch_size)
        try:
            names = tuple(model.get_metrics_result())
        except ValueError:  # metrics that only a batch can build
            names = ("loss",)
        prefixes = ("", *(prefix for prefix, _, _ in self._judged))
        self.log_names = tuple(f"{prefix}{name}" for prefix in prefixes for name in names)
        self.initial_state = self.state()

    def train(self, arrays: Arrays, orders: np.ndarray, batch_size: int) -> tuple[list[Logs], bool]:
        """Train for the epochs of `orders`, (epochs, training rows), with every hook inside of an epoch.

        Returns:
            The logs of the epochs done, and whether none diverged. The model has the weights from before an epoch that
            diverged, unless a callback stopped the run for it, or that was interrupted.
        """
        done: list[Logs] = []
        for order in orders:
            before = [(variable, np.array(variable)) for variable in self.variables]
            logs = self._epoch(order)
            diverged = logs is not None and not self._is_finite(logs)
            if logs is None or (diverged and not self.model.stop_training):
                for variable, value in before:
                    variable.assign(value)
                return done, not diverged
            done.append(logs)
        return done, True

    def train_with_maps(
        self, arrays: Arrays, orders: np.ndarray, batch_size: int, grid: tf.Tensor
    ) -> tuple[list[Logs], bool, np.ndarray]:
        """As `train`, and what the output layer gives for `grid` after each epoch."""
        done, finite = self.train(arrays, orders[:1], batch_size)
        outputs = self.predict(grid.numpy())[None]
        return done, finite, outputs[: len(done)]

    def names_for(self, arrays: Arrays) -> tuple[str, ...]:
        """What the logs are called."""
        return self.log_names

    def train_batches(self, arrays: Arrays, order: np.ndarray, batch_size: int) -> None:
        """Train on some rows, batch by batch, without hooks and for no epoch."""
        self.model.make_train_function()
        rows = tf.constant(order, tf.int64)
        for _ in self._each(self._batches(arrays.trained, batch_size, rows), len(order), batch_size):
            pass

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """What the output layer gives. (rows, …) -> (rows, units)."""
        kind = self._arrays.x_train.dtype.as_numpy_dtype
        return np.asarray(self.model.predict_on_batch(np.asarray(inputs, kind)))

    @property
    def variables(self) -> list[keras.Variable]:
        """What `state` copies: weights and random state, and of each optimizer that the model holds."""
        held = [self.model.optimizer, *vars(self.model).values()]
        optimizers = [each for each in held if isinstance(each, keras.optimizers.Optimizer)]
        metrics = {id(variable) for variable in self.model.metrics_variables}
        found = [*self.model.variables, *(variable for each in optimizers for variable in each.variables)]
        return list({id(variable): variable for variable in found if id(variable) not in metrics}.values())

    def state(self) -> list[np.ndarray]:
        """Copies of all that a run changes."""
        return [np.array(variable) for variable in self.variables]

    def load(self, state: Sequence[Any]) -> None:
        """Put a run's variables back.

        Raises:
            ValueError: the state belongs to another architecture.
        """
        variables = self.variables
        check_shapes(state, [tuple(variable.shape) for variable in variables])
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)

    def finalize(self) -> None:
        """The end of training, as in `fit`."""
        finalize(self.model)

    def _epoch(self, order: np.ndarray) -> Logs | None:
        """Every batch, then the rows that are judged. None where it was interrupted."""
        model, hooks, at_once = self.model, self._hooks, self.model.steps_per_execution
        model.make_train_function()
        model.reset_metrics()
        self._order.assign(order)
        batches = iter(self._train_batches)
        logs: Any = {}
        for step in range(0, self._steps, at_once):
            if is_interrupted():
                return None
            hooks.train_batch_begin(step)
            logs = model.train_function(batches)
            hooks.train_batch_end(step + at_once - 1, logs)
            if model.stop_training:
                break
        epoch = dict(_of_epoch(model, logs))
        places = dict.fromkeys(epoch, 0)
        # Callbacks find the metrics of the rows whose logs begin with `val_`: those come last.
        for place, (prefix, batches, steps) in reversed(list(enumerate(self._judged, start=1))):
            judged = self._judge(batches, steps, self._hooks if prefix == "val_" else _NO_HOOKS)
            named = {f"{prefix}{name}": value for name, value in judged.items()}
            epoch |= named
            places |= dict.fromkeys(named, place)
        logs = plain(epoch)
        known = [name for name in self.log_names if name in logs]
        names = (*known, *(name for name in logs if name not in known))
        self.log_names = tuple(sorted(names, key=lambda name: places.get(name, 0)))
        return logs

    def _judge(self, batches: Any, steps: int, hooks: Hooks) -> Logs:
        """Judge some rows, as `evaluate` does, also within `fit`."""
        model, at_once = self.model, self.model.steps_per_execution
        model.make_test_function()
        model.stop_evaluating = False
        hooks.test_begin()
        model.reset_metrics()
        batches = iter(batches)
        logs: Any = {}
        for step in range(0, steps, at_once):
            hooks.test_batch_begin(step)
            logs = model.test_function(batches)
            hooks.test_batch_end(step + at_once - 1, logs)
            if model.stop_evaluating:
                break
        judged = plain(_of_epoch(model, logs))
        hooks.test_end(judged)
        return judged

    def _is_finite(self, logs: Logs) -> bool:
        """Whether an epoch has not diverged, by the rule of `EpochProgram`."""
        if not math.isfinite(_number(logs.get("loss", 0.0))):
            return False
        if self._arrays.has_watched_rows:
            judged = math.isfinite(_number(logs.get("val_loss", 0.0)))
            if judged or not self._lenient:
                return judged
        return all(np.isfinite(np.asarray(each, np.float32)).all() for each in self.model.trainable_variables)

    def _each(self, batches: Any, rows: int, batch_size: int) -> Iterator[Any]:
        iterator = iter(batches)
        for _ in range(0, math.ceil(rows / batch_size), self.model.steps_per_execution):
            yield self.model.train_function(iterator)

    def _batches(self, given: tuple[Any, ...], batch_size: int, order: Any = None) -> Any:
        """A pipeline over the rows, in `order` or as they are.

        Args:
            given: x, y and, where rows are weighed, their weights.
        """
        x, y, *weights = given
        rows = _rows(x)
        # As in `fit`, the batch size is part of the shape where all batches are full: TensorFlow then folds it into
        # constants, which changes the last bits of batch normalisation.
        even = rows % batch_size == 0
        data: tuple[Any, ...] = (x,)
        if y is not None:
            y = _as_tuples(y)
            # As in `fit`: the same weights for each of several targets.
            data = (x, y, *(keras.tree.map_structure(lambda _, own=own: own, y) for own in weights))

        def batch(start: tf.Tensor) -> Any:
            here = slice(start, tf.minimum(start + batch_size, rows))
            if order is None:
                chosen = keras.tree.map_structure(lambda each: each[here], data)
            else:
                picked = tf.convert_to_tensor(order)[here]
                chosen = keras.tree.map_structure(lambda each: tf.gather(each, picked), data)
            for each in keras.tree.flatten(chosen):
                each.set_shape((batch_size if even else None, *each.shape[1:]))
            return chosen if y is not None else chosen[0]

        options = tf.data.Options()
        options.experimental_optimization.apply_default_optimizations = False
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
        # Without parallel calls: slicing a batch costs less than handing it to another thread.
        batches = tf.data.Dataset.range(0, rows, batch_size).map(batch).with_options(options)
        return self.model.distribute_strategy.experimental_distribute_dataset(batches)


def _of_epoch(model: keras.Model, logs: Any) -> Any:
    """As `fit`: the metrics, unless a training step of one's own returned something else, which then counts."""
    metrics = model.get_metrics_result()
    return metrics if isinstance(logs, dict) and set(logs) == set(metrics) else logs


def _rows(x: tf.Tensor) -> int:
    return int(x.shape[0])


def _number(value: Any) -> float:
    return value if isinstance(value, float) else float(np.sum(value))


def _as_tuples(structure: Any) -> Any:
    """Lists as tuples: `tf.data` would stack a list's tensors."""
    if isinstance(structure, list):
        return tuple(map(_as_tuples, structure))
    return structure
