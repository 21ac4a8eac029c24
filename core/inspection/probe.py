"""What goes on inside a network: what each unit outputs on a grid and on rows, what a picture becomes, and the gradient
of every weight.

A function of the weights, not of the model that holds them: one trace serves every run of an architecture, at every
epoch that was recorded. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.runtime.backend import keras, tf
from core.training import Trainer
from core.training.compiled_function import Compiled


@dataclass(frozen=True)
class Inside:
    """One look into a network. Lists have an entry for each layer with weights, from the first one to the output.

    Attributes:
        on_grid: the outputs of the Dense layers' units for the grid's rows, (grid rows, units) each, after the
            activation.
        on_rows: of all layers with weights for data rows; of a convolution (rows, height, width, filters).
        kernel_gradients: of the mean loss over the data rows, weighed as in training, penalties included, (inputs,
            units) or (kernel, kernel, channels, filters) each. Dropout and batch normalisation work as in prediction.
        bias_gradients: (units,) each.
        feature_maps: what the examples become in each convolution and pooling layer, (examples, height, width,
            channels).
    """

    on_grid: list[np.ndarray]
    on_rows: list[np.ndarray]
    kernel_gradients: list[np.ndarray]
    bias_gradients: list[np.ndarray]
    feature_maps: list[np.ndarray]


@dataclass(frozen=True)
class Weights:
    """The weights of all layers that have some, from the first hidden layer on: kernels (inputs, units), of a
    convolution (kernel, kernel, channels, filters), and biases (units,).
    """

    kernels: list[np.ndarray]
    biases: list[np.ndarray]


class Probe:
    """Looks into networks of one architecture.

    Args:
        model: a compiled Keras model of `core.models.build_model`, or any Sequential one with Dense layers.
        variables: in the order in which states give their values; they begin with the model's.
        target: the type of `y`: class indices may also be trained with a squared error.
        weighed: the rows have weights.
    """

    def __init__(
        self, model: keras.Model, variables: Sequence[keras.Variable], target: tf.DType, *, weighed: bool = False
    ) -> None:
        weighted = [layer for layer in model.layers if isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D))]
        pictures = [layer for layer in model.layers if isinstance(layer, _OF_PICTURES)]
        self._is_dense = [isinstance(layer, keras.layers.Dense) for layer in weighted]
        place = {id(variable): index for index, variable in enumerate(variables)}
        self._kernels = [place[id(layer.kernel)] for layer in weighted]
        self._biases = [place[id(layer.bias)] for layer in weighted]
        self._model = model
        outputs = [layer.output for layer in _last_of(model, weighted)]
        # Of the layers that take pictures first: a convolution's own output is among those of the weighted ones, too.
        self._inside = keras.Model(model.inputs, [*(layer.output for layer in pictures), *outputs])
        self._pictures = len(pictures)
        self._trainable = [place[id(variable)] for variable in self._inside.trainable_variables]
        self._fixed = [place[id(variable)] for variable in self._inside.non_trainable_variables]
        self._watched = [
            [id(variable) for variable in self._inside.trainable_variables].index(id(variable))
            for layer in weighted
            for variable in (layer.kernel, layer.bias)
        ]
        inputs = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
        specs = [tf.TensorSpec(variables[index].shape, variables[index].dtype) for index in self._needed]
        weights = [tf.TensorSpec((None,), tf.float32)] if weighed else []
        self._look = Compiled(self._trace, inputs, inputs, inputs, tf.TensorSpec((None,), target), *specs, *weights)
        self.is_traced = False

    @property
    def _needed(self) -> list[int]:
        return [*self._trainable, *self._fixed]

    def weights(self, state: Sequence[np.ndarray]) -> Weights:
        """The weights in a state that `EpochProgram.state` gave."""
        return Weights([np.asarray(state[i]) for i in self._kernels], [np.asarray(state[i]) for i in self._biases])

    def look(
        self,
        state: Sequence[np.ndarray],
        grid: np.ndarray,
        x: np.ndarray,
        y: np.ndarray,
        examples: np.ndarray,
        *weights: np.ndarray,
    ) -> Inside:
        """Look into the network with the weights of a state.

        Args:
            grid: (rows, features) float32 network inputs.
            x, y: data rows, as `Dataset` has them.
            examples: rows whose way through the layers of pictures is shown; may be none.
            weights: of the data rows, (rows,) float32, where they have some.
        """
        values = [tf.convert_to_tensor(state[index]) for index in self._needed]
        grid, x, y, examples = map(tf.convert_to_tensor, (grid, x, y, examples))
        values += [tf.convert_to_tensor(each) for each in weights]
        on_grid, on_rows, feature_maps, gradients = self._look(grid, x, examples, y, *values)
        self.is_traced = True
        numbers = [gradient.numpy() for gradient in gradients]
        return Inside(
            [outputs.numpy() for outputs in on_grid],
            [outputs.numpy() for outputs in on_rows],
            numbers[0::2],
            numbers[1::2],
            [outputs.numpy() for outputs in feature_maps],
        )

    def _trace(
        self, grid: tf.Tensor, x: tf.Tensor, examples: tf.Tensor, y: tf.Tensor, *values: tf.Tensor
    ) -> tuple[list[tf.Tensor], ...]:
        trainable, fixed = list(values[: len(self._trainable)]), list(values[len(self._trainable) : len(self._needed)])
        weights = values[len(self._needed)] if len(values) > len(self._needed) else None
        on_grid, _ = self._inside.stateless_call(trainable, fixed, grid, training=False)
        seen: list[tf.Tensor] = []
        if self._pictures:
            on_examples, _ = self._inside.stateless_call(trainable, fixed, examples, training=False)
            seen = _as_list(on_examples)[: self._pictures]
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            on_rows, _, penalties = self._inside.stateless_call(trainable, fixed, x, training=False, return_losses=True)
            last = _as_list(on_rows)[-1]
            # As in Keras' own step, where a column of outputs meets a row of targets.
            y = y[:, None] if last.shape[-1] == 1 else y
            loss = tf.add_n([self._model.loss(y, last, sample_weight=weights), *penalties])
        gradients = tape.gradient(loss, trainable)
        shown = zip(_as_list(on_grid)[self._pictures :], self._is_dense, strict=True)
        watched = [tf.convert_to_tensor(gradients[index]) for index in self._watched]
        return [outputs for outputs, dense in shown if dense], _as_list(on_rows)[self._pictures :], seen, watched


def weights_of(trainer: Trainer) -> Weights:
    """The weights of a trainer's layers as they are now, as copies."""
    return _probe_of(trainer).weights(trainer.values())


