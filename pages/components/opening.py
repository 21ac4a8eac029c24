"""What a page shows when it is opened: the experiment of its link, the run of its link, or a first experiment."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.engine.service import get_engine
from core.errors import RowsWithheld, RunNotFound
from core.exchange.link import from_query
from core.exchange.page_parameters import NOT_OF_EXPERIMENTS
from core.exchange.presets import PRESETS
from core.experiment.table_schema import is_content
from core.tables.long_links import find_words
from core.words import Said, sentences
from pages.components import settings
from pages.components.chosen_data import begin_drawing
from pages.components.run_on_page import put_run
from pages.server.identity import browser_id
from pages.session import session

#: What an empty link shows.
WELCOME = next(iter(PRESETS.values()))


def open_experiment() -> None:
    """Set the controls from the address bar, once in a session. What could not be used is kept in `problems`."""
    if not session.is_opened:
        session.is_opened = True
        session.problems = _open()


def leave_private_table() -> None:
    """Go on with the first experiment where the controls are about a table whose rows are not for this browser.

    Call it in every script run, before the controls are drawn: a table may be made private or deleted at any time.
    """
    table = session.table
    if table is None:
        return
    try:
        get_engine().check_table(table.content, browser_id())
    except RowsWithheld as error:
        session.table = None
        if session.kept.get("dataset") == table.content:
            settings.put(WELCOME.config, speed=session.kept.get("speed"))
            settings.keep()
            session.config = WELCOME.config
            session.problems = (*session.problems, _instead(error))


def _instead(error: RowsWithheld) -> Said:
    return sentences([error.said, Said("The controls show the first experiment instead.")])


def problems() -> tuple[Said, ...]:
    """Sentences about what of the link could not be used, until they are dismissed."""
    return session.problems


def dismiss_problems() -> None:
    """The user has read them."""
    session.problems = ()


def _open() -> tuple[Said, ...]:
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    run = query.pop("run", [""])[-1]
    query.pop("lang", None)  # the bar's (`language.py`)
    unknown: tuple[Said, ...] = ()
    if run:
        try:
            found = get_engine().find(run)
        except RunNotFound as error:
            unknown = (error.said,)
            del st.query_params["run"]
        else:
            session.run = run
            if not _is_experiment(query):
                put_run(found)
                return ()
    withheld = _withheld(query)
    if withheld is not None:  # nothing more of the link is read: what is wrong with it would tell of the table
        settings.put(WELCOME.config)
        return (*unknown, withheld)
    link = from_query(query, find_drawing=get_engine().find_drawing, find_words=find_words)
    settings.put(link.config if _is_experiment(query) else WELCOME.config, speed=link.speed)
    if link.draws:
        session.config = link.config  # on screen until there is a drawing
        begin_drawing()
    return (*unknown, *link.problems)


def _withheld(query: Mapping[str, list[str]]) -> Said | None:
    """Why the experiment of a link cannot be shown, where it is on somebody else's private table."""
    content = query.get("dataset", [""])[-1]
    if not is_content(content):
        return None
    try:
        get_engine().check_table(content, browser_id())
    except RowsWithheld as error:
        return None if error.is_gone else _instead(error)
    return None


def _is_experiment(query: Mapping[str, object]) -> bool:
    """Whether a link says anything besides what a page shows and how Streamlit shall look."""
    return any(name not in NOT_OF_EXPERIMENTS and not name.startswith("embed") for name in query)
