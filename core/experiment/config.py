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
import re
from collections.abc import Mapping
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

from core.errors import WrongValue, said_of
from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.blocks import Block, check_blocks, chosen_blocks, columns_of
from core.experiment.catalogue import CATALOG, DatasetInfo, describe
from core.experiment.checking import Frozen, name_in, no_booleans
from core.experiment.drawing import Drawing, as_drawing
from core.experiment.initializers import INITIALIZERS
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.layers import AnyLayer, LayerConfig, Shape, dense_parameters
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.outputs import Output, resolve_output
from core.experiment.plan import Plan, plan_of
from core.experiment.preparation import PreparationConfig, PreparedColumn, prepared_columns
from core.experiment.scalings import Scaling
from core.experiment.splitting import (
    MAX_VALIDATION_FRACTION,
    MIN_VALIDATION_FRACTION,
    class_without_validation,
    missing_class,
    nearest_fraction,
    nearest_validation_fraction,
    rows_held_out,
)
from core.experiment.synthetic import generate
from core.experiment.table import SHORTHAND, TableConfig, from_shorthand, is_content
from core.words import N_, Said, alternatives, listed, sentences

OutputActivation = Annotated[str, name_in(OUTPUT_ACTIVATIONS)]
Loss = Annotated[str, name_in(LOSSES)]
Optimizer = Annotated[str, name_in(OPTIMIZERS)]
Initializer = Annotated[str, name_in(INITIALIZERS)]
Split = Literal["random", "group", "time"]
Monitor = Literal["loss", "val_loss"]

SPLITS: tuple[Split, ...] = get_args(Split)
SPLIT_TITLES: dict[Split, str] = {
    "random": N_("at random"),
    "group": N_("whole groups"),
    "time": N_("the latest rows test"),
}

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


class SplitMissesClass(WrongValue):
    """A split leaves a class without a training, a validation or a test row.

    Args:
        more: how to get more rows, one of `_MORE`.

    Attributes:
        nearest: the nearest share that does not, whatever the seed; None where there is none.
        share: what `nearest` is a value of: `test_fraction` or `validation_fraction`.
    """

    def __init__(self, what: Said, more: str, nearest: float | None, share: str = "test_fraction") -> None:
        self.nearest = nearest
        self.share = share
        alone, or_share = _MORE[more]
        advice = alone.filled(share=share) if nearest is None else or_share.filled(share=share, nearest=nearest)
        super().__init__(sentences([what, advice]))


#: How to get more rows, and the same where another share helps as well.
_MORE = {
    "points": (
        Said("Draw more points."),
        Said("Draw more points or choose {share} {nearest:g}, the nearest that works."),
    ),
    "points of it": (
        Said("Draw more points of it."),
        Said("Draw more points of it or choose {share} {nearest:g}, the nearest that works."),
    ),
    "samples": (
        Said("Use more samples."),
        Said("Use more samples or choose {share} {nearest:g}, the nearest that works."),
    ),
    "": (
        Said("Choose another {share}."),
        Said("Choose {share} {nearest:g}, the nearest that works."),
    ),
}


_WITHOUT = {
    "training": Said(
        "test_fraction {fraction:g} leaves '{name}', which has {count} of {rows} rows, without a training row."
    ),
    "test": Said("test_fraction {fraction:g} leaves '{name}', which has {count} of {rows} rows, without a test row."),
}

_OF_VALIDATION = "validation_fraction"

