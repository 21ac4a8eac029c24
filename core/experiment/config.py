"""The configuration of an experiment: frozen, validated, and all that a rerun needs.

    ExperimentConfig
    ├── dataset:  DatasetConfig   which rows, split and scaled how
    ├── model:    ModelConfig     the hidden layers and the output
    ├── training: TrainingConfig  optimizer, learning rate, batches, epochs
    └── seed

Knows no Keras and no scikit-learn. Every wrong value is a `pydantic.ValidationError` that names the field.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.catalogue import CATALOG, DatasetInfo
from core.experiment.checking import Frozen, name_in, no_booleans
from core.experiment.drawing import Drawing, as_drawing
from core.experiment.initializers import INITIALIZERS
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.layers import AnyLayer, LayerConfig, Shape, dense_parameters
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.outputs import Output, resolve_output
from core.experiment.splitting import missing_class, nearest_fraction, rows_held_out
from core.experiment.synthetic import generate

OutputActivation = Annotated[str, name_in(OUTPUT_ACTIVATIONS)]
Loss = Annotated[str, name_in(LOSSES)]
Optimizer = Annotated[str, name_in(OPTIMIZERS)]
Initializer = Annotated[str, name_in(INITIALIZERS)]
Scaling = Literal["none", "standard", "minmax"]
Monitor = Literal["loss", "val_loss"]

SCALINGS: tuple[str, ...] = get_args(Scaling)

MAX_LAYERS = 12
MAX_EPOCHS = 10_000
MAX_BATCH_SIZE = 10_000
MIN_SAMPLES, MAX_SAMPLES = 50, 10_000
MIN_TEST_FRACTION, MAX_TEST_FRACTION = 0.05, 0.9
MAX_PENALTY = 10.0
MAX_SEED = 2**32 - 1  # numpy and scikit-learn take no larger one

#: Most multiply-adds of all forward passes of a run, parameters × training rows × epochs. Admits digits with
#: 512-512 over 10,000 epochs (4.3e12) and refuses networks that would keep a classroom's machine busy for days.
BUDGET = 1e13

_Fraction = Annotated[float, Field(ge=MIN_TEST_FRACTION, le=MAX_TEST_FRACTION, allow_inf_nan=False)]
_Points = Annotated[Drawing, PlainValidator(as_drawing), PlainSerializer(lambda drawing: drawing.text)]
_Penalty = Annotated[float, Field(ge=0.0, le=MAX_PENALTY, allow_inf_nan=False)]


class SplitMissesClass(ValueError):
    """A split leaves a class without a training or a test row.

    Attributes:
        nearest: the nearest `test_fraction` that does not, whatever the seed; None where there is none.
    """

    def __init__(self, what: str, more_rows: str, nearest: float | None) -> None:
        self.nearest = nearest
        fraction = "" if nearest is None else f"choose test_fraction {nearest:g}, the nearest that works"
        ways = " or ".join(way for way in (more_rows, fraction) if way)
        super().__init__(f"{what} {ways[:1].upper()}{ways[1:]}.")


#: In a validation's context: a recorded run is read. What was trained stays readable, however it is judged today.
_RECORDED = "recorded"


def _is_recorded(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get(_RECORDED))


class DatasetConfig(Frozen):
    """Which rows to learn from and how they are split and scaled.

    Attributes:
        samples: number of points of a synthetic set; ignored by the real ones.
        noise: 0 (clean) to 1, the standard deviation of the Gaussian noise as a share of the shape's size.
        classes: number of classes of `spirals` and `blobs`; None means the default.
        test_fraction: share of the rows held out for testing.
        features: names of the inputs to use, None for all columns (2-D sets: x and y).
        points: of the data set `drawn`, as (x, y, class) triples or as text; the other sets have none.
    """

    name: str = "spirals"
    samples: int = Field(300, ge=MIN_SAMPLES, le=MAX_SAMPLES)
    noise: float = Field(0.1, ge=0.0, le=1.0, allow_inf_nan=False)
    classes: int | None = None
    test_fraction: _Fraction = 0.2
    scaling: Scaling = "standard"
    features: tuple[str, ...] | None = None
    points: _Points | None = Field(None, exclude_if=lambda points: points is None)

    _numbers = field_validator("samples", "noise", "classes", "test_fraction", mode="before")(no_booleans)

    @field_validator("name")
    @classmethod
    def _known_dataset(cls, name: str) -> str:
        if name not in CATALOG:
            raise ValueError(f"Unknown data set '{name[:40]}'. Choose one of {', '.join(CATALOG)}.")
        return name

    @model_validator(mode="after")
    def _all_fits_the_set(self, info: ValidationInfo) -> Self:
        self._check_points()
        self._check_classes()
        self._check_features()
        if not _is_recorded(info):
            self.check_split(None)
        return self

    def _check_points(self) -> None:
        if self.points is not None and not self.info.is_drawn:
            raise ValueError(f"points belong to the data set 'drawn', not to '{self.name}'. Leave them out.")
        if self.points is None and self.info.is_drawn:
            raise ValueError(
                "points is missing: 'drawn' is made of points of your own. Draw some, or choose another set."
            )

    def _check_classes(self) -> None:
        bounds = self.info.classes
        if self.classes is None:
            return
        if bounds is None:
            if self.classes != self.n_classes:
                raise ValueError(f"classes cannot be chosen for '{self.name}'. Leave it out.")
            return
        if not bounds[0] <= self.classes <= bounds[1]:
            raise ValueError(f"classes is {self.classes}, but '{self.name}' has {bounds[0]} to {bounds[1]} classes.")

    def _check_features(self) -> None:
        if self.features is None:
            return
        if not self.features:
            raise ValueError("features is empty: at least one input is needed.")
        if len(set(self.features)) != len(self.features):
            raise ValueError("features names an input twice.")
        known = self.available_features
        for feature in self.features:
            if feature not in known:
                raise ValueError(f"'{feature[:40]}' is not an input of '{self.name}'. Choose from {', '.join(known)}.")

    def check_split(self, seed: int | None) -> None:
        """Whether every class has a training and a test row.

        Args:
            seed: of the experiment; None asks what holds whatever the seed.

        Raises:
            SplitMissesClass: one has not.
        """
        fewest = max(self.n_classes, 1)
        more = "draw more points" if self.points else "use more samples" if self.info.is_synthetic else ""
        if self.test_rows < fewest or self.train_rows < fewest:
            raise SplitMissesClass(
                f"test_fraction {self.test_fraction:g} leaves {self.train_rows} training and {self.test_rows} test "
                f"rows, but each side needs at least one row of each of the {fewest} classes.",
                more,
                self._nearest_fraction(self._class_rows(0) or (self.rows,)),
            )
        counts = self._class_rows(seed)
        missing = missing_class(counts, self.test_fraction, seed) if counts else None
        if missing is not None:
            label, side = missing
            raise SplitMissesClass(
                f"test_fraction {self.test_fraction:g} leaves '{(self.info.class_names or ())[label]}', which has "
                f"{counts[label]} of {self.rows} rows, without a {side} row.",
                f"{more} of it" if self.points else more,
                self._nearest_fraction(counts),
            )

    def _nearest_fraction(self, counts: tuple[int, ...]) -> float | None:
        return nearest_fraction(counts, self.test_fraction, least=MIN_TEST_FRACTION, most=MAX_TEST_FRACTION)

    def _class_rows(self, seed: int | None) -> tuple[int, ...]:
        """Rows of each class before the split; none for a regression, or where a seed decides that is not known."""
        if self.points is not None:
            return self.points.counts
        if not self.info.is_synthetic or not self.n_classes or seed is None:
            return self.info.class_rows
        return _drawn_class_rows(self.name, self.samples, self.n_classes, seed)

    @property
    def info(self) -> DatasetInfo:
        """The catalogue's entry."""
        return CATALOG[self.name]

    @property
    def available_features(self) -> tuple[str, ...]:
        """What `features` may name."""
        return tuple(ENGINEERED_INPUTS) if self.info.is_planar else self.info.feature_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The inputs of the network."""
        return self.features or self.info.feature_names

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        if self.info.classes is not None:
            return self.classes or self.info.classes[2]
        if self.points is not None:
            return self.points.n_classes
        return len(self.info.class_names or ())

    @property
    def rows(self) -> int:
        """Rows before the split."""
        return len(self.points) if self.points else self.info.rows or self.samples

    @property
    def test_rows(self) -> int:
        """Rows held out: rounded up, as scikit-learn's `train_test_split` does."""
        return rows_held_out(self.rows, self.test_fraction)

    @property
    def train_rows(self) -> int:
        """Rows to learn from."""
        return self.rows - self.test_rows


