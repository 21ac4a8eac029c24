"""From a `ModelConfig` to a Keras model, and back to its initial weights.

Layers and initial weights only: compiling belongs to training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.experiment.config import ModelConfig
from core.experiment.initializers import INITIALIZERS
from core.experiment.network import parts_of
from core.experiment.outputs import Output, resolve_output

if TYPE_CHECKING:
    import keras

    from core.datasets import Dataset


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
    inputs = len(dataset.feature_names)
    layers: list[Any] = [keras.Input((inputs,), name="inputs")]
    for part in parts_of(config, inputs, output.units, output.activation):
        # reset_weights below draws the real kernels.
        settings = {"kernel_initializer": "zeros"} if part.is_drawn else {}
        layers.append(part.call.build(keras, name=part.role, **settings))
    model = keras.Sequential(layers, name="descent")
    reset_weights(model, config, seed=seed)
    return model


def reset_weights(model: keras.Model, config: ModelConfig, *, seed: int) -> None:
    """Give a model of `build_model` its initial weights back, and dropout its initial random state.

    Every layer draws from its own seed, so adding a layer leaves the weights of those before it alone.
    """
    import numpy as np

    from core.runtime.backend import keras

    initializer = INITIALIZERS[config.initializer]
    # The output's activation has no weights: any will do.
    parts = parts_of(config, model.input_shape[-1], model.output_shape[-1], "linear")
    for index, (layer, part) in enumerate(zip(model.layers, parts, strict=True)):
        layer_seed = int(np.random.SeedSequence([seed, index]).generate_state(1)[0] >> 1)
        for name, value in part.starts.items():
            weight = getattr(layer, name)
            if value is None:
                weight.assign(initializer.build(keras, layer_seed)(weight.shape))
            else:
                weight.assign(np.full(weight.shape, value))
        generator = getattr(layer, "seed_generator", None)  # of dropout
        if generator is not None:
            generator.state.assign(np.array([layer_seed, 0], dtype=np.uint32))