def look_inside(trainer: Trainer, grid: np.ndarray, *, rows: int = 256, examples: np.ndarray | None = None) -> Inside:
    """What every unit outputs on a grid and on training rows, and the gradients. Changes nothing.

    Args:
        grid: (grid rows, features) float32 network inputs.
        rows: at most so many training rows, the first ones.
        examples: (examples, features) float32 network inputs, whose feature maps are asked for.
    """
    data = trainer.dataset
    shown = data.x_train[:0] if examples is None else examples
    weights = () if data.train_weights is None else (data.train_weights[:rows],)
    return _probe_of(trainer).look(trainer.values(), grid, data.x_train[:rows], data.y_train[:rows], shown, *weights)


def can_look_inside(trainer: Trainer) -> bool:
    """Whether `look_inside` answers at once; its first call for an architecture takes a tenth of a second."""
    return _probe_of(trainer).is_traced


def _probe_of(trainer: Trainer) -> Probe:
    # The probe takes weights as arguments, and both paths have them in the same order: one serves both.
    program = trainer.shared
    if Probe not in program.kept:
        data = trainer.dataset
        program.kept[Probe] = Probe(
            *(program.model, program.variables, tf.as_dtype(data.y_train.dtype)),
            weighed=data.train_weights is not None,
        )
    probe: Probe = program.kept[Probe]
    return probe


def _as_list(outputs: tf.Tensor | list[tf.Tensor]) -> list[tf.Tensor]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


#: Layers that take pictures and give pictures.
_OF_PICTURES = (keras.layers.Conv2D, keras.layers.MaxPooling2D)


def _last_of(model: keras.Model, weighted: Sequence[keras.Layer]) -> list[keras.Layer]:
    """For each layer with weights the layer that gives its units' outputs: itself, or the activation after it."""
    last: list[keras.Layer] = []
    for layer in model.layers:
        if layer in weighted:
            last.append(layer)
        elif last and isinstance(layer, keras.layers.Activation):
            last[-1] = layer
    return last
