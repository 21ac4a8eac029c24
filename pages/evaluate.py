"""The Evaluate page: how good a trained network is, and what it costs to decide by it.

Takes the run of the address, and shows its outputs for the rows that judge it.
"""

from __future__ import annotations

import streamlit as st

from pages.components.evaluating import linked_views
from pages.components.frame import page_frame
from pages.components.run_in_question import run_in_question

page_frame("evaluate")
with st.container(key="evaluate_page", gap="small"):
    run = run_in_question()
    if run is not None:
        linked_views(run)
