"""What every page wears: its title, the style sheet, and the bar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.components import settings
from pages.components.bar import PAGES, page_bar
from pages.components.language import settle_language
from pages.components.opening import leave_private_table, open_experiment
from pages.components.run_buttons import carry_out_presses
from pages.server.palette import page_variables
from pages.server.tiles import strip_rules
from pages.session import session
from pages.words import _

_STYLE = (Path(__file__).parent / "style.css").read_text("utf-8")


def page_frame(name: str) -> None:
    """Draw the frame of a page, and do what was asked for before. Every page calls it first.

    Args:
        name: of the page, a key of `PAGES`.
    """
    settle_language()
    title = "Descent" if not PAGES[name].path else f"{_(PAGES[name].title)} · Descent"
    st.set_page_config(page_title=title, page_icon="📉", layout="wide")
    st.html(f"<style>{page_variables()}\n{_STYLE}\n{strip_rules()}</style>")
    open_experiment()
    settings.keep()
    leave_private_table()
    carry_out_presses()
    session.redraws_page = False  # that is what happens now
    page_bar(name)
