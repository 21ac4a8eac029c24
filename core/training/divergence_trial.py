"""The first updates of a run, trained again with other settings, to see whether its loss stays finite.

Real Keras, the run's own rows in the run's own order, from the run's own first weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.experiment.config import ExperimentConfig
from core.experiment.network import penalised_layers
from core.models import build_model, reset_weights
from core.runtime.backend import tf
from core.training.compiling import compile_model
from core.training.divergence_suspects import Setting
from core.training.orders import RowOrders

#: Updates of a trial, and rows in each, at most: a second or so for all suspects together.
_STEPS = 400
_ROWS = 256

#: A trial whose loss ends at more than this times its first one has diverged, though it may still be a number.
_GROWN = 2.0


class Trial:
    """The first updates of a run, with settings that may differ from its own.

    Args:
        epochs: as many as it took the run to diverge; of their updates, the first few hundred.
    """

    def __init__(self, dataset: Dataset, epochs: int, shuffle: bool) -> None:
        self._dataset = dataset
        self._epochs = epochs
        self._shuffle = shuffle
        self._steps: dict[Any, _Step] = {}

    def is_finite(self, setting: Setting, *, longer: bool = False) -> bool:
        """Whether the loss stays finite, and does not grow.

        Args:
            longer: for twice as many updates: what helps must not only delay.
        """
        step = self._step(setting)
        step.begin(setting)
        x = self._dataset.x_train
        if setting.standardised:
            deviation = x.std(axis=0)
            x = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
        losses: list[float] = []
        for rows in self._batches(setting.config, longer):
            weights = () if self._dataset.train_weights is None else (self._dataset.train_weights[rows],)
            losses.append(step.take(x[rows], self._dataset.y_train[rows], *weights))
            if not math.isfinite(losses[-1]):
                return False
        last = losses[-max(1, len(losses) // 10) :]
        return step.has_finite_weights and sum(last) / len(last) <= _GROWN * losses[0]

    def _batches(self, config: ExperimentConfig, longer: bool) -> Iterator[np.ndarray]:
        """The rows of each update, as `Trainer` takes them."""
        rows, size = len(self._dataset.x_train), config.training.batch_size
        count = min(self._epochs * -(-rows // min(size, rows)), _STEPS)
        left = min((1 + longer) * count, _STEPS)
        orders = RowOrders(rows, seed=config.seed, shuffle=self._shuffle)
        epoch = 0
        while True:
            order = orders.of(epoch)[0]
            for start in range(0, rows, size):
                if left == 0:
                    return
                yield order[start : start + size][:_ROWS]
                left -= 1
            epoch += 1

    def _step(self, setting: Setting) -> _Step:
        """Compiled once for all that differ in numbers only."""
        config = setting.config
        layers = config.model.model_copy(update={"initializer": "zeros", "l1": 0.0, "l2": 0.0})
        key = (layers, config.training.optimizer, config.output)
        if key not in self._steps:
            self._steps[key] = _Step(config, self._dataset)
        return self._steps[key]


class _Step:
    """One update of a Keras model, compiled: penalty, learning rate and weights stay open."""

    def __init__(self, config: ExperimentConfig, dataset: Dataset) -> None:
        bare = config.model.model_copy(update={"l1": 0.0, "l2": 0.0})
        self._model = build_model(bare, dataset, seed=config.seed, output=config.output)
        compile_model(self._model, config)
        self._blocks = dataset.blocks
        self._optimizer = self._model.optimizer
        self._optimizer.build(self._model.trainable_variables)
        self._fresh = [np.array(variable) for variable in self._optimizer.variables]
        self._kernels = [self._model.get_layer(name).kernel for name in penalised_layers(config)]
        self._l1 = self._l2 = tf.constant(0.0)
        rows = tf.TensorSpec((None, dataset.x_train.shape[1]), tf.float32)
        target = tf.TensorSpec((None,), dataset.y_train.dtype)
        number = tf.TensorSpec((), tf.float32)
        weights = [] if dataset.train_weights is None else [tf.TensorSpec((None,), tf.float32)]
        self._update = tf.function(self._train, input_signature=[rows, target, number, number, *weights])

    def begin(self, setting: Setting) -> None:
        """Back to the first weights."""
        reset_weights(self._model, setting.config.model, seed=setting.config.seed, blocks=self._blocks)
        for variable, value in zip(self._optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        self._optimizer.learning_rate = setting.rate
        self._l1, self._l2 = tf.constant(setting.config.model.l1), tf.constant(setting.config.model.l2)

    def take(self, x: np.ndarray, y: np.ndarray, *weights: np.ndarray) -> float:
        """Train on a batch. Returns its loss, penalty included."""
        return float(self._update(tf.constant(x, tf.float32), tf.constant(y), self._l1, self._l2, *weights))

    @property
    def has_finite_weights(self) -> bool:
        return all(bool(np.isfinite(np.asarray(variable)).all()) for variable in self._model.trainable_variables)

    def _train(
        self, x: tf.Tensor, y: tf.Tensor, l1: tf.Tensor, l2: tf.Tensor, weights: tf.Tensor | None = None
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            outputs = self._model(x, training=True)
            loss = self._model.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=weights, training=True)
            for kernel in self._kernels:  # as `keras.regularizers.L1L2`
                loss += l1 * tf.reduce_sum(tf.abs(kernel)) + l2 * tf.reduce_sum(tf.square(kernel))
        variables = self._model.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss
