"""The preset card: choose a known experiment and read what to look for, or import one."""

from __future__ import annotations

import streamlit as st

from core.exchange.presets import PRESETS, Preset
from core.experiment.config import ExperimentConfig
from pages.components import settings
from pages.components.card_parts import card
from pages.components.importing import import_popover, imported_words
from pages.session import session
from pages.words import _


def preset_card(config: ExperimentConfig | None) -> None:
    """Choose a known experiment and read what to look for, or import one."""
    chosen = _preset_of(config)
    session.preset = chosen.name if chosen else None
    with card("preset"):
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


def _preset_of(config: ExperimentConfig | None) -> Preset | None:
    if config is None:
        return None
    return next((preset for preset in PRESETS.values() if preset.config.canonical() == config.canonical()), None)


def _apply_preset() -> None:
    name = session.preset
    if name in PRESETS:
        settings.put(PRESETS[name].config, speed=session.speed)