@lru_cache(maxsize=256)
def _drawn_class_rows(name: str, samples: int, classes: int, seed: int) -> tuple[int, ...]:
    """Points of each class that a synthetic set draws; noise moves them and leaves their class."""
    config = DatasetConfig.model_construct(name=name, samples=samples, noise=0.0, classes=classes)
    _, labels = generate(config, seed=seed)
    return tuple((labels == label).sum().item() for label in range(classes))


class ModelConfig(Frozen):
    """The network between the inputs and the output that the task asks for.

    Attributes:
        l1, l2: penalty on the kernels of all Dense layers, in the sense of `keras.regularizers.L1L2`.
        output_activation: None follows from task and loss.
    """

    hidden_layers: tuple[AnyLayer, ...] = Field(
        (LayerConfig(units=8, activation="tanh"), LayerConfig(units=8, activation="tanh")),
        max_length=MAX_LAYERS,
    )
    initializer: Initializer = "glorot_uniform"
    l1: _Penalty = 0.0
    l2: _Penalty = 0.0
    output_activation: OutputActivation | None = None

    _numbers = field_validator("l1", "l2", mode="before")(no_booleans)

    @property
    def dense_layers(self) -> tuple[LayerConfig, ...]:
        """Those of the hidden layers that are Dense: what is drawn, and whose weights can be pointed at."""
        return tuple(layer for layer in self.hidden_layers if isinstance(layer, LayerConfig))

    @property
    def has_penalty(self) -> bool:
        """Whether large weights add to the loss."""
        return bool(self.l1 or self.l2)


