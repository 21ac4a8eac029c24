"""What the address bar says: the experiment on the Train page, on others what they show of the run, and everywhere the
run and the language.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.engine.service import get_engine
from core.exchange.link import to_query
from core.exchange.page_parameters import OF_PAGES, SAMPLE
from core.experiment.drawing import Drawing
from core.tables.long_links import keep_words
from pages.session import session
from pages.words import language


def shared_parameters() -> dict[str, str]:
    """Parameters that go along from page to page: the run, and the language where somebody chose one."""
    parameters: dict[str, str] = {}
    if session.run:
        parameters["run"] = session.run
    if session.names_language:
        parameters["lang"] = language().code
    return parameters


def page_parameters(page: str) -> dict[str, str]:
    """What the address says of what a page shows, by the names that `core.exchange.page_parameters` registers for it.

    As it was typed: whoever reads it checks it.
    """
    query = st.query_params
    return {name: query[name] for name in OF_PAGES.get(page, ()) if name in query}


def write_page_parameters(page: str, **said: str | None) -> None:
    """Have the address say something else of what a page shows; None for a name that is to go."""
    parameters = {name: value for name, value in {**page_parameters(page), **said}.items() if value is not None}
    for name in OF_PAGES[page]:
        if name not in parameters and name in st.query_params:
            del st.query_params[name]
        elif name in parameters and st.query_params.get(name) != parameters[name]:
            st.query_params[name] = parameters[name]
    keep_page_parameters(page)


def keep_page_parameters(page: str) -> None:
    """Remember what the address says of a page and its run, for when somebody comes back to it."""
    said = page_parameters(page)
    shown: Mapping[str, dict[str, str]] = session.shown_on_pages
    others = {name: dict(values) for name, values in shown.items() if values.get("run") == session.run}
    if SAMPLE in OF_PAGES.get(page, ()):  # one row for all pages that know rows
        for values in others.values():
            values.pop(SAMPLE, None)
    session.shown_on_pages = {**others, page: {**said, "run": session.run or ""}}


def kept_page_parameters(page: str) -> dict[str, str]:
    """What was kept of a page for the run on screen, with the row that another page looks at."""
    about = [values for values in session.shown_on_pages.values() if values.get("run") == session.run]
    names = OF_PAGES.get(page, ())
    row = next((values[SAMPLE] for values in about if SAMPLE in values), None) if SAMPLE in names else None
    kept = session.shown_on_pages.get(page, {})
    said = {name: kept[name] for name in names if name in kept} if kept in about else {}
    return said if row is None else {**said, SAMPLE: row}


def _experiment_parameters() -> dict[str, str]:
    """The experiment as it stands in a link."""
    return to_query(session.config, speed=session.kept.get("speed"), keep_drawing=_keep_drawing, keep_words=keep_words)


def train_parameters() -> dict[str, str]:
    """All that the address of the Train page says."""
    return {**_experiment_parameters(), **shared_parameters()}


def _keep_drawing(drawing: Drawing) -> str:
    """Have the server keep a drawing, once; this is asked for whenever the page is drawn."""
    kept, reference = session.kept_drawing
    if kept != drawing:
        reference = get_engine().keep_drawing(drawing)
        session.kept_drawing = (drawing, reference)
    return str(reference)
