"""The cards on the left of the Train page: preset, data, network, training. They write session state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.exchange.presets import PRESETS, Preset
from core.experiment.activations import OUTPUT_ACTIVATIONS, ActivationSpec
from core.experiment.catalogue import CATALOG, DatasetInfo
from core.experiment.config import MAX_BATCH_SIZE, MAX_EPOCHS, MAX_LAYERS, MAX_PENALTY, MAX_SEED, ExperimentConfig
from core.experiment.dataset import MAX_SAMPLES, MIN_SAMPLES
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import LAYERS, Control
from core.experiment.losses import LOSSES, LossSpec
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.outputs import activations_for, losses_for
from core.experiment.scalings import SCALING_TITLES
from core.experiment.splitting import MAX_TEST_FRACTION, MAX_VALIDATION_FRACTION, MIN_TEST_FRACTION
from pages.components import settings
from pages.components.importing import import_popover, imported_words
from pages.server.tiles import TILES
from pages.session import session
from pages.words import N_, _, n_

_AUTO_WORDS = {"loss": N_("follows from the task"), "output_activation": N_("follows from the loss")}

#: More hidden layers than this scroll inside their card, so that the cards below stay in sight.
_LAYERS_IN_SIGHT = 4

#: Columns of which single ones can be chosen.
_MOST_COLUMNS = 300


def preset_card(config: ExperimentConfig | None) -> None:
    """Choose a known experiment and read what to look for, or import one."""
    chosen = _preset_of(config)
    session.preset = chosen.name if chosen else None
    with _card("preset"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head_preset"):
            st.selectbox(
                _("Preset"),
                list(PRESETS),
                index=None,
                key="preset",
                placeholder=_("Choose a preset …"),
                format_func=lambda name: _(PRESETS[name].title),
                on_change=_apply_preset,
                label_visibility="collapsed",
            )
            import_popover(config)
        own = imported_words(config) or _("Your own experiment. A preset says what to look for.")
        st.caption(_(chosen.look_for) if chosen else own)


def _inputs(info: DatasetInfo) -> None:
    """Which of the coordinates, and of what is computed from them, the network gets."""
    available = settings.features_of(info)
    with _row(_("Inputs")):
        st.pills(
            _("Inputs of the network"),
            list(available),
            selection_mode="multi",
            key="features",
            format_func=lambda name: available.get(name, name),
            on_change=settings.sort_features,
            label_visibility="collapsed",
        )


def _blocks(info: DatasetInfo) -> None:
    """Which kinds of data the network gets."""
    titles = {block.name: block.title for block in info.blocks}
    with _row(_("Learns from")):
        st.pills(
            _("Kinds of data that the network learns from"),
            list(titles),
            selection_mode="multi",
            key="blocks",
            format_func=lambda name: _(titles.get(name) or name),
            on_change=settings.follow_blocks,
            label_visibility="collapsed",
        )


def _preset_of(config: ExperimentConfig | None) -> Preset | None:
    if config is None:
        return None
    return next((preset for preset in PRESETS.values() if preset.config.canonical() == config.canonical()), None)


def data_card(config: ExperimentConfig | None) -> None:
    """Which data: the set, its noise and the rows held out."""
    info = settings.info_of()
    with _card("data"):
        _head(
            "data",
            _("Data"),
            _data_summary(config),
            _("Samples, seed …"),
            lambda: _data_details(info),
            settings.data_departures(),
        )
        with st.container(horizontal=True, key="tiles", gap=None):
            for name in TILES:
                st.button(
                    _(CATALOG[name].title),
                    key=f"tile_{name}",
                    on_click=_choose_dataset,
                    args=(name,),
                    type="primary" if name == info.name else "secondary",
                )
        st.selectbox(
            _("Data set"),
            list(settings.datasets()),
            key="dataset",
            format_func=lambda name: _(settings.info_of(name).title),
            on_change=settings.follow_dataset,
            label_visibility="collapsed",
        )
        with st.container(key="sentence"):
            st.caption(_(info.sentence))
        if info.is_drawn:
            with _row(_("Points")):
                _drawing_button()
        if info.noise:
            with _row(_("Noise")):
                st.slider(_("Noise"), 0.0, 1.0, step=0.01, key="noise", label_visibility="collapsed")
        with _row(_("Held out")):
            st.slider(
                _("Share held out for testing"),
                MIN_TEST_FRACTION,
                MAX_TEST_FRACTION,
                step=0.05,
                key="test_fraction",
                format="percent",
                label_visibility="collapsed",
            )
        with _row(_("Validation")):
            st.slider(
                _("Share of the other rows held out for validation"),
                0.0,
                MAX_VALIDATION_FRACTION,
                step=0.05,
                key="validation_fraction",
                format="percent",
                label_visibility="collapsed",
            )
        if info.is_planar:
            _inputs(info)
        if len(info.blocks) > 1:
            _blocks(info)


def network_card(config: ExperimentConfig | None) -> None:
    """The layers."""
    count = session.layers
    with _card("network"):
        parameters = n_("{n:,} parameter", "{n:,} parameters", config.parameters) if config else ""
        _head(
            "network",
            _("Network"),
            parameters,
            _("Dropout, L2 …"),
            _network_details,
            settings.network_departures(),
        )
        # A little of the next row shows that there is more.
        height: Any = 38 * _LAYERS_IN_SIGHT + 16 if count > _LAYERS_IN_SIGHT else "content"
        branch = settings.branch_of(config)
        if branch:
            with _row(_(branch[0])):
                st.markdown(" · ".join(branch[1]))
        with st.container(height=height, border=False, key="layers_list", gap=None):
            for index in range(count):
                _layer_row(index)
        with st.container(horizontal=True, key="layer_buttons", gap="xsmall", vertical_alignment="center"):
            st.button(
                _("Add layer"),
                key="add_layer",
                icon=":material/add:",
                on_click=settings.add_layer,
                disabled=count >= MAX_LAYERS,
                width="stretch",
            )
            st.button(
                _("Remove layer"),
                key="remove_layer",
                icon=":material/remove:",
                on_click=settings.remove_layer,
                disabled=count == 0,
                width="stretch",
            )
        if config is not None:
            with _row(_("Output")):
                st.markdown(f"{config.output.units} · {config.output.activation}")


def training_card(on_learning_rate: Callable[[], None]) -> None:
    """Optimizer, learning rate, batches, epochs."""
    rates = sorted({*settings.LEARNING_RATES, session.learning_rate})
    with _card("training"):
        _head(
            "training",
            _("Training"),
            "",
            _("Loss, stopping …"),
            _training_details,
            settings.training_departures(),
        )
        with _row(_("Optimizer")):
            st.selectbox(
                _("Optimizer"),
                list(OPTIMIZERS),
                key="optimizer",
                format_func=lambda name: _(OPTIMIZERS[name].title),
                label_visibility="collapsed",
            )
        with _row(_("Learning rate")):
            st.select_slider(
                _("Learning rate"),
                rates,
                key="learning_rate",
                format_func=lambda rate: f"{rate:.10f}".rstrip("0").rstrip("."),
                on_change=on_learning_rate,
                label_visibility="collapsed",
            )
        with _row(_("Batch size")):
            st.number_input(
                _("Batch size"), 1, MAX_BATCH_SIZE, key="batch_size", width=64, label_visibility="collapsed"
            )
            st.markdown(f":gray[{_('Epochs')}]", width="content")
            st.number_input(_("Epochs"), 1, MAX_EPOCHS, key="epochs", label_visibility="collapsed")
        if settings.test_rows_choose():
            st.caption(
                _("The test rows choose when to stop, so they flatter the result. Hold out validation rows to choose.")
            )


def _data_details(info: DatasetInfo) -> None:
    if info.is_synthetic:
        st.number_input(_("Samples"), MIN_SAMPLES, MAX_SAMPLES, step=50, key="samples")
    if info.classes is not None:
        st.slider(_("Classes"), info.classes[0], info.classes[1], key="classes")
    if not info.is_planar and len(info.blocks) < 2 and len(info.feature_names) <= _MOST_COLUMNS:
        st.multiselect(_("Inputs"), list(settings.features_of(info)), key="features", placeholder=_("all columns"))
    st.selectbox(_("Scaling"), list(SCALING_TITLES), key="scaling", format_func=lambda name: _(SCALING_TITLES[name]))
    st.number_input(_("Seed"), 0, MAX_SEED, key="seed")
    st.caption(_("The seed draws the points, splits them, starts the weights and shuffles the batches."))


def _network_details() -> None:
    for index in range(session.layers):
        details = [control for control in settings.spec_of(index).controls if control.is_detail]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for control in details:
                _layer_control(control, index)
    st.selectbox(
        _("Initialiser"), list(INITIALIZERS), key="initializer", format_func=lambda name: _(INITIALIZERS[name].title)
    )
    with st.container(horizontal=True):
        st.number_input(_("L1 penalty"), 0.0, MAX_PENALTY, step=0.001, format="%.5g", key="l1")
        st.number_input(_("L2 penalty"), 0.0, MAX_PENALTY, step=0.001, format="%.5g", key="l2")
    info = settings.info_of()
    losses = losses_for(info.task, settings.n_classes())
    loss = losses[0] if session.loss == settings.AUTO else session.loss
    outputs = {activation for each in losses for activation in activations_for(each, info.task)}
    fitting = [*activations_for(loss, info.task)] if loss in losses else sorted(outputs)
    _select(_("Output activation"), [settings.AUTO, *fitting], "output_activation", OUTPUT_ACTIVATIONS)


def _layer_row(index: int) -> None:
    """One hidden layer: its name or, where there is a choice, its kind, and then what is set most often."""
    kinds = settings.kinds_for(index)
    controls = [control for control in settings.spec_of(index).controls if not control.is_detail]
    if len(kinds) == 1:
        with _row(_("Hidden {number}", number=index + 1)):
            for control in controls:
                _layer_control(control, index)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _kind(index, kinds)
        for control in controls:
            _layer_control(control, index, narrow=len(controls) > 2)


def _kind(index: int, kinds: list[str]) -> None:
    """What a hidden layer is."""
    st.selectbox(
        _("Kind of hidden layer {number}", number=index + 1),
        kinds,
        key=f"kind_{index}",
        format_func=lambda name: _(LAYERS[name].title),
        on_change=settings.follow_kind,
        args=(index,),
        label_visibility="collapsed",
        width=108,
    )


def _layer_control(control: Control, index: int, *, narrow: bool = False) -> None:
    """One setting of a hidden layer: beside the layer's name without a label of its own, in the details with it."""
    label, key = _(control.label, number=index + 1), f"{control.field}_{index}"
    visibility: Any = "visible" if control.is_detail else "collapsed"
    match control.kind:
        case "number":
            least, most = int(control.least), int(control.most)
            st.number_input(label, least, most, key=key, width=42 if narrow else 64, label_visibility=visibility)
        case "share":
            st.slider(label, control.least, control.most, step=0.05, key=key, label_visibility=visibility)
        case "choice":
            titles = control.options()
            st.selectbox(
                label, list(titles), key=key, format_func=lambda name: _(titles[name]), label_visibility=visibility
            )
        case "switch":
            st.checkbox(label, key=key, width=130, label_visibility=visibility)


