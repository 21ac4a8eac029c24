"""The kinds of hidden layers. Adding one is a class and one entry: all that knows layers asks them here.

A kind is a frozen model of its settings, which checks them and says how such a layer is counted, built and written. Its
entry in `LAYERS` says how it is read from a link and what the page's controls offer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, GetPydanticSchema, ValidationError, field_validator
from pydantic_core import core_schema

from core.errors import WrongValue
from core.experiment.activations import ACTIVATIONS
from core.experiment.checking import listed, name_in, no_booleans
from core.experiment.hidden_layer import Control, HiddenLayer, LayerSpec, Part, Shape
from core.experiment.keras_call import KerasCall
from core.experiment.picture_layers import CONVOLUTION, POOLING
from core.experiment.text import plain_number, shortened, whole_number
from core.words import N_, Said

__all__ = [
    "LAYERS",
    "AnyLayer",
    "Control",
    "HiddenLayer",
    "LayerConfig",
    "LayerSpec",
    "Part",
    "Shape",
    "dense_parameters",
    "dense_parts",
    "kind_of",
    "read_layer",
]

MAX_UNITS = 512
MAX_DROPOUT = 0.9


class LayerConfig(HiddenLayer):
    """The Dense layer, then batch normalisation, activation and dropout where asked for.

    >>> LayerConfig(units=8, activation="tanh").text()
    '8-tanh'
    """

    units: int = Field(ge=1, le=MAX_UNITS)
    activation: Annotated[str, name_in(ACTIVATIONS)] = "relu"
    dropout: float = Field(0.0, ge=0.0, le=MAX_DROPOUT, allow_inf_nan=False)
    batch_normalization: bool = False

    _numbers = field_validator("units", "dropout", mode="before")(no_booleans)

    def output_shape(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameters(self, shape: Shape) -> int:
        normalisation = 4 * self.units if self.batch_normalization else 0  # gamma, beta, moving mean, moving variance
        return dense_parameters(shape, self.units) + normalisation

    def parts(self, index: int, shape: Shape, penalty: KerasCall | None) -> tuple[Part, ...]:
        activation = ACTIVATIONS[self.activation].keras
        if self.batch_normalization:
            parts = [
                *dense_parts("hidden", shape, self.units, None, penalty),
                Part("batch_normalization", KerasCall("layers.BatchNormalization"), _NORMALISATION_STARTS),
                Part("activation", KerasCall("layers.Activation", (activation,))),
            ]
        else:
            parts = dense_parts("hidden", shape, self.units, activation, penalty)
        if self.dropout:
            parts.append(Part("dropout", KerasCall("layers.Dropout", (self.dropout,), {"seed": index})))
        return tuple(parts)

    def text(self) -> str:
        dropout = f"-d{plain_number(self.dropout)}" if self.dropout else ""
        normalisation = "-bn" if self.batch_normalization else ""
        return f"{self.units}-{self.activation}{dropout}{normalisation}"

    @property
    def title(self) -> str:
        return str(self.units)

    @property
    def is_fast_in_xla(self) -> bool:
        return not self.dropout  # Keras' random numbers are slow under XLA: 130 against 460–740 epochs/s


def dense_parts(
    role: str, shape: Shape, units: int, activation: str | KerasCall | None, penalty: KerasCall | None
) -> list[Part]:
    """A Dense layer of Keras, which takes an image as one long row. None leaves an argument out."""
    given = {"activation": activation, "kernel_regularizer": penalty}
    settings = {name: value for name, value in given.items() if value is not None}
    part = Part(role, KerasCall("layers.Dense", (units,), settings), {"kernel": None, "bias": 0.0})
    flat = [Part("flatten", KerasCall("layers.Flatten"))] if len(shape) > 1 else []
    return [*flat, part]


def dense_parameters(shape: Shape, units: int) -> int:
    """Kernel and biases."""
    return (math.prod(shape) + 1) * units


_NORMALISATION_STARTS: Mapping[str, float | None] = {
    "gamma": 1.0,
    "beta": 0.0,
    "moving_mean": 0.0,
    "moving_variance": 1.0,
}


def _read_dense(text: str) -> dict[str, Any]:
    units, *parts = text.split("-")
    layer: dict[str, Any] = {"units": whole_number(units)}
    for part in parts:
        field, value = _read_dense_part(part)
        if field in layer:
            raise WrongValue(_TWICE[field].filled(layer=shortened(text)))
        layer[field] = value
    return layer


_TWICE = {
    "activation": Said("'{layer}' says its activation twice"),
    "batch_normalization": Said("'{layer}' says its batch normalization twice"),
    "dropout": Said("'{layer}' says its dropout twice"),
}


def _read_dense_part(part: str) -> tuple[str, Any]:
    if part in ACTIVATIONS:
        return "activation", part
    if part == "bn":
        return "batch_normalization", True
    if part.startswith("d"):
        return "dropout", float(part[1:])
    raise WrongValue(Said("'{part}' is neither an activation nor d0.2 nor bn", {"part": shortened(part)}))


_ENTRIES = (
    LayerSpec(
        "dense",
        "Dense",
        LayerConfig,
        LayerConfig(units=8, activation="tanh"),
        _read_dense,
        (
            Control("units", N_("Units of hidden layer {number}"), "number", 1, MAX_UNITS),
            Control(
                "activation",
                N_("Activation of hidden layer {number}"),
                "choice",
                options=lambda: {name: spec.title for name, spec in ACTIVATIONS.items()},
            ),
            Control("dropout", N_("Dropout after hidden {number}"), "share", 0.0, MAX_DROPOUT, is_detail=True),
            Control("batch_normalization", N_("Batch norm. {number}"), "switch", is_detail=True),
        ),
    ),
    CONVOLUTION,
    POOLING,
)

#: Every kind of hidden layer by name. The first is what a layer without a `kind` is.
LAYERS: dict[str, LayerSpec] = {entry.name: entry for entry in _ENTRIES}


def kind_of(layer: HiddenLayer) -> str:
    """A layer's name in `LAYERS`."""
    return str(getattr(layer, "kind", next(iter(LAYERS))))


