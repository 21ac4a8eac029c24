"""What a kind of hidden layer is: its settings, how it is counted, built and written, and its controls on the page."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from core.experiment.checking import Frozen
from core.experiment.keras_call import KerasCall

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
    comes before the layer are a `WrongValue` of `output_shape`.

    Attributes:
        takes_pictures: it needs (rows, columns, channels), and stands before every layer that does not.
    """

    takes_pictures: ClassVar[bool] = False

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

    def multiplications(self, shape: Shape) -> int:
        """What one row costs, for the budget of a run: one for each weight, where each is used once."""
        return self.parameters(shape)

    @property
    def is_fast_in_xla(self) -> bool:
        """Whether XLA trains it faster than TensorFlow's graph, as measured (`core.training.paths`)."""
        return False


@dataclass(frozen=True)
class Control:
    """What the page offers for one setting of a layer.

    Attributes:
        field: the setting, and with the layer's number the widget's key.
        label: with {number} for the layer's number from 1; marked.
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
        title: as the page shows it; marked, where it is no name of Keras'.
        config: the model of its settings.
        example: what choosing this kind gives.
        read: its settings from a layer's text in a link; None where the text is of another kind. A `WrongValue` says
            what is wrong with a text of this kind.
        controls: one for every setting, in the order in which the page shows them.
    """

    name: str
    title: str
    config: type[HiddenLayer]
    example: HiddenLayer
    read: Callable[[str], dict[str, Any] | None]
    controls: tuple[Control, ...]
