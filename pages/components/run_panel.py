"""The right side of the Train page: run controls and live view. A fragment: pressing Pause redraws only this.

What the live view asks for is done here; what the buttons ask for, in `run_buttons`.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import DescentError
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from pages.components.address import train_parameters
from pages.components.live import live_view
from pages.components.run_buttons import carry_out_presses, run_buttons
from pages.components.shown_run import (
    carefully,
    go_to,
    is_unchanged,
    neighbours,
    run_or_preview,
    show_new_run,
    shown_run,
    view_of,
)
from pages.server.identity import browser_id
from pages.session import session
from pages.words import N_, _, worded

_SETTINGS_CHANGED = N_("Settings changed: they apply to the next run. Reset shows them now.")


@st.fragment
def run_panel(config: ExperimentConfig | None) -> None:
    """Run controls and live view.

    Args:
        config: what the controls say, None where it is wrong; the run on screen stays then.
    """
    carry_out_presses()
    if session.redraws_page:
        session.redraws_page = False
        st.rerun()  # what has changed is drawn outside this fragment
    if config is not None:
        session.config = config
    feed = run_or_preview()
    _write_link()
    owner = feed.owner in {"", browser_id()}
    run_buttons(feed, config, owner=owner)
    live_view(
        feed.id,
        owner=owner,
        state=feed.state,
        note=_note(feed, config),
        downloads=_downloads(feed),
        on_state_changed=_redraw,
        on_view=_apply_view,
        on_branch=_branch,
        on_edit=_edit,
        neighbours=neighbours(feed),
        on_go=_go,
    )


def _branch() -> None:
    """Go on from a recorded epoch, with the training settings that the controls say."""
    epoch = session.told("live", "branch")
    run = session.run
    if not run or not isinstance(epoch, int):
        return
    try:
        feed = get_engine().branch(
            run,
            epoch,
            owner=browser_id(),
            config=session.config,
            view=view_of(session.config),
            speed=session.speed,
        )
    except DescentError as error:
        st.toast(worded(error.said))
        return
    show_new_run(feed.id)


def _go() -> None:
    """Back to the run before, or on to the one after."""
    go_to(session.told("live", "go"))


def _edit() -> None:
    """Set a weight of the paused run by hand, or take the last one back."""
    feed, asked = shown_run(), session.told("live", "edit")
    if feed is None:
        return
    if asked == "undo":
        carefully(get_engine().undo_edit, feed.id)
    elif isinstance(asked, dict):
        told: dict[str, Any] = {name: asked.get(name) for name in ("layer", "row", "unit", "value")}
        carefully(get_engine().edit_weight, feed.id, Edit(**told))


def _apply_view() -> None:
    """The plane that was chosen in the live view, for the run on screen and those to come."""
    chosen = session.told("live", "view")
    if isinstance(chosen, dict):
        session.view = chosen
    feed = shown_run()
    if feed is not None:
        carefully(get_engine().set_view, feed.id, view_of(feed.config))


def _redraw() -> None:
    """The live view saw another state than the buttons were drawn for."""


def _write_link() -> None:
    """The address bar is the experiment, with the run where there is one."""
    parameters = train_parameters()
    if st.query_params.to_dict() != parameters:
        st.query_params.from_dict(parameters)


def _downloads(feed: RunFeed) -> tuple[str, ...]:
    """What of a run can be downloaded now. While it trains, the view itself hides what there is nothing of yet."""
    if not feed.owner:
        return ()
    if get_engine().rows_withheld(feed, browser_id()) is not None:
        return ("history",)
    while_training = ("history", "config", "script", "film", "gif")
    if feed.state.is_training:
        return while_training
    if not feed.epoch:
        return ("config", "script")
    return ("predictions", "model", *while_training)


def _note(feed: RunFeed, config: ExperimentConfig | None) -> str | None:
    if feed.owner and not is_unchanged(feed, config):
        return _(_SETTINGS_CHANGED)
    return None