def _training_details() -> None:
    info = settings.info_of()
    _select(_("Loss"), [settings.AUTO, *losses_for(info.task, settings.n_classes())], "loss", LOSSES)
    st.toggle(_("Early stopping"), key="early_stopping")
    st.number_input(_("Patience (epochs)"), 1, MAX_EPOCHS, key="patience", disabled=not session.early_stopping)
    st.caption(
        _("Early stopping ends the run when the validation loss has not improved for that many epochs.")
        if session.validation_fraction
        else _("Early stopping ends the run when the test loss has not improved for that many epochs.")
    )


def _drawing_button() -> None:
    if settings.is_drawing():
        st.button(
            _("Show the map"), key="end_drawing", icon=":material/map:", on_click=settings.end_drawing, width="stretch"
        )
    else:
        st.button(_("Draw"), key="draw", icon=":material/edit:", on_click=settings.begin_drawing, width="stretch")


def _select(label: str, options: list[str], key: str, registry: Mapping[str, ActivationSpec | LossSpec]) -> None:
    """A select box that also offers what a link asked for, though it does not fit: the page then says why."""
    words = {settings.AUTO: _AUTO_WORDS[key], **{name: spec.title for name, spec in registry.items()}}
    chosen = session.values[key]
    st.selectbox(
        label,
        options if chosen in options else [*options, chosen],
        key=key,
        format_func=lambda name: _(words.get(name) or name),
    )


