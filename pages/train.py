"""The Train page: choose data and a network, press Train, watch it learn.

Gathers a configuration from the controls and shows the run, or the untrained network, that belongs to it.
"""

from __future__ import annotations

import streamlit as st

from core.experiment.advice import advice_on
from pages.components import settings
from pages.components.data_card import data_card
from pages.components.drawing import drawing_surface
from pages.components.frame import page_frame
from pages.components.network_card import network_card
from pages.components.preset_card import preset_card
from pages.components.problems import show_problems
from pages.components.run_buttons import apply_learning_rate
from pages.components.run_panel import run_panel
from pages.components.training_card import training_card

page_frame("train")
config, mistakes = settings.get()

left, right = st.columns([22, 78], gap="small")
with left, st.container(key="controls", gap=None):
    preset_card(config)
    data_card(config)
    network_card(config)
    training_card(apply_learning_rate)
with right:
    show_problems(mistakes, advice=advice_on(config) if config else ())
    run_panel(config)
    drawing_surface()
