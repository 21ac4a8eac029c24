"""The Keras layers of a whole network in their order, as data: what is built, written and given its first weights."""

from __future__ import annotations

from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.config import ExperimentConfig, ModelConfig
from core.experiment.keras_call import KerasCall
from core.experiment.layers import Part, Shape, dense_parts


def parts_of(config: ModelConfig, inputs: int, units: int, activation: str) -> tuple[Part, ...]:
    """The layers after the input.

    Args:
        inputs: of the network.
        units, activation: of the output layer.

    >>> [part.role for part in parts_of(ModelConfig(), 2, 1, "sigmoid")]
    ['hidden_0', 'hidden_1', 'output']
    """
    penalty = None
    if config.has_penalty:
        penalty = KerasCall("regularizers.L1L2", settings={"l1": config.l1, "l2": config.l2})
    parts: list[Part] = []
    shape: Shape = (inputs,)
    for index, layer in enumerate(config.hidden_layers):
        found = layer.parts(index, shape, penalty)
        parts += [Part(f"{part.role}_{index}", part.call, part.starts) for part in found]
        shape = layer.output_shape(shape)
    return (*parts, *dense_parts("output", shape, units, OUTPUT_ACTIVATIONS[activation].keras, penalty))


def penalised_layers(config: ExperimentConfig) -> tuple[str, ...]:
    """Names of the Keras layers whose kernels a penalty would be on, whether there is one or not."""
    model, output = config.model.model_copy(update={"l2": 1.0}), config.output
    parts = parts_of(model, len(config.dataset.feature_names), output.units, output.activation)
    return tuple(part.role for part in parts if "kernel_regularizer" in part.call.settings)
