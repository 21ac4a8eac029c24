"""What may have made a loss diverge: the suspects of an experiment, and what to train with instead of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.experiment.activations import ACTIVATIONS
from core.experiment.advice import normalises_single_rows
from core.experiment.config import ExperimentConfig
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import LayerConfig
from core.experiment.optimizers import OPTIMIZERS
from core.words import Said, listed


@dataclass(frozen=True)
class Setting:
    """What a trial trains with.

    Attributes:
        rate: the learning rate.
        standardised: the inputs are scaled, though the experiment's are not.
    """

    config: ExperimentConfig
    rate: float
    standardised: bool = False

    def model(self, **update: Any) -> Setting:
        """The same with something else said of the network."""
        return self._with("model", update)

    def training(self, **update: Any) -> Setting:
        """The same with something else said of the training."""
        return self._with("training", update)

    def _with(self, section: str, update: dict[str, Any]) -> Setting:
        changed = getattr(self.config, section).model_copy(update=update)
        return Setting(self.config.model_copy(update={section: changed}), self.rate, self.standardised)


@dataclass(frozen=True)
class Suspect:
    """Something that may have made a run diverge.

    Attributes:
        name: as part of a sentence.
        remedies: what to train with instead, and how to advise it; the first that helps is advised.
        is_listed: it is worth a mention before it was tried.
    """

    name: Said
    remedies: tuple[tuple[Setting, Said], ...]
    is_listed: bool = True


def suspects_of(setting: Setting) -> list[Suspect]:
    """What may be the cause, the oddest first; a learning rate that is not unusual comes after what is."""
    config, rate = setting.config, setting.rate
    usual = OPTIMIZERS[config.training.optimizer].highest_rate
    is_unusual = _is_unusual(rate, usual)
    found = [_rate(setting, usual)] if is_unusual else []
    found += _data_and_penalty(setting)
    if not is_unusual:
        found.append(_rate(setting, usual))
    return [*found, *_the_rest(setting)]


def _is_unusual(rate: float, usual: float) -> bool:
    return not rate <= usual * 1.001  # a float32 of 0.1 is a little more; NaN is unusual


def _rate(setting: Setting, usual: float) -> Suspect:
    rate, optimizer = setting.rate, setting.config.training.optimizer
    if _is_unusual(rate, usual):
        name = Said("learning rate {rate:g} (very high for {optimizer})", {"rate": rate, "optimizer": optimizer})
        lower = (usual / 10, usual / 100)
    else:
        name, lower = Said("learning rate {rate:g}", {"rate": rate}), (rate / 10, rate / 100)
    remedies = [
        (Setting(setting.config, each), Said("try a lower learning rate, {rate:g}", {"rate": each})) for each in lower
    ]
    return Suspect(name, tuple(remedies))


def _data_and_penalty(setting: Setting) -> Iterator[Suspect]:
    config, model = setting.config, setting.config.model
    if normalises_single_rows(config):
        remedy = setting.training(batch_size=8)
        yield Suspect(Said("batch size 1 with batch normalisation"), ((remedy, Said("try batches of 8 rows")),))
    if config.dataset.scaling == "none":
        remedy = Setting(config, setting.rate, standardised=True)
        yield Suspect(Said("missing scaling of the inputs"), ((remedy, Said("try standard scaling")),))
    if model.has_penalty:
        weaker = [
            (10, Said("try a tenth of it")),
            (100, Said("try a hundredth of it")),
            (1000, Said("try a thousandth of it")),
        ]
        remedies = [(setting.model(l1=model.l1 / by, l2=model.l2 / by), advice) for by, advice in weaker]
        remedies.append((setting.model(l1=0.0, l2=0.0), Said("leave it out")))
        yield Suspect(_penalty(model.l1, model.l2), tuple(remedies))
    if not INITIALIZERS[model.initializer].is_moderate:
        remedy = setting.model(initializer="glorot_uniform")
        name = Said("initialiser ({initializer})", {"initializer": model.initializer})
        yield Suspect(name, ((remedy, Said("try glorot_uniform")),))


def _penalty(l1: float, l2: float) -> Said:
    if l1 and l2:
        return Said("penalty (l1 {l1:g} and l2 {l2:g})", {"l1": l1, "l2": l2})
    return Said("penalty (l1 {l1:g})", {"l1": l1}) if l1 else Said("penalty (l2 {l2:g})", {"l2": l2})


def _the_rest(setting: Setting) -> Iterator[Suspect]:
    config, layers = setting.config, setting.config.model.dense_layers
    if config.training.optimizer == "momentum":
        yield Suspect(Said("momentum"), ((setting.training(optimizer="sgd"), Said("try plain sgd")),))
    if config.training.batch_size < 8:
        remedy = setting.training(batch_size=32)
        name = Said("batch size {size}", {"size": config.training.batch_size})
        yield Suspect(name, ((remedy, Said("try batches of 32 rows")),))
    unbounded = sorted({layer.activation for layer in layers if ACTIVATIONS[layer.activation].flat != "both"})
    if unbounded:
        bounded = tuple(
            layer.model_copy(update={"activation": "tanh"}) if isinstance(layer, LayerConfig) else layer
            for layer in config.model.hidden_layers
        )
        yield Suspect(
            Said.counted(
                "depth ({n} layer of {activations})",
                "depth ({n} layers of {activations})",
                {"n": len(layers), "activations": listed(unbounded)},
            ),
            ((setting.model(hidden_layers=bounded), Said("try tanh")),),
            is_listed=len(layers) > 2,
        )
    if config.output.loss == "mean_squared_error" and config.output.metric == "mae":
        yield Suspect(
            Said("squared error, which large errors dominate"),
            ((setting.training(loss="huber"), Said("try the Huber loss")),),
            is_listed=False,
        )
