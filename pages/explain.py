"""The Explain page: why a trained network answers as it does, and how far explanations can be trusted.

Takes the run of the address, and shows what its columns, rows and pictures count for.
"""

from __future__ import annotations

import streamlit as st

from pages.components.explaining import explanations
from pages.components.frame import page_frame
from pages.components.run_in_question import run_in_question

page_frame("explain")
with st.container(key="explain_page", gap="small"):
    explanations(run_in_question())