_WITHOUT_BESIDE_VALIDATION = {
    "training": Said(
        "validation_fraction {fraction:g} leaves '{name}', which has {count} of the {rows} rows that are not test "
        "rows, without a training row."
    ),
    "validation": Said(
        "validation_fraction {fraction:g} leaves '{name}', which has {count} of the {rows} rows that are not test "
        "rows, without a validation row."
    ),
}


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
        validation_fraction: share of the rows that are left then, held out to choose by; 0 for none.
        features: names of the inputs to use, None for all columns (2-D sets: x and y).
        blocks: names of the kinds of data to use, where a data set has several; None for all.
        points: of the data set `drawn`, as (x, y, class) triples or as text; the other sets have none.
        table: of a table of somebody's own, which the name refers to. Where it is left out, `target` names the column
            to predict, and `inputs`, `group`, `time`, `ignored` and `kinds` may say more (`core.experiment.table`).
        preparation: of a table's columns; None is the usual one.
        split: how rows are held out; None follows from the columns' roles: groups stay whole, the latest rows test.
    """

    name: str = "spirals"
    samples: int = Field(300, ge=MIN_SAMPLES, le=MAX_SAMPLES)
    noise: float = Field(0.1, ge=0.0, le=1.0, allow_inf_nan=False)
    classes: int | None = None
    test_fraction: _Fraction = 0.2
    validation_fraction: float = Field(0.0, allow_inf_nan=False, exclude_if=lambda share: share == 0)
    scaling: Scaling = "standard"
    features: tuple[str, ...] | None = None
    blocks: tuple[str, ...] | None = Field(None, exclude_if=lambda blocks: blocks is None)
    points: _Points | None = Field(None, exclude_if=lambda points: points is None)
    table: TableConfig | None = Field(None, exclude_if=lambda table: table is None)
    preparation: PreparationConfig | None = Field(None, exclude_if=lambda preparation: preparation is None)
    split: Split | None = Field(None, exclude_if=lambda split: split is None)

    _numbers = field_validator("samples", "noise", "classes", "test_fraction", "validation_fraction", mode="before")(
        no_booleans
    )

    @field_validator("validation_fraction")
    @classmethod
    def _none_or_some(cls, share: float) -> float:
        if share and not MIN_VALIDATION_FRACTION <= share <= MAX_VALIDATION_FRACTION:
            raise WrongValue(
                Said(
                    "expected 0, or {least:g} to {most:g}, received {received:g}",
                    {"least": MIN_VALIDATION_FRACTION, "most": MAX_VALIDATION_FRACTION, "received": share},
                )
            )
        return share

    @model_validator(mode="before")
    @classmethod
    def _table_of_shorthand(cls, given: Any) -> Any:
        """A table of which only the name, the target and perhaps some roles are said, in full."""
        name = given.get("name") if isinstance(given, Mapping) else None
        if not isinstance(name, str) or not is_content(name) or given.get("table") is not None:
            return given
        rest = {key: value for key, value in given.items() if key not in SHORTHAND}
        try:
            return {**rest, "table": from_shorthand(name, given)}
        except LookupError:
            raise _wrong_at("name", name, _lost_table(name)) from None
        except WrongValue as error:
            raise _wrong_at("target", given.get("target"), error) from None

    @field_validator("name")
    @classmethod
    def _known_dataset(cls, name: str) -> str:
        if name not in CATALOG and not is_content(name):
            raise WrongValue(
                Said("Unknown data set '{name}'. Choose one of {names}.", {"name": name[:40], "names": listed(CATALOG)})
            )
        return name

    @model_validator(mode="after")
    def _all_fits_the_set(self, info: ValidationInfo) -> Self:
        self._check_table()
        self._check_points()
        self._check_classes()
        self._check_features()
        check_blocks(self.blocks, self.info.blocks, self.name, has_features=self.features is not None)
        if not _is_recorded(info):
            self.check_split(None)
        return self

    def _check_table(self) -> None:
        content = self.table.content if self.table else None
        if (self.name if is_content(self.name) else None) != content:
            raise WrongValue(
                Said(
                    "The data set is '{name}', and the table is '{content}'. Expected one and the same.",
                    {"name": self.name[:40], "content": content or "–"},
                )
            )
        if not self.info.columns and self.preparation is not None:
            raise WrongValue(
                Said(
                    "preparation is for tables; the columns of '{name}' are numbers as they are. Leave it out.",
                    {"name": self.name},
                )
            )
        if self.preparation is not None and self.preparation.balance != "none" and not self.n_classes:
            raise WrongValue(
                Said(
                    "balance is '{balance}', but the target '{target}' is a number: there are no classes to balance. "
                    "Choose none.",
                    {"balance": self.preparation.balance, "target": self.info.target_name[:40]},
                )
            )
        self._check_split_has_its_column()
        self.prepared  # noqa: B018 — raises where the preparation does not fit the columns

    def _check_split_has_its_column(self) -> None:
        needed = self.split
        if needed in _ROLES_THAT_SPLIT and (self.table is None or self.table.place_of(needed) is None):
            raise WrongValue(Said("split is '{split}', but no column has the role '{split}'.", {"split": self.split}))

    def _check_points(self) -> None:
        if self.points is not None and not self.info.is_drawn:
            raise WrongValue(
                Said("points belong to the data set 'drawn', not to '{name}'. Leave them out.", {"name": self.name})
            )
        if self.points is None and self.info.is_drawn:
            raise WrongValue(
                Said("points is missing: 'drawn' is made of points of your own. Draw some, or choose another set.")
            )

    def _check_classes(self) -> None:
        bounds = self.info.classes
        if self.classes is None:
            return
        if bounds is None:
            if self.classes != self.n_classes:
                raise WrongValue(Said("classes cannot be chosen for '{name}'. Leave it out.", {"name": self.name}))
            return
        if not bounds[0] <= self.classes <= bounds[1]:
            raise WrongValue(
                Said(
                    "classes is {classes}, but '{name}' has {least} to {most} classes.",
                    {"classes": self.classes, "name": self.name, "least": bounds[0], "most": bounds[1]},
                )
            )

    def _check_features(self) -> None:
        if self.features is None:
            return
        if not self.features:
            raise WrongValue(Said("features is empty: at least one input is needed."))
        if len(set(self.features)) != len(self.features):
            raise WrongValue(Said("features names an input twice."))
        known = self.available_features
        for feature in self.features:
            if feature not in known:
                raise WrongValue(
                    Said(
                        "'{feature}' is not an input of '{name}'. Choose from {names}.",
                        {"feature": feature[:40], "name": self.name, "names": listed(known)},
                    )
                )

    def check_split(self, seed: int | None) -> None:
        """Whether every class has a training and a test row and, where some rows are held out for it, a validation row.

        Args:
            seed: of the experiment; None asks what holds whatever the seed.

        Raises:
            SplitMissesClass: one has not.
        """
        fewest = max(self.n_classes, 1)
        if self.split_by != "random":
            return  # which rows go where is known when they are read
        more = "points" if self.points else "samples" if self.info.is_synthetic else ""
        left = self.rows - self.test_rows
        if self.test_rows < fewest or left < fewest:
            raise SplitMissesClass(
                Said(
                    "test_fraction {fraction:g} leaves {train} training and {test} test rows, but each side needs at "
                    "least one row of each of the {classes} classes.",
                    {
                        "fraction": self.test_fraction,
                        "train": left,
                        "test": self.test_rows,
                        "classes": fewest,
                    },
                ),
                more,
                self._nearest_fraction(self._class_rows(0) or (self.rows,)),
            )
        counts = self._class_rows(seed)
        missing = missing_class(counts, self.test_fraction, seed) if counts else None
        if missing is not None:
            label, side = missing
            name = Said.marked((self.info.class_names or ())[label])
            raise SplitMissesClass(
                _WITHOUT[side].filled(fraction=self.test_fraction, name=name, count=counts[label], rows=self.rows),
                "points of it" if self.points else more,
                self._nearest_fraction(counts),
            )
        if self.validation_fraction:
            self._check_validation(counts, seed, fewest, more)

    def _check_validation(self, counts: tuple[int, ...], seed: int | None, fewest: int, more: str) -> None:
        fraction = self.validation_fraction
        if self.validation_rows < fewest or self.train_rows < fewest:
            raise SplitMissesClass(
                Said(
                    "validation_fraction {fraction:g} leaves {train} training and {validation} validation rows, but "
                    "each side needs at least one row of each of the {classes} classes.",
                    {
                        "fraction": fraction,
                        "train": self.train_rows,
                        "validation": self.validation_rows,
                        "classes": fewest,
                    },
                ),
                more,
                nearest_validation_fraction(self._class_rows(0) or (self.rows,), self.test_fraction, fraction),
                _OF_VALIDATION,
            )
        missing = class_without_validation(counts, self.test_fraction, fraction, seed) if counts else None
        if missing is not None:
            label, side, count = missing
            name = Said.marked((self.info.class_names or ())[label])
            rows = self.rows - self.test_rows
            raise SplitMissesClass(
                _WITHOUT_BESIDE_VALIDATION[side].filled(fraction=fraction, name=name, count=count, rows=rows),
                "points of it" if self.points else more,
                nearest_validation_fraction(counts, self.test_fraction, fraction),
                _OF_VALIDATION,
            )

    def _nearest_fraction(self, counts: tuple[int, ...]) -> float | None:
        return nearest_fraction(
            counts,
            self.test_fraction,
            least=MIN_TEST_FRACTION,
            most=MAX_TEST_FRACTION,
            validation_fraction=self.validation_fraction,
        )

    def _class_rows(self, seed: int | None) -> tuple[int, ...]:
        """Rows of each class before the split; none for a regression, or where a seed decides that is not known."""
        if self.points is not None:
            return self.points.counts
        if not self.info.is_synthetic or not self.n_classes or seed is None:
            return self.info.class_rows
        return _drawn_class_rows(self.name, self.samples, self.n_classes, seed)

    @property
    def info(self) -> DatasetInfo:
        """The catalogue's entry, or what the configuration says of a table."""
        return describe(self.name, self.table)

    @property
    def split_by(self) -> Split:
        """How rows are held out: as chosen, or as the columns' roles ask for."""
        if self.split is not None or self.table is None:
            return self.split or "random"
        return next((role for role in _ROLES_THAT_SPLIT if self.table.place_of(role) is not None), "random")

    @property
    def prepared(self) -> tuple[PreparedColumn, ...]:
        """What becomes of each chosen column of a table; empty for other sets."""
        return _prepared(self) if self.info.columns else ()

    @property
    def weighs_classes(self) -> bool:
        """Whether the loss of a row counts more the rarer its class is."""
        return self.preparation is not None and self.preparation.balance == "weights" and self.n_classes > 0

    @property
    def available_features(self) -> tuple[str, ...]:
        """What `features` may name."""
        return tuple(ENGINEERED_INPUTS) if self.info.is_planar else self.info.feature_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The inputs of the network."""
        if self.info.columns:
            return tuple(name for column in self.prepared for name in column.names)
        return self.features or columns_of(self.info.feature_names, self.info.blocks, self.blocks)

    @property
    def input_blocks(self) -> tuple[Block, ...]:
        """Pictures and tables among the inputs, as they stand there; none where single columns were chosen."""
        if self.features is not None and self.features != self.info.feature_names:
            return ()
        return chosen_blocks(self.info.blocks, self.blocks)

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
    def validation_rows(self) -> int:
        """Rows held out of the rest to choose by: rounded up as well."""
        return rows_held_out(self.rows - self.test_rows, self.validation_fraction)

    @property
    def train_rows(self) -> int:
        """Rows to learn from."""
        return self.rows - self.test_rows - self.validation_rows


#: Columns of these roles decide how rows are held out, the first that there is.
_ROLES_THAT_SPLIT: tuple[Literal["group", "time"], ...] = ("group", "time")


@lru_cache(maxsize=64)
def _prepared(dataset: DatasetConfig) -> tuple[PreparedColumn, ...]:
    info = dataset.info
    chosen = dataset.features or info.feature_names
    everything = prepared_columns(info.columns, dataset.rows, dataset.preparation, dataset.scaling)
    return tuple(column for column in everything if column.label in chosen)


def _lost_table(name: str) -> WrongValue:
    return WrongValue(
        Said(
            "The table '{name}' is not kept here (any more). Bring its file again on the Data page.",
            {"name": name[:12] + "…"},
        )
    )


def _wrong_at(field: str, received: Any, error: WrongValue) -> ValidationError:
    """An error that names a field of `DatasetConfig`, from a validator that has no field."""
    detail: Any = {"type": "value_error", "loc": (field,), "input": received, "ctx": {"error": error}}
    return ValidationError.from_exception_data("DatasetConfig", [detail])


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
            shares = self.multiplications != self.parameters
            raise WrongValue(
                Said(
                    "This run is too large: {multiplications:,} multiplications a row × {rows:,} training rows × "
                    "{epochs:,} epochs is {work:.1e}, and the limit is {budget:.0e}. Use fewer epochs, filters "
                    "or units.",
                    {
                        "multiplications": self.multiplications,
                        "rows": self.dataset.train_rows,
                        "epochs": self.training.epochs,
                        "work": self.work,
                        "budget": BUDGET,
                    },
                )
                if shares
                else Said(
                    "This run is too large: {parameters:,} parameters × {rows:,} training rows × {epochs:,} epochs is "
                    "{work:.1e}, and the limit is {budget:.0e}. Use fewer epochs, units or samples.",
                    {
                        "parameters": self.parameters,
                        "rows": self.dataset.train_rows,
                        "epochs": self.training.epochs,
                        "work": self.work,
                        "budget": BUDGET,
                    },
                )
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
        hidden = sum(layer.parameters(shape) for layer, shape in zip(self.plan.layers, before, strict=True))
        return hidden + dense_parameters(last, self.output.units)

    @property
    def plan(self) -> Plan:
        """How the layers are connected."""
        return plan_of(self.model.hidden_layers, self.dataset.input_blocks, len(self.dataset.feature_names))

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of a row where it enters each layer of the plan, and where it enters the output layer."""
        return self.plan.shapes

    @property
    def dense_kernels(self) -> tuple[tuple[int, int], ...]:
        """(inputs, units) of each Dense layer, from the first hidden one to the output."""
        entered = zip(self.plan.layers, self.shapes, strict=False)  # the last shape enters the output
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
        if dataset.blocks is not None and len(dataset.blocks) == len(dataset.info.blocks):
            update["blocks"] = None
        if dataset.preparation == PreparationConfig():
            update["preparation"] = None
        if dataset.split == self._usual_split:
            update["split"] = None
        if not dataset.info.is_synthetic:
            update |= {"samples": defaults["samples"].default, "noise": defaults["noise"].default}
        return self.model_copy(update={"dataset": dataset.model_copy(update=update)})

    @property
    def _usual_split(self) -> str:
        return self.dataset.model_copy(update={"split": None}).split_by

    @property
    def work(self) -> float:
        """Multiply-adds of all forward passes: those of a row × training rows × epochs."""
        return float(self.multiplications) * self.dataset.train_rows * self.training.epochs

    @property
    def multiplications(self) -> int:
        """Multiply-adds of one row: as many as parameters, and more where a picture's pixels share weights."""
        *before, last = self.shapes
        hidden = sum(layer.multiplications(shape) for layer, shape in zip(self.plan.layers, before, strict=True))
        return hidden + dense_parameters(last, self.output.units)


