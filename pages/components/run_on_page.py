"""Which run is on screen, whatever the page."""

from __future__ import annotations

import streamlit as st

from core.engine.run import LiveRun
from core.engine.service import get_engine
from core.errors import RunNotFound
from pages.components import settings
from pages.session import session
from pages.words import worded


def show_run(run: str) -> None:
    """Show a run from now on: its id goes along from page to page, and the controls say its experiment."""
    try:
        found = get_engine().find(run)
    except RunNotFound as error:
        st.toast(worded(error.said))
        return
    session.run = run
    session.is_opened = True  # the controls are set: the address of the page has nothing to add
    put_run(found)


def put_run(feed: LiveRun) -> None:
    """Set the controls to a run, with the learning rate that it has come to."""
    settings.put(feed.config, speed=int(feed.speed) if feed.speed else None)
    if feed.changes:
        session.learning_rate = feed.changes[-1][1]
