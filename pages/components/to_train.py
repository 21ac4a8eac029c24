"""The way from the Data page to the Train page: with a data set, which its controls then say."""

from __future__ import annotations

import streamlit as st

from core.experiment.dataset import DatasetConfig
from pages.components import settings
from pages.components.address import train_parameters
from pages.components.following import put_dataset
from pages.session import session


def train_on(dataset: DatasetConfig) -> None:
    """Go to the Train page with a data set."""
    put_dataset(dataset)
    session.run = None
    settings.take_along()
    st.switch_page("pages/train.py", query_params=train_parameters())
