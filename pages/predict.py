"""The Predict page: what a trained network answers about one person, and what would change the answer.

Takes the run of the address; the component asks the run's own routes.
"""

from __future__ import annotations

import streamlit as st

from pages.components.frame import page_frame
from pages.components.predicting import one_person
from pages.components.run_in_question import run_in_question

page_frame("predict")
with st.container(key="predict_page", gap="small"):
    run = run_in_question()
    if run is not None and run.withheld is None:
        one_person(run)
