"""What a page shows when it is opened: the experiment of its link, the run of its link, or a first experiment."""

from __future__ import annotations

import streamlit as st

from core.config import ExperimentConfig
from core.engine.service import get_engine
from core.errors import RunNotFound
from core.link import from_query
from core.presets import PRESETS
from pages.components import settings

#: What an empty link shows.
WELCOME = next(iter(PRESETS.values()))


def open_experiment() -> tuple[str, ...]:
    """Set the controls from the address bar, once in a session.

    Returns:
        Sentences about what could not be used; they stay until the session ends or the user dismisses them.
    """
    state = st.session_state
    if "_opened" not in state:
        state["_opened"] = True
        state["_problems"] = _open()
    problems: tuple[str, ...] = state["_problems"]
    return problems


def _open() -> tuple[str, ...]:
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    run = query.get("run", [""])[-1]
    problems: tuple[str, ...] = ()
    if run:
        try:
            channel = get_engine().find(run)
        except RunNotFound as error:
            problems = (str(error),)
            del st.query_params["run"]
        else:
            st.session_state["_run"] = run
            settings.put(ExperimentConfig.model_validate_json(channel.config))
            return ()
    link = from_query(query)
    is_empty = not any(name != "run" for name in query)
    settings.put(WELCOME.config if is_empty else link.config, speed=link.speed)
    return (*problems, *link.problems)
