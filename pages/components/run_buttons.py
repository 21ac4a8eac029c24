"""The buttons and the speed over the live view: what was pressed, in the order of the clicks, and what it does.

What is asked for inside the live view is in `run_panel`.
"""

from __future__ import annotations

import secrets
import time

import streamlit as st

from core.engine.feed import RunFeed
from core.engine.service import get_engine
from core.errors import RowsWithheld
from core.exchange.link import SPEEDS
from core.exchange.script import keras_script
from core.experiment.config import ExperimentConfig
from pages.components import settings
from pages.components.chosen_data import is_drawing
from pages.components.drawing import put_away
from pages.components.shown_run import carefully, is_unchanged, show_new_run, shown_run, view_of
from pages.server.identity import browser_id
from pages.session import session
from pages.words import _, language, worded

#: Seconds after another language was chosen in which a browser may still tell choices in the words of the one before.
_STRAY = 3.0


def run_buttons(feed: RunFeed, config: ExperimentConfig | None, *, owner: bool) -> None:
    """Draw the buttons for a run or a preview, with the code and the speed.

    Args:
        config: what the controls say, None where it is wrong.
        owner: whether this browser may control it.
    """
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
        if owner and state.may_be_continued and is_unchanged(feed, config):
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


def _press(button: str) -> None:
    session.presses = [*session.presses, button]


def _train() -> None:
    _start(None)


def _step() -> None:
    feed = shown_run()
    if feed is None:
        _start(1)
    else:
        carefully(get_engine().step, feed.id)


def _start(steps: int | None) -> None:
    if is_drawing():
        put_away()  # the map is what one wants to see now
        session.redraws_page = True
    # The page may not have been drawn since the last change, of a moment ago.
    config = settings.get()[0] or session.config
    try:
        feed = get_engine().train(config, owner=browser_id(), view=view_of(config), speed=session.speed, steps=steps)
    except RowsWithheld as error:
        st.toast(worded(error.said))
        return
    show_new_run(feed.id)
    # The page is drawn for the state that comes within a few milliseconds, not for the one that has just passed.
    feed.wait_until(lambda feed: feed.state != "queued", 0.05)


def _pause() -> None:
    feed = shown_run()
    if feed is not None:
        engine = get_engine()
        carefully(engine.resume if feed.state == "paused" else engine.pause, feed.id)


def _stop() -> None:
    feed = shown_run()
    if feed is not None:
        carefully(get_engine().stop_run, feed.id)


def _reset() -> None:
    feed = shown_run()
    if feed is not None and feed.owner == browser_id() and not feed.has_ended:
        carefully(get_engine().stop_run, feed.id)
    session.run = None


def _continue() -> None:
    feed = shown_run()
    if feed is not None:
        carefully(_go_on, feed.id, session.config.training.epochs)


def _go_on(run_id: str, epochs: int, *, owner: str) -> None:
    """Continue at the speed that the page shows: it may have been changed while the run rested."""
    get_engine().set_speed(run_id, session.speed, owner=owner)
    get_engine().extend(run_id, epochs, owner=owner)


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
    feed = shown_run()
    if feed is not None and not feed.has_ended:
        carefully(get_engine().set_speed, feed.id, session.speed)


def apply_learning_rate() -> None:
    """The learning rate may change while a run trains; called when its control is moved."""
    feed = shown_run()
    if feed is not None and not feed.has_ended and feed.owner == browser_id():
        carefully(get_engine().set_learning_rate, feed.id, session.learning_rate)