def _choose_dataset(name: str) -> None:
    session.dataset = name
    settings.follow_dataset()


def _apply_preset() -> None:
    name = session.preset
    if name in PRESETS:
        settings.put(PRESETS[name].config, speed=session.speed)


def _data_summary(config: ExperimentConfig | None) -> str:
    if config is None:
        return ""
    dataset = config.dataset
    inputs = len(dataset.feature_names)
    classes = n_("{n} class", "{n} classes", dataset.n_classes) if dataset.n_classes else _("a number")
    return f"{dataset.rows:,} × {inputs} → {classes}"


def _card(name: str) -> DeltaGenerator:
    return st.container(border=True, key=f"card_{name}", gap=None)


def _head(name: str, title: str, aside: str, more: str, details: Callable[[], None], changed: list[str]) -> None:
    """A card's head: its name, in grey what is always worth seeing, and what is set less often one click away.

    Args:
        name: of the card, the same in every language.
        more: names what is behind the click.
        changed: what of it is not at its default, in a few words each.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head_{name}"):
        st.markdown(f"**{title}** :gray[{aside}]" if aside else f"**{title}**")
        with st.popover(more, type="tertiary", width="content", key=f"more_{name}"):
            details()
    if changed:
        st.caption(" · ".join(changed))


def _row(label: str) -> DeltaGenerator:
    """A label on the left, the control on the right. The control carries its own accessible name."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    row.markdown(f":gray[{label}]", width=86)
    return row
