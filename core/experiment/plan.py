"""The way of a row through the hidden layers: one after the other, or a picture's branch that joins a table.

    inputs ── picture ── convolutions, pooling ──┐
        └──── table ─────────────────────────────┴── Dense layers ── output

A network of Dense layers alone takes all inputs as one row, also those of a picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import takewhile

from core.errors import WrongValue
from core.experiment.blocks import Block
from core.experiment.hidden_layer import HiddenLayer, Shape
from core.words import Said


@dataclass(frozen=True)
class Plan:
    """How a network's layers are connected.

    Attributes:
        inputs: of the network.
        picture: what `branch` takes; None where there is no branch.
        beside: what joins the branch; None where the picture is all that there is.
        branch: layers of the picture.
        trunk: the layers of everything.
    """

    inputs: int
    picture: Block | None
    beside: Block | None
    branch: tuple[HiddenLayer, ...]
    trunk: tuple[HiddenLayer, ...]

    @property
    def layers(self) -> tuple[HiddenLayer, ...]:
        """All hidden layers in their order."""
        return (*self.branch, *self.trunk)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Of a row where it enters each hidden layer, and where it enters the output layer.

        Raises:
            WrongValue: a layer cannot take what comes before it.
        """
        shapes: list[Shape] = [(self.inputs,) if self.picture is None else self.picture.shape]
        for index, layer in enumerate(self.layers):
            shape = layer.output_shape(shapes[-1])
            joins = self.beside is not None and index + 1 == len(self.branch)
            shapes.append((math.prod(shape) + self.beside.width,) if joins and self.beside else shape)
        return tuple(shapes)


def plan_of(layers: tuple[HiddenLayer, ...], blocks: tuple[Block, ...], inputs: int) -> Plan:
    """The plan of a network.

    Args:
        layers: hidden ones, as configured. The first ones that take pictures are the picture's branch.
        blocks: of the inputs; none where they are all of a kind.
        inputs: of the network.

    Raises:
        WrongValue: a layer that takes pictures gets none.

    >>> from core.experiment.layers import LayerConfig
    >>> plan_of((LayerConfig(units=3),), (), 2).shapes
    ((2,), (3,))
    """
    branch = tuple(takewhile(lambda layer: layer.takes_pictures, layers))
    trunk = layers[len(branch) :]
    late = next((layer for layer in trunk if layer.takes_pictures), None)
    if late is not None:
        raise WrongValue(
            Said(
                "Hidden layer {number} is {layer}, after a layer that is not one of pictures: a Dense layer leaves no "
                "picture. Put convolution and pooling first.",
                {"number": layers.index(late) + 1, "layer": late.text()},
            )
        )
    picture = next((block for block in blocks if block.is_picture), None)
    if picture is None:
        if branch:
            raise WrongValue(
                Said(
                    "Hidden layer 1 is {layer}, which needs a picture, and the inputs are none. Choose the digits with "
                    "all of their pixels, or make it a Dense layer.",
                    {"layer": branch[0].text()},
                )
            )
        return Plan(inputs, None, None, (), trunk)
    beside = next((block for block in blocks if not block.is_picture), None)
    branch = branch or picture.layers
    if not branch:
        return Plan(inputs, None, None, (), trunk)
    return Plan(inputs, picture, beside, branch, trunk)
