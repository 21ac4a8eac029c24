"""The data card: which data set, its noise, the rows held out, the inputs."""

from __future__ import annotations

import streamlit as st

from core.experiment.catalogue import CATALOG, DatasetInfo
from core.experiment.config import MAX_SEED, ExperimentConfig
from core.experiment.dataset import MAX_SAMPLES, MIN_SAMPLES
from core.experiment.scalings import SCALING_TITLES
from core.experiment.splitting import MAX_TEST_FRACTION, MAX_VALIDATION_FRACTION, MIN_TEST_FRACTION
from pages.components.card_parts import card, head, row
from pages.components.chosen_data import begin_drawing, datasets, end_drawing, features_of, info_of, is_drawing
from pages.components.departures import data_departures
from pages.components.following import follow_blocks, follow_dataset, sort_features
from pages.server.tiles import TILES
from pages.session import session
from pages.words import _, n_

#: Columns of which single ones can be chosen.
_MOST_COLUMNS = 300


def data_card(config: ExperimentConfig | None) -> None:
    """Which data: the set, its noise and the rows held out."""
    info = info_of()
    with card("data"):
        head(
            "data",
            _("Data"),
            _data_summary(config),
            _("Samples, seed …"),
            lambda: _data_details(info),
            data_departures(),
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
            list(datasets()),
            key="dataset",
            format_func=lambda name: _(info_of(name).title),
            on_change=follow_dataset,
            label_visibility="collapsed",
        )
        with st.container(key="sentence"):
            st.caption(_(info.sentence))
        if info.is_drawn:
            with row(_("Points")):
                _drawing_button()
        if info.noise:
            with row(_("Noise")):
                st.slider(_("Noise"), 0.0, 1.0, step=0.01, key="noise", label_visibility="collapsed")
        with row(_("Held out")):
            st.slider(
                _("Share held out for testing"),
                MIN_TEST_FRACTION,
                MAX_TEST_FRACTION,
                step=0.05,
                key="test_fraction",
                format="percent",
                label_visibility="collapsed",
            )
        with row(_("Validation")):
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


def _data_details(info: DatasetInfo) -> None:
    if info.is_synthetic:
        st.number_input(_("Samples"), MIN_SAMPLES, MAX_SAMPLES, step=50, key="samples")
    if info.classes is not None:
        st.slider(_("Classes"), info.classes[0], info.classes[1], key="classes")
    if not info.is_planar and len(info.blocks) < 2 and len(info.feature_names) <= _MOST_COLUMNS:
        st.multiselect(_("Inputs"), list(features_of(info)), key="features", placeholder=_("all columns"))
    st.selectbox(_("Scaling"), list(SCALING_TITLES), key="scaling", format_func=lambda name: _(SCALING_TITLES[name]))
    st.number_input(_("Seed"), 0, MAX_SEED, key="seed")
    st.caption(_("The seed draws the points, splits them, starts the weights and shuffles the batches."))


def _data_summary(config: ExperimentConfig | None) -> str:
    if config is None:
        return ""
    dataset = config.dataset
    inputs = len(dataset.feature_names)
    classes = n_("{n} class", "{n} classes", dataset.n_classes) if dataset.n_classes else _("a number")
    return f"{dataset.rows:,} × {inputs} → {classes}"


def _inputs(info: DatasetInfo) -> None:
    """Which of the coordinates, and of what is computed from them, the network gets."""
    available = features_of(info)
    with row(_("Inputs")):
        st.pills(
            _("Inputs of the network"),
            list(available),
            selection_mode="multi",
            key="features",
            format_func=lambda name: available.get(name, name),
            on_change=sort_features,
            label_visibility="collapsed",
        )


def _blocks(info: DatasetInfo) -> None:
    """Which kinds of data the network gets."""
    titles = {block.name: block.title for block in info.blocks}
    with row(_("Learns from")):
        st.pills(
            _("Kinds of data that the network learns from"),
            list(titles),
            selection_mode="multi",
            key="blocks",
            format_func=lambda name: _(titles.get(name) or name),
            on_change=follow_blocks,
            label_visibility="collapsed",
        )


def _drawing_button() -> None:
    if is_drawing():
        st.button(_("Show the map"), key="end_drawing", icon=":material/map:", on_click=end_drawing, width="stretch")
    else:
        st.button(_("Draw"), key="draw", icon=":material/edit:", on_click=begin_drawing, width="stretch")


def _choose_dataset(name: str) -> None:
    session.dataset = name
    follow_dataset()
