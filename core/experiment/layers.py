"""The kinds of hidden layers. Adding one is a class and one entry: all that knows layers asks them here.

A kind is a frozen model of its settings, which checks them and says how such a layer is counted, built and written. Its
entry in `LAYERS` says how it is read from a link and what the page's controls offer.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, GetPydanticSchema, ValidationError, field_validator
from pydantic_core import core_schema

from core.experiment.activations import ACTIVATIONS
from core.experiment.checking import Frozen, listed, name_in, no_booleans
from core.experiment.keras_call import KerasCall
from core.experiment.text import plain_number, shortened, whole_number
from core.words import N_

MAX_UNITS = 512
MAX_DROPOUT = 0.9

#: Of one row, without the batch: (units,), or (rows, columns, channels) of an image.
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One of the Keras layers that make a hidden layer.

    Attributes:
        role: the beginning of its name in the model.
        call: builds and writes it.
        starts: what its weights begin with, by their names in Keras: a number, which the call itself must give them,
            too; for `kernel` also None, where the configuration's initializer draws it. Weights that are not named here
            would not begin anew when a run starts over.
    """

    role: str
    call: KerasCall
    starts: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def is_drawn(self) -> bool:
        """Whether the configuration's initializer draws its kernel."""
        return "kernel" in self.starts and self.starts["kernel"] is None


class HiddenLayer(Frozen, abc.ABC):
    """One hidden layer of any kind.

    Every kind but Dense has a field `kind: Literal["…"] = "…"` with its name in `LAYERS`. Settings that do not fit what
    comes before the layer are a ValueError of `output_shape`.
    """

    @abc.abstractmethod
    def output_shape(self, shape: Shape) -> Shape:
        """What the next layer gets, of inputs of a shape."""

    @abc.abstractmethod
    def parameters(self, shape: Shape) -> int:
        """Its weights for inputs of a shape, as `keras.Model.count_params` counts them."""

    @abc.abstractmethod
    def parts(self, index: int, shape: Shape, penalty: KerasCall | None) -> tuple[Part, ...]:
        """Its Keras layers in their order.

        Args:
            index: its place among the hidden layers, the seed of what is random.
            shape: of a row where it enters.
            penalty: the regularizer of its kernels.
        """

    @abc.abstractmethod
    def text(self) -> str:
        """As links write it."""

    @property
    def title(self) -> str:
        """In the name of a run, such as 64 in "Iris · 64-32-3"."""
        return self.text()

    @property
    def is_fast_in_xla(self) -> bool:
        """Whether XLA trains it faster than TensorFlow's graph, as measured (`core.training.paths`)."""
        return False


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
            raise ValueError(f"'{shortened(text)}' says its {field.replace('_', ' ')} twice")
        layer[field] = value
    return layer


def _read_dense_part(part: str) -> tuple[str, Any]:
    if part in ACTIVATIONS:
        return "activation", part
    if part == "bn":
        return "batch_normalization", True
    if part.startswith("d"):
        return "dropout", float(part[1:])
    raise ValueError(f"'{shortened(part)}' is neither an activation nor d0.2 nor bn")


@dataclass(frozen=True)
class Control:
    """What the page offers for one setting of a layer.

    Attributes:
        field: the setting, and with the layer's number the widget's key.
        label: with {} for the layer's number from 1.
        kind: a whole number, a share, one of `options`, or yes and no.
        least, most: of a number or share.
        options: titles by value; the registry as it is when the page is drawn.
        is_detail: set less often, and one click away.
    """

    field: str
    label: str
    kind: Literal["number", "share", "choice", "switch"]
    least: float = 0
    most: float = 0
    options: Callable[[], Mapping[str, str]] = dict
    is_detail: bool = False


@dataclass(frozen=True)
class LayerSpec:
    """One kind of hidden layer.

    Attributes:
        name: its `kind` in configurations.
        title: as the page shows it.
        config: the model of its settings.
        example: what choosing this kind gives.
        read: its settings from a layer's text in a link; None where the text is of another kind. A ValueError says what
            is wrong with a text of this kind.
        controls: one for every setting, in the order in which the page shows them.
    """

    name: str
    title: str
    config: type[HiddenLayer]
    example: HiddenLayer
    read: Callable[[str], dict[str, Any] | None]
    controls: tuple[Control, ...]


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
