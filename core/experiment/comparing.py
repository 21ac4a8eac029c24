"""What differs between experiments, in words, and which of them are the same but for their seed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from core.experiment.config import ExperimentConfig
from core.experiment.drawing import reference_of
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
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
    """Groups of experiments that differ in nothing but their seed, as places in the sequence.

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


_SETTINGS = (
    _Setting(N_("data"), lambda config: config.dataset.name, lambda config: Said.marked(config.dataset.info.title)),
    _Setting(N_("drawing"), _points, _say_points),
    _setting(N_("samples"), _synthetic("samples")),
    _setting(N_("noise"), _synthetic("noise")),
    _setting(N_("classes"), lambda config: config.dataset.classes if config.dataset.info.classes else None),
    _setting(N_("held out"), lambda config: config.dataset.test_fraction),
    _setting(N_("validation rows"), lambda config: config.dataset.validation_fraction or None),
    _setting(N_("scaling"), lambda config: config.dataset.scaling),
    _Setting(N_("inputs"), lambda config: config.dataset.features, _say_features),
    _Setting(N_("hidden layers"), lambda config: config.model.hidden_layers, _say_layers),
    _setting(N_("initialiser"), lambda config: config.model.initializer),
    _setting(N_("L1 penalty"), lambda config: config.model.l1),
    _setting(N_("L2 penalty"), lambda config: config.model.l2),
    _setting(N_("output"), lambda config: config.output.activation),
    _Setting(
        N_("loss"), lambda config: config.output.loss, lambda config: Said.marked(LOSSES[config.output.loss].title)
    ),
    _Setting(
        N_("optimizer"),
        lambda config: config.training.optimizer,
        lambda config: Said.marked(OPTIMIZERS[config.training.optimizer].title),
    ),
    _setting(N_("learning rate"), lambda config: config.training.learning_rate),
    _setting(N_("batch size"), lambda config: config.training.batch_size),
    _setting(N_("epochs"), lambda config: config.training.epochs),
    _Setting(N_("early stopping"), lambda config: config.training.early_stopping, _say_early_stopping),
)
