"""The run that the Train page shows, or the untrained network where there is none, and the runs that it showed before.

That a run goes along from page to page is the matter of `run_on_page`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import DescentError, RowsWithheld, RunNotFound
from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from pages.server.identity import browser_id
from pages.session import Shown, session
from pages.words import worded

#: How far back one can go.
_RUNS_KEPT = 20


def shown_run() -> RunFeed | None:
    """The run on screen; None where none is, or it is gone."""
    run = session.run
    if not run:
        return None
    try:
        return get_engine().find(run)
    except RunNotFound:
        return None


def run_or_preview() -> RunFeed:
    """The run on screen or, where there is none, the experiment with its initial weights."""
    run = shown_run()
    if run is not None:
        return run
    session.run = None
    view = view_of(session.config)
    config, before, engine = session.config, session.preview, get_engine()
    if before is not None and (before.config, before.view) == (config, view):
        try:
            return engine.find(before.id)
        except RunNotFound:
            pass
    try:
        feed = engine.preview(config, view, browser=browser_id(), replaces=before.id if before else None)
    except RowsWithheld:
        st.rerun()  # the whole page, which leaves the table
    session.preview = Shown(config, view, feed.id)
    return feed


def show_new_run(run: str) -> None:
    """Show a new run. The one that was on screen can be gone back to, unless it has no epoch (Train pressed twice)."""
    before, runs = shown_run(), session.runs
    if before is not None:
        if before.id not in runs:
            runs.append(before.id)  # it came with the link
        if not before.epoch:
            runs.remove(before.id)
    session.runs = [*runs, run][-_RUNS_KEPT:]
    session.run = run


def neighbours(feed: RunFeed) -> dict[str, str]:
    """The runs shown before and after the one on screen; behind a preview lies the newest."""
    runs = session.runs
    at = runs.index(feed.id) if feed.id in runs else len(runs)
    found = {"before": runs[at - 1 : at] if at else [], "after": runs[at + 1 : at + 2]}
    return {side: ids[0] for side, ids in found.items() if ids}


def go_to(run: str) -> None:
    """Show a run that was shown before."""
    if run not in session.runs:
        return
    try:
        get_engine().find(run)
    except RunNotFound as error:
        session.runs.remove(run)
        st.toast(worded(error.said))
    else:
        session.run = run


def view_of(config: ExperimentConfig) -> View:
    """The plane that the user chose, where the experiment's data set has it."""
    chosen = session.view
    columns = len(config.dataset.info.feature_names)
    if chosen.get("kind") == "pca":
        return View("pca")
    x, y = chosen.get("x"), chosen.get("y")
    if not (isinstance(x, int) and isinstance(y, int)):
        return View()
    view = View("slice", x, y)
    try:
        view.check(columns)
    except ValueError:
        return View()
    return view


def is_unchanged(feed: RunFeed, config: ExperimentConfig | None) -> bool:
    """Whether the controls still say the experiment on screen; a learning rate changed during the run is part of it."""
    if config is None:
        return False
    trained = feed.config
    rate = config.training.learning_rate
    known = [trained.training.learning_rate, *(changed for _, changed in feed.changes)]
    if not math.isclose(rate, known[-1], rel_tol=1e-5):
        return False
    training = trained.training.model_copy(update={"learning_rate": rate})
    return trained.model_copy(update={"training": training}).canonical() == config.canonical()


def carefully(action: Callable[..., None], run: str, *values: Any) -> None:
    """Do something to a run as this browser; what is refused is said in one line."""
    try:
        action(run, *values, owner=browser_id())
    except DescentError as error:
        st.toast(worded(error.said))
