"""What a network says before its last activation, and how it changes with the inputs: compiled once per architecture.

The score of a class is the logarithm of its odds, log p / (1 − p): with one output z or −z, with several
z_c − log Σ e^z_k over the other classes k. Unlike a probability it does not flatten where the network is sure. The
score of a number is the number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.runtime.backend import keras, tf
from core.training import Trainer
from core.training.compiled_function import Compiled

#: What takes a class out of a sum of exponentials; e to its power is 0.
_OUT = -1e9


class _Network:
    """The functions of one architecture. As the probe, it takes the weights as arguments: one trace serves every run.

    Args:
        model: of `core.models.build_model`: its last layer is Dense.
        variables: in the order in which states give their values.
    """

    def __init__(self, model: keras.Model, variables: Sequence[keras.Variable]) -> None:
        last = model.layers[-1]
        place = {id(variable): index for index, variable in enumerate(variables)}
        self._hidden = keras.Model(model.inputs, last.input) if len(model.layers) > 1 else None
        hidden = self._hidden
        self._trainable = [] if hidden is None else [place[id(each)] for each in hidden.trainable_variables]
        self._fixed = [] if hidden is None else [place[id(each)] for each in hidden.non_trainable_variables]
        self._last = [place[id(last.kernel)], place[id(last.bias)]]
        self._units = int(last.units)
        inputs = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
        needed = [*self._trainable, *self._fixed, *self._last]
        specs = [tf.TensorSpec(variables[index].shape, variables[index].dtype) for index in needed]
        self._needed = needed
        self._outputs = Compiled(self._before_activation, inputs, *specs)
        self._slopes = Compiled(self._gradient, inputs, tf.TensorSpec((None,), tf.int32), *specs)

    def outputs(self, state: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
        """(rows, inputs) -> (rows, units) float32."""
        return self._outputs(tf.convert_to_tensor(x), *self._values(state)).numpy()

    def slopes(self, state: Sequence[np.ndarray], x: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """(rows, inputs) -> (rows, inputs) float32: of the score of each row's class; of one output, of the output."""
        of = tf.convert_to_tensor(np.asarray(classes, np.int32))
        return self._slopes(tf.convert_to_tensor(x), of, *self._values(state)).numpy()

    def _values(self, state: Sequence[np.ndarray]) -> list[tf.Tensor]:
        return [tf.convert_to_tensor(state[index]) for index in self._needed]

    def _before_activation(self, x: tf.Tensor, *values: tf.Tensor) -> tf.Tensor:
        *weights, kernel, bias = values
        if self._hidden is not None:
            trainable, fixed = weights[: len(self._trainable)], weights[len(self._trainable) :]
            x, _ = self._hidden.stateless_call(trainable, fixed, x, training=False)
        return tf.matmul(x, kernel) + bias

    def _gradient(self, x: tf.Tensor, classes: tf.Tensor, *values: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = self._before_activation(x, *values)
            if self._units == 1:
                score = z[:, 0]
            else:
                own = tf.one_hot(classes, self._units)
                score = tf.reduce_sum(own * z, axis=1) - tf.reduce_logsumexp(z + own * _OUT, axis=1)
        return tape.gradient(score, x)


class Scores:
    """A trained network as a function of its inputs. Changes nothing."""

    def __init__(self, trainer: Trainer) -> None:
        program = trainer.shared
        if _Network not in program.kept:
            program.kept[_Network] = _Network(program.model, program.variables)
        self._network: _Network = program.kept[_Network]
        self._state = trainer.values()
        self._dataset = trainer.dataset
        self._is_number = trainer.dataset.task == "regression"

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """(rows, inputs) -> (rows, units) float64: logits, or a standardised number."""
        return self._network.outputs(self._state, np.asarray(x, np.float32)).astype(np.float64)

    def score(self, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """(rows, inputs), (rows,) -> (rows,) float64: the log odds of each row's class, or the number in its units."""
        z = self.outputs(x)
        if self._is_number:
            return self._dataset.in_own_units(z[:, 0])
        if z.shape[1] == 1:
            return np.where(np.asarray(classes) == 1, z[:, 0], -z[:, 0])
        return log_odds(z, classes)

    def gradient(self, x: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """(rows, inputs), (rows,) -> (rows, inputs) float64: of `score`."""
        slopes = self._network.slopes(self._state, np.asarray(x, np.float32), classes).astype(np.float64)
        if self._is_number:
            return slopes * self._dataset.target_scale
        if self._network._units == 1:
            return np.where(np.asarray(classes) == 1, 1.0, -1.0)[:, None] * slopes
        return slopes


def log_odds(z: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """z_c − log Σ e^z_k over k ≠ c. (rows, classes), (rows,) -> (rows,).

    >>> log_odds(np.log([[0.5, 0.25, 0.25]]), np.array([0])).tolist()
    [0.0]
    """
    rows = np.arange(len(z))
    others = z.copy()
    others[rows, classes] = -np.inf
    most = others.max(axis=1)
    return z[rows, classes] - most - np.log(np.exp(others - most[:, None]).sum(axis=1))
