"""What a page shows when it is opened: the experiment of its link, the run of its link, or a first experiment."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.engine.service import get_engine
from core.errors import RunNotFound
from core.exchange.link import from_query
from core.exchange.presets import PRESETS
from pages.components import settings
from pages.components.run_on_page import put_run
from pages.session import session

#: What an empty link shows.
WELCOME = next(iter(PRESETS.values()))


def open_experiment() -> None:
    """Set the controls from the address bar, once in a session. What could not be used is kept in `problems`."""
    if not session.is_opened:
        session.is_opened = True
        session.problems = _open()


def problems() -> tuple[str, ...]:
    """Sentences about what of the link could not be used, until they are dismissed."""
    return session.problems


def dismiss_problems() -> None:
    """The user has read them."""
    session.problems = ()


def _open() -> tuple[str, ...]:
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    run = query.pop("run", [""])[-1]
    query.pop("lang", None)  # the bar's (`language.py`)
    unknown: tuple[str, ...] = ()
    if run:
        try:
            found = get_engine().find(run)
        except RunNotFound as error:
            unknown = (str(error),)
            del st.query_params["run"]
        else:
            session.run = run
            if not _is_experiment(query):
                put_run(found)
                return ()
    link = from_query(query, find_drawing=get_engine().find_drawing)
    settings.put(link.config if _is_experiment(query) else WELCOME.config, speed=link.speed)
    if link.draws:
        session.config = link.config  # on screen until there is a drawing
        settings.begin_drawing()
    return (*unknown, *link.problems)


def _is_experiment(query: Mapping[str, object]) -> bool:
    """Whether a link says anything besides how Streamlit shall look."""
    return any(not name.startswith("embed") for name in query)
