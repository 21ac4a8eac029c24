"""What of an experiment's rarer settings is not at its default, in a few words each, for the heads of the cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.experiment.activations import OUTPUT_ACTIVATIONS, ActivationSpec
from core.experiment.config import ModelConfig
from core.experiment.dataset import DatasetConfig
from core.experiment.fault_kinds import FAULT_TITLES
from core.experiment.faults import FaultsConfig
from core.experiment.initializers import INITIALIZERS, InitializerSpec
from core.experiment.losses import LOSSES, LossSpec
from core.experiment.scalings import SCALING_TITLES
from pages.components.chosen_data import info_of
from pages.components.chosen_layers import layer_values
from pages.components.settings import AUTO
from pages.session import session
from pages.words import N_, _, n_

_WORDS = {
    "scaling": N_("scaling {value}"),
    "seed": N_("seed {value}"),
    "features": N_("inputs {value}"),
    "samples": N_("samples {value}"),
    "classes": N_("classes {value}"),
    "initializer": N_("initializer {value}"),
    "l1": N_("L1 {value}"),
    "l2": N_("L2 {value}"),
    "output_activation": N_("output {value}"),
    "loss": N_("loss {value}"),
}


def data_departures() -> list[str]:
    """What of the data's rarer settings is not at its default, in a few words each."""
    info = info_of()
    defaults: dict[str, Any] = {"scaling": DatasetConfig.model_fields["scaling"].default, "seed": 0}
    if not info.is_planar:
        defaults["features"] = []
    if info.is_synthetic:
        defaults["samples"] = DatasetConfig.model_fields["samples"].default
    if info.classes is not None:
        defaults["classes"] = info.classes[2]
    broken = [_("broken on purpose: {faults}", faults=_fault_words(session.faults))] if session.faults else []
    return [*broken, *_departures(defaults)]


def network_departures() -> list[str]:
    """As `data_departures`, for the network."""
    layers = [layer_values(index) for index in range(session.layers)]
    dropping = sum(layer.get("dropout", 0) > 0 for layer in layers)
    normalised = sum(layer.get("batch_normalization", False) for layer in layers)
    words = [
        *([n_("dropout in {n} layer", "dropout in {n} layers", dropping)] if dropping else []),
        *(
            [n_("batch normalisation in {n} layer", "batch normalisation in {n} layers", normalised)]
            if normalised
            else []
        ),
    ]
    initializer = ModelConfig.model_fields["initializer"].default
    return [*words, *_departures({"initializer": initializer, "l1": 0.0, "l2": 0.0, "output_activation": AUTO})]


def training_departures() -> list[str]:
    """As `data_departures`, for training."""
    stopping = [_("stops early after {epochs}", epochs=session.patience)] if session.early_stopping else []
    return [*stopping, *_departures({"loss": AUTO})]


def _departures(defaults: dict[str, Any]) -> list[str]:
    words = []
    for key, default in defaults.items():
        value = session.values.get(key, default)
        if value == default:
            continue
        if isinstance(value, str):
            shown = _title(key, value)
        else:
            shown = str(len(value)) if isinstance(value, list) else f"{value:g}"
        words.append(_(_WORDS[key], value=shown))
    return words


def _fault_words(faults: FaultsConfig) -> str:
    return ", ".join(_(FAULT_TITLES[fault.kind]) for fault in faults.parts)


def _title(key: str, name: str) -> str:
    """What was chosen, as its select box says it."""
    if key == "scaling":
        return _(SCALING_TITLES[name])
    registries: dict[str, Mapping[str, InitializerSpec | ActivationSpec | LossSpec]] = {
        "initializer": INITIALIZERS,
        "output_activation": OUTPUT_ACTIVATIONS,
        "loss": LOSSES,
    }
    return _(registries[key][name].title)
