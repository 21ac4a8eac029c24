"""The Keras layers of a whole network in their order, as data: what is built, written and given its first weights."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.config import ExperimentConfig, ModelConfig
from core.experiment.hidden_layer import HiddenLayer, Part, Shape
from core.experiment.keras_call import KerasCall
from core.experiment.layers import dense_parts
from core.experiment.plan import Plan


@dataclass(frozen=True)
class Parts:
    """The layers after the input.

    Attributes:
        branch: what a picture passes through before the table joins it; empty where nothing joins.
        trunk: the rest.
    """

    branch: tuple[Part, ...]
    trunk: tuple[Part, ...]

    @property
    def all(self) -> tuple[Part, ...]:
        """Branch and trunk: in this order they get their first weights."""
        return (*self.branch, *self.trunk)


def parts_of(config: ModelConfig, plan: Plan, units: int, activation: str) -> Parts:
    """The layers after the input.

    Args:
        units, activation: of the output layer.

    >>> from core.experiment.plan import plan_of
    >>> plan = plan_of(ModelConfig().hidden_layers, (), 2)
    >>> [part.role for part in parts_of(ModelConfig(), plan, 1, "sigmoid").all]
    ['hidden_0', 'hidden_1', 'output']
    """
    penalty = None
    if config.has_penalty:
        penalty = KerasCall("regularizers.L1L2", settings={"l1": config.l1, "l2": config.l2})
    shapes = plan.shapes
    branch: list[Part] = []
    if plan.picture is not None:
        branch.append(Part("picture", KerasCall("layers.Reshape", (plan.picture.shape,))))
    for index, layer in enumerate(plan.branch):
        branch += _numbered(layer, index, shapes[index], penalty)
    if plan.beside is not None:
        branch.append(Part("flat", KerasCall("layers.Flatten")))
    trunk: list[Part] = []
    for index, layer in enumerate(plan.trunk, start=len(plan.branch)):
        trunk += _numbered(layer, index, shapes[index], penalty)
    trunk += dense_parts("output", shapes[-1], units, OUTPUT_ACTIVATIONS[activation].keras, penalty)
    return Parts(tuple(branch), tuple(trunk)) if plan.beside else Parts((), (*branch, *trunk))


def _numbered(layer: HiddenLayer, index: int, shape: Shape, penalty: KerasCall | None) -> list[Part]:
    return [Part(f"{part.role}_{index}", part.call, part.starts) for part in layer.parts(index, shape, penalty)]


def penalised_layers(config: ExperimentConfig) -> tuple[str, ...]:
    """Names of the Keras layers whose kernels a penalty would be on, whether there is one or not."""
    model, output = config.model.model_copy(update={"l2": 1.0}), config.output
    parts = parts_of(model, config.plan, output.units, output.activation)
    return tuple(part.role for part in parts.all if "kernel_regularizer" in part.call.settings)
