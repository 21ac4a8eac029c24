"""The layers that take pictures: convolution and pooling. They stand before the first Dense layer.

Sizes as in Keras with `padding="valid"`: a kernel of 3 makes 6×6 of 8×8, pooling by 2 makes 3×3 of 6×6 or 7×7.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from core.errors import WrongValue
from core.experiment.activations import ACTIVATIONS
from core.experiment.checking import name_in, no_booleans
from core.experiment.hidden_layer import Control, HiddenLayer, LayerSpec, Part, Shape
from core.experiment.keras_call import KerasCall
from core.words import N_, Said

MAX_FILTERS = 64
MAX_KERNEL = 9
MIN_POOL, MAX_POOL = 2, 8


class ConvolutionConfig(HiddenLayer):
    """Filters that pass over the picture: a weighted sum of `kernel` × `kernel` pixels of every channel, each.

    >>> ConvolutionConfig(filters=8, kernel=3).text()
    '8-relu-c3'
    >>> ConvolutionConfig(filters=8, kernel=3).output_shape((16, 16, 1))
    (14, 14, 8)
    """

    takes_pictures: ClassVar[bool] = True

    kind: Literal["convolution"] = "convolution"
    filters: int = Field(8, ge=1, le=MAX_FILTERS)
    activation: Annotated[str, name_in(ACTIVATIONS)] = "relu"
    kernel: int = Field(3, ge=1, le=MAX_KERNEL)

    _numbers = field_validator("filters", "kernel", mode="before")(no_booleans)

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns, _ = picture(shape, self.text())
        if self.kernel > min(rows, columns):
            raise WrongValue(
                Said(
                    "The kernel of {layer} is {size}×{size} pixels, and the picture that enters it has "
                    "{rows}×{columns}. Choose a smaller kernel, or fewer layers before it.",
                    {"layer": self.text(), "size": self.kernel, "rows": rows, "columns": columns},
                )
            )
        return (rows - self.kernel + 1, columns - self.kernel + 1, self.filters)

    def parameters(self, shape: Shape) -> int:
        return (self.kernel**2 * shape[-1] + 1) * self.filters

    def multiplications(self, shape: Shape) -> int:
        rows, columns, _ = self.output_shape(shape)
        return self.parameters(shape) * rows * columns

    def parts(self, index: int, shape: Shape, penalty: KerasCall | None) -> tuple[Part, ...]:
        settings = {"activation": ACTIVATIONS[self.activation].keras}
        if penalty is not None:
            settings["kernel_regularizer"] = penalty
        call = KerasCall("layers.Conv2D", (self.filters, self.kernel), settings)
        return (Part("convolution", call, {"kernel": None, "bias": 0.0}),)

    def text(self) -> str:
        return f"{self.filters}-{self.activation}-c{self.kernel}"

    @property
    def title(self) -> str:
        return f"{self.filters}c{self.kernel}"


class PoolingConfig(HiddenLayer):
    """The largest value of every `size` × `size` pixels, for each channel by itself. Has no weights.

    >>> PoolingConfig(size=2).output_shape((7, 7, 8))
    (3, 3, 8)
    """

    takes_pictures: ClassVar[bool] = True

    kind: Literal["pooling"] = "pooling"
    size: int = Field(2, ge=MIN_POOL, le=MAX_POOL)

    _numbers = field_validator("size", mode="before")(no_booleans)

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns, channels = picture(shape, self.text())
        if self.size > min(rows, columns):
            raise WrongValue(
                Said(
                    "{layer} takes the largest of {size}×{size} pixels, and the picture that enters it has "
                    "{rows}×{columns}. Choose a smaller one, or fewer layers before it.",
                    {"layer": self.text(), "size": self.size, "rows": rows, "columns": columns},
                )
            )
        return (rows // self.size, columns // self.size, channels)

    def parameters(self, shape: Shape) -> int:
        return 0

    def multiplications(self, shape: Shape) -> int:
        return math.prod(shape)

    def parts(self, index: int, shape: Shape, penalty: KerasCall | None) -> tuple[Part, ...]:
        return (Part("pooling", KerasCall("layers.MaxPooling2D", (self.size,))),)

    def text(self) -> str:
        return f"pool{self.size}"

    @property
    def title(self) -> str:
        return f"p{self.size}"


def picture(shape: Shape, layer: str) -> tuple[int, int, int]:
    """The shape of a picture.

    Raises:
        WrongValue: what enters the layer is none.
    """
    if len(shape) != 3:
        raise WrongValue(
            Said("{layer} needs a picture, and {n} single values enter it.", {"layer": layer, "n": math.prod(shape)})
        )
    return shape[0], shape[1], shape[2]


def _read_convolution(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(r"([0-9]{1,15})-(\w+)-c([0-9]{1,15})", text, re.ASCII)
    if found is None:
        return None
    return {"kind": "convolution", "filters": int(found[1]), "activation": found[2], "kernel": int(found[3])}


def _read_pooling(text: str) -> dict[str, Any] | None:
    found = re.fullmatch(r"pool([0-9]{1,15})", text)
    return None if found is None else {"kind": "pooling", "size": int(found[1])}


CONVOLUTION = LayerSpec(
    "convolution",
    N_("Convolution"),
    ConvolutionConfig,
    ConvolutionConfig(),
    _read_convolution,
    (
        Control("filters", N_("Filters of hidden layer {number}"), "number", 1, MAX_FILTERS),
        Control("kernel", N_("Kernel of hidden layer {number}"), "number", 1, MAX_KERNEL),
        Control(
            "activation",
            N_("Activation of hidden layer {number}"),
            "choice",
            options=lambda: {name: spec.title for name, spec in ACTIVATIONS.items()},
        ),
    ),
)

POOLING = LayerSpec(
    "pooling",
    N_("Pooling"),
    PoolingConfig,
    PoolingConfig(),
    _read_pooling,
    (Control("size", N_("Pool of hidden layer {number}"), "number", MIN_POOL, MAX_POOL),),
)
