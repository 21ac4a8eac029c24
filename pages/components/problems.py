"""What is wrong with a link or with the settings: one calm box above the run controls."""

from __future__ import annotations

import re

import streamlit as st

from core.words import Said
from pages.components import opening
from pages.words import worded

_JOINER = "\N{WORD JOINER}"


def show_problems(mistakes: list[str], advice: tuple[Said, ...] = ()) -> None:
    """Say what of the link could not be used, until it is dismissed, and what in the settings is wrong or unwise."""
    of_link = opening.problems()
    if not (of_link or mistakes or advice):
        return
    with st.container(key="problems", border=True, horizontal=True, vertical_alignment="top"):
        said: list[Said | str] = [*mistakes, *advice, *of_link]
        st.markdown("\n".join(f"- {escape_markdown(worded(each))}" for each in said))
        if of_link:
            st.button("Dismiss", key="dismiss", type="tertiary", on_click=opening.dismiss_problems, width="content")


def escape_markdown(text: str) -> str:
    """User text as plain characters: no links, images, HTML, formulas or Streamlit directives."""
    # Streamlit makes links of bare addresses even where every character is escaped; an invisible joiner prevents it.
    text = re.sub(r"(?<=www)(?=\.)|(?<=:)(?=//)|(?<=@)", _JOINER, text, flags=re.IGNORECASE)
    return re.sub(r"([\\\\`*_{}\[\]()#+\-.!|<>~:$&\"'])", r"\\\1", text)
