"""How every component of ours comes onto a page: by its folder in `pages/frontend`, whose index exports `mount`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.components.loader import loader
from pages.languages import words_addresses
from pages.words import language


def mounted(name: str, folder: str) -> Callable[..., Any]:
    """A component of Streamlit's that shows what a folder of the front end mounts.

    It has no shadow root, so that the page's style sheet and keys reach it. Call it once, where a module is imported,
    and the result in every script run.

    >>> surface = mounted("drawing", folder="drawing")
    >>> surface(key="drawing", data={"points": ""})  # doctest: +SKIP
    """
    component = st.components.v2.component(f"descent_{name}", js=loader(folder), isolate_styles=False)

    def mount(*, data: Mapping[str, Any], **told: Any) -> Any:
        # In a list: Streamlit imports pandas to look for tables among the values of a dictionary.
        return component(data=[{**data, **_language(folder)}], **told)

    return mount


def _language(folder: str) -> dict[str, str | list[str]]:
    """What language the component speaks, and where it finds the words; English needs none."""
    code = language().code
    return {"language": code, "words": words_addresses(code, folder)}