def read_layer(text: str) -> dict[str, Any]:
    """A layer's settings from its text in a link.

    Raises:
        ValueError: it is no layer's text, and why.
    """
    # Dense, which is first, takes every text, so the others are asked before.
    found = (spec.read(text) for spec in reversed(LAYERS.values()))
    return next(settings for settings in found if settings is not None)


def _of_its_kind(value: Any, read_dense: core_schema.ValidatorFunctionWrapHandler) -> HiddenLayer:
    """Validate a layer as what its `kind` says."""
    if isinstance(value, HiddenLayer) and not isinstance(value, LayerConfig):
        return value
    if isinstance(value, dict) and "kind" in value:
        kind, rest = value["kind"], {name: each for name, each in value.items() if name != "kind"}
        if not isinstance(kind, str) or kind not in LAYERS:
            detail: Any = {
                "type": "literal_error",
                "loc": ("kind",),
                "input": kind,
                "ctx": {"expected": listed(LAYERS)},
            }
            raise ValidationError.from_exception_data("HiddenLayer", [detail])
        return LAYERS[kind].config.model_validate(rest)
    layer: HiddenLayer = read_dense(value)
    return layer


def _written(layer: HiddenLayer, write_dense: core_schema.SerializerFunctionWrapHandler) -> Any:
    return write_dense(layer) if isinstance(layer, LayerConfig) else layer.model_dump(mode="json")


#: A layer of any kind, as a field of a model. Dense layers are written without a `kind`.
AnyLayer = Annotated[
    HiddenLayer,
    GetPydanticSchema(
        lambda _, schema_of: core_schema.no_info_wrap_validator_function(
            _of_its_kind,
            schema_of(LayerConfig),
            serialization=core_schema.wrap_serializer_function_ser_schema(_written, schema=schema_of(LayerConfig)),
        )
    ),
]
