"""The right side of the Train page: run controls and live view. A fragment: pressing Pause redraws only this."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import DescentError, RowsWithheld, RunNotFound
from core.evaluation.views import View
from core.exchange.link import SPEEDS
from core.exchange.script import keras_script
from core.experiment.config import ExperimentConfig
from core.protocol.messages import Edit
from pages.components import settings
from pages.components.address import train_parameters
from pages.components.chosen_data import is_drawing
from pages.components.drawing import put_away
from pages.components.live import live_view
from pages.server.identity import browser_id
from pages.session import Shown, session
from pages.words import N_, _, language, worded

#: How far back one can go.
_RUNS_KEPT = 20

#: Seconds after another language was chosen in which a browser may still tell choices in the words of the one before.
_STRAY = 3.0

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
    feed = _shown()
    _write_link()
    owner = feed.owner in {"", browser_id()}
    _buttons(feed, config, owner=owner)
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
        neighbours=_neighbours(feed),
        on_go=_go,
    )


def carry_out_presses() -> None:
    """Do what the buttons pressed since the last script run say, in the order in which they were pressed.

    Call it before the controls are drawn. While a script runs, Streamlit joins the clicks that come in, and puts the
    newer before the older; it would call what they do in that order, a Reset after the Train that followed it.
    """
    presses, session.presses = session.presses, []
    session.presses_to_do = [*session.presses_to_do, *reversed(presses)]
    while session.presses_to_do:
        button, *session.presses_to_do = session.presses_to_do
        _BUTTONS[button]()


def apply_learning_rate() -> None:
    """The learning rate may change while a run trains; called when its control is moved."""
    feed = _run()
    if feed is not None and not feed.has_ended and feed.owner == browser_id():
        _carefully(get_engine().set_learning_rate, feed.id, session.learning_rate)


def _buttons(feed: RunFeed, config: ExperimentConfig | None, *, owner: bool) -> None:
    state = feed.state
    active = owner and state.is_active
    with st.container(border=True, key="run_bar", horizontal=True, vertical_alignment="center", gap="small"):
        # During a run Train would start over: not what one wants to press then.
        _button("train", _("Train"), "play_arrow", disabled=config is None, is_strong=not active)
        label, icon = (_("Resume"), "resume") if state == "paused" else (_("Pause"), "pause")
        _button("pause", label, icon, disabled=not active)
        may_step = state == "idle" or (owner and state in {"paused", "queued"})
        _button("step", _("Step"), "skip_next", disabled=config is None or not may_step)
        _button("stop", _("Stop"), "stop", disabled=not active)
        _button("reset", _("Reset"), "restart_alt", disabled=state == "idle")
        _button("new_seed", _("New seed"), "casino")
        with st.popover(_("Code"), type="tertiary", key="show_code"):
            _code()
        if owner and state.may_be_continued and _is_unchanged(feed, config):
            _button("continue", _("Continue: {epochs:,} more", epochs=session.config.training.epochs), "forward")
        with st.container(horizontal=True, key="speed_row", vertical_alignment="center", gap="xsmall", width=230):
            st.markdown(f":gray[{_('Speed')}]", width="content")
            # Written back: a browser that has lost its slider's place is told it, and does not begin at full speed.
            session.speed = session.speed
            st.select_slider(
                _("Speed"),
                SPEEDS,
                key="speed",
                format_func=_speed_words,
                on_change=_apply_speed,
                label_visibility="collapsed",
                disabled=not owner and not feed.has_ended,
            )


def _button(key: str, label: str, icon: str, *, disabled: bool = False, is_strong: bool = False) -> None:
    st.button(
        label,
        key=key,
        type="primary" if is_strong else "secondary",
        icon=f":material/{icon}:",
        on_click=_press,
        args=(key,),
        disabled=disabled,
    )


def _speed_words(speed: int | None) -> str:
    return _("{speed} epochs/s", speed=speed) if speed else _("full speed")


def _code() -> None:
    """What the controls say as a script."""
    st.caption(_("This experiment in plain Keras. It runs by itself and ends with the same weights."))
    with st.container(key="code", width=760):
        st.code(keras_script(session.config, words=language()), language="python", height=440)


def _press(button: str) -> None:
    session.presses = [*session.presses, button]


def _train() -> None:
    _start(None)


def _step() -> None:
    feed = _run()
    if feed is None:
        _start(1)
    else:
        _carefully(get_engine().step, feed.id)


def _start(steps: int | None) -> None:
    if is_drawing():
        put_away()  # the map is what one wants to see now
        session.redraws_page = True
    config = (
        settings.get()[0] or session.config
    )  # the page may not have been drawn since the last change, of a moment ago
    try:
        feed = get_engine().train(config, owner=browser_id(), view=_view(config), speed=session.speed, steps=steps)
    except RowsWithheld as error:
        st.toast(worded(error.said))
        return
    _show(feed.id)
    # The page is drawn for the state that comes within a few milliseconds, not for the one that has just passed.
    feed.wait_until(lambda feed: feed.state != "queued", 0.05)


def _pause() -> None:
    feed = _run()
    if feed is not None:
        engine = get_engine()
        _carefully(engine.resume if feed.state == "paused" else engine.pause, feed.id)


def _stop() -> None:
    feed = _run()
    if feed is not None:
        _carefully(get_engine().stop_run, feed.id)


def _reset() -> None:
    feed = _run()
    if feed is not None and feed.owner == browser_id() and not feed.has_ended:
        _carefully(get_engine().stop_run, feed.id)
    session.run = None


def _continue() -> None:
    feed = _run()
    if feed is not None:
        _carefully(get_engine().extend, feed.id, session.config.training.epochs)


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
            view=_view(session.config),
            speed=session.speed,
        )
    except DescentError as error:
        st.toast(worded(error.said))
        return
    _show(feed.id)


def _show(run: str) -> None:
    """Show a new run. The one that was on screen can be gone back to, unless it has no epoch (Train pressed twice)."""
    before, runs = _run(), session.runs
    if before is not None:
        if before.id not in runs:
            runs.append(before.id)  # it came with the link
        if not before.epoch:
            runs.remove(before.id)
    session.runs = [*runs, run][-_RUNS_KEPT:]
    session.run = run


def _go() -> None:
    """Back to the run before, or on to the one after."""
    wanted = session.told("live", "go")
    if wanted not in session.runs:
        return
    try:
        get_engine().find(wanted)
    except RunNotFound as error:
        session.runs.remove(wanted)
        st.toast(worded(error.said))
    else:
        session.run = wanted


def _neighbours(feed: RunFeed) -> dict[str, str]:
    """The runs shown before and after the one on screen; behind a preview lies the newest."""
    runs = session.runs
    at = runs.index(feed.id) if feed.id in runs else len(runs)
    found = {"before": runs[at - 1 : at] if at else [], "after": runs[at + 1 : at + 2]}
    return {side: ids[0] for side, ids in found.items() if ids}


def _edit() -> None:
    """Set a weight of the paused run by hand, or take the last one back."""
    feed, asked = _run(), session.told("live", "edit")
    if feed is None:
        return
    if asked == "undo":
        _carefully(get_engine().undo_edit, feed.id)
    elif isinstance(asked, dict):
        told: dict[str, Any] = {name: asked.get(name) for name in ("layer", "row", "unit", "value")}
        _carefully(get_engine().edit_weight, feed.id, Edit(**told))


def _new_seed() -> None:
    session.seed = secrets.randbelow(100_000)
    session.redraws_page = True


_BUTTONS = {
    "train": _train,
    "pause": _pause,
    "step": _step,
    "stop": _stop,
    "reset": _reset,
    "new_seed": _new_seed,
    "continue": _continue,
}


def _apply_speed() -> None:
    if session.speed is None and time.monotonic() - session.switched < _STRAY:
        session.speed = session.kept.get("speed")  # words of the other language, which Streamlit takes for the default
        return
    session.kept["speed"] = session.speed  # only this fragment is drawn now
    feed = _run()
    if feed is not None and not feed.has_ended:
        _carefully(get_engine().set_speed, feed.id, session.speed)


def _apply_view() -> None:
    chosen = session.told("live", "view")
    if isinstance(chosen, dict):
        session.view = chosen
    feed = _run()
    if feed is not None:
        trained = feed.config
        _carefully(get_engine().set_view, feed.id, _view(trained))


def _redraw() -> None:
    """The live view saw another state than the buttons were drawn for."""


def _carefully(action: Callable[..., None], run: str, *values: Any) -> None:
    """Do something to a run as this browser; what is refused is said in one line."""
    try:
        action(run, *values, owner=browser_id())
    except DescentError as error:
        st.toast(worded(error.said))


def _view(config: ExperimentConfig) -> View:
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


def _run() -> RunFeed | None:
    run = session.run
    if not run:
        return None
    try:
        return get_engine().find(run)
    except RunNotFound:
        return None


def _shown() -> RunFeed:
    """The run on screen or, where there is none, the experiment with its initial weights."""
    run = _run()
    if run is not None:
        return run
    session.run = None
    view = _view(session.config)
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
    if feed.owner and not _is_unchanged(feed, config):
        return _(_SETTINGS_CHANGED)
    return None


def _is_unchanged(feed: RunFeed, config: ExperimentConfig | None) -> bool:
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
