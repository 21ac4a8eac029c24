"""A run on a private table as others see it: curves, metrics and the map without points, and nothing out of a cell.

What is not named here is not told: whoever adds something to a picture decides whether it says anything of single rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.experiment.config import ExperimentConfig
from core.experiment.withholding import without_contents
from core.protocol.run_state import RunState
from core.protocol.wire import Part
from core.words import Said

#: Arrays of a picture that are made of weights, of the map's grid or of sums over many rows.
TOLD = frozenset(
    {
        *("history", "map_class", "map_confidence", "map_value", "weights", "biases"),
        *("weight_gradients", "bias_gradients", "neuron_maps", "neuron_scales"),
    }
)

#: Those with a number for each row: they arrive empty, so that what a browser had of them is gone.
WITHHELD = frozenset({"points_x", "points_y", "points_target", "points_test", "predicted", "actual"})

_INFO = frozenset(
    {
        *("channel", "task", "target_name", "train_rows", "test_rows", "validation_rows", "parameters", "epochs"),
        *("log_names", "loss_name", "penalised", "scales"),
    }
)
_VIEW = frozenset({"kind", "x", "y", "feature_names", "feature_places"})
_NETWORK = frozenset({"penalty", "health", "mapped", "centres"})

FAILED = Said("The run failed. Its owner is told why: the reason may name what stands in the table.")
_NO_POINTS = Said("the table's rows are not shown")
_SOME_DRAWN = "{drawn:,} of {rows:,} points are drawn"


class OthersView:
    """Takes out of pictures of one run what others may not see.

    Args:
        config: of the run.
        is_deleted: the rows are gone, for everybody.

    Attributes:
        config: as others may know it.
    """

    def __init__(self, config: ExperimentConfig, *, is_deleted: bool = False) -> None:
        self.config = without_contents(config, is_deleted=is_deleted)
        shown, own = self.config.dataset, config.dataset
        self._inputs = dict(zip(own.feature_names, shown.feature_names, strict=True))
        self._columns = frozenset(own.info.feature_names)
        classes = (own.info.class_names or ())[: own.n_classes]
        self._classes = {name: f"#{place}" for place, name in enumerate(classes, start=1)}
        self._title = {own.info.title: shown.info.title}

    def part(self, part: Part, why: Said | None = None) -> Part:
        """The same without rows.

        Args:
            why: nothing is shown of them; goes with the state, which a part that has none does not need.
        """
        parts: dict[str, Callable[[Any], Any]] = {
            "info": self._info,
            "view": self._view,
            "frame": _frame,
            "network": lambda network: _only(network, _NETWORK),
            "state": lambda state: _state(state, why),
            "history": dict,
            "moments": dict,
        }
        header = {name: parts[name](told) for name, told in part.header.items() if name in parts}
        blocks = {name: array for name, array in part.blocks.items() if name in TOLD}
        blocks |= {name: _nothing(array) for name, array in part.blocks.items() if name in WITHHELD}
        return Part(header, blocks)

    def _info(self, info: Mapping[str, Any]) -> dict[str, Any]:
        told = _only(info, _INFO)
        told["title"] = _renamed(info["title"], self._title)
        told["class_names"] = [self._classes.get(name, "#") for name in info["class_names"]]
        told["baseline"] = _renamed(info["baseline"], self._classes)
        network = info["network"]
        outputs = [self._classes.get(name, "#") for name in network["outputs"]] if self._classes else network["outputs"]
        inputs = [self._input(name) for name in network["inputs"]]
        told["network"] = {**_only(network, {"layers", "neurons", "cells"}), "inputs": inputs, "outputs": outputs}
        return told

    def _input(self, name: str) -> str:
        return self._inputs.get(name, name if name in self._columns else "#")

    def _view(self, view: Mapping[str, Any]) -> dict[str, Any]:
        note = _about_the_plane(view.get("note"))
        axes = {axis: self._label(view[axis]) for axis in ("x_label", "y_label")}
        ranges = {axis: _rounded(*view[axis]) for axis in ("x_range", "y_range")}
        both = _NO_POINTS if note is None else Said("{note}; {some}", {"note": note, "some": _NO_POINTS})
        return {**_only(view, _VIEW), **axes, **ranges, "note": both.to_json()}

    def _label(self, label: Any) -> Any:
        """A direction of the plane: a column, an input, or what is said of it in words of ours."""
        return self._input(label) if isinstance(label, str) else label


def _only(told: Mapping[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in names}


def _frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    told = _only(frame, {"epoch", "confusion"})
    if "map" in frame:
        told["map"] = dict(frame["map"])
        if "range" in frame["map"]:
            told["map"]["range"] = _rounded(*frame["map"]["range"])  # its ends are two rows' values
    return told


def _state(state: Mapping[str, Any], why: Said | None) -> dict[str, Any]:
    """Why a run failed may name classes and values."""
    told = {**state, "withheld": None if why is None else why.to_json()}
    if state["state"] == RunState.FAILED and state["message"] is not None:
        told["message"] = FAILED.to_json()
    return told


def _about_the_plane(note: Any) -> Said | None:
    """What a view's note says besides how many points are drawn."""
    said = None if note is None else Said.from_json(note)
    if said is None or said.template == _SOME_DRAWN:
        return None
    some = said.values.get("some")
    drawn_too = isinstance(some, Said) and some.template == _SOME_DRAWN
    return said.values["note"] if drawn_too else said


def _rounded(low: float, high: float) -> list[float]:
    """A range that is a little wider and ends on round numbers, so that it tells no row's value."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return [low, high]
    digits = 2 - math.floor(math.log10(high - low))
    step = 10.0**digits
    return [math.floor(low * step) / step, math.ceil(high * step) / step]


def _renamed(told: Any, names: Mapping[str, str]) -> Any:
    """What was said, as JSON, with other names in it."""
    if isinstance(told, str):
        return names.get(told, told)
    if isinstance(told, Mapping):
        return {key: _renamed(value, names) for key, value in told.items()}
    return told


def _nothing(array: np.ndarray) -> np.ndarray:
    return np.empty((0,), array.dtype)
