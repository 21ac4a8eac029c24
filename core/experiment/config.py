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
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from core.errors import WrongValue, said_of
from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.checking import RECORDED, Frozen, is_recorded, name_in, no_booleans
from core.experiment.classes_held_out import SplitMissesClass, check_classes_held_out
from core.experiment.dataset import DatasetConfig
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import AnyLayer, LayerConfig, Shape, dense_parameters
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.outputs import Output, resolve_output
from core.experiment.plan import Plan, plan_of
from core.experiment.preparation import PreparationConfig
from core.words import Said, alternatives

OutputActivation = Annotated[str, name_in(OUTPUT_ACTIVATIONS)]
Loss = Annotated[str, name_in(LOSSES)]
Optimizer = Annotated[str, name_in(OPTIMIZERS)]
Initializer = Annotated[str, name_in(INITIALIZERS)]
Monitor = Literal["loss", "val_loss"]

MAX_LAYERS = 12
MAX_EPOCHS = 10_000
MAX_BATCH_SIZE = 10_000
MAX_PENALTY = 10.0
MAX_SEED = 2**32 - 1  # numpy and scikit-learn take no larger one

#: Most multiply-adds of all forward passes of a run, parameters × training rows × epochs. Admits digits with
#: 512-512 over 10,000 epochs (4.3e12) and refuses networks that would keep a classroom's machine busy for days.
BUDGET = 1e13

_Penalty = Annotated[float, Field(ge=0.0, le=MAX_PENALTY, allow_inf_nan=False)]


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
        return cls.model_validate_json(text, context={RECORDED: True})

    @model_validator(mode="after")
    def _split_serves_every_class(self, info: ValidationInfo) -> Self:
        if not is_recorded(info):
            try:
                check_classes_held_out(self.dataset, self.seed)
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
