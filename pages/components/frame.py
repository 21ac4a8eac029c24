"""What every page wears: its title, the head line with the name, and the style sheet."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).parent / "style.css"

_HEAD = """
<header class="dsc-head"><svg width="26" height="20" viewBox="0 0 26 20" aria-hidden="true">
<path d="M1 3 C7 3 8 17 14 17 S20 11 25 11" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/>
<circle cx="14" cy="17" r="2.8" fill="#e8890c"/></svg><h1>Descent</h1><span>watch a neural network learn</span></header>
"""


def page_frame() -> None:
    """Draw the frame of a page. Call it first."""
    st.set_page_config(page_title="Descent", page_icon="📉", layout="wide")
    st.html(_STYLE)
    st.html(_HEAD)
