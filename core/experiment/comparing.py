"""What differs between experiments, in words, and which of them are the same but for their seed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.columns import KIND_TITLES, ROLE_TITLES, ColumnConfig, labels
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import SPLIT_TITLES
from core.experiment.drawing import reference_of
from core.experiment.fault_kinds import FAULT_TITLES, AnyFault
from core.experiment.initializers import INITIALIZERS
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.preparation import (
    BALANCE_TITLES,
    ENCODING_TITLES,
    MISSING_TITLES,
    OUTLIER_TITLES,
    ColumnPreparation,
)
from core.experiment.scalings import SCALING_TITLES
from core.words import N_, Said, listed

#: Where an experiment has no such setting.
_NOTHING = Said.exactly("–")


@dataclass(frozen=True)
class Difference:
    """A setting in which experiments differ.

    Attributes:
        setting: its name.
        values: of each experiment, in their order.
    """

    setting: Said
    values: tuple[Said, ...]


def differences(configs: Sequence[ExperimentConfig]) -> tuple[Difference, ...]:
    """The settings in which experiments differ, without the seed. What all have in common is left out.

    >>> slow, fast = (ExperimentConfig.model_validate({"training": {"learning_rate": rate}}) for rate in (0.01, 0.1))
    >>> [(str(each.setting), *map(str, each.values)) for each in differences([slow, fast])]
    [('learning rate', '0.01', '0.1')]
    """
    experiments = [config.canonical() for config in configs]
    return tuple(
        Difference(Said.marked(setting.name), tuple(setting.say(config) for config in experiments))
        for setting in _SETTINGS
        if len({setting.get(config) for config in experiments}) > 1
    )


def same_but_for_seed(
    configs: Sequence[ExperimentConfig], apart: Sequence[Hashable] | None = None
) -> tuple[tuple[int, ...], ...]:
    """Groups of experiments that differ in nothing but their seed, or not even in that, as places in the sequence.

    Args:
        apart: a key of each; only experiments with equal keys are grouped.

    >>> one, other = (ExperimentConfig.model_validate({"seed": seed}) for seed in (1, 2))
    >>> same_but_for_seed([one, ExperimentConfig.model_validate({"training": {"epochs": 9}}), other])
    ((0, 2), (1,))
    """
    groups: dict[Hashable, list[int]] = {}
    for place, config in enumerate(config.canonical() for config in configs):
        key = (*(setting.get(config) for setting in _SETTINGS), apart[place] if apart else None)
        groups.setdefault(key, []).append(place)
    return tuple(tuple(places) for places in groups.values())


@dataclass(frozen=True)
class _Setting:
    """One setting of an experiment.

    Attributes:
        get: what is compared; None where the experiment has no such setting.
        say: the same in words.
    """

    name: str
    get: Callable[[ExperimentConfig], Hashable]
    say: Callable[[ExperimentConfig], Said]


def _setting(name: str, get: Callable[[ExperimentConfig], float | str | None]) -> _Setting:
    """A setting whose value is a number or a name."""

    def say(config: ExperimentConfig) -> Said:
        value = get(config)
        if value is None:
            return _NOTHING
        return Said.exactly(value) if isinstance(value, str) else Said("{value:g}", {"value": value})

    return _Setting(name, get, say)


def _titled(name: str, get: Callable[[ExperimentConfig], str], title: Callable[[str], str]) -> _Setting:
    """A setting whose value is chosen from a registry: it is said as the page's choice shows it."""
    return _Setting(name, get, lambda config: Said.marked(title(get(config))))


def _synthetic(field: str) -> Callable[[ExperimentConfig], float | None]:
    """A setting that only data sets drawn from a formula have."""

    def get(config: ExperimentConfig) -> float | None:
        return getattr(config.dataset, field) if config.dataset.info.is_synthetic else None

    return get


def _points(config: ExperimentConfig) -> str | None:
    drawing = config.dataset.points
    return None if drawing is None else drawing.text


def _say_points(config: ExperimentConfig) -> Said:
    drawing = config.dataset.points
    if drawing is None:
        return _NOTHING
    # Drawings with as many points are told apart by the beginning of their hash.
    mark = reference_of(drawing.text).partition("-")[2][:4]
    return Said.counted("{n:,} point ({mark})", "{n:,} points ({mark})", {"n": len(drawing), "mark": mark})


def _say_features(config: ExperimentConfig) -> Said:
    dataset = config.dataset
    if dataset.info.is_planar:
        return listed(ENGINEERED_INPUTS[name].title for name in dataset.feature_names)
    return Said("all") if dataset.features is None else listed(dataset.features)


def _say_blocks(config: ExperimentConfig) -> Said:
    names = [Said.marked(block.title) for block in config.dataset.input_blocks]
    return Said("all") if config.dataset.blocks is None else listed(names)


def _say_layers(config: ExperimentConfig) -> Said:
    layers = config.model.hidden_layers
    return listed(layer.text() for layer in layers) if layers else Said("no hidden layer")


def _say_early_stopping(config: ExperimentConfig) -> Said:
    stopping = config.training.early_stopping
    if stopping is None:
        return Said("off")
    parts = [Said.counted("after {n:,} epoch", "after {n:,} epochs", {"n": stopping.patience})]
    if stopping.monitor == "loss":
        parts.append(Said("by the training loss"))
    if stopping.min_delta:
        parts.append(Said("less than {change:g} better", {"change": stopping.min_delta}))
    if stopping.restore_best_weights:
        parts.append(Said("best weights kept"))
    return listed(parts)


