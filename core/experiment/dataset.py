"""Which rows an experiment learns from: which data set, how it is split, prepared, scaled and broken.

Knows no Keras and no scikit-learn, and reads no row: how many rows, classes and inputs there are follows from it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from core.errors import WrongValue
from core.experiment.blocks import Block, check_blocks, chosen_blocks, columns_of
from core.experiment.catalogue import CATALOG, DatasetInfo, describe
from core.experiment.checking import Frozen, is_recorded, no_booleans
from core.experiment.classes_held_out import check_classes_held_out
from core.experiment.columns import labels
from core.experiment.drawing import Drawing, as_drawing, check_points
from core.experiment.faults import FaultsConfig
from core.experiment.inputs import ENGINEERED_INPUTS, check_features
from core.experiment.preparation import PreparationConfig, PreparedColumn, prepared_columns
from core.experiment.scalings import Scaling
from core.experiment.splitting import (
    MAX_TEST_FRACTION,
    MAX_VALIDATION_FRACTION,
    MIN_TEST_FRACTION,
    MIN_VALIDATION_FRACTION,
    rows_held_out,
)
from core.experiment.synthetic import generate
from core.experiment.table import TableConfig
from core.experiment.table_roles import SHORTHAND, from_shorthand
from core.experiment.table_schema import is_content
from core.words import N_, Said, listed

Split = Literal["random", "group", "time"]

SPLIT_TITLES: dict[Split, str] = {
    "random": N_("at random"),
    "group": N_("whole groups"),
    "time": N_("the latest rows test"),
}

MIN_SAMPLES, MAX_SAMPLES = 50, 10_000

_Fraction = Annotated[float, Field(ge=MIN_TEST_FRACTION, le=MAX_TEST_FRACTION, allow_inf_nan=False)]
_Points = Annotated[Drawing, PlainValidator(as_drawing), PlainSerializer(lambda drawing: drawing.text)]


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
            to predict, and `inputs`, `group`, `time`, `ignored` and `kinds` may say more
            (`core.experiment.table_roles`).
        preparation: of a table's columns; None is the usual one.
        faults: what is broken on purpose, before the rows are split; None for nothing.
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
    faults: FaultsConfig | None = Field(None, exclude_if=lambda faults: faults is None)

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
        check_points(self.points, self.name, is_drawn=self.info.is_drawn)
        self._check_classes()
        check_features(self.features, self.available_features, self.name)
        check_blocks(self.blocks, self.info.blocks, self.name, has_features=self.features is not None)
        if not is_recorded(info):
            check_classes_held_out(self, None)
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
        self._check_faults()
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

    def _check_faults(self) -> None:
        if self.faults is None:
            return
        known = self._unbroken
        if known.task != "classification" or known.blocks or not known.class_rows:
            raise WrongValue(
                Said(
                    "faults are for tables and sets of measurements with classes, not for '{name}'. Leave them out.",
                    {"name": self.name[:40]},
                )
            )
        self.info  # noqa: B018 — raises where a fault names a column that there is not

    def _check_split_has_its_column(self) -> None:
        needed = self.split
        if needed in _ROLES_THAT_SPLIT and (self.table is None or self.table.place_of(needed) is None):
            raise WrongValue(Said("split is '{split}', but no column has the role '{split}'.", {"split": self.split}))

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

    def class_rows(self, seed: int | None) -> tuple[int, ...]:
        """Rows of each class before the split; none for a regression, or where a seed decides that is not known.

        Args:
            seed: of the experiment, None where it is not known.
        """
        if self.points is not None:
            return self.points.counts
        if not self.info.is_synthetic or not self.n_classes or seed is None:
            return self.info.class_rows
        return _drawn_class_rows(self.name, self.samples, self.n_classes, seed)

    @property
    def info(self) -> DatasetInfo:
        """The catalogue's entry, or what the configuration says of a table; with faults, as it is then."""
        known = self._unbroken
        return known if self.faults is None or not self.faults.breaks_source else _broken(known, self.faults)

    @property
    def _unbroken(self) -> DatasetInfo:
        return describe(self.name, self.table)

    @field_validator("faults")
    @classmethod
    def _some_or_none(cls, faults: FaultsConfig | None) -> FaultsConfig | None:
        return faults if faults is not None and faults.parts else None

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
def _broken(info: DatasetInfo, faults: FaultsConfig) -> DatasetInfo:
    """What is known of a data set with faults. Columns that were numbers as they are then have to be prepared."""
    columns = faults.columns_after(info.columns_to_break)
    rows = faults.rows_after(info.class_rows, info.event_index)
    return replace(info, columns=columns, feature_names=labels(columns), class_rows=rows, rows=sum(rows))


@lru_cache(maxsize=64)
def _prepared(dataset: DatasetConfig) -> tuple[PreparedColumn, ...]:
    info = dataset.info
    chosen = dataset.features or info.feature_names
    everything = prepared_columns(info.columns, dataset._unbroken.rows or 0, dataset.preparation, dataset.scaling)
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
