"""From a `ModelConfig` to a Keras model, and back to its initial weights.

Layers and initial weights only: compiling belongs to training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.experiment.blocks import Block
from core.experiment.config import ModelConfig
from core.experiment.initializers import INITIALIZERS
from core.experiment.network import parts_of
from core.experiment.outputs import Output, resolve_output
from core.experiment.plan import Plan, plan_of

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
    plan = plan_of(config.hidden_layers, dataset.blocks, len(dataset.feature_names))
    parts = parts_of(config, plan, output.units, output.activation)
    # reset_weights below draws the real kernels.
    branch, trunk = (
        [
            part.call.build(keras, name=part.role, **({"kernel_initializer": "zeros"} if part.is_drawn else {}))
            for part in some
        ]
        for some in (parts.branch, parts.trunk)
    )
    inputs = keras.Input((plan.inputs,), name="inputs")
    if plan.beside is None:
        model = keras.Sequential([inputs, *trunk], name="descent")
    else:
        model = _joined(keras, plan, inputs, branch, trunk)
    reset_weights(model, config, seed=seed, blocks=dataset.blocks)
    return model


def _joined(keras: Any, plan: Plan, inputs: Any, branch: list[Any], trunk: list[Any]) -> keras.Model:
    """A picture through its branch, then beside it the table, then both through the trunk."""
    assert plan.picture is not None
    assert plan.beside is not None
    picture, table = inputs[:, plan.picture.columns], inputs[:, plan.beside.columns]
    for layer in branch:
        picture = layer(picture)
    values = keras.layers.Concatenate(name="join")([picture, table])
    for layer in trunk:
        values = layer(values)
    return keras.Model(inputs, values, name="descent")


def reset_weights(model: keras.Model, config: ModelConfig, *, seed: int, blocks: tuple[Block, ...] = ()) -> None:
    """Give a model of `build_model` its initial weights back, and dropout its initial random state.

    Every layer draws from its own seed, so adding a layer leaves the weights of those before it alone.

    Args:
        blocks: of the data set that the model was built for.
    """
    import numpy as np

    from core.runtime.backend import keras

    initializer = INITIALIZERS[config.initializer]
    # The output's activation has no weights: any will do.
    plan = plan_of(config.hidden_layers, blocks, model.input_shape[-1])
    parts = parts_of(config, plan, model.output_shape[-1], "linear")
    for index, part in enumerate(parts.all):
        layer = model.get_layer(part.role)
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