def _say_data(config: ExperimentConfig) -> Said:
    title = Said.marked(config.dataset.info.title)
    if config.dataset.table is None:
        return title
    # Tables of one name are told apart by the beginning of their hash.
    return Said("{title} ({mark})", {"title": title, "mark": config.dataset.name.partition("-")[2][:4]})


def _columns(config: ExperimentConfig) -> tuple[ColumnConfig, ...] | None:
    table = config.dataset.table
    return table.columns if table else None


def _say_columns(config: ExperimentConfig) -> Said:
    table = config.dataset.table
    if table is None:
        return _NOTHING
    named = zip(labels(table.columns), table.columns, strict=True)
    parts = [
        Said(
            "{column}: {role}, {kind}",
            {"column": label, "role": Said.marked(ROLE_TITLES[each.role]), "kind": Said.marked(KIND_TITLES[each.kind])},
        )
        if each.role != "input"
        else Said("{column}: {kind}", {"column": label, "kind": Said.marked(KIND_TITLES[each.kind])})
        for label, each in named
        if each.role != "ignored"
    ]
    return listed(parts)


def _say_preparation(config: ExperimentConfig) -> Said:
    preparation = config.dataset.preparation
    if preparation is None:
        return _NOTHING if not config.dataset.info.columns else Said("as usual")
    parts = [
        Said("missing values: {how}", {"how": Said.marked(MISSING_TITLES[preparation.missing])}),
        Said("marked") if preparation.indicator else Said("not marked"),
        Said("outliers: {how}", {"how": Said.marked(OUTLIER_TITLES[preparation.outliers])}),
        Said("categories: {how}", {"how": Said.marked(ENCODING_TITLES[preparation.encoding])}),
        Said("rare levels: below {share:g}", {"share": preparation.rare}),
        Said("balance: {how}", {"how": Said.marked(BALANCE_TITLES[preparation.balance])}),
    ]
    parts += [
        Said("{column}: {how}", {"column": each.column, "how": ", ".join(_own(each))}) for each in preparation.columns
    ]
    return listed(parts)


def _own(column: ColumnPreparation) -> list[str]:
    return [f"{name} {value}" for name, value in column if name != "column" and value is not None]


def _say_faults(config: ExperimentConfig) -> Said:
    faults = config.dataset.faults
    if faults is None:
        return _NOTHING
    return listed(
        Said(
            "{fault} ({settings})",
            {"fault": Said.marked(FAULT_TITLES[fault.kind]), "settings": _settings_of(fault)},
        )
        for fault in faults.parts
    )


def _settings_of(fault: AnyFault) -> str:
    settings = fault.model_dump(exclude={"kind"})
    return ", ".join(f"{name} {value}" for name, value in settings.items()) or "–"


def _split(config: ExperimentConfig) -> str | None:
    return config.dataset.split_by if config.dataset.table else None


def _say_split(config: ExperimentConfig) -> Said:
    return Said.marked(SPLIT_TITLES[config.dataset.split_by]) if config.dataset.table else _NOTHING


_SETTINGS = (
    _Setting(N_("data"), lambda config: config.dataset.name, _say_data),
    _Setting(N_("columns"), _columns, _say_columns),
    _Setting(N_("preparation"), lambda config: config.dataset.preparation, _say_preparation),
    _Setting(N_("split"), _split, _say_split),
    _Setting(N_("faults"), lambda config: config.dataset.faults, _say_faults),
    _Setting(N_("drawing"), _points, _say_points),
    _setting(N_("samples"), _synthetic("samples")),
    _setting(N_("noise"), _synthetic("noise")),
    _setting(N_("classes"), lambda config: config.dataset.classes if config.dataset.info.classes else None),
    _setting(N_("held out"), lambda config: config.dataset.test_fraction),
    _setting(N_("validation rows"), lambda config: config.dataset.validation_fraction or None),
    _titled(N_("scaling"), lambda config: config.dataset.scaling, lambda name: SCALING_TITLES[name]),
    _Setting(N_("inputs"), lambda config: config.dataset.features, _say_features),
    _Setting(N_("kinds of data"), lambda config: config.dataset.blocks, _say_blocks),
    _Setting(N_("hidden layers"), lambda config: config.model.hidden_layers, _say_layers),
    _titled(N_("initialiser"), lambda config: config.model.initializer, lambda name: INITIALIZERS[name].title),
    _setting(N_("L1 penalty"), lambda config: config.model.l1),
    _setting(N_("L2 penalty"), lambda config: config.model.l2),
    _titled(N_("output"), lambda config: config.output.activation, lambda name: OUTPUT_ACTIVATIONS[name].title),
    _titled(N_("loss"), lambda config: config.output.loss, lambda name: LOSSES[name].title),
    _titled(N_("optimizer"), lambda config: config.training.optimizer, lambda name: OPTIMIZERS[name].title),
    _setting(N_("learning rate"), lambda config: config.training.learning_rate),
    _setting(N_("batch size"), lambda config: config.training.batch_size),
    _setting(N_("epochs"), lambda config: config.training.epochs),
    _Setting(N_("early stopping"), lambda config: config.training.early_stopping, _say_early_stopping),
)