class EarlyStopping(Frozen):
    """Stop when the monitored loss has not improved for `patience` epochs (as `keras.callbacks.EarlyStopping`)."""

    patience: int = Field(ge=1, le=MAX_EPOCHS)
    monitor: Monitor = "val_loss"
    min_delta: float = Field(0.0, ge=0.0, allow_inf_nan=False)
    restore_best_weights: bool = False

    _numbers = field_validator("patience", "min_delta", mode="before")(no_booleans)


class TrainingConfig(Frozen):
    """How the weights are found.

    Attributes:
        batch_size: rows per update; more than the training rows means one batch.
        loss: None follows from the task.
        from_logits: None follows from the output layer.
        early_stopping: None for off; a number is its patience.
    """

    optimizer: Optimizer = "adam"
    learning_rate: float = Field(0.01, gt=0.0, le=100.0, allow_inf_nan=False)
    batch_size: int = Field(16, ge=1, le=MAX_BATCH_SIZE)
    epochs: int = Field(400, ge=1, le=MAX_EPOCHS)
    loss: Loss | None = None
    from_logits: bool | None = None
    early_stopping: EarlyStopping | None = None

    _numbers = field_validator("learning_rate", "batch_size", "epochs", mode="before")(no_booleans)

    @field_validator("early_stopping", mode="before")
    @classmethod
    def _patience_alone(cls, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return {"patience": value}
        return value


class ExperimentConfig(Frozen):
    """All of an experiment: same configuration, same run.

    >>> config = ExperimentConfig.model_validate({"dataset": {"name": "iris"}, "seed": 1})
    >>> config.dataset.test_rows
    30
    """

    dataset: DatasetConfig = Field(default_factory=DatasetConfig)
    model: ModelConfig = Field(default_factory=ModelConfig)
    training: TrainingConfig = Field(default_factory=TrainingConfig)
    seed: int = Field(0, ge=0, le=MAX_SEED)

    _numbers = field_validator("seed", mode="before")(no_booleans)

    @classmethod
    def from_record(cls, text: str) -> Self:
        """The configuration of a run that was trained, from its JSON.

        What a new configuration must keep to since that run was recorded is not asked of it.

        Raises:
            ValidationError: it was never one.
        """
        return cls.model_validate_json(text, context={_RECORDED: True})

    @model_validator(mode="after")
    def _split_serves_every_class(self, info: ValidationInfo) -> Self:
        if not _is_recorded(info):
            try:
                self.dataset.check_split(self.seed)
            except SplitMissesClass as error:
                # Seed and data set meet only here, but it is a matter of the data set.
                detail: Any = {"type": "value_error", "loc": ("dataset",), "input": None, "ctx": {"error": error}}
                raise ValidationError.from_exception_data(type(self).__name__, [detail]) from None
        return self

    @model_validator(mode="after")
    def _whole_makes_sense(self) -> Self:
        self.output  # noqa: B018 — raises where output, loss and logits contradict each other
        if self.work > BUDGET:
            raise ValueError(
                f"This run is too large: {self.parameters:,} parameters × {self.dataset.train_rows:,} training rows "
                f"× {self.training.epochs:,} epochs is {self.work:.1e}, and the limit is {BUDGET:.0e}. "
                f"Use fewer epochs, units or samples."
            )
        return self

    @property
    def output(self) -> Output:
        """The output layer, loss and metric that task and choices lead to."""
        return resolve_output(
            self.dataset.info.task,
            self.dataset.n_classes,
            activation=self.model.output_activation,
            loss=self.training.loss,
            from_logits=self.training.from_logits,
        )

    @property
    def parameters(self) -> int:
        """All weights of the network, as `keras.Model.count_params` counts them."""
        *before, last = self.shapes
        hidden = sum(layer.parameters(shape) for layer, shape in zip(self.model.hidden_layers, before, strict=True))
        return hidden + dense_parameters(last, self.output.units)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of a row where it enters each hidden layer, and where it enters the output layer."""
        shapes: list[Shape] = [(len(self.dataset.feature_names),)]
        for layer in self.model.hidden_layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    @property
    def dense_kernels(self) -> tuple[tuple[int, int], ...]:
        """(inputs, units) of each Dense layer, from the first hidden one to the output."""
        entered = zip(self.model.hidden_layers, self.shapes, strict=False)  # the last shape enters the output
        hidden = [(math.prod(shape), layer.units) for layer, shape in entered if isinstance(layer, LayerConfig)]
        return (*hidden, (math.prod(self.shapes[-1]), self.output.units))

    def canonical(self) -> ExperimentConfig:
        """The same experiment as every other configuration that trains the same: what is left to follow from the data
        set is filled in, what its data set ignores is at its default.
        """
        dataset, defaults = self.dataset, DatasetConfig.model_fields
        update: dict[str, Any] = {"classes": dataset.n_classes or None}
        if dataset.features == dataset.info.feature_names:
            update["features"] = None
        if not dataset.info.is_synthetic:
            update |= {"samples": defaults["samples"].default, "noise": defaults["noise"].default}
        return self.model_copy(update={"dataset": dataset.model_copy(update=update)})

    @property
    def work(self) -> float:
        """Multiply-adds of all forward passes: parameters × training rows × epochs."""
        return float(self.parameters) * self.dataset.train_rows * self.training.epochs


#: How pydantic's commonest errors are said here; the rest keep its own words.
_EXPECTED = {
    "greater_than_equal": "expected at least {ge}",
    "greater_than": "expected more than {gt}",
    "less_than_equal": "expected at most {le}",
    "less_than": "expected less than {lt}",
    "finite_number": "expected a finite number",
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "literal_error": "expected {expected}",
    "too_long": "expected at most {max_length}",
    "extra_forbidden": "there is no such setting",
}


def problems_of(error: ValidationError) -> list[tuple[str, str]]:
    """The (field, sentence) pairs of a validation error, for showing on a page.

    A field is written as a path such as `training.learning_rate`, or '' for the experiment as a whole.
    """
    pairs = []
    for detail in error.errors(include_url=False):
        field = ".".join(str(part) for part in detail["loc"])
        message = detail["msg"].removeprefix("Value error, ")
        if detail["type"] in _EXPECTED:
            message = _EXPECTED[detail["type"]].format(**detail.get("ctx", {}))
        received = detail.get("input")
        if detail["type"] != "value_error" and isinstance(received, (int, float, str)):
            message = f"{message}, received {str(received)[:40]}"
        pairs.append((field, message))
    return pairs
