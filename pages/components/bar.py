"""The bar on top of every page: the name, the pages there are, the language, and the link to copy."""

from __future__ import annotations

import html
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from core.exchange.page_parameters import OF_PAGES
from pages.components import settings
from pages.components.address import (
    keep_page_parameters,
    kept_page_parameters,
    shared_parameters,
    train_parameters,
)
from pages.components.language import language_switch
from pages.components.mount import mounted
from pages.components.run_on_page import show_run
from pages.session import session
from pages.words import N_, _


@dataclass(frozen=True)
class PageEntry:
    """A page of the house.

    Attributes:
        file: its script.
        title: English, marked to be translated.
        path: behind the server's address; "" for the first page.
    """

    file: str
    title: str
    path: str


#: The pages that exist, in the bar's order.
PAGES = {
    "train": PageEntry("pages/train.py", N_("Train"), ""),
    "data": PageEntry("pages/data.py", N_("Data"), "data"),
    "evaluate": PageEntry("pages/evaluate.py", N_("Evaluate"), "evaluate"),
    "explain": PageEntry("pages/explain.py", N_("Explain"), "explain"),
    "predict": PageEntry("pages/predict.py", N_("Predict"), "predict"),
    "runs": PageEntry("pages/runs.py", N_("Runs"), "runs"),
}

_component = mounted("bar", folder="bar")


def pages() -> list[Page]:
    """All pages, for `st.navigation`; the first is the default."""
    return [
        st.Page(entry.file, title=entry.title, url_path=entry.path or None, default=not entry.path)
        for entry in PAGES.values()
    ]


def page_bar(current: str) -> None:
    """Draw the bar.

    Args:
        current: the page on screen, a key of `PAGES`.
    """
    if current in OF_PAGES:
        keep_page_parameters(current)
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_head(current))
        language_switch()
        _component(
            key="bar_actions",
            data={"current": current, "title": _(PAGES[current].title), "chosen": session.chose_language},
            on_go_change=_go,
        )


def _head(current: str) -> str:
    """Name and pages as HTML: there at once, links also where no script runs."""
    links = []
    for name, entry in PAGES.items():
        here = ' aria-current="page"' if name == current else ""
        address, title = html.escape(_address(name)), html.escape(_(entry.title))
        links.append(f'<a href="{address}" data-descent-page="{name}"{here}>{title}</a>')
    pages, said = html.escape(_("Pages")), html.escape(_("watch a neural network learn"))
    return (
        f'<header class="descent-head"><h1>Descent</h1><span>{said}</span>'
        f'<nav id="descent-pages" data-testid="pages" aria-label="{pages}">{"".join(links)}</nav></header>'
    )


def _address(name: str) -> str:
    """Where a page is, with what goes along."""
    query = urlencode(_parameters(name), safe=",")
    return (PAGES[name].path or "./") + (f"?{query}" if query else "")


def _parameters(name: str) -> dict[str, str]:
    """What the address of a page says, all that it will write itself: each change is a step for the Back button."""
    if not PAGES[name].path:
        return train_parameters()
    return {**kept_page_parameters(name), **shared_parameters()}


def _go() -> None:
    """Another page is wanted, perhaps with another run than the one on screen."""
    asked = session.told("bar_actions", "go")
    name = asked.get("page") if isinstance(asked, dict) else None
    if name not in PAGES:
        return
    run = asked.get("run")
    if isinstance(run, str) and run:
        show_run(run)
    settings.take_along()
    st.switch_page(PAGES[name].file, query_params=_parameters(name))
