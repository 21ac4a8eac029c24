"""What every page wears: its title, the head line with the name, and the style sheet."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.server.palette import page_variables
from pages.server.tiles import strip_rules

_STYLE = (Path(__file__).parent / "style.css").read_text("utf-8")

_HEAD = '<header class="descent-head"><h1>Descent</h1><span>watch a neural network learn</span></header>'


def page_frame() -> None:
    """Draw the frame of a page. Call it first."""
    st.set_page_config(page_title="Descent", page_icon="📉", layout="wide")
    st.html(f"<style>{page_variables()}\n{_STYLE}\n{strip_rules()}</style>")
    st.html(_HEAD)