#: How pydantic's commonest errors are said here; the rest keep its own words.
_EXPECTED = {
    "greater_than_equal": Said("expected at least {ge}"),
    "greater_than": Said("expected more than {gt}"),
    "less_than_equal": Said("expected at most {le}"),
    "less_than": Said("expected less than {lt}"),
    "finite_number": Said("expected a finite number"),
    "int_parsing": Said("expected a whole number"),
    "int_type": Said("expected a whole number"),
    "int_from_float": Said("expected a whole number"),
    "float_parsing": Said("expected a number"),
    "float_type": Said("expected a number"),
    "literal_error": Said("expected {expected}"),
    "too_long": Said("expected at most {max_length}"),
    "extra_forbidden": Said("there is no such setting"),
}


def problems_of(error: ValidationError) -> list[tuple[str, Said]]:
    """The (field, sentence) pairs of a validation error, for showing on a page.

    A field is written as a path such as `training.learning_rate`, or '' for the experiment as a whole.
    """
    return [
        (".".join(str(part) for part in detail["loc"]), _problem(detail)) for detail in error.errors(include_url=False)
    ]


def _problem(detail: Mapping[str, Any]) -> Said:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return said_of(context["error"])
    if detail["type"] in _EXPECTED:
        values = {name: _in_our_words(value) for name, value in context.items()}
        problem = _EXPECTED[detail["type"]].filled(**values)
    else:
        problem = Said.exactly(detail["msg"])
    received = detail.get("input")
    if not isinstance(received, (int, float, str)):
        return problem
    return Said("{problem}, received {received}", {"problem": problem, "received": str(received)[:40]})


def _in_our_words(value: Any) -> Any:
    """A value of pydantic's: its list of names, "'a', 'b' or 'c'", as we say alternatives."""
    names = re.findall("'[^']*'", value) if isinstance(value, str) else []
    return alternatives(names) if names else value
