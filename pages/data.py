"""The Data page: bring a table or pictures, say what is to be predicted, see what is in it, mend it, train on it.

Gathers a data set's configuration from the controls and hands it to the Train page.
"""

from __future__ import annotations

import streamlit as st

from pages.components.frame import page_frame
from pages.components.picture_choosing import pictures_card
from pages.components.quality_lab import lab_card
from pages.components.table_bringing import bring_card, reading_card
from pages.components.table_choosing import columns_card
from pages.components.table_facts import facts_card
from pages.components.table_mending import mend_card
from pages.components.table_profile import table_profile
from pages.session import session

page_frame("data")
with st.container(key="data_page", gap="small"):
    bring_card()
    reading_card()
    dataset = None
    if session.brought is not None and session.reading is None:
        facts_card()
        if session.brought.get("picture"):
            pictures_card()
        else:
            dataset = columns_card()
            mend_card(None if dataset is None else dataset.config)
            target, kinds = (None, {}) if dataset is None else (dataset.target_place, dataset.kinds)
            table_profile(session.brought["content"], target, kinds)
    if session.reading is None:
        lab_card(None if dataset is None else dataset.config)
