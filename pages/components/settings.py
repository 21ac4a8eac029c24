"""The experiment that the controls of the Train page say: put into them, read from them, kept while they are not drawn.

They keep their values in Streamlit's session state, under their widget keys. What the data set is in `chosen_data`,
what the hidden layers are in `chosen_layers`, and what changes with a choice in `following`.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from pydantic import ValidationError

from core.experiment.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.experiment.config import MAX_LAYERS, ExperimentConfig, problems_of
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import LAYERS
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.scalings import SCALING_TITLES
from core.words import Said
from pages.components.chosen_data import (
    datasets,
    default_blocks,
    default_features,
    end_drawing,
    info_of,
    is_drawing,
    put_points,
)
from pages.components.chosen_layers import layer_values, put_layers, spec_of
from pages.session import session
from pages.words import _, worded

#: What a select box shows for "follow from the task".
AUTO = "auto"

#: What can be chosen, by the control's key without a layer's number.
_CHOICES: dict[str, Container[object]] = {
    "scaling": SCALING_TITLES,
    "initializer": INITIALIZERS,
    "output_activation": {AUTO, *OUTPUT_ACTIVATIONS},
    "loss": {AUTO, *LOSSES},
    "optimizer": OPTIMIZERS,
    "kind": LAYERS,
    "activation": ACTIVATIONS,
}

_KEYS = (
    *("dataset", "samples", "noise", "classes", "features", "blocks", "scaling", "seed"),
    *("test_fraction", "validation_fraction"),
    *("initializer", "l1", "l2", "output_activation", "loss"),
    *("optimizer", "learning_rate", "batch_size", "epochs", "early_stopping", "patience", "speed"),
)


def put(config: ExperimentConfig, *, speed: int | None = None) -> None:
    """Set every control to an experiment. Call it before the controls are drawn, or from a callback."""
    dataset, model, training = config.dataset, config.model, config.training
    stopping = training.early_stopping
    session.values.update(
        dataset=dataset.name,
        samples=dataset.samples,
        noise=dataset.noise,
        classes=dataset.n_classes or 2,
        features=list(dataset.features or default_features(dataset.info)),
        blocks=list(dataset.blocks or default_blocks(dataset.info)),
        test_fraction=dataset.test_fraction,
        validation_fraction=dataset.validation_fraction,
        scaling=dataset.scaling,
        seed=config.seed,
        initializer=model.initializer,
        l1=model.l1,
        l2=model.l2,
        output_activation=model.output_activation or ("linear" if training.from_logits else AUTO),
        loss=training.loss or AUTO,
        optimizer=training.optimizer,
        learning_rate=training.learning_rate,
        batch_size=training.batch_size,
        epochs=training.epochs,
        early_stopping=stopping is not None,
        patience=stopping.patience if stopping else 20,
        speed=speed,
    )
    put_layers(model.hidden_layers)
    if dataset.points is not None:
        put_points(dataset.points.text)
    if dataset.table is not None:
        session.table = dataset.table
    session.preparation, session.split, session.faults = dataset.preparation, dataset.split, dataset.faults
    end_drawing()


def get() -> tuple[ExperimentConfig | None, list[str]]:
    """The experiment that the controls say, or what is wrong with it in sentences. Checked when it is another one."""
    state = session.values
    data: dict[str, Any] = {
        "dataset": {
            "name": state.dataset,
            "samples": state.samples,
            "noise": state.noise,
            "test_fraction": round(state.test_fraction, 6),
            "validation_fraction": round(state.validation_fraction, 6),
            "scaling": state.scaling,
        },
        "model": {
            "hidden_layers": [{"kind": spec_of(index).name, **layer_values(index)} for index in range(state.layers)],
            "initializer": state.initializer,
            "l1": state.l1,
            "l2": state.l2,
            "output_activation": None if state.output_activation == AUTO else state.output_activation,
        },
        "training": {
            "optimizer": state.optimizer,
            "learning_rate": state.learning_rate,
            "batch_size": state.batch_size,
            "epochs": state.epochs,
            "loss": None if state.loss == AUTO else state.loss,
            "early_stopping": state.patience if state.early_stopping else None,
        },
        "seed": state.seed,
    }
    if info_of().classes is not None:
        data["dataset"]["classes"] = state.classes
    if state.features and list(state.features) != default_features(info_of()):
        data["dataset"]["features"] = state.features
    if state.get("blocks") and list(state.blocks) != default_blocks(info_of()):
        data["dataset"]["blocks"] = state.blocks
    if info_of().is_drawn:
        data["dataset"]["points"] = session.points or []
    if info_of().columns or session.faults is not None:
        data["dataset"] |= {"preparation": session.preparation, "faults": session.faults}
    if info_of().is_table:
        data["dataset"] |= {"table": session.table, "split": session.split}
    if session.asked is not None and session.asked[0] == data:
        return session.asked[1], []
    try:
        config = ExperimentConfig.model_validate(data)
    except ValidationError as error:
        return None, [said for field, problem in problems_of(error) if (said := _said(field, problem))]
    session.asked = data, config
    return config, []


def _said(field: str, problem: Said) -> str:
    """What is wrong, for the page; nothing about a drawing that is still being made, whose surface says it."""
    if field == "dataset.points":
        return "" if is_drawing() else worded(problem.filled(points=Said("Your drawing")))
    return _("{field}: {problem}", field=field, problem=problem) if field else worded(problem)


def keep() -> None:
    """Keep values of controls that are not drawn this time. Call it in every script run, before the controls are drawn.

    Streamlit forgets them otherwise: of the settings that another data set has not, and of all on another page. It
    tells choices by their words. Words of the language that was shown a moment ago are no choice: the last one stays.
    """
    fields = {"kind", *(control.field for spec in LAYERS.values() for control in spec.controls)}
    layers = [f"{field}_{index}" for index in range(MAX_LAYERS) for field in fields]
    values, kept = session.values.to_dict(), session.kept  # once: each look at the session costs
    for key in ["layers", *_KEYS, *layers]:
        if key in values and _is_known(key):
            kept[key] = values[key]
        if key in kept:
            session.values[key] = kept[key]


def take_along() -> None:
    """Before another page is shown: keep all that the controls say, and the experiment that it makes."""
    keep()
    session.config = get()[0] or session.config


def chose_nothing(key: str) -> bool:
    """Whether a control told words of another language, which are no choice; then the last choice is put back."""
    if _is_known(key):
        return False
    session.values[key] = session.kept[key]
    return True


def _is_known(key: str) -> bool:
    """Whether a control's value is one that it offers."""
    if key == "dataset":
        return session.values[key] in datasets()
    name, _line, number = key.rpartition("_")
    choices = _CHOICES.get(name if number.isdecimal() else key)
    return choices is None or session.values[key] in choices
