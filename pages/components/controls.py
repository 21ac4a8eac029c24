"""The cards on the left of the Train page: data, network, training. They write session state under their widget keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.catalog import CATALOG, DatasetInfo
from core.config import ACTIVATIONS, INITIALIZERS, MAX_EPOCHS, MAX_LAYERS, MAX_SEED, MAX_UNITS, OPTIMIZERS, SCALINGS
from core.config import ExperimentConfig
from core.outputs import activations_for, losses_for
from core.presets import PRESETS
from pages.components import settings
from pages.components.tiles import TILES

_SCALING_WORDS = {"none": "none", "standard": "standard (mean 0, deviation 1)", "minmax": "min-max (0 to 1)"}
_OPTIMIZER_WORDS = {
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "nadam": "Nadam",
    "adagrad": "Adagrad",
}
_LOSS_WORDS = {
    settings.AUTO: "follows from the task",
    "sparse_categorical_crossentropy": "sparse categorical cross-entropy",
    "binary_crossentropy": "binary cross-entropy",
    "mean_squared_error": "mean squared error",
    "mean_absolute_error": "mean absolute error",
    "huber": "Huber",
}
_OUTPUT_WORDS = {settings.AUTO: "follows from the loss", "linear": "linear"}


def preset_control() -> None:
    """Choose a known experiment."""
    st.selectbox(
        "Preset",
        [None, *PRESETS],
        key="preset",
        format_func=lambda name: PRESETS[name].title if name else "Choose a preset …",
        on_change=_apply_preset,
        label_visibility="collapsed",
    )


def data_card(config: ExperimentConfig | None) -> None:
    """Which data: the set, its noise and the rows held out."""
    info = CATALOG[st.session_state.dataset]
    with st.container(border=True, key="card_data", gap="small"):
        _title("Data", _data_summary(config))
        with st.container(horizontal=True, key="tiles", gap=None):
            for name in TILES:
                st.button(
                    CATALOG[name].title,
                    key=f"tile_{name}",
                    on_click=_choose_dataset,
                    args=(name,),
                    type="primary" if name == info.name else "secondary",
                )
        st.selectbox(
            "Data set",
            list(CATALOG),
            key="dataset",
            format_func=lambda name: CATALOG[name].title,
            on_change=settings.follow_dataset,
            label_visibility="collapsed",
        )
        st.caption(info.sentence)
        if info.noise:
            with _row("Noise"):
                st.slider("Noise", 0.0, 1.0, step=0.01, key="noise", label_visibility="collapsed")
        with _row("Held out"):
            st.slider(
                "Share held out for testing",
                0.05,
                0.9,
                step=0.05,
                key="test_fraction",
                format="percent",
                label_visibility="collapsed",
            )
        _more("data", settings.DATASET_DEFAULTS, lambda: _data_details(info))


def network_card(config: ExperimentConfig | None) -> None:
    """The layers."""
    count = st.session_state.layers
    with st.container(border=True, key="card_network", gap="small"):
        _title("Network", f"{config.parameters:,} parameters" if config else "")
        # Five rows are in sight; more scroll, so that the cards below keep their place.
        with st.container(height=208 if count > 5 else "content", border=False, key="layers_list", gap=None):
            for index in range(count):
                with _row(f"Hidden {index + 1}"), st.container(horizontal=True, gap="xsmall", key=f"layer_{index}"):
                    st.number_input(
                        f"Units of hidden layer {index + 1}",
                        1,
                        MAX_UNITS,
                        key=f"units_{index}",
                        width=84,
                        label_visibility="collapsed",
                    )
                    st.selectbox(
                        f"Activation of hidden layer {index + 1}",
                        ACTIVATIONS,
                        key=f"activation_{index}",
                        label_visibility="collapsed",
                    )
        with st.container(horizontal=True, key="layer_buttons", gap="xsmall"):
            st.button(
                "Add layer",
                key="add_layer",
                icon=":material/add:",
                on_click=settings.add_layer,
                disabled=count >= MAX_LAYERS,
                width="stretch",
            )
            st.button(
                "Remove",
                key="remove_layer",
                icon=":material/remove:",
                on_click=settings.remove_layer,
                disabled=count == 0,
                width="stretch",
            )
        if config is not None:
            with _row("Output"):
                st.markdown(f"{config.output.units} · {config.output.activation}", text_alignment="right")
        _more("network", _network_defaults(), _network_details)


def training_card(on_learning_rate: Callable[[], None]) -> None:
    """Optimizer, learning rate, batches, epochs."""
    rates = sorted({*settings.LEARNING_RATES, st.session_state.learning_rate})
    with st.container(border=True, key="card_training", gap="small"):
        _title("Training", "")
        with _row("Optimizer"):
            st.selectbox(
                "Optimizer",
                OPTIMIZERS,
                key="optimizer",
                format_func=_OPTIMIZER_WORDS.get,
                label_visibility="collapsed",
            )
        with _row("Learning rate"):
            st.select_slider(
                "Learning rate",
                rates,
                key="learning_rate",
                format_func=lambda rate: f"{rate:.10f}".rstrip("0").rstrip("."),
                on_change=on_learning_rate,
                label_visibility="collapsed",
            )
        with _row("Batch · epochs"), st.container(horizontal=True, gap="xsmall", key="batch_and_epochs"):
            st.number_input("Batch size", 1, 10_000, key="batch_size", label_visibility="collapsed")
            st.number_input("Epochs", 1, MAX_EPOCHS, key="epochs", label_visibility="collapsed")
        _more("training", settings.TRAINING_DEFAULTS, _training_details)


def look_for_card(look_for: str | None) -> None:
    """What to watch in the chosen preset."""
    with st.container(border=True, key="card_preset", gap="small"):
        _title("Look for", "")
        preset_control()
        if look_for:
            st.caption(look_for)


def _data_details(info: DatasetInfo) -> None:
    if info.is_synthetic:
        st.number_input("Samples", 50, 10_000, step=50, key="samples")
    if info.classes is not None:
        st.slider("Classes", info.classes[0], info.classes[1], key="classes")
    available = settings.features_of(info)
    st.multiselect(
        "Inputs", list(available), key="features", format_func=available.get, placeholder="x and y" if info.is_synthetic else "all columns"
    )
    st.selectbox("Scaling", SCALINGS, key="scaling", format_func=_SCALING_WORDS.get)
    st.number_input(
        "Seed", 0, MAX_SEED, key="seed", help="Draws the points, splits them, starts the weights and shuffles the batches."
    )


def _network_details() -> None:
    for index in range(st.session_state.layers):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.slider(f"Dropout after hidden {index + 1}", 0.0, 0.9, step=0.05, key=f"dropout_{index}")
            st.checkbox("Batch norm.", key=f"batch_normalization_{index}", width=130)
    st.selectbox("Initialiser", INITIALIZERS, key="initializer")
    with st.container(horizontal=True):
        st.number_input("L1 penalty", 0.0, 10.0, step=0.001, format="%.5g", key="l1")
        st.number_input("L2 penalty", 0.0, 10.0, step=0.001, format="%.5g", key="l2")
    info, classes = CATALOG[st.session_state.dataset], _classes()
    losses = losses_for(info.task, classes)
    loss = losses[0] if st.session_state.loss == settings.AUTO else st.session_state.loss
    _select("Output activation", [settings.AUTO, *activations_for(loss, info.task)], "output_activation", _OUTPUT_WORDS)


def _training_details() -> None:
    info = CATALOG[st.session_state.dataset]
    _select("Loss", [settings.AUTO, *losses_for(info.task, _classes())], "loss", _LOSS_WORDS)
    st.toggle("Early stopping", key="early_stopping", help="Ends the run when the test loss no longer improves.")
    st.number_input(
        "Patience (epochs)", 1, MAX_EPOCHS, key="patience", disabled=not st.session_state.early_stopping
    )


def _select(label: str, options: list[str], key: str, words: dict[str, str]) -> None:
    """A select box that also offers what a link asked for, though it does not fit: the page then says why."""
    chosen = st.session_state[key]
    st.selectbox(
        label,
        options if chosen in options else [*options, chosen],
        key=key,
        format_func=lambda name: words.get(name, name),
    )


def _classes() -> int:
    info = CATALOG[st.session_state.dataset]
    return st.session_state.classes if info.classes else len(info.class_names or ())


def _network_defaults() -> dict[str, Any]:
    layers = range(st.session_state.layers)
    return {
        **settings.MODEL_DEFAULTS,
        **{f"dropout_{index}": 0.0 for index in layers},
        **{f"batch_normalization_{index}": False for index in layers},
    }


def _choose_dataset(name: str) -> None:
    st.session_state.dataset = name
    settings.follow_dataset()


def _apply_preset() -> None:
    name = st.session_state.preset
    if name is not None:
        settings.put(PRESETS[name].config, speed=st.session_state.speed)


def _data_summary(config: ExperimentConfig | None) -> str:
    if config is None:
        return ""
    dataset = config.dataset
    inputs = len(dataset.feature_names)
    classes = f"{dataset.n_classes} classes" if dataset.n_classes else "regression"
    rows = "points" if dataset.info.is_synthetic else "rows"
    return f"{dataset.rows:,} {rows} · {inputs} input{'s' * (inputs != 1)} · {classes}"


def _title(title: str, aside: str) -> None:
    """A card's head: its name and, in grey, what is always worth seeing. Both are ours, never a user's text."""
    st.markdown(f"**{title}** :gray[{aside}]" if aside else f"**{title}**")


def _row(label: str) -> Any:
    """A label on the left, the control on the right. The control carries its own accessible name."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown(f":gray[{label}]", width=92)
    return row


def _more(card: str, defaults: dict[str, Any], details: Callable[[], None]) -> None:
    """What is set less often, one click away; the card says what is not at its default."""
    changed = settings.departures(defaults)
    with st.container(horizontal=True, vertical_alignment="center", key=f"more_{card}", gap="small"):
        with st.popover("More", icon=":material/tune:", type="tertiary"):
            details()
        if changed:
            st.caption(" · ".join(changed))
