"""The Train page: choose data and a network, press Train, watch it learn.

Gathers a configuration from the controls and shows the run, or the untrained network, that belongs to it.
"""

from __future__ import annotations

import streamlit as st

from core.experiment.advice import advice_on
from pages.components import controls, run_panel, settings
from pages.components.drawing import drawing_surface
from pages.components.frame import page_frame
from pages.components.problems import show_problems

page_frame("train")
config, mistakes = settings.get()

left, right = st.columns([22, 78], gap="small")
with left, st.container(key="controls", gap=None):
    controls.preset_card(config)
    controls.data_card(config)
    controls.network_card(config)
    controls.training_card(run_panel.apply_learning_rate)
with right:
    show_problems(mistakes, advice=advice_on(config) if config else ())
    run_panel.run_panel(config)
    drawing_surface()
