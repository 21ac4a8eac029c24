"""The network card: the layers, each with what is set most often, and in the details the rest."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.experiment.activations import OUTPUT_ACTIVATIONS
from core.experiment.config import MAX_LAYERS, MAX_PENALTY, ExperimentConfig
from core.experiment.initializers import INITIALIZERS
from core.experiment.layers import LAYERS, Control
from core.experiment.outputs import activations_for, losses_for
from pages.components.card_parts import card, head, row, select_with_auto
from pages.components.chosen_data import info_of, n_classes
from pages.components.chosen_layers import add_layer, kinds_for, remove_layer, spec_of
from pages.components.departures import network_departures
from pages.components.following import follow_kind
from pages.components.settings import AUTO
from pages.session import session
from pages.words import _, n_

#: More hidden layers than this scroll inside their card, so that the cards below stay in sight.
_LAYERS_IN_SIGHT = 4


def network_card(config: ExperimentConfig | None) -> None:
    """The layers."""
    count = session.layers
    with card("network"):
        parameters = n_("{n:,} parameter", "{n:,} parameters", config.parameters) if config else ""
        head(
            "network",
            _("Network"),
            parameters,
            _("Dropout, L2 …"),
            _network_details,
            network_departures(),
        )
        # A little of the next row shows that there is more.
        height: Any = 38 * _LAYERS_IN_SIGHT + 16 if count > _LAYERS_IN_SIGHT else "content"
        branch = _branch_of(config)
        if branch:
            with row(_(branch[0])):
                st.markdown(" · ".join(branch[1]))
        with st.container(height=height, border=False, key="layers_list", gap=None):
            for index in range(count):
                _layer_row(index)
        with st.container(horizontal=True, key="layer_buttons", gap="xsmall", vertical_alignment="center"):
            st.button(
                _("Add layer"),
                key="add_layer",
                icon=":material/add:",
                on_click=add_layer,
                disabled=count >= MAX_LAYERS,
                width="stretch",
            )
            st.button(
                _("Remove layer"),
                key="remove_layer",
                icon=":material/remove:",
                on_click=remove_layer,
                disabled=count == 0,
                width="stretch",
            )
        if config is not None:
            with row(_("Output")):
                st.markdown(f"{config.output.units} · {config.output.activation}")


def _branch_of(config: ExperimentConfig | None) -> tuple[str, list[str]] | None:
    """The layers that a data set brings for its picture, where no others were chosen, and the picture's name."""
    if config is None or config.plan.picture is None or len(config.plan.layers) == len(config.model.hidden_layers):
        return None
    return config.plan.picture.title, [layer.text() for layer in config.plan.branch]


def _layer_row(index: int) -> None:
    """One hidden layer: its name or, where there is a choice, its kind, and then what is set most often."""
    kinds = kinds_for(index)
    controls = [control for control in spec_of(index).controls if not control.is_detail]
    if len(kinds) == 1:
        with row(_("Hidden {number}", number=index + 1)):
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
        on_change=follow_kind,
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


def _network_details() -> None:
    for index in range(session.layers):
        details = [control for control in spec_of(index).controls if control.is_detail]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for control in details:
                _layer_control(control, index)
    st.selectbox(
        _("Initialiser"), list(INITIALIZERS), key="initializer", format_func=lambda name: _(INITIALIZERS[name].title)
    )
    with st.container(horizontal=True):
        st.number_input(_("L1 penalty"), 0.0, MAX_PENALTY, step=0.001, format="%.5g", key="l1")
        st.number_input(_("L2 penalty"), 0.0, MAX_PENALTY, step=0.001, format="%.5g", key="l2")
    info = info_of()
    losses = losses_for(info.task, n_classes())
    loss = losses[0] if session.loss == AUTO else session.loss
    outputs = {activation for each in losses for activation in activations_for(each, info.task)}
    fitting = [*activations_for(loss, info.task)] if loss in losses else sorted(outputs)
    select_with_auto(_("Output activation"), [AUTO, *fitting], "output_activation", OUTPUT_ACTIVATIONS)
