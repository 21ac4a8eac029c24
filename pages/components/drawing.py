"""The drawing surface of the Train page, over the decision map while it is open. The points are kept in `session`."""

from __future__ import annotations

import streamlit as st

from core.experiment.drawing import CELLS, MAX_CLASSES, MAX_POINTS, MIN_PER_CLASS, MIN_POINTS, REACH
from pages.components.chosen_data import end_drawing, is_drawing, put_points
from pages.components.mount import mounted
from pages.session import session

_LIMITS = {
    "reach": REACH,
    "cells": CELLS,
    "classes": MAX_CLASSES,
    "fewest_of_class": MIN_PER_CLASS,
    "fewest": MIN_POINTS,
    "most": MAX_POINTS,
}

_component = mounted("drawing", folder="drawing")


def drawing_surface() -> None:
    """Show the surface, if it is open. It says itself what a drawing lacks."""
    if is_drawing():
        with st.container(key="drawing_host"):
            _component(
                key="drawing",
                data={"points": session.points, "limits": _LIMITS},
                on_points_change=_take_points,
                on_done_change=put_away,
            )


def put_away() -> None:
    """Close the surface. Its last points may have come with the click that closes it, before their own callback."""
    _take_points()
    end_drawing()


def _take_points() -> None:
    points = session.told("drawing", "points")
    if isinstance(points, str):
        put_points(points)
