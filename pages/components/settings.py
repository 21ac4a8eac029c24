"""The experiment that the controls of the Train page say, kept in Streamlit's session state under their widget keys."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from core.exchange.link import MAX_LENGTH
from core.experiment.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS, ActivationSpec
from core.experiment.catalogue import CATALOG, DatasetInfo, describe
from core.experiment.config import MAX_LAYERS, ExperimentConfig, ModelConfig, problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.drawing import Drawing
from core.experiment.fault_kinds import FAULT_TITLES
from core.experiment.faults import FaultsConfig
from core.experiment.initializers import INITIALIZERS, InitializerSpec
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.layers import LAYERS, HiddenLayer, LayerSpec, kind_of
from core.experiment.losses import LOSSES, LossSpec
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.scalings import SCALING_TITLES
from core.words import Said
from pages.session import session
from pages.words import N_, _, n_, worded

#: Learning rates on the slider: four a decade.
LEARNING_RATES: tuple[float, ...] = (
    *(float(f"{digit}e{exponent}") for exponent in range(-5, 1) for digit in (1, 2, 3, 5)),
    10.0,
)

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


def keep() -> None:
    """Keep values of controls that are not drawn this time. Call it in every script run, before the controls are drawn.

    Streamlit forgets them otherwise: of the settings that another data set has not, and of all on another page. Choices
    it tells by their words: those of another language, of a moment ago, are no choice, and what was chosen stays.
    """
    fields = {"kind", *(control.field for spec in LAYERS.values() for control in spec.controls)}
    layers = [f"{field}_{index}" for index in range(MAX_LAYERS) for field in fields]
    for key in ["layers", *_KEYS, *layers]:
        if key in session.values and _is_known(key):
            session.kept[key] = session.values[key]
        if key in session.kept:
            session.values[key] = session.kept[key]


def _is_known(key: str) -> bool:
    if key == "dataset":
        return session.values[key] in datasets()
    name, _line, number = key.rpartition("_")
    choices = _CHOICES.get(name if number.isdecimal() else key)
    return choices is None or session.values[key] in choices


def _chose_nothing(key: str) -> bool:
    """Whether a control was told in the words of another language; what was chosen before is there again."""
    if _is_known(key):
        return False
    session.values[key] = session.kept[key]
    return True


def get() -> tuple[ExperimentConfig | None, list[str]]:
    """The experiment that the controls say, or what is wrong with it in sentences."""
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
            "hidden_layers": [{"kind": spec_of(index).name, **_layer(index)} for index in range(state.layers)],
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
        data["dataset"]["points"] = points() or []
    if info_of().columns or session.faults is not None:
        data["dataset"] |= {"preparation": session.preparation, "faults": session.faults}
    if info_of().is_table:
        data["dataset"] |= {"table": session.table, "split": session.split}
    try:
        return ExperimentConfig.model_validate(data), []
    except ValidationError as error:
        return None, [said for field, problem in problems_of(error) if (said := _said(field, problem))]


def _said(field: str, problem: Said) -> str:
    """What is wrong, for the page; nothing about a drawing that is still being made, whose surface says it."""
    if field == "dataset.points":
        return "" if is_drawing() else worded(problem.filled(points=Said("Your drawing")))
    return _("{field}: {problem}", field=field, problem=problem) if field else worded(problem)


def datasets() -> tuple[str, ...]:
    """What can be chosen: every entry of the catalogue, and the table that was brought last."""
    return (*CATALOG, session.table.content) if session.table else tuple(CATALOG)


def info_of(name: str | None = None) -> DatasetInfo:
    """What is known of a data set, of the chosen one where none is named."""
    name = session.dataset if name is None else name
    table = session.table
    return describe(name, table if table is not None and table.content == name else None)


def put_dataset(dataset: DatasetConfig) -> None:
    """Choose a data set of the Data page, with how it is prepared, split and broken."""
    session.table = dataset.table or session.table
    session.preparation, session.split, session.faults = dataset.preparation, dataset.split, dataset.faults
    session.values.update(
        dataset=dataset.name,
        features=list(dataset.features or ()),
        scaling=dataset.scaling,
        test_fraction=dataset.test_fraction,
    )
    session.blocks = default_blocks(info_of())
    if not any(block.is_picture for block in info_of().blocks):
        _leave_out_picture_layers()
    session.loss, session.output_activation = AUTO, AUTO
    end_drawing()


def put_layers(layers: Sequence[HiddenLayer]) -> None:
    """Choose other hidden layers."""
    for index, layer in enumerate(layers):
        _put_layer(index, layer)
    session.layers = len(layers)


def points() -> str:
    """The points drawn by hand as text, perhaps too few for a data set."""
    return session.points


def put_points(text: str) -> None:
    """Another drawing, as text."""
    session.points = text[:MAX_LENGTH]


def is_drawing() -> bool:
    """Whether the drawing surface is open."""
    return bool(info_of().is_drawn and session.is_drawing)


def begin_drawing() -> None:
    """Choose the data set that is drawn by hand, and open its surface."""
    session.dataset = "drawn"
    session.is_drawing = True


def end_drawing() -> None:
    """Close the surface: the map shows again."""
    session.is_drawing = False


def add_layer() -> None:
    """Add a hidden layer like the last one."""
    count = session.layers
    if count < MAX_LAYERS:
        last = spec_of(count - 1) if count else None
        _put_layer(count, last.config(**_layer(count - 1)) if last else next(iter(LAYERS.values())).example)
        session.layers = count + 1


def remove_layer() -> None:
    """Remove the last hidden layer."""
    session.layers = max(0, session.layers - 1)


def spec_of(index: int) -> LayerSpec:
    """The kind of a hidden layer."""
    return LAYERS[session.values[f"kind_{index}"]]


def kinds_for(index: int) -> list[str]:
    """What a hidden layer may be: with a picture also what takes one; and what it is."""
    used = session.values.get("blocks") or ()
    blocks = info_of().blocks
    has_picture = any(block.is_picture for block in blocks if len(blocks) < 2 or block.name in used)
    return [
        name
        for name, spec in LAYERS.items()
        if has_picture or not spec.config.takes_pictures or name == spec_of(index).name
    ]


def _leave_out_picture_layers() -> None:
    """After a data set without pictures was chosen: the layers that need one go."""
    layers = [spec_of(index).config(**_layer(index)) for index in range(session.layers)]
    kept = [layer for layer in layers if not layer.takes_pictures]
    if len(kept) < len(layers):
        put_layers(kept or [next(iter(LAYERS.values())).example])


def follow_kind(index: int) -> None:
    """After another kind was chosen for a hidden layer: its settings are as that kind begins."""
    if not _chose_nothing(f"kind_{index}"):
        _put_layer(index, spec_of(index).example)


def follow_dataset() -> None:
    """After another data set was chosen: what cannot stay goes back to what follows from the task."""
    if _chose_nothing("dataset"):
        return
    session.preparation, session.split, session.faults = None, None, None
    session.features = default_features(info_of())
    session.blocks = default_blocks(info_of())
    session.loss = AUTO
    session.output_activation = AUTO
    info = info_of()
    if info.classes is not None:
        session.classes = info.classes[2]
    if not any(block.is_picture for block in info.blocks):
        _leave_out_picture_layers()
    if info.is_drawn:
        begin_drawing()


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


def _fault_words(faults: FaultsConfig) -> str:
    return ", ".join(_(FAULT_TITLES[fault.kind]) for fault in faults.parts)


def network_departures() -> list[str]:
    """As `data_departures`, for the network."""
    layers = [_layer(index) for index in range(session.layers)]
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


def test_rows_choose() -> bool:
    """Whether the test rows decide when the run stops, for want of validation rows."""
    return bool(session.early_stopping and not session.validation_fraction)


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


def _layer(index: int) -> dict[str, Any]:
    fields = [control.field for control in spec_of(index).controls]
    return {field: session.values[f"{field}_{index}"] for field in fields}


def _put_layer(index: int, layer: HiddenLayer) -> None:
    session.values[f"kind_{index}"] = kind_of(layer)
    for control in spec_of(index).controls:
        session.values[f"{control.field}_{index}"] = getattr(layer, control.field)


def features_of(info: DatasetInfo) -> dict[str, str]:
    """The inputs that can be chosen, by name, and as the page writes them."""
    if info.is_planar:
        return {name: spec.title for name, spec in ENGINEERED_INPUTS.items()}
    return {name: name for name in info.feature_names}


def default_features(info: DatasetInfo) -> list[str]:
    """What is chosen where nothing was: both coordinates; of columns none, which stands for all."""
    return list(info.feature_names) if info.is_planar else []


def sort_features() -> None:
    """After an input was switched on or off: the page's order, and never none at all."""
    info = info_of()
    chosen = [name for name in features_of(info) if name in session.features]
    session.features = chosen or default_features(info)


def default_blocks(info: DatasetInfo) -> list[str]:
    """All kinds of data, where a data set has several."""
    return [block.name for block in info.blocks] if len(info.blocks) > 1 else []


def follow_blocks() -> None:
    """After a kind of data was switched on or off: the set's order, never none, and no layers for what is not there."""
    info = info_of()
    chosen = [name for name in default_blocks(info) if name in session.blocks]
    session.blocks = chosen or default_blocks(info)
    if not any(block.is_picture for block in info.blocks if block.name in session.blocks):
        _leave_out_picture_layers()


def branch_of(config: ExperimentConfig | None) -> tuple[str, list[str]] | None:
    """The layers that a data set brings for its picture, where no others were chosen, and the picture's name."""
    if config is None or config.plan.picture is None or len(config.plan.layers) == len(config.model.hidden_layers):
        return None
    return config.plan.picture.title, [layer.text() for layer in config.plan.branch]


def n_classes() -> int:
    """Number of classes of the chosen data set; 0 for regression."""
    info = info_of()
    if info.is_drawn:
        try:
            return Drawing.read(points()).n_classes
        except ValueError:  # not complete yet
            return 2
    return int(session.classes) if info.classes else len(info.class_names or ())
