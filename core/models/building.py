"""From a `ModelConfig` to a Keras model, and back to its initial weights.

Layers and initial weights only: compiling belongs to training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.experiment.config import ModelConfig
from core.experiment.outputs import Output, resolve_output

if TYPE_CHECKING:
    import keras

    from core.datasets import Dataset

_UNSEEDED = {"zeros", "ones"}


def build_model(config: ModelConfig, dataset: Dataset, *, seed: int = 0, output: Output | None = None) -> keras.Model:
    """Build the network with its initial weights, uncompiled.

    Args:
        dataset: decides the number of inputs and, with `output` left out, the output layer.
        seed: of the initial weights and of dropout. Same seed, same weights.
        output: the output layer, where the loss asks for another than the task's usual one.

    >>> from core.datasets import load_dataset
    >>> from core.experiment.config import DatasetConfig, ModelConfig
    >>> model = build_model(ModelConfig(), load_dataset(DatasetConfig(name="iris"), seed=0), seed=0)
    >>> model.output_shape
    (None, 3)
    """
    from core.runtime.backend import keras

    if output is None:
        output = resolve_output(dataset.task, dataset.n_classes, activation=config.output_activation)
    regularizer = keras.regularizers.L1L2(l1=config.l1, l2=config.l2) if config.l1 or config.l2 else None

    def dense(units: int, activation: str, name: str) -> keras.Layer:
        return keras.layers.Dense(
            units,
            activation=activation,
            # reset_weights below draws the real ones.
            kernel_initializer="zeros",
            kernel_regularizer=regularizer,
            name=name,
        )

    layers: list[Any] = [keras.Input((len(dataset.feature_names),), name="inputs")]
    for index, layer in enumerate(config.hidden_layers):
        if layer.batch_normalization:
            layers.append(dense(layer.units, "linear", f"hidden_{index}"))
            layers.append(keras.layers.BatchNormalization(name=f"batch_normalization_{index}"))
            layers.append(keras.layers.Activation(layer.activation, name=f"activation_{index}"))
        else:
            layers.append(dense(layer.units, layer.activation, f"hidden_{index}"))
        if layer.dropout:
            layers.append(keras.layers.Dropout(layer.dropout, seed=index, name=f"dropout_{index}"))
    layers.append(dense(output.units, output.activation, "output"))
    model = keras.Sequential(layers, name="descent")
    reset_weights(model, config, seed=seed)
    return model


def reset_weights(model: keras.Model, config: ModelConfig, *, seed: int) -> None:
    """Give a model of `build_model` its initial weights back, and dropout its initial random state.

    Every layer draws from its own seed, so adding a layer leaves the weights of those before it alone.
    """
    import numpy as np

    from core.runtime.backend import keras

    for index, layer in enumerate(model.layers):
        layer_seed = int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)
        if isinstance(layer, keras.layers.Dense):
            layer.kernel.assign(_initializer(config.initializer, layer_seed)(layer.kernel.shape))
            layer.bias.assign(np.zeros(layer.bias.shape, dtype=np.float32))
        elif isinstance(layer, keras.layers.BatchNormalization):
            ones, zeros = np.ones(layer.gamma.shape), np.zeros(layer.gamma.shape)
            layer.gamma.assign(ones)
            layer.beta.assign(zeros)
            layer.moving_mean.assign(zeros)
            layer.moving_variance.assign(ones)
        elif isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(np.array([layer_seed, 0], dtype=np.uint32))


def _initializer(name: str, seed: int) -> Any:
    from core.runtime.backend import keras

    settings = {} if name in _UNSEEDED else {"seed": seed}
    return keras.initializers.get({"class_name": name, "config": settings})
