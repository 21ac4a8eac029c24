"""Which language a page speaks, and the switch for it.

The address says it (`?lang=`), then the cookie of the last choice, then the browser's preference.
"""

from __future__ import annotations

import time

import streamlit as st

from pages.languages import COOKIE, LANGUAGES, chosen
from pages.session import session
from pages.words import _, language


def settle_language() -> None:
    """Settle what this browser session speaks, once."""
    if session.language is not None:
        return
    wished = st.query_params.get("lang")
    session.names_language = wished in LANGUAGES
    accepted = st.context.headers.get("accept-language") or st.context.locale
    session.language = chosen(wished, st.context.cookies.get(COOKIE), accepted)


def language_switch() -> None:
    """The control: each language in its own words."""
    session.language_control = language().code
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        key="language",
        required=True,
        format_func=LANGUAGES.__getitem__,
        on_change=_switch,
        label_visibility="collapsed",
    )


def _switch() -> None:
    wanted = session.language_control
    if wanted in LANGUAGES:
        session.language = wanted
        session.switched = time.monotonic()
        session.names_language = session.chose_language = True
        st.query_params["lang"] = wanted
